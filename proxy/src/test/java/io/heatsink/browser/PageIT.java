package io.heatsink.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.heatsink.Heatsink;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The page in real headless Chromium. With {@code -Dheatsink.write-screenshots=true} it also takes
 * those of {@code docs/images}.
 */
class PageIT {

  private static final String MARKUP = "<script>document.title='owned'</script>";
  private static final String LONG = "long:" + "x".repeat(10_000);

  private static @Nullable Chromium chromium;
  private static @Nullable HeatsinkFixture heatsink;
  private static @Nullable Crowd crowd;

  private final List<String> faults = new ArrayList<>();

  @BeforeAll
  static void launch() {
    Path executable = Chromium.find();
    assumeTrue(executable != null, "no chromium is installed: apt-get install chromium");
    chromium = Chromium.launch(Objects.requireNonNull(executable));
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings ->
                settings
                    .split("tweet:*:likes", 4)
                    .hot(20, 1, 10, Duration.ofSeconds(60))
                    .hotBytes(1 << 20)
                    .slowThreshold(Duration.ofMillis(200)));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fixture().admin("/ready").statusCode() == 200);
    crowd = Crowd.start(fixture(), MARKUP, LONG);
  }

  @AfterAll
  static void close() {
    if (crowd != null) {
      crowd.close();
    }
    if (heatsink != null) {
      heatsink.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  private static HeatsinkFixture fixture() {
    return Objects.requireNonNull(heatsink);
  }

  private static String url() {
    return "http://127.0.0.1:"
        + Objects.requireNonNull(fixture().heatsink().adminAddress()).getPort()
        + "/";
  }

  private Page open(int width, int height, ColorScheme scheme) {
    Browser browser = Objects.requireNonNull(chromium).browser();
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
    Page page = context.newPage();
    page.onPageError(faults::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            faults.add(message.text());
          }
        });
    page.navigate(url());
    return page;
  }

  private static Locator row(Page page, String key) {
    return page.locator("#hot-rows tr").filter(new Locator.FilterOptions().setHasText(key)).first();
  }

  @Test
  void showsWhatIsHotAndHostileKeysAsText() {
    try (Page page = open(1400, 900, ColorScheme.LIGHT)) {
      assertThat(page.locator("#status")).containsText("Serving");
      assertThat(row(page, "user:42:feed")).containsText("near cache");
      assertThat(row(page, "user:42:feed")).containsText("tracked");
      assertThat(row(page, "tweet:7:likes")).containsText("split over 4");
      assertThat(page.locator("#counters")).containsText("tweet:7:likes:3");
      assertThat(row(page, "catalog:all").locator(".tag.big")).hasText("big");
      assertThat(row(page, "catalog:all")).containsText("MB/s");
      assertThat(row(page, MARKUP)).isVisible();
      assertThat(row(page, "\\xff\\x00")).isVisible();
      assertThat(row(page, "(10,005 bytes)")).isVisible();
      assertThat(row(page, "\\xe2\\x80\\xae")).isVisible();
      assertThat(page).hasTitle("Heatsink");
      assertThat(page.locator("#events")).containsText("went hot");
      assertThat(page.locator("#chart-traffic .value")).containsText("/s");
      assertThat(page.locator("#memory .bar")).hasCount(4);
      assertThat(page.locator("#nodes li")).hasCount(1);
      assertThat(faults).isEmpty();
    }
  }

  @Test
  void nothingFromElsewhereAndNothingScrollsSideways() {
    for (int width : new int[] {360, 800, 1400}) {
      try (Page page = open(width, 800, ColorScheme.DARK)) {
        assertThat(row(page, "user:42:feed")).isVisible();
        int overflow =
            (int) page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth");
        assertThat(overflow).as("at %s px", width).isLessThanOrEqualTo(0);
        List<?> hosts =
            (List<?>)
                page.evaluate(
                    "() => [...new Set(performance.getEntriesByType('resource').map(e => new"
                        + " URL(e.name).host))].filter(h => h && h !== location.host)");
        assertThat(hosts).isEmpty();
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void whatItWouldSaveIsShownWhileItObserves() {
    assertThat(open(1400, 900, ColorScheme.LIGHT).locator("#observe-card")).isHidden();
    try (HeatsinkFixture observing =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.observing());
        Page page = Objects.requireNonNull(chromium).browser().newPage()) {
      int port = Objects.requireNonNull(observing.heatsink().adminAddress()).getPort();
      page.navigate("http://127.0.0.1:" + port + "/");
      assertThat(page.locator("#observe-card")).isVisible();
      assertThat(page.locator("#would")).containsText("commands");
      assertThat(page.locator("#suggestion")).containsText("mode:");
    }
  }

  @Test
  void eachServerHasAHealthOfItsOwn() {
    try (RedisReplicas redis = RedisReplicas.start(1);
        Heatsink before = Heatsink.start(TestConfig.beforeReplicas(redis.ports()).build());
        Page page = Objects.requireNonNull(chromium).browser().newPage()) {
      int port = Objects.requireNonNull(before.adminAddress()).getPort();
      page.navigate("http://127.0.0.1:" + port + "/");
      HasCountOptions soon = new HasCountOptions().setTimeout(30_000);
      assertThat(page.locator("#nodes .dot.good")).hasCount(2, soon);
      redis.replicas().get(0).close();
      assertThat(page.locator("#nodes .dot.good")).hasCount(1, soon);
      Locator replica = page.locator("#nodes li.replica");
      assertThat(replica.locator(".dot.bad")).hasCount(1, soon);
      assertThat(replica).containsText("does not answer");
    }
  }

  @Test
  void anEntryIsFlushedByKeyboardAfterAQuestion() {
    try (Page page = open(1400, 900, ColorScheme.LIGHT)) {
      Locator flush = page.getByLabel("Flush user:42:feed");
      flush.focus();
      page.keyboard().press("Enter");
      assertThat(page.locator("#confirm-subject")).hasText("user:42:feed");
      page.keyboard().press("Escape");
      assertThat(page.locator("#confirm")).isHidden();
      assertThat(page.locator("#events")).not().containsText("flushed by an operator");
      flush.focus();
      page.keyboard().press("Enter");
      page.keyboard().press("Tab");
      page.keyboard().press("Enter");
      assertThat(page.locator("#confirm")).isHidden();
      assertThat(page.locator("#events")).containsText("flushed by an operator");
    }
  }

  @Test
  void aPolicyIsSetSeenAndTakenBack() {
    try (Page page = open(1400, 900, ColorScheme.LIGHT)) {
      page.getByLabel("Policy product:9").click();
      page.locator("#rule-level").selectOption("fresh");
      page.locator("#confirm-yes").click();
      assertThat(page.locator("#rules")).containsText("product:9");
      assertThat(row(page, "product:9")).containsText("fresh");
      try (RawClient client = fixture().client()) {
        assertThat(client.call("HEATSINK", "POLICY", "product:9"))
            .contains("fresh", "added rule 1");
      }
      page.getByLabel("Take back the policy of product:9").click();
      page.locator("#confirm-yes").click();
      assertThat(page.locator("#rules-card")).isHidden();
      assertThat(row(page, "product:9")).containsText("tracked");
      page.locator("#add-rule").click();
      page.locator("#confirm-yes").click();
      assertThat(page.locator("#confirm-error")).containsText("Write a pattern");
    }
  }

  @Test
  void aSplitCounterIsShownAndFolded() {
    try (Page page = open(1400, 900, ColorScheme.LIGHT);
        RawClient client = fixture().client();
        RawClient direct = fixture().direct()) {
      client.call("INCR", "tweet:1:likes");
      client.call("INCR", "tweet:1:likes");
      String cut = "tweet:" + "y".repeat(300) + ":likes";
      client.call("INCR", cut);
      Locator counters = page.locator("#counters");
      assertThat(counters).containsText("tweet:1:likes");
      assertThat(counters).containsText("heatsink:");
      String total = client.call("GET", "tweet:1:likes");
      page.getByLabel("Fold tweet:1:likes").focus();
      page.keyboard().press("Enter");
      assertThat(page.locator("#confirm-subject")).hasText("tweet:1:likes");
      page.keyboard().press("Tab");
      page.keyboard().press("Enter");
      assertThat(page.locator("#confirm")).isHidden();
      assertThat(direct.call("GET", "tweet:1:likes")).isEqualTo(total);
      assertThat(page.getByLabel("Fold tweet:1:likes")).isHidden();
      assertThat(page.locator("#events")).containsText("folded 1 of 1 by an operator");
      page.getByLabel("Fold tweet:yyy").click();
      page.locator("#confirm-yes").click();
      assertThat(page.locator("#confirm")).isHidden();
      assertThat(direct.call("GET", cut)).isEqualTo("$1\r\n1\r\n");
    }
  }

  @Test
  void aSlowRequestIsShownWithWhereItsTimeWent() {
    try (Page page = open(1400, 900, ColorScheme.LIGHT);
        RawClient client = fixture().client()) {
      // What waits with it for Redis would be slow as well.
      Objects.requireNonNull(crowd).rests = true;
      client.call(
          "EVAL",
          "local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 300000"
              + " repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > e return 1",
          "1",
          "slow:1");
      assertThat(page.locator("#slow")).containsText("EVAL");
      assertThat(page.locator("#slow")).containsText("slow:1");
      String spent = page.locator("#slow .spent").first().getAttribute("aria-label");
      assertThat(spent).contains("backend", "waiting", "pipe");
    } finally {
      Objects.requireNonNull(crowd).rests = false;
    }
  }

  @Test
  void asksForATokenAndKeepsItInTheTab() {
    try (Page page = open(1000, 800, ColorScheme.LIGHT)) {
      assertThat(page.locator("#status")).containsText("Serving");
      page.route(
          "**/api/v1/**",
          route -> {
            String given = route.request().headers().getOrDefault("authorization", "");
            if (given.equals("Bearer letmein")) {
              route.resume();
            } else {
              route.fulfill(
                  new com.microsoft.playwright.Route.FulfillOptions().setStatus(401).setBody("{}"));
            }
          });
      assertThat(page.locator("#login")).isVisible();
      page.locator("#token").fill("wrong");
      page.keyboard().press("Enter");
      assertThat(page.locator("#login-error")).containsText("not accepted");
      page.locator("#token").fill("letmein");
      page.keyboard().press("Enter");
      assertThat(page.locator("#login")).isHidden();
      assertThat(page.locator("#status")).containsText("Serving");
      assertThat(page.evaluate("() => localStorage.length + document.cookie.length")).isEqualTo(0);
    }
  }

  @Test
  void screenshots() {
    assumeTrue(Boolean.getBoolean("heatsink.write-screenshots"), "not asked for");
    Path images = Path.of("..", "docs", "images");
    shoot(1280, 900, ColorScheme.LIGHT, images.resolve("console-light.png"));
    shoot(1280, 900, ColorScheme.DARK, images.resolve("console-dark.png"));
    shoot(390, 844, ColorScheme.LIGHT, images.resolve("console-narrow.png"));
  }

  private void shoot(int width, int height, ColorScheme scheme, Path to) {
    try (Page page = open(width, height, scheme)) {
      assertThat(row(page, "user:42:feed")).isVisible();
      await().atMost(Duration.ofSeconds(60)).until(() -> points(page) > 45);
      page.screenshot(new Page.ScreenshotOptions().setPath(to));
      assertThat(to.toFile().length()).isLessThan(200_000);
    }
  }

  private static int points(Page page) {
    String path = page.locator("#chart-hits path").getAttribute("d");
    return path == null ? 0 : path.split("[ML]", -1).length;
  }

  /** Clients that keep some keys warm, at a rate that any machine bears. */
  private static final class Crowd implements AutoCloseable {

    private final Thread thread;
    private volatile boolean ends;
    private volatile boolean rests;

    private Crowd(HeatsinkFixture to, String... keys) {
      thread = new Thread(() -> run(to, keys), "crowd");
      thread.start();
    }

    static Crowd start(HeatsinkFixture to, String... keys) {
      return new Crowd(to, keys);
    }

    private void run(HeatsinkFixture to, String... keys) {
      try (RawClient client = to.client()) {
        client.call("SET", "user:42:feed", "posts");
        client.call("SET", "product:9", "stock");
        client.call("SET", "catalog:all", "x".repeat(800_000));
        List<byte[]> reads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          reads.add(RawClient.encode("GET".getBytes(UTF_8), "user:42:feed".getBytes(UTF_8)));
        }
        for (int i = 0; i < 12; i++) {
          reads.add(RawClient.encode("GET".getBytes(UTF_8), "product:9".getBytes(UTF_8)));
        }
        for (int i = 0; i < 8; i++) {
          reads.add(RawClient.encode("INCR".getBytes(UTF_8), "tweet:7:likes".getBytes(UTF_8)));
          reads.add(RawClient.encode("INCR".getBytes(UTF_8), "page:views".getBytes(UTF_8)));
        }
        for (int i = 0; i < 3; i++) {
          for (String key : keys) {
            reads.add(RawClient.encode("GET".getBytes(UTF_8), key.getBytes(UTF_8)));
          }
          reads.add(RawClient.encode("GET".getBytes(UTF_8), new byte[] {(byte) 0xff, 0, 1}));
          reads.add(RawClient.encode("GET".getBytes(UTF_8), "\u202egnp.exe".getBytes(UTF_8)));
        }
        for (int round = 0; !ends; round++) {
          if (!rests) {
            client.pipeline(reads);
            if (round % 3 == 0) {
              client.call("GET", "catalog:all");
            }
          }
          java.util.concurrent.locks.LockSupport.parkNanos(40_000_000);
        }
      }
    }

    @Override
    public void close() {
      ends = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
