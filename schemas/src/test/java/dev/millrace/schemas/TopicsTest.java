package dev.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void shouldNameEveryTopicUnderThePrefix() {
    assertThat(new Topics("birds").all())
        .extracting(Topic::name)
        .containsExactly(
            "birds.classes",
            "birds.statistics",
            "birds.arrivals",
            "birds.images.train",
            "birds.images.validation",
            "birds.tensors.train",
            "birds.tensors.validation",
            "birds.metrics",
            "birds.mistakes",
            "birds.checkpoints",
            "birds.checkpoint-chunks",
            "birds.progress",
            "birds.dead-letters");
  }

  @Test
  void shouldRefuseAPrefixThatKafkaOrItsMetricsWouldNotTake() {
    for (String prefix : List.of("", "Birds", "a.b", "a_b", "-a", "a b", "a".repeat(101))) {
      assertThatThrownBy(() -> new Topics(prefix))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + prefix + "\"");
    }
  }

  @Test
  void shouldNeverDeleteTensorsByTime() {
    assertThat(new Topics("a").tensors(Split.TRAIN).settings())
        .containsEntry("retention.ms", "-1")
        .containsEntry("retention.bytes", "-1");
  }

  @Test
  void shouldMakeRoomForTheLargestImage() {
    assertThat(Topics.maxRecordBytes(new TopicSettings(4, (short) 1, 8 << 20)))
        .isEqualTo((8 << 20) + (64 << 10));
  }

  @Test
  void shouldRefuseSettingsOutOfRange() {
    assertThatThrownBy(() -> new TopicSettings(0, (short) 1, 1 << 20))
        .hasMessage("partitions must be from 1 to 1000, found 0");
    assertThatThrownBy(() -> new TopicSettings(4, (short) 0, 1 << 20))
        .hasMessage("replication must be from 1 to 100, found 0");
  }

  @Test
  void shouldDocumentEveryFieldOfEverySchema() {
    for (Schema schema :
        List.of(
            Image.SCHEMA$,
            EpochEnd.SCHEMA$,
            ImageTensor.SCHEMA$,
            TrainingMetric.SCHEMA$,
            CheckpointManifest.SCHEMA$,
            CheckpointChunk.SCHEMA$,
            Progress.SCHEMA$,
            DeadLetter.SCHEMA$,
            ClassList.SCHEMA$,
            LabeledClass.SCHEMA$,
            Arrival.SCHEMA$,
            Mistakes.SCHEMA$,
            Mistake.SCHEMA$,
            Prediction.SCHEMA$)) {
      assertThat(schema.getDoc()).isNotBlank();
      assertThat(schema.getFields())
          .allSatisfy(field -> assertThat(field.doc()).as(field.name()).isNotBlank());
    }
  }

  @Test
  void shouldGiveTheSameIdToListsWithTheSameClasses() {
    ClassList a = ClassLists.of(List.of("n1", "n2"), List.of("one", "two"), Instant.EPOCH);
    ClassList b =
        ClassLists.of(List.of("n1", "n2"), List.of("eins", "zwei"), Instant.ofEpochMilli(5));

    assertThat(a.getId()).isEqualTo(b.getId()).hasSize(64);
    assertThat(ClassLists.of(List.of("n2", "n1"), List.of("two", "one"), Instant.EPOCH).getId())
        .isNotEqualTo(a.getId());
  }

  @Test
  void shouldRefuseAClassTwice() {
    assertThatThrownBy(() -> ClassLists.of(List.of("a", "a"), List.of("x", "y"), Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
