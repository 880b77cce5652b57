//! `stage name when … { … }`: a step in which an account is for as long as its condition holds.

use super::Kind;
use super::cursor::Cursor;
use super::statements;
use crate::ast::{Block, Clause, Stage, Step};
use crate::keywords::Keyword as K;

pub(super) fn stage(c: &mut Cursor<'_>) -> Option<Clause> {
    let name = c.name("el nombre de la etapa", "the stage's name")?;
    let old = ("el nombre que tenía la etapa", "the name that the stage had");
    let renamed_from = if c.eat(K::RenamedFrom) { Some(c.name(old.0, old.1)?) } else { None };
    let holds = c.eat(K::When).then(|| super::expressions::expression(c));
    let why = super::items::why(c)?;
    let open = c.open_body()?;
    let (mut leaving, mut falling_back) = (None, None);
    loop {
        if leaving.is_none() && c.eat(K::Leaving) {
            leaving = Some(block(c, K::Leaving)?);
        } else if falling_back.is_none() && c.eat(K::FallingBack) {
            falling_back = Some(block(c, K::FallingBack)?);
        } else {
            break;
        }
    }
    let body = statements::block_of(c, open, &name.text);
    let stage = Some(Box::new(Stage { holds, leaving, falling_back }));
    Some(Clause::Step(Step { why, renamed_from, stage, ..Step::plain(name, body) }))
}

fn block(c: &mut Cursor<'_>, of: K) -> Option<Block> {
    if c.peek().kind != Kind::Open {
        c.expected("`{`", "`{`");
        return None;
    }
    let open = c.open_body()?;
    Some(statements::block_of(c, open, of.word(c.lang)))
}
