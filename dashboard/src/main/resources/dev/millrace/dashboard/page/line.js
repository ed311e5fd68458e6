import { lttb } from "./lttb.js";

const MOST_POINTS = 4000;
const THINNED_POINTS = 2000;

/** One value of one run and split over its steps. Never more than 4,000 points: then it is thinned to half. */
export class Line {
  steps = [];
  times = [];
  values = [];

  /** Takes what the server keeps: { step, time, value }. */
  static of({ step, time, value }) {
    const line = new Line();
    line.steps = step;
    line.times = time;
    line.values = value;
    return line;
  }

  get length() {
    return this.steps.length;
  }

  /** The newest value that is a number, or null. */
  get newest() {
    for (let i = this.values.length - 1; i >= 0; i--) {
      if (this.values[i] !== null) {
        return this.values[i];
      }
    }
    return null;
  }

  /** Adds points in the order in which they came. A step that was repeated replaces what was there from it on. */
  append(steps, times, values) {
    for (let i = 0; i < steps.length; i++) {
      if (values[i] === undefined) {
        continue;
      }
      let n = this.steps.length;
      if (n && steps[i] <= this.steps[n - 1]) {
        while (n && steps[i] <= this.steps[n - 1]) {
          n--;
        }
        this.steps.length = this.times.length = this.values.length = n;
      }
      this.steps.push(steps[i]);
      this.times.push(times[i]);
      this.values.push(values[i]);
    }
    if (this.steps.length > MOST_POINTS) {
      const kept = lttb(this.steps, this.values, THINNED_POINTS);
      this.steps = kept.map((i) => this.steps[i]);
      this.times = kept.map((i) => this.times[i]);
      this.values = kept.map((i) => this.values[i]);
    }
  }

  /** Where its points are on an axis, never falling: `start` is when the run began. */
  along(axis, start) {
    if (axis === "step") {
      return this.steps;
    }
    const x = new Array(this.times.length);
    let before = -Infinity;
    for (let i = 0; i < x.length; i++) {
      before = Math.max(before, axis === "elapsed" ? (this.times[i] - start) / 1000 : this.times[i] / 1000);
      x[i] = before;
    }
    return x;
  }
}
