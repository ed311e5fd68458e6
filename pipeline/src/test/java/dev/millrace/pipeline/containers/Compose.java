package dev.millrace.pipeline.containers;

import java.io.File;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.lifecycle.Startable;

/** The containers of docker-compose.yml, by whichever Compose this machine has. */
final class Compose implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Startable containers;
  private final Function<String, Optional<ContainerState>> byService;
  private final Map<String, ToStringConsumer> logs;

  private Compose(
      Startable containers,
      Function<String, Optional<ContainerState>> byService,
      Map<String, ToStringConsumer> logs) {
    this.containers = containers;
    this.byService = byService;
    this.logs = logs;
  }

  /** Starts services; returns when they have been started, and the brokers are healthy. */
  static Compose up(Map<String, String> environment, String... services)
      throws InterruptedException {
    File file = Docker.root().resolve("docker-compose.yml").toFile();
    Map<String, ToStringConsumer> logs = new HashMap<>();
    for (String service : services) {
      logs.put(service, new ToStringConsumer());
    }
    Compose compose =
        Docker.has("docker", "compose", "version")
            ? second(file, environment, services, logs)
            : first(file, environment, services, logs);
    compose.containers.start();
    return compose;
  }

  private static Compose second(
      File file,
      Map<String, String> environment,
      String[] services,
      Map<String, ToStringConsumer> logs) {
    ComposeContainer containers =
        new ComposeContainer(file).withPull(false).withEnv(environment).withServices(services);
    logs.forEach((service, log) -> containers.withLogConsumer(service + "-1", log));
    return new Compose(
        containers, service -> containers.getContainerByServiceName(service + "-1"), logs);
  }

  // Compose before its second version, as Debian 12 has it.
  private static Compose first(
      File file,
      Map<String, String> environment,
      String[] services,
      Map<String, ToStringConsumer> logs) {
    DockerComposeContainer<?> containers =
        new DockerComposeContainer<>(file)
            .withPull(false)
            .withEnv(environment)
            .withServices(services);
    logs.forEach((service, log) -> containers.withLogConsumer(service + "_1", log));
    return new Compose(
        containers, service -> containers.getContainerByServiceName(service + "_1"), logs);
  }

  /** What a service's first container has printed so far. */
  String log(String service) {
    ToStringConsumer log = logs.get(service);
    return log == null ? "" : log.toUtf8String();
  }

  /** Waits until a service has printed a text. */
  void awaitLog(String service, String text, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!log(service).contains(text)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("No \"" + text + "\" within " + limit + ": " + log(service));
      }
      Thread.sleep(LOOK);
    }
  }

  /** Waits until a service's first container has ended; its exit code. */
  long awaitExit(String service, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (container(service).isRunning()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(service + " still runs after " + limit + ": " + log(service));
      }
      Thread.sleep(LOOK);
    }
    Long code = container(service).getCurrentContainerInfo().getState().getExitCodeLong();
    return code == null ? -1 : code;
  }

  void stopContainer(String service) {
    ContainerState container = container(service);
    container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
  }

  void startContainer(String service) {
    ContainerState container = container(service);
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  private ContainerState container(String service) {
    return byService
        .apply(service)
        .orElseThrow(() -> new AssertionError("No container of service " + service));
  }

  @Override
  public void close() {
    containers.stop();
  }
}
