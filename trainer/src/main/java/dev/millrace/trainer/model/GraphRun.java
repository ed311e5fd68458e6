package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * One run of a session, whose graph may be a placed copy of the one in which the operations were
 * made: they are found by their names.
 */
final class GraphRun {
  private final Session.Runner runner;

  GraphRun(Session session) {
    this.runner = session.runner();
  }

  GraphRun feed(Operand<?> operand, Tensor tensor) {
    Output<?> output = operand.asOutput();
    runner.feed(output.op().name(), output.index(), tensor);
    return this;
  }

  GraphRun fetch(Operand<?> operand) {
    Output<?> output = operand.asOutput();
    runner.fetch(output.op().name(), output.index());
    return this;
  }

  GraphRun target(Operation operation) {
    runner.addTarget(operation.name());
    return this;
  }

  Result run() {
    return runner.run();
  }
}
