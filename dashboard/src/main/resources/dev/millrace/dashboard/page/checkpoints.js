import { ask } from "./api.js";
import { el, empty, fill, head, name, seen, table } from "./dom.js";
import { ago, bytes, clock, count, percent } from "./format.js";
import { placeOf } from "./palette.js";

const MOST_ROWS = 200;

/** What was kept of the chosen runs' weights. */
export class Checkpoints {
  #section;
  #page;
  #asked = null;
  #all = false;

  constructor(section, page) {
    this.#section = section;
    this.#page = page;
  }

  show() {
    return this.#ask();
  }

  runs() {}

  /** Another checkpoint was written, or other runs are chosen. */
  changed() {
    if (this.#page.shown === this) {
      this.#ask();
    }
  }

  async #ask() {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const runs = this.#page.chosen();
    if (runs.length === 0) {
      fill(
        this.#section,
        this.#page.runs.size === 0
          ? this.#page.noRun()
          : empty("No run is chosen", "Choose one or several runs to see their checkpoints."),
      );
      return;
    }
    try {
      const answers = await Promise.all(
        runs.map((run) => ask("/api/checkpoints", { run: run.name }, asked.signal)),
      );
      const found = answers.flatMap((answer) => answer.checkpoints).sort((a, b) => b.createdAt - a.createdAt);
      this.#draw(found, runs.length > 1);
    } catch (e) {
      if (e.name !== "AbortError") {
        fill(this.#section, empty("The checkpoints are not known", e.message));
      }
    }
  }

  #draw(found, several) {
    if (found.length === 0) {
      fill(
        this.#section,
        empty(
          "No checkpoint yet",
          "The trainer writes one every so many steps, and one at its end. From then on a run can go on where it was.",
        ),
      );
      return;
    }
    const shown = this.#all ? found : found.slice(0, MOST_ROWS);
    fill(
      this.#section,
      el(
        "section",
        { class: "panel" },
        el("h2", {}, "Checkpoints"),
        table(
          "Checkpoints",
          head(
            ...(several ? ["Run"] : []),
            ["Step", "number"],
            ["Epoch", "number"],
            ["Top-1 error", "number"],
            ["Top-5 error", "number"],
            ["Size", "number"],
            ["Parameters", "number"],
            "Written",
            "Weights",
            "Kernels",
            "SHA-256",
          ),
          shown.map((checkpoint) => row(checkpoint, several)),
        ),
        shown.length < found.length
          ? el(
              "button",
              {
                type: "button",
                onclick: () => {
                  this.#all = true;
                  this.#draw(found, several);
                },
              },
              `Show all ${count(found.length)}`,
            )
          : null,
        el(
          "p",
          { class: "quiet" },
          "Errors are those of the validation at that step, or the last one before. ",
          el("code", {}, "./millrace checkpoints"),
          " exports, verifies and prunes them.",
        ),
      ),
    );
  }
}

function row(checkpoint, several) {
  const number = (text) => el("td", { class: "number" }, text);
  return el(
    "tr",
    {},
    several
      ? el("td", {}, el("span", { class: `swatch run-${placeOf(checkpoint.run)}` }), name(checkpoint.run))
      : null,
    el("th", { scope: "row", class: "number" }, count(checkpoint.step)),
    number(count(checkpoint.epoch)),
    number(percent(checkpoint.top1Error)),
    number(percent(checkpoint.top5Error)),
    number(bytes(checkpoint.bytes)),
    number(count(checkpoint.parameters)),
    el("td", { title: clock(checkpoint.createdAt) }, ago(checkpoint.createdAt)),
    el("td", {}, checkpoint.kept ? "kept" : el("span", { class: "quiet" }, "pruned")),
    el(
      "td",
      {},
      checkpoint.kernels
        ? el(
            "a",
            { href: checkpoint.kernels, target: "_blank", rel: "noopener" },
            el("img", {
              src: checkpoint.kernels,
              alt: `Kernels of step ${checkpoint.step}`,
              class: "tiny",
              loading: "lazy",
            }),
          )
        : "\u2013",
    ),
    el(
      "td",
      {},
      checkpoint.sha256
        ? el("code", { title: seen(checkpoint.sha256) }, seen(checkpoint.sha256).slice(0, 12))
        : "\u2013",
    ),
  );
}
