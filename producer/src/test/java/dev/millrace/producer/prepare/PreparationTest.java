package dev.millrace.producer.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.imaging.JpegShrinker.Shrunk;
import dev.millrace.imaging.Window;
import dev.millrace.producer.TestJpegs;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
  private static final PrepareOptions OPTIONS = new PrepareOptions(16, 90, 8, 1, 1 << 20);

  @TempDir private Path folder;
  private Path data;
  private Path output;

  @BeforeEach
  void draw() throws IOException {
    data = folder.resolve("data");
    output = folder.resolve("prepared");
    TestFolder.draw(data, 10);
  }

  private PrepareSummary prepare(Path to, PrepareOptions options, int threads) throws Exception {
    try (Dataset dataset = Dataset.open(data, 0.2, 1)) {
      return new Preparation(dataset, to, options, threads).run();
    }
  }

  private static List<LabeledImage> images(Dataset dataset, Split split) {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < dataset.size(split); i++) {
      images.add(dataset.image(split, i));
    }
    return images;
  }

  private static Shrunk shrunk(LabeledImage image) throws Exception {
    try (JpegShrinker shrinker =
        new JpegShrinker(ImageLimits.DEFAULT, Window.centre(16), OPTIONS.quality())) {
      return shrinker.shrinkAndCompare(ByteBuffer.wrap(image.read(1 << 20)));
    }
  }

  /** Synset, name and content of each image of a split, by the content. */
  private static Map<ByteBuffer, String> content(Dataset dataset, Split split, boolean source)
      throws Exception {
    Map<ByteBuffer, String> found = new TreeMap<>();
    for (LabeledImage image : images(dataset, split)) {
      byte[] bytes = source ? shrunk(image).jpeg() : image.read(1 << 20);
      String name = dataset.names().get(image.label());
      found.put(ByteBuffer.wrap(bytes), "%d %s %s".formatted(image.label(), image.synset(), name));
    }
    return found;
  }

  private static void assertSameDataset(Dataset prepared, Dataset source) throws Exception {
    assertThat(prepared.synsets()).isEqualTo(source.synsets());
    assertThat(prepared.names()).isEqualTo(source.names());
    for (Split split : Split.values()) {
      assertThat(prepared.size(split)).isEqualTo(source.size(split));
      assertThat(content(prepared, split, false))
          .hasSize(source.size(split))
          .isEqualTo(content(source, split, true));
    }
  }

  private static List<String> entries(Path shard) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream in = Files.newInputStream(shard);
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }

  @Test
  void shouldWriteShardsThatAreTheSameDataset() throws Exception {
    PrepareSummary summary = prepare(output, OPTIONS, 2);

    assertThat(TestFolder.names(output))
        .containsExactly(
            "millrace-broken.tsv",
            "millrace-classes.tsv",
            "millrace-prepare.json",
            "train-000000.tar",
            "train-000001.tar",
            "train-000002.tar",
            "val-000000.tar",
            "val-000001.tar",
            "val-000002.tar");
    try (Dataset source = Dataset.open(data, 0.2, 1);
        Dataset prepared = Dataset.open(output, 0.2, 1)) {
      assertSameDataset(prepared, source);
      assertThat(prepared.image(Split.TRAIN, 0).id())
          .matches("train-000000/train/(cat|dog)/\\d%2Ev\\d%2EJPEG.jpg");
    }
    assertThat(summary.complete()).isTrue();
    assertThat(List.of((long) summary.shards(), summary.images())).containsExactly(6L, 40L);
    assertThat(summary.broken()).isEmpty();
  }

  @Test
  void shouldMixTheClassesAndPutTheLabelBesideEachImage() throws Exception {
    prepare(output, OPTIONS, 2);

    for (String split : List.of("train", "val")) {
      List<String> entries = entries(output.resolve(split + "-000000.tar"));
      assertThat(entries).hasSize(16);
      for (int i = 0; i < entries.size(); i += 2) {
        assertThat(entries.get(i)).endsWith(".jpg");
        assertThat(entries.get(i + 1)).isEqualTo(entries.get(i).replace(".jpg", ".cls"));
      }
      assertThat(entries).anyMatch(name -> name.startsWith(split + "/cat/"));
      assertThat(entries).anyMatch(name -> name.startsWith(split + "/dog/"));
    }
  }

  @Test
  void shouldTellBytesAndQuality() throws Exception {
    PrepareSummary summary = prepare(output, OPTIONS, 2);

    try (Dataset source = Dataset.open(data, 0.2, 1)) {
      long before = 0;
      long after = 0;
      double sum = 0;
      double worst = Double.MAX_VALUE;
      String worstImage = "";
      for (Split split : Split.values()) {
        for (LabeledImage image : images(source, split)) {
          Shrunk shrunk = shrunk(image);
          before += image.length();
          after += shrunk.jpeg().length;
          sum += shrunk.psnr();
          worstImage = shrunk.psnr() < worst ? image.source() : worstImage;
          worst = Math.min(worst, shrunk.psnr());
        }
      }
      assertThat(summary.sourceBytes()).isEqualTo(before);
      assertThat(summary.imageBytes()).isEqualTo(after);
      assertThat(summary.meanPsnr()).isEqualTo(sum / 40, within(1e-9));
      assertThat(summary.worstPsnr()).isEqualTo(worst);
      assertThat(summary.worstImage()).isEqualTo(worstImage);
    }
  }

  @Test
  void shouldWriteTheSameBytesWithAnyNumberOfThreads() throws Exception {
    prepare(output, OPTIONS, 1);
    prepare(folder.resolve("again"), OPTIONS, 5);
    prepare(folder.resolve("other"), new PrepareOptions(16, 90, 8, 2, 1 << 20), 5);

    TestFolder.assertSame(output, folder.resolve("again"));
    assertThat(entries(folder.resolve("other/train-000000.tar")))
        .isNotEqualTo(entries(output.resolve("train-000000.tar")));
  }

  @Test
  void shouldGoOnWhereItWasStopped() throws Exception {
    prepare(folder.resolve("whole"), OPTIONS, 2);
    try (Dataset dataset = Dataset.open(data, 0.2, 1)) {
      Preparation first = new Preparation(dataset, output, OPTIONS, 2);
      first.stop();
      assertThat(first.run().complete()).isFalse();
      assertThat(TestFolder.names(output)).containsExactly("millrace-prepare.json");
    }
    prepare(output, OPTIONS, 2);
    Files.delete(output.resolve("train-000001.tar"));
    Files.write(output.resolve("val-000002.tar"), new byte[1]);
    Files.delete(output.resolve("millrace-classes.tsv"));

    PrepareSummary summary = prepare(output, OPTIONS, 2);

    assertThat(summary).isEqualTo(prepare(folder.resolve("whole"), OPTIONS, 2));
    TestFolder.assertSame(output, folder.resolve("whole"));
  }

  @Test
  void shouldGoOnInACompressedArchive() throws Exception {
    Path archive = compressed(folder.resolve("data.tar.gz"));
    Path whole = folder.resolve("whole");
    try (Dataset stream = Dataset.open(archive, 0.2, 1);
        Dataset source = Dataset.open(data, 0.2, 1)) {
      assertThat(stream.isStream()).isTrue();
      new Preparation(stream, whole, OPTIONS, 2).run();
      new Preparation(stream, output, OPTIONS, 1).run();
      Files.delete(output.resolve("train-000001.tar"));
      Files.delete(output.resolve("val-000000.tar"));

      assertThat(new Preparation(stream, output, OPTIONS, 2).run().images()).isEqualTo(40);

      TestFolder.assertSame(output, whole);
      try (Dataset prepared = Dataset.open(output, 0.2, 1)) {
        assertSameDataset(prepared, source);
      }
    }
  }

  private Path compressed(Path archive) throws Exception {
    try (Dataset dataset = Dataset.open(data, 0.2, 1);
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
      for (Split split : Split.values()) {
        for (LabeledImage image : images(dataset, split)) {
          TarArchiveEntry entry = new TarArchiveEntry(image.id());
          entry.setSize(image.length());
          tar.putArchiveEntry(entry);
          tar.write(image.read(1 << 20));
          tar.closeArchiveEntry();
        }
      }
    }
    return archive;
  }

  @Test
  void shouldLeaveOutBrokenImagesAndListThem() throws Exception {
    TestFolder.write(data, "train/cat/bad.jpg", "no image".getBytes(UTF_8));
    TestFolder.write(data, "val/dog/empty.jpg", new byte[0]);
    TestFolder.write(data, "val/dog/large.jpg", new byte[(1 << 20) + 1]);

    PrepareSummary summary = prepare(output, OPTIONS, 2);

    List<String> lines =
        List.of(
            data.resolve("train/cat/bad.jpg")
                + "\tnot a JPEG, PNG, WebP or GIF, starts with 6e 6f 20 69",
            data.resolve("val/dog/empty.jpg") + "\tthe file is empty",
            data.resolve("val/dog/large.jpg")
                + "\tthe encoded image may have 1048576 bytes at most, found 1048577");
    assertThat(summary.broken())
        .extracting(image -> image.source() + "\t" + image.reason())
        .containsExactlyInAnyOrderElementsOf(lines);
    assertThat(Files.readAllLines(output.resolve(Preparation.BROKEN_FILE)))
        .containsExactlyInAnyOrderElementsOf(lines);
    try (Dataset prepared = Dataset.open(output, 0.2, 1)) {
      assertThat(List.of(prepared.size(Split.TRAIN), prepared.size(Split.VALIDATION)))
          .containsExactly(20, 20);
    }
  }

  @Test
  void shouldStopWhenMostImagesAreBroken() throws Exception {
    for (int i = 0; i < 200; i++) {
      TestFolder.write(data, "train/cat/bad%03d.jpg".formatted(i), new byte[] {1, 2, 3, 4});
    }

    assertThatThrownBy(() -> prepare(output, new PrepareOptions(16, 90, 1000, 1, 1 << 20), 2))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot prepare images into " + output)
        .hasMessageContaining("at most half of the images may be broken")
        .hasMessageContaining("the same command goes on");
    assertThat(TestFolder.names(output)).containsExactly("millrace-prepare.json");
  }

  @Test
  void shouldKeepSplitsAsTheyWereAlsoWhereNoneIsForValidation() throws Exception {
    Path train = data.resolve("train");
    try (Dataset dataset = Dataset.open(train, 0, 1)) {
      new Preparation(dataset, output, OPTIONS, 2).run();
    }

    try (Dataset prepared = Dataset.open(output, 0.5, 1)) {
      assertThat(prepared.size(Split.TRAIN)).isEqualTo(20);
    }
  }

  @Test
  void shouldRefuseOtherOptionsAndOtherImages() throws Exception {
    prepare(output, OPTIONS, 2);

    assertThatThrownBy(() -> prepare(output, new PrepareOptions(32, 80, 8, 1, 1 << 20), 2))
        .isInstanceOf(PrepareException.class)
        .hasMessage(
            "Cannot go on in %s: it was begun with --size 16, now 32; --quality 90, now 80; give the same options, or name another folder by --output"
                .formatted(output));
    TestFolder.write(data, "train/cat/more.jpg", TestJpegs.noise(20, 20, "more"));
    assertThatThrownBy(() -> prepare(output, OPTIONS, 2))
        .isInstanceOf(PrepareException.class)
        .hasMessageContaining("it was begun with other images, classes or splits");
  }

  @Test
  void shouldRefuseFoldersOfOthers() throws Exception {
    TestFolder.write(output, "notes.txt", new byte[1]);
    assertThatThrownBy(() -> prepare(output, OPTIONS, 2))
        .isInstanceOf(PrepareException.class)
        .hasMessageContaining("it holds other files; name an empty or a new folder by --output");
    assertThatThrownBy(() -> prepare(output.resolve("notes.txt"), OPTIONS, 2))
        .isInstanceOf(PrepareException.class)
        .hasMessageContaining("it is a file");

    Path newer = folder.resolve("newer");
    TestFolder.write(newer, "millrace-prepare.json", "{\"version\": 2}".getBytes(UTF_8));
    assertThatThrownBy(() -> prepare(newer, OPTIONS, 2))
        .isInstanceOf(PrepareException.class)
        .hasMessageContaining("its format has version 2, this Millrace knows 1");
    TestFolder.write(newer, "millrace-prepare.json", "{".getBytes(UTF_8));
    assertThatThrownBy(() -> prepare(newer, OPTIONS, 2))
        .isInstanceOf(PrepareException.class)
        .hasMessageContaining("Cannot read " + newer.resolve("millrace-prepare.json"));
  }

  @Test
  void shouldRefuseAFolderThatIsInUse() throws Exception {
    try (Dataset dataset = Dataset.open(data, 0.2, 1);
        PreparedFolder _ = PreparedFolder.open(output, Manifest.begin(OPTIONS, dataset))) {
      assertThatThrownBy(() -> prepare(output, OPTIONS, 2))
          .isInstanceOf(PrepareException.class)
          .hasMessageContaining("another millrace prepare is at work in it");
    }
  }

  @Test
  void shouldNotBeTakenForADatasetBeforeItIsComplete() throws Exception {
    prepare(output, OPTIONS, 2);
    Files.delete(output.resolve("millrace-classes.tsv"));

    assertThatThrownBy(() -> Dataset.open(output, 0.2, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "The shards in %s are not complete: give their millrace prepare command again"
                .formatted(output));
  }

  @Test
  void shouldNameEveryOptionAtFault() {
    assertThatThrownBy(() -> new PrepareOptions(15, 0, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("size must be from 16 to 2048, found 15")
        .hasMessageContaining("quality must be from 1 to 100, found 0")
        .hasMessageContaining("images-per-shard must be from 1 to 1000000, found 0")
        .hasMessageContaining("max-image-size must be from 1024 to 2147483647, found 1");
  }
}
