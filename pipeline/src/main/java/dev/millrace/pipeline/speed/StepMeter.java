package dev.millrace.pipeline.speed;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.trainer.ResidentMemory;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Times steps one behind the other. For one thread. */
final class StepMeter {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final double NANOS = 1e9;
  private static final double NANOS_A_MILLI = 1e6;

  private final List<Long> nanos = new ArrayList<>();
  private long images;
  private double waited;
  private long markNanos;
  private long beganCpuNanos;
  private long residentBytes;

  /** Steps are timed from now on. */
  void begin() {
    beganCpuNanos = PROCESS.getProcessCpuTime();
    markNanos = System.nanoTime();
  }

  /**
   * A step is done.
   *
   * @param waitShare share of its time spent waiting for images
   */
  void step(int imagesOfStep, double waitShare) {
    long now = System.nanoTime();
    nanos.add(now - markNanos);
    waited += waitShare * (now - markNanos);
    images += imagesOfStep;
    markNanos = now;
    if (nanos.size() == 1) {
      residentBytes = ResidentMemory.now();
    }
  }

  int steps() {
    return nanos.size();
  }

  /**
   * All steps together.
   *
   * @param checkpointStepMillis how long the step took that began a checkpoint, 0 for none
   */
  StepSpeed speed(double checkpointStepMillis) {
    List<Long> sorted = nanos.stream().sorted().toList();
    long total = nanos.stream().mapToLong(Long::longValue).sum();
    double median = sorted.get(sorted.size() / 2) / NANOS_A_MILLI;
    int p95 = Math.min(sorted.size() - 1, (int) Math.ceil(0.95 * sorted.size()) - 1);
    return new StepSpeed(
        nanos.size(),
        images,
        total / NANOS,
        (PROCESS.getProcessCpuTime() - beganCpuNanos) / NANOS,
        median,
        sorted.get(p95) / NANOS_A_MILLI,
        waited / total,
        ResidentMemory.now() - residentBytes,
        checkpointStepMillis == 0 ? 0 : Math.max(0, checkpointStepMillis - median));
  }
}
