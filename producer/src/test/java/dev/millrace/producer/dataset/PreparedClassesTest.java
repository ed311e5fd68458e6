package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.ArchiveFile;
import dev.millrace.schemas.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards with the classes' names beside them. */
class PreparedClassesTest {
  @TempDir private Path folder;

  private void shards(Path in, String label) throws Exception {
    Files.createDirectories(in);
    Files.write(in.resolve(PreparedClasses.MANIFEST), new byte[0]);
    Files.write(in.resolve("train-0.tar"), Tars.texts("a.jpg", "A", "a.cls", "0"));
    Files.write(in.resolve("val-0.tar"), Tars.texts("b.jpg", "B", "b.cls", label));
  }

  private void classes(String lines) throws Exception {
    Files.writeString(folder.resolve(PreparedClasses.FILE), lines, UTF_8);
  }

  private Archive archive(String name) {
    return new ArchiveFile(folder.resolve(name));
  }

  private void assertFailure(Path data, String words) {
    assertThatThrownBy(() -> Dataset.open(data, 0, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(words);
  }

  @Test
  void shouldNameTheClassesAlsoOfShardsThatAreNamedOneByOne() throws Exception {
    shards(folder, "0");
    classes("n01\tcat, tom\nn02\tdög\tor hound\nn03\t\n");

    for (String data : List.of("", "{train,val}-0.tar", "train-0.tar")) {
      try (Dataset dataset = Dataset.open(folder.resolve(data), 0.5, 1)) {
        assertThat(dataset.synsets()).containsExactly("n01", "n02", "n03");
        assertThat(dataset.names()).containsExactly("cat, tom", "dög\tor hound", "");
        assertThat(dataset.image(Split.TRAIN, 0).synset()).isEqualTo("n01");
      }
    }
  }

  @Test
  void shouldGiveBackWhatWasWritten() throws Exception {
    shards(folder, "0");
    PreparedClasses written = new PreparedClasses(List.of("n01", "n02"), List.of("a b", "é"));
    Files.write(folder.resolve(PreparedClasses.FILE), written.content());

    assertThat(ClassesFile.beside(List.of(archive("train-0.tar")))).isEqualTo(written);
    assertThat(ClassesFile.beside(List.of(archive("none/train-0.tar")))).isNull();
  }

  @Test
  void shouldRefuseLabelsWithoutALine() throws Exception {
    classes("n01\tcat\nn02\tdog\n");

    shards(folder, "2");
    assertFailure(folder, "numbers from 0 to 1, as millrace-classes.tsv lists 2 classes; found 2");
    shards(folder, "dog");
    assertFailure(folder, "lists 2 classes; found others");
  }

  @Test
  void shouldRefuseWhatIsNoListOfClasses() throws Exception {
    shards(folder, "0");
    classes("n01\tcat\nn02 dog\n");
    assertFailure(folder, "must be a synset, a tab and a name, found \"n02 dog\"");

    assertThatThrownBy(() -> new PreparedClasses(List.of("a\tb"), List.of("a")).content())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("holds a tab or a line break; rename it");
  }

  @Test
  void shouldRefusePreparedShardsBesideOthers() throws Exception {
    shards(folder.resolve("prepared"), "0");
    Files.write(folder.resolve("more.tar"), Tars.texts("a.jpg", "A", "a.cls", "0"));

    assertFailure(folder, "more.tar and the prepared shards in " + folder.resolve("prepared"));
  }
}
