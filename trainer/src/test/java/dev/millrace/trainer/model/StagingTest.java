package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Staging as it is on a GPU, on the processor. */
class StagingTest {
  private static final int IMAGES = 6;
  private static final int STEPS = 5;

  private final Network network = TinyNetworks.alexNet(1e-4f);

  @Test
  void shouldTrainAsWithoutWhenStagedTwoMinibatchesAhead() throws Exception {
    assertThat(stagedAhead()).isEqualTo(fed(TrainingSession.open(options())));
  }

  @Test
  void shouldStageWhatIsTrainedUnstaged() {
    assertThat(fed(TrainingSession.openStaged(options())))
        .isEqualTo(fed(TrainingSession.open(options())));
  }

  private SessionOptions options() {
    return TinyNetworks.options(network);
  }

  // The last minibatch of an epoch is smaller.
  private static int images(int step) {
    return step == 2 ? IMAGES - 4 : IMAGES;
  }

  private List<Object> fed(TrainingSession opened) {
    List<Object> results = new ArrayList<>();
    try (TrainingSession session = opened;
        MinibatchBuffer buffer = session.buffer(IMAGES, 64, 64)) {
      for (int step = 0; step < STEPS; step++) {
        TinyNetworks.fill(buffer, step);
        results.add(session.train(buffer, images(step), step, 0.01f));
      }
      results.add(TinyNetworks.hex(TinyNetworks.weights(session)));
    }
    return results;
  }

  private List<Object> stagedAhead() throws InterruptedException {
    List<Object> results = new ArrayList<>();
    List<MinibatchBuffer> buffers = new ArrayList<>();
    try (TrainingSession session = TrainingSession.openStaged(options())) {
      int ahead = session.minibatchesAhead();
      for (int i = 0; i <= ahead; i++) {
        buffers.add(session.buffer(IMAGES, 64, 64));
      }
      for (int step = 0; step < ahead; step++) {
        stage(session, buffers, step);
      }
      for (int step = 0; step < STEPS; step++) {
        int next = step + ahead;
        Thread reader = Thread.ofPlatform().start(() -> stage(session, buffers, next));
        MinibatchBuffer buffer = buffers.get(step % buffers.size());
        results.add(session.train(buffer, images(step), step, 0.01f));
        reader.join();
      }
      results.add(TinyNetworks.hex(TinyNetworks.weights(session)));
    } finally {
      buffers.forEach(MinibatchBuffer::close);
    }
    return results;
  }

  private static void stage(TrainingSession session, List<MinibatchBuffer> buffers, int step) {
    MinibatchBuffer buffer = buffers.get(step % buffers.size());
    TinyNetworks.fill(buffer, step);
    session.stage(buffer, images(step));
  }
}
