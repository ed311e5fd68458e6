package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import dev.millrace.trainer.model.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * The checkpoints in the topics: which there are, what is in them, and what can be made of them.
 * Trainers may write others meanwhile. For one thread.
 */
public final class CheckpointArchive implements AutoCloseable {
  private final Topics topics;
  private final Admin admin;
  private final CheckpointCatalog catalog;
  private final CheckpointReader reader;
  private final ModelDescriptions descriptions;

  /**
   * Connects to the brokers.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @throws KafkaException if a property is wrong
   */
  public CheckpointArchive(Topics topics, Map<String, Object> kafka) {
    KafkaClients clients = new KafkaClients(kafka, topics.prefix() + "-checkpoints");
    this.topics = topics;
    this.admin = clients.admin();
    this.catalog = new CheckpointCatalog(admin, clients.reader(), topics);
    this.reader = new CheckpointReader(clients.reader(), topics);
    this.descriptions = new ModelDescriptions(topics, kafka, clients);
  }

  /**
   * Every committed one of every run, in the order in which they were committed; also those whose
   * bytes have been deleted since.
   */
  public List<StoredCheckpoint> all() throws InterruptedException {
    return catalog.all();
  }

  /**
   * The one of a run that is meant, of those whose bytes are there.
   *
   * @throws UnusableCheckpointException if there is none, naming those there are
   */
  public CheckpointManifest find(String run, CheckpointChoice choice) throws InterruptedException {
    List<CheckpointManifest> available = catalog.newestFirst(run);
    return choice
        .of(available)
        .orElseThrow(() -> new UnusableCheckpointException(missing(run, choice, available)));
  }

  private String missing(String run, CheckpointChoice choice, List<CheckpointManifest> available) {
    if (available.isEmpty()) {
      return "Run %s has no checkpoint with weights in topic %s: see millrace checkpoints list for the runs there are (--run, --prefix)"
          .formatted(run, topics.checkpoints().name());
    }
    if (choice instanceof CheckpointChoice.Best) {
      return "No checkpoint of run %s that has its weights was evaluated; choose one by its step"
          .formatted(run);
    }
    return "Run %s has no checkpoint %s with weights; there are those of steps %s"
        .formatted(
            run,
            choice,
            available.stream()
                .map(CheckpointManifest::getStep)
                .sorted(Comparator.naturalOrder())
                .distinct()
                .toList());
  }

  /**
   * What is in one; reads only its header.
   *
   * @throws DamagedCheckpointException if that is not as it must be
   * @throws UnusableCheckpointException if this version does not know its model
   */
  public CheckpointContents contents(CheckpointManifest manifest)
      throws DamagedCheckpointException {
    SafetensorsHeader header = reader.header(manifest);
    return new CheckpointContents(
        descriptions.of(manifest, header.metadata()),
        header.tensors().stream()
            .map(place ->
                new TensorEntry(
                    place.name(),
                    place.type(),
                    Arrays.stream(place.shape()).boxed().toList(),
                    place.bytes()))
            .toList());
  }

  /**
   * Reads every byte of one and checks it: every chunk in its place, the length, the SHA-256, and
   * that tensors and header fit together.
   *
   * @throws DamagedCheckpointException if anything is not as it must be
   */
  public void verify(CheckpointManifest manifest) throws DamagedCheckpointException {
    reader.verify(manifest);
  }

  /**
   * Removes the weights of older checkpoints from the topic of chunks, and so from disk once the
   * brokers have deleted what they hold in closed segments. Every run keeps one that is whole, and
   * nothing is removed that a run is writing.
   *
   * @param keep newest checkpoints that each run keeps, from 1
   * @param dryRun whether only to tell
   * @throws KafkaException if the brokers refuse
   */
  public Pruning prune(int keep, boolean dryRun) throws InterruptedException {
    return new CheckpointPruner(admin, catalog, reader, topics).prune(keep, dryRun);
  }

  /**
   * Writes one in another format, as float32, once all of it was read and is whole.
   *
   * @param weightsOnly whether to leave momenta out, where the format has any
   * @param folder an existing, empty folder; what is in it after an exception is of no use
   * @throws DamagedCheckpointException if it is not whole
   * @throws UnusableCheckpointException if this version does not know its model
   * @throws IOException if it cannot be written
   */
  public void export(
      CheckpointManifest manifest, ExportFormat format, boolean weightsOnly, Path folder)
      throws DamagedCheckpointException, IOException {
    ModelDescription model = contents(manifest).model();
    CheckpointExport export = new CheckpointExport(manifest, model, folder);
    if (format == ExportFormat.SAFETENSORS && !weightsOnly) {
      export.copy(reader);
    } else {
      try (LoadedCheckpoint loaded = reader.load(manifest)) {
        export.write(loaded, format, weightsOnly);
      }
    }
  }

  /**
   * Makes a classifier of one; the caller closes it.
   *
   * @param tenCrops whether it averages ten crops
   * @throws DamagedCheckpointException if it is not whole
   * @throws UnusableCheckpointException if this version does not know its model
   * @throws dev.millrace.trainer.model.DeviceUnavailableException if there is no such device
   */
  public CheckpointClassifier classifier(
      CheckpointManifest manifest, Device device, int threads, boolean tenCrops)
      throws DamagedCheckpointException {
    try (LoadedCheckpoint loaded = reader.load(manifest)) {
      ModelDescription model = descriptions.of(manifest, loaded.header().metadata());
      return CheckpointClassifier.open(manifest, model, loaded, device, threads, tenCrops);
    }
  }

  @Override
  public void close() {
    reader.close();
    catalog.close();
    admin.close();
  }
}
