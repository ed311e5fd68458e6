package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class KilledAugmenterIT {
  @TempDir private static Path directory;
  private static TestBroker broker;

  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldMakeEveryTensorOnceAlthoughItsProcessIsKilled() throws Exception {
    kill("killed", "augmenter-1", List.of(1, 700, 2000, 3200));
  }

  @Test
  void shouldMakeEveryTensorOnceWhenAnUnnamedProcessIsKilled() throws Exception {
    kill("unnamed", "", List.of(1000));
  }

  @Test
  void shouldMakeEveryTensorOnceWhenOneOfTwoIsKilledForGood() throws Exception {
    TestStream stream = TestStream.create(broker, "two", 4);
    Process one = start("two", "one");
    start("two", "other");
    try (TensorReader reader = stream.tensors(Split.TRAIN)) {
      stream.publish(Split.TRAIN, 0, 0, 4000, Set.of());
      stream.publishEnd(Split.TRAIN, 0, 4000);
      TestBroker.await("tensors before the kill", () -> reader.poll().tensors() >= 1500);
      one.destroyForcibly().waitFor();
      TestBroker.await("all epoch ends", () -> reader.poll().epochEnds() == 4);

      assertThat(reader.seen()).isEqualTo(stream.expected(1, 4000, Set.of()));
    }
  }

  private void kill(String prefix, String instanceId, List<Integer> moments) throws Exception {
    TestStream stream = TestStream.create(broker, prefix, 4);
    Set<Long> broken = Set.of(5L, 999L, 2222L);
    stream.publish(Split.TRAIN, 0, 0, 4000, broken);
    stream.publishEnd(Split.TRAIN, 0, 4000);

    try (TensorReader reader = stream.tensors(Split.TRAIN)) {
      for (int moment : moments) {
        Process process = start(prefix, instanceId);
        TestBroker.await("tensors before the kill", () -> reader.poll().tensors() >= moment);
        process.destroyForcibly().waitFor();
      }
      start(prefix, instanceId);
      TestBroker.await("all epoch ends", () -> reader.poll().epochEnds() == 4);

      assertThat(reader.seen()).isEqualTo(stream.expected(1, 4000, broken));
      assertThat(stream.deadLetters(3))
          .extracting(DeadLetter::getSequence)
          .containsExactlyInAnyOrder(5L, 999L, 2222L);
    }
    assertThat(Files.readString(directory.resolve(prefix + ".log"))).doesNotContain("OutOfMemory");
  }

  private Process start(String prefix, String instanceId) throws IOException {
    Path log = directory.resolve(prefix + ".log");
    Process process = AugmenterProcess.start(broker, prefix, instanceId, 2, log);
    processes.add(process);
    return process;
  }
}
