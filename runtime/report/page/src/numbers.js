// SPDX-License-Identifier: Apache-2.0
// Statistics and how numbers are written. The table has to show what the command's Markdown table shows (statistics.cpp).

export const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** Mean and standard deviation (of the sample, with n - 1). */
export function spread(values) {
  const count = values.length;
  if (count === 0) return { count, mean: NaN, deviation: NaN };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, deviation: 0 };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { count, mean, deviation: Math.sqrt(squares / (count - 1)) };
}

/** As {:.<digits>f} writes it: toFixed takes exact ties away from zero, and C++ takes them to even. */
export function fixed(value, digits) {
  const text = value.toFixed(digits);
  const isTie = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  const isOdd = '13579'.includes(text.at(-1));
  if (!isTie || !isOdd) return text;
  const scale = 10 ** digits;
  return ((Math.abs(Number(text)) * scale - 1) / scale * Math.sign(value)).toFixed(digits);
}

export function percents({ count, mean, deviation }) {
  if (count === 0) return '-';
  if (count === 1) return fixed(100 * mean, 2);
  return `${fixed(100 * mean, 2)} ± ${fixed(100 * deviation, 2)}`;
}

/** 50000 as "50,000". */
export const whole = (value) => Math.round(value).toLocaleString('en-US');

/** With so many digits after the point, and groups of three before it. */
export function grouped(value, digits) {
  const [before, ...after] = fixed(value, digits).split('.');
  return [before.replace(/\B(?=(\d{3})+$)/g, ','), ...after].join('.');
}

/** 2040420 as "2.04 M". */
export function short(value) {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
    if (size >= unit) return `${Number((value / unit).toPrecision(3))} ${name}`;
  }
  return String(Number(value.toPrecision(3)));
}
