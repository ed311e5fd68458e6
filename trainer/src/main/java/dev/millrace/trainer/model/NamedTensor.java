package dev.millrace.trainer.model;

import java.nio.ByteBuffer;

/**
 * One weight or momentum tensor of a {@link Snapshot}.
 *
 * @param name for instance {@code conv1/weights} or {@code conv1/weights/momentum}
 * @param shape the sizes of its dimensions
 * @param littleEndianFloats read-only view of the elements in row-major order, valid until the
 *     snapshot is closed
 */
@SuppressWarnings("ArrayRecordComponent") // handed out once, never compared
public record NamedTensor(String name, long[] shape, ByteBuffer littleEndianFloats) {}
