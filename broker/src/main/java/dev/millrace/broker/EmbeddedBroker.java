package dev.millrace.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and its controller within this process, on one address of this machine. Survives
 * any end of the process: what was committed is there at the next start.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** The port that is taken unless the user names one or another program has it. */
  public static final int USUAL_PORT = 9092;

  /** With these of the user's, it may answer elsewhere, or not to everybody. */
  private static final Set<String> LISTENING =
      Set.of("listeners", "advertised.listeners", "listener.security.protocol.map");

  private static final int ATTEMPTS = 3;
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int LARGEST_RECORD = 72 << 20;

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker; ready when this returns.
   *
   * @param directory where it keeps its topics; formatted when it is not
   * @param host address to listen on
   * @param port port to listen on; 0 takes 9092, or a free one when another program has that
   * @param extra Kafka's broker properties to add
   * @throws BrokerException if the port is in use, the folder cannot be used, or Kafka refuses
   */
  public static EmbeddedBroker start(
      Path directory, String host, int port, Map<String, String> extra) throws BrokerException {
    int chosen = port == 0 ? (isFree(host, USUAL_PORT) ? USUAL_PORT : freePort(host)) : port;
    if (!isFree(host, chosen)) {
      throw new BrokerException(
          "Cannot start the broker: port %d of %s is in use; name another by --broker-port, or 0 for any"
              .formatted(chosen, host));
    }
    // Kafka would end the whole process on a fault of its own; it shall be an exception here.
    Exit.setExitProcedure(EmbeddedBroker::refuseExit);
    Exit.setHaltProcedure(EmbeddedBroker::refuseExit);
    for (int attempt = 1; ; attempt++) {
      try {
        return startAt(directory, host, chosen, extra);
      } catch (Exception e) {
        // Another program that starts at the same time may have found the same port free.
        if (port != 0 || attempt == ATTEMPTS || !isPortTaken(e)) {
          throw new BrokerException(
              "Cannot start the broker in %s: %s".formatted(directory, e.getMessage()), e);
        }
        chosen = freePort(host);
        LOG.debug("Another program was faster; attempt with port {}", chosen, e);
      }
    }
  }

  private static EmbeddedBroker startAt(
      Path directory, String host, int port, Map<String, String> extra) throws Exception {
    long started = System.nanoTime();
    Map<String, String> properties = properties(directory, host, port, freePort(host));
    properties.putAll(extra);
    format(directory);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (Exception e) {
      try {
        server.shutdown();
      } catch (RuntimeException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    EmbeddedBroker broker = new EmbeddedBroker(server, host + ":" + port);
    try {
      if (Collections.disjoint(extra.keySet(), LISTENING)) {
        Leaders.await(broker.bootstrapServers());
      }
    } catch (Exception e) {
      broker.close();
      throw e;
    }
    LOG.debug("Broker up after {} ms", (System.nanoTime() - started) / 1_000_000);
    return broker;
  }

  private static boolean isPortTaken(Throwable problem) {
    for (Throwable at = problem; at != null; at = at.getCause()) {
      if (at instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private static void refuseExit(int status, String message) {
    LOG.error("Kafka's broker stopped itself with status {}: {}", status, message);
    throw new IllegalStateException(
        "Kafka's broker stopped itself with status %d: %s".formatted(status, message));
  }

  private static Map<String, String> properties(
      Path directory, String host, int port, int controllerPort) {
    Map<String, String> p = new HashMap<>();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put("controller.quorum.voters", "1@" + host + ":" + controllerPort);
    p.put(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(host, port, host, controllerPort));
    p.put("controller.listener.names", "CONTROLLER");
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("log.dirs", directory.toString());
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "4");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "4");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("auto.create.topics.enable", "false");
    p.put("message.max.bytes", Integer.toString(LARGEST_RECORD));
    // One process's services need not wait for others.
    p.put("group.initial.rebalance.delay.ms", "0");
    // The first time after so long: see Leaders on what comes of it before they are there.
    p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "10000");
    // Deleted records shall leave the disk at once: memory that the kernel keeps files in is dear
    // where it was never used before, and then it is used again the sooner.
    p.put("log.initial.task.delay.ms", "2000");
    p.put("log.retention.check.interval.ms", "500");
    p.put("log.segment.delete.delay.ms", "1000");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    p.put("log.cleaner.threads", "1");
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    // The kernel makes them as large as is of use.
    p.put("socket.send.buffer.bytes", "-1");
    p.put("socket.receive.buffer.bytes", "-1");
    return p;
  }

  // A directory that was being formatted when the process was killed has no readable
  // meta.properties and no topics yet: formatting goes over it again.
  private static void format(Path directory) throws Exception {
    Files.createDirectories(directory);
    Path meta = directory.resolve("meta.properties");
    if (Files.exists(meta) && !Files.readString(meta).contains("cluster.id=")) {
      Files.delete(meta);
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(said, false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setClusterId(clusterId(meta))
          .setNodeId(1)
          .setIgnoreFormatted(true)
          .setControllerListenerName("CONTROLLER")
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .setPrintStream(out)
          .run();
    }
    LOG.debug("Formatter: {}", said.toString(StandardCharsets.UTF_8).strip());
  }

  private static String clusterId(Path meta) throws IOException {
    if (Files.exists(meta)) {
      for (String line : Files.readAllLines(meta)) {
        if (line.startsWith("cluster.id=")) {
          return line.substring("cluster.id=".length());
        }
      }
    }
    return Uuid.randomUuid().toString();
  }

  private static boolean isFree(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // connections of an earlier run may linger
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return true;
    } catch (IOException e) {
      LOG.debug("Port {} of {} is in use: {}", port, host, e.getMessage());
      return false;
    }
  }

  private static int freePort(String host) throws BrokerException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BrokerException(
          "Cannot listen on %s (--broker-host): %s".formatted(host, e.getMessage()), e);
    }
  }

  /** Where clients find it: host:port. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Waits until the broker has been stopped. */
  public void awaitShutdown() {
    server.awaitShutdown();
  }

  /** Stops it cleanly. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
