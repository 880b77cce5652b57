//! Statements and handlers.

use super::Kind;
use super::cursor::{Cursor, DEEPEST};
use super::items::{CHANNELS, begins_item, begins_step, whole};
use crate::ast::{At, Block, Handler, Name, Statement, StatementKind, Trigger};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{MissingUnit, TooDeep};
use crate::program::Priority;
use crate::values::Lapse;

const STATEMENTS: [K; 9] =
    [K::Send, K::Wait, K::If, K::Escalate, K::GoTo, K::End, K::Assign, K::Note, K::Else];

/// Statements between braces.
pub(super) fn block(c: &mut Cursor<'_>, opened_by: &str) -> Option<Block> {
    let open = c.open()?;
    if c.depth >= DEEPEST {
        c.findings.push(Diagnostic::new(TooDeep { deepest: DEEPEST }, open.span));
        let mut open_blocks = 1_u32;
        while open_blocks > 0 && !c.is_at_end() {
            match c.take().kind {
                Kind::Open => open_blocks += 1,
                Kind::Close => open_blocks -= 1,
                _ => {}
            }
        }
        return Some(Block { statements: Vec::new(), span: c.since(open.span.start) });
    }
    c.depth += 1;
    let mut statements = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        let start = c.peek().span.start;
        match statement(c) {
            Some(kind) => statements.push(Statement { kind, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.depth -= 1;
    c.close(open, opened_by);
    Some(Block { statements, span: c.since(open.span.start) })
}

fn statement(c: &mut Cursor<'_>) -> Option<StatementKind> {
    if c.eat_kind(Kind::Arrow).is_some() {
        return step_name(c).map(StatementKind::Go);
    }
    let choices = STATEMENTS.map(|keyword| (keyword, keyword));
    let Some((keyword, tokens)) = c.which(&choices) else {
        c.expected_one_of(
            "una acción: enviar, esperar, si, escalar, asignar, `->` o fin",
            "a statement: send, wait, if, escalate, assign, `->` or end",
            &STATEMENTS,
        );
        return None;
    };
    if keyword == K::Else {
        c.expected(
            "una acción; `si no` va justo después de un `si { … }`",
            "a statement; `else` stands right after `if { … }`",
        );
        return None;
    }
    c.skip(tokens);
    match keyword {
        K::Send => send(c),
        K::Wait => wait(c),
        K::If => condition(c),
        K::Escalate => Some(StatementKind::Escalate),
        K::GoTo => step_name(c).map(StatementKind::Go),
        K::End => c.name("el nombre del final", "the outcome's name").map(StatementKind::End),
        K::Assign => assign(c),
        _ => c.text("la nota entre comillas", "the note in quotes").map(StatementKind::Note),
    }
}

fn step_name(c: &mut Cursor<'_>) -> Option<Name> {
    c.name("el nombre de un paso", "a step's name")
}

fn send(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let start = c.peek().span.start;
    let channel = c.eat_which(&CHANNELS).map(|is| At { is, span: c.since(start) });
    if !c.eat(K::Template) {
        let choices: Vec<K> = if channel.is_some() {
            vec![K::Template]
        } else {
            vec![K::Template, K::Whatsapp, K::Email, K::Sms, K::Call]
        };
        c.expected_one_of("`plantilla` y su nombre", "`template` and its name", &choices);
        return None;
    }
    let template = c.name("el nombre de la plantilla", "the template's name")?;
    let otherwise = match c.eat(K::Else) {
        true => Some(block(c, K::Else.word(c.lang))?),
        false => None,
    };
    Some(StatementKind::Send { channel, template, otherwise })
}

fn wait(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let up_to = c.eat(K::UpTo);
    let lapse = lapse(c)?;
    let handlers = handler_block(c, K::Wait)?;
    Some(StatementKind::Wait { lapse, up_to, handlers })
}

/// Handlers between braces, when a brace stands here; `None` inside when there is no block.
fn handler_block(c: &mut Cursor<'_>, opened_by: K) -> Option<Option<Vec<Handler>>> {
    if c.peek().kind != Kind::Open {
        return Some(None);
    }
    let open = c.open()?;
    if c.depth >= DEEPEST {
        c.findings.push(Diagnostic::new(TooDeep { deepest: DEEPEST }, open.span));
        c.recover();
        c.eat_kind(Kind::Close);
        return Some(Some(Vec::new()));
    }
    c.depth += 1;
    let handlers = handlers(c);
    c.depth -= 1;
    c.close(open, opened_by.word(c.lang));
    Some(Some(handlers))
}

/// `3 days`, `2 business days`, `24 hours`, `1 week`, `1 month`.
pub(super) fn lapse(c: &mut Cursor<'_>) -> Option<At<Lapse>> {
    let start = c.peek();
    let count = whole(c)?;
    let hours = count.saturating_mul(3600);
    let units = [
        (K::Minutes, Lapse::Seconds(count.saturating_mul(60))),
        (K::Hour, Lapse::Seconds(hours)),
        (K::BusinessDays, Lapse::BusinessDays(count)),
        (K::Days, Lapse::Days(count)),
        (K::Weeks, Lapse::Weeks(count)),
        (K::Months, Lapse::Months(count)),
    ];
    if let Some(is) = c.eat_which(&units) {
        return Some(At { is, span: c.since(start.span.start) });
    }
    let next = c.peek();
    if next.kind == Kind::Word && !next.starts_line {
        let words = units.map(|(keyword, _)| keyword);
        c.expected_one_of(
            "una unidad: días, días hábiles, horas…",
            "a unit: days, business days, hours…",
            &words,
        );
    } else {
        let written = c.written(start).to_owned();
        let insert = crate::source::Span { start: start.span.end, end: start.span.end };
        let days = format!(" {}", K::Days.word(c.lang));
        c.findings.push(Diagnostic::new(MissingUnit { written }, start.span).guess(insert, days));
    }
    None
}

fn condition(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let condition = super::expressions::expression(c);
    let then = block(c, K::If.word(c.lang))?;
    let otherwise = if c.eat(K::Else) {
        let start = c.peek().span.start;
        // `else if …` is an else block that holds one `if`. Chains nest, so they count as depth.
        if c.sees(K::If) > 0 && c.depth < DEEPEST {
            c.eat(K::If);
            c.depth += 1;
            let inner = self::condition(c);
            c.depth -= 1;
            let span = c.since(start);
            inner.map(|kind| Block { statements: vec![Statement { kind, span }], span })
        } else {
            block(c, K::Else.word(c.lang))
        }
    } else {
        None
    };
    Some(StatementKind::If { condition, then, otherwise })
}

fn assign(c: &mut Cursor<'_>) -> Option<StatementKind> {
    if !c.eat(K::Queue) {
        c.expected_one_of("`cola` y su nombre", "`queue` and its name", &[K::Queue]);
        return None;
    }
    let queue = c.name("el nombre de la cola", "the queue's name")?;
    let (mut priority, mut due) = (None, None);
    loop {
        if c.eat(K::Priority) {
            let levels = [(K::High, Priority::High), (K::Normal, Priority::Normal), (K::Low, Priority::Low)];
            priority = c.eat_which(&levels);
            if priority.is_none() {
                c.expected_one_of(
                    "alta, normal o baja",
                    "high, normal or low",
                    &[K::High, K::Normal, K::Low],
                );
                return None;
            }
        } else if c.eat(K::DueIn) {
            due = Some(lapse(c)?);
        } else {
            break;
        }
    }
    let handlers = handler_block(c, K::Assign)?;
    Some(StatementKind::Assign { queue, priority, due, handlers })
}

/// Handlers up to the closing brace.
pub(super) fn handlers(c: &mut Cursor<'_>) -> Vec<Handler> {
    let mut handlers = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        match handler(c) {
            Some(handler) => handlers.push(handler),
            None => c.recover(),
        }
    }
    handlers
}

fn handler(c: &mut Cursor<'_>) -> Option<Handler> {
    let start = c.peek().span.start;
    if !c.eat(K::On) {
        c.expected_one_of("`cuando` y un suceso", "`on` and what happens", &[K::On]);
        return None;
    }
    let trigger_start = c.peek().span.start;
    let is = trigger(c)?;
    let trigger = At { is, span: c.since(trigger_start) };
    if c.peek().kind == Kind::Arrow {
        let arrow = c.take();
        let kind = step_name(c).map(StatementKind::Go)?;
        let span = c.since(arrow.span.start);
        let body = Block { statements: vec![Statement { kind, span }], span };
        return Some(Handler { trigger, body, is_arrow: true, span: c.since(start) });
    }
    if c.peek().kind != Kind::Open {
        c.expected("`->` y un paso, o `{`", "`->` and a step, or `{`");
        return None;
    }
    let body = block(c, K::On.word(c.lang))?;
    Some(Handler { trigger, body, is_arrow: false, span: c.since(start) })
}

fn trigger(c: &mut Cursor<'_>) -> Option<Trigger> {
    let choices = [
        (K::Response, K::Response),
        (K::FullPayment, K::FullPayment),
        (K::PartialPayment, K::PartialPayment),
        (K::Delivered, K::Delivered),
        (K::Read, K::Read),
        (K::NotDelivered, K::NotDelivered),
        (K::Timeout, K::Timeout),
        (K::OptOut, K::OptOut),
        (K::Dispute, K::Dispute),
        (K::DisputeClosed, K::DisputeClosed),
        (K::WrongPerson, K::WrongPerson),
        (K::Done, K::Done),
    ];
    let Some(keyword) = c.eat_which(&choices) else {
        let words = choices.map(|(keyword, _)| keyword);
        c.expected_one_of(
            "un suceso: respuesta, pago total, pago parcial, no entregado, vence, baja…",
            "what happens: response, full payment, partial payment, not delivered, timeout, opt out…",
            &words,
        );
        return None;
    };
    let named = matches!(c.peek().kind, Kind::Word | Kind::QuotedName);
    Some(match keyword {
        K::Response if named => Trigger::Response(c.name("el botón", "the button")),
        K::Response => Trigger::Response(None),
        K::Done if named => Trigger::Done(c.name("el resultado", "the result")),
        K::Done => Trigger::Done(None),
        K::FullPayment => Trigger::FullPayment,
        K::PartialPayment => Trigger::PartialPayment,
        K::Delivered => Trigger::Delivered,
        K::Read => Trigger::Read,
        K::NotDelivered => Trigger::NotDelivered,
        K::Timeout => Trigger::Timeout,
        K::OptOut => Trigger::OptOut,
        K::Dispute => Trigger::Dispute,
        K::DisputeClosed => Trigger::DisputeClosed,
        _ => Trigger::WrongPerson,
    })
}
