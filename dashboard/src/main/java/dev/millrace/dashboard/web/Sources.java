package dev.millrace.dashboard.web;

import dev.millrace.dashboard.history.History;
import java.util.function.Supplier;

/**
 * Where the page's answers come from.
 *
 * @param version of the program
 * @param prefix of the topics
 * @param history what the topics have said
 * @param connection whether they can be read
 * @param flow how the data flows
 * @param pictures what can be looked at
 */
public record Sources(
    String version,
    String prefix,
    History history,
    Supplier<ConnectionView> connection,
    FlowSource flow,
    PictureSource pictures) {}
