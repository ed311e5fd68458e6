package dev.millrace.dashboard.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.DashboardOptions;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.schemas.Topics;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page in a real browser, before the real server and a real broker. */
@Timeout(240)
final class DashboardPageIT {
  private static final List<String> VIEWS =
      List.of("training", "flow", "checkpoints", "dead-letters", "pictures");
  private static final Logger LOG = LoggerFactory.getLogger(DashboardPageIT.class);
  private static final int MANY = 1_000_000;

  @TempDir static Path directory;
  private static EmbeddedBroker broker;
  private static Browser browser;
  private static int prefixes;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private boolean cutOff;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> chromium =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(name -> Browser.program(name).stream())
            .findFirst();
    Optional<Path> chromedriver = Browser.program("chromedriver");
    assumeTrue(
        chromium.isPresent() && chromedriver.isPresent(),
        "the page is tested in Chromium: install chromium and chromedriver");
    broker = EmbeddedBroker.start(directory.resolve("broker"), "127.0.0.1", 0, Map.of());
    browser = Browser.start(chromium.get(), chromedriver.get(), directory.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @AfterEach
  void shouldHaveLeftNoErrorsInTheConsole() throws Exception {
    if (browser == null) {
      return;
    }
    List<String> console = browser.console();
    browser.script("localStorage.clear()");
    browser.leave();
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    // A server that is away or ending is reported by the browser itself; nothing else may be.
    assertThat(console)
        .filteredOn(line -> !cutOff || !line.contains("Failed to load resource"))
        .isEmpty();
  }

  @Test
  void shouldShowARunFromItsFirstStepOnWithoutBeingReloaded() throws Exception {
    PublishedRuns runs = runs();
    Dashboard dashboard = dashboard(runs, 0);
    browser.open(dashboard.url("/"));
    assertThat(browser.text("#view-training .empty")).contains("No run yet", "./millrace demo");
    browser.script("window.loadedOnce = true");

    runs.train("first", 1, 30);
    runs.validate("first", 30, 0.4);

    browser.await("seven charts", () -> browser.count(".chart canvas") == 7);
    browser.await("the newest loss", () -> legend("loss").contains("train\n0.03000"));
    assertThat(legend("loss")).contains("validation\n1.500");
    assertThat(legend("top1")).contains("train\n50.00%", "validation\n40.00%", "ten-crop\n39.00%");
    assertThat(legend("rate")).contains("0.001");
    assertThat(legend("speed")).contains("1,234/s");
    assertThat(legend("wait")).contains("1.50%");
    assertThat(browser.text(".tiles")).contains("Best top-1 error\n40.0%", "at step 30");
    assertThat(browser.text("#runs")).contains("first", "step 30", "best 40.0%");

    runs.train("first", 31, 40);
    browser.await("the live points", () -> legend("loss").contains("train\n0.04000"));
    browser.await("the live step", () -> browser.text(".tiles").contains("Step\n40"));
    // The run went back to an earlier step, as after a resume.
    runs.train("first", 36, 37);
    browser.await("the repeated steps", () -> legend("loss").contains("train\n0.03700"));
    assertThat(browser.script("return window.loadedOnce")).isEqualTo(true);
  }

  @Test
  void shouldSayThatTheServerIsAwayAndGoOnWhenItIsBack() throws Exception {
    cutOff = true;
    PublishedRuns runs = runs();
    Dashboard dashboard = dashboard(runs, 0);
    int port = dashboard.port();
    runs.train("steady", 1, 10);
    browser.open(dashboard.url("/"));
    browser.await("the run", () -> legend("loss").contains("train\n0.01000"));
    browser.script("window.loadedOnce = true");

    dashboard.close();
    browser.await(
        "the banner",
        () -> browser.text("#banner").contains("No connection to the dashboard since"));
    assertThat(browser.text("#banner")).containsPattern("since \\d\\d:\\d\\d:\\d\\d");
    assertThat(browser.text("#connection")).isEqualTo("Disconnected");
    // What was shown stays.
    assertThat(legend("loss")).contains("train\n0.01000");

    runs.train("steady", 11, 20);
    dashboard(runs, port);
    browser.await("the connection", () -> browser.text("#connection").equals("Live"));
    browser.await("what was missed", () -> legend("loss").contains("train\n0.02000"));
    assertThat(browser.text("#banner")).isEmpty();
    runs.train("steady", 21, 25);
    browser.await("live points again", () -> legend("loss").contains("train\n0.02500"));
    assertThat(browser.script("return window.loadedOnce")).isEqualTo(true);
  }

  @Test
  void shouldSayThatTheBrokersAreAway() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Dashboard dashboard =
        Dashboard.start(
            new DashboardOptions(
                WebOptions.local(0), DashboardOptions.USUAL_HISTORY_BYTES, "tested"),
            new Topics("away"),
            Map.of("bootstrap.servers", "127.0.0.1:" + port));
    opened.add(dashboard);

    browser.go(dashboard.url("/"));
    browser.await(
        "the banner", () -> browser.text("#banner").contains("The brokers are away since"));
    assertThat(browser.text("#connection")).isEqualTo("Brokers away");
    assertThat(browser.text("#view-training")).contains("./millrace demo");
  }

  @Test
  void shouldCompareRunsAndKeepTheViewInTheAddress() throws Exception {
    PublishedRuns runs = runs();
    Dashboard dashboard = dashboard(runs, 0);
    runs.train("one", 1, 100);
    runs.train("two & co", 1, 60);
    browser.open(dashboard.url("/"));
    browser.await("both runs", () -> browser.count("#runs li") == 2);

    for (String box : List.of("#runs li:nth-child(1) input", "#runs li:nth-child(2) input")) {
      if (!(boolean) browser.script("return document.querySelector(arguments[0]).checked", box)) {
        browser.click(box);
      }
    }
    browser.await(
        "both in a chart",
        () -> legend("loss").contains("0.1000") && legend("loss").contains("0.06000"));
    assertThat(legend("loss")).contains("one", "two & co");
    assertThat(browser.text(".comparison")).contains("one", "two & co");
    assertThat(
            browser.script(
                """
                const swatches = document.querySelectorAll("#runs .swatch");
                return new Set([...swatches].map(s => getComputedStyle(s).color)).size\
                """))
        .isEqualTo(2L);

    browser.click("#choice-scale button", "Log");
    browser.drag("[data-chart=loss] .u-over", 0.25, 0.5);
    browser.await("the zoom", () -> browser.address().contains("from="));
    browser.hover("[data-chart=loss] .u-over", 0.5);
    browser.await("the values", () -> browser.text("[data-chart=loss] .where").startsWith("Step "));
    // Every chart with points tells the value at the same place.
    assertThat(browser.text("[data-chart=top1] .where"))
        .isEqualTo(browser.text("[data-chart=loss] .where"));

    String shared = browser.address();
    assertThat(shared).contains("run=one", "run=two+%26+co", "scale=log", "from=", "to=");
    browser.open(shared);
    browser.await("the shared runs", () -> legend("loss").contains("two & co"));
    assertThat(browser.text("#choice-scale [aria-pressed=true]")).isEqualTo("Log");
    browser.doubleClick("[data-chart=loss] .u-over");
    browser.await("all of it again", () -> !browser.address().contains("from="));
  }

  @Test
  void shouldShowHostileNamesAsText() throws Exception {
    PublishedRuns runs = runs();
    String image = "<img src=x onerror=\"window.executed=1\">";
    String script = "<script>window.executed=1</script>";
    String quotes = "\"'><svg onload=window.executed=1>";
    String mirrored = "\u202egpj.exe\u200f/../%2e%2e?a=b#c&d";
    for (String name : List.of(image, script, quotes, mirrored)) {
      runs.train(name, 1, 5);
      runs.deadLetter(name, name, "broken: " + name);
    }
    Dashboard dashboard = dashboard(runs, 0);

    String address =
        Stream.of(image, script, quotes, mirrored)
            .map(run -> "run=" + URLEncoder.encode(run, StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", dashboard.url("/") + "#", ""));
    for (String view : VIEWS) {
      browser.open(address + "&view=" + view);
      browser.await("the runs", () -> browser.text("#runs").contains(script));
    }
    browser.click("nav a", "Training");
    browser.await("the charts", () -> legend("loss").contains(quotes));
    assertThat(legend("loss"))
        .contains(image, script, "\u27e8U+202E\u27e9gpj.exe\u27e8U+200F\u27e9");
    assertThat(browser.text("#runs")).contains(image, quotes, "\u27e8U+202E\u27e9gpj.exe");
    browser.click("nav a", "Dead letters");
    browser.await("the letters", () -> browser.count(".letters > li") == 4);
    assertThat(browser.text(".letters")).contains(image, script, quotes, "broken: ");
    assertThat(browser.script("return window.executed")).isEqualTo("");
    assertThat(
            browser.script(
                "return document.querySelectorAll('[onerror], [onload], script:not([src]),"
                    + " #runs img, .letters svg').length"))
        .isEqualTo(0L);
  }

  @Test
  void shouldBeReadableOnAPhone() throws Exception {
    PublishedRuns runs = runs();
    runs.train("a-name-without-any-place-to-break-it-that-is-longer-than-a-phone-is-wide", 1, 50);
    runs.train("other", 1, 50);
    runs.deadLetter(
        "n01440764/" + "x".repeat(120), "/very/long/" + "y".repeat(120), "z".repeat(200));
    Dashboard dashboard = dashboard(runs, 0);
    browser.resize(360, 740);
    browser.open(
        dashboard.url(
            "/#run=other&run=a-name-without-any-place-to-break-it-that-is-longer-than-a-phone-is-wide"));
    browser.await("the charts", () -> browser.count(".chart canvas") == 7);

    for (String view : VIEWS) {
      browser.click("nav a[data-view=" + view + "]");
      browser.await("the view", () -> browser.count("#view-" + view) == 1);
      browser.await("something in it", () -> !browser.text("#view-" + view).isEmpty());
      assertThat(
              browser.script(
                  """
                  const wide = document.documentElement.clientWidth;
                  return [...document.querySelectorAll("body *")]
                    .filter(e => e.getBoundingClientRect().right > wide + 1 && e.getClientRects().length
                      && !e.closest(".scroll, pre, .unseen, .legend, .u-wrap"))
                    .map(e => e.tagName + "." + e.className).join(" ")\
                  """))
          .as(view)
          .isEqualTo("");
      assertThat(browser.script("return document.documentElement.scrollWidth"))
          .as(view)
          .isEqualTo(360L);
    }
  }

  @Test
  void shouldBeUsableByKeyboardAlone() throws Exception {
    PublishedRuns runs = runs();
    runs.train("keys", 1, 100);
    runs.train("more keys", 1, 100);
    Dashboard dashboard = dashboard(runs, 0);
    browser.open(dashboard.url("/"));
    browser.await("the charts", () -> browser.count(".chart canvas") == 7);
    browser.script("document.activeElement.blur()");

    browser.press(Keys.TAB);
    assertThat(focused()).isEqualTo("A Skip to the content");
    List<String> walked = new ArrayList<>();
    for (int i = 0; i < 60 && !walked.contains("SUMMARY More charts: memory and others"); i++) {
      browser.press(Keys.TAB);
      walked.add(focused());
      assertThat(browser.script("return getComputedStyle(document.activeElement).outlineStyle"))
          .as("the focus is seen on " + walked.getLast())
          .isNotEqualTo("none");
    }
    assertThat(walked)
        .containsSubsequence(
            "A Training",
            "A Flow",
            "A Checkpoints",
            "A Dead letters",
            "A Pictures",
            "BUTTON Use the dark theme",
            "INPUT ",
            "BUTTON Show only keys",
            "INPUT ",
            "BUTTON Linear",
            "BUTTON Log",
            "BUTTON Step",
            "BUTTON Zoom in",
            "BUTTON Loss: larger",
            "SUMMARY More charts: memory and others");

    focus("#theme");
    browser.press(Keys.ENTER);
    assertThat(browser.script("return document.documentElement.dataset.theme")).isEqualTo("dark");
    browser.reload();
    assertThat(browser.script("return document.documentElement.dataset.theme")).isEqualTo("dark");

    browser.await("the charts", () -> browser.count(".chart canvas") == 7);
    focus("[data-chart=loss] .plot");
    browser.press(Keys.END);
    browser.press(Keys.ARROW_LEFT);
    browser.await("a place", () -> browser.text("[data-chart=loss] .where").equals("Step 99"));
    assertThat(browser.script("return document.getElementById('spoken').textContent").toString())
        .contains("Loss, Step 99:", "train 0.09900");
    browser.press("+");
    browser.await("the zoom", () -> browser.address().contains("from="));
    browser.press("0");
    browser.await("all of it", () -> !browser.address().contains("from="));

    focus("#runs li:nth-child(2) input");
    browser.press(Keys.SPACE);
    browser.await("both runs", () -> browser.count(".comparison tbody tr") == 2);
    focus("nav a[data-view=flow]");
    browser.press(Keys.ENTER);
    browser.await("the flow", () -> browser.count("#view-flow") == 1);
  }

  @Test
  void shouldHaveEnoughContrastInBothThemes() throws Exception {
    PublishedRuns runs = runs();
    runs.train("seen", 1, 60);
    runs.validate("seen", 60, 0.3);
    runs.train("also seen", 1, 60);
    runs.deadLetter("cat/1.jpg", "photos", "the image is cut short");
    Dashboard dashboard = dashboard(runs, 0);

    for (String theme : List.of("light", "dark")) {
      browser.open(dashboard.url("/"));
      browser.script("localStorage.setItem('millrace.theme', arguments[0])", theme);
      browser.open(dashboard.url("/#run=seen&run=also+seen"));
      for (String view : VIEWS) {
        browser.click("nav a[data-view=" + view + "]");
        browser.await("something in it", () -> !browser.text("#view-" + view).isEmpty());
        assertThat(browser.script(CONTRAST)).as(theme + " " + view).isEqualTo("");
      }
      // The banner and what is only seen when something is wrong.
      browser.script(
          """
          document.getElementById("banner").hidden = false;
          document.getElementById("banner").textContent = "No connection";
          document.getElementById("audit").textContent = "";
          for (const kind of ["fine", "alarm"]) {
            const strong = document.createElement("strong");
            strong.className = kind;
            strong.textContent = "7";
            document.getElementById("audit").append(strong);
          }
          document.getElementById("verdict").hidden = false;\
          """);
      assertThat(browser.script(CONTRAST)).as(theme + " alarms").isEqualTo("");
    }
  }

  @Test
  void shouldThinLinesThatGrowAndSmoothThemWithoutBias() throws Exception {
    PublishedRuns runs = runs();
    browser.open(dashboard(runs, 0).url("/"));

    assertThat(
            browser.script(
                """
                return Promise.all([import("/assets/line.js"), import("/assets/smoothing.js")])
                  .then(([{ Line }, { smooth }]) => {
                    const line = new Line();
                    let most = 0;
                    for (let step = 1; step <= 50000; step += 10) {
                      const steps = Array.from({ length: 10 }, (_, i) => step + i);
                      line.append(steps, steps, steps.map(s => s === 777 ? 100 : s === 30000 ? null : s % 2));
                      most = Math.max(most, line.length);
                    }
                    const peak = line.values[line.steps.indexOf(777)];
                    const gap = line.values[line.steps.indexOf(30000)];
                    const end = line.steps.at(-1);
                    line.append([40000], [40000], [7]);
                    const rewound = [Math.max(...line.steps), line.newest, line.steps.length === line.values.length];
                    const constant = smooth([1, 2, 3, 500], [4, 4, null, 4], 0.99, 500);
                    const [first, second] = smooth([0, 1], [0, 3], 0.5, 1000);
                    return JSON.stringify([most <= 4000, peak, gap, end, rewound, constant, first, second]);
                  })\
                """))
        .isEqualTo("[true,100,null,50000,[40000,7,true],[4,4,null,4],0,2]");
  }

  @Test
  void shouldDrawAMillionPoints() throws Exception {
    PublishedRuns runs = runs();
    runs.longRun("long", MANY);
    Dashboard dashboard = dashboard(runs, 0);
    browser.open(dashboard.url("/"));
    browser.await("all points", () -> browser.text("#runs").contains("step 1,000,000"));

    browser.reload();
    browser.await(
        "the chart",
        () ->
            !browser
                    .script("return performance.getEntriesByName('millrace:load').length")
                    .equals(0L)
                && browser.count("[data-chart=loss] canvas") == 1);

    Object millis =
        browser.script(
            "return Math.round(performance.getEntriesByName('millrace:load')[0].duration)");
    LOG.info("A million points were asked for and drawn in {} ms", millis);
    browser.hover("[data-chart=loss] .u-over", 0.999);
    browser.await(
        "the end",
        () -> browser.text("[data-chart=loss] .where").matches("Step (99\\d,\\d{3}|1,000,000)"));
    // Looked at closely, single steps are seen.
    browser.script("location.hash = '#from=500000&to=500100'");
    browser.await(
        "steps",
        () -> {
          browser.hover("[data-chart=loss] .u-over", 0.51);
          return browser.text("[data-chart=loss] .where").equals("Step 500,051");
        });
  }

  private PublishedRuns runs() throws InterruptedException {
    PublishedRuns runs = new PublishedRuns(broker.bootstrapServers(), "page" + ++prefixes);
    opened.add(runs);
    return runs;
  }

  private Dashboard dashboard(PublishedRuns runs, int port) throws Exception {
    Dashboard dashboard =
        Dashboard.start(
            new DashboardOptions(
                WebOptions.local(port), DashboardOptions.USUAL_HISTORY_BYTES, "tested"),
            runs.topics,
            runs.kafka);
    opened.add(dashboard);
    return dashboard;
  }

  private static String legend(String chart) {
    return browser.text("[data-chart=" + chart + "] .legend");
  }

  private static void focus(String selector) {
    browser.script("document.querySelector(arguments[0]).focus()", selector);
  }

  private static String focused() {
    return browser
        .script(
            """
            const e = document.activeElement;
            return e.tagName + " " + (e.getAttribute("aria-label") ?? e.innerText.trim())\
            """)
        .toString();
  }

  /** Names every text that is seen whose contrast is under WCAG's 4.5 (3 where it is large). */
  private static final String CONTRAST =
      """
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const known = new Map();
      const rgba = (colour) => {
        if (known.has(colour)) {
          return known.get(colour);
        }
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
        return known.get(colour);
      };
      const light = ([r, g, b]) => [r, g, b]
        .map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const ratio = (a, b) => {
        const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
        return (x + 0.05) / (y + 0.05);
      };
      const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] / 255 + below[i] * (1 - top[3] / 255));
      const behind = (element) => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
          layers.push(rgba(getComputedStyle(e).backgroundColor));
        }
        return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
      };
      const faults = [];
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const style = getComputedStyle(element);
        if (!texts.currentNode.textContent.trim() || !element.getClientRects().length
            || element.closest(".unseen, noscript, script") || style.opacity === "0") {
          continue;
        }
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        const found = ratio(over(rgba(style.color), behind(element)), behind(element));
        if (found < (large ? 3 : 4.5)) {
          faults.push(`${found.toFixed(2)} ${element.tagName}.${element.className}: ${texts.currentNode.textContent.trim()}`);
        }
      }
      const root = getComputedStyle(document.documentElement);
      const panel = rgba(root.getPropertyValue("--panel"));
      for (let i = 0; i < 10; i++) {
        const found = ratio(rgba(root.getPropertyValue(`--run-${i}`)), panel);
        if (found < 3) {
          faults.push(`${found.toFixed(2)} colour of runs ${i}`);
        }
      }
      return [...new Set(faults)].join("\\n");\
      """;
}
