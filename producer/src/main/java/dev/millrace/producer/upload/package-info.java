/** Takes images over HTTP: start with {@link dev.millrace.producer.upload.UploadServer}. */
@NullMarked
package dev.millrace.producer.upload;

import org.jspecify.annotations.NullMarked;
