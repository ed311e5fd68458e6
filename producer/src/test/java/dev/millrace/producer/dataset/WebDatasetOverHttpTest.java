package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.FileServer;
import dev.millrace.schemas.Split;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebDatasetOverHttpTest {
  private static final int MOST = 1 << 20;

  private final LongAdder found = new LongAdder();
  private FileServer server;

  @BeforeEach
  void start() throws Exception {
    server = new FileServer();
    for (int i = 0; i < 4; i++) {
      byte[] tar = Tars.shard(i, 12, 3, 5000);
      server.put("/d/s-train-%02d.tar".formatted(i), i < 2 ? tar : Tars.gzip(tar));
    }
    server.put("/d/s-val-00.tar", Tars.zstd(Tars.shard(9, 5, 3, 5000)));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Dataset open(String path) throws DatasetException {
    return Dataset.open(
        Location.parse("http://me:secret@" + server.address() + path),
        new DatasetOptions(0, 1),
        found);
  }

  @Test
  void shouldReadPlainAndCompressedShards() throws Exception {
    server.breakAfter = 20_000;

    try (Dataset dataset = open("/d/s-{train-{00..03},val-00}.tar")) {
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(48);
      assertThat(dataset.size(Split.VALIDATION)).isEqualTo(5);
      assertThat(dataset.synsets()).containsExactly("0", "1", "2");
      assertThat(found.sum()).isEqualTo(53);
      assertThat(dataset.image(Split.TRAIN, 0).source())
          .isEqualTo("http://" + server.address() + "/d/s-train-00.tar!s-train-00/0000.jpg");

      server.breakAfter = 20_000;
      int listed = server.requests().size();
      int[] order = dataset.order(Split.TRAIN, 1, 0);
      try (ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, 0, MOST, _ -> true)) {
        List<String> ids = Tars.ids(pass, 0);
        for (int i = 0; i < order.length; i++) {
          assertThat(ids.get(i)).isEqualTo(dataset.image(Split.TRAIN, order[i]).id());
        }
      }
      assertThat(server.requests().size() - listed).isEqualTo(4 + 1); // one goes on
    }
  }

  @Test
  void shouldAskForTheRestOnlyOfAPlainShard() throws Exception {
    try (Dataset dataset = open("/d/s-train-{00..01}.tar");
        ImagePass pass = dataset.readStored(Split.VALIDATION, MOST, _ -> true)) {
      assertThat(pass.size()).isZero();
      assertThat(dataset.image(Split.TRAIN, 11).read(MOST)).isNotEmpty();
      assertThat(server.requests().getLast()).contains("s-train-00.tar bytes=");
    }
  }

  @Test
  void shouldNameTheClassesOfPreparedShards() throws Exception {
    PreparedClasses classes =
        new PreparedClasses(List.of("n01", "n02", "n03"), List.of("cat", "dog", "bee"));
    server.put("/d/" + PreparedClasses.FILE, classes.content());

    try (Dataset dataset = open("/d/s-train-{00..01}.tar?key=secret")) {
      assertThat(dataset.synsets()).isEqualTo(classes.synsets());
      assertThat(dataset.names()).isEqualTo(classes.names());
    }
    server.put("/d/" + PreparedClasses.FILE, "<html>Not found".getBytes(UTF_8));
    try (Dataset dataset = open("/d/s-train-00.tar")) {
      assertThat(dataset.synsets()).containsExactly("0", "1", "2");
    }
  }

  @Test
  void shouldNotTakeClassesForMissingThatNoServerGivesJustNow() throws Exception {
    List<Archive> shards = List.of(server.archive("/d/s-train-00.tar"));
    assertThat(ClassesFile.beside(shards)).isNull();

    server.refuse("/d/" + PreparedClasses.FILE, 503);

    assertThatThrownBy(() -> ClassesFile.beside(shards))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(PreparedClasses.FILE, "status 503", "tried 2 times");
  }

  @Test
  void shouldNameWhatIsNotThereWithoutPasswords() {
    assertThatThrownBy(() -> open("/d/s-train-{03..04}.tar"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("s-train-04.tar", "status 404")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> open("/d/s-train-{04..03}.tar"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("must count up")
        .hasMessageNotContaining("secret");
  }
}
