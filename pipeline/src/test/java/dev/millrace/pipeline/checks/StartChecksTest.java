package dev.millrace.pipeline.checks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StartChecksTest {
  @TempDir private static Path directory;
  private static EmbeddedBroker broker;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    broker =
        EmbeddedBroker.start(
            directory, "127.0.0.1", 0, Map.of("transaction.max.timeout.ms", "60000"));
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void shouldPassWhereAllIsWell() {
    StartChecks checks = new StartChecks(admin);

    assertThatCode(
            () -> {
              checks.reachable(broker.bootstrapServers());
              checks.topics(new Topics("well"), TopicSettings.DEFAULT);
              checks.checkpointTransaction(100_000_000);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseMoreReplicasThanBrokers() {
    assertThatThrownBy(() ->
            new StartChecks(admin)
                .topics(new Topics("replicas"), new TopicSettings(4, (short) 3, 1 << 20)))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("3 replicas (--replication) on 1 broker(s)");
  }

  @Test
  void shouldRefuseTopicsThatTakeTooSmallRecords() throws Exception {
    Topics topics = new Topics("small");
    topics.createMissing(admin, new TopicSettings(2, (short) 1, 4 << 20));

    assertThatThrownBy(() -> new StartChecks(admin).topics(topics, TopicSettings.DEFAULT))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("takes records of 4259840 bytes at most, but 16842752 are needed")
        .hasMessageContaining("--max-image-size");
  }

  @Test
  void shouldRefuseToKeepImagesInATopicThatDeletesThem() throws Exception {
    Topics purged = new Topics("purged");
    Topics kept = new Topics("kept");
    TopicSettings forever = new TopicSettings(2, (short) 1, 1 << 20, new ImageRetention.Forever());
    purged.createMissing(admin, new TopicSettings(2, (short) 1, 1 << 20));
    kept.createMissing(admin, forever);

    assertThatThrownBy(() -> new StartChecks(admin).topics(purged, forever))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("Topic purged.images.train exists, and its images are deleted")
        .hasMessageContaining("--add-config retention.ms=9223372036854775807");
    assertThatCode(() -> new StartChecks(admin).topics(kept, forever)).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseCheckpointsThatTransactionsEndBefore() {
    assertThatThrownBy(() -> new StartChecks(admin).checkpointTransaction(500_000_000))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("set their transaction.max.timeout.ms to at least 100000");
  }

  @Test
  void shouldRefuseBrokersWithoutTransactionsV2() throws Exception {
    level((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
    try {
      assertThatThrownBy(() -> new StartChecks(admin).reachable("x"))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContaining("must have the feature transaction.version=2, found 1");
    } finally {
      level((short) 2, FeatureUpdate.UpgradeType.UPGRADE);
    }
  }

  private static void level(short level, FeatureUpdate.UpgradeType type) throws Exception {
    admin
        .updateFeatures(
            Map.of("transaction.version", new FeatureUpdate(level, type)),
            new UpdateFeaturesOptions())
        .all()
        .get();
  }
}
