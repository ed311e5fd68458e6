package dev.millrace.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the processor computes by instructions of its own, as Linux tells. */
final class ProcessorFeatures {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessorFeatures.class);
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16", "bf16");

  private ProcessorFeatures() {}

  /** Whether it multiplies 16-bit numbers with 8-bit exponents; true where nothing tells. */
  static boolean bfloat16() {
    try {
      return !Files.isReadable(PROCESSORS) || bfloat16(Files.readAllLines(PROCESSORS));
    } catch (IOException e) {
      LOG.debug("Cannot read {}", PROCESSORS, e);
      return true;
    }
  }

  static boolean bfloat16(List<String> processors) {
    List<String> features =
        processors.stream()
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .map(line -> line.substring(line.indexOf(':') + 1))
            .toList();
    return features.isEmpty()
        || features.stream()
            .flatMap(line -> List.of(line.strip().split(" ", -1)).stream())
            .anyMatch(BFLOAT16::contains);
  }
}
