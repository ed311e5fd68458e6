import { ask } from "./api.js";
import { el, empty, fill, head, name, seen, table } from "./dom.js";
import { bytes, count, percent, plural, ranges, rate, span } from "./format.js";
import { placeOf } from "./palette.js";

/** The way of the images: topics, services between them, what is behind, and whether anything was lost. */
export class Flow {
  #section;
  #page;
  #seen = null;
  #problem = null;

  constructor(section, page) {
    this.#section = section;
    this.#page = page;
  }

  async show() {
    this.#draw();
    try {
      this.take(await ask("/api/flow"));
    } catch (e) {
      this.#problem = e.message;
      this.#draw();
    }
  }

  /** The runs are drawn with the next flow. */
  runs() {
    if (this.#seen === null) {
      this.#draw();
    }
  }

  /** Takes the flow as it is now, which the page has asked for or was sent. */
  take(flow) {
    this.#seen = flow;
    this.#problem = null;
    const selected = getSelection();
    const reading = !selected.isCollapsed && this.#section.contains(selected.anchorNode);
    if (this.#page.shown === this && !reading) {
      this.#draw();
    }
  }

  #draw() {
    const flow = this.#seen;
    if (flow === null || (flow.topics ?? []).length === 0) {
      fill(this.#section, this.#nothing());
      return;
    }
    // What a person is reading or has reached by keys must not vanish every two seconds.
    const held = this.#section.contains(document.activeElement)
      ? document.activeElement.getAttribute("aria-label")
      : null;
    const scrolled = new Map(
      [...this.#section.querySelectorAll(".scroll")].map((e) => [e.getAttribute("aria-label"), e.scrollLeft]),
    );
    const open = this.#section.querySelector("details")?.open ?? false;
    fill(
      this.#section,
      this.#stages(flow),
      this.#audits(flow),
      this.#lags(flow, open),
      this.#workers(flow),
      this.#topics(flow),
    );
    for (const element of this.#section.querySelectorAll(".scroll")) {
      element.scrollLeft = scrolled.get(element.getAttribute("aria-label")) ?? 0;
    }
    if (held !== null) {
      [...this.#section.querySelectorAll("[aria-label]")]
        .find((e) => e.getAttribute("aria-label") === held)
        ?.focus({ preventScroll: true });
    }
  }

  #nothing() {
    const flow = this.#seen;
    if (this.#problem !== null) {
      return empty("The flow is not known", this.#problem);
    }
    if (flow === null) {
      return el("p", { class: "quiet" }, "Asking for the flow\u2026");
    }
    if (flow.sentence && this.#page.runs.size > 0) {
      return empty("The flow is not known yet", flow.sentence);
    }
    return empty(
      "No topics yet",
      `No topic begins with \u201c${seen(this.#page.prefix)}.\u201d on these brokers. The first producer, augmenter or trainer makes them.`,
      this.#page.noRunHint(),
    );
  }

  #stages(flow) {
    const images = topic(flow, "images");
    const tensors = topic(flow, "tensors");
    const augmenters = workers(flow, "augmenter");
    const trainers = workers(flow, "trainer");
    const augmenting = (flow.lags ?? []).find(
      (lag) => lag.service === "augmenters" && lag.topic === images?.topic,
    );
    const held = flow.heldBack?.held;
    const training = [...this.#page.runs.values()].filter(
      (run) => run.state === "training" || run.state === "waiting",
    );
    const names = new Set(training.map((run) => run.name));
    const behind = (flow.lags ?? []).filter((lag) => lag.service === "trainer" && names.has(lag.run));
    const trained = training.reduce((sum, run) => sum + (run.imagesPerSecond ?? 0), 0);
    const waits = flow.dataWaitShare;
    return el(
      "ol",
      { class: "stages" },
      stage("Images", images, flow.bottleneck === "producer", "published", [
        fact("in the topic", images ? `${count(images.kept)} records` : "\u2013"),
        fact("size", bytes(images?.bytes)),
        fact(
          "bytes a second",
          images?.bytesPerSecond === null || images === undefined ? "\u2013" : bytes(images.bytesPerSecond),
        ),
        fact("partitions", count(images?.partitions)),
      ]),
      stage(
        "Augmenters",
        { imagesPerSecond: tensors?.imagesPerSecond },
        flow.bottleneck === "augmenters",
        "augmented",
        [
          fact(
            "running",
            augmenters.length ? plural(augmenters.length, "augmenter") : "none",
            augmenters.length ? null : "warn",
          ),
          ...lagFacts(augmenting),
          fact("holding back", held === undefined ? "\u2013" : held ? "yes" : "no"),
        ],
        flow.heldBack?.text ? el("p", { class: "note" }, flow.heldBack.text) : null,
      ),
      stage("Tensors", tensors, false, "written", [
        fact("in the topic", tensors ? `${count(tensors.kept)} records` : "\u2013"),
        fact("size", bytes(tensors?.bytes)),
        fact(
          "bytes a second",
          tensors?.bytesPerSecond === null || tensors === undefined
            ? "\u2013"
            : bytes(tensors.bytesPerSecond),
        ),
        fact("partitions", count(tensors?.partitions)),
      ]),
      stage(
        trainers.length > 1 || training.length > 1 ? "Trainers" : "Trainer",
        { imagesPerSecond: training.length ? trained : null },
        flow.bottleneck === "trainer",
        "trained",
        [
          fact(
            "training",
            training.length ? plural(training.length, "run") : "none",
            training.length ? null : "warn",
          ),
          ...(behind.length === 1
            ? lagFacts(behind[0])
            : [fact("behind", behind.length ? `${behind.length} runs, below` : "\u2013")]),
          fact("waits for data", percent(waits, 1), waits > 0.02 ? "warn" : null),
        ],
        bar(waits, "Share of the time that training waits for data"),
      ),
    );
  }

  #audits(flow) {
    const audits = flow.audits ?? [];
    if (audits.length === 0) {
      return el(
        "section",
        { class: "panel" },
        el("h3", {}, "Audit"),
        el("p", { class: "quiet" }, "No trainer has reported yet which images it has seen."),
      );
    }
    const rows = audits.map((audit) =>
      el(
        "tr",
        {},
        el(
          "th",
          { scope: "row" },
          el("span", { class: `swatch run-${placeOf(audit.run)}` }),
          name(audit.run),
        ),
        [audit.published, audit.trained, audit.dead, audit.waiting].map((n) =>
          el("td", { class: "number" }, count(n)),
        ),
        el("td", { class: "number" }, verdictOn(audit.lost)),
        el("td", { class: "number" }, verdictOn(audit.doubled)),
      ),
    );
    return el(
      "section",
      { class: "panel" },
      el("h3", {}, "Audit"),
      el(
        "p",
        { class: "quiet" },
        "Every image published is trained on, a dead letter, or waiting. Anything else is lost.",
      ),
      table(
        "Audit",
        head(
          "Run",
          ["Published", "number"],
          ["Trained on", "number"],
          ["Dead letters", "number"],
          ["Waiting", "number"],
          ["Lost", "number"],
          ["Doubled", "number"],
        ),
        rows,
      ),
    );
  }

  #lags(flow, open) {
    const lags = flow.lags ?? [];
    if (lags.length === 0) {
      return null;
    }
    const most = Math.max(1, ...lags.flatMap((lag) => (lag.perPartition ?? []).map((p) => p.images)));
    return el(
      "section",
      { class: "panel" },
      el("h3", {}, "Lag"),
      table(
        "Lag",
        head("Service", "Reads", ["Images behind", "number"], ["Time behind", "number"], "By partition"),
        lags.map((lag) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, lag.service, lag.run ? [" ", name(lag.run)] : null),
            el("td", {}, this.#brief(lag.topic)),
            el("td", { class: "number" }, count(lag.images)),
            el("td", { class: "number" }, span(lag.seconds)),
            el("td", {}, columns(lag.perPartition ?? [], most)),
          ),
        ),
      ),
      el(
        "details",
        { open },
        el("summary", {}, "What lag means here"),
        el(
          "p",
          { class: "quiet" },
          "Images that the service has still to do. Transactions\u2019 markers and deleted records are not counted, so this is lower than what tools for Kafka show that subtract offsets. Time behind: at the present rate.",
        ),
      ),
    );
  }

  #workers(flow) {
    const all = flow.workers ?? [];
    return el(
      "section",
      { class: "panel" },
      el("h3", {}, "Workers"),
      all.length === 0
        ? el("p", { class: "quiet" }, "No worker is connected.")
        : table(
            "Workers",
            head("Kind", "Id", "Host", "Partitions"),
            all.map((worker) =>
              el(
                "tr",
                {},
                el("td", {}, worker.kind),
                el("td", {}, name(worker.id)),
                el("td", {}, name(worker.host ?? "\u2013")),
                el("td", {}, this.#assigned(worker.partitions ?? [])),
              ),
            ),
          ),
    );
  }

  /** A topic's name without the prefix that all have. */
  #brief(topic) {
    const prefix = `${this.#page.prefix}.`;
    return seen(topic.startsWith(prefix) ? topic.slice(prefix.length) : topic);
  }

  #assigned(partitions) {
    const topics = new Map();
    for (const { topic: of, partition } of partitions) {
      topics.set(of, [...(topics.get(of) ?? []), partition]);
    }
    return [...topics].map(([of, numbers]) => `${this.#brief(of)}: ${ranges(numbers)}`).join("; ") || "none";
  }

  #topics(flow) {
    return el(
      "section",
      { class: "panel" },
      el("h3", {}, "Topics"),
      table(
        "Topics",
        head(
          "Topic",
          ["Partitions", "number"],
          ["Images/s", "number"],
          ["Bytes/s", "number"],
          ["Size", "number"],
          ["Records kept", "number"],
        ),
        flow.topics.map((t) =>
          el(
            "tr",
            {},
            el("th", { scope: "row", title: seen(t.topic) }, seen(t.name)),
            el("td", { class: "number" }, count(t.partitions)),
            el("td", { class: "number" }, rate(t.imagesPerSecond).replace("/s", "")),
            el("td", { class: "number" }, bytes(t.bytesPerSecond)),
            el("td", { class: "number" }, bytes(t.bytes)),
            el("td", { class: "number" }, count(t.kept)),
          ),
        ),
      ),
    );
  }
}

/** A count that ought to be 0. */
export function verdictOn(lost) {
  if (lost === null || lost === undefined) {
    return "\u2013";
  }
  return el("strong", { class: lost === 0 ? "fine" : "alarm" }, count(lost));
}

/** The topic of the training split of a stage. */
function topic(flow, of) {
  const all = flow.topics.filter((t) => t.stage === of);
  return all.find((t) => t.name.includes("train")) ?? all[0];
}

function workers(flow, kind) {
  return (flow.workers ?? []).filter((worker) => worker.kind === kind);
}

function fact(title, shown, kind = null) {
  return el("div", { "data-kind": kind }, el("dt", {}, title), el("dd", {}, shown));
}

function lagFacts(lag) {
  return [
    fact("behind", lag ? plural(lag.images, "image") : "\u2013"),
    fact("time behind", span(lag?.seconds)),
  ];
}

function stage(title, rates, narrow, done, facts, ...more) {
  const pace = title.startsWith("Trainer"); // where it should be narrow
  return el(
    "li",
    { class: "stage", "data-narrow": narrow ? (pace ? "pace" : "short") : null },
    el(
      "h3",
      {},
      title,
      narrow ? el("span", { class: "narrow" }, pace ? "sets the pace" : "bottleneck") : null,
    ),
    el(
      "p",
      { class: "big" },
      rates?.imagesPerSecond === null || rates?.imagesPerSecond === undefined
        ? "\u2013"
        : rate(rates.imagesPerSecond),
      el("small", {}, `images ${done}`),
    ),
    el("dl", {}, facts),
    more,
  );
}

function bar(share, label) {
  const filled = el("span", {});
  filled.style.width = `${Math.min(1, Math.max(0, share ?? 0)) * 100}%`;
  return el("div", { class: "share", role: "img", "aria-label": `${label}: ${percent(share)}` }, filled);
}

/** A small column for each partition, as high as its lag is against the highest. */
function columns(partitions, most) {
  const text = partitions.map((p) => `${p.partition}: ${count(p.images)}`).join(", ");
  return el(
    "span",
    { class: "columns", role: "img", "aria-label": text, title: text },
    partitions.map((p) => {
      const column = el("span", {});
      column.style.height = `${Math.max(4, (p.images / most) * 100)}%`;
      return column;
    }),
  );
}
