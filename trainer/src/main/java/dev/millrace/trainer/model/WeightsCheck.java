package dev.millrace.trainer.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the weights of a checkpoint are those of a network; momenta do not matter. */
final class WeightsCheck {
  private WeightsCheck() {}

  /**
   * Checks names and sizes.
   *
   * @throws IllegalArgumentException when a weight is missing, unknown or of another size, naming
   *     each
   */
  static void check(Map<String, NamedVariable> variables, Map<String, ByteBuffer> weights) {
    List<String> wrong = new ArrayList<>();
    variables.forEach((name, variable) -> {
      ByteBuffer bytes = weights.get(name);
      long expected = variable.elements() * Float.BYTES;
      if (name.endsWith(Weights.MOMENTUM)) {
        return;
      }
      if (bytes == null) {
        wrong.add(name + " is missing");
      } else if (bytes.remaining() != expected) {
        wrong.add("%s must have %d bytes, found %d".formatted(name, expected, bytes.remaining()));
      }
    });
    weights.keySet().stream()
        .filter(name -> !variables.containsKey(name))
        .forEach(name -> wrong.add(name + " is unknown to the network"));
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "The weights must come from the same network with as many classes; "
              + String.join("; ", wrong));
    }
  }
}
