package io.osmanthus.loadtests;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Charts as PNG files: lines or points over a number, dots over names. */
public final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;

    static {
        System.setProperty("java.awt.headless", "true");
    }

    private Plots() {}

    /** What a chart says beside its points. */
    public record Words(String title, String x, String y) {}

    /** One line or cloud of points. */
    public record Series(String name, List<Double> x, List<Double> y) {
        public Series {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    /** Points joined by lines. */
    public static void lines(Path file, Words words, List<Series> series, boolean logX, boolean logY)
            throws IOException {
        xy(file, words, series, XYSeriesRenderStyle.Line, logX, logY);
    }

    /** Points. */
    public static void points(Path file, Words words, List<Series> series) throws IOException {
        xy(file, words, series, XYSeriesRenderStyle.Scatter, false, true);
    }

    private static void xy(
            Path file, Words words, List<Series> series, XYSeriesRenderStyle style, boolean logX, boolean logY)
            throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(words.title())
                .xAxisTitle(words.x())
                .yAxisTitle(words.y())
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(style);
        chart.getStyler().setXAxisLogarithmic(logX);
        chart.getStyler().setYAxisLogarithmic(logY);
        chart.getStyler().setMarkerSize(5);
        plain(chart.getStyler());
        for (Series one : series) {
            chart.addSeries(one.name(), one.x(), one.y());
        }
        save(chart, file);
    }

    /** A dot for each name, on a logarithmic axis: a bar there would have no beginning. */
    public static void dots(Path file, Words words, Map<String, Double> values) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(words.title())
                .xAxisTitle(words.x())
                .yAxisTitle(words.y())
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        chart.getStyler().setMarkerSize(14);
        chart.getStyler().setXAxisLabelRotation(20);
        plain(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.addSeries(words.y(), List.copyOf(values.keySet()), List.copyOf(values.values()));
        save(chart, file);
    }

    private static void save(Chart<?, ?> chart, Path file) throws IOException {
        Files.write(file, ChartEncoder.getBytes(chart, "png"));
    }

    private static void plain(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setLegendPosition(LegendPosition.OutsideE);
    }
}
