package dev.millrace.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory this process holds, Java's heap and TensorFlow's together; Linux tells. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int KIB = 1024;

  private ResidentMemory() {}

  /** Bytes held now; 0 where the system does not tell. */
  public static long now() {
    return read("VmRSS:");
  }

  /** The most bytes held so far; 0 where the system does not tell. */
  public static long peak() {
    return read("VmHWM:");
  }

  private static long read(String name) {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // as where there is no such file
    }
  }
}
