//! The picture: nothing overlaps, no line crosses a text, the file is closed, the same view gives the same file.

use super::super::tests::{MORA_TEMPRANA, program};
use super::super::view::{Place, View};
use super::draw;
use super::geometry::{Picture, Rect, picture};
use crate::program::StepId;
use std::collections::BTreeMap;

/// A strategy of many steps with arrows onward, far ahead, back, and to themselves.
fn synthetic(steps: usize) -> View {
    let mut text = String::from(
        "language en\nstrategy long_one {\n title \"Many steps & <more> \\\"arrows\\\"\"\n currency PEN\n \
         timezone America/Lima\n law PE\n enter when days_past_due >= 1\n \
         always { on full payment -> cured\n on opt out { end quiet } }\n start s0\n",
    );
    for at in 0..steps {
        let ahead = |by: usize| match at + by {
            next if next < steps => format!("s{next}"),
            _ => "given_up".to_owned(),
        };
        text.push_str(&format!(
            " step s{at} {{\n send whatsapp template notice\n wait up to {} days {{\n on response yes -> {}\n \
             on response no {{ wait 1 day\n -> s{} }}\n on timeout -> {}\n }}\n }}\n",
            at + 1,
            ahead(7),
            at / 2,
            ahead(1)
        ));
    }
    text.push_str(
        " end cured success\n end quiet neutral\n end given_up failure\n}\ntemplate notice for whatsapp {\n \
         approved as \"x\"\n language en_US\n category utility\n purpose reminder\n text \"Hello {{name}}\"\n \
         button yes \"Yes\"\n button no \"No\"\n}\n",
    );
    View::of(&program(&text))
}

fn mora_temprana() -> View {
    View::of(&program(MORA_TEMPRANA))
}

/// Boxes and labels with what they are.
fn rects(picture: &Picture<'_>) -> Vec<(String, Rect)> {
    let cards = picture.cards.iter().map(|it| (it.card.name.clone(), it.rect));
    cards.chain(picture.labels.iter().map(|it| (it.arrow.label.clone(), it.rect))).collect()
}

fn check_nothing_overlaps(view: &View) {
    let counts = (0..50).map(|at| (StepId(at), u64::from(at) * 1000)).collect();
    let picture = picture(view, &counts);
    let rects = rects(&picture);
    for (at, (name, a)) in rects.iter().enumerate() {
        assert!(a.x >= 0.0 && a.y >= 0.0, "{name} stands outside: {a:?}");
        assert!(a.x + a.w <= picture.width + 0.5 && a.y + a.h <= picture.height + 0.5, "{name}: {a:?}");
        for (other, b) in rects.iter().skip(at + 1) {
            let beside = a.x + a.w <= b.x || b.x + b.w <= a.x;
            let above = a.y + a.h <= b.y || b.y + b.h <= a.y;
            assert!(beside || above, "{name} {a:?} overlaps {other} {b:?}");
        }
    }
    for stroke in &picture.strokes {
        for (x, y) in points(&stroke.path) {
            // Lines end at the border of boxes and labels, so only their inside is forbidden.
            let inside =
                |r: &Rect| x > r.x + 1.0 && x < r.x + r.w - 1.0 && y > r.y + 1.0 && y < r.y + r.h - 1.0;
            if let Some((name, rect)) = rects.iter().find(|(_, rect)| inside(rect)) {
                panic!("a line crosses {name} {rect:?} at {x} {y}: {}", stroke.path);
            }
        }
    }
}

/// Points along a path of moves, lines and curves.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut numbers: Vec<f64> = Vec::new();
    let mut kind = 'M';
    let mut take = |kind: char, numbers: &mut Vec<f64>| {
        let from = points.last().copied().unwrap_or((0.0, 0.0));
        match (kind, numbers.as_slice()) {
            ('C', [a, b, c, d, x, y]) => points.extend((1..=24).map(|n| {
                let t = f64::from(n) / 24.0;
                let mix = |p: f64, q: f64, r: f64, s: f64| {
                    let u = 1.0 - t;
                    u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
                };
                (mix(from.0, *a, *c, *x), mix(from.1, *b, *d, *y))
            })),
            ('L', [x, y]) => points.extend((1..=24).map(|n| {
                let t = f64::from(n) / 24.0;
                (from.0 + (x - from.0) * t, from.1 + (y - from.1) * t)
            })),
            (_, [x, y]) => points.push((*x, *y)),
            (_, []) => {}
            other => panic!("not a path: {other:?}"),
        }
        numbers.clear();
    };
    for word in path.split(' ') {
        let word = match word.chars().next() {
            Some(letter) if letter.is_ascii_alphabetic() => {
                take(kind, &mut numbers);
                kind = letter;
                &word[1..]
            }
            _ => word,
        };
        numbers.push(word.parse().unwrap());
    }
    take(kind, &mut numbers);
    points
}

#[test]
fn nothing_overlaps_in_the_shipped_strategy() {
    check_nothing_overlaps(&mora_temprana());
}

#[test]
fn nothing_overlaps_in_forty_steps() {
    check_nothing_overlaps(&synthetic(40));
}

#[test]
fn nothing_overlaps_in_small_strategies() {
    (1..9).for_each(|steps| check_nothing_overlaps(&synthetic(steps)));
}

/// Any graph at all can be drawn: also what the checks would refuse, such as steps that nothing leads to.
#[test]
fn nothing_overlaps_in_any_graph() {
    let mut state = 7_u64;
    let mut draw_lot = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let whole = synthetic(14);
    for _ in 0..120 {
        let mut view = whole.clone();
        let steps = 1 + draw_lot(14);
        let is_kept = |place: &Place| !matches!(place, Place::Step(step) if usize::from(step.0) >= steps);
        view.cards.retain(|card| is_kept(&card.place));
        let places: Vec<Place> = view.cards.iter().map(|card| card.place).collect();
        view.arrows.truncate(draw_lot(3 * steps + 1));
        for arrow in &mut view.arrows {
            // Nothing leaves the start mark or an outcome, and nothing leads to the mark or to `always`.
            arrow.from = places[1 + draw_lot(steps + 1)];
            arrow.to = places[2 + draw_lot(places.len() - 2)];
            if draw_lot(4) == 0 {
                arrow.label = String::new();
            }
        }
        check_nothing_overlaps(&view);
    }
}

#[test]
fn the_strategy_runs_down_from_its_start_to_its_outcomes() {
    let view = mora_temprana();
    let picture = picture(&view, &BTreeMap::new());
    let top = |name: &str| picture.cards.iter().find(|it| it.card.name == name).map_or(0.0, |it| it.rect.y);
    let names = ["entra si", "recordatorio", "enlace", "segundo_aviso", "agente", "curada"];
    assert!(names.windows(2).all(|pair| top(pair[0]) < top(pair[1])));
    assert_eq!(top("curada"), top("sin_acuerdo"));
}

#[test]
fn every_tag_is_closed_and_every_text_escaped() {
    let drawn = draw(&synthetic(3), &BTreeMap::from([(StepId(0), 12)]));
    let mut open: Vec<&str> = Vec::new();
    for piece in drawn.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let in_style = open.last() == Some(&"style");
        assert!(in_style || !text.contains('>'), "{piece}");
        for entity in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;"];
            assert!(known.iter().any(|name| entity.starts_with(name)), "{piece}");
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split([' ', '\n']).next().unwrap_or("")),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(drawn.contains("<title>Many steps &amp; &lt;more&gt; &quot;arrows&quot;</title>"));
}

#[test]
fn each_step_says_its_name_and_line() {
    let drawn = draw(&mora_temprana(), &BTreeMap::from([(StepId(1), 12)]));
    assert!(drawn.contains("data-step=\"recordatorio\" data-line=\"27\""), "{drawn}");
    assert_eq!(drawn.matches("data-step=").count(), 5);
    assert_eq!(drawn.matches("class=\"count\"").count(), 1);
    assert!(drawn.contains(">12</text>"));
    let outside = ["<script", "<image", "href", "@import", "url(http"];
    assert!(outside.iter().all(|word| !drawn.contains(word)));
}

#[test]
fn the_same_view_gives_the_same_file() {
    let view = synthetic(12);
    let once = draw(&view, &BTreeMap::new());
    assert!((0..5).all(|_| draw(&view, &BTreeMap::new()) == once));
}
