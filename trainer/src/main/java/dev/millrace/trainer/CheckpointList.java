package dev.millrace.trainer;

import dev.millrace.schemas.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Reads which checkpoints there are. */
public final class CheckpointList {
  private CheckpointList() {}

  /**
   * Every committed checkpoint of every run, in the order in which they were committed; also those
   * whose bytes have been deleted since.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @throws KafkaException if the topics do not exist or the brokers do not answer
   * @throws InterruptedException if the thread is interrupted while it waits for the brokers
   */
  public static List<StoredCheckpoint> read(Topics topics, Map<String, Object> kafka)
      throws InterruptedException {
    KafkaClients clients = new KafkaClients(kafka, topics.prefix() + "-checkpoints");
    try (Admin admin = clients.admin();
        CheckpointCatalog catalog = new CheckpointCatalog(admin, clients.reader(), topics)) {
      return catalog.all();
    }
  }
}
