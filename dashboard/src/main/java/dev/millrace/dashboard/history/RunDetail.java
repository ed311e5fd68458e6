package dev.millrace.dashboard.history;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * A run with what its charts can show.
 *
 * @param run at a glance
 * @param drops where the learning rate fell, the newest 1,000
 * @param values names of the values, by split
 * @param newest the newest record's values, by split
 * @param bytesHeld memory that its history takes
 */
public record RunDetail(
    @JsonUnwrapped RunView run,
    List<RateDrop> drops,
    Map<String, List<String>> values,
    Map<String, Map<String, Double>> newest,
    long bytesHeld) {}
