package dev.millrace.dashboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients are told while it happens. */
@Timeout(120)
class EventHubTest {
  @Test
  void shouldGreetWithWhatIsKnown() throws Exception {
    try (Served served = new Served()) {
      served.train("a", 1, 2.5);
      try (Events events = new Events(served.port(), "")) {
        JsonNode hello = events.await("hello");
        assertThat(hello.get("version").asText()).isEqualTo("1.2.3");
        assertThat(hello.get("instance").asText()).isNotEmpty();
        assertThat(hello.get("now").asLong()).isPositive();
        assertThat(events.await("connection").get("connected").asBoolean()).isTrue();
        assertThat(events.await("runs").get("runs").get(0).get("name").asText()).isEqualTo("a");
        assertThat(events.await("flow").get("bottleneck").asText()).isEqualTo("none");
      }
    }
  }

  @Test
  void shouldTellEveryRecordInOrder() throws Exception {
    try (Served served = new Served();
        Events all = new Events(served.port(), "");
        Events one = new Events(served.port(), "?run=b&run=c")) {
      all.await("hello");
      one.await("hello");
      for (int step = 1; step <= 5000; step++) {
        served.train("a", step, step);
        served.train("b", step, step == 7 ? Double.NaN : -step);
      }

      int toldOfA = 0;
      int toldOfB = 0;
      while (toldOfA < 5000 || toldOfB < 5000) {
        JsonNode points = all.await("points");
        JsonNode values = points.get("values").get("loss");
        assertThat(points.get("split").asText()).isEqualTo("train");
        assertThat(points.get("time").size()).isEqualTo(points.get("step").size());
        boolean ofA = points.get("run").asText().equals("a");
        for (int i = 0; i < points.get("step").size(); i++) {
          int step = ofA ? ++toldOfA : ++toldOfB;
          assertThat(points.get("step").get(i).asInt()).isEqualTo(step);
          if (ofA || step != 7) {
            assertThat(values.get(i).asInt()).isEqualTo(ofA ? step : -step);
          } else {
            assertThat(values.get(i).isNull()).isTrue();
          }
        }
      }
      long last = 0;
      while (last < 5000) {
        JsonNode points = one.await("points");
        assertThat(points.get("run").asText()).isEqualTo("b");
        for (JsonNode step : points.get("step")) {
          assertThat(step.asLong()).isEqualTo(++last);
        }
      }
    }
  }

  @Test
  void shouldTellOfCheckpointsDeadLettersAndTheConnection() throws Exception {
    try (Served served = new Served();
        Events events = new Events(served.port(), "")) {
      events.await("flow");
      served.checkpoint("a", 10);
      JsonNode checkpoint = events.await("checkpoint");
      assertThat(checkpoint.get("run").asText()).isEqualTo("a");
      assertThat(checkpoint.get("step").asLong()).isEqualTo(10);

      served.deadLetter(5, "x");
      assertThat(events.await("deadLetters").get("total").asLong()).isEqualTo(1);

      served.connection.set(new ConnectionView(false, "away"));
      assertThat(
              events
                  .await("connection", told -> !told.get("connected").asBoolean())
                  .get("problem")
                  .asText())
          .isEqualTo("away");
      events.await("flow");
    }
  }

  @Test
  void shouldTellOfRunsWhenTheyChange() throws Exception {
    try (Served served = new Served();
        Events events = new Events(served.port(), "")) {
      assertThat(events.await("runs").get("runs")).isEmpty();

      served.train("a", 1, 2.5);

      assertThat(events.await("runs").get("runs").get(0).get("lossNow").asDouble()).isEqualTo(2.5);
    }
  }

  @Test
  void shouldGiveHostileNamesAsDataAlone() throws Exception {
    String name = "</script>\n\nevent: bye\ndata: {}\n\n\r<b>";
    try (Served served = new Served();
        Events events = new Events(served.port(), "")) {
      events.await("hello");
      served.train(name, 1, 1);

      assertThat(events.await("points").get("run").asText()).isEqualTo(name);
    }
  }

  @Test
  void shouldDropASlowClientAndTellItSoWhileOthersGoOn() throws Exception {
    try (Served served = new Served();
        ExecutorService reading = Executors.newSingleThreadExecutor();
        Events slow = new Events(served.port(), "", 8 << 10);
        Events fast = new Events(served.port(), "")) {
      slow.await("hello");
      fast.await("hello");
      int records = 400_000; // 20 MB of events
      CompletableFuture<Long> last =
          CompletableFuture.supplyAsync(() -> readAll(fast, records), reading);

      for (int step = 1; step <= records; step++) {
        served.train("a", step, step / 3.0);
        if (step % 4000 == 0) {
          Thread.sleep(20); // 200,000 records a second
        }
      }

      assertThat(last.get()).isEqualTo(records);
      JsonNode bye = slow.await("bye");
      assertThat(bye.get("reason").asText()).startsWith("too slow: ").endsWith(" bytes behind");
      assertThat(slow.next()).isNull();
      served.train("a", records + 1, 1);
      fast.await("points");
    }
  }

  private static long readAll(Events events, long records) {
    try {
      long last = 0;
      while (last < records) {
        for (JsonNode step : events.await("points").get("step")) {
          if (step.asLong() != last + 1) {
            throw new AssertionError("Step %s after %d".formatted(step, last));
          }
          last++;
        }
      }
      return last;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldTellClientsThatItEnds() throws Exception {
    Events events;
    try (Served served = new Served()) {
      events = new Events(served.port(), "");
      events.await("hello");
    }
    try (events) {
      assertThat(events.await("bye").get("reason").asText()).isEqualTo("server is ending");
      assertThat(events.next()).isNull();
    }
  }

  @Test
  void shouldTellAnotherStartFromTheSame() throws Exception {
    String first;
    try (Served served = new Served();
        Events events = new Events(served.port(), "")) {
      first = events.await("hello").get("instance").asText();
      try (Events again = new Events(served.port(), "")) {
        assertThat(again.await("hello").get("instance").asText()).isEqualTo(first);
      }
    }
    try (Served served = new Served();
        Events events = new Events(served.port(), "")) {
      assertThat(events.await("hello").get("instance").asText()).isNotEqualTo(first);
    }
  }

  @Test
  void shouldRefuseTheStreamBeyondTheMost() throws Exception {
    List<Events> open = new ArrayList<>();
    try (Served served = new Served()) {
      for (int i = 0; i < 256; i++) {
        Events events = new Events(served.port(), "");
        open.add(events);
        events.await("hello");
      }

      assertThat(RawHttp.get(served.port(), "localhost", "/api/events"))
          .startsWith("HTTP/1.1 503")
          .contains("256 event streams are open");

      open.removeLast().close();
      // The server sees it when it sends the next event.
      Events.Told told = null;
      while (told == null) {
        Events next = new Events(served.port(), "");
        open.add(next);
        told = next.next();
      }
      assertThat(told.name()).isEqualTo("hello");
    } finally {
      for (Events events : open) {
        events.close();
      }
    }
  }
}
