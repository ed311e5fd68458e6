package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

@Timeout(60)
class S3DatasetTest {
  private static final int MOST = 1 << 20;
  private static final Map<String, @Nullable String> BEFORE = new HashMap<>();

  private static S3Proxy server;
  private static S3Client client;

  @BeforeAll
  static void start() throws Exception {
    server =
        S3Proxy.builder()
            .blobStore(new TransientNio2BlobStore())
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "me", "secret")
            .endpoint(URI.create("http://127.0.0.1:0"))
            .build();
    server.start();
    // As users do by the environment.
    set("aws.accessKeyId", "me");
    set("aws.secretAccessKey", "secret");
    set("aws.endpointUrlS3", "http://127.0.0.1:" + server.getPort());
    client =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getPort()))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    client.createBucket(request -> request.bucket("images"));
    for (int i = 0; i < 3; i++) {
      byte[] tar = Tars.shard(i, 12, 3, 5000);
      put("set/s-train-%d.tar".formatted(i), tar);
      put("packed/s-train-%d.tar.gz".formatted(i), Tars.gzip(tar));
    }
    put("packed/" + PreparedClasses.FILE, "n01\tcat\nn02\tdog\nn03\tbee\n".getBytes(UTF_8));
    put("set/readme.txt", "text".getBytes(UTF_8));
    for (int i = 0; i < 6; i++) {
      put("folders/%s/%d.jpg".formatted(i % 2 == 0 ? "cat" : "dog", i), new byte[] {(byte) i});
    }
    put("folders/labels.txt", "text".getBytes(UTF_8));
  }

  private static void set(String name, String value) {
    BEFORE.put(name, System.setProperty(name, value));
  }

  private static void put(String key, byte[] bytes) {
    client.putObject(request -> request.bucket("images").key(key), RequestBody.fromBytes(bytes));
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    server.stop();
    BEFORE.forEach((name, value) -> {
      if (value == null) {
        System.clearProperty(name);
      } else {
        System.setProperty(name, value);
      }
    });
  }

  private static Dataset open(String location) throws DatasetException {
    return Dataset.open(Location.parse(location), new DatasetOptions(0, 1), new LongAdder());
  }

  @Test
  void shouldReadAllShardsBelowAPrefixOrByAPattern() throws Exception {
    List<String> ids;
    try (Dataset dataset = open("s3://images/set/");
        ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, 0, MOST, _ -> true)) {
      assertThat(dataset.isStream()).isTrue();
      assertThat(dataset.image(Split.TRAIN, 0).source())
          .isEqualTo("s3://images/set/s-train-0.tar!s-train-0/0000.jpg");
      ids = Tars.ids(pass, 0);
      assertThat(new HashSet<>(ids)).hasSize(36);
    }
    for (String same : List.of("s3://images/set", "s3://images/set/s-train-{0..2}.tar")) {
      try (Dataset dataset = open(same);
          ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, 0, MOST, i -> i >= 30)) {
        assertThat(Tars.ids(pass, 30)).isEqualTo(ids.subList(30, 36));
      }
    }
    try (Dataset dataset = open("s3://images/packed/");
        ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, 0, MOST, _ -> true)) {
      assertThat(dataset.names()).containsExactly("cat", "dog", "bee");
      assertThat(Tars.ids(pass, 0)).isEqualTo(ids);
    }
  }

  @Test
  void shouldLabelImageObjectsByTheirKeysAndReadThemAtRandom() throws Exception {
    try (Dataset dataset = open("s3://images/folders/")) {
      assertThat(dataset.isStream()).isFalse();
      assertThat(dataset.synsets()).containsExactly("cat", "dog");
      assertThat(dataset.skippedFiles()).isEqualTo(1);
      LabeledImage image = dataset.image(Split.TRAIN, 4);
      assertThat(image.id()).isEqualTo("dog/3.jpg");
      assertThat(image.source()).isEqualTo("s3://images/folders/dog/3.jpg");
      assertThat(image.length()).isEqualTo(1);
      assertThat(image.read(MOST)).containsExactly(3);
    }
  }

  @Test
  void shouldNameWhatIsNotThere() {
    assertThatThrownBy(() -> open("s3://images/set/s-train-{2..3}.tar"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(
            "s3://images/set/s-train-3.tar", "there is no such object or bucket");
    assertThatThrownBy(() -> open("s3://images/none/"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("s3://images/none/ holds no images");
    assertThatThrownBy(() -> open("s3://missing/"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("Cannot read s3://missing/: there is no such object or bucket");
  }
}
