package dev.millrace.dashboard.pictures;

/**
 * A tensor that trainers are fed.
 *
 * @param id the image's id
 * @param label class index
 * @param png its picture
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FedImage(String id, int label, byte[] png) {}
