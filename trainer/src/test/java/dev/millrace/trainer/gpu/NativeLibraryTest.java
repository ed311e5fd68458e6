package dev.millrace.trainer.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "Names of libraries are another system's")
class NativeLibraryTest {
  private static final FunctionDescriptor INT = FunctionDescriptor.of(ValueLayout.JAVA_INT);

  @Test
  void shouldCallAFunctionOfALibrary() {
    NativeLibrary library = Objects.requireNonNull(NativeLibrary.open("libc.so.6"));

    int process = NativeLibrary.callInt(library.function("getpid", INT));

    assertThat(process).isEqualTo((int) ProcessHandle.current().pid());
  }

  @Test
  void shouldOpenNothingWhereThereIsNoSuchLibrary() {
    assertThat(NativeLibrary.open("libnothing-of-that-name.so.1")).isNull();
  }

  @Test
  void shouldNameAFunctionThatIsMissing() {
    NativeLibrary library = Objects.requireNonNull(NativeLibrary.open("libc.so.6"));

    assertThatIllegalStateException()
        .isThrownBy(() -> library.function("no_such_function", INT))
        .withMessage("libc.so.6 has no function no_such_function");
  }

  @Test
  void shouldListTheLibrariesThatTensorFlowNeedsWhetherOrNotTheyAreThere() {
    assertThat(CudaLibrary.all())
        .extracting(CudaLibrary::name)
        .containsExactly(
            "libcuda.so.1",
            "libcudart.so.12",
            "libcublas.so.12",
            "libcublasLt.so.12",
            "libcufft.so.11",
            "libcusolver.so.11",
            "libcusparse.so.12",
            "libcudnn.so.9");
  }
}
