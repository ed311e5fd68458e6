package dev.millrace.schemas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ImageTracesTest {
  private static final int IMAGES = 100_000;

  @Test
  void shouldAllocateNothingAndWriteNoHeaderWhenOff() {
    ImageTraces traces = ImageTraces.ofProcess();
    Headers headers = new RecordHeaders();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    follow(traces, headers); // loads the classes

    long before = threads.getCurrentThreadAllocatedBytes();
    follow(traces, headers);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(headers).isEmpty();
    assertThat(allocated).as("bytes for %d images", IMAGES).isLessThan(IMAGES);
  }

  private static void follow(ImageTraces traces, Headers headers) {
    for (int i = 0; i < IMAGES; i++) {
      ImageTraces.end(traces.publishing("id", "topic", 0, headers), null);
      ImageTraces.end(traces.augmenting(headers), null);
      assertNone(traces.context(headers) == null);
      assertNone(traces.training(List.of(), 1, 0).isEmpty());
    }
  }

  private static void assertNone(boolean none) {
    if (!none) {
      throw new AssertionError("Traced, though it is off");
    }
  }
}
