package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final AugmenterOptions OPTIONS =
      AugmenterOptions.builder().instanceId("left").build();

  @Test
  void shouldTryAgainAfterATimeout() {
    assertThat(Failures.passing(new StreamsException(new TimeoutException("no broker")))).isTrue();
  }

  @Test
  void shouldNotTryAgainWhenItCannotHelp() {
    assertThat(Failures.passing(new StreamsException(new RecordTooLargeException("1")))).isFalse();
    assertThat(Failures.passing(new AugmenterFailedException("too many dead letters"))).isFalse();
    assertThat(Failures.passing(new OutOfMemoryError("heap"))).isFalse();
    assertThat(Failures.passing(new IllegalStateException("a mistake"))).isFalse();
  }

  @Test
  void shouldNameTheSettingBehindALargeRecord() {
    AugmenterFailedException failure =
        Failures.explained(new StreamsException(new RecordTooLargeException("over 1 MB")), OPTIONS);

    assertThat(failure)
        .hasMessageContaining("max-record-bytes")
        .hasMessageContaining("max.message.bytes")
        .hasMessageContaining("over 1 MB");
  }

  @Test
  void shouldNameTheInstanceThatRunsTwice() {
    AugmenterFailedException failure =
        Failures.explained(new StreamsException(new FencedInstanceIdException("fenced")), OPTIONS);

    assertThat(failure).hasMessageContaining("instance-id \"left\"");
  }

  @Test
  void shouldKeepTheCauseOfAnythingElse() {
    IllegalStateException cause = new IllegalStateException("a mistake");

    AugmenterFailedException failure = Failures.explained(new StreamsException(cause), OPTIONS);

    assertThat(failure).hasRootCause(cause).hasMessageContaining("a mistake");
  }
}
