package dev.millrace.pipeline.verify;

import dev.millrace.augmenter.AugmenterService;
import dev.millrace.augmenter.CommittedOffsets;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointList;
import dev.millrace.trainer.StoredCheckpoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reconciles the images that were published with the tensors and dead letters that they became, and
 * with what the checkpoints of every run say of the images their weights have seen.
 *
 * <p>The services may run meanwhile. What the augmenters have committed is looked up first, then
 * the tensors are read, then the images, and the dead letters last: so whatever an image that was
 * done with at the beginning became is among what is read, and so is the dead letter of every
 * sequence that later tensors or images have left behind.
 */
public final class Verifier {
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final Map<Split, SplitLedger> ledgers = new EnumMap<>(Split.class);
  private final List<String> unsettled = new ArrayList<>();

  /**
   * Prepares one check.
   *
   * @param kafka client properties, with bootstrap.servers
   */
  public Verifier(Topics topics, Map<String, Object> kafka, Progress progress) {
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.progress = progress;
  }

  /**
   * Reads the topics and tells what became of the images.
   *
   * @throws CannotStartException if a split's topics differ in their number of partitions
   * @throws KafkaException if a topic does not exist or the brokers do not answer
   */
  public Verification run() throws CannotStartException, InterruptedException {
    // First: what is trained on by now was augmented before.
    SequencedMap<String, List<CheckpointManifest>> checkpoints = checkpoints();
    try (Admin admin = Admin.create(kafka)) {
      open(admin, checkpoints.values().stream().map(List::getLast).toList());
      for (Split split : Split.values()) {
        readTensors(admin, split);
      }
      for (Split split : Split.values()) {
        readImages(admin, split);
      }
      readLetters(admin);
    }
    List<SplitReport> reports = ledgers.values().stream().map(SplitLedger::report).toList();
    List<RunReport> runs = audit(checkpoints, reports);
    return new Verification(reports, runs, findings.first(), findings.count(), unsettled);
  }

  private SequencedMap<String, List<CheckpointManifest>> checkpoints() throws InterruptedException {
    SequencedMap<String, List<CheckpointManifest>> byRun = new TreeMap<>();
    for (StoredCheckpoint checkpoint : CheckpointList.read(topics, kafka)) {
      byRun
          .computeIfAbsent(checkpoint.manifest().getRun(), _ -> new ArrayList<>())
          .add(checkpoint.manifest());
    }
    return byRun;
  }

  private List<RunReport> audit(
      Map<String, List<CheckpointManifest>> checkpoints, List<SplitReport> reports) {
    long published =
        reports.stream()
            .filter(report -> report.split() == Split.TRAIN)
            .flatMap(report -> report.epochs().stream())
            .mapToLong(row -> row.total().published())
            .sum();
    RunAudit audit = new RunAudit(ledger(Split.TRAIN), published, findings);
    return checkpoints.values().stream().flatMap(run -> audit.of(run).stream()).toList();
  }

  private void open(Admin admin, List<CheckpointManifest> newest)
      throws CannotStartException, InterruptedException {
    Map<TopicPartition, Long> committed = committed(admin);
    for (Split split : Split.values()) {
      Topic<?> images = topics.images(split);
      int partitions = partitions(admin, images, topics.tensors(split));
      SplitLedger ledger =
          new SplitLedger(
              topics,
              split,
              partitions,
              p -> committed.getOrDefault(new TopicPartition(images.name(), p), 0L),
              findings);
      ledger.colocated(Colocated.of(newest, split, !committed.isEmpty()));
      ledgers.put(split, ledger);
    }
  }

  private Map<TopicPartition, Long> committed(Admin admin) throws InterruptedException {
    String group = AugmenterService.group(topics);
    try {
      return new CommittedOffsets(admin, group, topics).read();
    } catch (ExecutionException e) {
      throw new KafkaException(
          "Cannot read the committed offsets of group %s: %s".formatted(group, e.getCause()), e);
    }
  }

  private static int partitions(Admin admin, Topic<?> images, Topic<?> tensors)
      throws CannotStartException, InterruptedException {
    int partitions = Topics.partitions(admin, images);
    int others = Topics.partitions(admin, tensors);
    if (partitions != others) {
      throw new CannotStartException(
          ("Cannot compare %s with %s: an image's tensor is in the partition of the same number,"
                  + " but they have %d and %d partitions")
              .formatted(images, tensors, partitions, others));
    }
    return partitions;
  }

  private void readTensors(Admin admin, Split split) throws InterruptedException {
    SplitLedger ledger = ledger(split);
    Topic<?> topic = topics.tensors(split);
    try (TopicScan scan = new TopicScan(kafka, admin, topic.name())) {
      for (TopicPartition open : scan.unsettled()) {
        ledger.partition(open.partition()).unsettled();
        unsettled.add(open.toString());
      }
      run(scan, new TensorSink(topics.tensors(split), ledger, findings));
    }
  }

  private void readImages(Admin admin, Split split) throws InterruptedException {
    try (TopicScan scan = new TopicScan(kafka, admin, topics.images(split).name())) {
      run(scan, new ImageSink(topics.images(split), split, ledger(split)));
    }
  }

  private void readLetters(Admin admin) throws InterruptedException {
    try (TopicScan scan = new TopicScan(kafka, admin, topics.deadLetters().name())) {
      if (!scan.unsettled().isEmpty()) {
        ledgers.values().forEach(SplitLedger::unsettled);
        scan.unsettled().forEach(open -> unsettled.add(open.toString()));
      }
      run(scan, new LetterSink(topics, ledgers, findings));
    }
  }

  private void run(TopicScan scan, RecordSink sink) {
    scan.run(sink, records -> progress.read(scan.toString(), records));
  }

  private SplitLedger ledger(Split split) {
    SplitLedger ledger = ledgers.get(split);
    if (ledger == null) {
      throw new IllegalStateException("No books for split " + split);
    }
    return ledger;
  }
}
