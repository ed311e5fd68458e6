package dev.millrace.dashboard.history;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a run does. */
public enum RunState {
  /** It has been heard of, and has not done a step. */
  @JsonProperty("starting")
  STARTING,
  /** It does its steps. */
  @JsonProperty("training")
  TRAINING,
  /** It waits for data now and then; its verdict says why. */
  @JsonProperty("waiting")
  WAITING,
  /** It has reached its goal. */
  @JsonProperty("finished")
  FINISHED,
  /** Nothing has been heard of it for half a minute. */
  @JsonProperty("silent")
  SILENT
}
