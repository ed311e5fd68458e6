package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the work of a step is divided among devices of one kind.
 *
 * @param columns whether the network's two columns stand on a device each (section 3.2 of the
 *     paper)
 * @param towers devices that take a part of every minibatch each, 1 to {@value #MOST_TOWERS}
 * @param virtual whether the processor is divided into as many devices as needed, to try a division
 *     without several GPUs
 */
public record Placement(boolean columns, int towers, boolean virtual) {
  /** All of it on one device. */
  public static final Placement ONE_DEVICE = new Placement(false, 1, false);

  static final int COLUMNS = 2;
  private static final int MOST_TOWERS = 64;

  /** Number of devices needed. */
  public int devices() {
    return columns ? COLUMNS : towers;
  }

  /** As it stands in a checkpoint: {@code 1}, {@code 2 columns} or, say, {@code 4 towers}. */
  public String text() {
    if (devices() == 1) {
      return "1";
    }
    return devices() + (columns ? " columns" : " towers");
  }

  /** What forbids this division, in the names of the options; empty if nothing does. */
  public List<String> faults(Network network, Device device) {
    List<String> faults = new ArrayList<>();
    if (towers < 1 || towers > MOST_TOWERS) {
      faults.add("towers must be from 1 to %d, found %d".formatted(MOST_TOWERS, towers));
    }
    if (columns && towers > 1) {
      faults.add(
          "columns and towers exclude each other, found columns and %d towers".formatted(towers));
    }
    if (columns && !network.hasColumns()) {
      faults.add("columns needs a network that has two (alexnet), found " + network.name());
    }
    if (virtual && device != Device.CPU) {
      faults.add(
          "virtual-devices divides the processor and needs device cpu, found "
              + device.name().toLowerCase(Locale.ROOT));
    }
    if (virtual && devices() == 1) {
      faults.add("virtual-devices needs columns or towers, found neither");
    }
    return faults;
  }
}
