package dev.millrace.schemas.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReachTest {
  private static final int EPOCHS = 3;
  private static final int IMAGES = 7;

  private static EpochSizes sizes() {
    EpochSizes sizes = new EpochSizes();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      sizes.put(epoch, IMAGES);
    }
    return sizes;
  }

  private static Reach reach(Place... ends) {
    return new Reach(List.of(ends));
  }

  // The places from one on, in order, the last of them being the end of the last epoch.
  private static List<Place> order() {
    List<Place> order = new ArrayList<>();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (int sequence = 0; sequence < IMAGES; sequence++) {
        order.add(new Place(epoch, sequence));
      }
    }
    order.add(new Place(EPOCHS, 0));
    return order;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 11})
  void shouldCountThePlacesBetweenAnyTwo(int partitions) {
    List<Place> order = order();
    for (int from = 0; from < order.size(); from++) {
      for (int to = from; to < order.size(); to++) {
        assertThat(
                Reach.to(order.get(from), partitions)
                    .placesTo(Reach.to(order.get(to), partitions), sizes()))
            .as("from %s to %s", order.get(from), order.get(to))
            .isEqualTo(to - from);
      }
    }
  }

  @Test
  void shouldCountEachPartitionUpToItsOwnNewestRecord() {
    Reach taken = Reach.to(new Place(0, 4), 3);
    Reach newest = reach(new Place(1, 1), new Place(0, 5), new Place(1, 3));

    // Partition 0: 6 of epoch 0 and 0 of epoch 1; 1: sequence 4; 2: 5 of epoch 0, 2 of epoch 1.
    assertThat(taken.placesTo(newest, sizes())).isEqualTo(5);
  }

  @Test
  void shouldCountInOrderUpToTheFirstPlaceThatIsNotThere() {
    Reach newest = reach(new Place(1, 1), new Place(0, 5), new Place(1, 3));

    assertThat(newest.inOrder(new Place(0, 4), sizes())).isEqualTo(3); // 4, 5, 6; 7 would be next
    assertThat(newest.inOrder(new Place(1, 0), sizes())).isZero();
  }

  @Test
  void shouldCountInOrderAcrossAnEpochsEnd() {
    Reach newest = reach(new Place(1, 4), new Place(1, 0), new Place(1, 3));

    assertThat(newest.inOrder(new Place(0, 5), sizes())).isEqualTo(3); // 5, 6, and 0 of epoch 1
  }

  @Test
  void shouldReachAtLeastAsFarAsAnotherWherePartitionsAreEmptyOrBehind() {
    Reach taken = Reach.to(new Place(1, 2), 3);
    List<@Nullable Place> found = Arrays.asList(new Place(0, 4), null, new Place(2, 3));

    assertThat(Reach.of(found, taken).ends())
        .containsExactly(new Place(1, 2), new Place(1, 2), new Place(2, 3));
  }

  @Test
  void shouldTakeTheNearestSizeWhereAnEpochsIsNotKnown() {
    EpochSizes sizes = new EpochSizes();
    assertThat(sizes.of(3)).isZero();
    sizes.put(5, 50);
    assertThat(sizes.of(3)).isEqualTo(50);
    sizes.put(2, 20);
    assertThat(sizes.of(3)).isEqualTo(20);
    assertThat(sizes.of(9)).isEqualTo(50);
  }

  @Test
  void shouldForgetEpochsPassedButForTheLastOne() {
    EpochSizes sizes = sizes();
    sizes.forget(2);

    assertThat(sizes.knows(0)).isFalse();
    assertThat(sizes.knows(1)).isTrue();
    assertThat(sizes.knows(2)).isTrue();
  }
}
