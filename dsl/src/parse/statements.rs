//! Statements and handlers.

use super::cursor::{Cursor, DEEPEST};
use super::items::{CHANNELS, CLAUSES, begins_item, begins_step, figure_out_of_range, whole, why};
use super::{Kind, Token};
use crate::ast::parameter::{ParameterType, ParameterValue};
use crate::ast::{At, Block, Handler, Name, Statement, StatementKind, Trigger, Way};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{MissingBrace, MissingUnit, TooDeep};
use crate::program::{Priority, Until};
use crate::source::Span;
use crate::values::{Channel, Lapse};

pub(super) const STATEMENTS: [K; 21] = [
    K::CallWebhook,
    K::OfferPlan,
    K::FollowPlan,
    K::VerifyIdentity,
    K::Hold,
    K::BlockChannel,
    K::Release,
    K::RunStrategy,
    K::Tag,
    K::Untag,
    K::Set,
    K::Send,
    K::Wait,
    K::If,
    K::Escalate,
    K::GoTo,
    K::End,
    K::Assign,
    K::Note,
    K::Repeat,
    K::Split,
];

/// The most times that a block may be repeated.
const TIMES_MAX: u32 = 100;

/// Statements between braces.
pub(super) fn block(c: &mut Cursor<'_>, opened_by: &str) -> Option<Block> {
    c.eat_then();
    let first = c.peek();
    let is_statement =
        |c: &Cursor<'_>| first.kind == Kind::Arrow || STATEMENTS.iter().any(|keyword| c.sees(*keyword) > 0);
    // `if … -> step` on one line: the block is that statement.
    if first.kind != Kind::Open && !first.starts_line && is_statement(c) {
        return Some(block_without_braces(c));
    }
    let open = c.open_body()?;
    Some(block_of(c, open, opened_by))
}

fn block_without_braces(c: &mut Cursor<'_>) -> Block {
    let start = c.peek().span.start;
    let behind = c.written(c.last()).to_owned();
    let kind = statement(c);
    let span = c.since(start);
    let written = c.text.get(span.range()).unwrap_or("").to_owned();
    // Another `{` on the line may belong to this block or to its statement.
    let has_block = kind.is_none() || c.peek().kind == Kind::Open;
    let has_close = c.eat_forgotten_close();
    let finding = Diagnostic::new(MissingBrace { behind }, Span { start, end: span.end.max(start + 1) });
    let is_told = c.findings.iter().rev().take(8).any(|told| told.span.start == start);
    if !is_told {
        c.findings.push(match (has_block, has_close) {
            (true, _) => finding,
            (false, true) => finding.guess(Span { start, end: start }, "{ "),
            (false, false) => finding.guess(span, format!("{{ {written} }}")),
        });
    }
    Block { statements: kind.map(|kind| Statement { kind, span }).into_iter().collect(), span }
}

/// The statements behind a `{`, and its `}`.
pub(super) fn block_of(c: &mut Cursor<'_>, open: Token, opened_by: &str) -> Block {
    if c.depth >= DEEPEST {
        too_deep(c, open);
        return Block { statements: Vec::new(), span: c.since(open.span.start) };
    }
    c.depth += 1;
    let mut statements = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        let fits = c.peek().kind == Kind::Arrow || STATEMENTS.iter().any(|keyword| c.sees(*keyword) > 0);
        if !fits && (c.is_outside(open, &[K::On]) || c.is_outside(open, &CLAUSES)) {
            break;
        }
        let start = c.peek().span.start;
        match statement(c) {
            Some(kind) => statements.push(Statement { kind, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.depth -= 1;
    c.close(open, opened_by);
    Block { statements, span: c.since(open.span.start) }
}

fn too_deep(c: &mut Cursor<'_>, open: Token) {
    c.findings.push(Diagnostic::new(TooDeep::Blocks { deepest: DEEPEST }, open.span));
    c.skip_block();
}

fn statement(c: &mut Cursor<'_>) -> Option<StatementKind> {
    if c.eat_arrow().is_some() {
        return step_name(c).map(StatementKind::Go);
    }
    if c.sees_else() > 0 {
        c.unexpected(
            "una acción; `si no` va justo después de un `si { … }`",
            "a statement; `else` stands right after `if { … }`",
            None,
        );
        return None;
    }
    let keyword = c.choose(
        "una acción: enviar, esperar, si, escalar, asignar, suspender, repetir, repartir, etiquetar, fijar, nota, `->` o fin",
        "a statement: send, wait, if, escalate, assign, hold, repeat, split, tag, set, note, `->` or end",
        &STATEMENTS.map(|keyword| (keyword, keyword)),
    )?;
    match keyword {
        K::Send => send(c),
        K::Wait => wait(c),
        K::If => condition(c),
        K::Escalate => why(c).map(StatementKind::Escalate),
        K::GoTo => step_name(c).map(StatementKind::Go),
        K::End => c.name("el nombre del final", "the outcome's name").map(StatementKind::End),
        K::Assign => assign(c),
        K::Tag | K::Untag => {
            let name = c.name("el nombre de la etiqueta", "the tag's name")?;
            Some(StatementKind::Tag { name, is_on: keyword == K::Tag })
        }
        K::Set => {
            let field = c.name("el nombre de un campo", "a field's name")?;
            if !c.eat_sign("=") {
                c.expected("`=` y un valor", "`=` and a value");
                return None;
            }
            Some(StatementKind::Set { field, value: super::expressions::expression(c) })
        }
        K::Hold => hold(c),
        K::BlockChannel => {
            let start = c.peek().span.start;
            let named = if c.peek().starts_line { None } else { c.eat_which(&CHANNELS) };
            Some(StatementKind::Block(named.map(|is| At { is, span: c.since(start) })))
        }
        K::Release => Some(StatementKind::Release),
        K::Repeat => repeat(c),
        K::RunStrategy => super::calls::call(c).map(Box::new).map(StatementKind::Run),
        K::Split => split(c),
        K::OfferPlan | K::FollowPlan | K::VerifyIdentity | K::CallWebhook => {
            super::awaits::statement(c, keyword)
        }
        _ => text_or_parameter(c, "la nota entre comillas", "the note in quotes").map(StatementKind::Note),
    }
}

fn step_name(c: &mut Cursor<'_>) -> Option<Name> {
    c.name("el nombre de un paso", "a step's name")
}

fn send(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let start = c.peek().span.start;
    let named = match c.parameter_type() {
        Some(ParameterType::Channel) => c.parameter(ParameterType::Channel),
        _ => None,
    };
    let named = match named {
        Some(ParameterValue::Channel(channel)) => Some(channel),
        _ => c.eat_which(&CHANNELS),
    };
    let mut channel = named.map(|is| At { is, span: c.since(start) });
    let near = [K::Template, K::Whatsapp, K::Email, K::Sms, K::Call];
    if c.sees(K::Template) == 0 && c.lacks(&near) {
        c.missing_word(K::Template);
    } else if !c.eat(K::Template) {
        // What stands here may be a misspelt channel as well as a misspelt `template`.
        let template = [(K::Template, None)];
        let mut choices: Vec<(K, Option<Channel>)> = template.to_vec();
        if channel.is_none() {
            choices.extend(CHANNELS.map(|(keyword, channel)| (keyword, Some(channel))));
        }
        let expected = ("`plantilla` y su nombre", "`template` and its name");
        if let Some(is) = c.choose(expected.0, expected.1, &choices)? {
            channel = Some(At { is, span: c.since(start) });
            if !c.want(K::Template, expected.0, expected.1) {
                return None;
            }
        }
    }
    let template = c.name("el nombre de la plantilla", "the template's name")?;
    let tokens = c.sees_else();
    c.skip(tokens);
    let otherwise = match tokens {
        0 => None,
        _ => Some(block(c, K::Else.word(c.lang))?),
    };
    Some(StatementKind::Send { channel, template, otherwise })
}

fn wait(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let begins = [(K::UpTo, K::UpTo), (K::Until, K::Until), (K::UntilThat, K::UntilThat)];
    let is_value = c.parameter_type().is_some() && c.which(&begins).is_none();
    let begin = if c.peek().kind == Kind::Word && c.figure_in_words().is_none() && !is_value {
        let expected = ("`hasta` o un plazo: 3 días", "`up to`, `until` or a length of time: 3 days");
        Some(c.choose(expected.0, expected.1, &begins)?)
    } else {
        None
    };
    let start = c.peek().span.start;
    // A lone word may be anything, `mañana` say: behind `until` it is a condition only where the file has it as one.
    let (word, next) = (c.peek(), c.peek_at(1));
    let is_lone =
        word.kind == Kind::Word && (next.kind != Kind::Sign && next.kind != Kind::Word || next.starts_line);
    let is_known = !is_lone
        || begin == Some(K::UntilThat)
        || crate::vocabulary::find(c.written(word), c.lang).is_some()
        || c.is_declared();
    // A parameter stands for a moment or a length of time, unless it is compared with something.
    let is_moment = c.parameter_type().is_some() && next.kind != Kind::Sign;
    let is_date = super::until::anchor(c).is_some();
    if begin.is_some()
        && is_known
        && !is_moment
        && !is_date
        && super::expressions::begins(c, &super::until::WORDS)
    {
        let condition = super::expressions::expression(c);
        let at_most = if c.eat(K::ForUpTo) { Some(lapse(c)?) } else { None };
        return Some(StatementKind::AwaitCondition {
            condition,
            at_most,
            handlers: handler_block(c, K::Wait),
        });
    }
    let is = match begin {
        None => Until::For(lapse(c)?.is),
        // In Spanish both are `hasta`: what follows says which is meant.
        Some(begin) => super::until::until(c, begin == K::UpTo)?,
    };
    let up_to = begin.is_some() && matches!(is, Until::For(_));
    let until = At { is, span: c.since(start) };
    let handlers = handler_block(c, K::Wait);
    Some(StatementKind::Wait { until, up_to, handlers })
}

/// Handlers between braces, when a brace stands here.
pub(super) fn handler_block(c: &mut Cursor<'_>, opened_by: K) -> Option<Vec<Handler>> {
    let open = c.eat_kind(Kind::Open)?;
    if c.depth >= DEEPEST {
        too_deep(c, open);
        return Some(Vec::new());
    }
    c.depth += 1;
    let handlers = handlers(c, open);
    c.depth -= 1;
    c.close(open, opened_by.word(c.lang));
    Some(handlers)
}

/// `3 days`, `2 business days`, `24 hours`, `1 week`, `1 month`.
pub(super) fn lapse(c: &mut Cursor<'_>) -> Option<At<Lapse>> {
    let start = c.peek();
    if let Some(ParameterValue::Duration(is)) = c.parameter(ParameterType::Duration) {
        return Some(At { is, span: start.span });
    }
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
    let next = c.peek();
    let is = if c.which(&units).is_some() || (next.kind == Kind::Word && !next.starts_line) {
        c.choose("una unidad: días, días hábiles, horas…", "a unit: days, business days, hours…", &units)?
    } else {
        let written = c.written(start).to_owned();
        let insert = crate::source::Span { start: start.span.end, end: start.span.end };
        let unit = |unit: K| format!(" {}", unit.word(c.lang));
        let finding = Diagnostic::new(MissingUnit { written }, start.span).guess(insert, unit(K::Days));
        let finding = finding.choice(insert, unit(K::BusinessDays)).choice(insert, unit(K::Hour));
        c.findings.push(finding);
        Lapse::Days(count)
    };
    Some(At { is, span: c.since(start.span.start) })
}

fn condition(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let condition = super::expressions::expression(c);
    let then = block(c, K::If.word(c.lang))?;
    let tokens = c.sees_else();
    c.skip(tokens);
    let otherwise = if tokens == 0 {
        None
    } else if c.sees(K::If) > 0 {
        // `else if …` is an else block that holds one `if`. Chains nest, so they count as depth.
        let first = c.peek();
        c.eat(K::If);
        if c.depth >= DEEPEST {
            c.findings.push(Diagnostic::new(TooDeep::Blocks { deepest: DEEPEST }, first.span));
            return None;
        }
        c.depth += 1;
        let inner = self::condition(c);
        c.depth -= 1;
        let span = c.since(first.span.start);
        inner.map(|kind| Block { statements: vec![Statement { kind, span }], span })
    } else {
        block(c, K::Else.word(c.lang))
    };
    Some(StatementKind::If { condition, then, otherwise })
}

fn assign(c: &mut Cursor<'_>) -> Option<StatementKind> {
    if c.sees(K::Queue) == 0 && c.lacks(&[K::Queue]) {
        c.missing_word(K::Queue);
    } else if !c.want(K::Queue, "`cola` y su nombre", "`queue` and its name") {
        return None;
    }
    let queue = c.name("el nombre de la cola", "the queue's name")?;
    let (priority, due) = assigned(c)?;
    let handlers = handler_block(c, K::Assign);
    Some(StatementKind::Assign { queue, priority, due, handlers })
}

/// `[priority high] [due in 2 days]`
pub(super) fn assigned(c: &mut Cursor<'_>) -> Option<(Option<Priority>, Option<At<Lapse>>)> {
    let (mut priority, mut due) = (None, None);
    loop {
        if c.eat(K::Priority) {
            let levels = [(K::High, Priority::High), (K::Normal, Priority::Normal), (K::Low, Priority::Low)];
            priority = Some(c.choose("alta, normal o baja", "high, normal or low", &levels)?);
        } else if c.eat(K::DueIn) {
            due = Some(lapse(c)?);
        } else if c.peek().kind == Kind::Word && c.peek().word == 0 && !c.peek().starts_line {
            let options = [K::Priority, K::DueIn];
            c.expected_one_of("`prioridad`, `vence en` o `{`", "`priority`, `due in` or `{`", &options);
            c.skip_to_block();
            break;
        } else {
            break;
        }
    }
    Some((priority, due))
}

/// `hold 10 days because "…"`, `hold until 2026-03-20 because "…"`
fn hold(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let start = c.peek().span.start;
    let is = match c.eat(K::Until) || c.eat(K::UntilThat) {
        true => super::until::until(c, false)?,
        false => Until::For(lapse(c)?.is),
    };
    let until = At { is, span: c.since(start) };
    Some(StatementKind::Hold { until, why: why(c)? })
}

/// A text as written, or the parameter that is one.
pub(super) fn text_or_parameter(c: &mut Cursor<'_>, es: &str, en: &str) -> Option<crate::ast::Text> {
    let span = c.peek().span;
    match c.parameter(ParameterType::Text) {
        Some(ParameterValue::Text(is)) => Some(At { is, span }),
        _ => c.text(es, en),
    }
}

/// `repeat up to 3 times { … }`
fn repeat(c: &mut Cursor<'_>) -> Option<StatementKind> {
    c.eat(K::UpTo);
    let token = c.peek();
    let is = whole(c)?;
    if !(1..=TIMES_MAX).contains(&is) {
        figure_out_of_range(c, c.written(token), token.span);
    }
    if !c.want(K::Times, "`veces`", "`times`") {
        return None;
    }
    let times = At { is: is.clamp(1, TIMES_MAX), span: token.span };
    let body = block(c, K::Repeat.word(c.lang))?;
    Some(StatementKind::Repeat { times, body })
}

/// `split name { 50% a { … } 50% b { … } }`
fn split(c: &mut Cursor<'_>) -> Option<StatementKind> {
    let name = c.name("el nombre del experimento", "the experiment's name")?;
    let open = c.open()?;
    if c.depth >= DEEPEST {
        too_deep(c, open);
        return Some(StatementKind::Split { name, ways: Vec::new(), is_complete: false });
    }
    c.depth += 1;
    let (mut ways, mut is_complete) = (Vec::new(), true);
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        if c.is_outside(open, &STATEMENTS) || c.is_outside(open, &CLAUSES) {
            break;
        }
        match way(c) {
            Some(way) => ways.push(way),
            None => {
                is_complete = false;
                c.recover();
            }
        }
    }
    c.depth -= 1;
    c.close(open, &name.text);
    Some(StatementKind::Split { name, ways, is_complete })
}

fn way(c: &mut Cursor<'_>) -> Option<Way> {
    let token = c.peek();
    let share = match c.parameter(ParameterType::Percent) {
        Some(ParameterValue::Percent(is)) => At { is, span: token.span },
        _ if c.eat_kind(Kind::Percent).is_some() => {
            At { is: c.written(token).trim_end_matches(['%', ' ']).to_owned(), span: token.span }
        }
        _ => {
            c.expected("un porcentaje y un nombre: 50% a { … }", "a percentage and a name: 50% a { … }");
            return None;
        }
    };
    let name = c.name("el nombre del grupo", "the group's name")?;
    let body = block(c, &name.text)?;
    Some(Way { share, name, body, span: c.since(token.span.start) })
}

/// Handlers up to the closing brace.
pub(super) fn handlers(c: &mut Cursor<'_>, open: Token) -> Vec<Handler> {
    let mut handlers = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        if c.sees(K::On) == 0 && (c.is_outside(open, &STATEMENTS) || c.is_outside(open, &CLAUSES)) {
            break;
        }
        match handler(c) {
            Some(handler) => handlers.push(handler),
            None => c.recover(),
        }
    }
    handlers
}

fn handler(c: &mut Cursor<'_>) -> Option<Handler> {
    let start = c.peek().span.start;
    if c.sees(K::On) == 0 && c.which(&TRIGGERS).is_some() {
        c.missing_word(K::On);
    } else if !c.want(K::On, "`cuando` y un suceso", "`on` and what happens") {
        return None;
    }
    let trigger_start = c.peek().span.start;
    let is = trigger(c)?;
    let trigger = At { is, span: c.since(trigger_start) };
    let arrow = c.peek();
    if c.eat_arrow().is_some() || c.eat(K::GoTo) {
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

const TRIGGERS: [(K, K); 31] = [
    (K::Response, K::Response),
    (K::FullPayment, K::FullPayment),
    (K::PartialPayment, K::PartialPayment),
    (K::Payment, K::Payment),
    (K::PaymentReversed, K::PaymentReversed),
    (K::Delivered, K::Delivered),
    (K::Read, K::Read),
    (K::NotDelivered, K::NotDelivered),
    (K::Timeout, K::Timeout),
    (K::OptOut, K::OptOut),
    (K::OptIn, K::OptIn),
    (K::BalanceChanged, K::BalanceChanged),
    (K::Event, K::Event),
    (K::Dispute, K::Dispute),
    (K::DisputeClosed, K::DisputeClosed),
    (K::DisputeUpheld, K::DisputeUpheld),
    (K::DisputeRejected, K::DisputeRejected),
    (K::PlanAccepted, K::PlanAccepted),
    (K::PlanRejected, K::PlanRejected),
    (K::PlanBroken, K::PlanBroken),
    (K::PlanCompleted, K::PlanCompleted),
    (K::InstalmentPaid, K::InstalmentPaid),
    (K::InstalmentMissed, K::InstalmentMissed),
    (K::Verified, K::Verified),
    (K::Failed, K::Failed),
    (K::WrongPerson, K::WrongPerson),
    (K::Promise, K::Promise),
    (K::PromiseKept, K::PromiseKept),
    (K::PromisePartlyKept, K::PromisePartlyKept),
    (K::PromiseBroken, K::PromiseBroken),
    (K::Done, K::Done),
];

fn trigger(c: &mut Cursor<'_>) -> Option<Trigger> {
    if super::expressions::begins(c, &TRIGGERS) {
        return Some(Trigger::Holds(Box::new(super::expressions::expression(c))));
    }
    let keyword = c.choose(
        "un suceso: respuesta, pago total, pago parcial, no entregado, vence, baja…",
        "what happens: response, full payment, partial payment, not delivered, timeout, opt out…",
        &TRIGGERS,
    )?;
    // What begins a line is no name of what ends the line before.
    let named = matches!(c.peek().kind, Kind::Word | Kind::QuotedName) && !c.peek().starts_line;
    Some(match keyword {
        K::Response if named => Trigger::Response(c.name("el botón", "the button")),
        K::Response => Trigger::Response(None),
        K::Done if named => Trigger::Done(c.name("el resultado", "the result")),
        K::Done => Trigger::Done(None),
        K::Promise => Trigger::Promise,
        K::PromiseKept => Trigger::PromiseKept,
        K::PromisePartlyKept => Trigger::PromisePartlyKept,
        K::PromiseBroken => Trigger::PromiseBroken,
        K::FullPayment => Trigger::FullPayment,
        K::PartialPayment => Trigger::PartialPayment,
        K::Payment => Trigger::Payment(super::money::at_least(c)?),
        K::PaymentReversed => Trigger::PaymentReversed,
        K::Delivered => Trigger::Delivered,
        K::Read => Trigger::Read,
        K::NotDelivered => Trigger::NotDelivered,
        K::Timeout => Trigger::Timeout,
        K::OptOut => Trigger::OptOut,
        K::OptIn => Trigger::OptIn,
        K::BalanceChanged => Trigger::BalanceChanged,
        K::Event => Trigger::Event(c.name("el nombre del suceso", "the event's name")?),
        K::Dispute => Trigger::Dispute,
        K::DisputeClosed => Trigger::DisputeClosed,
        K::DisputeUpheld => Trigger::DisputeUpheld,
        K::DisputeRejected => Trigger::DisputeRejected,
        K::PlanAccepted => Trigger::PlanAccepted,
        K::PlanRejected => Trigger::PlanRejected,
        K::PlanBroken => Trigger::PlanBroken,
        K::PlanCompleted => Trigger::PlanCompleted,
        K::InstalmentPaid => Trigger::InstalmentPaid,
        K::InstalmentMissed => Trigger::InstalmentMissed,
        K::Verified => Trigger::Verified,
        K::Failed => Trigger::Failed,
        _ => Trigger::WrongPerson,
    })
}
