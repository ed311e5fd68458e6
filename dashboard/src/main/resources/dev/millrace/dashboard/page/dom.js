/** Making the page's elements. Text is only ever set as text: nothing that is shown is parsed as markup. */

/**
 * Makes an element. Attributes that start with "on" are listeners, false and null ones are left
 * out; children are nodes or texts, null ones are left out.
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else if (value === true) {
      element.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Replaces what is in an element, but for one that shows the same already. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

/** Sets an element's text where it differs, so that nothing is laid out or read out again for the same. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

// Control characters, and those that turn the direction of what follows: they would hide or mirror text.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text from outside, with the characters that cannot be seen written out. */
export function seen(text) {
  return String(text).replace(
    UNSEEN,
    (c) => `\u27e8U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`,
  );
}

/** A name from outside, apart from the text around it: its direction cannot spread. */
export function name(text, attributes = {}) {
  return el("bdi", { title: seen(text), ...attributes }, seen(text));
}

/** A table's head: texts, or [text, class] for columns of numbers. */
export function head(...columns) {
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      columns.map((column) =>
        Array.isArray(column)
          ? el("th", { scope: "col", class: column[1] }, column[0])
          : el("th", { scope: "col" }, column),
      ),
    ),
  );
}

/** A table that scrolls by itself where the window is too narrow, reachable by keys. */
export function table(caption, thead, rows) {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", { class: "unseen" }, caption), thead, el("tbody", {}, rows)),
  );
}

/** What stands where there is nothing to show yet. */
export function empty(title, ...text) {
  return el(
    "div",
    { class: "empty" },
    el("h3", {}, title),
    text.map((t) => (t instanceof Node ? t : el("p", {}, t))),
  );
}
