//! Labels: on what condition is an arrow taken?
//!
//! In: a program. Out: a few words for each arrow. The ways through a step are walked from its entry, and each
//! decision on the way (an answer, a condition, a wait that ran out) is remembered; where ways meet again, only
//! what all of them have in common is kept, so that a condition which no longer matters is not named.

use super::super::words;
use super::lines;
use crate::keywords::Keyword as K;
use crate::program::{Handler, Op, OpId, Program, Slice, Trigger, Until};
use std::collections::BTreeMap;

/// At most so many decisions are named on one arrow.
const NAMED_MAX: usize = 2;

/// The way of a task that was not done in time.
const OVERDUE: usize = 1;

/// A decision on the way.
#[derive(Clone)]
struct Decision {
    /// The operation where it fell, and which of its ways was taken.
    key: (OpId, usize),
    words: String,
    /// Named only when it is the last: that time passed, or that a condition did not hold, says nothing about
    /// what comes after it.
    only_last: bool,
}

/// The label of each arrow that can be reached.
pub(super) fn of(program: &Program) -> BTreeMap<OpId, String> {
    let mut labels = BTreeMap::new();
    for step in &program.steps {
        walk(program, vec![(step.entry, None)], &mut labels);
    }
    // The id only has to differ from those of real operations.
    let outside = OpId(u32::MAX);
    walk(program, handled(program, outside, program.always), &mut labels);
    for stage in &program.stages {
        if let Some(holds) = stage.holds {
            labels.insert(stage.arrow, words::condition(program, holds, program.lang));
        }
    }
    if let Some((late, arrow)) = program.late.and_then(|late| Some((late, late.arrow?))) {
        let words = format!("{} {}", K::LateBy.word(program.lang), words::lapse(late.by, program.lang));
        labels.insert(arrow, words);
    }
    labels
}

type Ways = Vec<(OpId, Option<Decision>)>;

fn walk(program: &Program, roots: Ways, labels: &mut BTreeMap<OpId, String>) {
    let mut on_the_way: BTreeMap<OpId, Vec<Decision>> = BTreeMap::new();
    let starts: Vec<OpId> = roots.iter().map(|(op, _)| *op).collect();
    for (op, decision) in roots {
        meet(program, &mut on_the_way, op, decision.into_iter().collect());
    }
    for op in in_order(program, &starts) {
        let so_far = on_the_way.get(&op).cloned().unwrap_or_default();
        if matches!(program.op(op), Op::Go(_) | Op::End(_)) {
            labels.insert(op, label(&so_far));
        }
        for (next, decision) in ways(program, op) {
            let decisions = so_far.iter().cloned().chain(decision).collect();
            meet(program, &mut on_the_way, next, decisions);
        }
    }
}

/// Another way arrives at an operation: what is not common to all ways is forgotten. Several results of one
/// task have in common that the task is done.
fn meet(
    program: &Program,
    on_the_way: &mut BTreeMap<OpId, Vec<Decision>>,
    op: OpId,
    arriving: Vec<Decision>,
) {
    match on_the_way.get_mut(&op) {
        Some(known) => {
            let is_done =
                |one: &Decision| matches!(program.op(one.key.0), Op::Assign { .. }) && one.key.1 != OVERDUE;
            let task = known
                .iter()
                .filter(|one| is_done(one))
                .map(|one| one.key.0)
                .find(|at| arriving.iter().any(|other| other.key.0 == *at && is_done(other)));
            known.retain(|one| arriving.iter().any(|other| other.key == one.key));
            if let (true, Some(task)) = (known.is_empty(), task) {
                let words = program.lang.pick("tarea hecha", "task done").to_owned();
                known.push(Decision { key: (task, usize::MAX), words, only_last: true });
            }
        }
        None => {
            on_the_way.insert(op, arriving);
        }
    }
}

/// The operations of a step, each after all that lead to it: inside a step nothing goes round.
fn in_order(program: &Program, starts: &[OpId]) -> Vec<OpId> {
    let mut seen = std::collections::BTreeSet::new();
    let mut order = Vec::new();
    let mut open: Vec<(OpId, bool)> = starts.iter().map(|op| (*op, false)).collect();
    while let Some((op, is_left)) = open.pop() {
        if is_left {
            order.push(op);
        } else if seen.insert(op) {
            open.push((op, true));
            open.extend(ways(program, op).into_iter().map(|(next, _)| (next, false)));
        }
    }
    order.reverse();
    order
}

/// Where the run can go from an operation without leaving its step, and what decides.
fn ways(program: &Program, op: OpId) -> Ways {
    let lang = program.lang;
    let decide =
        |way: usize, words: String, only_last: bool| Some(Decision { key: (op, way), words, only_last });
    match program.op(op) {
        Op::Send { next, otherwise, .. } if next == otherwise => vec![(*next, None)],
        Op::Send { next, otherwise, .. } => {
            let refused = lang.pick("no se puede enviar", "cannot be sent").to_owned();
            vec![(*next, None), (*otherwise, decide(0, refused, false))]
        }
        Op::Escalate { next }
        | Op::Note { next, .. }
        | Op::Hold { next, .. }
        | Op::Release { next }
        | Op::Block { next, .. }
        | Op::Tag { next, .. }
        | Op::Set { next, .. } => {
            vec![(*next, None)]
        }
        Op::Repeat { body, .. } => vec![(*body, None)],
        Op::Again { repeat, next, .. } => {
            let Op::Repeat { times, .. } = program.op(*repeat) else { return vec![(*next, None)] };
            let word = match times {
                1 => K::Times.forms(lang).nth(1).unwrap_or(""),
                _ => K::Times.word(lang),
            };
            let after = format!("{} {times} {word}", lang.pick("tras", "after"));
            vec![(*next, decide(0, after, true))]
        }
        Op::Split { experiment, ways, .. } => {
            let experiment = program.name(*experiment);
            let decide = |(at, way): (usize, &crate::program::Way)| {
                (way.body, decide(at, format!("{experiment} {}", program.name(way.name)), false))
            };
            ways.iter().enumerate().map(decide).collect()
        }
        Op::Branch { condition, then, otherwise } => {
            let holds = format!("{} {}", K::If.word(lang), words::condition(program, *condition, lang));
            vec![
                (*then, decide(0, holds, false)),
                (*otherwise, decide(1, lang.pick("si no", "otherwise").to_owned(), true)),
            ]
        }
        Op::Wait { until, handlers, timeout } => {
            let lapse = words::until(until, lang);
            let over = match handlers.len {
                _ if matches!(until, Until::Ever) => return handled(program, op, *handlers),
                _ if !matches!(until, Until::For(_)) => lapse,
                0 => format!("{} {lapse}", lang.pick("tras", "after")),
                _ => format!("{} {lapse}", K::Timeout.word(lang)),
            };
            let mut ways = handled(program, op, *handlers);
            ways.push((*timeout, decide(0, over, true)));
            ways
        }
        Op::Assign { due, handlers, timeout, next, .. } => {
            let mut ways = handled(program, op, *handlers);
            // A result whose handler stays ends the task as well, so "another result" would leave it out.
            let takes = |handler: &Handler| {
                let reached = lines::reach(program, handler.body);
                matches!(handler.trigger, Trigger::Done(_)) && !lines::stays(program, &reached, Some(*next))
            };
            let own = handlers.of(&program.handlers);
            let results = own.iter().filter(|h| matches!(h.trigger, Trigger::Done(_))).count();
            let other = match results > 0 && own.iter().filter(|h| takes(h)).count() == results {
                true => lang.pick("otro resultado", "another result"),
                false => lang.pick("tarea hecha", "task done"),
            };
            ways.push((*next, decide(0, other.to_owned(), true)));
            if let Some(due) = due {
                let over = format!("{} {}", K::Timeout.word(lang), words::lapse(*due, lang));
                ways.push((*timeout, decide(OVERDUE, over, true)));
            }
            ways
        }
        Op::Await { up_to, handlers, timeout, next, .. } => {
            let mut ways = handled(program, op, *handlers);
            if program.may_pass(op) {
                ways.push((*next, decide(0, lang.pick("si no", "otherwise").to_owned(), true)));
            }
            if let Some(up_to) = up_to {
                let over = format!("{} {}", K::Timeout.word(lang), words::lapse(*up_to, lang));
                ways.push((*timeout, decide(OVERDUE, over, true)));
            }
            ways
        }
        Op::Go(_) | Op::End(_) | Op::Resume => Vec::new(),
    }
}

fn handled(program: &Program, op: OpId, handlers: Slice) -> Ways {
    let decide = |(at, handler): (usize, &Handler)| {
        let words = words::trigger(program, handler.trigger, program.lang);
        // 0 and 1 are the ways that a wait or a task goes by itself.
        (handler.body, Some(Decision { key: (op, at + 2), words, only_last: false }))
    };
    handlers.of(&program.handlers).iter().enumerate().map(decide).collect()
}

fn label(decisions: &[Decision]) -> String {
    let last = decisions.len().saturating_sub(1);
    let named: Vec<&str> = decisions
        .iter()
        .enumerate()
        .filter(|(at, decision)| *at == last || !decision.only_last)
        .map(|(_, decision)| decision.words.as_str())
        .collect();
    let left_out = named.len().saturating_sub(NAMED_MAX);
    let words = named.get(left_out..).unwrap_or(&[]).join(" · ");
    if left_out > 0 { format!("… · {words}") } else { words }
}
