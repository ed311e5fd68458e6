package dev.millrace.dashboard.web;

import java.util.Map;

/** Tells how the data flows. Safe for use by several threads; quick. */
public interface FlowSource {
  /** Nothing is known. */
  FlowSource NONE = Map::of;

  /** What is known now: Jackson makes it the answer to {@code /api/flow}. */
  Object flow();
}
