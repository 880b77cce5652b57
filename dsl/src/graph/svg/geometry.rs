//! Geometry: the finished picture as rectangles, texts and strokes.
//!
//! In: a view and what is counted. Out: everything with its place, in pixels. Absent: colours and markup.
//!
//! Between two layers there is nothing but lines, and inside a layer lines only run straight down in their own
//! column: so no line can cross a text, however the boxes stand.

use super::super::view::{Arrow, Card, Place, View};
use super::layers::{Kind, Layers, Size};
use super::space::{self, Wanted};
use super::text::{cut, width, wrap};
use crate::program::StepId;
use crate::values::Lang;
use std::collections::BTreeMap;

/// Type sizes.
pub(super) const NAME: f64 = 14.0;
pub(super) const BODY: f64 = 12.0;
pub(super) const LABEL: f64 = 11.5;
/// Line heights.
pub(super) const NAME_HIGH: f64 = 19.0;
pub(super) const BODY_HIGH: f64 = 16.0;
pub(super) const LABEL_HIGH: f64 = 15.0;
/// Between the border of a box and its text.
pub(super) const PAD: f64 = 13.0;
/// Room for the mark of an outcome.
pub(super) const MARK: f64 = 22.0;
/// How far a loop reaches out of its box.
pub(super) const LOOP: f64 = 26.0;

/// Between the corner of a box and the first line that leaves it.
const PORT: f64 = 12.0;
const TEXT_WIDTH_MAX: f64 = 272.0;
const LABEL_WIDTH_MAX: f64 = 165.0;
const LABEL_LINES_MAX: usize = 3;
/// Between the labels of two arrows on one line.
const LABEL_APART: f64 = 7.0;

/// A rectangle by its left upper corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

/// A box with its text, ready to be written.
pub(super) struct PlacedCard<'a> {
    pub(super) card: &'a Card,
    pub(super) rect: Rect,
    pub(super) name: Vec<String>,
    /// Lines; the flag says that a line goes on from the one before.
    pub(super) body: Vec<(String, bool)>,
    pub(super) count: Option<u64>,
}

/// The words of one arrow.
pub(super) struct PlacedLabel<'a> {
    pub(super) arrow: &'a Arrow,
    pub(super) rect: Rect,
    pub(super) lines: Vec<String>,
    pub(super) course: Course,
}

/// Which way an arrow runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Course {
    Down,
    /// Back to a box that stands higher.
    Up,
    /// To the box it leaves.
    Round,
}

/// A stroke of a line, in the direction of the arrow.
pub(super) struct Stroke {
    pub(super) path: String,
    pub(super) has_head: bool,
    pub(super) is_back: bool,
    /// No test takes any of its arrows.
    pub(super) is_missed: bool,
    /// Boxes, where the stroke is one line's own; a trunk has many beginnings.
    pub(super) from: Option<Place>,
    pub(super) to: Place,
}

/// The finished picture; its left upper corner is 0, 0.
pub(super) struct Picture<'a> {
    lang: Lang,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) cards: Vec<PlacedCard<'a>>,
    pub(super) labels: Vec<PlacedLabel<'a>>,
    pub(super) strokes: Vec<Stroke>,
}

/// Lays out a view.
pub(super) fn picture<'a>(view: &'a View, counts: &BTreeMap<StepId, u64>) -> Picture<'a> {
    let mut cards: Vec<PlacedCard<'a>> = view.cards.iter().map(|card| sized(card, counts)).collect();
    let loop_labels = |place: Place| -> Vec<&'a Arrow> {
        view.arrows.iter().filter(|arrow| arrow.from == place && arrow.to == place).collect()
    };
    let sizes: Vec<Size> = cards
        .iter()
        .map(|placed| match loop_labels(placed.card.place).as_slice() {
            [] => (placed.rect.w, placed.rect.h),
            // A loop hangs on the right; the same room on the left keeps the box in the middle of its column.
            arrows => {
                let (w, h) = label_size(arrows, Course::Round, view.lang);
                (placed.rect.w + 2.0 * (LOOP + w + 6.0), placed.rect.h.max(h + 8.0))
            }
        })
        .collect();
    let layers = Layers::of(view, &sizes, |arrows, is_back| label_size(arrows, course(is_back), view.lang));
    let columns = space::columns(&layers);
    let rows = Rows::of(&layers, &columns);
    for (placed, at) in cards.iter_mut().zip(0..) {
        placed.rect.x = columns.middle.get(at).copied().unwrap_or(0.0) - placed.rect.w / 2.0;
        placed.rect.y = rows.top(&layers, at);
    }
    let mut picture = Picture {
        lang: view.lang,
        width: 0.0,
        height: rows.height,
        cards,
        labels: Vec::new(),
        strokes: Vec::new(),
    };
    picture.label_lines(&layers, &columns.middle, &rows);
    picture.draw_lines(&layers, &columns.middle, &rows);
    picture.draw_loops(&layers);
    let rights = layers.vertices.iter().zip(&columns.middle).map(|(it, middle)| middle + it.size.0 / 2.0);
    picture.width = rights.fold(0.0, f64::max);
    picture
}

fn sized<'a>(card: &'a Card, counts: &BTreeMap<StepId, u64>) -> PlacedCard<'a> {
    let count = match card.place {
        Place::Step(step) => counts.get(&step).copied(),
        Place::Start | Place::Always | Place::Outcome(_) => None,
    };
    let badge = count.map_or(0.0, |count| badge_width(count) + 10.0);
    let mark = if card.outcome.is_some() { MARK } else { 0.0 };
    let name = wrap(&card.says(), NAME * 1.08, TEXT_WIDTH_MAX);
    let mut body = Vec::new();
    for line in &card.lines {
        let wrapped = wrap(line, BODY, TEXT_WIDTH_MAX);
        body.extend(wrapped.into_iter().enumerate().map(|(at, text)| (text, at > 0)));
    }
    // Bold letters are wider.
    let names = name.iter().map(|line| width(line, NAME * 1.08) + mark + badge);
    let bodies = body.iter().map(|(line, goes_on)| width(line, BODY) + if *goes_on { 10.0 } else { 0.0 });
    let w = names.chain(bodies.map(|w| w + mark)).fold(60.0, f64::max) + 2.0 * PAD;
    let h = name.len() as f64 * NAME_HIGH + body.len() as f64 * BODY_HIGH + 18.0;
    PlacedCard { card, rect: Rect { x: 0.0, y: 0.0, w: w.ceil(), h }, name, body, count }
}

/// Width of the pill with a count in it.
pub(super) fn badge_width(count: u64) -> f64 {
    width(&count.to_string(), BODY) + 14.0
}

fn course(is_back: bool) -> Course {
    if is_back { Course::Up } else { Course::Down }
}

fn label_lines(arrow: &Arrow, course: Course, lang: Lang) -> Vec<String> {
    let says = arrow.says(lang);
    let label = match course {
        Course::Up => format!("↑ {says}"),
        Course::Down | Course::Round => says,
    };
    if width(&label, LABEL) <= LABEL_WIDTH_MAX {
        return wrap(&label, LABEL, LABEL_WIDTH_MAX);
    }
    // A long label rather breaks where one decision ends and the next begins.
    let last = label.split(" · ").count().saturating_sub(1);
    let parts = label.split(" · ").enumerate().flat_map(|(at, part)| {
        let part = if at < last { format!("{part} ·") } else { part.to_owned() };
        wrap(&part, LABEL, LABEL_WIDTH_MAX)
    });
    cut(parts.collect(), LABEL_LINES_MAX)
}

fn label_size(arrows: &[&Arrow], course: Course, lang: Lang) -> Size {
    let (mut w, mut h) = (14.0_f64, 0.0);
    let all = arrows.iter().map(|arrow| label_lines(arrow, course, lang));
    for lines in all.filter(|lines| !lines.is_empty()) {
        w = lines.iter().map(|line| width(line, LABEL) + 8.0).fold(w, f64::max);
        h += lines.len() as f64 * LABEL_HIGH + if h > 0.0 { LABEL_APART } else { 4.0 };
    }
    (w.ceil(), h)
}

/// No test takes any of these, and that was asked.
fn is_missed(arrows: &[&Arrow]) -> bool {
    !arrows.is_empty() && arrows.iter().all(|arrow| arrow.is_covered == Some(false))
}

/// Where each layer begins and ends.
struct Rows {
    tops: Vec<f64>,
    bottoms: Vec<f64>,
    height: f64,
}

impl Rows {
    fn of(layers: &Layers<'_>, columns: &space::Columns) -> Rows {
        let mut rows = Rows { tops: Vec::new(), bottoms: Vec::new(), height: 0.0 };
        let count = layers.vertices.iter().map(|it| it.layer + 1).max().unwrap_or(0);
        let middle = |at: usize| columns.middle.get(at).copied().unwrap_or(0.0);
        let layer = |at: usize| layers.vertices.get(at).map_or(0, |it| it.layer);
        let mut y = 0.0;
        for at in 0..count {
            let heights = layers.vertices.iter().filter(|it| it.layer == at).map(|it| it.size.1);
            let high = heights.fold(0.0, f64::max);
            rows.tops.push(y);
            rows.bottoms.push(y + high);
            rows.height = y + high;
            // Lines that go far to the side need a higher gap, or they would run nearly level.
            let sides = layers.links.iter().filter(|(upper, _)| layer(*upper) == at);
            let far = sides.map(|(a, b)| (middle(*a) - middle(*b)).abs()).fold(0.0, f64::max);
            let heads = if at % 2 == 1 { 8.0 } else { 0.0 };
            y += high + 18.0 + heads + (far * 0.09).min(46.0);
        }
        rows
    }

    fn top(&self, layers: &Layers<'_>, at: usize) -> f64 {
        let layer = layers.vertices.get(at).map_or(0, |it| it.layer);
        self.tops.get(layer).copied().unwrap_or(0.0)
    }

    fn bottom(&self, layers: &Layers<'_>, at: usize) -> f64 {
        let layer = layers.vertices.get(at).map_or(0, |it| it.layer);
        self.bottoms.get(layer).copied().unwrap_or(0.0)
    }
}

/// A place that a stroke goes through: down a column from `top` to `bottom`.
struct Pass {
    x: f64,
    top: f64,
    bottom: f64,
}

impl<'a> Picture<'a> {
    fn label_lines(&mut self, layers: &Layers<'a>, middle: &[f64], rows: &Rows) {
        for (at, vertex) in layers.vertices.iter().enumerate() {
            let Kind::Label(line) = vertex.kind else { continue };
            let (Some(line), Some(middle)) = (layers.lines.get(line), middle.get(at)) else { continue };
            let mut y = rows.top(layers, at) + 2.0;
            for arrow in &line.arrows {
                y = self.label(arrow, middle - vertex.size.0 / 2.0, y, vertex.size.0, course(line.is_back));
            }
        }
    }

    /// Places one label and says where the next begins.
    fn label(&mut self, arrow: &'a Arrow, x: f64, y: f64, w: f64, course: Course) -> f64 {
        let lines = label_lines(arrow, course, self.lang);
        if lines.is_empty() {
            return y;
        }
        let h = lines.len() as f64 * LABEL_HIGH;
        self.labels.push(PlacedLabel { arrow, rect: Rect { x, y, w, h }, lines, course });
        y + h + LABEL_APART
    }

    fn draw_lines(&mut self, layers: &Layers<'_>, middle: &[f64], rows: &Rows) {
        let (outs, ins) = self.ports(layers, middle);
        let mut strokes = Vec::new();
        let place = |card: usize| self.cards.get(card).map_or(Place::Start, |it| it.card.place);
        let pass = |chain: &[usize], at: usize| -> Option<Pass> {
            let vertex = *chain.get(at)?;
            let (top, bottom) = (rows.top(layers, vertex), rows.bottom(layers, vertex));
            let x = middle.get(vertex).copied()?;
            Some(match layers.vertices.get(vertex)?.kind {
                // A stroke only ends at boxes: it leaves one below and enters one above.
                Kind::Card(card) if at == 0 => {
                    let x = *outs.get(&(vertex, *chain.get(1)?))?;
                    let rect = self.cards.get(card)?.rect;
                    Pass { x, top: rect.y + rect.h, bottom }
                }
                Kind::Card(_) => Pass { x: *ins.get(&(*chain.get(at - 1)?, vertex))?, top, bottom: top },
                Kind::Label(_) | Kind::Bend(_) => Pass { x, top, bottom },
            })
        };
        for line in &layers.lines {
            let [upper, label, lower] = [0, 1, 2].map(|at| pass(&line.own, at));
            let (Some(upper), Some(label), Some(mut lower)) = (upper, label, lower) else { continue };
            let high = line.own.get(1).and_then(|at| layers.vertices.get(*at)).map_or(0.0, |it| it.size.1);
            let (from, to) = (Some(place(line.from)), place(line.to));
            let other = if line.is_back { line.own.first() } else { line.own.last() };
            let ends_at_box = other == Some(&line.to);
            let upper = match line.is_back && !ends_at_box {
                // The shared bend is drawn with the trunk; the line only reaches its lower end.
                true => Pass { top: upper.bottom, ..upper },
                false => upper,
            };
            lower.bottom = lower.top;
            let is_missed = is_missed(&line.arrows);
            let stroke = |passes: &[Pass], has_head: bool| Stroke {
                path: path(passes, line.is_back),
                has_head,
                is_back: line.is_back,
                is_missed,
                from,
                to,
            };
            if high == 0.0 {
                strokes.push(stroke(&[upper, label, lower], ends_at_box));
                continue;
            }
            // The label stands in its line, which is left out there.
            let above = Pass { x: label.x, top: label.top, bottom: label.top };
            let below = Pass { x: label.x, top: label.top + high, bottom: label.bottom };
            strokes.push(stroke(&[upper, above], ends_at_box && line.is_back));
            strokes.push(stroke(&[below, lower], ends_at_box && !line.is_back));
        }
        for trunk in &layers.trunks {
            let passes: Vec<Pass> =
                (0..trunk.vertices.len()).filter_map(|at| pass(&trunk.vertices, at)).collect();
            let path = path(&passes, trunk.is_back);
            strokes.push(Stroke {
                path,
                has_head: true,
                is_back: trunk.is_back,
                is_missed: layers
                    .lines
                    .iter()
                    .filter(|line| line.to == trunk.to)
                    .all(|line| is_missed(&line.arrows)),
                from: None,
                to: place(trunk.to),
            });
        }
        self.strokes = strokes;
    }

    /// Where each link leaves a box below, and where it enters one above: spread so that lines stay apart.
    fn ports(&self, layers: &Layers<'_>, middle: &[f64]) -> (Ports, Ports) {
        let (mut outs, mut ins) = (Ports::new(), Ports::new());
        let middle = |at: usize| middle.get(at).copied().unwrap_or(0.0);
        for (at, placed) in self.cards.iter().enumerate() {
            let below = layers.links.iter().filter(|(upper, _)| *upper == at).map(|link| (*link, link.1));
            let above = layers.links.iter().filter(|(_, lower)| *lower == at).map(|link| (*link, link.0));
            for (mut links, ports) in
                [(below.collect::<Vec<_>>(), &mut outs), (above.collect::<Vec<_>>(), &mut ins)]
            {
                links.sort_by(|a, b| middle(a.1).total_cmp(&middle(b.1)).then(a.1.cmp(&b.1)));
                let (left, right) = (placed.rect.x + PORT, placed.rect.x + placed.rect.w - PORT);
                let last = links.len().saturating_sub(1) as f64;
                let between = if last > 0.0 { ((right - left) / last).min(22.0) } else { 0.0 };
                let wanted: Vec<Wanted> = links
                    .iter()
                    .map(|(_, other)| Wanted {
                        middle: middle(*other).clamp(left, right),
                        pull: 1.0,
                        width: 0.0,
                    })
                    .collect();
                for ((link, x), n) in links.iter().zip(space::apart(&wanted, between)).zip(0_u32..) {
                    let n = f64::from(n);
                    let x = x.max(left + n * between).min(right - (last - n) * between);
                    ports.insert(link.0, x);
                }
            }
        }
        (outs, ins)
    }

    fn draw_loops(&mut self, layers: &Layers<'a>) {
        for (card, arrows) in &layers.loops {
            let Some((rect, place)) = self.cards.get(*card).map(|it| (it.rect, it.card.place)) else {
                continue;
            };
            let (x, y, out) = (rect.x + rect.w, rect.y + rect.h / 2.0, LOOP - 8.0);
            let path = format!(
                "M{} {} C{} {} {} {} {} {}",
                number(x),
                number(y + 12.0),
                number(x + out * 1.3),
                number(y + 20.0),
                number(x + out * 1.3),
                number(y - 20.0),
                number(x),
                number(y - 12.0)
            );
            self.strokes.push(Stroke {
                path,
                has_head: true,
                is_back: true,
                is_missed: is_missed(arrows),
                from: Some(place),
                to: place,
            });
            let (w, h) = label_size(arrows, Course::Round, self.lang);
            // Many labels are higher than their box; they hang down then, where the layer has room for them.
            let mut top = (y - h / 2.0).max(rect.y + 4.0);
            for arrow in arrows {
                top = self.label(arrow, x + LOOP - 4.0, top, w, Course::Round);
            }
        }
    }
}

type Ports = BTreeMap<(usize, usize), f64>;

/// The path through these places, given from top to bottom; upwards when the arrow goes back.
fn path(passes: &[Pass], is_up: bool) -> String {
    let mut points: Vec<(f64, f64)> =
        passes.iter().flat_map(|it| [(it.x, it.top), (it.x, it.bottom)]).collect();
    points.dedup();
    if is_up {
        points.reverse();
    }
    let mut out = String::new();
    let mut before: Option<(f64, f64)> = None;
    for (x, y) in points {
        let step = match before {
            None => format!("M{} {}", number(x), number(y)),
            Some((from, _)) if (from - x).abs() < 0.5 => format!(" L{} {}", number(x), number(y)),
            Some((from, top)) => {
                let half = number((top + y) / 2.0);
                format!(" C{} {half} {} {half} {} {}", number(from), number(x), number(x), number(y))
            }
        };
        out.push_str(&step);
        before = Some((x, y));
    }
    out
}

/// A coordinate with one decimal at most, so that the same picture is the same text everywhere.
pub(super) fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        _ => format!("{:.1}", tenths as f64 / 10.0),
    }
}
