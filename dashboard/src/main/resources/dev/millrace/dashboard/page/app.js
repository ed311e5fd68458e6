/** The page: asks the server for everything, listens for what is new, and shows the view that is chosen. */
import { ask } from "./api.js";
import { Checkpoints } from "./checkpoints.js";
import { el, empty, fill, say, seen } from "./dom.js";
import { Events } from "./events.js";
import { Flow, verdictOn } from "./flow.js";
import { clock, count, takeClock } from "./format.js";
import { DeadLetters } from "./letters.js";
import { colour } from "./palette.js";
import { Pictures } from "./pictures.js";
import { Points } from "./points.js";
import { RunList } from "./runs.js";
import { Settings, VIEWS } from "./settings.js";
import { Training } from "./training.js";

const USUAL_PREFIX = "millrace";

class Page {
  settings = new Settings();
  points = new Points();
  runs = new Map();
  prefix = USUAL_PREFIX;
  shown = null;
  #events = new Events();
  #views;
  #list;
  #listening = null;
  #flow = null;
  #lost = null;
  #known = false;
  #broker = null;
  #failed = null;
  #live = false;

  constructor() {
    const section = (id) => document.getElementById(`view-${id}`);
    this.#list = new RunList(this);
    this.#views = {
      training: new Training(section("training"), this),
      flow: new Flow(section("flow"), this),
      checkpoints: new Checkpoints(section("checkpoints"), this),
      "dead-letters": new DeadLetters(section("dead-letters"), this),
      pictures: new Pictures(section("pictures"), this),
    };
    this.settings.addEventListener("change", (event) => this.#changed(event.detail));
    document.getElementById("skip").addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById("main").focus();
    });
    this.#hear();
    this.#show();
    this.#start();
    setInterval(() => this.#tick(), 1000);
  }

  /** Runs in the order of the list: those heard of now first, then by start, newest first. */
  ordered() {
    const active = (run) =>
      run.state === "training" || run.state === "waiting" || run.state === "starting" ? 0 : 1;
    return [...this.runs.values()].sort(
      (a, b) =>
        active(a) - active(b) || (b.startedAt ?? 0) - (a.startedAt ?? 0) || (a.name < b.name ? -1 : 1),
    );
  }

  /** The runs that are looked at: those chosen, and the first of the list as long as nobody chose. */
  chosen() {
    const ordered = this.ordered();
    if (this.settings.runs === null) {
      return ordered.slice(0, 1);
    }
    return ordered.filter((run) => this.settings.runs.includes(run.name));
  }

  /** What to do where there is no run. */
  noRun() {
    if (!this.#known) {
      return empty("Just a moment", "The runs are being asked for.");
    }
    return empty(
      "No run yet",
      "This page shows runs as soon as a trainer publishes its first step.",
      this.noRunHint(),
    );
  }

  noRunHint() {
    const prefix = this.prefix === USUAL_PREFIX ? "" : ` --prefix ${seen(this.prefix)}`;
    return el(
      "div",
      {},
      el("p", {}, "Start a run with images drawn by the program, or with your own:"),
      el("pre", {}, `./millrace demo\n./millrace run${prefix} --data FOLDER`),
    );
  }

  /** Has a screen reader say something. */
  speak(text) {
    say(document.getElementById("spoken"), text);
  }

  /** Shows how many dead letters there are beside their view's name. */
  tally(total) {
    const tally = document.getElementById("letters-tally");
    tally.hidden = !total;
    say(tally, count(total));
  }

  #hear() {
    const on = (kind, take) => this.#events.addEventListener(kind, (event) => take(event.detail));
    on("hello", (hello) => {
      takeClock(hello.now);
      this.#lost = null;
      this.#live = true;
      this.#banner();
      this.#all();
    });
    on("lost", (lost) => {
      this.#lost = { ...lost, refused: false };
      this.#live = false;
      this.#banner();
      this.#poll();
    });
    on("runs", ({ runs }) => this.#takeRuns(runs));
    on("points", (points) => {
      if (this.points.append(points)) {
        this.points.askAbout(points.run).then(
          () => this.#views.training.schedule(),
          (e) => this.#fail(e),
        );
      }
      this.#views.training.schedule();
    });
    on("flow", (flow) => this.#takeFlow(flow));
    on("checkpoint", () => this.#views.checkpoints.changed());
    on("deadLetters", ({ total }) => {
      this.tally(total);
      this.#views["dead-letters"].changed(total);
    });
    on("pictures", ({ run }) => this.#views.pictures.changed(run));
    on("connection", ({ connected, problem }) => this.#takeBroker(connected, problem));
  }

  async #start() {
    try {
      await this.#askRuns();
      this.#listen();
    } catch (e) {
      this.#fail(e);
      // Nothing answered: the stream tries again by itself, and asks for everything once it is there.
      this.#listen();
    }
  }

  /** Everything anew: after each start of the stream, whatever was missed before. */
  async #all() {
    try {
      await this.#askRuns();
      // The runs may be others than those that the stream was opened for.
      if (!this.#listen()) {
        await this.#load();
      }
      const [flow, letters] = await Promise.all([ask("/api/flow"), ask("/api/dead-letters", { limit: 1 })]);
      this.#takeFlow(flow);
      this.tally(letters.total);
      if (this.shown !== this.#views.training && this.shown !== this.#views.flow) {
        this.shown.show();
      }
      this.#failed = null;
      this.#banner();
    } catch (e) {
      this.#fail(e);
    }
  }

  /** Where the stream is refused but questions are answered, they are asked each time it is tried. */
  async #poll() {
    try {
      await this.#askRuns();
      await this.#load();
      if (this.#lost !== null) {
        this.#lost.refused = true;
        this.#banner();
      }
    } catch (e) {
      if (e.status === 401 || e.status === 403) {
        this.#fail(e);
      }
      // Else it is away, which the banner says already.
    }
  }

  async #askRuns() {
    const answer = await ask("/api/runs");
    takeClock(answer.now);
    this.prefix = answer.prefix;
    say(
      document.getElementById("about"),
      `Millrace ${answer.version} \u00b7 topics ${seen(answer.prefix)}.*`,
    );
    this.#takeRuns(answer.runs);
    this.#takeBroker(answer.connected, answer.problem);
  }

  /** Opens the stream for the chosen runs, and returns whether it was open for others. */
  #listen() {
    const wanted = JSON.stringify(
      this.chosen()
        .map((run) => run.name)
        .sort(),
    );
    if (wanted === this.#listening) {
      return false;
    }
    this.#listening = wanted;
    this.#events.listen(JSON.parse(wanted));
    return true;
  }

  async #load() {
    const began = performance.now();
    const { axis, zoom } = this.settings;
    const done = await this.points.load(
      this.chosen().map((run) => run.name),
      zoom === null ? null : { axis, from: zoom[0], to: zoom[1] },
    );
    if (done) {
      this.#views.training.schedule();
      requestAnimationFrame(() => {
        performance.clearMeasures("millrace:load");
        performance.measure("millrace:load", { start: began, end: performance.now() });
      });
    }
  }

  #takeRuns(runs) {
    const before = JSON.stringify(this.chosen().map((run) => run.name));
    this.runs = new Map(runs.map((run) => [run.name, run]));
    this.#known = true;
    colour(runs);
    this.#list.show();
    this.shown.runs();
    document.title = title(this.chosen());
    if (this.#live && before !== JSON.stringify(this.chosen().map((run) => run.name))) {
      this.#chose();
    }
    if (this.shown === this.#views.training) {
      this.#views.training.schedule();
    }
  }

  #takeFlow(flow) {
    this.#flow = flow;
    this.#views.flow.take(flow);
    this.#verdict();
  }

  #takeBroker(connected, problem) {
    if (connected) {
      this.#broker = null;
    } else {
      this.#broker = { since: this.#broker?.since ?? Date.now(), problem };
    }
    this.#banner();
  }

  #changed(keys) {
    if (keys.has("view")) {
      this.#show();
      document.getElementById("main").focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    if (keys.has("runs")) {
      this.#list.show();
      this.shown.runs();
      document.title = title(this.chosen());
      this.#chose();
    } else if (keys.has("from") || keys.has("to")) {
      const { axis, zoom } = this.settings;
      this.#views.training.schedule();
      this.points.look(zoom === null ? null : { axis, from: zoom[0], to: zoom[1] }).then(
        (done) => done && this.#views.training.schedule(),
        (e) => this.#fail(e),
      );
    }
    this.#links();
    this.#views.training.schedule();
  }

  /** Other runs are looked at than before. */
  #chose() {
    this.#listen();
    this.#views.checkpoints.changed();
    this.#views.pictures.changed();
  }

  #show() {
    const view = this.settings.view;
    for (const id of VIEWS) {
      document.getElementById(`view-${id}`).hidden = id !== view;
    }
    this.shown = this.#views[view];
    this.#links();
    this.shown.show();
  }

  #links() {
    document.querySelectorAll("nav a").forEach((link) => {
      link.href = this.settings.address({ view: link.dataset.view });
      if (link.dataset.view === this.settings.view) {
        link.setAttribute("aria-current", "page");
      } else {
        link.removeAttribute("aria-current");
      }
    });
  }

  #verdict() {
    const flow = this.#flow;
    const strip = document.getElementById("verdict");
    strip.hidden = flow === null || !flow.sentence;
    if (strip.hidden) {
      return;
    }
    strip.dataset.kind = flow.bottleneck ?? "unknown";
    say(document.getElementById("verdict-text"), flow.sentence);
    const audits = flow.audits ?? [];
    const sum = (key) => audits.reduce((total, audit) => total + (audit[key] ?? 0), 0);
    const audit = document.getElementById("audit");
    const told = audits.length === 0 ? "" : JSON.stringify([sum("trained"), sum("lost"), sum("doubled")]);
    if (audit.dataset.told !== told) {
      audit.dataset.told = told;
      fill(
        audit,
        told === ""
          ? []
          : [
              `${count(sum("trained"))} trained on, lost `,
              verdictOn(sum("lost")),
              sum("doubled") ? [", doubled ", verdictOn(sum("doubled"))] : null,
            ],
      );
    }
  }

  #fail(problem) {
    this.#failed = problem;
    this.#banner();
  }

  /** Says what is wrong, or nothing; the most basic trouble first. */
  #banner() {
    const banner = document.getElementById("banner");
    const connection = document.getElementById("connection");
    const again = el("button", { type: "button", onclick: () => this.#events.again() }, "Try now");
    let state = "live";
    let shown = [];
    if (this.#failed?.status === 401 || this.#failed?.status === 403) {
      state = "lost";
      shown = [
        el("p", {}, `${this.#failed.message}. Open the address that the command printed, with its token.`),
      ];
    } else if (this.#lost !== null) {
      state = "lost";
      const reason = this.#lost.reason === null ? "" : ` It said: ${seen(this.#lost.reason)}.`;
      const what = this.#lost.refused
        ? `The dashboard has refused live data since ${clock(this.#lost.since)}.${reason} It is asked for news every few seconds instead.`
        : `No connection to the dashboard since ${clock(this.#lost.since)}.${reason} What is shown is from before; it is tried again every few seconds.`;
      shown = [el("p", {}, what), again];
    } else if (this.#broker !== null) {
      state = "broker";
      shown = [
        el(
          "p",
          {},
          `The brokers are away since ${clock(this.#broker.since)}${this.#broker.problem ? `: ${seen(this.#broker.problem)}` : ""}. What was read before is shown.`,
        ),
      ];
    } else if (this.#failed !== null) {
      shown = [
        el("p", {}, `${seen(this.#failed.message)}.`),
        el("button", { type: "button", onclick: () => this.#all() }, "Ask again"),
      ];
    } else if (!this.#live) {
      state = "connecting";
    }
    if (banner.dataset.told !== shown.map((part) => part.textContent).join()) {
      banner.dataset.told = shown.map((part) => part.textContent).join();
      banner.hidden = shown.length === 0;
      banner.dataset.state = state;
      fill(banner, shown);
    }
    connection.dataset.state = state;
    say(
      connection.firstElementChild,
      { live: "Live", lost: "Disconnected", broker: "Brokers away", connecting: "Connecting" }[state],
    );
  }

  /** Times go on while nothing comes. */
  #tick() {
    if (!document.hidden) {
      this.#list.show();
    }
  }
}

function title(chosen) {
  const [run] = chosen;
  return chosen.length === 1
    ? `${seen(run.name)} \u00b7 step ${count(run.step)} \u00b7 Millrace`
    : "Millrace";
}

new Page();
