/** The dashboard over HTTP: begin at {@code WebServer} and {@code Api}. */
@NullMarked
package dev.millrace.dashboard.web;

import org.jspecify.annotations.NullMarked;
