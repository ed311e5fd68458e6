import { el, fill, name, say, seen } from "./dom.js";
import { ago, count, percent, plural, value } from "./format.js";
import { placeOf } from "./palette.js";
import { MOST_RUNS } from "./settings.js";

const FILTER_FROM = 8;

/** The list of runs, from which those to look at are chosen. Its entries stay where they are, so that focus does. */
export class RunList {
  #page;
  #list = document.getElementById("runs");
  #note = document.getElementById("runs-note");
  #filter = document.getElementById("runs-filter");
  #entries = new Map();

  constructor(page) {
    this.#page = page;
    this.#filter.addEventListener("input", () => this.#hide());
  }

  /** Shows the runs as they are now. */
  show() {
    const runs = this.#page.ordered();
    const chosen = new Set(this.#page.chosen().map((run) => run.name));
    for (const [run, entry] of this.#entries) {
      if (!this.#page.runs.has(run)) {
        entry.element.remove();
        this.#entries.delete(run);
      }
    }
    runs.forEach((run, i) => {
      let entry = this.#entries.get(run.name);
      if (entry === undefined) {
        entry = this.#entry(run.name);
        this.#entries.set(run.name, entry);
      }
      if (this.#list.children[i] !== entry.element) {
        this.#list.insertBefore(entry.element, this.#list.children[i] ?? null);
      }
      this.#tell(entry, run, chosen);
    });
    this.#filter.hidden = runs.length < FILTER_FROM;
    say(this.#note, runs.length === 0 ? "none yet" : `${count(chosen.size)} of ${count(runs.length)} shown`);
    this.#hide();
  }

  #entry(run) {
    const box = el("input", { type: "checkbox", onchange: () => this.#toggle(run, box.checked) });
    const state = el("span", { class: "state" });
    const facts = el("span", { class: "facts" });
    const started = el("span", {});
    const only = el(
      "button",
      {
        type: "button",
        class: "only quiet",
        "aria-label": `Show only ${seen(run)}`,
        title: "Show only this run",
        onclick: () => this.#page.settings.change({ runs: [run] }),
      },
      "only",
    );
    const element = el(
      "li",
      {},
      el(
        "label",
        {},
        box,
        el("span", { class: `swatch run-${placeOf(run)}`, "aria-hidden": "true" }),
        name(run, { class: "run-name" }),
      ),
      only,
      facts,
      el("span", { class: "facts" }, state, started),
    );
    return { element, box, state, facts, started };
  }

  #tell({ element, box, state, facts, started }, run, chosen) {
    const on = chosen.has(run.name);
    box.checked = on;
    box.disabled = !on && chosen.size >= MOST_RUNS;
    box.title = box.disabled ? `${MOST_RUNS} runs at most are shown at once` : "";
    element.classList.toggle("chosen", on);
    say(state, run.state);
    state.dataset.state = run.state;
    state.title = run.verdict ? seen(run.verdict) : "";
    const best = run.bestTop1Error;
    say(
      facts,
      [
        seen(run.model ?? "model unknown"),
        `step ${count(run.step)}`,
        best !== null && best !== undefined ? `best ${percent(best)}` : `loss ${value(run.lossNow)}`,
      ].join(" \u00b7 "),
    );
    const still = run.state === "silent";
    say(started, still ? `last heard of ${ago(run.updatedAt)}` : `started ${ago(run.startedAt)}`);
  }

  #toggle(run, on) {
    const chosen = this.#page
      .chosen()
      .map((other) => other.name)
      .filter((other) => other !== run);
    this.#page.settings.change({ runs: on ? [...chosen, run] : chosen });
    this.#page.speak(`${plural(on ? chosen.length + 1 : chosen.length, "run")} shown`);
  }

  #hide() {
    const wanted = this.#filter.hidden ? "" : this.#filter.querySelector("input").value.trim().toLowerCase();
    for (const [run, { element }] of this.#entries) {
      element.hidden = wanted !== "" && !run.toLowerCase().includes(wanted);
    }
  }
}
