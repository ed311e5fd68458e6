package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.trainer.model.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a run may go on from a checkpoint. */
final class ResumeCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ResumeCheck.class);

  private ResumeCheck() {}

  /**
   * Checks that the run would be the same one.
   *
   * @throws ResumeException if it would not, naming every setting that differs, both values and
   *     what to do
   */
  static void check(
      CheckpointManifest manifest,
      TrainerOptions options,
      Startup.Classes classes,
      String statistics) {
    List<String> faults = new ArrayList<>(modelFaults(manifest, options, classes, statistics));
    compare(faults, "seed", manifest.getSeed(), options.seed());
    compare(
        faults,
        "minibatch-size",
        manifest.getState().getOrDefault(TrainingState.MINIBATCH_SIZE, ""),
        Integer.toString(options.minibatchSize()));
    throwIfAny(manifest, faults);
  }

  /**
   * Checks that the weights fit the model and the labels their classes: enough to evaluate.
   *
   * @throws ResumeException if they do not, as above
   */
  static void checkModel(
      CheckpointManifest manifest,
      TrainerOptions options,
      Startup.Classes classes,
      String statistics) {
    throwIfAny(manifest, modelFaults(manifest, options, classes, statistics));
  }

  private static List<String> modelFaults(
      CheckpointManifest manifest,
      TrainerOptions options,
      Startup.Classes classes,
      String statistics) {
    List<String> faults = new ArrayList<>();
    compare(faults, "model", manifest.getModel(), options.model());
    // Older checkpoints do not tell these: there was nothing else.
    Map<String, String> state = manifest.getState();
    compare(
        faults,
        "statistics",
        state.getOrDefault(RunIdentity.STATISTICS, StatisticsSource.PUBLISHED.toString()),
        statistics);
    compare(
        faults,
        "activation",
        state.getOrDefault(RunIdentity.ACTIVATION, Activation.RELU.toString()),
        options.activation().toString());
    faults.addAll(classFaults(manifest, classes));
    return faults;
  }

  // A list grows at its end alone: the labels of the classes that there were mean the same.
  private static List<String> classFaults(CheckpointManifest manifest, Startup.Classes classes) {
    List<String> faults = new ArrayList<>();
    String kept = manifest.getClassListId();
    if (!classes.listId().isEmpty()
        && !kept.isEmpty()
        && !ClassLists.begins(classes.list(), kept)) {
      compare(faults, "class list", kept, classes.listId());
    }
    String count = Integer.toString(classes.count());
    compare(
        faults,
        "classes",
        manifest.getState().getOrDefault(ModelDescription.CLASSES, count),
        count);
    return faults;
  }

  private static void throwIfAny(CheckpointManifest manifest, List<String> faults) {
    if (!faults.isEmpty()) {
      throw new ResumeException(
          ("Cannot resume run %s from its checkpoint at step %d: %s. Start with the checkpoint's"
                  + " values, or begin another run by another run name.")
              .formatted(manifest.getRun(), manifest.getStep(), String.join("; ", faults)));
    }
  }

  private static void compare(List<String> faults, String name, Object kept, Object found) {
    if (!kept.equals(found)) {
      faults.add("%s was %s there and is %s now".formatted(name, kept, found));
    }
  }

  /** Warns where the weights' last bits will differ from those of a run that was not stopped. */
  static void warnOfOtherBits(CheckpointManifest manifest, Map<String, String> environment) {
    Map<String, String> kept = manifest.getEnvironment();
    TreeSet<String> names = new TreeSet<>(kept.keySet());
    names.addAll(environment.keySet());
    for (String name : names) {
      String before = kept.getOrDefault(name, "not known");
      String now = environment.getOrDefault(name, "not known");
      if (!before.equals(now)) {
        LOG.warn(
            "Run {} goes on with another {} ({} until step {}, {} from now on): its weights will"
                + " differ in the last bits from those of a run that was not stopped",
            manifest.getRun(),
            name,
            before,
            manifest.getStep(),
            now);
      }
    }
  }
}
