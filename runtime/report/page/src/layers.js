// SPDX-License-Identifier: Apache-2.0
// What is drawn of the layers of the chosen rows: a list of functions that each give { title, option, note, height, canvas }, empty
// without the fields. `chosen` is that of figures.js.
import { axis, chart, colours } from './draw.js';
import { isNumber, short, whole } from './numbers.js';
import { spreadsOf } from './rows.js';

/** Lists with an entry for each layer; one layer may stand by itself. */
const listed = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

export function weightChanges(chosen) {
  const perRow = chosen.rows.map((row) => listed(row.weight_changes)).filter((layers) => layers.length > 0);
  if (perRow.length === 0) return [];
  return perRow[0].map((layer, n) => () => {
    const { edges } = layer;
    const same = perRow.map((layers) => layers[n]).filter((one) => one && JSON.stringify(one.edges) === JSON.stringify(edges));
    if (!Array.isArray(edges) || edges.length < 2 || same.some(({ counts }) => counts?.length !== edges.length - 1)) {
      throw new Error('a histogram needs one count less than edges');
    }
    const counts = spreadsOf(same.map((one) => one.counts)).map(({ mean }) => mean);
    const positive = counts.filter((count) => count > 0);
    const isLog = positive.length > 0 && Math.max(...positive) > 200 * Math.min(...positive);
    const data = counts.map((count, bin) => [edges[bin], edges[bin + 1], count]).filter(([, , count]) => count > 0);
    const lowest = isLog ? 10 ** Math.floor(Math.log10(Math.min(...positive)) - 0.01) : 0;
    return {
      title: `Changes of weights, layer ${layer.layer ?? n + 1}`,
      note: `${same.length > 1 ? `Mean over ${same.length} seeds. ` : ''}${isLog ? 'The count is on a logarithmic scale.' : ''}`,
      option: chart({
        x: axis('change of a weight over the run', { min: edges[0], max: edges.at(-1) }),
        y: axis('weights', { type: isLog ? 'log' : 'value', min: lowest, axisLabel: { formatter: short } }),
        series: [{
          type: 'custom',
          data,
          encode: { x: [0, 1], y: 2 },
          renderItem: (_, api) => {
            const [left, top] = api.coord([api.value(0), api.value(2)]);
            const [right, bottom] = api.coord([api.value(1), lowest]);
            const gap = right - left > 3 ? 1 : 0;
            return {
              type: 'rect',
              shape: { x: left, y: top, width: Math.max(0.5, right - left - gap), height: Math.max(0, bottom - top) },
              style: { fill: colours[0] },
            };
          },
        }],
        tooltip: { formatter: ({ value }) => `${value[0]} to ${value[1]}: ${short(value[2])} weights` },
      }),
    };
  });
}

/** Spikes of a sample; those of the first chosen run that has any. */
export function rasters(chosen) {
  const row = chosen.rows.find(({ raster }) => listed(raster).length > 0);
  if (!row) return [];
  return listed(row.raster).map((one, n) => () => {
    const { neurons, steps, spikes: events } = one;
    const every = isNumber(one.every) && one.every > 1 ? one.every : 1;
    if (!isNumber(neurons) || !isNumber(steps) || !Array.isArray(events)) throw new Error('a raster needs neurons, steps and spikes');
    return {
      title: `Spikes of one sample, ${one.name ?? (isNumber(one.layer) ? `layer ${one.layer}` : `raster ${n + 1}`)}`,
      canvas: events.length > 4000,
      note: `${whole(events.length)} spikes of ${every > 1 ? `one in ${every} of ` : ''}${whole(neurons)} neurons in ${whole(steps)} steps; ${row.run}`,
      option: chart({
        x: axis('time step', { min: 0, max: steps, minInterval: 1, splitLine: { show: false } }),
        y: axis('neuron', { min: 0, max: neurons, minInterval: 1 }),
        series: [{
          type: 'custom',
          data: events,
          progressive: 0,
          encode: { x: 0, y: 1 },
          renderItem: (_, api) => {
            const [x, y] = api.coord([api.value(0) + 0.5, api.value(1) + every / 2]);
            const [width, height] = api.size([1, 1]);
            const across = Math.min(Math.max(2, width * 0.7), 9);
            const down = Math.max(1.4, height * every * 0.8);
            return { type: 'rect', shape: { x: x - across / 2, y: y - down / 2, width: across, height: down }, style: { fill: '#1b2430' } };
          },
        }],
        tooltip: { formatter: ({ value }) => `neuron ${value[1]}, step ${value[0]}` },
      }),
    };
  });
}

/** A colour of a filter's place: its channels if they are three, else red below and blue above 0. */
function placeColour(values, largest) {
  const level = (value) => Math.round(127.5 + (127.5 * value) / largest);
  if (values.length === 3) return `rgb(${values.map(level).join(',')})`;
  const sum = Math.max(-1, Math.min(1, values.reduce((a, b) => a + b, 0) / largest));
  const faded = Math.round(255 * (1 - Math.abs(sum)));
  return sum < 0 ? `rgb(255,${faded},${faded})` : `rgb(${faded},${faded},255)`;
}

/** Filters of the first layer as pictures; those of the first chosen run that has any. */
export function filters(chosen) {
  const row = chosen.rows.find((one) => listed(one.filters).length > 0);
  if (!row) return [];
  return listed(row.filters).map((one) => () => {
    const { rows, columns, channels, shown, filters: all } = one;
    const places = rows * columns;
    if (![rows, columns, channels].every(isNumber) || !Array.isArray(shown) || shown.some((text) => text.length !== 2 * places * channels)) {
      throw new Error('a filter needs two letters for each weight');
    }
    const across = Math.min(8, shown.length);
    const down = Math.ceil(shown.length / across);
    const cells = shown.flatMap((text, filter) => {
      const weights = Array.from({ length: places * channels }, (_, n) => parseInt(text.slice(2 * n, 2 * n + 2), 16) - 128);
      const largest = Math.max(1, ...weights.map(Math.abs));
      return Array.from({ length: places }, (_, place) => ({
        value: [
          (filter % across) * (columns + 1) + (place % columns),
          Math.floor(filter / across) * (rows + 1) + Math.floor(place / columns),
          filter,
        ],
        colour: placeColour(weights.slice(place * channels, (place + 1) * channels), largest),
      }));
    });
    const side = (length) => ({ min: 0, max: length, show: false });
    return {
      title: 'Filters of the first layer',
      canvas: cells.length > 4000,
      height: Math.min(760, 120 + 70 * down),
      note: `${shown.length === all ? 'All' : `The first ${shown.length} of`} ${whole(all)} filters of ${rows} x ${columns}, each scaled by its largest weight; `
        + `${channels === 3 ? 'channels as colours, grey is 0' : 'red is below 0, blue above'}; ${row.run}`,
      option: chart({
        x: axis('', side(across * (columns + 1) - 1)),
        y: axis('', { ...side(down * (rows + 1) - 1), inverse: true }),
        series: [{
          type: 'custom',
          data: cells.map(({ value }) => value),
          progressive: 0,
          encode: { x: 0, y: 1 },
          renderItem: ({ dataIndex }, api) => {
            const [x, y] = api.coord([api.value(0), api.value(1)]);
            const [width, height] = api.size([1, 1]);
            return { type: 'rect', shape: { x, y, width: Math.ceil(width), height: Math.ceil(height) }, style: { fill: cells[dataIndex].colour } };
          },
        }],
        tooltip: { formatter: ({ value }) => `filter ${value[2]}` },
      }),
    };
  });
}
