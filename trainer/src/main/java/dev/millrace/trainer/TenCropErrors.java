package dev.millrace.trainer;

/**
 * How well the network does when its softmax is averaged over ten crops of each image: the four
 * corners, the centre and their mirror images (section 4.1 of Krizhevsky, Sutskever and Hinton
 * 2012).
 *
 * @param top1Error share, from 0 to 1, of images whose class is not the likeliest
 * @param top5Error share, from 0 to 1, of images whose class is not among the five likeliest
 */
public record TenCropErrors(double top1Error, double top5Error) {}
