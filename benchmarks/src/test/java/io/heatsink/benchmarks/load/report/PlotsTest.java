package io.heatsink.benchmarks.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.traffic.Load;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class PlotsTest {

  private static final Load HOT = Load.parse("hot-p1");

  private final Samples samples =
      new Samples(
          List.of(
              sample("direct", Loop.CLOSED, Map.of(Figure.BACKEND_US, 4.0)),
              sample("a&b", Loop.CLOSED, Map.of(Figure.BACKEND_US, 1.0, Figure.PROXY_US, 2.0)),
              sample("unknown", Loop.CLOSED, Map.of(Figure.BACKEND_US, 1.5)),
              sample(
                  "direct",
                  Loop.OPEN,
                  Map.of(Figure.P50_MS, 0.1, Figure.P99_MS, 10.0, Figure.TARGET, 20_000.0))));

  @Test
  void barsAreAsLongAsWhatTheyShow() throws Exception {
    Element cpu = parse("cpu.svg");
    NodeList boxes = cpu.getElementsByTagName("rect");
    // The ground, two of the legend, then proxy and backend of each subject.
    double full = width(boxes, 4);
    assertThat(width(boxes, 3)).isZero();
    assertThat(width(boxes, 5)).isEqualTo(full / 2);
    assertThat(width(boxes, 6)).isEqualTo(full / 4);
    assertThat(cpu.getTextContent()).contains("a&b", "4.00", "3.00", "1.50 and more");
  }

  @Test
  void latenciesAreDrawnToALogarithmicScale() throws Exception {
    Element latency = parse("latency.svg");
    assertThat(latency.getTextContent()).contains("at 20,000 a second", "p50", "p99.9", "max");
    String points =
        ((Element) latency.getElementsByTagName("polyline").item(0)).getAttribute("points");
    String[] point = points.split(" ", -1);
    assertThat(point).hasSize(2);
    double low = Double.parseDouble(point[0].split(",", -1)[1]);
    double high = Double.parseDouble(point[1].split(",", -1)[1]);
    assertThat(low - high).isEqualTo(200);
  }

  @Test
  void withoutALoadThereIsNothingToDraw() {
    assertThat(new Plots(new Samples(List.of())).files()).isEmpty();
  }

  private static double width(NodeList boxes, int i) {
    return Double.parseDouble(((Element) boxes.item(i)).getAttribute("width"));
  }

  private Element parse(String file) throws Exception {
    String text = new Plots(samples).files().getOrDefault(file, "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)))
        .getDocumentElement();
  }

  private static Sample sample(String subject, Loop loop, Map<Figure, Double> figures) {
    return new Sample(HOT, subject, loop, 1, figures);
  }
}
