import { ask } from "./api.js";
import { el, empty, fill, name, say, seen } from "./dom.js";
import { ago, count, percent } from "./format.js";
import { placeOf } from "./palette.js";

/** What the first layer has learnt, what the trainer is fed, and what it gets most wrong. */
export class Pictures {
  #section;
  #page;
  #asked = null;
  #run = null;
  #step = null;
  #found = null;
  #drawn = new Map();

  constructor(section, page) {
    this.#section = section;
    this.#page = page;
  }

  show() {
    return this.#ask();
  }

  runs() {}

  /** There are new pictures of a run, or other runs are chosen. */
  changed(run = null) {
    if (this.#page.shown === this && (run === null || run === this.#run)) {
      this.#ask();
    }
  }

  async #ask() {
    const runs = this.#page.chosen();
    if (runs.length === 0) {
      this.#drawn.clear();
      fill(
        this.#section,
        this.#page.runs.size === 0
          ? this.#page.noRun()
          : empty("No run is chosen", "Choose a run to see its pictures."),
      );
      return;
    }
    if (!runs.some((run) => run.name === this.#run)) {
      this.#run = runs[0].name;
      this.#step = null;
    }
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    try {
      this.#found = await ask("/api/pictures", { run: this.#run }, asked.signal);
      this.#draw(runs);
    } catch (e) {
      if (e.name !== "AbortError") {
        this.#drawn.clear();
        fill(this.#section, empty("The pictures are not known", e.message));
      }
    }
  }

  #draw(runs) {
    const { kernels = [], preview = null, mistakes = null } = this.#found;
    const parts = [
      this.#part("choice", runs.map((run) => run.name).concat(this.#run), () =>
        runs.length > 1 ? this.#choice(runs) : el("div", {}),
      ),
      this.#part("kernels", [this.#run, kernels], () =>
        this.#kernels([...kernels].sort((a, b) => a.step - b.step)),
      ),
      this.#part("preview", [preview?.images?.length ?? 0, preview?.why], () => previewed(preview)),
      this.#part("mistakes", mistakes, () => mistaken(mistakes)),
    ];
    if (preview !== null) {
      follow(parts[2], preview);
    }
    if (parts.some((part, i) => this.#section.children[i] !== part)) {
      const held = document.activeElement?.id;
      fill(this.#section, parts);
      if (held) {
        document.getElementById(held)?.focus({ preventScroll: true });
      }
    }
  }

  /** A part of the view, made anew only where what it shows is another: pictures would flicker. */
  #part(id, shown, make) {
    const told = JSON.stringify(shown);
    if (this.#drawn.get(id)?.told !== told) {
      this.#drawn.set(id, { told, element: make() });
    }
    return this.#drawn.get(id).element;
  }

  #choice(runs) {
    return el(
      "div",
      { class: "tool choice", role: "group", "aria-label": "Pictures of run" },
      el("span", {}, "Pictures of"),
      runs.map((run, i) =>
        el(
          "button",
          {
            type: "button",
            id: `pictures-run-${i}`,
            "aria-pressed": String(run.name === this.#run),
            onclick: () => {
              this.#run = run.name;
              this.#step = null;
              this.#ask();
            },
          },
          el("span", { class: `swatch run-${placeOf(run.name)}` }),
          name(run.name),
        ),
      ),
    );
  }

  #kernels(kernels) {
    const panel = (...children) =>
      el("section", { class: "panel" }, el("h2", {}, "Kernels of the first layer"), children);
    if (kernels.length === 0) {
      return panel(el("p", { class: "quiet" }, "They are drawn from checkpoints, and there is none yet."));
    }
    let at = kernels.findIndex((kernel) => kernel.step === this.#step);
    if (at < 0) {
      at = kernels.length - 1;
    }
    const image = el("img", { class: "kernels", alt: "" });
    const said = el("output", { for: "kernel-step" });
    const slider = el("input", {
      type: "range",
      id: "kernel-step",
      min: "0",
      max: String(kernels.length - 1),
      step: "1",
      value: String(at),
    });
    const put = () => {
      const kernel = kernels[Number(slider.value)];
      image.src = kernel.url;
      image.alt = `The first layer's kernels at step ${count(kernel.step)}`;
      say(said, `step ${count(kernel.step)}`);
      slider.setAttribute("aria-valuetext", `step ${count(kernel.step)}`);
      // The newest is followed as long as no other was chosen.
      this.#step = Number(slider.value) === kernels.length - 1 ? null : kernel.step;
    };
    slider.addEventListener("input", put);
    put();
    return panel(
      el(
        "p",
        { class: "quiet" },
        "What the first convolution looks for. At the start noise; as training goes on, edges and colours.",
      ),
      kernels.length > 1
        ? el("div", { class: "tool" }, el("label", { for: "kernel-step" }, "Checkpoint"), slider, said)
        : el("p", {}, said),
      image,
    );
  }
}

function previewed(preview) {
  const images = preview?.images ?? [];
  return el(
    "section",
    { class: "panel" },
    el(
      "div",
      { class: "bar" },
      el("h2", {}, "What is trained on now"),
      images.length ? el("p", { class: "when" }) : null,
    ),
    images.length === 0
      ? el(
          "p",
          { class: "quiet" },
          preview?.why || "Nothing has been looked at yet",
        )
      : el(
          "ul",
          { class: "grid" },
          images.map(() => el("li", {}, el("img", { alt: "" }), el("bdi", { class: "caption" }))),
        ),
  );
}

/** Puts other images in the same places: the old ones are seen until the new ones are there. */
function follow(section, { at, images }) {
  images.forEach((image, i) => {
    const [picture, caption] = section.querySelectorAll("li")[i].children;
    const what = seen(image.className ?? `class ${image.label}`);
    if (picture.getAttribute("src") !== image.url) {
      picture.src = image.url;
    }
    picture.alt = `Augmented image of ${what}`;
    say(caption, what);
    caption.title = what;
  });
  if (images.length) {
    say(section.querySelector(".when"), ago(at));
  }
}

function mistaken(mistakes) {
  const images = mistakes?.images ?? [];
  return el(
    "section",
    { class: "panel" },
    el(
      "div",
      { class: "bar" },
      el("h2", {}, "Most wrong"),
      images.length ? el("p", {}, `validation at step ${count(mistakes.step)}`) : null,
    ),
    images.length === 0
      ? el(
          "p",
          { class: "quiet" },
          "Shown after a validation: the images whose class the network thought least likely, with the five it preferred.",
        )
      : el("ul", { class: "mistakes" }, images.map(mistake)),
  );
}

function mistake(image) {
  return el(
    "li",
    {},
    el("img", { src: image.url, alt: "", loading: "lazy" }),
    el(
      "p",
      { class: "truth" },
      name(image.className ?? `class ${image.label}`, {
        "aria-label": `It is: ${seen(image.className ?? image.label)}`,
      }),
    ),
    el(
      "ol",
      {},
      (image.predictions ?? []).map((prediction) => {
        const filled = el("span", { class: "filled" });
        filled.style.width = `${prediction.probability * 100}%`;
        return el(
          "li",
          { class: prediction.label === image.label ? "right" : null },
          filled,
          name(prediction.className ?? `class ${prediction.label}`),
          el("span", { class: "value" }, percent(prediction.probability, 0)),
        );
      }),
    ),
  );
}
