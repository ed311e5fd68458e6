package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.HeldBack;
import dev.millrace.dashboard.flow.FlowView.Lag;
import dev.millrace.dashboard.flow.FlowView.PartitionLag;
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
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
  private final HoldBackJudge judge = new HoldBackJudge();
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
    List<Lag> lags = lags(views, runs, nowMillis);
    HeldBack heldBack = heldBack(views.get(Split.TRAIN), augmenters, runs, nowMillis);
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

  private List<Lag> lags(Map<Split, SplitView> views, List<Run> runs, long nowMillis) {
    List<Lag> lags = new ArrayList<>();
    views.forEach((split, view) -> {
      Long told = split == Split.TRAIN ? toAugment(runs, nowMillis) : null;
      Behind augmenters = view.augmenters();
      if (augmenters != null) {
        lags.add(lag("augmenters", null, topics.images(split).name(), told, augmenters, nowMillis));
      } else if (told != null) {
        lags.add(new Lag("augmenters", null, topics.images(split).name(), told, null, List.of()));
      }
    });
    Map<String, Run> byName = new TreeMap<>();
    runs.forEach(run -> byName.put(run.name(), run));
    SplitView train = views.get(Split.TRAIN);
    if (train != null) {
      byName.forEach((name, run) -> {
        Behind behind = train.trainers().get(name);
        Progress progress = run.progress();
        if (behind != null && progress != null) {
          Long told = run.isFresh(nowMillis) ? whole(run.value("trainer_lag_images")) : null;
          lags.add(lag("trainer", name, progress.getTopic(), told, behind, nowMillis));
        }
      });
    }
    return lags;
  }

  private static Lag lag(
      String service,
      @Nullable String run,
      String topic,
      @Nullable Long told,
      Behind behind,
      long nowMillis) {
    long images = told == null ? behind.total() : told;
    List<PartitionLag> perPartition = new ArrayList<>();
    for (int p = 0; p < behind.images().size(); p++) {
      perPartition.add(new PartitionLag(p, behind.images().get(p)));
    }
    return new Lag(service, run, topic, images, behind.seconds(images, nowMillis), perPartition);
  }

  // By the newest word of any trainer.
  private static @Nullable Long toAugment(List<Run> runs, long nowMillis) {
    return runs.stream()
        .filter(run -> run.isFresh(nowMillis) && run.value("augmenter_lag_images") != null)
        .max(Comparator.comparingLong(run -> -run.silentMillis(nowMillis).orElse(0)))
        .map(run -> whole(run.value("augmenter_lag_images")))
        .orElse(null);
  }

  private HeldBack heldBack(
      @Nullable SplitView view, Augmenters augmenters, List<Run> runs, long nowMillis) {
    Behind made = view == null ? null : view.augmenters();
    if (view == null || made == null) {
      return judge.unknown(
          isAllColocated(runs)
              ? "trainers augment by themselves"
              : "the stream's topics, or the augmenters' place in them, cannot be seen");
    }
    String tensors = topics.tensors(Split.TRAIN).name();
    SplitView.Seen seen = view.topics().get(tensors);
    if (seen == null) {
      return judge.unknown("topic %s cannot be seen".formatted(tensors));
    }
    Run slowest =
        runs.stream()
            .filter(run -> view.trainers().containsKey(run.name()) && !isColocated(run))
            .max(Comparator.comparingLong(run -> total(view.trainers().get(run.name()))))
            .orElse(null);
    Behind behind = slowest == null ? null : view.trainers().get(slowest.name());
    List<Long> ahead = behind == null ? seen.kept() : behind.images();
    boolean waits = slowest != null && slowest.trains(nowMillis) && !slowest.verdict().isEmpty();
    return judge.on(
        new HoldBackJudge.Look(
            System.nanoTime(),
            augmenters.threads(),
            augmenters.stable(),
            made.images(),
            made.done(),
            ahead,
            behind == null ? difference(seen.come(), ahead) : behind.done(),
            slowest == null ? null : slowest.name(),
            seen.imageBytes()),
        waits);
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
    Progress progress = run.progress();
    return progress != null && progress.getTopic().equals(topics.images(Split.TRAIN).name());
  }

  private static long total(@Nullable Behind behind) {
    return behind == null ? 0 : behind.total();
  }

  private static List<Long> difference(List<Long> of, List<Long> from) {
    List<Long> difference = new ArrayList<>();
    for (int p = 0; p < of.size(); p++) {
      difference.add(of.get(p) - from.get(p));
    }
    return difference;
  }

  private static @Nullable Long whole(@Nullable Double number) {
    return number == null || !Double.isFinite(number) ? null : Long.valueOf(Math.round(number));
  }
}
