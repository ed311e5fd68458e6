package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.Worker;
import java.util.List;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;

/**
 * The augmenters' group.
 *
 * @param threads its members: each is a thread that augments; -1 if that may not be seen
 * @param stable whether they have their partitions
 */
record Augmenters(int threads, boolean stable, List<Worker> workers) {
  /** It may not be seen. */
  static final Augmenters UNKNOWN = new Augmenters(-1, true, List.of());

  Augmenters {
    workers = List.copyOf(workers);
  }

  /**
   * What the brokers say.
   *
   * @param found the group; none if it was never there
   */
  static Augmenters of(List<ConsumerGroupDescription> found) {
    if (found.isEmpty()) {
      return new Augmenters(0, true, List.of());
    }
    ConsumerGroupDescription group = found.getFirst();
    boolean stable =
        group.groupState() == GroupState.STABLE || group.groupState() == GroupState.EMPTY;
    return new Augmenters(group.members().size(), stable, Workers.augmenters(group));
  }
}
