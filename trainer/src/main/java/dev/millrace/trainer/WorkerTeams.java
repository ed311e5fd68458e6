package dev.millrace.trainer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes teams of the workers that are there. The first team is made when all are; when a worker of
 * a team goes, or another one comes, its team ends, and when all of them are ready again there is
 * the next team, of those who are there.
 */
final class WorkerTeams {
  private static final String SEPARATOR = " ";

  private WorkerTeams() {}

  /**
   * What each worker is to do.
   *
   * @param present all workers that are there, by any key
   */
  static <K> Map<K, WorkerOrder> orders(Map<K, WorkerMember> present) {
    Map<K, WorkerOrder> orders = new HashMap<>();
    Map<K, WorkerMember> accepted = new HashMap<>();
    // Who has trained is right, whoever comes later with other settings.
    WorkerMember reference =
        present.values().stream()
            .min(
                Comparator.comparing((WorkerMember member) -> member.ready() && member.team() == 0)
                    .thenComparingLong(WorkerMember::startedAt)
                    .thenComparingInt(WorkerMember::index))
            .orElseThrow();
    present.forEach((key, member) -> {
      String fault = fault(member, reference, present.values());
      if (fault.isEmpty()) {
        accepted.put(key, member);
      } else {
        orders.put(key, new WorkerOrder.Refuse(fault));
      }
    });
    WorkerOrder common = order(accepted.values());
    accepted.forEach((key, member) ->
        orders.put(
            key,
            common instanceof WorkerOrder.Disband disband && member.ready()
                ? new WorkerOrder.Wait("the team that trains ends: " + disband.reason())
                : common));
    return orders;
  }

  private static WorkerOrder order(Collection<WorkerMember> members) {
    List<WorkerMember> byIndex =
        members.stream().sorted(Comparator.comparingInt(WorkerMember::index)).toList();
    String name = byIndex.stream().map(WorkerMember::ticket).collect(Collectors.joining(SEPARATOR));
    if (byIndex.stream().anyMatch(member -> !member.ready())) {
      return byIndex.stream().allMatch(member -> member.running().equals(name))
          ? train(name, byIndex)
          : disband(byIndex);
    }
    List<String> workers = byIndex.getFirst().workers();
    boolean trainedBefore = byIndex.stream().anyMatch(member -> member.team() > 0);
    if (!trainedBefore && byIndex.size() < workers.size()) {
      return new WorkerOrder.Wait("waiting for " + missing(workers, byIndex));
    }
    return train(name, byIndex);
  }

  private static WorkerOrder train(String name, List<WorkerMember> byIndex) {
    return new WorkerOrder.Train(
        name,
        byIndex.stream().map(WorkerMember::index).toList(),
        byIndex.stream().map(WorkerMember::address).toList());
  }

  private static WorkerOrder disband(List<WorkerMember> byIndex) {
    List<String> tickets = byIndex.stream().map(WorkerMember::ticket).toList();
    List<String> processes = byIndex.stream().map(WorkerMember::process).toList();
    List<String> lost =
        byIndex.stream()
            .filter(member -> !member.ready())
            .flatMap(member -> Stream.of(member.running().split(SEPARATOR)))
            .filter(ticket -> !tickets.contains(ticket))
            .distinct()
            .toList();
    if (lost.isEmpty()) {
      return new WorkerOrder.Disband(false, "another worker has come");
    }
    String gone =
        lost.stream()
            .filter(ticket -> processes.stream().noneMatch(ticket::contains))
            .map(ticket -> ticket.substring(0, ticket.indexOf(':')))
            .collect(Collectors.joining(", "));
    return new WorkerOrder.Disband(
        true, gone.isEmpty() ? "its team has ended" : "worker %s is gone".formatted(gone));
  }

  private static String missing(List<String> workers, List<WorkerMember> here) {
    List<Integer> indexes = here.stream().map(WorkerMember::index).toList();
    List<String> missing = new ArrayList<>();
    for (int index = 0; index < workers.size(); index++) {
      if (!indexes.contains(index)) {
        missing.add("worker %d (%s)".formatted(index, workers.get(index)));
      }
    }
    return String.join(", ", missing);
  }

  // Empty if it may be one of the group.
  private static String fault(
      WorkerMember member, WorkerMember reference, Collection<WorkerMember> present) {
    for (WorkerMember other : present) {
      if (other.index() == member.index() && isBefore(other, member)) {
        return ("There is a worker %d already (started at %d ms, process %s): give each process its"
                + " own --worker")
            .formatted(member.index(), other.startedAt(), other.process());
      }
    }
    List<String> faults = new ArrayList<>();
    if (!member.workers().equals(reference.workers())) {
      faults.add(differs("workers", member.workers(), reference.workers()));
    }
    TreeSet<String> names = new TreeSet<>(reference.settings().keySet());
    names.addAll(member.settings().keySet());
    for (String name : names) {
      String own = member.settings().getOrDefault(name, "not known");
      String others = reference.settings().getOrDefault(name, "not known");
      if (!own.equals(others)) {
        faults.add(differs(name, own, others));
      }
    }
    return faults.isEmpty()
        ? ""
        : "Worker %d cannot train with worker %d: %s. Start all workers with the same options"
            .formatted(member.index(), reference.index(), String.join("; ", faults));
  }

  private static String differs(String name, Object own, Object others) {
    return "%s is %s here and %s there".formatted(name, own, others);
  }

  private static boolean isBefore(WorkerMember one, WorkerMember other) {
    Comparator<WorkerMember> order =
        Comparator.comparing((WorkerMember member) -> member.ready() && member.team() == 0)
            .thenComparingLong(WorkerMember::startedAt)
            .thenComparing(WorkerMember::process);
    return !Objects.equals(one.process(), other.process()) && order.compare(one, other) < 0;
  }
}
