package dev.millrace.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws curves of errors into a PNG file. Needs a font on the machine, as all drawing of text in
 * Java does.
 *
 * @param title stands above
 * @param error what the curves show, beside the axis
 */
record Figure(String title, String error) {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 500;

  void write(Path file, List<Curve> curves) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .theme(ChartTheme.Matlab)
            .title(title)
            .xAxisTitle("epochs")
            .yAxisTitle(error)
            .build();
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisDecimalPattern("0.#");
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    for (Curve curve : curves) {
      chart.addSeries(curve.name(), curve.epochs(), curve.percent()).setMarker(SeriesMarkers.NONE);
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
    }
  }
}
