package dev.millrace.producer.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpArchiveTest {
  private static final Retries FAST = new Retries(3, Duration.ofMillis(10));
  private static final Duration STALL = Duration.ofMillis(500);

  private final byte[] content = new byte[500_000];
  private FileServer server;
  private RemoteArchives archives;

  @BeforeEach
  void start() throws IOException {
    new Random(1).nextBytes(content);
    server = new FileServer();
    server.put("/a b/x.tar", content);
    archives = new RemoteArchives("Bearer secret", FAST, STALL);
  }

  @AfterEach
  void stop() {
    archives.close();
    server.close();
  }

  private Archive archive() throws IOException {
    return archives.http("http://" + server.address() + "/a%20b/x.tar?token=hidden");
  }

  private byte[] read(Archive archive, long offset) throws IOException {
    try (InputStream in = archive.open(offset)) {
      return in.readAllBytes();
    }
  }

  private void assertRefused(Archive archive, String... words) {
    assertThatThrownBy(() -> read(archive, 0))
        .isInstanceOf(RefusedException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContainingAny("secret", "hidden");
  }

  @Test
  void shouldReadFromAnyPlaceAndShowNoSecrets() throws Exception {
    assertThat(read(archive(), 0)).isEqualTo(content);
    assertThat(read(archive(), 499_990)).isEqualTo(Arrays.copyOfRange(content, 499_990, 500_000));
    assertThat(server.requests())
        .containsExactly("/a b/x.tar null Bearer secret", "/a b/x.tar bytes=499990- Bearer secret");
    assertThat(archive()).hasToString("http://" + server.address() + "/a b/x.tar");

    Archive withUser = archives.http("http://me:p%40ss@" + server.address() + "/a%20b/x.tar");
    assertThat(read(withUser, 0)).isEqualTo(content);
    assertThat(server.requests().getLast()).endsWith("Basic bWU6cEBzcw=="); // me:p@ss
    assertThat(withUser.toString()).doesNotContain("me");
  }

  @Test
  void shouldGoOnWhereATransferBroke() throws Exception {
    server.breakAfter = 123_456;

    assertThat(read(archive(), 1)).isEqualTo(Arrays.copyOfRange(content, 1, content.length));

    assertThat(server.requests()).hasSize(2);
    int from = Integer.parseInt(server.requests().getLast().replaceAll(".*bytes=(\\d+)-.*", "$1"));
    assertThat(from).isBetween(2, 123_457);
  }

  @Test
  void shouldGoOnWhereAServerGivesNoParts() throws Exception {
    server.ranges = false;
    server.breakAfter = 123_456;

    assertThat(read(archive(), 0)).isEqualTo(content);
  }

  @Test
  void shouldGoOnWhenNothingComes() throws Exception {
    server.stallAfter = 100_000;

    assertThat(read(archive(), 0)).isEqualTo(content);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void shouldTryAgainWhenAServerIsBusy() throws Exception {
    server.status = 503;

    assertThat(read(archive(), 0)).isEqualTo(content);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void shouldRefuseAFileThatChangesOnTheWay() throws Exception {
    server.breakAfter = 123_456;
    try (InputStream in = archive().open(0)) {
      in.readNBytes(1000);
      server.put("/a b/x.tar", Arrays.copyOf(content, 400_000));
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("has changed while it was read");
    }
  }

  @Test
  void shouldGiveUpWithTheReason() throws Exception {
    server.status = 403;
    assertRefused(archive(), "status 403");

    Archive nowhere = archives.http("http://127.0.0.1:1/x.tar");
    assertRefused(nowhere, "ConnectException", "tried 3 times");

    assertThatThrownBy(() -> archives.http("https:///x.tar"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("https://host/path");
  }

  @Test
  void shouldFollowRedirectsButHandItsHeaderToNobodyElse() throws Exception {
    try (FileServer other = new FileServer()) {
      other.put("/y.tar", content);
      server.redirect("/a b/x.tar", "http://" + other.address() + "/y.tar");

      assertThat(read(archive(), 0)).isEqualTo(content);
      assertThat(other.requests()).containsExactly("/y.tar null null");

      other.redirect("/y.tar", "/y.tar");
      assertRefused(archive(), "sends on more than 5 times");
    }
  }
}
