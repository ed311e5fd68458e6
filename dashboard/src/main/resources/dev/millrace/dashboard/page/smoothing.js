// So many parts of what is seen make up the unit in which the past fades, where there are so many points.
const PARTS = 1000;

/**
 * An exponential average without the bias of its beginning. The past fades by the way along the axis,
 * not by the number of points: a line looks the same however many of its points are kept. A line of
 * fewer points than there are parts fades by points. Null values stay null and leave the average as it is.
 *
 * @param weight of the past, from 0 (none) to below 1, after one unit
 * @param range what is seen of the axis, in its unit
 */
export function smooth(x, y, weight, range) {
  if (weight <= 0 || y.length < 2) {
    return y;
  }
  const unit = Math.max(range / PARTS, (x.at(-1) - x[0]) / Math.max(1, x.length - 1));
  const smoothed = new Array(y.length);
  let sum = 0;
  let total = 0;
  let before = x[0];
  for (let i = 0; i < y.length; i++) {
    if (y[i] === null || y[i] === undefined) {
      smoothed[i] = y[i];
      continue;
    }
    const fade = weight ** ((x[i] - before) / unit);
    sum = sum * fade + y[i];
    total = total * fade + 1;
    smoothed[i] = sum / total;
    before = x[i];
  }
  return smoothed;
}
