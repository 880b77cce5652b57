//! Intents: every phrase has a word, and none belongs to two.

use crate::diagnostic::Diagnostic;
use crate::intents::Phrase;
use crate::problems::{EmptyPhrase, PhraseTwice};
use crate::resolve::Names;
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) fn check(names: &Names<'_>, findings: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<Phrase, (&str, Span)> = BTreeMap::new();
    for intent in &names.intents {
        for phrase in &intent.phrases {
            let read = Phrase::new(&phrase.text.is, phrase.is_pattern);
            if read.words() == 0 {
                findings.push(Diagnostic::new(EmptyPhrase, phrase.text.span));
                continue;
            }
            match seen.get(&read) {
                Some((first, span)) => {
                    let problem = PhraseTwice { intent: (*first).to_owned() };
                    findings.push(Diagnostic::new(problem, phrase.text.span).also(
                        *span,
                        "primera vez",
                        "first time",
                    ));
                }
                None => {
                    seen.insert(read, (&intent.name.text, phrase.text.span));
                }
            }
        }
    }
}
