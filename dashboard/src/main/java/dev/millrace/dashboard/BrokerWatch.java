package dev.millrace.dashboard;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every two seconds whether the brokers answer, on a thread of its own. */
final class BrokerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerWatch.class);
  private static final Duration BETWEEN = Duration.ofSeconds(2);
  private static final Duration WHILE_WAITING = Duration.ofMillis(250);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
  private static final int LONGEST_ANSWER_MILLIS = 5000;

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final Connection connection;
  private final Look look;
  private final Thread thread = new Thread(this::run, "dashboard-brokers");
  private volatile boolean closed;

  /** What is looked at besides, whenever the brokers answer. */
  interface Look {
    /**
     * Looks.
     *
     * @throws KafkaException if the brokers do not answer
     */
    void at(Admin admin) throws InterruptedException;
  }

  BrokerWatch(Topics topics, Map<String, Object> kafka, Connection connection, Look look) {
    this.topics = topics;
    this.kafka = new HashMap<>(kafka);
    this.kafka.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LONGEST_ANSWER_MILLIS);
    this.kafka.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LONGEST_ANSWER_MILLIS);
    this.connection = connection;
    this.look = look;
    thread.setDaemon(true);
  }

  BrokerWatch start() {
    thread.start();
    return this;
  }

  private void run() {
    try (Admin admin = Admin.create(kafka)) {
      while (!closed) {
        Thread.sleep(look(admin) ? BETWEEN : WHILE_WAITING);
      }
    } catch (InterruptedException e) {
      LOG.debug("Ending: {}", e.getMessage());
    } catch (KafkaException e) {
      connection.bad("Cannot connect to the brokers: " + e.getMessage());
      LOG.error("Cannot connect to the brokers", e);
    }
  }

  // Those that are read: a stream of an earlier version may lack others.
  private List<String> needed() {
    return Stream.of(
            topics.metrics(),
            topics.checkpoints(),
            topics.checkpointChunks(),
            topics.progress(),
            topics.classes(),
            topics.deadLetters())
        .<String>map(Topic::name)
        .toList();
  }

  // False where the topics are not there yet.
  private boolean look(Admin admin) throws InterruptedException {
    try {
      admin.describeTopics(needed()).allTopicNames().get();
      connection.good();
      look.at(admin);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        connection.waiting(
            "These brokers have no topics %s.* yet: a producer makes them"
                .formatted(topics.prefix()));
        return false;
      }
      away(e);
    } catch (KafkaException e) {
      away(e);
    }
    return true;
  }

  private void away(Throwable cause) {
    LOG.debug("The brokers do not answer", cause);
    connection.bad(
        "The brokers at %s do not answer; what is shown is what they said before"
            .formatted(kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
