/**
 * Largest triangle three buckets: which points of a line to keep so that it looks the same. The first
 * and the last stay. Values may be null (not a number); where a bucket holds some, one of them stays,
 * so that the gap does.
 *
 * @returns the indexes kept, ascending, at most `keep` of them
 */
export function lttb(x, y, keep) {
  const n = x.length;
  if (keep >= n || keep < 3) {
    return Array.from({ length: Math.min(n, keep) }, (_, i) => i);
  }
  const kept = [0];
  const bucket = (n - 2) / (keep - 2);
  let last = 0;
  for (let b = 0; b < keep - 2; b++) {
    const from = Math.floor(b * bucket) + 1;
    const to = Math.floor((b + 1) * bucket) + 1;
    const nextTo = Math.min(Math.floor((b + 2) * bucket) + 1, n);
    let meanX = 0;
    let meanY = 0;
    let counted = 0;
    for (let i = to; i < nextTo; i++) {
      if (y[i] !== null) {
        meanX += x[i];
        meanY += y[i];
        counted++;
      }
    }
    meanX = counted ? meanX / counted : x[to];
    meanY = counted ? meanY / counted : 0;
    const lastY = y[last] ?? meanY;
    let best = from;
    let most = -1;
    for (let i = from; i < to; i++) {
      if (y[i] === null) {
        best = i;
        break;
      }
      const area = Math.abs((x[last] - meanX) * (y[i] - lastY) - (x[last] - x[i]) * (meanY - lastY));
      if (area > most) {
        most = area;
        best = i;
      }
    }
    kept.push(best);
    last = best;
  }
  kept.push(n - 1);
  return kept;
}
