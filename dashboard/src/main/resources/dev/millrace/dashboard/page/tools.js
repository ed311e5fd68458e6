import { el, say } from "./dom.js";

export const ZOOM_STEP = 2;

/** What can be chosen about charts: smoothing, scales, and the part that is looked at. */
export class Tools {
  #settings;
  #controls;

  /** `moves` is { move(widths), scale(factor) }: along the axis, and in or out. */
  constructor(settings, moves) {
    this.#settings = settings;
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
    this.element = el(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Charts" },
      el("div", { class: "tool" }, el("label", { for: "smoothing" }, "Smoothing"), smoothing, amount),
      scale.element,
      axis.element,
      el(
        "div",
        { class: "tool zoom", role: "group", "aria-label": "Zoom" },
        button("\u2190", "Earlier", () => moves.move(-0.5)),
        button("\u2212", "Zoom out", () => moves.scale(ZOOM_STEP)),
        button("+", "Zoom in", () => moves.scale(1 / ZOOM_STEP)),
        button("\u2192", "Later", () => moves.move(0.5)),
        reset,
      ),
      el("p", { class: "hint" }, "Drag over a chart to zoom"),
    );
  }

  /** Shows what is chosen now. */
  show() {
    const { smoothing, axis, log, zoom } = this.#settings;
    this.#controls.smoothing.value = smoothing;
    say(this.#controls.amount, smoothing === 0 ? "off" : smoothing.toFixed(2));
    this.#controls.scale.set(log ? "log" : "linear");
    this.#controls.axis.set(axis);
    this.#controls.reset.disabled = zoom === null;
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
