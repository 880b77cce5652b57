//! `guarantee { … }`, and declared queues.

use super::cursor::Cursor;
use super::items::{begins_item, begins_step, hours_parts, limit_parts};
use super::statements::{STATEMENTS, assigned, lapse};
use super::{Kind, expressions};
use crate::ast::{At, Guarantee, Queue};
use crate::keywords::Keyword as K;

const KINDS: [K; 5] = [K::NoSendAfter, K::NoSendOutside, K::AtMost, K::EndsWithin, K::CostPerAccount];

/// Behind its keyword.
pub(super) fn guarantees(c: &mut Cursor<'_>) -> Option<Vec<At<Guarantee>>> {
    let open = c.open_body()?;
    let mut found = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        if c.is_outside(open, &STATEMENTS) {
            break;
        }
        let start = c.peek().span.start;
        match guarantee(c) {
            Some(is) => found.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.close(open, K::Guarantee.word(c.lang));
    Some(found)
}

fn guarantee(c: &mut Cursor<'_>) -> Option<Guarantee> {
    let keyword = c.choose(
        "ningún envío después de, ningún envío fuera de, máximo, termina en o costo por cuenta",
        "no send after, no send outside, at most, ends within or cost per account",
        &KINDS.map(|keyword| (keyword, keyword)),
    )?;
    match keyword {
        K::NoSendAfter => {
            let what = [(K::FullPayment, Guarantee::AfterPayment), (K::OptOut, Guarantee::AfterOptOut)];
            let keywords = what.clone().map(|(keyword, _)| (keyword, keyword));
            let found = c.choose("pago total o baja", "full payment or opt out", &keywords)?;
            what.into_iter().find(|(keyword, _)| *keyword == found).map(|(_, is)| is)
        }
        K::NoSendOutside => hours_parts(c).map(|(parts, week)| Guarantee::Outside(parts, week)),
        K::AtMost => limit_parts(c).map(Guarantee::AtMost),
        K::EndsWithin => lapse(c).map(Guarantee::EndsWithin),
        _ => {
            if !c.eat_sign("<=") && !c.eat_sign("≤") {
                c.expected("`<=` y un monto", "`<=` and an amount");
                return None;
            }
            Some(Guarantee::CostAtMost(expressions::value(c)))
        }
    }
}

/// `queue name [priority high] [due in 2 days]`, behind its keyword.
pub(super) fn queue(c: &mut Cursor<'_>) -> Option<Queue> {
    let name = c.name("el nombre de la cola", "the queue's name")?;
    let (priority, due) = assigned(c)?;
    Some(Queue { name, priority, due })
}
