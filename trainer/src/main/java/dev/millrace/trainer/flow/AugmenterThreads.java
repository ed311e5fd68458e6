package dev.millrace.trainer.flow;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many threads augment: each is a member of the augmenters' group. */
final class AugmenterThreads {
  private static final Logger LOG = LoggerFactory.getLogger(AugmenterThreads.class);

  private final Admin admin;
  private final String group;

  AugmenterThreads(Admin admin, String group) {
    this.admin = admin;
    this.group = group;
  }

  /**
   * Asks the brokers.
   *
   * @return empty if this user may not know
   * @throws KafkaException if they do not answer in time
   */
  OptionalInt count(Duration most) throws InterruptedException {
    try {
      return OptionalInt.of(
          admin
              .describeConsumerGroups(List.of(group))
              .all()
              .get(most.toNanos(), TimeUnit.NANOSECONDS)
              .values()
              .stream()
              .mapToInt(described -> described.members().size())
              .sum());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("Cannot see the members of group %s in time".formatted(group), e);
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        case GroupIdNotFoundException _ -> OptionalInt.of(0);
        case AuthorizationException refused -> {
          LOG.debug("May not see the members of group {}", group, refused);
          yield OptionalInt.empty();
        }
        case KafkaException cause -> throw cause;
        case null, default -> throw new KafkaException(e);
      };
    }
  }
}
