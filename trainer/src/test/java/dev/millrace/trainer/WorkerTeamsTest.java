package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class WorkerTeamsTest {
  private static final List<String> WORKERS = List.of("a:1", "b:2", "c:3");

  private final Map<Integer, WorkerMember> present = new HashMap<>();

  private static WorkerMember member(int index, Map<String, String> settings) {
    return new WorkerMember(index, WORKERS, "process" + index, 1000 + index, 0, "", settings);
  }

  private static WorkerMember member(int index) {
    return member(index, Map.of("seed", "1"));
  }

  private WorkerOrder order(int key) {
    WorkerOrder order = WorkerTeams.orders(present).get(key);
    assertThat(order).isNotNull();
    return order == null ? new WorkerOrder.Wait("") : order;
  }

  /** All that are there make a team. */
  private WorkerOrder.Train team() {
    WorkerOrder.Train team = (WorkerOrder.Train) order(present.keySet().iterator().next());
    present.replaceAll((_, member) -> member.inTeam(team.team()));
    return team;
  }

  private void all() {
    for (int index = 0; index < WORKERS.size(); index++) {
      present.put(index, member(index));
    }
  }

  @Test
  void shouldWaitForAllBeforeTheFirstTeam() {
    present.put(2, member(2));

    assertThat(order(2))
        .isEqualTo(new WorkerOrder.Wait("waiting for worker 0 (a:1), worker 1 (b:2)"));
  }

  @Test
  void shouldMakeATeamInOrderOfTheList() {
    all();

    WorkerOrder.Train team = team();

    assertThat(team.indexes()).containsExactly(0, 1, 2);
    assertThat(team.addresses()).isEqualTo(WORKERS);
    assertThat(WorkerTeams.orders(present).values()).containsOnly(team);
  }

  @Test
  void shouldEndATeamThatLostAWorkerAndMakeOneOfThoseThatRemain() {
    all();
    WorkerOrder.Train first = team();
    present.remove(0);

    assertThat(order(1)).isEqualTo(new WorkerOrder.Disband(true, "worker 0 is gone"));

    present.computeIfPresent(1, (_, member) -> member.outOfTeam());
    assertThat(order(1)).isInstanceOf(WorkerOrder.Wait.class);
    assertThat(order(2)).isEqualTo(new WorkerOrder.Disband(true, "worker 0 is gone"));

    present.computeIfPresent(2, (_, member) -> member.outOfTeam());
    WorkerOrder.Train second = team();
    assertThat(second.indexes()).containsExactly(1, 2);
    assertThat(second.addresses()).containsExactly("b:2", "c:3");
    assertThat(second.team()).isNotEqualTo(first.team());
  }

  @Test
  void shouldLetAWorkerComeBack() {
    all();
    present.remove(1);
    present.replaceAll((_, member) -> member.outOfTeam());
    team();
    present.put(1, member(1));

    assertThat(order(0)).isEqualTo(new WorkerOrder.Disband(false, "another worker has come"));
    assertThat(order(1)).isInstanceOf(WorkerOrder.Wait.class);

    present.replaceAll((_, member) -> member.ready() ? member : member.outOfTeam());
    assertThat(team().indexes()).containsExactly(0, 1, 2);
  }

  @Test
  void shouldMakeAnotherTeamOfTheSameWorkers() {
    all();
    WorkerOrder.Train first = team();
    present.replaceAll((_, member) -> member.outOfTeam());

    WorkerOrder.Train second = team();

    assertThat(second.indexes()).isEqualTo(first.indexes());
    assertThat(second.team()).isNotEqualTo(first.team());
  }

  @Test
  void shouldRefuseOtherSettingsNamingThem() {
    all();
    team();
    present.put(7, new WorkerMember(1, WORKERS.subList(0, 2), "x", 1, 0, "", Map.of("seed", "2")));
    present.remove(1);

    assertThat(order(7))
        .asInstanceOf(InstanceOfAssertFactories.type(WorkerOrder.Refuse.class))
        .extracting(WorkerOrder.Refuse::reason)
        .asString()
        .contains(
            "Worker 1 cannot train with worker 0",
            "workers is [a:1, b:2] here and [a:1, b:2, c:3] there",
            "seed is 2 here and 1 there");
    assertThat(order(0)).isInstanceOf(WorkerOrder.Disband.class);
  }

  @Test
  void shouldRefuseTheLaterOfTwoWithOneIndex() {
    all();
    WorkerOrder.Train team = team();
    present.put(7, new WorkerMember(1, WORKERS, "x", 1, 0, "", Map.of("seed", "1")));

    assertThat(order(7))
        .asInstanceOf(InstanceOfAssertFactories.type(WorkerOrder.Refuse.class))
        .extracting(WorkerOrder.Refuse::reason)
        .asString()
        .contains("There is a worker 1 already");
    assertThat(order(1)).isEqualTo(team);
  }
}
