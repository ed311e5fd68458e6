package dev.millrace.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.EagerSession;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TFOutOfRangeException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.op.data.AnonymousIterator;
import org.tensorflow.op.data.IteratorGetNext;
import org.tensorflow.op.data.MakeIterator;
import org.tensorflow.proto.Event;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Reads TensorBoard's files by TensorFlow, which is nobody of ours. */
final class TensorFlowEvents {
  private TensorFlowEvents() {}

  /** What TensorFlow reads; it refuses records whose checksums are wrong. */
  static List<Event> read(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      Scope scope = tf.scope();
      Output<TType> dataset =
          scope
              .opBuilder("TFRecordDataset", "records")
              .addInput(tf.array(file.toString()).asOutput())
              .addInput(tf.constant("").asOutput()) // not compressed
              .addInput(tf.constant(0L).asOutput()) // bytes of a buffer
              .build()
              .output(0);
      var types = List.<Class<? extends TType>>of(TString.class);
      var shapes = List.of(Shape.scalar());
      var iterator = AnonymousIterator.create(scope, types, shapes);
      MakeIterator.create(scope, dataset, iterator.handle());
      while (true) {
        var next = IteratorGetNext.create(scope, iterator.handle(), types, shapes);
        var record = (TString) next.iterator().next().asTensor();
        events.add(Event.parseFrom(record.asBytes().getObject()));
      }
    } catch (TFOutOfRangeException e) {
      return events;
    }
  }
}
