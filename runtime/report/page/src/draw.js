// SPDX-License-Identifier: Apache-2.0
// What all charts share: the parts of the library that are used, colours, axes, and the figure around a chart.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { h } from './dom.js';

echarts.use([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent,
  VisualMapContinuousComponent, CanvasRenderer, SVGRenderer]);

/** Okabe and Ito's colours, which colour-blind people can tell apart. */
export const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#4d4d4d', '#8f7a00'];
const kDown = 'path://M0,0h10l-5,8.7z';
const kCross = 'path://M3,0h3v3h3v3h-3v3h-3v-3h-3v-3h3z';
export const symbols = ['circle', 'diamond', 'triangle', 'rect', kDown, kCross, 'emptyCircle', 'emptyRect'];
const kText = '#1b2430';
const kQuiet = '#55606e';
const kFont = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';

export function axis(name, more = {}) {
  const { axisLabel, ...rest } = more;
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: kText, fontSize: 12 },
    axisLine: { show: true, onZero: false, lineStyle: { color: '#9aa5b1' } },
    axisTick: { show: true, lineStyle: { color: '#9aa5b1' } },
    axisLabel: { color: kQuiet, fontSize: 11, hideOverlap: true, ...axisLabel },
    splitLine: { lineStyle: { color: '#e9edf1' } },
    ...rest,
  };
}
export const categories = (name, data, more = {}) =>
  axis(name, { type: 'category', data, splitLine: { show: false }, axisTick: { alignWithLabel: true }, ...more });

/** Ends and ticks of an axis of percents that need not start at 0, with ticks at round numbers. */
export function percentRange(values) {
  const min = Math.max(0, Math.floor((Math.min(...values) - 1) / 5) * 5);
  const max = Math.min(100, Math.ceil((Math.max(...values) + 0.5) / 5) * 5);
  const interval = [1, 2.5, 5, 10, 20, 25].find((step) => (max - min) / step <= 6 && (max - min) % step === 0) ?? 25;
  return { min, max, interval };
}

/** An option of the library with the page's look; x and y are axes. */
export function chart({ x, y, series, legend, grid, tooltip, ...more }) {
  return {
    animation: false,
    color: colours,
    textStyle: { fontFamily: kFont, color: kText },
    grid: { left: 62, right: 18, top: legend ? 38 : 14, bottom: 48, outerBoundsMode: 'none', ...grid },
    xAxis: { nameGap: 28, ...x },
    yAxis: { nameGap: 44, ...y },
    legend: legend
      ? { type: 'plain', top: 0, left: 'center', itemWidth: 16, itemHeight: 10, textStyle: { color: kText, fontSize: 12 }, ...legend }
      : undefined,
    // Rich text is drawn as text: names in results cannot become markup.
    tooltip: { renderMode: 'richText', confine: true, textStyle: { color: kText, fontSize: 12 }, ...tooltip },
    series,
    ...more,
  };
}

/** Bars from mean less deviation to mean plus deviation; data: [category, low, high]. */
export function whiskers(data, { colour = kText, horizontal = false } = {}) {
  return {
    type: 'custom',
    silent: true,
    z: 5,
    data,
    encode: horizontal ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const ends = [1, 2].map((n) => api.coord(horizontal ? [api.value(n), api.value(0)] : [api.value(0), api.value(n)]));
      const across = horizontal ? [0, 4] : [4, 0];
      const line = (from, to) => ({
        type: 'line',
        shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
        style: { stroke: colour, lineWidth: 1.4 },
      });
      const cap = (at) => line([at[0] - across[0], at[1] - across[1]], [at[0] + across[0], at[1] + across[1]]);
      return { type: 'group', children: [line(ends[0], ends[1]), cap(ends[0]), cap(ends[1])] };
    },
  };
}

const drawn = new Set();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) echarts.getInstanceByDom(target)?.resize();
});

/** Charts that are on the page no more give back what they hold. */
export function forget(element) {
  for (const place of [...drawn]) {
    if (!element.contains(place)) continue;
    observer.unobserve(place);
    echarts.getInstanceByDom(place)?.dispose();
    drawn.delete(place);
  }
}

/**
 * A figure with title, chart and note. `make` gives { option, note, height, canvas, title, wide } or nothing, when there is nothing to draw;
 * what goes wrong in it is said in the figure and leaves the others alone.
 */
export function figure(parent, kind, title, make, report) {
  let made;
  try {
    made = make();
    if (!made) return;
  } catch (error) {
    report(`${kind}: ${error.message}`);
    parent.append(h('figure', { 'data-chart': kind, class: 'broken' }, h('h4', {}, title),
      h('p', {}, `This cannot be drawn: ${error.message}`)));
    return;
  }
  const heading = made.title ?? title;
  const place = h('div', { class: 'chart', role: 'img', 'aria-label': heading, style: `height: ${made.height ?? 290}px` });
  parent.append(h('figure', { 'data-chart': kind, class: made.wide ? 'wide' : '' }, h('h4', {}, heading), place,
    made.note ? h('figcaption', {}, made.note) : null));
  try {
    const instance = echarts.init(place, null, { renderer: made.canvas ? 'canvas' : 'svg' });
    drawn.add(place);
    instance.setOption(made.option);
    observer.observe(place);
  } catch (error) {
    report(`${kind}: ${error.message}`);
    place.replaceWith(h('p', {}, `This cannot be drawn: ${error.message}`));
  }
}
