// SPDX-License-Identifier: Apache-2.0
// The page: an overview if there are several experiments, and a section for each.
import { h } from './dom.js';
import { figure, forget } from './draw.js';
import * as figures from './figures.js';
import * as layers from './layers.js';
import { isNumber, fixed, percents, short, spread, whole } from './numbers.js';
import { experimentsOf, operations, samplesLearned, samplesTo, spreadOf, synapticOperations, updateOperations } from './rows.js';

const root = document.documentElement;
const faults = [];
/** What went wrong, for who looks at the page and for who tests it. */
function report(text) {
  faults.push(text);
  root.dataset.errors = JSON.stringify(faults);
}
root.dataset.errors = '[]';
window.addEventListener('error', (event) => report(event.message));
window.addEventListener('unhandledrejection', (event) => report(String(event.reason)));
document.addEventListener('securitypolicyviolation', (event) => report(`blocked: ${event.blockedURI}`));

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

function table(columns, lines, attributes = {}) {
  return h('div', { class: 'scroll' }, h('table', attributes,
    h('thead', {}, h('tr', {}, columns.map(({ name, left }) => h('th', { scope: 'col', class: left ? 'left' : '' }, name)))),
    h('tbody', {}, lines)));
}

/** Cells of the columns of the command's Markdown table, by the names that the page's data has for them. */
const cells = {
  run: (rows, { run }) => run,
  protocol: ([first]) => first.protocol ?? '-',
  method: ([first]) => first.method ?? '-',
  seeds: (rows) => String(rows.length),
  judged_on: ([first]) => `${first.judged_on} of ${whole(first.judged_samples)}`,
  accuracy: (rows) => percents(spreadOf(rows, (row) => row.accuracy)),
  mean_class_accuracy: (rows) => percents(spreadOf(rows, (row) => row.mean_class_accuracy)),
  forgetting: (rows) => percents(spreadOf(rows, (row) => row.forgetting)),
  samples_learned: (rows) => samplesLearned(rows),
  samples_to_90: (rows) => samplesTo(rows, 0.9),
  samples_to_95: (rows) => samplesTo(rows, 0.95),
  synaptic_operations: (rows) => fixed(spread(rows.map((row) => synapticOperations(row) / 1e6)).mean, 3),
  update_operations: (rows) => fixed(spread(rows.map((row) => updateOperations(row) / 1e6)).mean, 3),
};

/** The columns for which the rows have something; `known` are those of the page's data. */
function columnsOf(known, rows) {
  return known.filter(({ where }) => where === '' || rows.some((row) => row[where] !== undefined)).map(({ name, title, number }) => {
    if (!cells[name]) throw new Error(`the script has no cell for the column ${name}`);
    return { name: title.replace('10^6', '10⁶'), left: !number, cell: cells[name] };
  });
}

function variationTable(experiment, choose) {
  const many = experiment.variations.length > 1;
  const columns = columnsOf(experiment.lists.columns, experiment.rows);
  return table(columns, experiment.variations.map((variation) => h('tr', {
    'data-variation': variation.name, class: many ? 'choice' : '', click: many ? () => choose(variation) : undefined,
  }, columns.map(({ name, left, cell }) => h('td', { 'data-column': name, class: left ? 'left' : '' }, cell(variation.rows, variation))))),
  { class: 'variations' });
}

const tile = (name, value, unit) => h('div', { class: 'tile' }, h('span', {}, name), h('strong', {}, value, unit ? h('small', {}, ` ${unit}`) : null));

function tiles({ rows }) {
  const box = h('div', { class: 'tiles' });
  const add = (name, number, write, unit) => {
    const s = spreadOf(rows, number);
    if (s.count > 0) box.append(tile(name, write(s), unit));
  };
  add('accuracy', (row) => row.accuracy, percents, '%');
  add('forgetting', (row) => row.forgetting, percents, 'points');
  add('samples learned', (row) => row.samples_learned, ({ mean }) => whole(mean));
  add('operations a sample learned', operations, ({ mean }) => short(mean));
  add('operations by formula', (row) => row.formula_operations, ({ mean }) => short(mean));
  add('time of a run', (row) => row.seconds, ({ mean }) => short(mean), 's');
  return box;
}

/** What is the same in all rows is said once; what differs, with all its values. */
function facts(experiment) {
  const list = h('dl', { class: 'facts' });
  const add = (name, value) => value && list.append(h('div', {}, h('dt', {}, name), h('dd', {}, value)));
  const all = (of) => [...new Set(experiment.rows.map(of).filter((value) => value !== undefined).map(text))].join(' · ');
  const count = (value) => (isNumber(value) ? whole(value) : undefined);
  add('task', all(({ task }) => task?.replaceAll('_', '-')));
  add('data', all(({ data }) => data));
  add('training samples', all((row) => count(row.training_samples)));
  add('judged on', all((row) => row.judged_on && `${row.judged_on}, ${whole(row.judged_samples)} samples`));
  add('engine', all(({ engine }) => engine));
  add('seeds', [...new Set(experiment.rows.map(({ seed }) => text(seed)))].join(', '));
  add('runs', String(experiment.rows.length));
  for (const key of [...new Set(experiment.rows.flatMap(Object.keys))].filter((name) => !experiment.lists.placed.has(name))) {
    add(key.replaceAll('_', ' '), all((row) => row[key]));
  }
  add('results', experiment.file);
  return list;
}

function runTable({ rows }) {
  const has = (field) => rows.some((row) => row[field] !== undefined);
  const parts = [
    ['run', (row) => row.run, true],
    ['seed', (row) => text(row.seed)],
    ['accuracy, %', (row) => fixed(100 * row.accuracy, 2)],
    ['forgetting, %', (row) => (isNumber(row.forgetting) ? fixed(100 * row.forgetting, 2) : '-'), false, has('forgetting')],
    ['order of classes', (row) => row.order?.join(' ') ?? '-', true, has('order')],
    ['time, s', (row) => (isNumber(row.seconds) ? fixed(row.seconds, 1) : '-'), false, has('seconds')],
    ['repeated', (row) => (row.repeat ? `${whole(row.repeat.samples)} samples, ${whole(row.repeat.differences)} differences` : '-'), true, has('repeat')],
    ['CRC-32 of weights', (row) => row.weights_crc32 ?? '-', true, has('weights_crc32')],
  ].filter(([, , , isThere]) => isThere !== false);
  return table(parts.map(([name, , left]) => ({ name, left })),
    rows.map((row) => h('tr', {}, parts.map(([name, cell, left]) => h('td', { 'data-column': name, class: left ? 'left' : '' }, cell(row))))),
    { class: 'runs' });
}

function charts(chosen) {
  const box = h('div', { class: 'charts' });
  const { experiment, variation } = chosen;
  const groups = experiment.variations.map(({ label, rows }) => ({ name: label, rows }));
  const draw = (kind, title, make) => figure(box, kind, title, make, report);
  // Charts have to be on the page when they are drawn, or they have no size.
  const fill = () => {
    draw('matrix', 'Accuracy of each task after each task', () => figures.matrix(chosen));
    draw('classes', 'Accuracy by class', () => figures.classes(chosen));
    draw('learning', 'Learning curve', () => figures.learning(chosen));
    draw('before-learning', 'Right before learning', () => figures.beforeLearning(chosen));
    draw('forgetting', 'Forgetting', () => figures.forgetting(chosen));
    draw('spikes', 'Spikes of each layer', () => figures.spikes(chosen));
    draw('counted-cost', 'Accuracy against counted operations', () => figures.countedCost(groups, variation.label));
    draw('formula-cost', 'Accuracy against operations by formula', () => figures.formulaCost(groups, variation.label));
    for (const [kind, title, list] of [
      ['weight-changes', 'Changes of weights', layers.weightChanges],
      ['raster', 'Spikes of one sample', layers.rasters],
      ['filters', 'Filters of the first layer', layers.filters],
    ]) {
      let makes;
      try {
        makes = list(chosen);
      } catch (error) {
        makes = [() => { throw error; }];
      }
      for (const make of makes) draw(kind, title, make);
    }
  };
  return { box, fill };
}

function choice(name, options, chosen, act) {
  const select = h('select', { change: () => act(options[select.selectedIndex][1]), 'aria-label': name },
    options.map(([label, value]) => h('option', { selected: value === chosen }, label)));
  return h('label', { class: 'pick' }, h('span', {}, name), select);
}

function section(experiment, id) {
  const state = { variation: experiment.variations[0], seed: undefined };
  const detail = h('div', { class: 'detail' });
  const tableBox = variationTable(experiment, (variation) => show(variation));
  const comparison = h('div', { class: 'charts' });
  const element = h('section', { id, 'data-experiment': experiment.name }, h('h2', {}, experiment.name), facts(experiment), tableBox, comparison, detail);

  function show(variation, seed) {
    state.variation = variation;
    state.seed = variation.rows.some((row) => row.run === seed) ? seed : undefined;
    const rows = state.seed === undefined ? variation.rows : variation.rows.filter((row) => row.run === state.seed);
    const chosen = { rows, seed: state.seed, variation, experiment };
    for (const line of tableBox.querySelectorAll('tr.choice')) {
      line.classList.toggle('chosen', line.getAttribute('data-variation') === variation.name);
    }
    forget(detail);
    const { box, fill } = charts(chosen);
    const network = rows[0].network ?? rows[0].baseline;
    const picks = h('div', { class: 'picks' },
      experiment.variations.length > 1
        ? choice('Variation', experiment.variations.map((one) => [one.label, one]), variation, (one) => show(one)) : null,
      choice('Seed', [...(variation.rows.length > 1 ? [[`mean over ${variation.rows.length} seeds`, undefined]] : []),
        ...variation.rows.map((row) => [`seed ${text(row.seed)}`, row.run])], state.seed, (run) => show(variation, run)));
    detail.replaceChildren(...[picks, tiles(chosen), box,
      h('details', {}, h('summary', {}, 'Runs'), runTable(variation)),
      network ? h('details', {}, h('summary', {}, 'Network'), h('pre', {}, JSON.stringify(network, null, 2))) : null,
    ].filter(Boolean));
    fill();
    count();
  }
  return {
    element,
    show: () => {
      figure(comparison, 'comparison', 'Variations', () => figures.comparison(experiment), report);
      show(experiment.variations[0]);
    },
  };
}

function overview(experiments) {
  const several = new Set(experiments.map(({ name }) => name)).size < experiments.length;
  const groups = experiments.map(({ name, file, rows }) => ({ name: several ? `${name} (${file})` : name, rows }));
  const box = h('div', { class: 'charts' });
  const lines = experiments.map((experiment, n) => h('tr', {},
    h('td', { class: 'left' }, h('a', { href: `#experiment-${n + 1}` }, experiment.name)),
    h('td', { class: 'left' }, text(experiment.rows[0].task ?? '-').replaceAll('_', '-')),
    h('td', { class: 'left' }, text(experiment.rows[0].data ?? '-')),
    h('td', {}, String(experiment.variations.length)), h('td', {}, String(experiment.rows.length)),
    h('td', { class: 'left' }, experiment.file)));
  const element = h('section', { id: 'overview' }, h('h2', {}, 'All experiments'),
    table([{ name: 'experiment', left: true }, { name: 'task', left: true }, { name: 'data', left: true }, { name: 'variations' },
      { name: 'runs' }, { name: 'results', left: true }], lines), box);
  return {
    element,
    show: () => {
      figure(box, 'all-counted-cost', 'Accuracy against counted operations', () => figures.countedCost(groups), report);
      figure(box, 'all-formula-cost', 'Accuracy against operations by formula', () => figures.formulaCost(groups), report);
    },
  };
}

function count() {
  root.dataset.charts = [...document.querySelectorAll('.chart')].filter((place) => place.querySelector('svg, canvas')).length;
}

function main() {
  const page = document.getElementById('page');
  const data = JSON.parse(document.getElementById('data').textContent);
  const lists = { columns: data.columns, placed: new Set(data.placed) };
  const experiments = experimentsOf(data.files).map((experiment) => ({ ...experiment, lists }));
  page.append(h('header', {}, h('h1', {}, 'Results of experiments'),
    h('p', {}, data.version, ' · ', h('code', {}, data.command))));
  const sections = experiments.map((experiment, n) => section(experiment, `experiment-${n + 1}`));
  if (experiments.length > 1) sections.unshift(overview(experiments));
  if (experiments.length === 0) page.append(h('p', {}, 'There are no runs in these files.'));
  for (const { element, show } of sections) {
    page.append(element);
    show();
  }
  document.getElementById('footer').prepend(h('p', {},
    'Charts are drawn by Apache ECharts, which is part of this page; it loads nothing from anywhere.'));
  count();
  root.dataset.state = 'drawn';
}

main();
