//! Lines: what a step does, told in the order in which it does it.
//!
//! In: a program and where to begin. Out: a line for each thing done. What leaves the step is told by the
//! arrows and not again here; a handler that stays is a line of its own, `si no entregado: escala`.

use super::super::words;
use crate::keywords::Keyword as K;
use crate::program::{Op, OpId, Program, Slice, StepId, Trigger};
use std::collections::BTreeSet;

/// The lines of a step.
pub(super) fn of_step(program: &Program, entry: OpId) -> Vec<String> {
    tell(program, entry, &BTreeSet::new())
}

/// The lines of what a stage does on falling back and on leaving.
pub(super) fn of_stage(program: &Program, step: StepId) -> Vec<String> {
    let Some((_, stage)) = program.stage(step) else { return Vec::new() };
    let stops = BTreeSet::from([stage.rest]);
    let asides = [(K::FallingBack, Some(stage.falling_back)), (K::Leaving, stage.leaving)];
    let line = |(word, op): (K, Option<OpId>)| {
        let told = tell(program, op?, &stops);
        (!told.is_empty()).then(|| format!("{}: {}", word.word(program.lang), told.join(", ")))
    };
    asides.into_iter().filter_map(line).collect()
}

/// The lines of `always`: its handlers that do more than lead somewhere.
pub(super) fn of_always(program: &Program) -> Vec<String> {
    let mut lines = vec![program.lang.pick("en cualquier paso", "in any step").to_owned()];
    handled(program, program.always, None, &mut lines);
    lines
}

/// Tells the straight way from an operation until one of `stops`; side ways are summed up in one line.
fn tell(program: &Program, from: OpId, stops: &BTreeSet<OpId>) -> Vec<String> {
    let lang = program.lang;
    let mut lines = Vec::new();
    let (mut at, mut seen) = (from, BTreeSet::new());
    while !stops.contains(&at) && seen.insert(at) {
        let says = words::op(program, at, lang);
        match program.op(at) {
            Op::Send { next, otherwise, .. } => {
                lines.push(says);
                if next != otherwise {
                    let side = aside(program, *otherwise, *next, stops);
                    let refused = lang.pick("si no se puede enviar", "if it cannot be sent");
                    lines.extend(side.map(|side| format!("{refused}: {side}")));
                }
                at = *next;
            }
            Op::Escalate { next }
            | Op::Note { next, .. }
            | Op::Hold { next, .. }
            | Op::Release { next }
            | Op::Block { next, .. }
            | Op::Tag { next, .. }
            | Op::Set { next, .. } => {
                lines.push(says);
                at = *next;
            }
            Op::Wait { handlers, timeout, .. } => {
                lines.push(says);
                handled(program, *handlers, None, &mut lines);
                at = *timeout;
            }
            Op::Assign { handlers, timeout, next, .. } | Op::Await { handlers, timeout, next, .. } => {
                lines.push(says);
                handled(program, *handlers, Some(*next), &mut lines);
                if timeout != next {
                    let side = aside(program, *timeout, *next, stops);
                    let over = lang.pick("si vence", "on timeout");
                    lines.extend(side.map(|side| format!("{over}: {side}")));
                }
                at = *next;
            }
            Op::Branch { then, otherwise, .. } => {
                at = branch(program, &says, (*then, *otherwise), stops, &mut lines);
            }
            Op::Repeat { body, again, .. } => {
                let stops = stops.iter().copied().chain([*again]).collect();
                lines.push(format!("{says}: {}", tell(program, *body, &stops).join(", ")));
                at = *again;
            }
            Op::Again { next, .. } => at = *next,
            Op::Split { ways, next, .. } => {
                lines.push(says);
                let stops: BTreeSet<OpId> = stops.iter().copied().chain([*next]).collect();
                for way in ways {
                    let told = tell(program, way.body, &stops);
                    if !told.is_empty() {
                        lines.push(format!("{}: {}", program.name(way.name), told.join(", ")));
                    }
                }
                at = *next;
            }
            Op::Go(_) | Op::End(_) | Op::Resume => break,
        }
    }
    lines
}

/// Tells both ways of a condition up to where they meet, and says where the straight way goes on.
fn branch(
    program: &Program,
    says: &str,
    (then, otherwise): (OpId, OpId),
    stops: &BTreeSet<OpId>,
    lines: &mut Vec<String>,
) -> OpId {
    let meets = meeting(program, then, otherwise);
    // With nothing to tell on the other side, a way that never comes back is the straight way itself.
    if meets.is_none() && tell(program, otherwise, stops).is_empty() {
        return then;
    }
    let stops: BTreeSet<OpId> = stops.iter().copied().chain(meets).collect();
    let side = tell(program, then, &stops).join(", ");
    if !side.is_empty() {
        lines.push(format!("{says}: {side}"));
    }
    let Some(meets) = meets else { return otherwise };
    let side = tell(program, otherwise, &stops).join(", ");
    if !side.is_empty() {
        lines.push(format!("{}: {side}", program.lang.pick("si no", "otherwise")));
    }
    meets
}

/// A side way up to where it meets the straight one, in one line; `None` when it only leads away.
fn aside(program: &Program, side: OpId, straight: OpId, stops: &BTreeSet<OpId>) -> Option<String> {
    let stops = stops.iter().copied().chain(meeting(program, side, straight)).collect();
    let told = tell(program, side, &stops);
    (!told.is_empty()).then(|| told.join(", "))
}

/// The first operation of the second way that the first way reaches as well.
fn meeting(program: &Program, first: OpId, second: OpId) -> Option<OpId> {
    let reached: BTreeSet<OpId> = reach(program, first).into_iter().collect();
    reach(program, second).into_iter().find(|op| reached.contains(op))
}

/// What a way reaches without answering to any event, nearest first.
pub(crate) fn reach(program: &Program, from: OpId) -> Vec<OpId> {
    let mut order = vec![from];
    let mut seen = BTreeSet::from([from]);
    let mut at = 0;
    while let Some(op) = order.get(at).copied() {
        at += 1;
        let next: Vec<OpId> = match program.op(op) {
            Op::Send { next, otherwise, .. } => vec![*next, *otherwise],
            Op::Escalate { next }
            | Op::Note { next, .. }
            | Op::Hold { next, .. }
            | Op::Release { next }
            | Op::Block { next, .. }
            | Op::Tag { next, .. }
            | Op::Set { next, .. }
            | Op::Again { next, .. } => vec![*next],
            Op::Wait { timeout, .. } => vec![*timeout],
            Op::Assign { timeout, next, .. } | Op::Await { timeout, next, .. } => vec![*next, *timeout],
            Op::Branch { then, otherwise, .. } => vec![*then, *otherwise],
            Op::Repeat { body, .. } => vec![*body],
            Op::Split { ways, .. } => ways.iter().map(|way| way.body).collect(),
            Op::Go(_) | Op::End(_) | Op::Resume => Vec::new(),
        };
        order.extend(next.into_iter().filter(|op| seen.insert(*op)));
    }
    order
}

/// Does a way come to the end of its handler, or behind its task, without leaving the step?
pub(super) fn stays(program: &Program, reached: &[OpId], behind: Option<OpId>) -> bool {
    reached.iter().any(|op| matches!(program.op(*op), Op::Resume) || Some(*op) == behind)
}

/// `behind` is where the run goes on behind a task once it is done; a handler that comes there stays.
fn handled(program: &Program, handlers: Slice, behind: Option<OpId>, lines: &mut Vec<String>) {
    for handler in handlers.of(&program.handlers) {
        // The wait itself says what it waits for.
        if matches!(handler.trigger, Trigger::Awaited(_)) {
            continue;
        }
        let reached = reach(program, handler.body);
        let stays = stays(program, &reached, behind);
        let acts = reached
            .iter()
            .any(|op| !matches!(program.op(*op), Op::Wait { .. } | Op::Go(_) | Op::End(_) | Op::Resume));
        // A handler that waits and leaves is told by its arrow: `respuesta después · tras 2 días`.
        let told = if stays || acts {
            tell(program, handler.body, &behind.into_iter().collect())
        } else {
            Vec::new()
        };
        if !told.is_empty() {
            let trigger = words::trigger(program, handler.trigger, program.lang);
            lines.push(format!("{} {trigger}: {}", K::If.word(program.lang), told.join(", ")));
        }
    }
}
