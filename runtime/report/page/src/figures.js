// SPDX-License-Identifier: Apache-2.0
// What is drawn of the chosen rows. Each gives { option, note, height, canvas, wide }, or nothing without its fields.
// `chosen` is { rows, seed, variation, experiment }; seed is undefined for the mean over seeds.
import { axis, categories, chart, colours, percentRange, symbols, whiskers } from './draw.js';
import { fixed, isNumber, percents, short, spread, whole } from './numbers.js';
import { listsOf, lostByTask, numbersOf, operations, spreadOf, spreadsOf } from './rows.js';

const percent = (value) => Number((100 * value).toFixed(2));
const percentAxis = (name, more = {}) => axis(name, { min: 0, max: 100, ...more });
const seedsNote = ({ rows, seed }) => (seed === undefined && rows.length > 1
  ? `Mean over ${rows.length} seeds; whiskers: one standard deviation.` : null);
const low = ({ mean, deviation }) => percent(mean - deviation);
const high = ({ mean, deviation }) => percent(mean + deviation);

/** Names of the tasks in the order in which they were learned: classes for one seed, places for several, whose orders differ. */
function taskNames({ rows, seed }, count) {
  const order = seed !== undefined || rows.length === 1 ? rows[0].order : undefined;
  return { byClass: Boolean(order), names: Array.from({ length: count }, (_, n) => String(order ? order[n] : n + 1)) };
}

function percentBars({ spreads, names, x, colour = colours[0], top }) {
  const spreading = spreads.some(({ count }) => count > 1);
  const labelled = spreads.length <= 12 && !(top && spreading);
  return chart({
    x: categories(x, names, { axisLabel: { interval: 'auto' } }),
    y: top ? axis('', { name: top, min: 0 }) : percentAxis('accuracy, %'),
    series: [
      {
        type: 'bar',
        data: spreads.map(({ mean }) => (isNumber(mean) ? percent(mean) : null)),
        itemStyle: { color: colour },
        barCategoryGap: '28%',
        barMaxWidth: 60,
        label: { show: labelled, position: top ? 'top' : 'insideBottom', color: top ? '#1b2430' : '#ffffff', fontSize: 11, formatter: ({ value }) => fixed(value, 1) },
        labelLayout: { hideOverlap: true },
      },
      whiskers(spreads.map((s, n) => [n, low(s), high(s)]).filter((line, n) => spreads[n].count > 1)),
    ],
    tooltip: { formatter: ({ dataIndex }) => `${x} ${names[dataIndex]}: ${percents(spreads[dataIndex])} %` },
  });
}

const matrixHeight = (count) => Math.min(760, Math.max(330, 150 + 21 * count));
const kBlues = ['#f3f8fd', '#d3e4f3', '#a6cbe6', '#6aaed6', '#3787c0', '#105ba4', '#08306b'];

export function matrix(chosen) {
  const matrices = listsOf(chosen.rows, 'matrix');
  if (matrices.length === 0) return undefined;
  const count = Math.max(...matrices.map((lines) => lines.length));
  const { names, byClass } = taskNames(chosen, count);
  const cells = [];
  for (let after = 0; after < count; ++after) {
    spreadsOf(matrices.map((lines) => lines[after] ?? [])).forEach((s, task) => {
      if (isNumber(s.mean)) cells.push({ after, task, ...s });
    });
  }
  if (cells.length === 0) return undefined;
  const lowest = Math.min(...cells.map(({ mean }) => mean));
  const floor = Math.min(90, Math.floor(lowest * 10) * 10);
  const isDark = (mean) => (100 * mean - floor) / (100 - floor) > 0.55;
  const task = byClass ? 'class' : 'task';
  const every = { axisLabel: { interval: 'auto' }, splitLine: { show: false } };
  return {
    height: matrixHeight(count),
    note: chosen.seed === undefined && matrices.length > 1
      ? `Mean over ${matrices.length} seeds. Tasks are numbered in the order of learning, which the seed draws.`
      : 'Classes are in the order of learning.',
    option: chart({
      grid: { right: 78, left: 58, top: 8 },
      x: categories(`accuracy on ${task}`, names, every),
      y: categories(`after learning ${task}`, names, { ...every, inverse: true, nameGap: 36 }),
      visualMap: {
        type: 'continuous', min: floor, max: 100, right: 0, top: 'middle', calculable: false, orient: 'vertical', itemHeight: 150, itemWidth: 12,
        text: ['100 %', `${floor} %`], textStyle: { color: '#1b2430', fontSize: 11 }, inRange: { color: kBlues },
      },
      series: [{
        type: 'heatmap',
        data: cells.map(({ after, task: at, mean }) => ({
          value: [at, after, percent(mean)],
          label: { color: isDark(mean) ? '#ffffff' : '#1b2430' },
        })),
        label: { show: count <= 12, fontSize: 11, formatter: ({ value }) => fixed(value[2], count <= 10 ? 1 : 0) },
        itemStyle: { borderColor: '#ffffff', borderWidth: 1 },
      }],
      tooltip: {
        formatter: ({ dataIndex }) => {
          const cell = cells[dataIndex];
          return `${task} ${names[cell.task]} after ${task} ${names[cell.after]}: ${percents(cell)} %`;
        },
      },
    }),
  };
}

export function classes(chosen) {
  const spreads = spreadsOf(listsOf(chosen.rows, 'accuracy_by_class'));
  if (spreads.length === 0) return undefined;
  const beside = listsOf(chosen.rows, 'matrix')[0];
  return {
    height: beside && matrixHeight(beside.length),
    note: seedsNote(chosen),
    option: percentBars({ spreads, names: spreads.map((_, n) => String(n)), x: 'class' }),
  };
}

export function forgetting(chosen) {
  const matrices = listsOf(chosen.rows, 'matrix').filter((lines) => lines.length > 1);
  if (matrices.length === 0) return undefined;
  const spreads = spreadsOf(matrices.map(lostByTask));
  const { names, byClass } = taskNames(chosen, spreads.length);
  const mean = spreadOf(chosen.rows, (row) => row.forgetting);
  return {
    note: `Best accuracy that a task ever had less that at the end. Mean over the tasks: ${percents(mean)} points. ${seedsNote(chosen) ?? ''}`,
    option: percentBars({
      spreads, names, colour: colours[1], top: 'lost, points',
      x: byClass ? 'class, in the order of learning' : 'task, in the order of learning',
    }),
  };
}

/** Means at the samples that all curves have. */
function meanCurve(curves) {
  const at = curves[0].map(([x]) => x).filter((x) => curves.every((curve) => curve.some(([other]) => other === x)));
  return at.map((x) => [x, spread(curves.map((curve) => curve.find(([other]) => other === x)[1]))]);
}

export function learning(chosen) {
  const curves = listsOf(chosen.rows, 'validation');
  if (curves.length === 0) return undefined;
  const curve = meanCurve(curves);
  const others = chosen.experiment.variations.filter((one) => one !== chosen.variation);
  const shown = others.length < colours.length ? others : [];
  const band = curve.some(([, s]) => s.count > 1 && s.deviation > 0);
  const line = (name, points, colour, width) => ({
    type: 'line', name, data: points.map(([x, y]) => [x, percent(y.mean ?? y)]), itemStyle: { color: colour },
    lineStyle: { width, color: colour }, symbolSize: points.length > 40 ? 0 : 5, symbol: 'circle', z: width > 2 ? 4 : 3,
  });
  const series = [line(chosen.variation.label, curve, colours[0], 2.6)];
  if (band) {
    // A band is a line at its lower end that is not drawn, and the area stacked upon it.
    const part = (data, more) => ({ type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, data, ...more });
    series.push(part(curve.map(([x, s]) => [x, low(s)]), {}));
    series.push(part(curve.map(([x, s]) => [x, high(s) - low(s)]), { areaStyle: { color: colours[0], opacity: 0.16 } }));
  }
  shown.forEach((one, n) => {
    const theirs = listsOf(one.rows, 'validation');
    if (theirs.length > 0) series.push(line(one.label, meanCurve(theirs), colours[n + 1], 1.4));
  });
  const names = series.map(({ name }) => name).filter(Boolean);
  const heights = [...series.filter(({ name }) => name).flatMap(({ data }) => data.map(([, y]) => y)), ...curve.flatMap(([, s]) => [low(s), high(s)])];
  return {
    note: [band ? `Mean over ${curves.length} seeds; band: one standard deviation.` : null,
      shown.length < others.length ? 'Too many variations to draw: only the chosen one is shown.' : null].filter(Boolean).join(' '),
    option: chart({
      x: axis('samples learned', { min: 0, axisLabel: { formatter: short } }),
      y: axis('validation accuracy, %', percentRange(heights)),
      legend: names.length > 1 ? { data: names, type: 'scroll' } : undefined,
      series,
      tooltip: {
        trigger: 'item',
        formatter: ({ seriesName, value }) => `${seriesName}\n${whole(value[0])} samples: ${fixed(value[1], 2)} %`,
      },
    }),
  };
}

export function beforeLearning(chosen) {
  const spreads = spreadsOf(listsOf(chosen.rows, 'before_learning'));
  if (spreads.length === 0) return undefined;
  const continual = chosen.rows[0].task === 'class_continual';
  const { names, byClass } = continual ? taskNames(chosen, spreads.length) : { names: spreads.map((_, n) => String(n + 1)) };
  const task = !continual ? 'pass' : byClass ? 'class, in the order of learning' : 'task, in the order of learning';
  return {
    note: `Training samples that were given the right class before they were learned. ${seedsNote(chosen) ?? ''}`,
    option: percentBars({ spreads, names, x: task, colour: colours[2] }),
  };
}

export function spikes(chosen) {
  const phases = [['learned', 'while learning'], ['judged', 'while judged']];
  const first = chosen.rows.find((row) => Array.isArray(row.learned?.layers));
  if (!first) return undefined;
  const names = ['input', ...first.learned.layers.map((_, n) => `layer ${n + 1}`)];
  const spreads = phases.map(([phase]) => names.map((_, n) => spreadOf(chosen.rows, (row) => {
    const counts = row[phase];
    const spiked = n === 0 ? counts?.input_events : counts?.layers?.[n - 1]?.spikes;
    return spiked / counts?.samples;
  })));
  return {
    note: 'Spikes into the first layer and out of each layer, a sample. A layer that only scores, such as the last one, sends none.',
    option: chart({
      legend: { data: phases.map(([, name]) => name) },
      x: categories('', names),
      y: axis('spikes a sample', { axisLabel: { formatter: short }, min: 0 }),
      series: phases.map(([, name], n) => ({
        type: 'bar', name, data: spreads[n].map(({ mean }) => (isNumber(mean) ? mean : null)), barGap: '6%', barMaxWidth: 54,
        itemStyle: { color: [colours[5], colours[0]][n] },
        label: { show: names.length <= 5, position: 'top', color: '#1b2430', fontSize: 11, formatter: ({ value }) => short(value) },
      })),
      tooltip: {
        formatter: ({ seriesIndex, dataIndex, seriesName }) => {
          const { mean, deviation, count } = spreads[seriesIndex][dataIndex];
          return `${names[dataIndex]}, ${seriesName}: ${mean.toFixed(1)}${count > 1 ? ` ± ${deviation.toFixed(1)}` : ''} spikes a sample`;
        },
      },
    }),
  };
}

/** groups: [{ name, rows }]; a large mark for the mean of a group, a small one for each run. */
export function cost(groups, number, name, chosenName) {
  const all = groups.flatMap(({ rows }) => numbersOf(rows, (row) => (isNumber(row.accuracy) ? number(row) : undefined)));
  if (all.length === 0) return undefined;
  const wide = Math.max(...all) > 8 * Math.min(...all) && Math.min(...all) > 0;
  const named = groups.length <= colours.length;
  const series = groups.flatMap((group, n) => {
    const colour = named ? colours[n] : group.name === chosenName ? colours[1] : colours[0];
    const symbol = named ? symbols[n] : 'circle';
    const points = group.rows.map((row) => [number(row), percent(row.accuracy), row.run]).filter(([x, y]) => isNumber(x) && isNumber(y));
    if (points.length === 0) return [];
    const x = spread(points.map((point) => point[0])).mean;
    const y = spread(group.rows.map((row) => row.accuracy).filter(isNumber));
    const base = { type: 'scatter', symbol };
    return [
      { ...base, name: `${group.name} `, data: points.length > 1 ? points : [], symbolSize: 6, itemStyle: { color: colour, opacity: 0.45 } },
      {
        ...base, name: group.name, data: [[x, percent(y.mean), percents(y)]], symbolSize: 13, z: 4,
        itemStyle: { color: colour, borderColor: '#fff', borderWidth: 1.2 },
      },
    ];
  });
  const ticks = { axisLabel: { formatter: short } };
  const legend = named && groups.length > 1;
  return {
    note: 'Small marks: runs; large marks: means.',
    option: chart({
      legend: legend ? { data: groups.map((group) => group.name), type: 'scroll' } : undefined,
      x: axis(name, wide ? { type: 'log', ...ticks } : { scale: true, splitNumber: 4, boundaryGap: ['12%', '12%'], ...ticks }),
      y: axis('accuracy, %', percentRange(numbersOf(groups.flatMap(({ rows }) => rows), (row) => percent(row.accuracy)))),
      series,
      tooltip: {
        formatter: ({ seriesName, value }) => `${seriesName.trim()}\n${typeof value[2] === 'string' && seriesName.endsWith(' ')
          ? `${value[2]}: ${fixed(value[1], 2)}` : value[2]} %, ${short(value[0])} operations`,
      },
    }),
  };
}

export const countedCost = (groups, chosenName) => cost(groups, operations, 'counted operations a sample learned', chosenName);
export const formulaCost = (groups, chosenName) =>
  cost(groups, (row) => row.formula_operations, 'operations a sample by formula', chosenName);

/** Accuracy and forgetting of all variations side by side. */
export function comparison(experiment) {
  const { variations } = experiment;
  if (variations.length < 2) return undefined;
  const measures = [['accuracy', 'accuracy', colours[0]], ['forgetting', 'forgetting', colours[1]]]
    .filter(([field]) => experiment.rows.some((row) => isNumber(row[field])));
  const spreads = measures.map(([field]) => variations.map(({ rows }) => spreadOf(rows, (row) => row[field])));
  const ends = spreads.flat().filter(({ count }) => count > 0).flatMap((s) => [low(s), high(s)]);
  const longest = Math.max(...variations.map(({ label }) => label.length));
  const left = Math.min(260, 24 + 6.4 * longest);
  return {
    wide: true,
    height: Math.max(150, 84 + 26 * variations.length),
    note: 'Means over the seeds; whiskers: one standard deviation.',
    option: chart({
      legend: measures.length > 1 ? { data: measures.map(([, name]) => name) } : undefined,
      grid: { left },
      x: measures.length > 1 ? percentAxis('accuracy, %, and forgetting, points') : axis('accuracy, %', percentRange(ends)),
      y: categories('', variations.map(({ label }) => label), { inverse: true, axisLabel: { width: left - 16, overflow: 'truncate', interval: 0 } }),
      series: measures.flatMap(([, name, colour], m) => [
        {
          type: 'scatter', name, symbolSize: 10, symbol: symbols[m], itemStyle: { color: colour },
          data: spreads[m].map(({ mean }, n) => [percent(mean), n]).filter(([mean]) => isNumber(mean)),
        },
        whiskers(spreads[m].map((s, n) => [n, low(s), high(s)]).filter((_, n) => spreads[m][n].count > 1), { colour, horizontal: true }),
      ]),
      tooltip: {
        formatter: ({ seriesName, value }) => `${variations[value[1]].name}\n${seriesName}: ${fixed(value[0], 2)}`,
      },
    }),
  };
}
