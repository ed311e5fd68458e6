package dev.millrace.trainer.model;

/**
 * What an evaluation measured; the parts of a whole split are added up.
 *
 * @param lossSum sum of the softmax cross-entropy over the images, natural logarithm
 * @param top1Errors images whose label is not the class with the largest logit
 * @param top5Errors images whose label is not among the five largest logits
 * @param images number of images evaluated
 * @param predictions what the network says of each of them
 */
public record EvaluationResult(
    double lossSum, long top1Errors, long top5Errors, int images, Predictions predictions) {}
