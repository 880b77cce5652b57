//! Applies the edits of findings to a text, again and again until no finding has one left.
//!
//! In: a text, and whether guesses may be taken too. Out: the text with the edits, what was done, and what is left.
//! Absent: files. A choice between several readings is never made here.

use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::law::Laws;
use crate::{Compiled, Project, compile_project};
use std::collections::BTreeSet;

/// Most rounds: each edit may bring to light what it hid.
const ROUNDS_MAX: usize = 100;

/// Which edits are applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Take {
    /// Only those that cannot change what the author meant.
    Safe,
    /// Guesses too.
    Guesses,
}

/// An edit that was applied.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The finding it put right.
    pub finding: Diagnostic,
    /// The edit.
    pub fix: Fix,
    /// The line on which it was applied, in the text as it then was.
    pub line: u32,
    /// The whole lines it touched, before and after.
    pub lines: (String, String),
}

/// A text that was put right as far as it goes.
pub struct Fixed {
    /// The new text, read and checked.
    pub compiled: Compiled,
    /// The edits, in the order in which they were applied.
    pub applied: Vec<Applied>,
}

/// Applies the edits.
pub fn fix(name: &str, text: &str, laws: &Laws, take: Take) -> Fixed {
    fix_project(&Project::alone(name, text), laws, take)
}

/// Applies the edits to a file that may import others; those are left as they are.
pub fn fix_project(project: &Project<'_>, laws: &Laws, take: Take) -> Fixed {
    let text = project.text;
    let compile = |text: &str| {
        let settings = project.settings.clone();
        compile_project(
            &Project { name: project.name, path: project.path, text, settings, files: project.files },
            laws,
        )
    };
    let mut compiled = compile(text);
    let mut applied = Vec::new();
    // An edit that brings back a text that was there before would go on for ever.
    let mut seen = BTreeSet::from([text.to_owned()]);
    for _ in 0..ROUNDS_MAX {
        let (next, done) = round(&compiled, take);
        if done.is_empty() || !seen.insert(next.clone()) {
            break;
        }
        applied.extend(done);
        compiled = compile(&next);
    }
    Fixed { compiled, applied }
}

/// One edit for each finding that has one; of those that touch each other the first.
fn round(compiled: &Compiled, take: Take) -> (String, Vec<Applied>) {
    let mut edits: Vec<(&Diagnostic, &Fix)> = compiled
        .findings
        .iter()
        .filter_map(|finding| Some((finding, finding.fixes.iter().find(|fix| is_taken(fix, take))?)))
        .collect();
    edits.sort_by_key(|(_, fix)| fix.span);
    let text = compiled.source.own();
    edits.retain(|(_, fix)| fix.span.end as usize <= text.len());
    let (mut out, mut done, mut copied) = (String::with_capacity(text.len()), Vec::new(), 0);
    let mut last: Option<&Fix> = None;
    for (finding, fix) in edits {
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let touches = last.is_some_and(|last| fix.span.start <= last.span.end);
        let Some(before) = text.get(copied..start).filter(|_| !touches) else { continue };
        out.push_str(before);
        out.push_str(&fix.replacement);
        copied = end;
        last = Some(fix);
        let line = compiled.source.line(fix.span.start);
        let lines = touched_lines(text, fix);
        done.push(Applied { finding: finding.clone(), fix: fix.clone(), line, lines });
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    (out, done)
}

fn touched_lines(text: &str, fix: &Fix) -> (String, String) {
    let (start, end) = (fix.span.start as usize, fix.span.end as usize);
    let from = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let to = text.get(end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| end + at);
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or("");
    (part(from..to).to_owned(), format!("{}{}{}", part(from..start), fix.replacement, part(end..to)))
}

fn is_taken(fix: &Fix, take: Take) -> bool {
    match fix.safety {
        Safety::Safe => true,
        Safety::Guess => take == Take::Guesses,
        Safety::Choice => false,
    }
}

/// A text with one edit applied.
pub fn apply(text: &str, fix: &Fix) -> String {
    let (before, after) = (text.get(..fix.span.start as usize), text.get(fix.span.end as usize..));
    format!("{}{}{}", before.unwrap_or(text), fix.replacement, after.unwrap_or(""))
}
