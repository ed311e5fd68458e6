package dev.millrace.trainer.model;

/**
 * What a test on ten crops measured, by the softmax averaged over them; the parts of a whole split
 * are added up.
 *
 * @param top1Errors images whose label is not the likeliest class
 * @param top5Errors images whose label is not among the five likeliest classes
 */
public record TenCropResult(long top1Errors, long top5Errors) {}
