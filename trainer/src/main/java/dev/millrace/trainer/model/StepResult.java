package dev.millrace.trainer.model;

/**
 * What one training step measured, all before the update.
 *
 * @param loss mean softmax cross-entropy over the minibatch, natural logarithm
 * @param top1Errors images whose label is not the class with the largest logit
 * @param top5Errors images whose label is not among the five largest logits
 * @param gradientNorm Euclidean norm of the gradient of the loss, without weight decay
 */
public record StepResult(float loss, int top1Errors, int top5Errors, float gradientNorm) {}
