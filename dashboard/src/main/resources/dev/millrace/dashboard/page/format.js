/** Numbers, sizes and times as people read them. Unknown ones are a dash. */

const WHOLE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const DASH = "\u2013";

function unknown(n) {
  return n === null || n === undefined || !Number.isFinite(n);
}

/** 1234567 as 1,234,567. */
export function count(n) {
  return unknown(n) ? DASH : WHOLE.format(n);
}

/** Four digits that tell something, with separators from a thousand on. */
export function value(n) {
  if (unknown(n)) {
    return DASH;
  }
  const size = Math.abs(n);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) {
    return n.toExponential(2);
  }
  if (size >= 1000) {
    return WHOLE.format(n);
  }
  return size === 0 ? "0" : n.toPrecision(4);
}

/** The shortest text of a rate such as 0.01. */
export function short(n) {
  return unknown(n) ? DASH : String(Number(n.toPrecision(4)));
}

/** A share from 0 to 1 in percent. */
export function percent(share, digits = 1) {
  return unknown(share) ? DASH : `${(share * 100).toFixed(digits)}%`;
}

/** Bytes in KiB, MiB, GiB, TiB. */
export function bytes(n) {
  if (unknown(n)) {
    return DASH;
  }
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let size = n;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return unit === 0
    ? `${WHOLE.format(size)} B`
    : `${size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} ${units[unit]}`;
}

/** A rate of images a second. */
export function rate(n) {
  return unknown(n) ? DASH : `${n < 10 ? short(Number(n.toFixed(1))) : WHOLE.format(n)}/s`;
}

/** A span of seconds in its two largest units. */
export function span(seconds) {
  if (unknown(seconds)) {
    return DASH;
  }
  if (seconds < 10 && seconds > 0) {
    return `${seconds.toFixed(1)} s`;
  }
  const s = Math.round(seconds);
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return s % 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s / 60} min`;
  }
  const minutes = Math.floor(s / 60);
  if (minutes < 1440) {
    return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  }
  const hours = Math.floor(minutes / 60);
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

let ahead = 0;

/** Takes the server's clock for what "ago" means, so that a wrong clock here does not matter. */
export function takeClock(now) {
  ahead = now - Date.now();
}

/** How long ago a time was, in its largest unit. */
export function ago(at) {
  if (unknown(at)) {
    return DASH;
  }
  const s = Math.max(0, (Date.now() + ahead - at) / 1000);
  if (s < 5) {
    return "just now";
  }
  if (s < 60) {
    return `${Math.floor(s)} s ago`;
  }
  if (s < 3600) {
    return `${Math.floor(s / 60)} min ago`;
  }
  return s < 86400 ? `${Math.floor(s / 3600)} h ago` : `${Math.floor(s / 86400)} d ago`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Time of day, with the date where it is not today. */
export function clock(at) {
  if (unknown(at)) {
    return DASH;
  }
  const date = new Date(at);
  const today = new Date().toDateString() === date.toDateString();
  return today ? TIME.format(date) : `${DATE.format(date)}, ${TIME.format(date)}`;
}

/** Partitions such as 0, 1, 2, 5 as "0-2, 5". */
export function ranges(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const parts = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j] + 1) {
      j++;
    }
    parts.push(i === j ? `${sorted[i]}` : `${sorted[i]}\u2013${sorted[j]}`);
    i = j + 1;
  }
  return parts.join(", ");
}

/** One of something, or so many. */
export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}
