package dev.millrace.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  private static final List<String> FOLDERS =
      List.of("bird/a.jpg", "bird/b.JPEG", "cat/a.png", "cat/deep/c.jpeg", "dog/x.jpg");
  private static final List<String> FLAT =
      List.of(
          "n01440764_tench.JPEG",
          "n01440764_10026.JPEG",
          "n02123159_tiger_cat.JPEG",
          "n02977058_1.JPEG");
  private static final List<String> SPLITS =
      List.of("train/bird/a.jpg", "train/cat/a.jpg", "val/bird/v.jpg", "val/cat/w.jpg");

  @TempDir Path folder;

  @Test
  void shouldGiveTheSameImagesFromAFolderAndFromATarOfIt() throws Exception {
    for (List<String> paths : List.of(FOLDERS, FLAT, SPLITS)) {
      Path root = Files.createTempDirectory(folder, "data");
      write(root, paths);
      Path tar = folder.resolve(root.getFileName() + ".tar");
      archive(tar, paths, "");
      Path wrapped = folder.resolve(root.getFileName() + "-wrapped.tar");
      archive(wrapped, paths, "imagenet/");

      try (Dataset fromFolder = Dataset.open(root, 0.3, 1);
          Dataset fromTar = Dataset.open(tar, 0.3, 1);
          Dataset fromWrapped = Dataset.open(wrapped, 0, 1)) {
        assertThat(describe(fromTar)).isEqualTo(describe(fromFolder));
        assertThat(fromWrapped.synsets()).isEqualTo(fromFolder.synsets());
        assertThat(fromWrapped.size(Split.TRAIN) + fromWrapped.size(Split.VALIDATION))
            .isEqualTo(paths.size());
      }
    }
  }

  @Test
  void shouldNumberClassesInTheOrderOfTheirFolders() throws Exception {
    write(folder, FOLDERS);

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("bird", "cat", "dog");
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(5);
      assertThat(dataset.image(Split.TRAIN, 3).id()).isEqualTo("cat/deep/c.jpeg");
      assertThat(dataset.image(Split.TRAIN, 3).label()).isEqualTo(1);
      assertThat(new String(dataset.image(Split.TRAIN, 3).read(1 << 20), StandardCharsets.UTF_8))
          .isEqualTo("cat/deep/c.jpeg");
    }
  }

  @Test
  void shouldReadSynsetAndNameOfIlsvrcFiles() throws Exception {
    write(folder, FLAT);

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("n01440764", "n02123159", "n02977058");
      assertThat(dataset.names().get(1)).isEqualTo("tiger cat");
      assertThat(dataset.names().get(2)).isEqualTo("n02977058");
    }
  }

  @Test
  void shouldUseFoldersForTheSplitsAsTheyAre() throws Exception {
    write(folder, SPLITS);

    try (Dataset dataset = Dataset.open(folder, 0.9, 1)) {
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(2);
      assertThat(dataset.size(Split.VALIDATION)).isEqualTo(2);
      assertThat(dataset.image(Split.VALIDATION, 0).id()).isEqualTo("val/bird/v.jpg");
      assertThat(dataset.image(Split.VALIDATION, 1).label()).isEqualTo(1);
    }
  }

  @Test
  void shouldHoldOutAShareOfEveryClassAndKeepOneToTrainOn() throws Exception {
    List<String> paths = new ArrayList<>(List.of("single/a.jpg"));
    for (int i = 0; i < 40; i++) {
      paths.add("a/%d.jpg".formatted(i));
      paths.add("b/%d.jpg".formatted(i));
    }
    write(folder, paths);

    try (Dataset dataset = Dataset.open(folder, 0.25, 1);
        Dataset again = Dataset.open(folder, 0.25, 1);
        Dataset other = Dataset.open(folder, 0.25, 2)) {
      assertThat(dataset.size(Split.VALIDATION)).isEqualTo(20);
      int[] perClass = new int[3];
      for (int i = 0; i < 20; i++) {
        perClass[dataset.image(Split.VALIDATION, i).label()]++;
      }
      assertThat(perClass).containsExactly(10, 10, 0);
      assertThat(describe(again)).isEqualTo(describe(dataset));
      assertThat(describe(other)).isNotEqualTo(describe(dataset));
    }
  }

  @Test
  void shouldShuffleEveryEpochAnewAndTheSameEachTime() throws Exception {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      paths.add((i % 2 == 0 ? "a/" : "b/") + i + ".jpg");
    }
    write(folder, paths);

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      Set<List<Integer>> orders = new HashSet<>();
      for (int epoch = 0; epoch < 20; epoch++) {
        int[] order = dataset.order(Split.TRAIN, 1, epoch);
        assertThat(dataset.order(Split.TRAIN, 1, epoch)).isEqualTo(order);
        assertThat(Arrays.stream(order).sorted().toArray())
            .isEqualTo(java.util.stream.IntStream.range(0, 100).toArray());
        orders.add(Arrays.stream(order).boxed().toList());
      }
      assertThat(orders).hasSize(20);
      assertThat(dataset.order(Split.TRAIN, 2, 0)).isNotEqualTo(dataset.order(Split.TRAIN, 1, 0));
    }
  }

  @Test
  void shouldPassOverHiddenFilesAndOthersAndCountThem() throws Exception {
    write(folder, FOLDERS);
    write(folder, List.of("bird/.hidden.jpg", ".git/x.jpg", "readme.txt", "cat/notes"));

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(5);
      assertThat(dataset.skippedFiles()).isEqualTo(4);
    }
  }

  @Test
  void shouldSayWhatIsWrongWithAPlaceThatHoldsNoDataset() throws Exception {
    assertFailure(folder.resolve("missing"), "There is no " + folder.resolve("missing"));
    assertFailure(folder, "holds no images");

    Path text = Files.writeString(folder.resolve("data.txt"), "hello");
    assertFailure(text, "neither a folder nor a tar archive");

    Path single = Files.createDirectory(folder.resolve("single"));
    write(single, List.of("cat/a.jpg", "cat/b.jpg"));
    assertFailure(single, "has one class (cat); training needs at least two");

    Path unnamed = Files.createDirectory(folder.resolve("unnamed"));
    write(unnamed, List.of("a.jpg", "b.jpg"));
    assertFailure(unnamed, "Cannot tell the class of a.jpg");

    Path stranger = Files.createDirectory(folder.resolve("stranger"));
    write(stranger, List.of("train/a/1.jpg", "train/b/1.jpg", "val/c/1.jpg"));
    assertFailure(stranger, "Class c of " + stranger + " has validation images but none to train");

    Path mixed = Files.createDirectory(folder.resolve("mixed"));
    write(mixed, List.of("other/1.jpg", "test/a/1.jpg", "train/a/1.jpg", "train/b/1.jpg"));
    assertFailure(mixed, "beside the folders of the splits there is other/1.jpg");
  }

  @Test
  void shouldTakeFoldersNamedAsSplitsForClassesWhereImagesLieRightInThem() throws Exception {
    write(folder, List.of("car/1.jpg", "train/1.jpg", "train/2.jpg"));

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("car", "train");
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(3);
    }
  }

  @Test
  void shouldNameATarThatIsCutShort() throws Exception {
    Path tar = folder.resolve("cut.tar");
    archive(tar, FOLDERS, "");
    byte[] whole = Files.readAllBytes(tar);
    Files.write(tar, Arrays.copyOf(whole, 512 + 5));

    assertFailure(tar, "Cannot read the tar archive " + tar);
  }

  @Test
  void shouldListFoldersWithLinksBackToThemselvesOnce() throws Exception {
    write(folder, FOLDERS);
    Files.createSymbolicLink(folder.resolve("cat/loop"), folder);
    Files.createSymbolicLink(folder.resolve("dog/nowhere.jpg"), folder.resolve("missing.jpg"));
    Files.createSymbolicLink(folder.resolve("dog/linked.jpg"), folder.resolve("dog/x.jpg"));

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(6);
      assertThat(dataset.image(Split.TRAIN, 4).id()).isEqualTo("dog/linked.jpg");
      assertThat(dataset.skippedFiles()).isEqualTo(2);
    }
  }

  @Test
  void shouldReadNoMoreThanAskedFor() throws Exception {
    write(folder, FOLDERS);
    Path tar = folder.resolve("data.tar");
    archive(tar, FOLDERS, "");

    try (Dataset fromFolder = Dataset.open(folder, 0, 1);
        Dataset fromTar = Dataset.open(tar, 0, 1)) {
      assertThat(fromFolder.image(Split.TRAIN, 0).read(4))
          .isEqualTo(new byte[] {98, 105, 114, 100});
      assertThat(fromTar.image(Split.TRAIN, 0).read(4)).isEqualTo(new byte[] {98, 105, 114, 100});
    }
  }

  @Test
  void shouldReadBehindRoom() throws Exception {
    write(folder, FOLDERS);
    Path tar = folder.resolve("data.tar");
    archive(tar, FOLDERS, "");

    try (Dataset fromFolder = Dataset.open(folder, 0, 1);
        Dataset fromTar = Dataset.open(tar, 0, 1)) {
      assertThat(fromFolder.image(Split.TRAIN, 0).read(3, 4))
          .isEqualTo(new byte[] {0, 0, 0, 98, 105, 114, 100});
      assertThat(fromTar.image(Split.TRAIN, 0).read(3, 4))
          .isEqualTo(new byte[] {0, 0, 0, 98, 105, 114, 100});
      assertThat(fromTar.image(Split.TRAIN, 0).read(3, 1 << 20))
          .isEqualTo(fromFolder.image(Split.TRAIN, 0).read(3, 1 << 20))
          .endsWith(fromFolder.image(Split.TRAIN, 0).read(1 << 20));
    }
  }

  @Test
  void shouldTakeNoEntryOfATarForAFileElsewhere() throws Exception {
    Path tar = folder.resolve("hostile.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      put(out, new TarArchiveEntry("../../etc/passwd.jpg"), "x");
      put(out, new TarArchiveEntry("cat/../../up.jpg"), "x");
      put(out, new TarArchiveEntry("/cat/a.jpg", true), "absolute");
      put(out, new TarArchiveEntry("./dog/b.jpg"), "dog");
      link(out, "cat/passwd.jpg", TarConstants.LF_SYMLINK, "/etc/passwd");
      link(out, "cat/same.jpg", TarConstants.LF_LINK, "cat/a.jpg");
      link(out, "cat/gone.jpg", TarConstants.LF_LINK, "/etc/hosts");
      link(out, "cat/pipe.jpg", TarConstants.LF_FIFO, "");
      link(out, "cat/disk.jpg", TarConstants.LF_BLK, "");
    }

    try (Dataset dataset = Dataset.open(tar, 0, 1)) {
      assertThat(describe(dataset))
          .containsExactly(
              "cat",
              "dog",
              "cat",
              "dog",
              "TRAIN cat/a.jpg 0 absolute",
              "TRAIN cat/same.jpg 0 absolute",
              "TRAIN dog/b.jpg 1 dog");
      assertThat(dataset.skippedFiles()).isEqualTo(6);
      assertThat(dataset.image(Split.TRAIN, 0).source()).isEqualTo(tar + "!cat/a.jpg");
    }
  }

  @Test
  void shouldTakeTheLaterOfTwoEntriesOfOneName() throws Exception {
    Path tar = folder.resolve("twice.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      put(out, new TarArchiveEntry("cat/a.jpg"), "old");
      put(out, new TarArchiveEntry("dog/a.jpg"), "dog");
      put(out, new TarArchiveEntry("cat/a.jpg"), "new");
    }

    try (Dataset dataset = Dataset.open(tar, 0, 1)) {
      assertThat(describe(dataset)).contains("TRAIN cat/a.jpg 0 new").hasSize(6);
    }
  }

  @Test
  void shouldListTheTarsWithinATar() throws Exception {
    Path inner = folder.resolve("cat.tar");
    archive(inner, List.of("1.jpg", "deep/2.jpg", "notes.txt"), "");
    Path tar = folder.resolve("outer.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      TarArchiveEntry entry = new TarArchiveEntry("animals/cat.tar");
      entry.setSize(Files.size(inner));
      out.putArchiveEntry(entry);
      out.write(Files.readAllBytes(inner));
      out.closeArchiveEntry();
      put(out, new TarArchiveEntry("animals/dog/3.jpg"), "dog");
    }

    try (Dataset dataset = Dataset.open(tar, 0, 1)) {
      assertThat(describe(dataset))
          .contains(
              "TRAIN animals/cat/1.jpg 0 1.jpg",
              "TRAIN animals/cat/deep/2.jpg 0 deep/2.jpg",
              "TRAIN animals/dog/3.jpg 1 dog");
      assertThat(dataset.skippedFiles()).isEqualTo(1);
    }
  }

  @Test
  void shouldRefuseATarWhoseEntriesClaimMoreThanThereIs() throws Exception {
    for (String size : List.of("00777777777", "00000002000")) {
      Path tar = folder.resolve("claims-" + size + ".tar");
      archive(tar, FOLDERS, "");
      byte[] bytes = Files.readAllBytes(tar);
      int header = 512 * 8; // of the last image
      System.arraycopy(size.getBytes(StandardCharsets.US_ASCII), 0, bytes, header + 124, 11);
      setChecksum(bytes, header);
      Files.write(tar, Arrays.copyOf(bytes, 512 * 10));

      assertFailure(tar, "Cannot read the tar archive " + tar);
      assertFailure(tar, "dog/x.jpg");
    }
  }

  @Test
  void shouldRefuseATarOfDamagedHeaders() throws Exception {
    Path tar = folder.resolve("damaged.tar");
    archive(tar, FOLDERS, "");
    byte[] bytes = Files.readAllBytes(tar);
    Arrays.fill(bytes, 512 * 4 + 124, 512 * 4 + 136, (byte) 'z');
    Files.write(tar, bytes);

    assertFailure(tar, "Cannot read the tar archive " + tar);
  }

  @Test
  void shouldTakeTheLaterOfALinkAndAFileWithOnePath() throws Exception {
    Path tar = folder.resolve("twice.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      put(out, new TarArchiveEntry("cat/a.jpg"), "a");
      link(out, "cat/b.jpg", TarConstants.LF_LINK, "cat/a.jpg");
      put(out, new TarArchiveEntry("cat/b.jpg"), "later");
      put(out, new TarArchiveEntry("dog/a.jpg"), "earlier");
      link(out, "dog/a.jpg", TarConstants.LF_LINK, "cat/a.jpg");
    }

    try (Dataset dataset = Dataset.open(tar, 0, 1)) {
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly("cat/a.jpg 0 a", "cat/b.jpg 0 later", "dog/a.jpg 1 a");
    }
  }

  private static void put(TarArchiveOutputStream out, TarArchiveEntry entry, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    entry.setSize(bytes.length);
    out.putArchiveEntry(entry);
    out.write(bytes);
    out.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream out, String name, byte kind, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    out.putArchiveEntry(entry);
    out.closeArchiveEntry();
  }

  private static void setChecksum(byte[] tar, int header) {
    Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[header + i] & 255;
    }
    byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, tar, header + 148, 8);
  }

  private static void assertFailure(Path data, String message) {
    assertThatThrownBy(() -> Dataset.open(data, 0.1, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(message);
  }

  private static void write(Path root, List<String> paths) throws IOException {
    for (String path : paths) {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, path);
    }
  }

  private static void archive(Path tar, List<String> paths, String prefix) throws IOException {
    try (OutputStream file = Files.newOutputStream(tar);
        TarArchiveOutputStream out = new TarArchiveOutputStream(file)) {
      for (String path : paths) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(prefix + path);
        entry.setSize(bytes.length);
        out.putArchiveEntry(entry);
        out.write(bytes);
        out.closeArchiveEntry();
      }
    }
  }

  private static List<String> describe(Dataset dataset) throws IOException {
    List<String> images = new ArrayList<>(dataset.synsets());
    images.addAll(dataset.names());
    for (Split split : Split.values()) {
      for (int i = 0; i < dataset.size(split); i++) {
        LabeledImage image = dataset.image(split, i);
        images.add(
            split
                + " "
                + image.id()
                + " "
                + image.label()
                + " "
                + new String(image.read(1 << 20), StandardCharsets.UTF_8));
      }
    }
    return images;
  }
}
