const COLOURS = 10;
const places = new Map();

/** Gives runs their colours by when they started; a run keeps its own as long as the page is open. */
export function colour(runs) {
  [...runs]
    .filter((run) => !places.has(run.name))
    .sort((a, b) => (a.startedAt ?? Infinity) - (b.startedAt ?? Infinity) || (a.name < b.name ? -1 : 1))
    .forEach((run) => places.set(run.name, places.size % COLOURS));
}

/** A run's place among the colours, from 0. */
export function placeOf(run) {
  if (!places.has(run)) {
    places.set(run, places.size % COLOURS);
  }
  return places.get(run);
}

/** The colour of a custom property of the page, as it is in this theme. */
export function property(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function colourOf(run) {
  return property(`--run-${placeOf(run)}`);
}
