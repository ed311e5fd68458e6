import { ask } from "./api.js";
import { el, empty, fill, name, say, seen } from "./dom.js";
import { ago, bytes, clock, count, plural } from "./format.js";

const PAGE = 50;

/** Images that were left out, with the reason, newest first. */
export class DeadLetters {
  #section;
  #page;
  #before = [];
  #shownTotal = 0;
  #total = 0;
  #news = el("button", { type: "button", class: "news", hidden: true, onclick: () => this.#turn([]) });

  constructor(section, page) {
    this.#section = section;
    this.#page = page;
  }

  show() {
    return this.#ask();
  }

  runs() {}

  /** There are so many now. */
  changed(total) {
    this.#total = total;
    if (this.#page.shown !== this) {
      return;
    }
    if (this.#shownTotal === 0) {
      this.#ask();
    } else {
      // The list stays as it is while it is read.
      const more = total - this.#shownTotal;
      this.#news.hidden = more <= 0;
      say(this.#news, `${plural(more, "newer dead letter")}: show`);
    }
  }

  async #turn(before) {
    this.#before = before;
    await this.#ask();
    this.#section.querySelector("h2")?.focus();
  }

  async #ask() {
    try {
      const before = this.#before.at(-1) ?? null;
      this.#draw(await ask("/api/dead-letters", { limit: PAGE, before }));
    } catch (e) {
      fill(this.#section, empty("The dead letters are not known", e.message));
    }
  }

  #draw({ total, kept, letters }) {
    this.#total = this.#shownTotal = total;
    this.#news.hidden = true;
    this.#page.tally(total);
    if (total === 0) {
      fill(
        this.#section,
        empty(
          "No dead letters",
          "Every image so far could be read and decoded. One that cannot is kept here with the reason, and training goes on without it.",
        ),
      );
      return;
    }
    const older = letters.length === PAGE;
    const newer = this.#before.length > 0;
    const one = !older && !newer;
    fill(
      this.#section,
      el(
        "div",
        { class: "bar" },
        el("h2", { tabindex: "-1" }, "Dead letters"),
        el("p", {}, `${count(total)} in all${kept < total ? `, the newest ${count(kept)} kept here` : ""}`),
        this.#news,
      ),
      letters.length === 0
        ? empty("No older ones are kept here", "")
        : el("ol", { class: "letters" }, letters.map(letter)),
      el(
        "div",
        { class: "pager", role: "group", "aria-label": "Pages" },
        el(
          "button",
          { type: "button", hidden: one, disabled: !newer, onclick: () => this.#turn([]) },
          "Newest",
        ),
        el(
          "button",
          {
            type: "button",
            hidden: one,
            disabled: !newer,
            onclick: () => this.#turn(this.#before.slice(0, -1)),
          },
          "Newer",
        ),
        el(
          "button",
          {
            type: "button",
            hidden: one,
            disabled: !older,
            onclick: () => this.#turn([...this.#before, letters.at(-1).offset]),
          },
          "Older",
        ),
        el(
          "p",
          { class: "quiet" },
          el("code", {}, "./millrace dead-letters"),
          " lists, saves and replays them.",
        ),
      ),
    );
  }
}

function letter(one) {
  const known = (n) => n !== null && n !== undefined && n >= 0;
  const place = [
    one.split,
    known(one.epoch) ? `epoch ${count(one.epoch)}` : null,
    known(one.sequence) ? `sequence ${count(one.sequence)}` : null,
    known(one.size) ? bytes(one.size) : null,
    one.topic ? `${seen(one.topic)}-${one.partition}@${one.recordOffset}` : null,
  ].filter((part) => part !== null && part !== undefined);
  return el(
    "li",
    {},
    one.thumbnail
      ? el("img", { src: one.thumbnail, alt: "", class: "thumb", loading: "lazy", width: "72", height: "72" })
      : el("span", { class: "thumb none", "aria-hidden": "true" }, "no picture"),
    el(
      "div",
      {},
      el(
        "p",
        { class: "reason" },
        el("span", { class: "stage-name" }, seen(one.stage ?? "unknown")),
        " ",
        name(one.reason),
      ),
      el(
        "p",
        {},
        name(one.id, { class: "id" }),
        one.className ? [" \u00b7 ", name(one.className)] : null,
        one.source ? [" \u00b7 ", name(one.source, { class: "quiet" })] : null,
      ),
      el(
        "p",
        { class: "quiet" },
        place.join(" \u00b7 "),
        " \u00b7 ",
        el(
          "time",
          { datetime: new Date(one.failedAt).toISOString(), title: clock(one.failedAt) },
          ago(one.failedAt),
        ),
      ),
    ),
  );
}
