package dev.millrace.trainer.model;

/**
 * The sizes and initial values of one convolution.
 *
 * @param filters number of output channels
 * @param size height and width of the filters
 * @param groups parts into which input and output channels are cut, each joined only to its own
 */
record Convolution(
    String name,
    long filters,
    long size,
    long stride,
    long groups,
    InitialValue weights,
    InitialValue biases) {}
