package dev.millrace.pipeline.containers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/** The Docker engine of this machine. */
final class Docker {
  /** The version that Testcontainers' client speaks unless it is told another. */
  private static final double CLIENT_API = 1.44;

  private Docker() {}

  /** Whether there is one, and it answers. */
  static boolean answers() throws IOException, InterruptedException {
    String version;
    try {
      version = output("docker", "version", "--format", "{{.Server.APIVersion}}");
    } catch (IOException e) {
      return false; // no such command
    }
    if (!version.matches("\\d+\\.\\d+")) {
      return false;
    }
    if (Double.parseDouble(version) < CLIENT_API) {
      System.setProperty("api.version", version);
    }
    return DockerClientFactory.instance().isDockerAvailable();
  }

  /** Makes the services' image of what is built. */
  static void buildImage() throws IOException, InterruptedException {
    String said = output(root().resolve("docker/image").toString());
    if (!said.contains("Made the image")) {
      throw new IllegalStateException(
          "Cannot make the image; where no registry can be reached, docker/local-images makes what"
              + " it is based on: "
              + said);
    }
  }

  /** Whether there is a command with these arguments that ends well. */
  static boolean has(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The folder of docker-compose.yml. */
  static Path root() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return said.strip();
  }
}
