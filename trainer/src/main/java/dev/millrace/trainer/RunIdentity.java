package dev.millrace.trainer;

import java.util.Map;

/**
 * What does not change in a run, and stands in every manifest.
 *
 * @param run the run's name
 * @param group its consumer group
 * @param model the network's name
 * @param seed its seed
 * @param classListId id of the class list that the labels belong to, or empty
 * @param statistics what the statistics are called whose mean is subtracted
 * @param activation what the network's hidden units make of their sums
 * @param feed what the topic that it reads is called
 * @param parameters number of trained parameters
 * @param description what a classifier is made of besides the weights
 * @param environment what the bits depend on: TensorFlow's version, devices, threads
 */
record RunIdentity(
    String run,
    String group,
    String model,
    long seed,
    String classListId,
    String statistics,
    String activation,
    String feed,
    long parameters,
    ModelDescription description,
    Map<String, String> environment) {
  /** Name of the entry in a checkpoint's state that tells the statistics. */
  static final String STATISTICS = "statistics";

  /** Name of the entry in a checkpoint's state that tells the activation. */
  static final String ACTIVATION = "activation";

  RunIdentity {
    environment = Map.copyOf(environment);
  }
}
