import uPlot from "/assets/uplot/uPlot.esm.js";
import { el, fill, name, say } from "./dom.js";
import { clock, count, percent, short, span, value as number, bytes } from "./format.js";
import { colourOf, placeOf, property } from "./palette.js";
import { smooth } from "./smoothing.js";

const HEIGHT = 190;
const FEW_POINTS = 40;
const MARKED_POINTS = 300;
const SYNC = "charts";

const FORMATS = {
  number,
  percent: (v) => percent(v, 2),
  bytes,
  millis: (v) => `${number(v)} ms`,
  rate: (v) => `${number(v)}/s`,
  count,
  short,
};
const TICKS = {
  number: short,
  percent: (v) => percent(v, v !== 0 && Math.abs(v) < 0.01 ? 2 : v * 100 === Math.round(v * 100) ? 0 : 1),
  bytes,
  millis: (v) => (v >= 1000 ? count(v) : short(v)),
  rate: (v) => (v >= 1000 ? count(v) : short(v)),
  count,
  short,
};

/** What a position on the axis is called. */
export function place(axis, x) {
  return axis === "step" ? `Step ${count(x)}` : axis === "elapsed" ? `After ${span(x)}` : clock(x * 1000);
}

/**
 * One chart: lines of several runs over a common axis, with a legend that follows the cursor.
 *
 * `definition` is { id, title, unit, format, log, smooth, zero, lines: [{ split, value, label, style }] }
 * with the styles thin, points, plain and dashed; `marked: false` leaves the points themselves out.
 * `zoom(from, to)` is called when a part was drawn over with the mouse, `reset()` on a double click,
 * `key(event, chart)` for keys.
 */
export class Chart {
  #definition;
  #calls;
  #plot = null;
  #shape = "";
  #lines = [];
  #data = [[]];
  #legend = el("div", { class: "legend" });
  #where = el("output", { class: "where" });
  #canvas;
  #empty = el("p", { class: "no-points", hidden: true }, "No points yet");
  #view = null;
  #values = [];

  constructor(definition, calls) {
    this.#definition = definition;
    this.#calls = calls;
    this.#canvas = el("div", {
      class: "plot",
      tabindex: "0",
      role: "group",
      "aria-label": `${definition.title}, chart. Left and right, home and end move the cursor, plus and minus zoom, page up and down move along, 0 shows all.`,
      onkeydown: (event) => calls.key(event, this),
      onblur: () => this.#plot?.setCursor({ left: -10, top: -10 }),
    });
    const larger = el(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-pressed": "false",
        "aria-label": `${definition.title}: larger`,
        title: "Larger",
        onclick: () => {
          const large = this.element.classList.toggle("large");
          larger.setAttribute("aria-pressed", large);
          this.#resize();
        },
      },
      "\u2922",
    );
    this.element = el(
      "figure",
      { class: "chart", "data-chart": definition.id },
      el(
        "figcaption",
        {},
        el("h3", {}, definition.title),
        el("span", { class: "unit" }, definition.unit ?? ""),
        this.#where,
        larger,
      ),
      this.#canvas,
      this.#empty,
      this.#legend,
    );
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
  }

  get definition() {
    return this.#definition;
  }

  /** Whether any run has points for it. */
  get filled() {
    return this.#lines.length > 0;
  }

  /** How far along the axis the lines go, as [least, most], or null without points. */
  extent(points, runs, axis) {
    let range = null;
    for (const { line, start } of this.#wanted(runs, (...of) => points.whole(...of))) {
      const x = line.along(axis, start);
      range = range === null ? [x[0], x.at(-1)] : [Math.min(range[0], x[0]), Math.max(range[1], x.at(-1))];
    }
    return range;
  }

  /**
   * Draws anew.
   *
   * @param view { axis, log, smoothing, range: [from, to], drops: [{ run, x, from, to }] }
   */
  draw(points, runs, view) {
    this.#view = { ...view, log: view.log && this.#definition.log !== false };
    this.#lines = this.#wanted(runs, (...of) => points.line(...of));
    this.#align();
    const shape = JSON.stringify([
      this.#lines.map((l) => [l.run, l.split, l.value]),
      view.axis,
      this.#view.log,
    ]);
    this.#empty.hidden = this.#lines.length > 0;
    if (this.#plot === null || shape !== this.#shape) {
      this.#shape = shape;
      this.#build();
    } else {
      this.#plot.setData(this.#data, false);
      this.#plot.setScale("x", { min: view.range[0], max: view.range[1] });
    }
    this.#tell();
  }

  /** Draws with the colours of the theme. */
  recolour() {
    if (this.#plot !== null) {
      this.#build();
      this.#tell();
    }
  }

  /** Moves the cursor so many points on, and returns what is there as a sentence. */
  step(by) {
    const plot = this.#plot;
    const x = this.#data[0];
    if (plot === null || x.length === 0) {
      return "";
    }
    const [from, to] = this.#view.range;
    const first = x.findIndex((at) => at >= from);
    const last = x.findLastIndex((at) => at <= to);
    let index =
      plot.cursor.left >= 0 && plot.cursor.idx !== null
        ? plot.cursor.idx + by
        : by === 1
          ? first
          : by === -1
            ? last
            : by > 0
              ? first + by
              : last + by;
    index = Math.min(last, Math.max(first, index));
    plot.setCursor({ left: plot.valToPos(x[index], "x"), top: plot.over.clientHeight / 2 }, true, true);
    const said = this.#lines.map((line, i) => `${line.run} ${line.label} ${this.#values[i].textContent}`);
    return `${this.#definition.title}, ${place(this.#view.axis, x[index])}: ${said.join(", ")}`;
  }

  #wanted(runs, lineOf) {
    const wanted = [];
    for (const { name: run, startedAt } of runs) {
      for (const definition of this.#definition.lines) {
        const line = lineOf(run, definition.split, definition.value);
        if (line !== undefined && line.length > 0) {
          wanted.push({ run, start: startedAt ?? line.times[0], line, ...definition });
        }
      }
    }
    return wanted;
  }

  /** Puts all lines over one axis: where a line has no point, it has undefined, over which it is drawn. */
  #align() {
    const { axis, smoothing, range, log } = this.#view;
    const columns = this.#lines.map(({ line, start }) => line.along(axis, start));
    const all = Float64Array.from(columns.flat()).sort();
    const x = [];
    for (const at of all) {
      if (at !== x.at(-1)) {
        x.push(at);
      }
    }
    const raw = [];
    const drawn = [];
    this.#lines.forEach(({ line, style }, i) => {
      const column = columns[i];
      const positive = log ? line.values.map((v) => (v === null || v > 0 ? v : null)) : line.values;
      const smoothed =
        this.#definition.smooth && style === "thin"
          ? smooth(column, positive, smoothing, range[1] - range[0])
          : positive;
      drawn.push(spread(x, column, smoothed));
      raw.push(smoothed === positive ? null : spread(x, column, positive));
    });
    // The pale lines lie behind all others.
    this.#data = [x, ...raw.map((column) => column ?? new Array(x.length)), ...drawn];
  }

  #build() {
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#lines.length === 0) {
      return;
    }
    const { axis, log, range } = this.#view;
    const tick = TICKS[this.#definition.format ?? "number"];
    const axisStyle = {
      stroke: property("--soft"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: property("--grid"), width: 1 },
      ticks: { show: false },
      gap: 4,
    };
    this.#plot = new uPlot(
      {
        width: Math.max(100, this.#canvas.clientWidth),
        height: this.#height(),
        legend: { show: false },
        padding: [8, 18, 0, 0],
        scales: {
          x: { time: axis === "clock", range: () => this.#view.range, auto: false },
          y: { distr: log ? 3 : 1, range: (_, min, max) => this.#range(min, max) },
        },
        axes: [
          {
            ...axisStyle,
            size: 24,
            ...(axis === "step" ? { incrs: wholeSteps(), values: (_, at) => at.map((v) => brief(v)) } : {}),
            ...(axis === "clock"
              ? { values: (_, at, __, ___, apart) => at.map((v) => moment(v, apart)) }
              : {}),
            ...(axis === "elapsed"
              ? { incrs: SECONDS, values: (_, at) => at.map((v) => (v === 0 ? "0" : span(v))) }
              : {}),
          },
          {
            ...axisStyle,
            size: (_, shown) => 14 + 6.4 * Math.max(4, ...(shown ?? []).map((text) => text.length)),
            values: (_, at) => at.map((v) => (v === null ? "" : tick(v))),
          },
        ],
        series: [
          {},
          ...this.#lines.map((line) => this.#pale(line)),
          ...this.#lines.map((line) => this.#series(line)),
        ],
        cursor: {
          sync: {
            key: SYNC,
            scales: ["x", null],
            filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
          },
          drag: { x: true, y: false, setScale: false, dist: 6 },
          // None on the pale lines.
          points: { size: (_, i) => (i > this.#lines.length ? 7 : 0) },
          y: false,
          bind: { dblclick: () => () => this.#calls.reset() },
        },
        hooks: {
          setCursor: [() => this.#follow()],
          setSelect: [(plot) => this.#select(plot)],
          drawClear: [(plot) => this.#drops(plot)],
          draw: [(plot) => this.#rates(plot)],
        },
      },
      this.#data,
      this.#canvas,
    );
    this.#plot.setScale("x", { min: range[0], max: range[1] });
  }

  /** The run's colour; with one run alone, its validation is told apart by the colours of text. */
  #colour({ run, style }) {
    const alone = this.#lines.every((line) => line.run === run);
    return !alone || style === "thin" ? colourOf(run) : property(style === "dashed" ? "--soft" : "--text");
  }

  #pale(line) {
    return { stroke: this.#colour(line), alpha: 0.28, width: 1, points: { show: false } };
  }

  #series(one) {
    const { line, style } = one;
    const stroke = this.#colour(one);
    return {
      stroke,
      width: style === "thin" || line.length > MARKED_POINTS ? 1.25 : 1.75,
      dash: style === "dashed" ? [7, 4] : undefined,
      points: {
        show:
          line.length <=
          (one.marked === false || style === "plain" ? 1 : style === "thin" ? FEW_POINTS : MARKED_POINTS),
        size: style === "thin" ? 4 : 5,
        stroke,
        fill: style === "dashed" ? property("--panel") : stroke,
      },
    };
  }

  #range(min, max) {
    if (min === null || max === null || min === undefined) {
      return this.#view.log ? [0.1, 1] : [0, 1];
    }
    if (this.#view.log) {
      return uPlot.rangeLog(min, max, 10, max / min > 100);
    }
    const share = this.#definition.format === "percent";
    let [low, high] =
      min === max
        ? [min - Math.abs(min || 1) / 10, max + Math.abs(max || 1) / 10]
        : uPlot.rangeNum(min, max, 0.08, true);
    if (min >= 0 && (this.#definition.zero || low < 0)) {
      low = 0;
    }
    if (share && max <= 1) {
      high = Math.min(high, 1);
    }
    return high > low ? [low, high] : [low, low + 1];
  }

  /** Marks where the learning rate was dropped, behind the lines. */
  #drops(plot) {
    const { left, top, width, height } = plot.bbox;
    this.#mark(plot, ({ run, x }, context, ratio) => {
      const at = plot.valToPos(x, "x", true);
      if (at < left || at > left + width) {
        return;
      }
      context.strokeStyle = colourOf(run);
      context.globalAlpha = this.#definition.drops ? 0.9 : 0.35;
      context.lineWidth = ratio;
      context.setLineDash([3 * ratio, 3 * ratio]);
      context.beginPath();
      context.moveTo(at, top);
      context.lineTo(at, top + height);
      context.stroke();
    });
  }

  /** In its own chart, from which rate to which it was dropped, over the lines. */
  #rates(plot) {
    if (!this.#definition.drops) {
      return;
    }
    const { left, top, width } = plot.bbox;
    const told = new Set();
    const rows = [];
    this.#mark(plot, ({ x, from, to }, context, ratio) => {
      const at = plot.valToPos(x, "x", true);
      const text = `${short(from)} \u2192 ${short(to)}`;
      // Runs compared mostly drop alike.
      if (at < left || at > left + width || told.has(`${x} ${text}`)) {
        return;
      }
      told.add(`${x} ${text}`);
      context.font = `${11 * ratio}px system-ui, sans-serif`;
      context.textBaseline = "top";
      context.textAlign = "left";
      const wide = context.measureText(text).width;
      const start = at + 4 * ratio + wide < left + width ? at + 4 * ratio : at - 4 * ratio - wide;
      // The first row in which it covers no other.
      const row = rows.findIndex((end) => end < start);
      const free = row < 0 ? rows.length : row;
      rows[free] = start + wide + 4 * ratio;
      const y = top + (2 + free * 13) * ratio;
      context.lineWidth = 4 * ratio;
      context.lineJoin = "round";
      context.strokeStyle = property("--panel");
      context.strokeText(text, start, y);
      context.fillStyle = property("--text");
      context.fillText(text, start, y);
    });
  }

  #mark(plot, draw) {
    plot.ctx.save();
    [...this.#view.drops].sort((a, b) => a.x - b.x).forEach((drop) => draw(drop, plot.ctx, devicePixelRatio));
    plot.ctx.restore();
  }

  #select(plot) {
    const { left, width } = plot.select;
    if (width > 4) {
      const from = plot.posToVal(left, "x");
      const to = plot.posToVal(left + width, "x");
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.#calls.zoom(from, to);
    }
  }

  #height() {
    return this.element.classList.contains("large") ? 420 : HEIGHT;
  }

  #resize() {
    const width = this.#canvas.clientWidth;
    if (
      this.#plot !== null &&
      width > 0 &&
      (width !== this.#plot.width || this.#height() !== this.#plot.height)
    ) {
      this.#plot.setSize({ width, height: this.#height() });
    }
  }

  /** Writes the legend: an entry a line, or with several runs, a row a run. */
  #tell() {
    this.#values = this.#lines.map(() => el("span", { class: "value" }));
    const runs = [...new Set(this.#lines.map((line) => line.run))];
    this.element.classList.toggle("compared", runs.length > 1);
    fill(
      this.#legend,
      runs.length > 1 ? this.#rows(runs) : this.#lines.map((line, i) => this.#entry(line, i)),
    );
    // After the plot has taken the new data: what is under a cursor that stayed may be another point.
    queueMicrotask(() => {
      const cursor = this.#plot?.cursor;
      if (cursor !== undefined && cursor.left >= 0) {
        this.#plot.setCursor({ left: cursor.left, top: cursor.top }, false, false);
      }
      this.#follow();
    });
  }

  #entry({ run, style, label }, i) {
    return el(
      "p",
      {},
      stroke(style, style === "thin" ? `run-${placeOf(run)}` : "ink"),
      el("span", { class: "label" }, label),
      this.#values[i],
    );
  }

  #rows(runs) {
    const kinds = this.#definition.lines.filter((kind) =>
      this.#lines.some((line) => line.label === kind.label),
    );
    const cell = (run, kind) => {
      const i = this.#lines.findIndex((line) => line.run === run && line.label === kind.label);
      return el("td", {}, i < 0 ? "" : this.#values[i]);
    };
    return el(
      "table",
      {},
      el(
        "thead",
        { class: kinds.length > 1 ? null : "unseen" },
        el(
          "tr",
          {},
          el("td", {}),
          kinds.map((kind) => el("th", { scope: "col" }, stroke(kind.style, ""), kind.label)),
        ),
      ),
      el(
        "tbody",
        {},
        runs.map((run) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, el("span", { class: `swatch run-${placeOf(run)}` }), name(run)),
            kinds.map((kind) => cell(run, kind)),
          ),
        ),
      ),
    );
  }

  /** The values under the cursor; without one, the newest. */
  #follow() {
    const format = FORMATS[this.#definition.format ?? "number"];
    const cursor = this.#plot?.cursor;
    const hovered =
      cursor !== undefined && cursor.left >= 0 && cursor.idx !== null && cursor.idx !== undefined;
    say(this.#where, hovered ? place(this.#view.axis, this.#data[0][cursor.idx]) : "");
    this.#values.forEach((element, i) => {
      let shown = this.#lines[i].line.newest;
      if (hovered) {
        const series = 1 + this.#lines.length + i;
        const at = cursor.idxs?.[series];
        // The value itself, not its average: the average is what the line shows.
        const raw = this.#data[1 + i][at];
        shown = at === null || at === undefined ? null : (raw ?? this.#data[series][at]);
      }
      say(element, format(shown));
    });
  }
}

function stroke(style, colour) {
  return el("span", { class: `stroke ${style} ${colour}`, "aria-hidden": "true" });
}

/** A column over more places: undefined where it has no point. */
function spread(x, column, values) {
  const spreaded = new Array(x.length);
  let i = 0;
  for (let j = 0; j < column.length; j++) {
    while (x[i] < column[j]) {
      i++;
    }
    spreaded[i] = values[j];
  }
  return spreaded;
}

function wholeSteps() {
  const steps = [];
  for (let size = 1; size < 1e12; size *= 10) {
    steps.push(size, 2 * size, 5 * size);
  }
  return steps;
}

const SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
].concat([2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * 86400));

/** A time on the axis, as exactly as the ones beside it are apart, in seconds. */
function moment(seconds, apart) {
  const date = new Date(seconds * 1000);
  const two = (n) => String(n).padStart(2, "0");
  if (apart >= 86400 || (date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0)) {
    return date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  }
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return apart < 60 ? `${time}:${two(date.getSeconds())}` : time;
}

/** A step on the axis: 12,000 as 12k where it is whole. */
function brief(step) {
  if (step >= 1e6 && step % 1e5 === 0) {
    return `${short(step / 1e6)}M`;
  }
  return step >= 1e4 && step % 100 === 0 ? `${short(step / 1e3)}k` : count(step);
}
