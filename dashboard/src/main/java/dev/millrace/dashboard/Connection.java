package dev.millrace.dashboard;

import dev.millrace.dashboard.web.ConnectionView;

/** Whether the brokers answer and the topics are there, as it was when last looked at. */
final class Connection {
  private volatile ConnectionView view = new ConnectionView(false, "Connecting to the brokers");
  private volatile boolean readable;

  /** As the page shows it. */
  ConnectionView view() {
    return view;
  }

  /** The brokers answer, and have the topics. */
  void good() {
    view = new ConnectionView(true, null);
    readable = true;
  }

  /** The brokers answer, and have no such topics yet. */
  void waiting(String problem) {
    view = new ConnectionView(true, problem);
  }

  /** The brokers do not answer. */
  void bad(String problem) {
    view = new ConnectionView(false, problem);
  }

  /** Whether the topics have been there: then they can be read. */
  boolean isReadable() {
    return readable;
  }
}
