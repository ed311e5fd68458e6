/** The page in a real browser; start with {@link dev.millrace.dashboard.page.DashboardPageIT}. */
@NullMarked
package dev.millrace.dashboard.page;

import org.jspecify.annotations.NullMarked;
