package dev.millrace.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Configurable;
import org.jspecify.annotations.Nullable;

/**
 * Hands out orders in place of partitions. Kafka finds out who of a consumer group is alive, brings
 * what each of them says to one of them, and takes back to each what that one decides.
 *
 * <p>Public, and with a public constructor, for Kafka makes it.
 */
public final class WorkerAssignor implements ConsumerPartitionAssignor, Configurable {
  /** Name of the property that holds the {@link Mailbox}. */
  static final String MAILBOX = "millrace.workers.mailbox";

  private static final ObjectMapper JSON = new ObjectMapper();

  private @Nullable Mailbox mailbox;

  /** What a worker says, and what it is told. Safe for use by several threads. */
  static final class Mailbox {
    private final AtomicReference<WorkerMember> said;
    private final AtomicReference<@Nullable WorkerOrder> told = new AtomicReference<>();

    Mailbox(WorkerMember self) {
      this.said = new AtomicReference<>(self);
    }

    void say(WorkerMember self) {
      said.set(self);
    }

    WorkerMember said() {
      return said.get();
    }

    /** What came last, once. */
    @Nullable WorkerOrder takeOrder() {
      return told.getAndSet(null);
    }
  }

  @Override
  public void configure(Map<String, ?> properties) {
    if (properties.get(MAILBOX) instanceof Mailbox given) {
      mailbox = given;
    }
  }

  @Override
  public String name() {
    return "millrace-workers";
  }

  @Override
  public ByteBuffer subscriptionUserData(Set<String> topics) {
    return bytes(mailbox().said(), new TypeReference<>() {});
  }

  @Override
  public GroupAssignment assign(Cluster metadata, GroupSubscription group) {
    Map<String, WorkerMember> members = new HashMap<>();
    group
        .groupSubscription()
        .forEach((id, subscription) ->
            members.put(id, parsed(subscription.userData(), new TypeReference<>() {})));
    Map<String, Assignment> assignments = new HashMap<>();
    WorkerTeams.orders(members)
        .forEach((id, order) ->
            assignments.put(id, new Assignment(List.of(), bytes(order, new TypeReference<>() {}))));
    return new GroupAssignment(assignments);
  }

  @Override
  public void onAssignment(Assignment assignment, ConsumerGroupMetadata metadata) {
    mailbox().told.set(parsed(assignment.userData(), new TypeReference<WorkerOrder>() {}));
  }

  private Mailbox mailbox() {
    Mailbox given = mailbox;
    if (given == null) {
      throw new IllegalStateException("Property %s is missing".formatted(MAILBOX));
    }
    return given;
  }

  private static <T> ByteBuffer bytes(T value, TypeReference<T> type) {
    try {
      return ByteBuffer.wrap(JSON.writerFor(type).writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T parsed(ByteBuffer data, TypeReference<T> type) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    try {
      return JSON.readValue(bytes, type);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read what another worker says: do all run the same version?", e);
    }
  }
}
