package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorFeaturesTest {
  @Test
  void shouldFindBfloat16AmongTheFeatures() {
    assertThat(
            ProcessorFeatures.bfloat16(
                List.of("processor\t: 0", "flags\t\t: fpu avx2 avx512f avx512_bf16 sse")))
        .isTrue();
    assertThat(ProcessorFeatures.bfloat16(List.of("Features\t: fp asimd bf16"))).isTrue();
    assertThat(ProcessorFeatures.bfloat16(List.of("flags\t\t: fpu avx2 fma"))).isFalse();
    assertThat(ProcessorFeatures.bfloat16(List.of("model name : nobody tells"))).isTrue();
  }
}
