package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedBrokerTest {
  private static final String HOST = "127.0.0.1";

  @TempDir private Path directory;

  private EmbeddedBroker start() throws BrokerException {
    return EmbeddedBroker.start(directory.resolve("broker"), HOST, 0, Map.of());
  }

  private static Admin admin(EmbeddedBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  @Test
  void shouldKeepItsTopicsWhenItIsStartedAgain() throws Exception {
    try (EmbeddedBroker broker = start();
        Admin admin = admin(broker)) {
      admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1))).all().get();
    }

    try (EmbeddedBroker broker = start();
        Admin admin = admin(broker)) {
      assertThat(admin.listTopics().names().get()).contains("kept");
    }
  }

  @Test
  void shouldNameAPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      int port = taken.getLocalPort();

      assertThatThrownBy(
              () -> EmbeddedBroker.start(directory.resolve("broker"), HOST, port, Map.of()))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("port " + port + " of 127.0.0.1 is in use")
          .hasMessageContaining("--broker-port");
    }
  }

  // They all find the usual port free, and one of them gets it.
  @Test
  void shouldStartWhereOthersStartAtTheSameTime() throws Exception {
    try (ExecutorService starters = Executors.newFixedThreadPool(4)) {
      List<Future<EmbeddedBroker>> starting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Path folder = directory.resolve("broker-" + i);
        starting.add(starters.submit(() -> EmbeddedBroker.start(folder, HOST, 0, Map.of())));
      }
      Set<String> servers = new HashSet<>();
      for (Future<EmbeddedBroker> start : starting) {
        try (EmbeddedBroker broker = start.get();
            Admin admin = admin(broker)) {
          assertThat(admin.listTopics().names().get()).isEmpty();
          servers.add(broker.bootstrapServers());
        }
      }
      assertThat(servers).hasSize(4);
    }
  }

  @Test
  void shouldStartInAFolderWhoseFormattingWasCutShort() throws Exception {
    Path broker = Files.createDirectories(directory.resolve("broker"));
    Files.writeString(broker.resolve("meta.properties"), "#\nversion=1\nclus");

    try (EmbeddedBroker started = start();
        Admin admin = admin(started)) {
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
  }

  @Test
  void shouldPassBrokerPropertiesThrough() {
    assertThatThrownBy(() ->
            EmbeddedBroker.start(
                directory.resolve("broker"), HOST, 0, Map.of("num.io.threads", "none")))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("num.io.threads");
  }
}
