package dev.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionFaultsTest {
  private final OptionFaults faults = new OptionFaults();

  @Test
  void shouldNameAllThatIsAtFaultInTheOrderFound() {
    faults.range("threads", 0, 1, 64);
    faults.range("share", "from 0 to below 1", Double.NaN, 0, Math.nextDown(1.0));
    faults.add("xla needs a GPU");
    faults.addAll(List.of("no such model"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> faults.throwIfAny("Cannot train"))
        .withMessage(
            "Cannot train: threads must be from 1 to 64, found 0;"
                + " share must be from 0 to below 1, found NaN; xla needs a GPU; no such model");
  }

  @Test
  void shouldAllowBothEndsOfARange() {
    faults.range("threads", 1, 1, 64);
    faults.range("threads", 64, 1, 64);
    faults.range("share", "from 0 to 1", 0, 0, 1);
    faults.range("share", "from 0 to 1", 1, 0, 1);

    assertThatNoException().isThrownBy(() -> faults.throwIfAny("Cannot train"));
  }
}
