//! Views, DOT and Mermaid of small strategies in both languages.

use super::view::View;
use super::{dot, mermaid};
use crate::law::Laws;
use crate::program::Program;

pub(super) const MORA_TEMPRANA: &str = include_str!("../../../strategies/mora_temprana.cobro");

pub(super) fn program(text: &str) -> Program {
    let compiled = crate::compile("test.cobro", text, &Laws::shipped());
    match compiled.program(None) {
        Some(program) => program.clone(),
        None => panic!("{:#?}", compiled.findings),
    }
}

#[test]
fn shows_mora_for_now() {
    let view = View::of(&program(MORA_TEMPRANA));
    for card in &view.cards {
        println!("{card:?}");
    }
    for arrow in &view.arrows {
        println!("{:?}", arrow);
    }
    println!("{}{}", dot::draw(&view), mermaid::draw(&view));
}
