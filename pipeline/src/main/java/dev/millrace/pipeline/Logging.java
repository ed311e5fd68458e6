package dev.millrace.pipeline;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which log lines go where. Services apart write what they do to standard error; where all run in
 * one process, that goes to a file in the data directory, and only warnings to the terminal.
 */
final class Logging {
  private static final String PATTERN = "%d{ISO8601} %-5level [%thread] %logger: %msg%n";

  private Logging() {}

  /** Shows everything of our own on standard error, and Kafka's warnings. */
  static void verbose() {
    context().getLogger("dev.millrace").setLevel(Level.DEBUG);
    root().setLevel(Level.WARN);
  }

  /** Shows warnings alone, of our own and of Kafka, on standard error. */
  static void warningsOnly() {
    context().getLogger("dev.millrace").setLevel(Level.WARN);
  }

  /**
   * Writes the log to {@code millrace.log} in a folder: at most 40 MB in 4 files. Only warnings
   * still go to standard error.
   */
  static void toFile(Path folder) {
    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setContext(context());
    file.setFile(folder.resolve("millrace.log").toString());
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context());
    encoder.setPattern(PATTERN);
    encoder.start();
    file.setEncoder(encoder);
    roll(file, folder);
    file.start();
    Appender<ILoggingEvent> console = root().getAppender("console");
    if (console != null) {
      root().detachAppender(console);
      console.addFilter(warnings());
      context().getLogger("dev.millrace").addAppender(console);
    }
    context().getLogger(FailureHandler.class).setLevel(Level.DEBUG);
    root().setLevel(Level.WARN);
    root().addAppender(file);
  }

  // What the brokers and clients complain of comes to the user by the service that fails from it.
  private static ThresholdFilter warnings() {
    ThresholdFilter warnings = new ThresholdFilter();
    warnings.setLevel("WARN");
    warnings.start();
    return warnings;
  }

  private static void roll(RollingFileAppender<ILoggingEvent> file, Path folder) {
    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context());
    window.setParent(file);
    window.setFileNamePattern(folder.resolve("millrace.%i.log").toString());
    window.setMinIndex(1);
    window.setMaxIndex(3);
    window.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context());
    size.setMaxFileSize(new FileSize(10_000_000));
    size.start();
    file.setRollingPolicy(window);
    file.setTriggeringPolicy(size);
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static ch.qos.logback.classic.Logger root() {
    return context().getLogger(Logger.ROOT_LOGGER_NAME);
  }
}
