package dev.millrace.pipeline;

import dev.millrace.pipeline.checks.StartChecks;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What services that run apart begin with.
 *
 * @param out where to tell the user
 */
record Service(PrintWriter out) {
  private static final long LOOK_MILLIS = 500;

  /** Sets logging up and prints the settings. */
  static Service begin(CommandSpec spec, CommonOptions common, Map<String, ?> resolved) {
    Service service = quiet(spec, common);
    Settings.print(service.out, spec, resolved);
    return service;
  }

  /** Sets logging up. */
  static Service quiet(CommandSpec spec, CommonOptions common) {
    if (common.verbose()) {
      Logging.verbose();
    }
    return new Service(spec.commandLine().getOut());
  }

  /** Checks that the brokers answer and have what the services rest on. */
  void requireBroker(Map<String, Object> kafka) throws CannotStartException, InterruptedException {
    try (Admin admin = Admin.create(StartChecks.impatient(kafka))) {
      new StartChecks(admin).reachable(servers(kafka));
    }
  }

  /** Checks that a topic is there. */
  void requireTopic(Map<String, Object> kafka, Topic<?> topic)
      throws CannotStartException, InterruptedException {
    try (Admin admin = Admin.create(StartChecks.impatient(kafka))) {
      if (!admin.listTopics().names().get().contains(topic.name())) {
        throw new CannotStartException(
            "There is no topic %s on these brokers (--bootstrap-servers, --prefix)"
                .formatted(topic.name()));
      }
    } catch (ExecutionException e) {
      throw new CannotStartException("Cannot list the topics: " + e.getCause(), e);
    }
  }

  /** Creates the topics that do not exist, when the brokers are fit for them. */
  void createTopics(Map<String, Object> kafka, Topics topics, TopicSettings settings)
      throws CannotStartException, InterruptedException {
    try (Admin admin = Admin.create(StartChecks.impatient(kafka))) {
      StartChecks checks = new StartChecks(admin);
      checks.reachable(servers(kafka));
      checks.topics(topics, settings);
      topics.createMissing(admin, settings);
    }
  }

  private static String servers(Map<String, Object> kafka) {
    return String.valueOf(kafka.get("bootstrap.servers"));
  }

  /** Waits until somebody has created the topics; false when told to stop before. */
  boolean awaitTopics(Map<String, Object> kafka, Topics topics, CountDownLatch stop)
      throws CannotStartException, InterruptedException {
    requireBroker(kafka);
    List<String> needed = topics.all().stream().<String>map(Topic::name).toList();
    boolean said = false;
    try (Admin admin = Admin.create(StartChecks.impatient(kafka))) {
      while (stop.getCount() > 0) {
        Set<String> existing = admin.listTopics().names().get();
        if (existing.containsAll(needed)) {
          return true;
        }
        if (!said) {
          out.printf(
              "Waiting for topics %s.*: a producer, or millrace topics --create, makes them%n",
              topics.prefix());
          out.flush();
          said = true;
        }
        if (stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
    } catch (ExecutionException e) {
      throw new CannotStartException("Cannot list the topics: " + e.getCause(), e);
    }
    return false;
  }
}
