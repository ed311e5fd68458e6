// So many parts of what is seen make up the unit in which the past fades.
const PARTS = 1000;

/**
 * An exponential average without the bias of its beginning. The past fades by the way along the axis,
 * not by the number of points: a line looks the same however many of its points are kept. Null values
 * stay null and leave the average as it is.
 *
 * @param weight of the past, from 0 (none) to below 1, after a thousandth of what is seen
 * @param range what is seen of the axis, in its unit
 */
export function smooth(x, y, weight, range) {
  if (weight <= 0 || !(range > 0)) {
    return y;
  }
  const smoothed = new Array(y.length);
  let sum = 0;
  let total = 0;
  let before = x[0];
  for (let i = 0; i < y.length; i++) {
    if (y[i] === null || y[i] === undefined) {
      smoothed[i] = y[i];
      continue;
    }
    const fade = weight ** (((x[i] - before) / range) * PARTS);
    sum = sum * fade + y[i];
    total = total * fade + 1;
    smoothed[i] = sum / total;
    before = x[i];
  }
  return smoothed;
}
