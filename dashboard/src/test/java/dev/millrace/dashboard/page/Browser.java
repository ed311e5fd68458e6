package dev.millrace.dashboard.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium of this machine, with what tests of the page do in it. Nothing is downloaded.
 */
final class Browser implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Where a program is found, if this machine has it. */
  static Optional<Path> program(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "/usr/bin").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it with an empty profile in a folder. */
  static Browser start(Path chromium, Path chromedriver, Path profile) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--window-size=1440,1000",
        "--user-data-dir=" + profile);
    LoggingPreferences logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logging);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  /** Goes to an address. */
  void go(String address) {
    // Only the part behind # may differ, and that alone would not load the page.
    driver.get("about:blank");
    driver.get(address);
  }

  /** Goes to an address and waits until the page is connected. */
  void open(String address) {
    go(address);
    await("connected", () -> text("#connection").equals("Live"));
  }

  /** Leaves the page, and shows the next one as large as the window is. */
  void leave() {
    driver.get("about:blank");
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    List<String> _ = console();
  }

  String address() {
    return String.valueOf(driver.getCurrentUrl());
  }

  void reload() {
    driver.navigate().refresh();
    await("connected", () -> text("#connection").equals("Live"));
  }

  /** The text that is seen of all elements of a selector, one a line. */
  String text(String selector) {
    return String.valueOf(
        script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim())"
                + ".join('\\n')",
            selector));
  }

  /** How many elements of a selector are seen. */
  long count(String selector) {
    Object counted =
        script(
            "return [...document.querySelectorAll(arguments[0])]"
                + ".filter(e => e.getClientRects().length > 0).length",
            selector);
    return ((Number) counted).longValue();
  }

  void click(String selector) {
    driver.findElement(By.cssSelector(selector)).click();
  }

  /** Clicks on the first element of a selector that has this text. */
  void click(String selector, String text) {
    WebElement found =
        driver.findElements(By.cssSelector(selector)).stream()
            .filter(element -> element.getText().contains(text))
            .findFirst()
            .orElseThrow(() -> new AssertionError("No " + selector + " with " + text));
    found.click();
  }

  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void pressWithShift(Keys key) {
    new Actions(driver).keyDown(Keys.SHIFT).sendKeys(key).keyUp(Keys.SHIFT).perform();
  }

  /** Moves over an element, from shares of its width, with the button held between them. */
  void drag(String selector, double from, double to) {
    WebElement element = driver.findElement(By.cssSelector(selector));
    int width = element.getSize().getWidth();
    new Actions(driver)
        .moveToElement(element, (int) (width * (from - 0.5)), 0)
        .clickAndHold()
        .moveByOffset((int) (width * (to - from) / 2), 0)
        .moveByOffset((int) (width * (to - from) / 2), 0)
        .release()
        .perform();
  }

  void doubleClick(String selector) {
    new Actions(driver).doubleClick(driver.findElement(By.cssSelector(selector))).perform();
  }

  /** Moves to a share of an element's width. */
  void hover(String selector, double at) {
    WebElement element = driver.findElement(By.cssSelector(selector));
    int width = element.getSize().getWidth();
    new Actions(driver).moveToElement(element, (int) (width * (at - 0.5)), 0).perform();
  }

  Object script(String script, Object... arguments) {
    Object answer = driver.executeScript(script, arguments);
    return answer == null ? "" : answer;
  }

  /** Shows the page as on a screen of this size in CSS pixels. */
  void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  void await(String what, Supplier<Boolean> condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.get()) {
      assertThat(System.nanoTime())
          .as(() -> what + "; the page says:\n" + text("body"))
          .isLessThan(end);
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while waiting for: " + what, e);
      }
    }
  }

  /** What the page has written to the console, or the browser about it, since the last call. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** Keeps a picture of what is seen. */
  void picture(Path file) throws IOException {
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
