//! `test` blocks.

use super::Kind;
use super::cursor::Cursor;
use super::expressions::{amount, date, date_time, value};
use super::items::{CHANNELS, begins_item, begins_step, channel, zone};
use super::statements::lapse;
use crate::ast::{AccountClause, At, Expectation, Happening, Test, TestLine};
use crate::keywords::Keyword as K;
use crate::program::test::Moment;
use crate::values::{Channel, NaiveDateTime, Role};
use crate::vocabulary::Fact;

pub(super) fn test(c: &mut Cursor<'_>, start: u32) -> Option<Test> {
    let head = head(c);
    let Some((name, strategy)) = head else {
        c.recover();
        return None;
    };
    let open = c.open_body()?;
    let mut lines = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        let start = c.peek().span.start;
        match line(c) {
            Some(is) => lines.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.close(open, &name.is);
    Some(Test { name, strategy, lines, span: c.since(start) })
}

fn head(c: &mut Cursor<'_>) -> Option<(crate::ast::Text, crate::ast::Name)> {
    let name = c.text("lo que la prueba muestra, entre comillas", "what the test shows, in quotes")?;
    if c.sees(K::Of) == 0 && c.peek_at(1).kind == Kind::Open && c.lacks(&[K::Of]) {
        c.missing_word(K::Of);
    } else if !c.want(K::Of, "`de` y el nombre de la estrategia", "`of` and the strategy's name") {
        return None;
    }
    Some((name, c.name("el nombre de la estrategia", "the strategy's name")?))
}

const LINES: [K; 5] = [K::Account, K::Start, K::After, K::At, K::Expect];

fn line(c: &mut Cursor<'_>) -> Option<TestLine> {
    let keyword = c.choose(
        "cuenta, inicio, tras, el o se espera",
        "account, start, after, at or expect",
        &LINES.map(|keyword| (keyword, keyword)),
    )?;
    match keyword {
        K::Account => account(c).map(TestLine::Account),
        K::Start => date_time(c).map(TestLine::Start),
        K::After => {
            let moment = Moment::After(lapse(c)?.is);
            Some(TestLine::Happens(moment, happening(c)?))
        }
        K::At => {
            let moment = Moment::At(date_time(c)?);
            Some(TestLine::Happens(moment, happening(c)?))
        }
        _ => expectation(c).map(TestLine::Expect),
    }
}

fn account(c: &mut Cursor<'_>) -> Option<Vec<At<AccountClause>>> {
    let open = c.open_body()?;
    let mut clauses = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        if c.is_outside(open, &LINES) {
            break;
        }
        let start = c.peek().span.start;
        match account_clause(c) {
            Some(is) => clauses.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.close(open, K::Account.word(c.lang));
    Some(clauses)
}

fn account_clause(c: &mut Cursor<'_>) -> Option<AccountClause> {
    let is_amount = |c: &Cursor<'_>, tokens: usize| tokens > 0 && c.peek_at(tokens).kind == Kind::Number;
    if is_amount(c, c.sees(K::OtherAccount)) {
        c.eat(K::OtherAccount);
        let amount = amount(c)?;
        return Some(AccountClause::OtherAccount(amount, due(c)?));
    }
    if is_amount(c, c.sees(K::Invoice)) {
        c.eat(K::Invoice);
        let amount = amount(c)?;
        return Some(AccountClause::Invoice(amount, due(c)?));
    }
    let is_text = |c: &Cursor<'_>, tokens: usize| tokens > 0 && c.peek_at(tokens).kind == Kind::Text;
    if is_text(c, c.sees(K::Phone)) {
        c.eat(K::Phone);
        return c.text("el teléfono", "the telephone").map(AccountClause::Phone);
    }
    if is_text(c, c.sees(K::Email)) {
        c.eat(K::Email);
        return c.text("el correo", "the e-mail address").map(AccountClause::Email);
    }
    if c.sees(K::Timezone) > 0 {
        c.eat(K::Timezone);
        return zone(c).map(AccountClause::Timezone);
    }
    let is_name = |c: &Cursor<'_>, ahead: usize| {
        let token = c.peek_at(ahead);
        matches!(token.kind, Kind::Word | Kind::QuotedName) && !token.starts_line
    };
    let (tag, group) = (c.sees(K::Tag), c.sees(K::Group));
    if tag > 0 && is_name(c, tag) {
        c.eat(K::Tag);
        return c.name("el nombre de la etiqueta", "the tag's name").map(AccountClause::Tag);
    }
    let (authorised, role) = (c.sees(K::Authorised), c.sees(K::Role));
    let is_here = |c: &Cursor<'_>, ahead: usize, words: &[K]| {
        !c.peek_at(ahead).starts_line && words.iter().any(|word| c.sees_at(ahead, *word) > 0)
    };
    if authorised > 0 && is_here(c, authorised, &[K::Whatsapp, K::Email, K::Sms, K::Call, K::Nothing]) {
        c.skip(authorised);
        return Some(AccountClause::Authorised(channels(c)?));
    }
    if role > 0 && is_name(c, role) {
        c.skip(role);
        let roles =
            [(K::Debtor, Role::Debtor), (K::Guarantor, Role::Guarantor), (K::Reference, Role::Reference)];
        let expected = ("deudor, codeudor o referencia", "debtor, guarantor or reference");
        return c.choose(expected.0, expected.1, &roles).map(AccountClause::Role);
    }
    if group > 0 && is_name(c, group) && is_name(c, group + 1) {
        c.eat(K::Group);
        let experiment = c.name("el nombre del experimento", "the experiment's name")?;
        return Some(AccountClause::Group(experiment, c.name("el nombre del grupo", "the group's name")?));
    }
    let webhook = c.sees(K::Webhook);
    if webhook > 0 && is_name(c, webhook) {
        c.eat(K::Webhook);
        let name = c.name("el nombre del webhook", "the webhook's name")?;
        let answers = [(K::Failed, true), (K::NoAnswer, false)];
        let is_answered = c.choose("fallido o sin respuesta", "failed or no answer", &answers)?;
        return Some(AccountClause::Webhook(name, is_answered));
    }
    let name = c.name("un dato de la cuenta", "a fact of the account")?;
    let value = value(c);
    let is_balance = crate::vocabulary::find(&name.text, c.lang) == Some(Fact::Balance);
    if c.sees(K::Due) > 0 && c.peek_at(c.sees(K::Due)).kind == Kind::Date {
        if is_balance {
            return Some(AccountClause::Balance(value, due(c)?));
        }
        c.expected(
            "otro dato: solo `saldo` y `factura` vencen",
            "another fact: only `balance` and `invoice` are due",
        );
        return None;
    }
    if is_balance {
        c.expected("`vence` y una fecha", "`due` and a date");
        return None;
    }
    Some(AccountClause::Fact(name, value))
}

/// `whatsapp, email`, or `nothing`.
fn channels(c: &mut Cursor<'_>) -> Option<Vec<Channel>> {
    if c.eat(K::Nothing) {
        return Some(Vec::new());
    }
    let mut channels = Vec::new();
    loop {
        channels.push(channel(c)?.is);
        if !c.eat_sign(",") && !c.eat(K::And) {
            return Some(channels);
        }
    }
}

fn due(c: &mut Cursor<'_>) -> Option<At<crate::values::NaiveDate>> {
    if !c.want(K::Due, "`vence` y una fecha", "`due` and a date") {
        return None;
    }
    let start = c.peek().span.start;
    let is = date(c)?;
    Some(At { is, span: c.since(start) })
}

fn happening(c: &mut Cursor<'_>) -> Option<Happening> {
    let words = [
        K::Payment,
        K::PaymentReversed,
        K::Response,
        K::Delivered,
        K::Read,
        K::NotDelivered,
        K::OptOut,
        K::OptIn,
        K::BalanceChanged,
        K::Event,
        K::Dispute,
        K::DisputeClosed,
        K::DisputeUpheld,
        K::DisputeRejected,
        K::PlanAccepted,
        K::PlanRejected,
        K::Verified,
        K::Failed,
        K::WrongPerson,
        K::Promise,
        K::Hold,
        K::Release,
        K::Done,
        K::AgentContact,
        K::MovesTo,
        K::Nothing,
    ];
    let keyword = c.choose(
        "lo que ocurre: pago, promesa, respuesta, entregado, leído, baja, nada…",
        "what happens: payment, promise, response, delivered, read, opt out, nothing…",
        &words.map(|keyword| (keyword, keyword)),
    )?;
    Some(match keyword {
        K::Payment => Happening::Payment(amount(c)?),
        K::PaymentReversed => {
            let has_amount = c.peek().kind == Kind::Number && !c.peek().starts_line;
            Happening::PaymentReversed(if has_amount { Some(amount(c)?) } else { None })
        }
        K::Promise => {
            let amount = amount(c)?;
            if !c.want(K::PromisedFor, "`para el` y una fecha", "`on` and a date") {
                return None;
            }
            Happening::Promise(amount, date(c)?)
        }
        K::Response if c.peek().kind == Kind::Text => {
            Happening::Says(c.text("lo que escribe el cliente", "what the customer writes")?)
        }
        K::Response => Happening::Response(c.name("el botón", "the button")?),
        K::Hold => {
            if !c.want(K::Until, "`hasta` y una fecha", "`until` and a date") {
                return None;
            }
            let on = date(c)?;
            Happening::Hold(on, super::items::why(c)?.because)
        }
        K::Release => Happening::Release,
        K::Done => Happening::Done(c.name("el resultado", "the result")?),
        K::MovesTo => Happening::MovesTo(zone(c)?),
        K::AgentContact => {
            let channel = channel(c)?.is;
            let answered = c.peek().starts_line || !c.eat(K::NoAnswer);
            Happening::AgentContact(channel, answered)
        }
        K::Delivered => Happening::Delivered,
        K::Read => Happening::Read,
        K::NotDelivered => Happening::NotDelivered,
        K::OptOut => Happening::OptOut,
        K::OptIn => {
            let is_here = !c.peek().starts_line;
            Happening::OptIn(if is_here { c.eat_which(&CHANNELS) } else { None })
        }
        K::BalanceChanged => Happening::BalanceChanged(amount(c)?),
        K::Event => Happening::Event(c.name("el nombre del suceso", "the event's name")?),
        K::Dispute => {
            let has_reason = c.peek().kind == Kind::Text && !c.peek().starts_line;
            let reason = has_reason.then(|| c.text("el motivo", "the reason")).flatten();
            Happening::Dispute(reason)
        }
        K::DisputeUpheld => Happening::DisputeUpheld,
        K::DisputeRejected => Happening::DisputeRejected,
        K::PlanAccepted => {
            let next = c.peek();
            let has_name = matches!(next.kind, Kind::Word | Kind::QuotedName) && !next.starts_line;
            let name = has_name.then(|| c.name("el convenio", "the plan")).flatten();
            Happening::PlanAccepted(name)
        }
        K::PlanRejected => Happening::PlanRejected,
        K::Verified => Happening::Verified,
        K::Failed => Happening::Failed,
        K::DisputeClosed => Happening::DisputeClosed,
        K::WrongPerson => Happening::WrongPerson,
        _ => Happening::Nothing,
    })
}

fn expectation(c: &mut Cursor<'_>) -> Option<Expectation> {
    let words = [K::NoSend, K::Send, K::End, K::Step, K::Task, K::NoEntry];
    let keyword = c.choose(
        "enviar, ningún envío, fin, paso, tarea o no entra",
        "send, no send, end, step, task or no entry",
        &words.map(|keyword| (keyword, keyword)),
    )?;
    Some(match keyword {
        K::Send => {
            let start = c.peek().span.start;
            // A template may be called like a channel: the word is a channel only when a name follows it.
            let followed =
                matches!(c.peek_at(1).kind, Kind::Word | Kind::QuotedName) && !c.peek_at(1).starts_line;
            let channel =
                if followed && c.sees(K::At) == 0 && !sees_at(c, 1) { c.eat_which(&CHANNELS) } else { None };
            let channel = channel.map(|is| At { is, span: c.since(start) });
            c.eat(K::Template);
            let name = c.name("el nombre de la plantilla", "the template's name")?;
            Expectation::Send(channel, name, at(c)?)
        }
        K::NoSend => {
            // What stands on the next line belongs to the next line.
            let is_here = !c.peek().starts_line && c.eat(K::After);
            Expectation::NoSend(if is_here { Some(date_time(c)?) } else { None })
        }
        K::End => {
            let name = c.name("el nombre del final", "the outcome's name")?;
            Expectation::End(name, at(c)?)
        }
        K::Step => Expectation::Step(c.name("el nombre del paso", "the step's name")?),
        K::Task => Expectation::Task(c.name("el nombre de la cola", "the queue's name")?),
        _ => Expectation::NoEntry,
    })
}

/// Does `at` and a date stand so many tokens ahead?
fn sees_at(c: &Cursor<'_>, ahead: usize) -> bool {
    c.peek_at(ahead + 1).kind == Kind::Date
}

#[allow(clippy::option_option, reason = "outer: could be read; inner: was written")]
fn at(c: &mut Cursor<'_>) -> Option<Option<NaiveDateTime>> {
    let tokens = c.sees(K::At);
    if tokens == 0 || c.peek().starts_line || c.peek_at(tokens).kind != Kind::Date {
        return Some(None);
    }
    c.skip(tokens);
    date_time(c).map(Some)
}
