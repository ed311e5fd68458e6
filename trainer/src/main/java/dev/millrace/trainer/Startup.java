package dev.millrace.trainer;

import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for what a trainer needs before it can begin: services may be started in any order. */
final class Startup {
  private static final Logger LOG = LoggerFactory.getLogger(Startup.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(10);
  private static final String LONGEST_TRANSACTION = "transaction.max.timeout.ms";

  private final Admin admin;
  private final Topics topics;
  private final Duration timeout;
  private final BooleanSupplier stop;

  /**
   * Waits until stopped.
   *
   * @param timeout after how long to give up; zero never does
   */
  Startup(Admin admin, Topics topics, Duration timeout, BooleanSupplier stop) {
    this.admin = admin;
    this.topics = topics;
    this.timeout = timeout;
    this.stop = stop;
  }

  // A topic is listed a moment before every broker knows it.
  private boolean answer(List<String> existing) throws InterruptedException {
    try {
      for (String topic : existing) {
        FirstOffsets.of(admin, topic, 1);
      }
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      LOG.debug("Topics are being created: {}", e.getMessage());
      return false;
    }
  }

  /**
   * The classes that labels belong to.
   *
   * @param count number of classes
   * @param listId the class list's id, or empty where there is none
   * @param list the class list, or empty
   */
  record Classes(int count, String listId, List<LabeledClass> list) {}

  /** Waits until every topic is there; false if stopped before. */
  boolean awaitTopics() throws InterruptedException {
    List<String> needed = topics.all().stream().<String>map(Topic::name).toList();
    StallWatch stall = new StallWatch(timeout);
    while (!stop.getAsBoolean()) {
      try {
        Set<String> existing = admin.listTopics().names().get();
        List<String> missing = needed.stream().filter(t -> !existing.contains(t)).toList();
        if (missing.isEmpty() && answer(needed)) {
          return true;
        }
        stall.check(() ->
            "topics %s do not exist. Has a producer been started with the prefix %s?"
                .formatted(missing, topics.prefix()));
      } catch (ExecutionException e) {
        throw failure(e);
      }
      Thread.sleep(LOOK);
    }
    return false;
  }

  /**
   * Waits for the class list, unless the number of classes was given.
   *
   * @param wanted the number given, or 0
   * @return null if stopped before
   */
  @Nullable Classes awaitClasses(KafkaClients clients, int wanted) throws InterruptedException {
    StallWatch stall = new StallWatch(timeout);
    try (TopicReader<ClassList> reader = new TopicReader<>(clients.reader(), topics.classes())) {
      while (!stop.getAsBoolean()) {
        ClassList newest = newest(reader);
        if (newest != null) {
          return classes(newest, wanted);
        }
        if (wanted > 0) {
          return new Classes(wanted, "", List.of());
        }
        stall.check(() ->
            "topic %s holds no class list. Has a producer been started?"
                .formatted(topics.classes().name()));
        Thread.sleep(LOOK);
      }
    }
    return null;
  }

  private static @Nullable ClassList newest(TopicReader<ClassList> reader) {
    ClassList newest = null;
    for (TopicReader.Entry<ClassList> entry : reader.readToEnd()) {
      newest = entry.value();
    }
    return newest;
  }

  private static Classes classes(ClassList list, int wanted) {
    int found = list.getClasses().size();
    if (wanted > 0 && wanted < found) {
      LOG.warn(
          "classes is {}, but the class list has {}: images of the others become dead letters",
          wanted,
          found);
    }
    return new Classes(wanted > 0 ? wanted : Math.max(found, 2), list.getId(), list.getClasses());
  }

  /** How long a checkpoint's transaction may take: 10 minutes, or less where the brokers say so. */
  Duration transactionTimeout() throws InterruptedException {
    try {
      String node = admin.describeCluster().nodes().get().iterator().next().idString();
      ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
      long most =
          Long.parseLong(
              admin
                  .describeConfigs(List.of(broker))
                  .all()
                  .get()
                  .values()
                  .iterator()
                  .next()
                  .get(LONGEST_TRANSACTION)
                  .value());
      return Duration.ofMillis(Math.min(most, TRANSACTION_TIMEOUT.toMillis()));
    } catch (ExecutionException e) {
      LOG.info(
          "The brokers do not tell {} ({}); transactions may take {}",
          LONGEST_TRANSACTION,
          String.valueOf(e.getCause()),
          TRANSACTION_TIMEOUT);
      return TRANSACTION_TIMEOUT;
    }
  }

  private static KafkaException failure(ExecutionException e) {
    return e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
  }
}
