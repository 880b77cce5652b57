//! The strategy's own pace: messages that follow each other so fast that the gate has to put one off.
//!
//! In: the graph, the law pack. Out: a finding at each such message: which rule, by how long at least. Looked at is the
//! way of a customer who does nothing, each wait to its end: nothing on it depends on an event, so the finding is
//! always true of that customer. Absent: what events bring about; when they come nobody knows, and the gate judges.

mod pace;

use super::Flow;
use crate::diagnostic::Diagnostic;
use crate::law::LawPack;
use crate::problems::TooFast;
use crate::program::{Op, OpId, Program, TemplateId, Until};
use crate::values::{Channel, Lapse};
use pace::Pace;
pub(crate) use pace::time;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// A search that has looked at so many places gives up: what it has not found it does not tell.
const PLACES_MAX: usize = 5_000;

/// A place on the way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Place {
    op: OpId,
    /// The channel of the last message that asks for payment.
    channel: Option<Channel>,
    /// That message.
    template: Option<TemplateId>,
    /// Conditions passed so far: two conditions may exclude each other, so a way through two is not believed.
    conditions: u8,
}

/// A step of the way: where it leads, after how long (`None`: nobody knows), and the contact made on it.
type Step = (Place, Option<Span>, Option<Channel>);

/// A time at its shortest. Business days are kept apart: five of them are a week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Span {
    minutes: u32,
    business_days: u32,
}

const DAY: u32 = 24 * 60;

impl Span {
    fn and(self, other: Span) -> Span {
        Span {
            minutes: self.minutes.saturating_add(other.minutes),
            business_days: self.business_days.saturating_add(other.business_days),
        }
    }

    fn all_minutes(self) -> u32 {
        let days = self.business_days.saturating_add(self.business_days / 5 * 2);
        self.minutes.saturating_add(days.saturating_mul(DAY))
    }
}

pub(super) fn check(flow: &Flow<'_>, law: &LawPack, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let paces = pace::all(law, &program.contact);
    if paces.is_empty() {
        return;
    }
    // The widest gap at each message, so that one mistake is told once.
    let mut told: BTreeMap<OpId, (u32, OpId, &Pace<'_>)> = BTreeMap::new();
    for (from, contact, after) in contacts(program, law) {
        for pace in paces.iter().filter(|pace| pace.channels.contains(contact)) {
            let Some((to, minutes)) = too_soon(program, law, pace, contact, after) else { continue };
            if told.get(&to).is_none_or(|(most, _, _)| *most < minutes) {
                told.insert(to, (minutes, from.op, pace));
            }
        }
    }
    for (op, (minutes, from, pace)) in told {
        let step = program.step_of(op).map(|step| program.step_name(step).to_owned()).unwrap_or_default();
        let problem = TooFast {
            step,
            minutes,
            rule_es: pace.es.clone(),
            rule_en: pace.en.clone(),
            article: pace.article.to_owned(),
        };
        let finding = Diagnostic::new(problem, flow.place(op));
        findings.push(match from == op {
            true => finding,
            false => finding.also(flow.place(from), "el contacto anterior", "the contact before it"),
        });
    }
}

/// Every contact on the way of a customer who does nothing, each with its place and the place behind it.
fn contacts(program: &Program, law: &LawPack) -> Vec<(Place, Channel, Place)> {
    let Some(start) = program.steps.get(usize::from(program.start.0)) else { return Vec::new() };
    let mut open = vec![Place { op: start.entry, channel: None, template: None, conditions: 0 }];
    let mut seen: BTreeSet<Place> = open.iter().copied().collect();
    let mut found = Vec::new();
    while let Some(place) = open.pop() {
        for (next, _, contact) in steps(program, law, place) {
            found.extend(contact.map(|channel| (place, channel, next)));
            if next.conditions < 2 && seen.insert(next) {
                open.push(next);
            }
        }
    }
    found
}

/// The first contact after one that comes before the pace permits it, and how much too soon.
fn too_soon(
    program: &Program,
    law: &LawPack,
    pace: &Pace<'_>,
    first: Channel,
    after: Place,
) -> Option<(OpId, u32)> {
    let rounds: Vec<(OpId, u32)> = Vec::new();
    let mut open = BinaryHeap::from([Reverse((0_u32, 1_u32, after, Span::default(), rounds))]);
    let mut seen: BTreeSet<(Place, u32)> = BTreeSet::new();
    let mut looked_at = 0;
    while let Some(Reverse((minutes, made, place, span, rounds))) = open.pop() {
        looked_at += 1;
        if minutes >= pace.longest || looked_at > PLACES_MAX {
            return None;
        }
        if !seen.insert((place, made)) {
            continue;
        }
        for (next, lapse, contact) in steps(program, law, place) {
            let (Some(lapse), true) = (lapse, next.conditions < 2) else { continue };
            let Some(rounds) = round(program, place.op, next.op, &rounds) else { continue };
            let span = span.and(lapse);
            let minutes = span.all_minutes();
            let is_counted = contact.is_some_and(|channel| pace.counts(first, channel));
            let made = made + u32::from(is_counted);
            if is_counted && made > pace.contacts_max {
                return pace.short_by(minutes).map(|short| (place.op, short));
            }
            open.push(Reverse((minutes, made, next, span, rounds)));
        }
    }
    None
}

/// A block that is repeated is gone through no more often than it says.
fn round(program: &Program, from: OpId, to: OpId, rounds: &[(OpId, u32)]) -> Option<Vec<(OpId, u32)>> {
    let mut rounds = rounds.to_vec();
    let Op::Again { repeat, body, next } = program.op(from) else { return Some(rounds) };
    let Op::Repeat { times, .. } = program.op(*repeat) else { return Some(rounds) };
    if to == *next || to != *body {
        return Some(rounds);
    }
    let done = match rounds.iter_mut().find(|(known, _)| known == repeat) {
        Some((_, done)) => done,
        None => {
            rounds.push((*repeat, 0));
            &mut rounds.last_mut()?.1
        }
    };
    *done += 1;
    (*done < *times).then_some(rounds)
}

/// Where a customer who does nothing comes to from a place.
fn steps(program: &Program, law: &LawPack, from: Place) -> Vec<Step> {
    let to = |op: &OpId| (Place { op: *op, ..from }, Some(Span::default()), None);
    let asked = |op: &OpId| {
        let conditions = from.conditions.saturating_add(1);
        (Place { op: *op, conditions, ..from }, Some(Span::default()), None)
    };
    match program.op(from.op) {
        Op::Send { channel, template, next, .. } => {
            let has_form = |channel: &Channel| form(program, *template, *channel);
            let by_itself = || {
                let ladder = program.contact.ladder.iter().copied();
                from.channel.into_iter().chain(ladder).find(has_form)
            };
            match channel.filter(has_form).or_else(by_itself) {
                Some(channel) => vec![contact(program, law, from, channel, *template, next)],
                None => vec![to(next)],
            }
        }
        Op::Escalate { next } => {
            let ladder = &program.contact.ladder;
            let above = ladder.iter().position(|rung| Some(*rung) == from.channel).map_or(0, |rung| rung + 1);
            let rung = |template: TemplateId| {
                ladder.iter().copied().skip(above).find(|channel| form(program, template, *channel))
            };
            match from.template.and_then(|template| rung(template).map(|channel| (channel, template))) {
                Some((channel, template)) => {
                    vec![contact(program, law, from, channel, template, next)]
                }
                None => vec![to(next)],
            }
        }
        Op::Wait { until, timeout, .. } => {
            let lapse = match until {
                Until::For(lapse) => Some(at_least(*lapse)),
                _ => None,
            };
            vec![(Place { op: *timeout, ..from }, lapse, None)]
        }
        Op::Assign { due, timeout, .. } => {
            due.map(|due| (Place { op: *timeout, ..from }, Some(at_least(due)), None)).into_iter().collect()
        }
        Op::Await { up_to, timeout, .. } => {
            let lapse = up_to.map(at_least);
            lapse.map(|lapse| (Place { op: *timeout, ..from }, Some(lapse), None)).into_iter().collect()
        }
        // What is on hold is put off because the author says so, and until when nobody knows.
        Op::Hold { next, .. } => vec![(Place { op: *next, ..from }, None, None)],
        Op::Branch { then, otherwise, .. } => vec![asked(then), asked(otherwise)],
        Op::Split { ways, .. } => ways.iter().map(|way| asked(&way.body)).collect(),
        Op::Note { next, .. }
        | Op::Tag { next, .. }
        | Op::Set { next, .. }
        | Op::Block { next, .. }
        | Op::Release { next } => {
            vec![to(next)]
        }
        Op::Repeat { body, .. } => vec![to(body)],
        Op::Again { body, next, .. } => vec![to(body), to(next)],
        Op::Go(step) => {
            program.steps.get(usize::from(step.0)).map(|step| to(&step.entry)).into_iter().collect()
        }
        Op::End(_) | Op::Resume => Vec::new(),
    }
}

fn form(program: &Program, template: TemplateId, channel: Channel) -> bool {
    let template = program.templates.get(usize::from(template.0));
    template.is_some_and(|template| template.form(channel).is_some())
}

/// A message goes out; one that the law exempts is no contact.
fn contact(
    program: &Program,
    law: &LawPack,
    from: Place,
    channel: Channel,
    template: TemplateId,
    next: &OpId,
) -> Step {
    let form = program.templates.get(usize::from(template.0)).and_then(|known| known.form(channel));
    let purpose = form.map(|form| form.purpose);
    let asks = purpose.is_some_and(|purpose| purpose.asks_for_payment());
    let (last, message) = if asks { (Some(channel), Some(template)) } else { (from.channel, from.template) };
    let place = Place { op: *next, channel: last, template: message, ..from };
    let is_contact = purpose.is_some_and(|purpose| !law.exempts(purpose));
    (place, Some(Span::default()), is_contact.then_some(channel))
}

/// A lapse at its shortest.
fn at_least(lapse: Lapse) -> Span {
    let days = |days: u32| Span { minutes: days.saturating_mul(DAY), business_days: 0 };
    match lapse {
        Lapse::Seconds(seconds) => Span { minutes: seconds / 60, business_days: 0 },
        Lapse::BusinessDays(count) => Span { minutes: 0, business_days: count },
        Lapse::Days(count) => days(count),
        Lapse::Weeks(count) => days(count.saturating_mul(7)),
        // At their longest: what is told must be true whatever months they are.
        Lapse::Months(count) => days((count / 12).saturating_mul(366) + count % 12 * 31),
    }
}
