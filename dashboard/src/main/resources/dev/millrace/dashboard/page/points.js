import { ask } from "./api.js";
import { Line } from "./line.js";

const SPLITS = ["train", "validation"];
const POINTS = 1000;

/**
 * The lines of the runs that are looked at: all of each, thinned by the server, and while a part of the
 * axis is looked at, that part more closely. Points that come while the server is asked are kept and
 * added to its answer.
 */
export class Points {
  #runs = new Map();
  #close = null;
  #waiting = null;
  #asked = null;

  /** What is known of a run: { drops, values, startedAt }, or undefined. */
  about(run) {
    return this.#runs.get(run)?.about;
  }

  /** The line of a value, the closer one where there is one, or undefined. */
  line(run, split, value) {
    return (this.#close ?? this.#runs).get(run)?.[split].get(value);
  }

  /** The line of a value over all of the axis, or undefined. */
  whole(run, split, value) {
    return this.#runs.get(run)?.[split].get(value);
  }

  /** Names of values that a run has in a split. */
  names(run, split) {
    return [...(this.#runs.get(run)?.[split].keys() ?? [])];
  }

  /**
   * Asks for all lines of these runs, and with a zoom for its part. Another call ends this one.
   *
   * @param zoom null, or { axis, from, to } with times in seconds
   * @returns whether it was done rather than ended by another call
   * @throws Refused
   */
  async load(runs, zoom) {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#waiting = [];
    try {
      const found = new Map();
      await Promise.all(
        runs.map(async (run) => {
          const answer = await this.#all(run, asked.signal);
          if (answer !== null) {
            found.set(run, answer);
          }
        }),
      );
      const close = zoom === null ? null : await this.#part(found, zoom, asked.signal);
      this.#runs = found;
      this.#close = close;
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting.forEach((points) => this.append(points));
      return true;
    } catch (e) {
      if (e.name === "AbortError") {
        return false;
      }
      this.#waiting = null;
      throw e;
    }
  }

  /** Asks for a part of the axis more closely; null for all of it. As `load` for the rest. */
  async look(zoom) {
    if (this.#waiting !== null) {
      return this.load([...this.#runs.keys()], zoom);
    }
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    try {
      this.#close = zoom === null ? null : await this.#part(this.#runs, zoom, asked.signal);
      return true;
    } catch (e) {
      if (e.name === "AbortError") {
        return false;
      }
      throw e;
    }
  }

  /** Asks for a run's drops of the learning rate anew. */
  async askAbout(run) {
    const about = await ask(`/api/runs/${encodeURIComponent(run)}`);
    if (this.#runs.has(run)) {
      this.#runs.get(run).about = about;
    }
  }

  /**
   * Adds live points: { run, split, step, time, values }.
   *
   * @returns whether the learning rate fell
   */
  append(points) {
    this.#waiting?.push(points);
    const run = this.#runs.get(points.run);
    if (run === undefined) {
      return false;
    }
    const rates = points.values.learning_rate;
    const before = run.train.get("learning_rate")?.newest;
    for (const known of [run, this.#close?.get(points.run)]) {
      if (known !== undefined) {
        for (const [value, column] of Object.entries(points.values)) {
          let line = known[points.split].get(value);
          if (line === undefined) {
            line = new Line();
            known[points.split].set(value, line);
          }
          line.append(points.step, points.time, column);
        }
      }
    }
    return (
      points.split === "train" &&
      rates !== undefined &&
      [before, ...rates].some((rate, i, all) => i > 0 && rate < all[i - 1])
    );
  }

  async #all(run, signal) {
    let about;
    try {
      about = await ask(`/api/runs/${encodeURIComponent(run)}`, {}, signal);
    } catch (e) {
      if (e.status === 404) {
        return null; // a run in a shared address that is not known here
      }
      throw e;
    }
    const [train, validation] = await Promise.all(
      SPLITS.map((split) => this.#lines(run, split, about.values?.[split] ?? [], {}, signal)),
    );
    return { about, train, validation };
  }

  async #part(runs, zoom, signal) {
    const close = new Map();
    await Promise.all(
      [...runs].map(async ([run, { about, train, validation }]) => {
        const start = zoom.axis === "elapsed" ? about.startedAt : 0;
        const part =
          zoom.axis === "step"
            ? { axis: "step", from: Math.floor(zoom.from), to: Math.ceil(zoom.to) }
            : {
                axis: "time",
                from: Math.floor(zoom.from * 1000 + start),
                to: Math.ceil(zoom.to * 1000 + start),
              };
        const [closeTrain, closeValidation] = await Promise.all([
          this.#lines(run, "train", [...train.keys()], part, signal),
          this.#lines(run, "validation", [...validation.keys()], part, signal),
        ]);
        close.set(run, { about, train: closeTrain, validation: closeValidation });
      }),
    );
    return close;
  }

  async #lines(run, split, values, part, signal) {
    const lines = new Map();
    if (values.length === 0) {
      return lines;
    }
    const answer = await ask(
      "/api/series",
      { run, split, values: values.join(","), points: POINTS, ...part },
      signal,
    );
    for (const [value, points] of Object.entries(answer.series)) {
      lines.set(value, Line.of(points));
    }
    return lines;
  }
}
