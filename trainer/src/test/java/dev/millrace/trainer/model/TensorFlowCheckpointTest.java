package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

class TensorFlowCheckpointTest {
  @TempDir private Path folder;

  @Test
  void shouldBeReadBackBitForBitByRestoreV2() throws Exception {
    try (TrainingSession session =
            TrainingSession.open(TinyNetworks.options(TinyNetworks.cifarQuick()));
        MinibatchBuffer buffer = TinyNetworks.filled(session, 3, 12, 5)) {
      session.train(buffer, 3, 1, 0.01f); // momenta are not zero now
      try (Snapshot snapshot = session.snapshot()) {
        TensorFlowCheckpoint.write(snapshot.tensors(), 1234, folder, "model.ckpt-1234");

        assertThat(Files.readString(folder.resolve("checkpoint")))
            .startsWith("model_checkpoint_path: \"model.ckpt-1234\"");
        restores(snapshot.tensors());
      }
    }
  }

  private void restores(List<NamedTensor> expected) {
    List<String> names = new ArrayList<>(expected.stream().map(NamedTensor::name).toList());
    List<Class<? extends TType>> types = new ArrayList<>();
    names.forEach(_ -> types.add(TFloat32.class));
    names.add(TensorFlowCheckpoint.STEP);
    types.add(TInt64.class);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Restore restore =
          tf.train.restore(
              tf.constant(folder.resolve("model.ckpt-1234").toString()),
              tf.array(names.toArray(String[]::new)),
              tf.array(names.stream().map(_ -> "").toArray(String[]::new)),
              types);
      Session.Runner runner = session.runner();
      restore.tensors().forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < expected.size(); i++) {
          ByteBuffer found = TensorBytes.of(result.get(i));
          assertThat(result.get(i).shape().asArray()).isEqualTo(expected.get(i).shape());
          assertThat(found).isEqualTo(expected.get(i).littleEndianFloats());
        }
        assertThat(((TInt64) result.get(expected.size())).getLong()).isEqualTo(1234);
      }
    }
  }

  @Test
  void shouldSayWhyItCannotBeWritten() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> TensorFlowCheckpoint.write(List.of(), 1, file, "model.ckpt-1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("model.ckpt-1");
  }
}
