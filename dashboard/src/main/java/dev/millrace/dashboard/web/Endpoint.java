package dev.millrace.dashboard.web;

/** Answers what is asked at one path. Safe for use by several threads. */
interface Endpoint {
  Answer answer(Query query) throws RefusedException;
}
