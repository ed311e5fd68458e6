package dev.millrace.trainer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a worker tells the others of itself.
 *
 * @param index its place in the list of workers, from 0
 * @param workers the list that it was started with: where each worker's TensorFlow listens
 * @param process tells this start of it from every other
 * @param startedAt milliseconds since 1970
 * @param team number of the teams that it has been in
 * @param running name of the team that it trains in, or empty
 * @param settings what must be the same for all workers, by option name
 */
record WorkerMember(
    int index,
    List<String> workers,
    String process,
    long startedAt,
    int team,
    String running,
    Map<String, String> settings) {

  WorkerMember {
    workers = List.copyOf(workers);
    settings = new TreeMap<>(settings);
  }

  /** Its share of a team's name: another one each time that it is ready for a team. */
  String ticket() {
    return "%d:%s#%d".formatted(index, process, team);
  }

  boolean ready() {
    return running.isEmpty();
  }

  WorkerMember inTeam(String name) {
    return new WorkerMember(index, workers, process, startedAt, team, name, settings);
  }

  /** The same one, ready for its next team. */
  WorkerMember outOfTeam() {
    return new WorkerMember(index, workers, process, startedAt, team + 1, "", settings);
  }

  String address() {
    return workers.get(index);
  }
}
