import { Chart } from "./chart.js";
import { CHARTS, MORE, other } from "./definitions.js";
import { el, empty, fill } from "./dom.js";
import { comparison, tiles } from "./summary.js";
import { Tools, ZOOM_STEP } from "./tools.js";

const MOST_OTHERS = 24;

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
  #calls;
  #drawn;

  constructor(section, page) {
    this.#page = page;
    this.#settings = page.settings;
    this.#points = page.points;
    this.#calls = {
      zoom: (from, to) => this.#zoom(from, to),
      reset: () => this.#settings.change({ from: null, to: null }),
      key: (event, chart) => this.#key(event, chart),
    };
    this.#charts = CHARTS.map((definition) => new Chart(definition, this.#calls));
    const more = MORE.map((definition) => new Chart(definition, this.#calls));
    more.forEach((chart) => this.#others.set(chart.definition.id, chart));
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
    this.#tools = new Tools(this.#settings, {
      move: (widths) => this.#move(widths),
      scale: (factor) => this.#scale(factor),
    });
    this.#drawn = el("div", {}, this.#tools.element, this.#main, this.#details);
    fill(section, this.#summary, this.#none, this.#drawn);
    document.addEventListener("themechange", () => this.#all().forEach((chart) => chart.recolour()));
  }

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
    this.#tools.show();
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
    for (const { name: run } of runs) {
      for (const split of ["train", "validation"]) {
        for (const value of this.#points.names(run, split)) {
          const definition = other(split, value);
          if (definition !== null && !this.#others.has(definition.id) && this.#others.size < MOST_OTHERS) {
            this.#others.set(definition.id, new Chart(definition, this.#calls));
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
