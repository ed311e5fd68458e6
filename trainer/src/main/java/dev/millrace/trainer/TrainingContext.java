package dev.millrace.trainer;

import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;

/**
 * What all parts of a run are made from.
 *
 * @param options the run's
 * @param feed where its tensors come from
 * @param topics the topics it reads and writes
 * @param clients makes its clients
 * @param admin stays open for as long as the run
 * @param clock gives records their time
 * @param closer closes the parts
 */
record TrainingContext(
    TrainerOptions options,
    Feed feed,
    Topics topics,
    KafkaClients clients,
    Admin admin,
    InstantSource clock,
    Closer closer) {

  /** Consumer group of the run, also its transactional id. */
  String group() {
    return options.group(topics.prefix());
  }

  /** The feed's topics. */
  TensorStreams streams() {
    return new TensorStreams(clients, admin, topics, feed, options.dataTimeout());
  }
}
