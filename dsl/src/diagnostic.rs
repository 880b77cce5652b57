//! Findings as data: what is wrong, where, and the edits that would put it right.
//!
//! In: problems found by any pass. Out: an ordered list without repeats. Absent: rendering; words are made
//! last, by who shows them.

use crate::problems::Problem;
use crate::source::Span;
use crate::values::Lang;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The strategy cannot run.
    Error,
    /// The strategy can run; the author should look.
    Warning,
    /// The strategy can run; something could be done better.
    Advice,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The facts of it.
    pub problem: Problem,
    /// The smallest piece of text that is wrong.
    pub span: Span,
    /// Other pieces that explain it.
    pub others: Vec<Label>,
    /// Edits that would put it right, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// A piece of text with a few words beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The piece.
    pub span: Span,
    /// The words in Spanish.
    pub es: String,
    /// The words in English.
    pub en: String,
}

/// An edit that an editor, or `cobro fix`, can apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// How sure it is.
    pub safety: Safety,
}

/// How sure an edit is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Safety {
    /// It cannot change what the author meant.
    Safe,
    /// It is very likely what was meant; a person should look.
    Guess,
    /// One of several things that may be meant: only a person can choose.
    Choice,
}

impl Fix {
    /// What the edit does, in words: `change to x`, `add x`, `remove`.
    pub fn words(&self, lang: Lang) -> String {
        let one_line = |text: &str| {
            let text = text.trim();
            let first = text.lines().next().unwrap_or("").trim_end();
            if first.len() < text.len() { format!("`{first} …`") } else { format!("`{first}`") }
        };
        match (self.span.start == self.span.end, self.replacement.is_empty()) {
            (true, _) => format!("{} {}", lang.pick("añadir", "add"), one_line(&self.replacement)),
            (false, true) => lang.pick("quitarlo", "remove it").to_owned(),
            (false, false) => {
                format!("{} {}", lang.pick("cambiar a", "change to"), one_line(&self.replacement))
            }
        }
    }
}

impl Diagnostic {
    /// A finding at a place.
    pub fn new(problem: impl Into<Problem>, span: Span) -> Diagnostic {
        Diagnostic { problem: problem.into(), span, others: Vec::new(), fixes: Vec::new() }
    }

    /// With another piece of text that explains it.
    #[must_use]
    pub fn also(mut self, span: Span, es: impl Into<String>, en: impl Into<String>) -> Diagnostic {
        self.others.push(Label { span, es: es.into(), en: en.into() });
        self
    }

    /// With an edit that keeps what the author meant.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.fixes.push(Fix { span, replacement: replacement.into(), safety: Safety::Safe });
        self
    }

    /// With an edit that is a guess.
    #[must_use]
    pub fn guess(mut self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.fixes.push(Fix { span, replacement: replacement.into(), safety: Safety::Guess });
        self
    }

    /// With an edit that is one of several.
    #[must_use]
    pub fn choice(mut self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.fixes.push(Fix { span, replacement: replacement.into(), safety: Safety::Choice });
        self
    }

    /// With an edit that replaces the whole span, when a nearest name was found.
    #[must_use]
    pub fn nearest(self, nearest: Option<&String>) -> Diagnostic {
        let span = self.span;
        match nearest {
            Some(name) => self.guess(span, name.clone()),
            None => self,
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// The sentence, in a language.
    pub fn headline(&self, lang: Lang) -> String {
        self.problem.facts().headline(lang)
    }
}

/// Findings in the order of the text, each once.
pub fn arrange(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.sort_by(|a, b| {
        (a.span, a.problem.code())
            .cmp(&(b.span, b.problem.code()))
            .then_with(|| a.headline(Lang::En).cmp(&b.headline(Lang::En)))
    });
    findings.dedup_by(|a, b| a.span == b.span && a.problem == b.problem);
    findings
}

/// Is one of the findings an error?
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity() == Severity::Error)
}
