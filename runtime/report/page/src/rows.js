// SPDX-License-Identifier: Apache-2.0
// Rows of results, put in order: experiments, their variations, and the runs of each with its seeds.
import { grouped, isNumber, spread, whole } from './numbers.js';

/** Experiments of all files; one that is in two files counts as two, as a run must not count twice. */
export function experimentsOf(files) {
  const experiments = [];
  for (const file of files) {
    const inFile = new Map();
    for (const row of file.rows) {
      if (!inFile.has(row.experiment)) inFile.set(row.experiment, { name: row.experiment, file: file.name, rows: [] });
      inFile.get(row.experiment).rows.push(row);
    }
    for (const experiment of inFile.values()) {
      experiment.variations = variationsOf(experiment.rows);
      experiments.push(experiment);
    }
  }
  return experiments;
}

function variationsOf(rows) {
  const variations = new Map();
  for (const row of rows) {
    const parts = [row.protocol, row.method].filter((part) => part !== undefined);
    const name = [...parts, row.variation_name].join(', ');
    if (!variations.has(name)) variations.set(name, { name, run: row.variation_name, parts, rows: [] });
    variations.get(name).rows.push(row);
  }
  const all = [...variations.values()];
  const last = new Set();
  const places = new Set(rows.flatMap((row) => Object.keys(row.variation)));
  for (const place of places) last.add(place.split('/').at(-1));
  const isClear = last.size === places.size;
  for (const variation of all) {
    // The end of a place says enough where no other place ends so.
    const varied = Object.entries(variation.rows[0].variation);
    const untold = variation.parts.filter((part) => !varied.some(([, value]) => value === part));
    variation.label = [...untold, ...varied.map(([place, value]) => `${isClear ? place.split('/').at(-1) : place} = ${JSON.stringify(value)}`)]
      .join(', ') || variation.name;
  }
  return all;
}

/** Numbers that a function gives for the rows, without those for which it gives none. */
export const numbersOf = (rows, number) => rows.map(number).filter(isNumber);
export const spreadOf = (rows, number) => spread(numbersOf(rows, number));

/** Mean over rows of lists, place by place, over the rows that have the place. */
export function spreadsOf(lists) {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, n) => spread(lists.map((list) => list[n]).filter(isNumber)));
}

/** Lists in a field, of the rows that have it. */
export const listsOf = (rows, field) => rows.map((row) => row[field]).filter((list) => Array.isArray(list) && list.length > 0);

export function sumOfLayers(counts, field) {
  if (!Array.isArray(counts?.layers)) return undefined;
  return counts.layers.reduce((sum, layer) => sum + (layer[field] ?? 0), 0);
}

/** The number of samples that all runs learned, or mean and deviation. */
export function samplesLearned(rows) {
  const s = spreadOf(rows, (row) => row.samples_learned);
  const digits = s.mean < 1000 ? 2 : 0;
  return rows.every((row) => row.samples_learned === rows[0].samples_learned)
    ? whole(rows[0].samples_learned) : `${grouped(s.mean, digits)} ± ${grouped(s.deviation, digits)}`;
}

/** Samples learned until an accuracy on the validation set was reached, over the runs that reached it. */
export function samplesTo(rows, level) {
  const looks = rows.flatMap((row) => (row.samples_to_reach ?? []).filter((one) => one.level === level));
  if (looks.length === 0) return '-';
  const s = spread(looks.map(({ samples }) => samples).filter(isNumber));
  if (s.count === 0) return 'never';
  const text = s.count > 1 ? `${grouped(s.mean, 0)} ± ${grouped(s.deviation, 0)}` : grouped(s.mean, 0);
  return s.count === looks.length ? text : `${text} (${s.count} of ${looks.length} seeds)`;
}

/** Operations of learning a sample that were counted. */
export const synapticOperations = (row) => sumOfLayers(row.learned, 'synaptic_operations') / row.samples_learned;
export const updateOperations = (row) => sumOfLayers(row.learned, 'update_operations') / row.samples_learned;
export const operations = (row) => synapticOperations(row) + updateOperations(row);

/** Best accuracy a task had less that at the end, for each task but the last. */
export function lostByTask(matrix) {
  const end = matrix.at(-1);
  return end.slice(0, -1).map((value, task) => Math.max(...matrix.slice(task).map((line) => line[task])) - value);
}
