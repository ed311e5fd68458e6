package dev.millrace.imaging.jpeg;

/** The last few tables, because most files of a dataset share theirs. Not for several threads. */
final class HuffmanTables {
  private static final int KEPT = 16;

  private final HuffmanTable[][] kept = new HuffmanTable[2][KEPT];
  private final int[] next = new int[2];

  /**
   * The table of a definition.
   *
   * @throws UnsupportedJpegException if it is no prefix code
   */
  HuffmanTable get(byte[] definition, boolean dc) throws UnsupportedJpegException {
    int kind = dc ? 0 : 1;
    for (HuffmanTable table : kept[kind]) {
      if (table != null && table.isDefinedBy(definition)) {
        return table;
      }
    }
    HuffmanTable table = HuffmanTable.of(definition, dc);
    kept[kind][next[kind]] = table;
    next[kind] = (next[kind] + 1) % KEPT;
    return table;
  }
}
