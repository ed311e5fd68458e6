/** Which charts there are. A definition is described in chart.js. */
import { seen } from "./dom.js";

const train = (value, label = "train") => ({ split: "train", value, label, style: "thin" });
const checked = (value, label = "validation") => ({ split: "validation", value, label, style: "points" });
const tenCrop = (value) => ({ split: "validation", value, label: "ten-crop", style: "dashed" });

/** The charts that are always there; optional ones only with points. */
export const CHARTS = [
  { id: "loss", title: "Loss", unit: "nats", smooth: true, lines: [train("loss"), checked("loss")] },
  {
    id: "top1",
    title: "Top-1 error",
    format: "percent",
    smooth: true,
    lines: [train("top1_error"), checked("top1_error"), tenCrop("ten_crop_top1_error")],
  },
  {
    id: "top5",
    title: "Top-5 error",
    format: "percent",
    smooth: true,
    lines: [train("top5_error"), checked("top5_error"), tenCrop("ten_crop_top5_error")],
  },
  {
    id: "rate",
    title: "Learning rate",
    format: "short",
    drops: true,
    zero: true,
    lines: [train("learning_rate", "rate")],
  },
  { id: "gradient", title: "Gradient norm", smooth: true, lines: [train("gradient_norm", "norm")] },
  {
    id: "speed",
    title: "Images a second",
    format: "rate",
    log: false,
    smooth: true,
    zero: true,
    lines: [train("images_per_second", "trained")],
  },
  {
    id: "wait",
    title: "Wait for data",
    unit: "share of the time",
    format: "percent",
    log: false,
    smooth: true,
    zero: true,
    lines: [train("data_wait_share", "waiting")],
  },
  {
    id: "step",
    log: false,
    optional: true,
    title: "Time of a step",
    format: "millis",
    zero: true,
    lines: [
      train("step_ms_p50", "median"),
      { ...train("step_ms_p95", "95 of 100"), style: "plain" },
      { ...train("step_ms_p99", "99 of 100"), style: "dashed", marked: false },
    ],
  },
  {
    id: "lag",
    log: false,
    optional: true,
    title: "Images waiting",
    format: "count",
    zero: true,
    lines: [
      train("augmenter_lag_images", "for augmenters"),
      { ...train("trainer_lag_images", "for the trainer"), style: "plain" },
    ],
  },
];

/** Charts that are folded away. */
export const MORE = [
  {
    id: "memory",
    log: false,
    title: "Memory",
    unit: "of the process",
    format: "bytes",
    zero: true,
    lines: [train("resident_bytes", "resident")],
  },
  {
    id: "gpu",
    title: "GPU busy",
    format: "percent",
    log: false,
    smooth: true,
    zero: true,
    lines: [train("gpu_busy_share", "busy")],
  },
  {
    id: "gpu-memory",
    log: false,
    title: "GPU memory",
    format: "bytes",
    zero: true,
    lines: [train("gpu_memory_bytes", "in use")],
  },
];

// Counters that the page shows elsewhere, or that say nothing over time.
const ELSEWHERE = new Set([
  "images",
  "trained_images",
  "waiting_images",
  "dead_letter_images",
  "lost_images",
  "doubled_images",
  "waiting_since_seconds",
  "short_augmenters",
  "augmenter_threads",
]);
const DRAWN = new Set(
  [...CHARTS, ...MORE].flatMap(({ lines }) => lines.map((line) => `${line.split} ${line.value}`)),
);

/** A chart for a value that has none of its own, or null: whatever a trainer publishes can be seen. */
export function other(split, value) {
  if (DRAWN.has(`${split} ${value}`) || ELSEWHERE.has(value)) {
    return null;
  }
  const line = split === "train" ? train(value) : checked(value);
  return {
    id: `other ${split} ${value}`,
    title: seen(value).replaceAll("_", " "),
    smooth: true,
    lines: [line],
  };
}
