/** The contract between the services: start with {@link dev.millrace.schemas.Topics}. */
@NullMarked
package dev.millrace.schemas;

import org.jspecify.annotations.NullMarked;
