// Plots of the last quarter of an hour.
import { compact, dollars, duration } from './format.js';

/** @typedef {import('../src/admin/history.js').Moment} Moment */
/** @typedef {typeof import('uplot')} Plotter */

/** @type {Plotter} */
const Plot = /** @type {any} */ (globalThis).uPlot;

const HEIGHT = 150;
const SHOWN_MS = 15 * 60_000;

/**
 * @typedef {object} Description
 * @property {string} title
 * @property {readonly { label: string, of: (moment: Moment, before: Moment | undefined) => number | null }[]} series
 * @property {(value: number) => string} format
 */

/**
 * A count's growth in a second.
 *
 * @param {(moment: Moment) => number} read
 */
const rate = (read) => (/** @type {Moment} */ moment, /** @type {Moment | undefined} */ before) =>
  before === undefined ? null : Math.max(0, ((read(moment) - read(before)) * 1_000) / (moment.at - before.at));

/** @type {readonly Description[]} */
const descriptions = [
  {
    title: 'Statements a second',
    series: [
      { label: 'native', of: rate(({ native }) => native) },
      { label: 'with ML calls', of: rate(({ ours }) => ours) },
    ],
    format: compact,
  },
  {
    title: 'Requests in flight',
    series: [
      { label: 'in flight', of: ({ inFlight }) => inFlight },
      { label: 'allowed', of: ({ limit }) => limit },
    ],
    format: compact,
  },
  {
    title: 'Cost so far',
    series: [{ label: 'US dollars', of: ({ costUsd }) => costUsd }],
    format: dollars,
  },
  {
    title: 'Event loop',
    series: [{ label: 'longest lag', of: ({ lagMs }) => lagMs }],
    format: (value) => (value === 0 ? '0' : duration(value)),
  },
];

/** Keeps the moments and draws them. */
export class Plots {
  /** @type {Moment[]} */
  #moments = [];
  /** @type {{ description: Description, place: HTMLElement, plot: InstanceType<Plotter> }[]} */
  #plots = [];

  /** @param {HTMLElement} parent */
  constructor(parent) {
    for (const description of descriptions) {
      const place = document.createElement('div');
      place.className = 'plot';
      const title = document.createElement('h2');
      title.append(description.title);
      for (const { label } of description.series) {
        const legend = document.createElement('span');
        legend.append(label);
        title.append(legend);
      }
      place.append(title);
      parent.append(place);
      this.#plots.push({ description, place, plot: this.#create(description, place) });
    }
    new ResizeObserver(() => this.#resize()).observe(parent);
    // Colours are read from the style once, when a plot is made.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#recreate());
  }

  /** Of the latest moment that is known, or 0. */
  get latest() {
    return this.#moments.at(-1)?.at ?? 0;
  }

  /** Another process answers than before: its counts begin anew. */
  forget() {
    this.#moments = [];
  }

  /** @param {readonly Moment[]} moments */
  add(moments) {
    this.#moments.push(...moments);
    const first = this.latest - SHOWN_MS;
    this.#moments = this.#moments.filter(({ at }) => at >= first);
    for (const { plot, description } of this.#plots) plot.setData(this.#dataOf(description));
  }

  /** @param {Description} description */
  #dataOf({ series }) {
    const moments = this.#moments;
    return /** @type {import('uplot').AlignedData} */ ([
      moments.map(({ at }) => at / 1_000),
      ...series.map(({ of }) => moments.map((moment, i) => of(moment, moments[i - 1]))),
    ]);
  }

  /**
   * @param {Description} description
   * @param {HTMLElement} place
   */
  #create(description, place) {
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const colours = [colour('--first'), colour('--second')];
    const font = '11px system-ui, sans-serif';
    return new Plot(
      {
        width: widthOf(place),
        height: HEIGHT,
        padding: [8, 4, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { range: (_plot, min, max) => timeRange(min, max) },
          y: { range: (_plot, _min, max) => [0, niceTop(max)] },
        },
        axes: [
          {
            ...axis,
            font,
            size: 26,
            space: 70,
            incrs: [60, 120, 300, 600],
            values: (_plot, splits) => splits.map(timeOfDay),
          },
          { ...axis, font, size: 54, space: 32, values: (_plot, splits) => splits.map(description.format) },
        ],
        series: [
          {},
          ...description.series.map(({ label }, i) => ({
            label,
            stroke: colours[i] ?? '',
            width: 1.75,
            points: { show: false },
          })),
        ],
      },
      this.#dataOf(description),
      place,
    );
  }

  #resize() {
    for (const { plot, place } of this.#plots) plot.setSize({ width: widthOf(place), height: HEIGHT });
  }

  #recreate() {
    for (const one of this.#plots) {
      one.plot.destroy();
      one.plot = this.#create(one.description, one.place);
    }
  }
}

/** @param {HTMLElement} place */
function widthOf(place) {
  const { paddingLeft, paddingRight } = getComputedStyle(place);
  return Math.max(
    120,
    Math.floor(place.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)),
  );
}

/**
 * From the first moment on, but two minutes at least.
 *
 * @param {number | null | undefined} first
 * @param {number | null | undefined} last
 * @returns {[number, number]}
 */
function timeRange(first, last) {
  const end = last ?? Date.now() / 1_000;
  return [Math.min(first ?? end, end - 120), end];
}

/** @param {number | null | undefined} max */
const niceTop = (max) => (max === null || max === undefined || max <= 0 ? 1 : max * 1.1);

/** @param {number} seconds since 1970 */
const timeOfDay = (seconds) =>
  new Date(seconds * 1_000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
