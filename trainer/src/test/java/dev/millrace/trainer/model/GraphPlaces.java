package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Which device each node of a graph is bound to. */
final class GraphPlaces {
  private final Map<String, NodeDef> nodes = new HashMap<>();

  GraphPlaces(GraphDef graph) {
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /** A value that passes between devices. */
  record Edge(NodeDef from, NodeDef to) {
    @Override
    public String toString() {
      return "%s (%s, %s) -> %s (%s, %s)"
          .formatted(
              from.getName(),
              from.getOp(),
              from.getDevice(),
              to.getName(),
              to.getOp(),
              to.getDevice());
    }
  }

  /** Types of the operations on a device whose names begin so. */
  List<String> operationsOn(String device, String prefix) {
    return nodes.values().stream()
        .filter(node -> node.getDevice().equals(device))
        .filter(node -> node.getName().matches("(" + prefix + ").*"))
        .map(NodeDef::getOp)
        .toList();
  }

  List<String> withoutDevice() {
    return nodes.values().stream()
        .filter(node -> node.getDevice().isEmpty())
        .map(node -> node.getName() + " " + node.getOp())
        .toList();
  }

  /** Values that pass between devices, but for what is fed, measured or put into checkpoints. */
  List<Edge> crossings() {
    List<Edge> crossings = new ArrayList<>();
    for (NodeDef to : nodes.values()) {
      for (String input : to.getInputList()) {
        NodeDef from = nodes.get(input.replaceFirst("^\\^", "").replaceFirst(":\\d+$", ""));
        if (!input.startsWith("^")
            && from != null
            && !from.getDevice().equals(to.getDevice())
            && !onHost(from)
            && !onHost(to)) {
          crossings.add(new Edge(from, to));
        }
      }
    }
    return crossings;
  }

  private static boolean onHost(NodeDef node) {
    return node.getName().matches("(minibatch|validation|crops|measures|weights)(_\\d+)?/.*");
  }
}
