/** The stream of live events, opened again whenever it breaks. */

const KINDS = [
  "hello",
  "runs",
  "points",
  "flow",
  "checkpoint",
  "deadLetters",
  "pictures",
  "connection",
  "bye",
];
const FIRST_WAIT_MILLIS = 1000;
const LONGEST_WAIT_MILLIS = 10_000;
// The flow comes every two seconds: a stream silent for so long is dead, whatever the network says.
const LONGEST_SILENCE_MILLIS = 20_000;

/**
 * Events "hello", "points" and so on, each with its data in `detail`; and "lost" with {since,
 * reason} when the stream breaks. After each "hello" everything has to be asked anew.
 */
export class Events extends EventTarget {
  #source = null;
  #runs = [];
  #wait = FIRST_WAIT_MILLIS;
  #timer = 0;
  #heard = 0;
  #since = null;
  #reason = null;

  constructor() {
    super();
    setInterval(() => this.#watch(), 5000);
    // A window that slept, or a network that is there again: try at once.
    window.addEventListener("online", () => this.#since !== null && this.#open());
    document.addEventListener(
      "visibilitychange",
      () => !document.hidden && this.#since !== null && this.#open(),
    );
  }

  /** Listens to these runs' points from now on; with none, to the other events only. */
  listen(runs) {
    this.#runs = runs;
    this.#open();
  }

  /** Tries at once, when a person asks. */
  again() {
    this.#open();
  }

  #open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const query = new URLSearchParams(this.#runs.map((run) => ["run", run]));
    const source = new EventSource(this.#runs.length ? `/api/events?${query}` : "/api/events");
    this.#source = source;
    this.#heard = performance.now();
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => this.#take(source, kind, event));
    }
    source.addEventListener("error", () => source === this.#source && this.#lose());
  }

  #take(source, kind, event) {
    if (source !== this.#source) {
      return;
    }
    this.#heard = performance.now();
    const data = JSON.parse(event.data);
    if (kind === "bye") {
      this.#reason = data.reason;
      this.#lose();
      return;
    }
    if (kind === "hello") {
      this.#wait = FIRST_WAIT_MILLIS;
      this.#since = null;
      this.#reason = null;
    }
    this.dispatchEvent(new CustomEvent(kind, { detail: data }));
  }

  #lose() {
    this.#source.close();
    this.#source = null;
    this.#since ??= Date.now();
    this.dispatchEvent(new CustomEvent("lost", { detail: { since: this.#since, reason: this.#reason } }));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MILLIS);
  }

  #watch() {
    if (this.#source !== null && performance.now() - this.#heard > LONGEST_SILENCE_MILLIS) {
      this.#lose();
    }
  }
}
