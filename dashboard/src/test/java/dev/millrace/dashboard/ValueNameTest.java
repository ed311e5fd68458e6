package dev.millrace.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValueNameTest {
  @Test
  void shouldEndInTheBaseUnit() {
    assertThat(ValueName.of("data_wait_share").metric()).isEqualTo("millrace_data_wait_ratio");
    assertThat(ValueName.of("gpu_busy_share").metric()).isEqualTo("millrace_gpu_busy_ratio");
    assertThat(ValueName.of("top1_error").metric()).isEqualTo("millrace_top1_error_ratio");
    assertThat(ValueName.of("resident_bytes").metric()).isEqualTo("millrace_resident_bytes");
    assertThat(ValueName.of("loss").metric()).isEqualTo("millrace_loss");
    assertThat(ValueName.of("step_ms_p95"))
        .extracting(ValueName::metric, ValueName::scale)
        .containsExactly("millrace_step_p95_seconds", 1e-3);
  }

  @Test
  void shouldNotEndAsCountersAndHistogramsDo() {
    assertThat(ValueName.of("seen_total").metric()).isEqualTo("millrace_seen_total_value");
    assertThat(ValueName.of("batch_count").metric()).isEqualTo("millrace_batch_count_value");
  }

  @Test
  void shouldTellUsualNames() {
    assertThat(ValueName.isUsual("own_value_2")).isTrue();
    assertThat(ValueName.isUsual("no name")).isFalse();
    assertThat(ValueName.isUsual("a".repeat(65))).isFalse();
  }
}
