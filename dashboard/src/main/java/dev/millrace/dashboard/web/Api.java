package dev.millrace.dashboard.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.millrace.dashboard.history.Axis;
import dev.millrace.dashboard.history.CheckpointView;
import dev.millrace.dashboard.history.History;
import dev.millrace.dashboard.history.LetterView;
import dev.millrace.dashboard.history.Line;
import dev.millrace.dashboard.history.RunDetail;
import dev.millrace.dashboard.history.Window;
import dev.millrace.schemas.Split;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What programs and the page may ask, as JSON. */
final class Api {
  private static final int LEAST_POINTS = 10;
  private static final int MOST_POINTS = 10_000;
  private static final int USUAL_POINTS = 1000;
  private static final int MOST_VALUES = 50;
  private static final int MOST_LETTERS = 1000;
  private static final int USUAL_LETTERS = 50;

  private final Sources sources;

  Api(Sources sources) {
    this.sources = sources;
  }

  private record RunsAnswer(
      long now,
      String version,
      String prefix,
      boolean connected,
      @Nullable String problem,
      Object runs) {}

  private record SeriesAnswer(String run, String split, long records, Map<String, Line> series) {}

  private record CheckpointAnswer(
      @JsonUnwrapped CheckpointView checkpoint, @Nullable String kernels) {}

  private record LetterAnswer(@JsonUnwrapped LetterView letter, @Nullable String thumbnail) {}

  private record LettersAnswer(long total, int kept, List<LetterAnswer> letters) {}

  /** {@code /api/runs}. */
  Answer runs(Query query) {
    ConnectionView connection = sources.connection().get();
    return Answer.json(
        new RunsAnswer(
            System.currentTimeMillis(),
            sources.version(),
            sources.prefix(),
            connection.connected(),
            connection.problem(),
            sources.history().runs()));
  }

  /** {@code /api/runs/NAME}. */
  Answer run(Query query) throws RefusedException {
    if (query.path().size() != 3) {
      throw new RefusedException(404, "a run's name is one part of the address, percent-encoded");
    }
    return Answer.json(detail(query.path().get(2)));
  }

  private RunDetail detail(String name) throws RefusedException {
    return sources
        .history()
        .detail(name)
        .orElseThrow(
            () -> new RefusedException(404, "no run of that name is known: /api/runs lists them"));
  }

  /** {@code /api/series}. */
  Answer series(Query query) throws RefusedException {
    String run = query.required("run");
    Split split = split(query.required("split"));
    String[] names = query.required("values").split(",", MOST_VALUES + 1);
    if (names.length > MOST_VALUES) {
      throw RefusedException.bad("at most %d values can be asked for".formatted(MOST_VALUES));
    }
    Window window =
        new Window(
            axis(query.text("axis")),
            query.number("from", Long.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE),
            query.number("to", Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE),
            (int) query.number("points", USUAL_POINTS, LEAST_POINTS, MOST_POINTS));
    History history = sources.history();
    long records = history.records(run, split);
    if (records == 0) {
      detail(run); // refused where the run is unknown
    }
    Map<String, Line> lines = new LinkedHashMap<>();
    for (String name : names) {
      history.line(run, split, name, window).ifPresent(line -> lines.put(name, line));
    }
    return Answer.json(new SeriesAnswer(run, History.name(split), records, lines));
  }

  private static Split split(String name) throws RefusedException {
    for (Split split : Split.values()) {
      if (History.name(split).equals(name)) {
        return split;
      }
    }
    throw RefusedException.bad("the parameter split must be train or validation");
  }

  private static Axis axis(@Nullable String name) throws RefusedException {
    return switch (name) {
      case null -> Axis.STEP;
      case "step" -> Axis.STEP;
      case "time" -> Axis.TIME;
      default -> throw RefusedException.bad("the parameter axis must be step or time");
    };
  }

  /** {@code /api/checkpoints}. */
  Answer checkpoints(Query query) {
    List<Object> checkpoints =
        sources.history().checkpoints(query.text("run")).stream()
            .map(view -> json(view, sources))
            .toList();
    return Answer.json(Map.of("checkpoints", checkpoints));
  }

  /** A checkpoint as clients see it. */
  static Object json(CheckpointView view, Sources sources) {
    return new CheckpointAnswer(view, sources.pictures().kernels(view.run(), view.step()));
  }

  /** {@code /api/dead-letters}. */
  Answer deadLetters(Query query) throws RefusedException {
    int limit = (int) query.number("limit", USUAL_LETTERS, 1, MOST_LETTERS);
    long before = query.number("before", Long.MAX_VALUE, 0, Long.MAX_VALUE);
    History history = sources.history();
    List<LetterAnswer> letters =
        history.deadLetters(limit, before).stream()
            .map(letter -> new LetterAnswer(letter, sources.pictures().thumbnail(letter.offset())))
            .toList();
    return Answer.json(
        new LettersAnswer(history.deadLettersTotal(), history.deadLettersKept(), letters));
  }

  /** {@code /api/flow}. */
  Answer flow(Query query) {
    return Answer.json(sources.flow().flow());
  }

  /** {@code /api/pictures}. */
  Answer pictures(Query query) throws RefusedException {
    return Answer.json(sources.pictures().pictures(query.required("run")));
  }

  /** What is below {@code /pictures}. */
  Answer picture(Query query) throws RefusedException {
    Picture picture = sources.pictures().picture(query);
    if (picture == null) {
      throw new RefusedException(404, "there is no such picture");
    }
    String caching = picture.immutable() ? "private, max-age=31536000, immutable" : "no-store";
    return new Answer(200, "image/png", Map.of("Cache-Control", caching), picture.png());
  }
}
