package dev.millrace.dashboard.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFolderTest {
  private static final String TOPIC = "4L6g3nShT-eMCtK--X86sw";

  @TempDir private Path temporary;
  private Path root;

  @BeforeEach
  void name() {
    root = temporary.resolve("tensorboard");
  }

  private static TrainingMetric metric(
      String run, Split split, long step, Map<String, Double> values) {
    return new TrainingMetric(run, step, 0, split, Instant.ofEpochSecond(step), values, "");
  }

  private static TrainingMetric train(long step, double loss) {
    return metric("run", Split.TRAIN, step, Map.of("loss", loss));
  }

  private static TrainingMetric validation(long step, double loss) {
    return metric("run", Split.VALIDATION, step, Map.of("loss", loss));
  }

  private static Picture picture(long step, long time) {
    return new Picture(
        "kernels", step, Instant.ofEpochSecond(time), 40, 30, 3, ByteBuffer.allocate(7));
  }

  private void write(TrainingMetric... metrics) throws IOException {
    try (EventFolder folder = EventFolder.open(root)) {
      long offset = folder.from(TOPIC);
      for (TrainingMetric metric : metrics) {
        folder.add(metric);
        offset++;
      }
      folder.flush(offset);
      folder.save();
    }
  }

  @Test
  void shouldWriteAFileASplit() throws IOException {
    write(
        metric(
            "run", Split.TRAIN, 1, Map.of("loss", 2.5, "top1_error", 0.75, "learning_rate", 1.0)),
        metric("run", Split.VALIDATION, 1, Map.of("loss", 3.0, "ten_crop_top5_error", 0.5)));

    assertThat(WrittenEvents.of(root, "run/train"))
        .containsExactly(
            "1.000 version brain.Event:2",
            "1.000 start",
            "1.000 step 1 error/top1=0.75 learning_rate=1.0 loss=2.5");
    assertThat(WrittenEvents.of(root, "run/validation"))
        .containsExactly(
            "1.000 version brain.Event:2",
            "1.000 start",
            "1.000 step 1 error/ten_crop_top5=0.5 loss=3.0");
  }

  @Test
  void shouldTellReadersToForgetWhatTrainingRepeats() throws IOException {
    write(train(1, 3), train(2, 2), validation(2, 2), train(3, 1), train(2, 2.25));

    assertThat(WrittenEvents.of(root, "run/train"))
        .endsWith(
            "2.000 step 2 loss=2.0",
            "3.000 step 3 loss=1.0",
            "2.000 step 2 start",
            "2.000 step 2 loss=2.25");
    assertThat(WrittenEvents.of(root, "run/validation"))
        .endsWith("2.000 step 2 loss=2.0", "2.000 step 2 start");
  }

  @Test
  void shouldWriteAStepOnceWhileTrainingWaits() throws IOException {
    write(train(1, 3), train(1, 3), train(1, 3), train(2, 2));

    assertThat(WrittenEvents.of(root, "run/train")).hasSize(4);
  }

  @Test
  void shouldGoOnAfterItsBookmarkWhereverItWasKilled() throws IOException {
    List<TrainingMetric> all = new ArrayList<>();
    for (int i = 1; i < 6; i++) {
      all.add(train(i, 10.0 / i));
      all.add(validation(i, 20.0 / i));
    }
    all.addAll(List.of(train(3, 4), train(3, 4), train(4, 3), validation(4, 3), train(4, 3)));
    write(all.toArray(TrainingMetric[]::new));
    Map<String, List<String>> whole = contents();
    for (int saved = 0; saved <= all.size(); saved++) {
      for (int written = saved; written <= all.size(); written += 3) {
        root = temporary.resolve(saved + "-" + written);
        write(all.subList(0, saved).toArray(TrainingMetric[]::new));
        try (EventFolder killed = EventFolder.open(root)) {
          for (TrainingMetric metric : all.subList(saved, written)) {
            killed.add(metric);
          }
          killed.flush(written); // and no bookmark
        }
        write(all.subList(saved, all.size()).toArray(TrainingMetric[]::new));

        assertThat(contents()).as("%d saved, %d written", saved, written).isEqualTo(whole);
      }
    }
  }

  private Map<String, List<String>> contents() throws IOException {
    Map<String, List<String>> contents = new HashMap<>();
    for (String part : new String[] {"run/train", "run/validation"}) {
      contents.put(part, WrittenEvents.of(root, part));
    }
    return contents;
  }

  @Test
  void shouldWriteEveryPictureOnce() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (EventFolder folder = EventFolder.open(root)) {
        long offset = folder.from(TOPIC);
        folder.add("run", picture(5, 50));
        folder.add("run", picture(10, 100));
        folder.flush(offset);
        folder.save();
      }
    }
    try (EventFolder folder = EventFolder.open(root)) {
      folder.add("run", picture(5, 200)); // training went back
    }

    assertThat(WrittenEvents.of(root, "run/pictures"))
        .containsExactly(
            "50.000 version brain.Event:2",
            "50.000 start",
            "50.000 step 5 kernels=[1:30, 2:40, 3:3, 4:7 bytes]",
            "100.000 step 10 kernels=[1:30, 2:40, 3:3, 4:7 bytes]",
            "200.000 step 5 start",
            "200.000 step 5 kernels=[1:30, 2:40, 3:3, 4:7 bytes]");
  }

  @Test
  void shouldStayInItsFolderWhateverRunsAreCalled() throws IOException {
    List<String> runs =
        List.of(
            "../../out",
            "/etc",
            "",
            "..",
            ".",
            "A",
            "a",
            "a b",
            "con\u0000",
            "ü\n",
            "x".repeat(5000));
    write(
        runs.stream()
            .map(run -> metric(run, Split.TRAIN, 1, Map.of("loss", 1.0)))
            .toArray(TrainingMetric[]::new));

    try (Stream<Path> folders = Files.list(root).filter(Files::isDirectory)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .hasSameSizeAs(runs)
          .allMatch(name -> name.matches("[a-z0-9-]{0,40}_[0-9a-f]{16}|a"));
    }
    try (Stream<Path> others = Files.list(temporary)) {
      assertThat(others).containsExactly(root);
    }
  }

  @Test
  void shouldLeaveOutValuesBeyondTheFiftiethAndStrangeNames() throws IOException {
    Map<String, Double> values = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      values.put("v%02d".formatted(i), 0.0);
    }
    values.put("<script>", 1.0);
    values.put("a/../b", 1.0);
    write(metric("run", Split.TRAIN, 1, values));

    assertThat(WrittenEvents.of(root, "run/train").getLast())
        .startsWith("1.000 step 1 v00=0.0 v01=0.0")
        .endsWith(" v49=0.0");
  }

  @Test
  void shouldThinOutStepsOfLongRuns() {
    assertThat(RunFiles.stride(20_000)).isEqualTo(1);
    assertThat(RunFiles.stride(20_001)).isEqualTo(2);
    assertThat(RunFiles.stride(40_001)).isEqualTo(4);
    long written = 0;
    for (long step = 1; step <= 1_000_000; step++) {
      written += step % RunFiles.stride(step) == 0 ? 1 : 0;
    }
    assertThat(written).isEqualTo(75_625);
  }

  @Test
  void shouldRefuseTheFoldersOfOthers() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("notes.txt"), "mine");

    assertThatThrownBy(() -> EventFolder.open(root))
        .hasMessage("%s holds files of others (notes.txt): name an empty folder".formatted(root));
  }

  @Test
  void shouldRefuseASecondWriter() throws IOException {
    EventFolder first = EventFolder.open(root);
    try (first) {
      assertThatThrownBy(() -> EventFolder.open(root))
          .hasMessage("%s is written by another dashboard: name another folder".formatted(root));
    }
  }

  @Test
  void shouldRefuseAnotherTopic() throws IOException {
    write(train(1, 3));
    try (EventFolder folder = EventFolder.open(root)) {
      assertThatThrownBy(() -> folder.from("another"))
          .hasMessageContaining("holds what another stream's topic said: name another folder");
    }
  }

  @Test
  void shouldSayThatAFileWasCut() throws IOException {
    write(train(1, 3));
    Files.writeString(root.resolve("run/train/events.out.tfevents.millrace"), "");
    try (EventFolder folder = EventFolder.open(root)) {
      folder.from(TOPIC);
      assertThatThrownBy(() -> folder.add(train(2, 2)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has 0 bytes, but")
          .hasMessageContaining("it was changed or lost; name another folder");
    }
  }
}
