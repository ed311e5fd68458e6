package dev.millrace.trainer;

import dev.millrace.trainer.gpu.Nvml;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What training takes of the machine, looked at once a second at most. Of several GPUs it is the
 * machine's first. For one thread.
 */
final class ResourceUse implements Closer.Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceUse.class);
  private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

  private final @Nullable Nvml gpu;
  private Map<String, Double> latest = Map.of();
  private long lookedAt;

  /**
   * @param onGpu whether training uses one
   */
  ResourceUse(boolean onGpu) {
    this.gpu = onGpu ? Nvml.open() : null;
  }

  /** Metrics by name: resident_bytes, and of a GPU gpu_busy_share and gpu_memory_bytes. */
  Map<String, Double> values() {
    long now = System.nanoTime();
    if (latest.isEmpty() || now - lookedAt >= PERIOD_NANOS) {
      latest = look();
      lookedAt = now;
    }
    return latest;
  }

  private Map<String, Double> look() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("resident_bytes", (double) ResidentMemory.now());
    if (gpu != null) {
      try {
        Nvml.Use use = gpu.use(0);
        values.put("gpu_busy_share", use.busyShare());
        values.put("gpu_memory_bytes", (double) use.memoryBytes());
      } catch (IllegalStateException e) { // some GPUs, as parts of others, do not tell
        LOG.debug("The GPU does not tell its use", e);
      }
    }
    return values;
  }

  @Override
  public void close() {
    if (gpu != null) {
      gpu.close();
    }
  }
}
