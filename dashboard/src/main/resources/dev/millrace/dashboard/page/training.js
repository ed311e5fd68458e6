import { Chart } from "./chart.js";
import { el, empty, fill, name, say, seen } from "./dom.js";
import { ago, count, percent, plural, rate, short, value } from "./format.js";
import { placeOf } from "./palette.js";

const train = (value, label = "train") => ({ split: "train", value, label, style: "thin" });
const checked = (value, label = "validation") => ({ split: "validation", value, label, style: "points" });
const tenCrop = (value) => ({ split: "validation", value, label: "ten-crop", style: "dashed" });

const CHARTS = [
  { id: "loss", title: "Loss", unit: "nats", smooth: true, lines: [train("loss"), checked("loss")] },
  {
    id: "top1",
    title: "Top-1 error",
    format: "percent",
    smooth: true,
    lines: [train("top1_error"), checked("top1_error"), tenCrop("ten_crop_top1_error")],
  },
  {
    id: "top5",
    title: "Top-5 error",
    format: "percent",
    smooth: true,
    lines: [train("top5_error"), checked("top5_error"), tenCrop("ten_crop_top5_error")],
  },
  {
    id: "rate",
    title: "Learning rate",
    format: "short",
    drops: true,
    zero: true,
    lines: [train("learning_rate", "rate")],
  },
  { id: "gradient", title: "Gradient norm", smooth: true, lines: [train("gradient_norm", "norm")] },
  {
    id: "speed",
    title: "Images a second",
    format: "rate",
    log: false,
    smooth: true,
    zero: true,
    lines: [train("images_per_second", "trained")],
  },
  {
    id: "wait",
    title: "Wait for data",
    unit: "share of the time",
    format: "percent",
    log: false,
    smooth: true,
    zero: true,
    lines: [train("data_wait_share", "waiting")],
  },
  {
    id: "step",
    log: false,
    optional: true,
    title: "Time of a step",
    format: "millis",
    zero: true,
    lines: [
      train("step_ms_p50", "median"),
      { ...train("step_ms_p95", "95 of 100"), style: "points" },
      { ...train("step_ms_p99", "99 of 100"), style: "dashed" },
    ],
  },
  {
    id: "lag",
    log: false,
    optional: true,
    title: "Images waiting",
    format: "count",
    zero: true,
    lines: [
      train("augmenter_lag_images", "for augmenters"),
      { ...train("trainer_lag_images", "for the trainer"), style: "dashed" },
    ],
  },
];
const MORE = [
  {
    id: "memory",
    log: false,
    title: "Memory",
    unit: "of the process",
    format: "bytes",
    zero: true,
    lines: [train("resident_bytes", "resident")],
  },
  {
    id: "gpu",
    title: "GPU busy",
    format: "percent",
    log: false,
    smooth: true,
    zero: true,
    lines: [train("gpu_busy_share", "busy")],
  },
  {
    id: "gpu-memory",
    log: false,
    title: "GPU memory",
    format: "bytes",
    zero: true,
    lines: [train("gpu_memory_bytes", "in use")],
  },
];
// Counters that the page shows elsewhere, or that say nothing over time.
const ELSEWHERE = new Set([
  "images",
  "trained_images",
  "waiting_images",
  "dead_letter_images",
  "lost_images",
  "doubled_images",
  "waiting_since_seconds",
  "short_augmenters",
  "augmenter_threads",
]);
const MOST_OTHERS = 24;
const ZOOM_STEP = 2;

/** The charts, the numbers above them, and what can be chosen about them. */
export class Training {
  #page;
  #settings;
  #points;
  #summary = el("div", { class: "summary" });
  #none = el("div", { hidden: true });
  #charts;
  #others = new Map();
  #main = el("div", { class: "charts" });
  #more = el("div", { class: "charts" });
  #details;
  #tools;
  #extent = null;
  #due = false;
  #controls;

  constructor(section, page) {
    this.#page = page;
    this.#settings = page.settings;
    this.#points = page.points;
    const calls = {
      zoom: (from, to) => this.#zoom(from, to),
      reset: () => this.#settings.change({ from: null, to: null }),
      key: (event, chart) => this.#key(event, chart),
    };
    this.#charts = CHARTS.map((definition) => new Chart(definition, calls));
    const more = MORE.map((definition) => new Chart(definition, calls));
    more.forEach((chart) => this.#others.set(chart.definition.id, chart));
    this.#calls = calls;
    fill(
      this.#main,
      this.#charts.map((chart) => chart.element),
    );
    this.#details = el(
      "details",
      { class: "more", ontoggle: () => this.schedule() },
      el("summary", {}, "More charts: memory and others"),
      this.#more,
    );
    this.#tools = this.#toolbar();
    this.#drawn = el("div", {}, this.#tools, this.#main, this.#details);
    fill(section, this.#summary, this.#none, this.#drawn);
    document.addEventListener("themechange", () => this.#all().forEach((chart) => chart.recolour()));
  }

  #calls;
  #drawn;

  show() {
    this.#numbers();
    this.schedule();
  }

  /** Runs or their numbers are other ones. */
  runs() {
    this.#numbers();
  }

  /** Draws with the next frame, however often it is called before. */
  schedule() {
    if (!this.#due) {
      this.#due = true;
      requestAnimationFrame(() => {
        this.#due = false;
        if (this.#page.shown === this) {
          this.#draw();
        }
      });
    }
  }

  #all() {
    return [...this.#charts, ...this.#others.values()];
  }

  #draw() {
    const began = performance.now();
    const runs = this.#page.chosen();
    const { axis, log, smoothing, zoom } = this.#settings;
    const any = runs.length > 0;
    this.#drawn.hidden = !any;
    this.#tellSettings();
    if (!any) {
      return;
    }
    const open = this.#details.open;
    if (open) {
      this.#findOthers(runs);
    }
    const charts = open ? this.#all() : this.#charts;
    this.#extent = charts
      .map((chart) => chart.extent(this.#points, runs, axis))
      .filter((range) => range !== null)
      .reduce((a, b) => (a === null ? b : [Math.min(a[0], b[0]), Math.max(a[1], b[1])]), null);
    let range = zoom ?? this.#extent ?? [0, 1];
    if (range[0] === range[1]) {
      range = [range[0] - 1, range[1] + 1];
    }
    const drops = runs.flatMap((run) =>
      (this.#points.about(run.name)?.drops ?? []).map((drop) => ({
        run: run.name,
        x:
          axis === "step"
            ? drop.step
            : axis === "elapsed"
              ? (drop.time - run.startedAt) / 1000
              : drop.time / 1000,
        from: drop.from,
        to: drop.to,
      })),
    );
    const view = { axis, log, smoothing, range, drops };
    charts.forEach((chart) => chart.draw(this.#points, runs, view));
    for (const chart of charts) {
      chart.element.hidden = !chart.filled && (chart.definition.optional || !this.#charts.includes(chart));
    }
    performance.clearMeasures("millrace:draw"); // the browser would keep them all
    performance.measure("millrace:draw", { start: began, end: performance.now() });
  }

  /** Charts for values that have none of their own: whatever a trainer publishes can be seen. */
  #findOthers(runs) {
    const known = new Set(
      [...CHARTS, ...MORE].flatMap((c) => c.lines.map((line) => `${line.split} ${line.value}`)),
    );
    for (const { name: run } of runs) {
      for (const split of ["train", "validation"]) {
        for (const found of this.#points.names(run, split)) {
          const id = `other ${split} ${found}`;
          if (
            !known.has(`${split} ${found}`) &&
            !ELSEWHERE.has(found) &&
            !this.#others.has(id) &&
            this.#others.size < MOST_OTHERS
          ) {
            const title = seen(found).replaceAll("_", " ");
            const line = split === "train" ? train(found) : checked(found);
            this.#others.set(id, new Chart({ id, title, smooth: true, lines: [line] }, this.#calls));
          }
        }
      }
    }
    const charts = [...this.#others.values()].map((chart) => chart.element);
    if (this.#more.childElementCount !== charts.length) {
      fill(this.#more, charts);
    }
  }

  #numbers() {
    const runs = this.#page.chosen();
    if (this.#page.runs.size === 0) {
      this.#none.hidden = false;
      fill(this.#none, this.#page.noRun());
    } else {
      this.#none.hidden = runs.length > 0;
      fill(this.#none, empty("No run is chosen", "Choose one or several runs to see their charts."));
    }
    this.#summary.hidden = runs.length === 0;
    if (runs.length === 1) {
      fill(this.#summary, tiles(runs[0]));
    } else if (runs.length > 1) {
      fill(this.#summary, comparison(runs));
    }
  }

  #toolbar() {
    const settings = this.#settings;
    const smoothing = el("input", {
      type: "range",
      id: "smoothing",
      min: "0",
      max: "0.99",
      step: "0.01",
      oninput: (event) => settings.change({ smoothing: Number(event.target.value) }),
    });
    const amount = el("output", { for: "smoothing" });
    const scale = choice(
      "Scale",
      "scale",
      [
        ["linear", "Linear"],
        ["log", "Log"],
      ],
      (v) => settings.change({ log: v === "log" }),
    );
    const axis = choice(
      "By",
      "axis",
      [
        ["step", "Step"],
        ["elapsed", "Time"],
        ["clock", "Clock"],
      ],
      (v) => settings.change({ axis: v }),
    );
    axis.element.title = "Time: since each run began. Clock: the time of day.";
    const button = (text, label, action) =>
      el("button", { type: "button", "aria-label": label, title: label, onclick: action }, text);
    const reset = el(
      "button",
      { type: "button", id: "reset-zoom", onclick: () => settings.change({ from: null, to: null }) },
      "Show all",
    );
    this.#controls = { smoothing, amount, scale, axis, reset };
    return el(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Charts" },
      el("div", { class: "tool" }, el("label", { for: "smoothing" }, "Smoothing"), smoothing, amount),
      scale.element,
      axis.element,
      el(
        "div",
        { class: "tool zoom", role: "group", "aria-label": "Zoom" },
        button("\u2190", "Earlier", () => this.#move(-0.5)),
        button("\u2212", "Zoom out", () => this.#scale(ZOOM_STEP)),
        button("+", "Zoom in", () => this.#scale(1 / ZOOM_STEP)),
        button("\u2192", "Later", () => this.#move(0.5)),
        reset,
      ),
      el("p", { class: "hint" }, "Drag over a chart to zoom"),
    );
  }

  #tellSettings() {
    const { smoothing, axis, log, zoom } = this.#settings;
    this.#controls.smoothing.value = smoothing;
    say(this.#controls.amount, smoothing === 0 ? "off" : smoothing.toFixed(2));
    this.#controls.scale.set(log ? "log" : "linear");
    this.#controls.axis.set(axis);
    this.#controls.reset.disabled = zoom === null;
  }

  #zoom(from, to) {
    if (this.#extent === null) {
      return;
    }
    const [least, most] = this.#extent;
    let [low, high] = [Math.max(from, least), Math.min(to, most)];
    if (this.#settings.axis === "step") {
      [low, high] = [Math.floor(low), Math.ceil(high)];
    }
    if (low <= least && high >= most) {
      low = high = null;
    } else if (!(high > low)) {
      return;
    }
    this.#settings.change({ from: low, to: high });
  }

  #scale(by) {
    const range = this.#settings.zoom ?? this.#extent;
    if (range !== null) {
      const middle = (range[0] + range[1]) / 2;
      const half = ((range[1] - range[0]) / 2) * by;
      this.#zoom(middle - half, middle + half);
    }
  }

  #move(by) {
    const zoom = this.#settings.zoom;
    if (zoom !== null && this.#extent !== null) {
      const width = zoom[1] - zoom[0];
      const from = Math.min(Math.max(zoom[0] + by * width, this.#extent[0]), this.#extent[1] - width);
      this.#zoom(from, from + width);
    }
  }

  #key(event, chart) {
    const far = event.shiftKey ? 10 : 1;
    const actions = {
      ArrowLeft: () => this.#page.speak(chart.step(-far)),
      ArrowRight: () => this.#page.speak(chart.step(far)),
      Home: () => this.#page.speak(chart.step(-Infinity)),
      End: () => this.#page.speak(chart.step(Infinity)),
      PageUp: () => this.#move(-0.5),
      PageDown: () => this.#move(0.5),
      "+": () => this.#scale(1 / ZOOM_STEP),
      "=": () => this.#scale(1 / ZOOM_STEP),
      "-": () => this.#scale(ZOOM_STEP),
      0: () => this.#settings.change({ from: null, to: null }),
      Escape: () => this.#settings.change({ from: null, to: null }),
    };
    const action = actions[event.key];
    if (action !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      action();
    }
  }
}

/** Buttons of which one is on. */
function choice(title, key, options, chosen) {
  const buttons = options.map(([v, text]) =>
    el(
      "button",
      { type: "button", "data-value": v, "aria-pressed": "false", onclick: () => chosen(v) },
      text,
    ),
  );
  return {
    element: el(
      "div",
      { class: "tool choice", role: "group", "aria-label": title, id: `choice-${key}` },
      el("span", { "aria-hidden": "true" }, title),
      buttons,
    ),
    set: (v) => buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.value === v)),
  };
}

function tiles(run) {
  const tile = (title, shown, note = null, kind = null) =>
    el(
      "div",
      { class: "tile", "data-kind": kind },
      el("dt", {}, title),
      el("dd", {}, shown, note === null ? null : el("small", {}, note)),
    );
  const waits = run.dataWaitShare;
  return el(
    "dl",
    { class: "tiles" },
    tile(
      "Step",
      count(run.step),
      run.epoch === null || run.epoch === undefined ? null : `epoch ${count(run.epoch)}`,
    ),
    tile("Loss now", value(run.lossNow)),
    tile(
      "Best top-1 error",
      percent(run.bestTop1Error),
      run.bestTop1Step ? `at step ${count(run.bestTop1Step)}` : "not validated yet",
    ),
    tile("Best top-5 error", percent(run.bestTop5Error)),
    tile("Learning rate", short(run.learningRate)),
    tile("Images", rate(run.imagesPerSecond), run.images ? `${count(run.images)} trained` : null),
    tile("Waits for data", percent(waits, waits < 0.1 ? 1 : 0), "of the time", waits > 0.02 ? "warn" : null),
  );
}

function comparison(runs) {
  const columns = [
    "Run",
    "State",
    "Step",
    "Epoch",
    "Loss now",
    "Best top-1",
    "Best top-5",
    "Rate",
    "Images/s",
    "Waits",
    "Updated",
  ];
  return el(
    "div",
    {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-label": `${plural(runs.length, "run")} compared`,
    },
    el(
      "table",
      { class: "comparison" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map((c, i) => el("th", { scope: "col", class: i > 1 ? "number" : null }, c)),
        ),
      ),
      el(
        "tbody",
        {},
        runs.map((run) =>
          el(
            "tr",
            {},
            el(
              "th",
              { scope: "row" },
              el("span", { class: `swatch run-${placeOf(run.name)}` }),
              name(run.name),
            ),
            el("td", {}, el("span", { class: "state", "data-state": run.state }, run.state)),
            [
              count(run.step),
              count(run.epoch),
              value(run.lossNow),
              percent(run.bestTop1Error),
              percent(run.bestTop5Error),
              short(run.learningRate),
              rate(run.imagesPerSecond),
              percent(run.dataWaitShare),
              ago(run.updatedAt),
            ].map((text) => el("td", { class: "number" }, text)),
          ),
        ),
      ),
    ),
  );
}
