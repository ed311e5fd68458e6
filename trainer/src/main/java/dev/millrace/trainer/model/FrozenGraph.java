package dev.millrace.trainer.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A graph with constants in the place of its variables, and nothing that its outputs do not need.
 */
final class FrozenGraph {
  private FrozenGraph() {}

  /**
   * Freezes a graph.
   *
   * @param variables whose readings become constants of their names
   * @param weights their values, little-endian floats, which are not copied
   * @param outputs names of the operations that are wanted
   */
  static GraphDef of(
      GraphDef graph,
      Collection<NamedVariable> variables,
      Map<String, ByteBuffer> weights,
      List<String> outputs) {
    Map<String, NamedVariable> readings = new HashMap<>();
    for (NamedVariable variable : variables) {
      readings.put(variable.read().op().name(), variable);
    }
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> needed = needed(nodes, readings.keySet(), outputs);
    GraphDef.Builder frozen = GraphDef.newBuilder().setVersions(graph.getVersions());
    for (NodeDef node : graph.getNodeList()) {
      if (needed.contains(node.getName())) {
        NamedVariable variable = readings.get(node.getName());
        frozen.addNode(
            variable == null ? renamed(node, readings) : constant(variable, weights, node));
      }
    }
    return frozen.build();
  }

  private static Set<String> needed(
      Map<String, NodeDef> nodes, Set<String> leaves, List<String> outputs) {
    Set<String> needed = new HashSet<>(outputs);
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw new IllegalStateException("The graph has no operation " + name);
      }
      if (!leaves.contains(name)) {
        for (String input : node.getInputList()) {
          if (needed.add(operation(input))) {
            open.push(operation(input));
          }
        }
      }
    }
    return needed;
  }

  /** Name of the operation that an input ("^name", "name" or "name:1") comes from. */
  private static String operation(String input) {
    int colon = input.lastIndexOf(':');
    return input.substring(input.startsWith("^") ? 1 : 0, colon < 0 ? input.length() : colon);
  }

  private static NodeDef renamed(NodeDef node, Map<String, NamedVariable> readings) {
    List<String> inputs = new ArrayList<>();
    for (String input : node.getInputList()) {
      NamedVariable variable = readings.get(operation(input));
      inputs.add(variable == null ? input : input.replace(operation(input), variable.name()));
    }
    return node.toBuilder().clearInput().addAllInput(inputs).build();
  }

  private static NodeDef constant(
      NamedVariable variable, Map<String, ByteBuffer> weights, NodeDef reading) {
    ByteBuffer bytes = weights.get(variable.name());
    if (!reading.getOp().equals("ReadVariableOp") || bytes == null) {
      throw new IllegalStateException(
          "Cannot freeze %s: it is read by %s %s"
              .formatted(variable.name(), reading.getOp(), reading.getName()));
    }
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : variable.shape()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    ByteString content = UnsafeByteOperations.unsafeWrap(bytes.duplicate());
    return NodeDef.newBuilder()
        .setName(variable.name())
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(shape)
                        .setTensorContent(content))
                .build())
        .build();
  }
}
