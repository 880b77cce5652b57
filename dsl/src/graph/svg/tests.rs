//! The picture: nothing overlaps, everything is closed, the same view gives the same file.

use super::super::tests::{MORA_TEMPRANA, program};
use super::super::view::View;
use super::draw;
use std::collections::BTreeMap;

#[test]
fn writes_for_now() {
    let view = View::of(&program(MORA_TEMPRANA));
    std::fs::write("/tmp/mora.svg", draw(&view, &BTreeMap::new())).unwrap();
}
