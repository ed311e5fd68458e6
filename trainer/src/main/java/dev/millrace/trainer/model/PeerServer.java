package dev.millrace.trainer.model;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.TargetSession;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.ServerDef;

/**
 * This process's TensorFlow server, by which the others reach its devices. TensorFlow cannot end a
 * server: its port and threads stay until the process ends, so that a process is in one group only.
 */
final class PeerServer {
  static final String JOB = "worker";
  private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);
  private static final String FIRST_TASK = "/job:%s/replica:0/task:0".formatted(JOB);

  private final Server server;
  private final String target;
  private final ConfigProto config;

  private PeerServer(Server server, String target, ConfigProto config) {
    this.server = server;
    this.target = target;
    this.config = config;
  }

  /**
   * Starts to listen.
   *
   * @param config of the sessions; says which devices there are
   */
  static PeerServer start(Peers peers, ConfigProto config) {
    ConfigProto.Builder grouped = config.toBuilder();
    grouped.getExperimentalBuilder().setCollectiveGroupLeader(FIRST_TASK);
    ConfigProto collective = grouped.build();
    JobDef.Builder job = JobDef.newBuilder().setName(JOB);
    for (int task = 0; task < peers.count(); task++) {
      job.putTasks(task, peers.addresses().get(task));
    }
    Server server =
        new Server(
            ServerDef.newBuilder()
                .setCluster(ClusterDef.newBuilder().addJob(job))
                .setJobName(JOB)
                .setTaskIndex(peers.rank())
                .setProtocol("grpc")
                .setDefaultSessionConfig(collective)
                .build());
    server.start();
    String address = peers.addresses().get(peers.rank());
    String port = address.substring(address.lastIndexOf(':') + 1);
    return new PeerServer(server, "grpc://localhost:" + port, collective);
  }

  /** A session on this server; waits until the servers of all peers answer. */
  Session open(Graph graph) {
    LOG.debug("Opening a session on {} of {}", target, server);
    return TargetSession.open(graph, target, config);
  }
}
