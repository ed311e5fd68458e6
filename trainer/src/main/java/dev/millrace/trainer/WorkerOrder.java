package dev.millrace.trainer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a worker of a group is to do. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkerOrder.Wait.class, name = "wait"),
  @JsonSubTypes.Type(value = WorkerOrder.Train.class, name = "train"),
  @JsonSubTypes.Type(value = WorkerOrder.Disband.class, name = "disband"),
  @JsonSubTypes.Type(value = WorkerOrder.Refuse.class, name = "refuse")
})
public sealed interface WorkerOrder {
  /**
   * Wait for other workers.
   *
   * @param reason whom for
   */
  record Wait(String reason) implements WorkerOrder {}

  /**
   * Train in a team; one that does so already goes on.
   *
   * @param team the team's name, another one for each team
   * @param indexes who is in it, in order of rank
   * @param addresses where TensorFlow listens, in order of rank
   */
  record Train(String team, List<Integer> indexes, List<String> addresses) implements WorkerOrder {
    public Train {
      indexes = List.copyOf(indexes);
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * End the team that trains: another one will be made.
   *
   * @param lost whether a worker of it is gone, so that no step can be done together
   * @param reason who has gone or come
   */
  record Disband(boolean lost, String reason) implements WorkerOrder {}

  /**
   * End, as this worker cannot be one of the group.
   *
   * @param reason what is wrong, and what to do
   */
  record Refuse(String reason) implements WorkerOrder {}
}
