package dev.millrace.trainer.model;

/**
 * The values a network is trained with unless the user gives others (section 5 of the paper).
 *
 * @param minibatchSize images in one step, at least 1
 * @param learningRate the initial learning rate, above 0
 * @param momentum share of the last update kept in the next, from 0 to below 1
 * @param weightDecay factor of the weights in the update rule, 0 for none
 * @param dropout chance of a unit to be dropped in a training step, from 0 to below 1; 0 for none
 */
public record Hyperparameters(
    int minibatchSize, double learningRate, double momentum, double weightDecay, double dropout) {}
