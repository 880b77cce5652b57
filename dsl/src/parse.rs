//! Text to tree, with every mistake found in one pass.
//!
//! In: a file's text. Out: the tree of what could be read, and findings. Never fails. This file turns text
//! into tokens (pest); the files below it turn tokens into the tree, with the keyword table of the file's
//! language. After a mistake reading goes on at the next line or brace.

mod cursor;
mod items;
mod statements;
mod expressions;
mod templates;
mod tests;

use crate::ast::{Comment, File};
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, WordId};
use crate::problems::{AmbiguousNumber, UnclosedText};
use crate::source::Span;
use crate::values::Lang;
use cursor::Cursor;
use grammar::{Grammar, Rule};
use pest::Parser;

/// The rules of `grammar.pest`; in a module of its own because the derive writes no documentation.
#[allow(missing_docs, unreachable_pub, reason = "written by the derive")]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar.pest"]
    pub(super) struct Grammar;
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Word,
    QuotedName,
    Text,
    Number,
    Percent,
    Date,
    Time,
    Arrow,
    Open,
    Close,
    /// Any other sign; its text says which.
    Sign,
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    span: Span,
    /// Its id in the keyword table of the file's language; 0 for all but keywords' words.
    word: WordId,
    /// Nothing but blanks stands before it on its line.
    starts_line: bool,
}

/// Reads a file.
pub fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let (mut tokens, comments) = tokenize(text, &mut findings);
    let (lang, names_its_language) = language(text, &tokens);
    let table = keywords::table(lang);
    for token in tokens.iter_mut().filter(|token| token.kind == Kind::Word) {
        token.word = table.word(text.get(token.span.range()).unwrap_or(""));
    }
    let mut cursor = Cursor::new(text, lang, &tokens, findings);
    if names_its_language {
        cursor.skip(2);
    }
    let items = items::items(&mut cursor);
    (File { lang, names_its_language, items, comments }, cursor.findings)
}

fn tokenize(text: &str, findings: &mut Vec<Diagnostic>) -> (Vec<Token>, Vec<Comment>) {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut comments = Vec::new();
    let mut last_end = 0;
    // Every character fits a rule, so the file rule always matches.
    let pairs = Grammar::parse(Rule::file, text).map(|mut file| file.next().map(|pair| pair.into_inner()));
    for pair in pairs.ok().flatten().into_iter().flatten() {
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        let span = Span::new(start, end);
        let starts_line = last_end == 0 || text.get(last_end..start).is_some_and(|gap| gap.contains('\n'));
        last_end = end;
        let written = pair.as_str();
        let kind = match pair.as_rule() {
            Rule::comment => {
                let text = written.trim_end().to_owned();
                comments.push(Comment { text, span, is_alone: starts_line });
                continue;
            }
            Rule::text => Kind::Text,
            Rule::unclosed_text => {
                findings.push(Diagnostic::new(UnclosedText, Span::new(start, start + 1)));
                Kind::Text
            }
            Rule::quoted_name => Kind::QuotedName,
            Rule::date => Kind::Date,
            Rule::time => Kind::Time,
            Rule::grouped_number => {
                findings.push(ambiguous(written, span));
                Kind::Number
            }
            Rule::percent => Kind::Percent,
            Rule::number | Rule::glued_number => Kind::Number,
            Rule::word => Kind::Word,
            Rule::arrow => Kind::Arrow,
            Rule::symbol if written == "{" => Kind::Open,
            Rule::symbol if written == "}" => Kind::Close,
            Rule::comparison | Rule::symbol | Rule::stray => Kind::Sign,
            _ => continue,
        };
        tokens.push(Token { kind, span, word: 0, starts_line });
    }
    let end = Span::new(text.len(), text.len());
    tokens.push(Token { kind: Kind::End, span: end, word: 0, starts_line: true });
    (tokens, comments)
}

/// `1.200`: twelve hundred, or one and a fifth? Both readings are offered, neither is taken.
fn ambiguous(written: &str, span: Span) -> Diagnostic {
    let (groups, last) = written.rsplit_once(['.', ',']).unwrap_or((written, ""));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let whole = if last.len() == 3 { digits(written) } else { format!("{}.{last}", digits(groups)) };
    let decimal = format!("{}.{last}", digits(groups));
    let problem =
        AmbiguousNumber { written: written.to_owned(), whole: whole.clone(), decimal: decimal.clone() };
    Diagnostic::new(problem, span).guess(span, whole).guess(span, decimal)
}

/// The language that the first line names, else the one whose table knows the first word.
fn language(text: &str, tokens: &[Token]) -> (Lang, bool) {
    let written = |at: usize| {
        let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        text.get(token.span.range()).map(keywords::fold)
    };
    let Some(first) = written(0) else { return (Lang::Es, false) };
    if first == "idioma" || first == "language" {
        if let Some(lang) = written(1).and_then(|code| Lang::parse(&code)) {
            return (lang, true);
        }
    }
    let knows = |lang: Lang| {
        use crate::keywords::Keyword::{Language, Strategy, Template, Test};
        let tops = [Strategy, Template, Test, Language];
        tops.iter().any(|top| top.forms(lang).any(|form| keywords::fold(form) == first))
    };
    (if knows(Lang::En) && !knows(Lang::Es) { Lang::En } else { Lang::Es }, false)
}

/// The text between quotes, with `\n`, `\"` and `\\` read.
fn unquote(written: &str) -> String {
    let inner = written.strip_prefix('"').unwrap_or(written);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}
