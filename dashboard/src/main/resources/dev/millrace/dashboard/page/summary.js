import { el, name } from "./dom.js";
import { ago, count, percent, plural, rate, short, value } from "./format.js";
import { placeOf } from "./palette.js";

/** A number that is only true as long as a run goes on. */
function now(run, number) {
  return run.state === "training" || run.state === "waiting" ? number : null;
}

/** What the trainer says of its latest ten seconds while it waits; its last step knows nothing of the wait since. */
function waitShare(run) {
  const said = /waits (\d{1,3})% of the time/.exec(run.verdict ?? "");
  return now(run, said ? Number(said[1]) / 100 : run.dataWaitShare);
}

/** The newest numbers of a run. */
export function tiles(run) {
  const tile = (title, shown, note = null, kind = null) =>
    el(
      "div",
      { class: "tile", "data-kind": kind },
      el("dt", {}, title),
      el("dd", {}, shown, note === null ? null : el("small", {}, note)),
    );
  const waits = waitShare(run);
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
    tile("Images", rate(now(run, run.imagesPerSecond)), run.images ? `${count(run.images)} trained` : null),
    tile(
      "Waits for data",
      percent(waits, waits < 0.1 ? 1 : 0),
      waits === null ? null : "of the time",
      waits > 0.02 ? "warn" : null,
    ),
  );
}

/** The newest numbers of several runs, a row a run. */
export function comparison(runs) {
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
              rate(now(run, run.imagesPerSecond)),
              percent(waitShare(run)),
              ago(run.updatedAt),
            ].map((text) => el("td", { class: "number" }, text)),
          ),
        ),
      ),
    ),
  );
}
