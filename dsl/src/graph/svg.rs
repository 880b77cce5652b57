//! SVG: a drawing that stands by itself, for the page, for a mail and for paper.
//!
//! In: a view, and how many accounts stand in each step when that is known. Out: one SVG file. The same view
//! gives the same file. Absent: scripts, fonts, links and anything else fetched from outside.
//!
//! `text` measures, `layers` says what stands above what, `space` sets it apart, `geometry` draws the lines,
//! and this file writes it down.

mod text;
mod layers;
mod space;
mod geometry;

#[cfg(test)]
mod tests;

use super::view::{Place, View};
use crate::markup::escaped;
use crate::program::{OutcomeKind, StepId};
use geometry::{
    BODY, BODY_HIGH, Course, LABEL_HIGH, MARK, NAME_HIGH, PAD, Picture, PlacedCard, PlacedLabel, Stroke,
    number,
};
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: &str = include_str!("svg/style.css");
/// Room around the picture.
const MARGIN: f64 = 24.0;
/// A narrow picture still has room for its title and legend.
const WIDTH_MIN: f64 = 460.0;
const TITLE: f64 = 18.0;
const TITLE_HIGH: f64 = 24.0;
const LEGEND_HIGH: f64 = 24.0;

/// The view as SVG; a step without a count has no badge.
pub fn draw(view: &View, counts: &BTreeMap<StepId, u64>) -> String {
    let picture = geometry::picture(view, counts);
    let inner = picture.width.max(WIDTH_MIN);
    let title = text::wrap(&view.title, TITLE * 1.08, inner);
    let head = title.len() as f64 * TITLE_HIGH + 34.0;
    let legend = Legend::of(view, &picture, inner);
    let (width, height) = (inner + 2.0 * MARGIN, head + picture.height + legend.height + 2.0 * MARGIN);
    let mut out = String::new();
    open(view, width, height, &mut out);
    for (at, line) in title.iter().enumerate() {
        let y = MARGIN + TITLE + at as f64 * TITLE_HIGH;
        let _ = writeln!(
            out,
            "<text class=\"title\" x=\"{}\" y=\"{}\">{}</text>",
            number(MARGIN),
            number(y),
            escaped(line)
        );
    }
    let y = MARGIN + title.len() as f64 * TITLE_HIGH + 12.0;
    let version: String = view.version.chars().take(8).collect();
    let mut under = view.name.clone();
    if !version.is_empty() {
        let _ = write!(under, " · {} {version}", view.lang.pick("versión", "version"));
    }
    under.push_str(&coverage(view));
    let _ = writeln!(
        out,
        "<text class=\"soft\" x=\"{}\" y=\"{}\">{}</text>",
        number(MARGIN),
        number(y),
        escaped(&under)
    );
    let left = MARGIN + (inner - picture.width) / 2.0;
    let _ = writeln!(out, "<g transform=\"translate({} {})\">", number(left), number(MARGIN + head));
    picture.strokes.iter().for_each(|stroke| line(stroke, &mut out));
    let mut before: Option<&PlacedLabel<'_>> = None;
    for placed in &picture.labels {
        label(placed, before, &mut out);
        before = Some(placed);
    }
    picture.cards.iter().for_each(|placed| card(view, placed, &mut out));
    out.push_str("</g>\n");
    legend.write(MARGIN, MARGIN + head + picture.height + MARGIN, &mut out);
    out.push_str("</svg>\n");
    out
}

/// How many arrows the tests take, when that was asked.
fn coverage(view: &View) -> String {
    let asked: Vec<bool> = view.arrows.iter().filter_map(|arrow| arrow.is_covered).collect();
    if asked.is_empty() {
        return String::new();
    }
    let (hit, all) = (asked.iter().filter(|is| **is).count(), asked.len());
    let says = view.lang.pick(
        format!("las pruebas recorren {hit} de {all} flechas"),
        format!("tests take {hit} of {all} arrows"),
    );
    format!(" · {says}")
}

fn open(view: &View, width: f64, height: f64, out: &mut String) {
    let (w, h) = (number(width.ceil()), number(height.ceil()));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cobro-graph\" role=\"img\" lang=\"{}\" \
         width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">",
        view.lang.code()
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(&view.title));
    let steps = view.cards.iter().filter(|card| matches!(card.place, Place::Step(_)));
    let names: Vec<&str> = steps.map(|card| card.name.as_str()).collect();
    let ends = view.cards.iter().filter(|card| card.outcome.is_some());
    let ends: Vec<&str> = ends.map(|card| card.name.as_str()).collect();
    let starts = view.starts.iter().filter_map(|start| view.card(Place::Step(*start)));
    let start = starts.map(|card| card.name.as_str()).collect::<Vec<_>>().join(", ");
    let (says_start, says_steps, says_ends) =
        view.lang.pick(("Empieza en", "Pasos", "Finales"), ("Starts at", "Steps", "Outcomes"));
    let desc = format!(
        "{says_start}: {start}. {says_steps}: {}. {says_ends}: {}.",
        names.join(", "),
        ends.join(", ")
    );
    let _ = writeln!(out, "<desc>{}</desc>\n<style>\n{STYLE}</style>", escaped(&desc));
    out.push_str("<defs>\n");
    let heads =
        [("cobro-head", "head"), ("cobro-head-back", "head back"), ("cobro-head-missed", "head missed")];
    for (id, class) in heads {
        let _ = writeln!(
            out,
            "<marker id=\"{id}\" viewBox=\"0 0 10 10\" refX=\"9.5\" refY=\"5\" markerWidth=\"9\" \
             markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
             <path class=\"{class}\" d=\"M0 0.8 L10 5 L0 9.2 z\"/></marker>"
        );
    }
    let _ = writeln!(out, "</defs>\n<rect class=\"paper\" width=\"{w}\" height=\"{h}\"/>");
}

fn line(stroke: &Stroke, out: &mut String) {
    let (class, head) = match (stroke.is_missed, stroke.is_back) {
        (true, _) => ("line missed", "cobro-head-missed"),
        (false, true) => ("line back", "cobro-head-back"),
        (false, false) => ("line", "cobro-head"),
    };
    let head = if stroke.has_head { format!(" marker-end=\"url(#{head})\"") } else { String::new() };
    let from = stroke.from.map_or_else(String::new, |from| format!(" data-from=\"{}\"", from.id()));
    let _ = writeln!(
        out,
        "<path class=\"{class}\"{from} data-to=\"{}\" d=\"{}\"{head}/>",
        stroke.to.id(),
        stroke.path
    );
}

fn label(placed: &PlacedLabel<'_>, before: Option<&PlacedLabel<'_>>, out: &mut String) {
    let (rect, arrow) = (placed.rect, placed.arrow);
    let same_line = |other: &PlacedLabel<'_>| (other.arrow.from, other.arrow.to) == (arrow.from, arrow.to);
    if before.is_some_and(same_line) {
        // A short rule parts the labels of two arrows that share a line.
        let (middle, y) = (rect.x + rect.w / 2.0, number(rect.y - 3.0));
        let (x1, x2) = (number(middle - 14.0), number(middle + 14.0));
        let _ = writeln!(out, "<line class=\"rule\" x1=\"{x1}\" y1=\"{y}\" x2=\"{x2}\" y2=\"{y}\"/>");
    }
    let class = match (arrow.is_covered, placed.course) {
        (Some(false), _) => "label missed",
        (_, Course::Down) => "label",
        _ => "label back",
    };
    let _ = writeln!(
        out,
        "<g data-op=\"{}\" data-line=\"{}\"><title>{}</title>",
        arrow.op.0,
        arrow.line,
        escaped(&arrow.label)
    );
    for (at, text) in placed.lines.iter().enumerate() {
        let y = rect.y + 11.5 + at as f64 * LABEL_HIGH;
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            number(rect.x + rect.w / 2.0),
            number(y),
            escaped(text)
        );
    }
    out.push_str("</g>\n");
}

fn card(view: &View, placed: &PlacedCard<'_>, out: &mut String) {
    let (card, rect) = (placed.card, placed.rect);
    let (class, key) = match (card.place, card.outcome) {
        (_, Some(OutcomeKind::Success)) => ("success", "data-outcome"),
        (_, Some(OutcomeKind::Failure)) => ("failure", "data-outcome"),
        (_, Some(OutcomeKind::Neutral)) | (Place::Outcome(_), None) => ("neutral", "data-outcome"),
        (Place::Start, None) => ("start", "data-place"),
        (Place::Always, None) => ("always", "data-place"),
        (Place::Step(_), None) => ("step", "data-step"),
    };
    let line = if card.line > 0 { format!(" data-line=\"{}\"", card.line) } else { String::new() };
    let name = match card.place {
        Place::Start | Place::Always => card.place.id(),
        Place::Step(_) | Place::Outcome(_) => card.name.clone(),
    };
    let missed = if card.is_covered == Some(false) { " missed" } else { "" };
    let _ = writeln!(
        out,
        "<g id=\"cobro-{}\" class=\"{class}{missed}\" {key}=\"{}\"{line}>",
        card.place.id(),
        escaped(&name)
    );
    let round = if matches!(card.place, Place::Step(_)) { 8.0 } else { 18.0_f64.min(rect.h / 2.0) };
    let _ = writeln!(
        out,
        "<rect class=\"box\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        number(rect.x),
        number(rect.y),
        number(rect.w),
        number(rect.h),
        number(round)
    );
    let mut x = rect.x + PAD;
    if let Some(kind) = card.outcome {
        mark(kind, x + 8.0, rect.y + rect.h / 2.0, out);
        x += MARK;
    }
    let mut y = rect.y + 8.0;
    for text in &placed.name {
        let _ = writeln!(
            out,
            "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
            number(x),
            number(y + 14.0),
            escaped(text)
        );
        y += NAME_HIGH;
    }
    for (text, goes_on) in &placed.body {
        let x = if *goes_on { x + 10.0 } else { x };
        let _ =
            writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", number(x), number(y + 12.5), escaped(text));
        y += BODY_HIGH;
    }
    if let Some(count) = placed.count {
        badge(view, placed, count, out);
    }
    out.push_str("</g>\n");
}

/// A tick, a dash or a cross, so that an outcome is not told by colour alone.
fn mark(kind: OutcomeKind, x: f64, y: f64, out: &mut String) {
    let path = match kind {
        OutcomeKind::Success => "M-6 0 L-2 5 L6 -5",
        OutcomeKind::Neutral => "M-6 0 L6 0",
        OutcomeKind::Failure => "M-5 -5 L5 5 M5 -5 L-5 5",
    };
    let _ = writeln!(
        out,
        "<path class=\"mark\" transform=\"translate({} {})\" d=\"{path}\"/>",
        number(x),
        number(y)
    );
}

fn badge(view: &View, placed: &PlacedCard<'_>, count: u64, out: &mut String) {
    let (rect, w) = (placed.rect, geometry::badge_width(count));
    let x = rect.x + rect.w - 8.0 - w;
    let says = view.lang.pick("cuentas ahora en este paso", "accounts in this step now");
    let _ = writeln!(
        out,
        "<g><title>{count} {says}</title><rect class=\"badge\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"18\" \
         rx=\"9\"/><text class=\"count\" x=\"{}\" y=\"{}\">{count}</text></g>",
        number(x),
        number(rect.y + 8.0),
        number(w),
        number(x + w / 2.0),
        number(rect.y + 21.5)
    );
}

/// What the signs of the picture mean; only signs that stand in it.
struct Legend {
    rows: Vec<Vec<(Sign, &'static str, f64)>>,
    height: f64,
}

#[derive(Clone, Copy)]
enum Sign {
    Down,
    Back,
    Always,
    Count,
    Covered,
    Missed,
}

impl Legend {
    fn of(view: &View, picture: &Picture<'_>, width_max: f64) -> Legend {
        let lang = view.lang;
        let mut entries = vec![(Sign::Down, lang.pick("pasa a", "goes to"))];
        if picture.strokes.iter().any(|stroke| stroke.is_back) {
            entries
                .push((Sign::Back, lang.pick("vuelve a un paso anterior", "goes back to an earlier step")));
        }
        if view.card(Place::Always).is_some() {
            let says = lang.pick(
                "siempre: vale en cualquier paso donde esté la cuenta",
                "always: holds in whatever step the account stands",
            );
            entries.push((Sign::Always, says));
        }
        if picture.cards.iter().any(|card| card.count.is_some()) {
            entries.push((Sign::Count, lang.pick("cuentas ahora", "accounts now")));
        }
        let is_asked = |is: bool| view.arrows.iter().any(|arrow| arrow.is_covered == Some(is));
        if is_asked(true) {
            entries.push((Sign::Covered, lang.pick("una prueba pasa por aquí", "a test goes this way")));
        }
        if is_asked(false) {
            entries.push((Sign::Missed, lang.pick("ninguna prueba pasa por aquí", "no test goes this way")));
        }
        let (mut rows, mut row, mut used) = (Vec::new(), Vec::new(), 0.0);
        for (sign, says) in entries {
            let w = 44.0 + text::width(says, BODY) + 22.0;
            if used + w > width_max && !row.is_empty() {
                rows.push(std::mem::take(&mut row));
                used = 0.0;
            }
            row.push((sign, says, used));
            used += w;
        }
        rows.push(row);
        let height = rows.len() as f64 * LEGEND_HIGH;
        Legend { rows, height }
    }

    fn write(&self, left: f64, top: f64, out: &mut String) {
        for (at, row) in self.rows.iter().enumerate() {
            let y = top + at as f64 * LEGEND_HIGH;
            for (sign, says, x) in row {
                let _ = writeln!(out, "<g transform=\"translate({} {})\">", number(left + x), number(y));
                let _ = writeln!(out, "{}", sign.mark());
                let _ = writeln!(out, "<text class=\"soft\" x=\"44\" y=\"13\">{}</text></g>", escaped(says));
            }
        }
    }
}

impl Sign {
    fn mark(self) -> &'static str {
        match self {
            Sign::Down => "<path class=\"line\" d=\"M0 9 L34 9\" marker-end=\"url(#cobro-head)\"/>",
            Sign::Back => "<path class=\"line back\" d=\"M0 9 L34 9\" marker-end=\"url(#cobro-head-back)\"/>",
            Sign::Always => {
                "<g class=\"always\"><rect class=\"box\" width=\"34\" height=\"18\" rx=\"9\"/></g>"
            }
            Sign::Covered => "<text class=\"label\" x=\"17\" y=\"13\">✓</text>",
            Sign::Missed => {
                "<path class=\"line missed\" d=\"M0 9 L34 9\" marker-end=\"url(#cobro-head-missed)\"/>\
                 <text class=\"label missed\" x=\"15\" y=\"5\">✗</text>"
            }
            Sign::Count => "<rect class=\"badge\" x=\"6\" width=\"24\" height=\"18\" rx=\"9\"/>",
        }
    }
}
