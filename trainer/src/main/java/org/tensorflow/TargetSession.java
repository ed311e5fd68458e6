package org.tensorflow;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/**
 * Opens sessions on a TensorFlow server. TensorFlow's own {@link Session} has no constructor that
 * takes the server's address, and what it is made of is open to its package alone.
 */
public final class TargetSession {
  private TargetSession() {}

  /**
   * A session of a graph on a server.
   *
   * @param target the server, as {@code grpc://HOST:PORT}
   * @throws org.tensorflow.exceptions.TensorFlowException if TensorFlow refuses
   */
  public static Session open(Graph graph, String target, ConfigProto config) {
    try (PointerScope _ = new PointerScope();
        Graph.Reference reference = graph.ref()) {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      tensorflow.TF_SetTarget(options, target);
      BytePointer bytes = new BytePointer(config.toByteArray());
      tensorflow.TF_SetConfig(options, bytes, bytes.capacity(), status);
      status.throwExceptionIfNotOK();
      TF_Session session = TF_Session.newSession(reference.nativeHandle(), options, status);
      status.throwExceptionIfNotOK();
      return new Session(graph, session.retainReference());
    }
  }
}
