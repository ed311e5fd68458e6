package dev.millrace.trainer;

import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker's place in the group of those that train a run together. The group is a consumer group
 * of Kafka, which knows within seconds who is no longer alive; no tensors are read by it. For one
 * thread.
 */
public final class WorkerGroup implements AutoCloseable {
  private final WorkerAssignor.Mailbox mailbox;
  private final Consumer<String, ByteBuffer> consumer;

  /**
   * Asks to be in the group of a run; {@link #poll} does the rest.
   *
   * @param workers where the TensorFlow of each worker listens, as {@code HOST:PORT}
   * @param index which of them this one is
   * @param kafka the user's client properties, with bootstrap.servers
   */
  public WorkerGroup(
      TrainerOptions options,
      List<String> workers,
      int index,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock) {
    this.mailbox =
        new WorkerAssignor.Mailbox(
            new WorkerMember(
                index,
                workers,
                UUID.randomUUID().toString(),
                clock.millis(),
                0,
                "",
                WorkerSettings.of(options)));
    this.consumer =
        new KafkaClients(kafka, options.group(topics.prefix()) + "-workers").workers(mailbox);
    consumer.subscribe(List.of(topics.progress().name()));
  }

  /**
   * Tells the brokers that this worker is alive. To be called again and again.
   *
   * @param most how long to wait for an order
   * @return a new order, or null if there is none
   */
  public @Nullable WorkerOrder poll(Duration most) {
    consumer.poll(most);
    WorkerOrder order = mailbox.takeOrder();
    return order instanceof WorkerOrder.Train train && !isIn(train) ? null : order;
  }

  // An order may have been on its way when its team had ended here already.
  private boolean isIn(WorkerOrder.Train order) {
    return List.of(order.team().split(" ")).contains(mailbox.said().ticket());
  }

  /** Tells the others that this worker trains in a team. */
  public void trains(WorkerOrder.Train order) {
    mailbox.say(mailbox.said().inTeam(order.team()));
  }

  /** Tells the others that its team has ended and this worker is ready for the next one. */
  public void ready(String reason) {
    mailbox.say(mailbox.said().outOfTeam());
    consumer.enforceRebalance(reason);
  }

  /** Leaves the group: the others know at once. */
  @Override
  public void close() {
    consumer.close();
  }
}
