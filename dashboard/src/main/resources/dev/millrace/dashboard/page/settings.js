/** What the person has chosen, kept in the address behind the # so that a view can be shared. */

export const VIEWS = ["training", "flow", "checkpoints", "dead-letters", "pictures"];
const AXES = ["step", "elapsed", "clock"];
const DEFAULTS = { view: "training", axis: "step", log: false, smoothing: 0.9, from: null, to: null };
export const MOST_RUNS = 10;

/** Fires "change" with the names of what changed in `detail`, a Set. */
export class Settings extends EventTarget {
  #now = { ...DEFAULTS, runs: null };

  constructor() {
    super();
    this.#now = this.#read();
    window.addEventListener("hashchange", () => this.#take(this.#read()));
  }

  get view() {
    return this.#now.view;
  }

  /** The names of runs chosen, or null as long as nobody chose. */
  get runs() {
    return this.#now.runs;
  }

  get axis() {
    return this.#now.axis;
  }

  get log() {
    return this.#now.log;
  }

  get smoothing() {
    return this.#now.smoothing;
  }

  /** The part of the axis that is looked at, as [from, to], or null for all of it. */
  get zoom() {
    return this.#now.from === null ? null : [this.#now.from, this.#now.to];
  }

  /** Changes some settings and the address with them; another view can be left by going back. */
  change(part) {
    const next = { ...this.#now, ...part };
    if (part.axis !== undefined && part.axis !== this.#now.axis) {
      next.from = next.to = null;
    }
    const address = this.#write(next);
    if (next.view !== this.#now.view) {
      history.pushState(null, "", address);
    } else {
      history.replaceState(null, "", address);
    }
    this.#take(next);
  }

  /** The address of these settings with some changed. */
  address(part) {
    return this.#write({ ...this.#now, ...part });
  }

  #take(next) {
    const changed = new Set(
      Object.keys(next).filter((key) => JSON.stringify(next[key]) !== JSON.stringify(this.#now[key])),
    );
    this.#now = next;
    if (changed.size) {
      this.dispatchEvent(new CustomEvent("change", { detail: changed }));
    }
  }

  #read() {
    const hash = new URLSearchParams(location.hash.slice(1));
    const number = (key) =>
      hash.has(key) && Number.isFinite(Number(hash.get(key))) ? Number(hash.get(key)) : null;
    let [from, to] = [number("from"), number("to")];
    if (from === null || to === null || from >= to) {
      from = to = null;
    }
    const smoothing = number("smoothing");
    return {
      view: VIEWS.includes(hash.get("view")) ? hash.get("view") : DEFAULTS.view,
      axis: AXES.includes(hash.get("axis")) ? hash.get("axis") : DEFAULTS.axis,
      log: hash.get("scale") === "log",
      smoothing: smoothing !== null && smoothing >= 0 && smoothing < 1 ? smoothing : DEFAULTS.smoothing,
      from,
      to,
      runs: hash.has("run")
        ? hash
            .getAll("run")
            .filter((run) => run !== "")
            .slice(0, MOST_RUNS)
        : null,
    };
  }

  #write(settings) {
    const hash = new URLSearchParams();
    const put = (key, value, usual) => value !== usual && value !== null && hash.set(key, value);
    put("view", settings.view, DEFAULTS.view);
    put("axis", settings.axis, DEFAULTS.axis);
    put("scale", settings.log ? "log" : "linear", "linear");
    put("smoothing", settings.smoothing, DEFAULTS.smoothing);
    put("from", settings.from, null);
    put("to", settings.to, null);
    if (settings.runs !== null) {
      // None chosen is another thing than nobody having chosen.
      (settings.runs.length ? settings.runs : [""]).forEach((run) => hash.append("run", run));
    }
    return `#${hash}`;
  }
}
