package dev.millrace.pipeline.speed;

import dev.millrace.trainer.model.MinibatchBuffer;
import dev.millrace.trainer.model.TrainingSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Trains on random images that lie in memory, the same again and again: as fast as it can go. */
public final class MemoryFed {
  private static final float LEARNING_RATE = 1e-6f;

  private MemoryFed() {}

  /**
   * Trains and measures.
   *
   * @throws dev.millrace.trainer.model.DeviceUnavailableException if there is no such device
   */
  public static StepSpeed measure(SpeedSettings settings) throws InterruptedException {
    List<MinibatchBuffer> buffers = new ArrayList<>();
    try (TrainingSession session = TrainingSession.open(settings.session());
        ExecutorService stager = Executors.newSingleThreadExecutor()) {
      try {
        for (int i = 0; i <= session.minibatchesAhead(); i++) {
          buffers.add(filled(session, settings));
        }
        return train(session, stager, buffers, settings);
      } finally {
        stager.shutdown();
        buffers.forEach(MinibatchBuffer::close);
      }
    }
  }

  // The next minibatches are brought to the device while a step runs, as when they are read.
  private static StepSpeed train(
      TrainingSession session,
      ExecutorService stager,
      List<MinibatchBuffer> buffers,
      SpeedSettings settings)
      throws InterruptedException {
    int size = settings.minibatchSize();
    int ahead = buffers.size() - 1;
    for (MinibatchBuffer buffer : buffers.subList(0, ahead)) {
      session.stage(buffer, size);
    }
    StepMeter meter = new StepMeter();
    for (int step = 0; step < SpeedSettings.WARM_UP + settings.steps(); step++) {
      if (step == SpeedSettings.WARM_UP) {
        meter.begin();
      }
      MinibatchBuffer next = buffers.get((step + ahead) % buffers.size());
      Future<?> staged = stager.submit(() -> session.stage(next, size));
      session.train(buffers.get(step % buffers.size()), size, step, LEARNING_RATE);
      await(staged);
      if (step >= SpeedSettings.WARM_UP) {
        meter.step(size, 0);
      }
    }
    return meter.speed(0);
  }

  private static void await(Future<?> staged) throws InterruptedException {
    try {
      staged.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A minibatch could not be brought to the device", e);
    }
  }

  private static MinibatchBuffer filled(TrainingSession session, SpeedSettings settings) {
    int side = settings.network().inputSize();
    MinibatchBuffer buffer = session.buffer(settings.minibatchSize(), side, side);
    Random random = new Random(1);
    byte[] bytes = new byte[buffer.images().remaining()];
    random.nextBytes(bytes);
    buffer.images().put(bytes);
    for (int i = 0; i < buffer.maxImages(); i++) {
      buffer.setLabel(i, random.nextInt(settings.classes()));
    }
    return buffer;
  }
}
