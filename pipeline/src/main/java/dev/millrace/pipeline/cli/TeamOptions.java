package dev.millrace.pipeline.cli;

import dev.millrace.trainer.model.Peers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which processes train a run together. */
public final class TeamOptions {
  private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.-]+:([0-9]{1,5})");
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}");
  private static final int LARGEST_PORT = 65_535;

  @Option(
      names = "--workers",
      paramLabel = "HOST:PORT,...",
      description =
          "Train together with other processes, each on a part of every minibatch: where the"
              + " TensorFlow of each listens (on all addresses of its machine, whichever is named, and"
              + " without asking who connects). All of them get the same list and options.")
  private @Nullable String workers;

  @Option(
      names = "--worker",
      paramLabel = "I",
      description = "Which of --workers this process is, from 0.")
  private @Nullable Integer worker;

  @Option(
      names = "--workers-insecure-network",
      description =
          "Allow --workers on other machines. TensorFlow neither encrypts nor asks who connects:"
              + " whoever reaches the ports can run anything it can. Only on a network of your own.")
  private boolean insecureNetwork;

  @Option(names = "--team", paramLabel = "RANK@HOST:PORT,...", hidden = true)
  private @Nullable String team;

  /**
   * Those that train together.
   *
   * @param addresses where the TensorFlow of each listens
   * @param index which of them this process is
   */
  public record Workers(List<String> addresses, int index) {
    public Workers {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * The workers, or null where this process trains alone.
   *
   * @throws IllegalArgumentException if the list or the index cannot be, naming all faults
   */
  public @Nullable Workers workers() {
    if (workers == null) {
      if (worker != null) {
        throw new IllegalArgumentException(
            "Cannot be worker %d (--worker) without the list of all (--workers)".formatted(worker));
      }
      return null;
    }
    List<String> addresses = List.of(workers.split(",", -1));
    List<String> faults = new ArrayList<>();
    addresses.forEach(address -> check(address, faults));
    if (new HashSet<>(addresses).size() < addresses.size()) {
      faults.add("each must be another one, found " + workers);
    }
    if (worker == null || worker < 0 || worker >= addresses.size()) {
      faults.add(
          "worker (--worker) must be from 0 to %d, found %s"
              .formatted(addresses.size() - 1, worker == null ? "none" : worker));
    }
    if (worker == null || !faults.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot train with these workers (--workers): " + String.join("; ", faults));
    }
    return new Workers(addresses, worker);
  }

  private void check(String address, List<String> faults) {
    var matcher = ADDRESS.matcher(address);
    int port = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (port < 1 || port > LARGEST_PORT) {
      faults.add("each must be HOST:PORT, found \"%s\"".formatted(address));
    } else if (!insecureNetwork
        && !LOOPBACK
            .matcher(address.substring(0, address.indexOf(':')).toLowerCase(Locale.ROOT))
            .matches()) {
      faults.add(
          ("%s is not this machine, and TensorFlow neither encrypts nor asks who connects: on a"
                  + " network of your own, say so with --workers-insecure-network")
              .formatted(address));
    }
  }

  /** What the process that started this one has said: with whom it trains; null if nothing. */
  public @Nullable Peers peers() {
    if (team == null) {
      return null;
    }
    String[] parts = team.split("@", 2);
    return new Peers(List.of(parts[1].split(",")), Integer.parseInt(parts[0]));
  }

  /** The option that says this. */
  public static String teamOption(List<String> addresses, int rank) {
    return "--team=%d@%s".formatted(rank, String.join(",", addresses));
  }
}
