package dev.millrace.trainer.model;

import java.util.List;
import java.util.stream.Stream;

/** A network that can be trained: its name, the images it takes and its hyperparameters. */
public sealed interface Network permits AlexNet, AlexNetOwt, Cifar10, CifarQuick {

  /** The name by which {@link #of} finds the network, as it stands in options and checkpoints. */
  String name();

  /** Height and width of the images of a training step, in pixels, after the random crop. */
  int inputSize();

  /**
   * Height and width of the square images before the random crop, in pixels; validation images come
   * in this size and the graph takes their centre.
   */
  int storedSize();

  /** Number of weights and biases for so many classes. */
  long parameters(int classes);

  /**
   * Mean red, green and blue, 0 to 255, of the dataset that the network was made for; subtracted
   * from every pixel unless the user's own dataset's are given.
   */
  List<Float> mean();

  /** Whether it is made of two columns that may stand on a device each. */
  default boolean hasColumns() {
    return false;
  }

  /** The values the network is trained with unless the user gives others. */
  Hyperparameters hyperparameters();

  /**
   * The network of that name.
   *
   * @throws IllegalArgumentException when there is none; the message names those there are
   */
  static Network of(String name) {
    return all()
        .filter(network -> network.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "Unknown network '%s': known are %s".formatted(name, String.join(", ", names()))));
  }

  /** The names that {@link #of} knows, in the order in which help texts list them. */
  static List<String> names() {
    return all().map(Network::name).toList();
  }

  private static Stream<Network> all() {
    return Stream.of(
        new AlexNet(),
        new AlexNetOwt(),
        Cifar10.normalized(),
        Cifar10.plain(),
        new CifarQuick(),
        CifarQuick.unscaled());
  }
}
