package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The devices that a graph is divided among. With one, and no peers, TensorFlow is told nothing and
 * chooses it itself.
 */
final class Devices {
  private final DeviceSpec.DeviceType type;
  private final int count;
  private final Peers peers;
  private final Map<String, String> byPrefix = new LinkedHashMap<>();

  /**
   * @param count how many of this process
   * @param peers whose devices the graph does not use
   */
  Devices(boolean gpu, int count, Peers peers) {
    this.type = gpu ? DeviceSpec.DeviceType.GPU : DeviceSpec.DeviceType.CPU;
    this.count = count;
    this.peers = peers;
  }

  private boolean single() {
    return count == 1 && peers.alone();
  }

  /** What computes local response normalization best on them. */
  LocalResponse.Form normalizing() {
    return type == DeviceSpec.DeviceType.GPU
        ? LocalResponse.Form.OPERATION
        : LocalResponse.Form.PRODUCTS;
  }

  /** Makes operations on the devices of a pass: one for each column, or the tower's. */
  List<Ops> ofPass(Ops tf, Placement placement, int tower) {
    if (single()) {
      return List.of(tf);
    }
    if (!placement.columns()) {
      return List.of(tf.withSubScope("tower" + tower).withDevice(spec(type, tower)));
    }
    List<Ops> columns = new ArrayList<>();
    for (int i = 0; i < Placement.COLUMNS; i++) {
      columns.add(tf.withSubScope("column" + i).withDevice(spec(type, i)));
    }
    return columns;
  }

  /** Makes operations on the processor, with names under {@code name}, where there are several. */
  Ops onHost(Ops tf, String name) {
    return single() ? tf : tf.withSubScope(name).withDevice(spec(DeviceSpec.DeviceType.CPU, 0));
  }

  /** Makes operations on the first device. */
  Ops onFirst(Ops tf) {
    return tf.withDevice(spec(type, 0));
  }

  /** Says where operations belong that TensorFlow has made without a device, by their names. */
  void place(String prefix, Ops where) {
    if (!single()) {
      byPrefix.put(prefix, where.scope().getDeviceString());
    }
  }

  /** The graph with all operations where they belong; the same one where nothing was to be said. */
  Graph placed(Graph graph) {
    if (byPrefix.isEmpty()) {
      return graph;
    }
    GraphDef.Builder nodes = graph.toGraphDef().toBuilder();
    for (NodeDef.Builder node : nodes.getNodeBuilderList()) {
      int end = node.getName().indexOf('/');
      String device = end < 0 ? null : byPrefix.get(node.getName().substring(0, end));
      if (device != null) {
        node.setDevice(device);
      } else if (node.getDevice().isEmpty() && !peers.alone()) {
        node.setDevice(own().build().toString());
      }
    }
    Graph placed = new Graph();
    placed.importGraphDef(nodes.build());
    return placed;
  }

  private DeviceSpec spec(DeviceSpec.DeviceType kind, int index) {
    return own().deviceType(kind).deviceIndex(index).build();
  }

  // Where there are peers, a device without a process may be any of theirs.
  private DeviceSpec.Builder own() {
    DeviceSpec.Builder spec = DeviceSpec.newBuilder();
    return peers.alone() ? spec : spec.job(PeerServer.JOB).replica(0).task(peers.rank());
  }
}
