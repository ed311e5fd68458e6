package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.HeldBack;
import dev.millrace.dashboard.flow.FlowView.Lag;
import dev.millrace.dashboard.flow.FlowView.RunAudit;
import dev.millrace.dashboard.flow.FlowView.Worker;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Looks at topics, brokers and groups, and puts together what is seen. For one thread. */
final class FlowLook {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Brokers brokers;
  private final Consumer<?, ByteBuffer> consumer;
  private final Topics topics;
  private final Heard heard;
  private final LetterPlaces letters;
  private final TopicsLook topicsLook;
  private final LagsLook lagsLook;
  private final HoldBackLook holdBackLook;
  private final Map<Split, Opened> streams = new EnumMap<>(Split.class);

  /** A split's stream, and the topics that it was opened on. */
  private record Opened(SplitStream stream, TopicDescription images, TopicDescription tensors) {
    boolean isOf(TopicDescription nowImages, TopicDescription nowTensors) {
      return isSame(images, nowImages) && isSame(tensors, nowTensors);
    }

    private static boolean isSame(TopicDescription one, TopicDescription other) {
      return one.topicId().equals(other.topicId())
          && one.partitions().size() == other.partitions().size();
    }
  }

  /**
   * Looks at nothing yet.
   *
   * @param consumer reads committed records and is of no group; stays the caller's to close
   */
  FlowLook(
      Brokers brokers,
      Consumer<?, ByteBuffer> consumer,
      Topics topics,
      Heard heard,
      LetterPlaces letters) {
    this.brokers = brokers;
    this.consumer = consumer;
    this.topics = topics;
    this.heard = heard;
    this.letters = letters;
    this.topicsLook = new TopicsLook(brokers, topics);
    this.lagsLook = new LagsLook(topics);
    this.holdBackLook = new HoldBackLook(topics);
  }

  /**
   * Looks once; five seconds at most.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException if the brokers do not answer
   */
  FlowView at(long nowMillis) throws InterruptedException {
    long deadline = Brokers.deadline(LIMIT);
    Problems problems = new Problems();
    List<Run> runs = heard.runs();
    Map<String, TopicDescription> there =
        brokers.topics(topics.all().stream().map(Topic::name).toList(), problems, deadline);
    Augmenters augmenters = augmenters(problems, deadline);
    Map<TopicPartition, Long> committed =
        problems
            .ask(
                "where the augmenters are",
                () -> brokers.committed(topics.augmenterGroup(), deadline))
            .orElse(null);
    Map<TopicPartition, Long> begins = offsets(there.values(), OffsetSpec.earliest(), deadline);
    Map<TopicPartition, Long> ends = offsets(there.values(), OffsetSpec.latest(), deadline);
    if (isAllColocated(runs)
        && committed != null
        && committed.isEmpty()
        && augmenters.threads() <= 0) {
      committed = null; // there need not be any augmenter
    }
    Map<Split, SplitView> views = views(there, begins, committed, runs, problems, deadline);
    Map<String, SplitView.Seen> seen = new HashMap<>();
    views.values().forEach(view -> seen.putAll(view.topics()));
    List<Lag> lags = lagsLook.of(views, runs, nowMillis);
    HeldBack heldBack = holdBackLook.at(views.get(Split.TRAIN), augmenters, runs, nowMillis);
    Diagnosis diagnosis = diagnose(runs, lags, augmenters, heldBack, seen, nowMillis);
    return new FlowView(
        nowMillis,
        diagnosis.sentence(),
        diagnosis.bottleneck(),
        diagnosis.waitShare(),
        topicsLook.look(there, begins, ends, seen, problems, deadline),
        lags,
        heldBack,
        workers(augmenters, runs, problems, nowMillis, deadline),
        audits(runs),
        problems.sentences());
  }

  private Augmenters augmenters(Problems problems, long deadline) throws InterruptedException {
    return problems
        .ask(
            "the augmenters",
            () -> Augmenters.of(brokers.groups(List.of(topics.augmenterGroup()), deadline)))
        .orElse(Augmenters.UNKNOWN);
  }

  private Map<TopicPartition, Long> offsets(
      Collection<TopicDescription> there, OffsetSpec spec, long deadline)
      throws InterruptedException {
    return brokers.offsets(Brokers.partitions(there), spec, deadline);
  }

  private Map<Split, SplitView> views(
      Map<String, TopicDescription> there,
      Map<TopicPartition, Long> begins,
      @Nullable Map<TopicPartition, Long> committed,
      List<Run> runs,
      Problems problems,
      long deadline)
      throws InterruptedException {
    List<Progress> trainers =
        runs.stream()
            .filter(Run::isUnfinished)
            .map(Run::progress)
            .filter(Objects::nonNull)
            .toList();
    Map<Split, SplitView> views = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      SplitStream stream = stream(split, there);
      if (stream != null) {
        String what = "images and tensors of topic " + topics.images(split).name();
        problems
            .ask(what, () -> stream.look(begins, committed, trainers, deadline))
            .ifPresent(view -> views.put(split, view));
      }
    }
    return views;
  }

  private @Nullable SplitStream stream(Split split, Map<String, TopicDescription> there) {
    TopicDescription images = there.get(topics.images(split).name());
    TopicDescription tensors = there.get(topics.tensors(split).name());
    if (images == null || tensors == null) {
      streams.remove(split);
      return null;
    }
    Opened before = streams.get(split);
    if (before == null || !before.isOf(images, tensors)) {
      before =
          new Opened(
              new SplitStream(
                  split,
                  topics,
                  letters,
                  consumer,
                  images.partitions().size(),
                  tensors.partitions().size()),
              images,
              tensors);
      streams.put(split, before);
    }
    return before.stream;
  }

  private Diagnosis diagnose(
      List<Run> runs,
      List<Lag> lags,
      Augmenters augmenters,
      HeldBack heldBack,
      Map<String, SplitView.Seen> seen,
      long nowMillis) {
    Map<String, Long> toTrain = new HashMap<>();
    long toAugment = 0;
    for (Lag lag : lags) {
      if (lag.run() != null) {
        toTrain.put(lag.run(), lag.images());
      } else if (lag.topic().equals(topics.images(Split.TRAIN).name())) {
        toAugment = lag.images();
      }
    }
    SplitView.Seen images = seen.get(topics.images(Split.TRAIN).name());
    return Diagnosis.of(
        new Diagnosis.Situation(
            runs,
            runs.stream().filter(this::isColocated).map(Run::name).toList(),
            toAugment,
            run -> toTrain.getOrDefault(run, 0L),
            augmenters.threads(),
            heldBack.held(),
            heldBack.run(),
            images != null && Behind.sum(images.kept()) > 0),
        nowMillis);
  }

  private List<Worker> workers(
      Augmenters augmenters, List<Run> runs, Problems problems, long nowMillis, long deadline)
      throws InterruptedException {
    List<Run> training = runs.stream().filter(run -> run.trains(nowMillis)).toList();
    Map<String, ConsumerGroupDescription> teams = new HashMap<>();
    for (Run run : training) {
      Progress progress = run.progress();
      if (progress != null) {
        String team = progress.getGroup() + "-workers";
        problems
            .ask("group " + team, () -> brokers.groups(List.of(team), deadline))
            .orElse(List.of())
            .forEach(found -> teams.put(progress.getGroup(), found));
      }
    }
    List<Worker> workers = new ArrayList<>(augmenters.workers());
    workers.addAll(Workers.trainers(training, teams));
    return workers;
  }

  private static List<RunAudit> audits(List<Run> runs) {
    List<RunAudit> audits = new ArrayList<>();
    for (Run run : runs) {
      RunAudit audit = run.audit();
      if (audit != null) {
        audits.add(audit);
      }
    }
    return audits;
  }

  private boolean isAllColocated(List<Run> runs) {
    List<Run> unfinished = runs.stream().filter(Run::isUnfinished).toList();
    return !unfinished.isEmpty() && unfinished.stream().allMatch(this::isColocated);
  }

  private boolean isColocated(Run run) {
    return run.reads(topics.images(Split.TRAIN).name());
  }
}
