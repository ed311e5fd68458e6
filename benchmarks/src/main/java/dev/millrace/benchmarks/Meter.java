package dev.millrace.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Measures wall-clock time and the CPU time of this whole process, collector and compiler too. */
final class Meter {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final long startedNanos = System.nanoTime();
  private final long startedCpuNanos = PROCESS.getProcessCpuTime();

  /** What happened since this meter was made. */
  Measurement read(String name, int threads, long images) {
    return new Measurement(
        name,
        threads,
        images,
        (System.nanoTime() - startedNanos) / 1e9,
        (PROCESS.getProcessCpuTime() - startedCpuNanos) / 1e9);
  }
}
