package dev.millrace.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/** Measures wall-clock time and the CPU time of this whole process, collector and compiler too. */
final class Meter {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final LongSupplier otherCpuNanos;
  private final long startedNanos = System.nanoTime();
  private final long startedCpuNanos;

  Meter() {
    this(() -> 0);
  }

  /**
   * Counts other processes, too.
   *
   * @param otherCpuNanos CPU time they have taken so far, in nanoseconds
   */
  Meter(LongSupplier otherCpuNanos) {
    this.otherCpuNanos = otherCpuNanos;
    this.startedCpuNanos = cpuNanos();
  }

  /** What happened since this meter was made. */
  Measurement read(String name, int threads, long images) {
    return new Measurement(
        name,
        threads,
        images,
        (System.nanoTime() - startedNanos) / 1e9,
        (cpuNanos() - startedCpuNanos) / 1e9);
  }

  private long cpuNanos() {
    return PROCESS.getProcessCpuTime() + otherCpuNanos.getAsLong();
  }
}
