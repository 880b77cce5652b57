//! Charts as SVG, drawn by the library `plotters`.
//!
//! In: figures and labels. Out: one SVG element. Colours are signs that the page's style turns into real ones
//! (`#010000` is the first series), so that a chart follows light, dark and paper. Absent: words, legends and tables; the
//! page writes those as text, where they can be read aloud and copied.

use plotters::coord::Shift;
use plotters::prelude::*;

/// The size of a chart in its own units; the page scales it.
const SIZE: (u32, u32) = (900, 320);
const INK: RGBColor = RGBColor(0, 0, 0);
const GRID: RGBColor = RGBColor(0, 1, 0);
const LETTERS: (&str, u32) = ("sans-serif", 15);

/// The sign of a series.
fn series(at: usize) -> RGBColor {
    RGBColor(u8::try_from(at).unwrap_or(0).saturating_add(1), 0, 0)
}

/// A line over days, with a band around it when it has one.
pub(crate) struct Line {
    /// A value for each day.
    pub(crate) values: Vec<f64>,
    /// Low and high for each day; empty without a band.
    pub(crate) band: Vec<(f64, f64)>,
    /// Drawn in dashes: what might have been.
    pub(crate) is_dashed: bool,
}

/// What stands at an axis.
pub(crate) struct Axes<'a> {
    /// What the chart shows, for who cannot see it.
    pub(crate) says: &'a str,
    /// The label of a place on the horizontal axis.
    pub(crate) x: &'a dyn Fn(usize) -> String,
    /// The label of a value.
    pub(crate) y: &'a dyn Fn(f64) -> String,
}

/// Lines over days.
pub(crate) fn lines(axes: &Axes<'_>, lines: &[Line]) -> anyhow::Result<String> {
    let places = lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
    let all = lines.iter().flat_map(|line| {
        line.values.iter().copied().chain(line.band.iter().flat_map(|(low, high)| [*low, *high]))
    });
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    drawn(axes, |area| {
        let mut chart = frame(area, axes, places.saturating_sub(1).max(1) as f64, (low, high))?;
        let point = |(at, value): (usize, f64)| (at as f64, value);
        for (at, line) in lines.iter().enumerate() {
            let there = line.band.iter().map(|(_, high)| *high).enumerate().map(point);
            let back = line.band.iter().map(|(low, _)| *low).enumerate().map(point);
            let mut around: Vec<(f64, f64)> = there.collect();
            around.extend(back.collect::<Vec<_>>().into_iter().rev());
            if !around.is_empty() {
                chart.draw_series([Polygon::new(around, series(at).mix(0.22))])?;
            }
        }
        for (at, line) in lines.iter().enumerate() {
            let points: Vec<(f64, f64)> = line.values.iter().copied().enumerate().map(point).collect();
            let style = series(at).stroke_width(3);
            match line.is_dashed {
                true => chart.draw_series(DashedLineSeries::new(points, 9, 6, style))?,
                false => chart.draw_series(LineSeries::new(points, style))?,
            };
        }
        Ok(())
    })
}

/// Bars, one for each place, with the series stacked.
pub(crate) fn bars(axes: &Axes<'_>, stacked: &[Vec<f64>]) -> anyhow::Result<String> {
    let places = stacked.iter().map(Vec::len).max().unwrap_or(0);
    let total = |at: usize| stacked.iter().filter_map(|values| values.get(at)).sum::<f64>();
    let high = (0..places).map(total).fold(0.0_f64, f64::max);
    drawn(axes, |area| {
        let mut chart = frame(area, axes, places.max(1) as f64, (0.0, high))?;
        let gap = if places > 60 { 0.08 } else { 0.14 };
        for place in 0..places {
            let mut from = 0.0;
            for (at, values) in stacked.iter().enumerate() {
                let to = from + values.get(place).copied().unwrap_or(0.0);
                if to > from {
                    let corners = [(place as f64 + gap, from), ((place + 1) as f64 - gap, to)];
                    chart.draw_series([Rectangle::new(corners, series(at).filled())])?;
                }
                from = to;
            }
        }
        Ok(())
    })
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane<'a> = ChartContext<
    'a,
    SVGBackend<'a>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn frame<'a>(
    area: &Area<'a>,
    axes: &Axes<'_>,
    right: f64,
    (low, high): (f64, f64),
) -> anyhow::Result<Plane<'a>> {
    let room = if high > low { (high - low) * 0.06 } else { 1.0 };
    let low = if low < 0.0 { low - room } else { 0.0 };
    let mut chart = ChartBuilder::on(area)
        .margin_top(10)
        .margin_right(26)
        .x_label_area_size(34)
        .y_label_area_size(74)
        .build_cartesian_2d(0.0..right, low..high + room)
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(9)
        .y_labels(6)
        .x_label_formatter(&|x| (axes.x)(x.round().max(0.0) as usize))
        .y_label_formatter(&|y| (axes.y)(*y))
        .axis_style(INK.mix(0.45))
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style(LETTERS.into_font().color(&INK))
        .draw()
        .map_err(drawing)?;
    Ok(chart)
}

fn drawn(axes: &Axes<'_>, draw: impl FnOnce(&Area<'_>) -> anyhow::Result<()>) -> anyhow::Result<String> {
    let mut out = String::new();
    {
        let area = SVGBackend::with_string(&mut out, SIZE).into_drawing_area();
        draw(&area)?;
        area.present().map_err(drawing)?;
    }
    let says = axes.says.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    Ok(out.replacen("<svg ", &format!("<svg class=\"chart\" role=\"img\" aria-label=\"{says}\" "), 1))
}

fn drawing(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("chart: {error}")
}
