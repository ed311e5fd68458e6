package dev.millrace.producer.follow;

import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.FirstImages;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.ImagePaths;
import dev.millrace.producer.dataset.PathLabel;
import dev.millrace.producer.follow.Candidates.Candidate;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over each image that is put into a folder, when it is complete: its size and time have not
 * changed for a while and it looks whole. What the operating system tells of changes is acted on at
 * once; looking through the whole folder from time to time finds the rest. Works in a thread of its
 * own, and keeps at most 50,000 paths in memory besides those of the folders.
 */
public final class FolderWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
  private static final int MOST_CANDIDATES = 50_000;
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int RESCAN_SHARE = 10;

  private final FollowOptions options;
  private final FolderImages images;
  private final FirstImages first;
  private final ArrivalQueue queue;
  private final KnownImages known;
  private final FolderChanges changes;
  private final Candidates candidates = new Candidates(MOST_CANDIDATES);
  private final Set<String> handedOver = ConcurrentHashMap.newKeySet();
  private final FolderNotes notes = new FolderNotes();
  private final Thread thread = new Thread(this::follow, "millrace-follow");
  private volatile boolean closed;
  private long nextScanNanos;

  /**
   * Prepares to follow; {@link #start} begins.
   *
   * @param root the folder
   * @param queue takes the images
   * @param known ids that are not to be handed over again
   * @throws IOException if there is no such folder, or it cannot be read
   */
  public FolderWatch(
      Path root, FollowOptions options, ArrivalQueue queue, KnownImages known, InstantSource clock)
      throws IOException {
    if (!Files.isDirectory(root) || !Files.isReadable(root)) {
      throw new NoSuchFileException(root.toString(), null, "no folder that can be read");
    }
    this.options = options;
    this.images = new FolderImages(root, options);
    this.first = new FirstFiles(images, options, clock);
    this.queue = queue;
    this.known = known;
    this.changes = new FolderChanges(root);
  }

  /** The images that are there now, for when the stream begins. */
  public FirstImages first() {
    return first;
  }

  /** Begins, when what arrived before is known. */
  public FolderWatch start() {
    thread.start();
    return this;
  }

  /** Stops; what was handed over is the publisher's. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    changes.close();
  }

  private void follow() {
    try {
      known.awaitLoaded();
      nextScanNanos = System.nanoTime();
      while (!closed) {
        step();
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped following {}", images.root(), e);
    }
  }

  private void step() throws InterruptedException {
    boolean again =
        changes.takeMissed()
            || (candidates.size() < MOST_CANDIDATES / 2 && candidates.takeLeftOut());
    if (again || System.nanoTime() - nextScanNanos >= 0) {
      rescan();
    }
    for (Path changed : changes.await(LOOK)) {
      look(changed);
    }
    for (Candidate candidate : candidates.due(System.nanoTime())) {
      if (!closed) {
        consider(candidate);
      }
    }
  }

  private void rescan() {
    long begin = System.nanoTime();
    notes.beginScan();
    scan(images.root());
    notes.endScan();
    long took = System.nanoTime() - begin;
    nextScanNanos = System.nanoTime() + Math.max(options.rescan().toNanos(), RESCAN_SHARE * took);
  }

  private void scan(Path folder) {
    try {
      new FolderWalk(folder, () -> closed) {
        @Override
        void folder(Path found) {
          changes.watch(found); // first: what comes while it is looked through is told
        }

        @Override
        void file(Path found, BasicFileAttributes attributes) {
          find(found, attributes);
        }
      }.run();
    } catch (IOException e) {
      notes.unreadable(folder, e);
    }
  }

  // Something is new or other than it was.
  private void look(Path changed) {
    String id = images.id(changed);
    if (Files.isDirectory(changed)) {
      if (!id.startsWith(".") && !id.contains("/.")) {
        scan(changed);
      }
      return;
    }
    try {
      find(changed, Files.readAttributes(changed, BasicFileAttributes.class));
    } catch (IOException e) {
      LOG.debug("Gone again: {}", changed, e);
    }
  }

  private void find(Path file, BasicFileAttributes attributes) {
    String id = images.id(file);
    if (!attributes.isRegularFile() || !ImagePaths.isImage(id)) {
      notes.skip();
      return;
    }
    if (candidates.contains(id) || handedOver.contains(id)) {
      return;
    }
    FileState state = FileState.of(attributes);
    switch (known.find(id, state.fingerprint())) {
      case NEW -> {
        if (split(id) == Split.VALIDATION) {
          notes.late(id);
        } else {
          candidates.add(
              new Candidate(
                  id, images.order(id), state, System.nanoTime(), options.settle().toNanos()));
        }
      }
      case OTHER -> {
        known.put(id, state.fingerprint()); // said once a change
        notes.changed(id);
      }
      case SAME -> {}
    }
  }

  private static Split split(String id) {
    try {
      Split split = PathLabel.of(id).split();
      return split == null ? Split.TRAIN : split;
    } catch (DatasetException e) {
      LOG.debug("No class: {}", id, e); // told when it is handed over
      return Split.TRAIN;
    }
  }

  private void consider(Candidate candidate) throws InterruptedException {
    long now = System.nanoTime();
    candidate.later(now, options.settle().toNanos());
    try {
      if (candidate.isStill(images.state(candidate.id), now)) {
        read(candidate, candidate.unchangedNanos(now) >= options.patience().toNanos());
      }
    } catch (NoSuchFileException e) {
      LOG.debug("Gone before it was published: {}", candidate.id, e);
      candidates.remove(candidate);
    } catch (AccessDeniedException e) {
      if (candidate.unchangedNanos(now) >= options.patience().toNanos()) {
        handOver(
            candidate,
            new FolderImages.Content(new byte[0], "no permission to read " + e.getFile()));
      }
    } catch (IOException e) {
      // A disk that has gone may come back: nothing is given up for that.
      notes.unreadable(images.file(candidate.id), e);
    }
  }

  private void read(Candidate candidate, boolean last) throws IOException, InterruptedException {
    FileState state = candidate.state();
    FolderImages.Content content = images.read(candidate.id, state);
    boolean unchanged = candidate.isStill(images.state(candidate.id), System.nanoTime());
    if (unchanged && (content.fault() == null || last)) {
      handOver(candidate, content);
    }
  }

  private void handOver(Candidate candidate, FolderImages.Content content)
      throws InterruptedException {
    var image = images.image(candidate.id, Split.TRAIN, candidate.state(), content);
    handedOver.add(candidate.id);
    candidates.remove(candidate);
    var _ = image.receipt().whenComplete((_, _) -> handedOver.remove(candidate.id));
    queue.put(image);
  }
}
