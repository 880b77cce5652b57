//! Text to tree, with every mistake found in one pass.
//!
//! In: a file's text. Out: the tree of what could be read, and findings. Never fails. This file turns text
//! into tokens (pest); the files below it turn tokens into the tree, with the keyword table of the file's
//! language. After a mistake reading goes on at the next line or brace.

mod awaits;
mod cursor;
mod habits;
mod items;
mod money;
mod plans;
mod quick;
mod stages;
mod statements;
mod until;
mod expressions;
mod calls;
mod guarantees;
mod templates;
mod tests;
pub(crate) mod parameters;

use crate::ast::parameter::ParameterValue;
use crate::ast::{Comment, File};
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, WordId};
use crate::problems::{AmbiguousDate, AmbiguousNumber, NeedlessText, UnclosedText, WrongQuotes};
use crate::source::Span;
use crate::values::{Lang, NaiveDate};
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

/// Values that are said from outside the text.
#[derive(Clone, Default)]
pub struct Settings {
    /// Names of parameters, or `strategy.name`, with their values as written; of two the last counts.
    pub values: Vec<(String, String)>,
}

/// Reads a file.
pub fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    parse_part(text, 0, &Settings::default())
}

/// A strategy, and values for its parameters.
pub(crate) type Given<'a> = Option<(&'a str, &'a [(String, ParameterValue)])>;

/// Reads the file that begins at a byte of a text and ends with it, with values for its parameters.
pub(crate) fn parse_part(text: &str, base: usize, settings: &Settings) -> (File, Vec<Diagnostic>) {
    parse_given(text, base, settings, None)
}

/// The same, with a strategy's parameters as a call of it gives them.
pub(crate) fn parse_given(
    text: &str,
    base: usize,
    settings: &Settings,
    given: Given<'_>,
) -> (File, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let own = text.get(base..).unwrap_or("");
    let (mut tokens, comments) = tokenize(own, base, &mut findings);
    let (lang, names_its_language) = language(text, &tokens);
    let table = keywords::table(lang);
    for token in tokens.iter_mut().filter(|token| token.kind == Kind::Word) {
        token.word = table.word(text.get(token.span.range()).unwrap_or(""));
    }
    let mut cursor = Cursor::new(text, lang, &tokens, findings, settings);
    cursor.given = given;
    let language = names_its_language.then(|| {
        let start = cursor.first();
        cursor.skip(2);
        cursor.since(start)
    });
    let items = items::items(&mut cursor);
    cursor.leave_parameters(0);
    let Cursor { uses, refused, findings, .. } = cursor;
    let own_end = text.len() as u32;
    (File { lang, language, items, comments, uses, refused, own_end }, findings)
}

/// The token that stands at a place, and where it begins and ends; `None` at the end of the text.
fn next_token(text: &str, at: usize) -> Option<(Rule, usize, usize)> {
    if at >= text.len() {
        return None;
    }
    if let Some((rule, end)) = quick::token(text, at) {
        return Some((rule, at, end));
    }
    // No token goes over the end of its line. Every character fits a rule.
    let line = text.get(at..)?.split_inclusive('\n').next()?;
    let pair = Grammar::parse(Rule::token, line).ok()?.next()?;
    Some((pair.as_rule(), at + pair.as_span().start(), at + pair.as_span().end()))
}

/// `base`: the text is a part of a longer one, and begins at this byte of it.
fn tokenize(text: &str, base: usize, findings: &mut Vec<Diagnostic>) -> (Vec<Token>, Vec<Comment>) {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut comments = Vec::new();
    let mut last_end = 0;
    let mut parentheses = 0_u32;
    let mut at = quick::skip_blanks(text, 0);
    while let Some((rule, start, end)) = next_token(text, at) {
        at = quick::skip_blanks(text, end);
        let span = Span::new(base + start, base + end);
        let starts_line = last_end == 0 || text.get(last_end..start).is_some_and(|gap| gap.contains('\n'));
        last_end = end;
        let written = text.get(start..end).unwrap_or("");
        let kind = match rule {
            Rule::comment => {
                let text = written.trim_end().to_owned();
                comments.push(Comment { text, span, is_alone: starts_line });
                continue;
            }
            Rule::text => Kind::Text,
            Rule::unclosed_text => {
                let start = base + start;
                // A `}` at the end of the line closes its block: it is not part of the text. That of a variable is.
                let ends = [' ', '\t', '\r', '}'];
                let text = written.trim_end_matches(ends);
                let variable = if text.contains("{{") && !text.ends_with("}}") { "}}" } else { "" };
                let is_variable =
                    text.rfind("{{").is_some_and(|at| !text.get(at..).unwrap_or("").contains("}}"));
                let kept = if is_variable
                    && written.get(text.len()..).is_some_and(|rest| rest.starts_with(variable))
                {
                    text.len() + variable.len()
                } else {
                    text.len()
                };
                let text = written.get(..kept).unwrap_or(text);
                let span = Span::new(start, start + text.len().max(1));
                findings.push(
                    Diagnostic::new(UnclosedText, Span::new(start, start + 1))
                        .guess(Span { start: span.end, end: span.end }, "\""),
                );
                tokens.push(Token { kind: Kind::Text, span, word: 0, starts_line });
                for (at, _) in written.char_indices().skip_while(|(at, _)| *at < text.len()) {
                    if written.get(at..).is_some_and(|rest| rest.starts_with('}')) {
                        let span = Span::new(start + at, start + at + 1);
                        tokens.push(Token { kind: Kind::Close, span, word: 0, starts_line: false });
                    }
                }
                continue;
            }
            Rule::foreign_text => {
                let inner = unquote(written).replace('\\', "\\\\").replace('"', "\\\"");
                findings.push(Diagnostic::new(WrongQuotes, span).fix(span, format!("\"{inner}\"")));
                Kind::Text
            }
            // Between parentheses it names an argument: `run strategy late(days: 5 days)`.
            Rule::needless if written == ":" && parentheses > 0 => Kind::Sign,
            Rule::needless => {
                let problem = NeedlessText { written: written.to_owned() };
                findings.push(Diagnostic::new(problem, span).fix(span, ""));
                continue;
            }
            Rule::foreign_date => {
                findings.push(foreign_date(written, span));
                Kind::Date
            }
            Rule::foreign_sign if matches!(written, "=<" | "<>" | "&&" | "||") => Kind::Sign,
            Rule::foreign_sign => Kind::Arrow,
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
            // Parentheses do not reach over braces: one that was left open ends there.
            Rule::symbol if written == "{" => {
                parentheses = 0;
                Kind::Open
            }
            Rule::symbol if written == "}" => Kind::Close,
            Rule::comparison | Rule::symbol | Rule::stray => {
                parentheses = match written {
                    "(" => parentheses.saturating_add(1),
                    ")" => parentheses.saturating_sub(1),
                    _ => parentheses,
                };
                Kind::Sign
            }
            _ => continue,
        };
        tokens.push(Token { kind, span, word: 0, starts_line });
    }
    let end = Span::new(base + text.len(), base + text.len());
    tokens.push(Token { kind: Kind::End, span: end, word: 0, starts_line: true });
    (tokens, comments)
}

/// `1.200`: twelve hundred, or one and a fifth? Every reading is offered, none is taken.
fn ambiguous(written: &str, span: Span) -> Diagnostic {
    let groups: Vec<&str> = written.split(['.', ',']).collect();
    let separators: Vec<char> = written.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let (first, last) = (groups.first().copied().unwrap_or(""), groups.last().copied().unwrap_or(""));
    let whole = groups.concat();
    // Three decimals would be read as thousands again: `1.200` is `1.2`, and `1.234` needs a fourth.
    let decimals = match last.trim_end_matches('0') {
        three if three.len() == 3 => format!("{three}0"),
        "" => "0".to_owned(),
        fewer => fewer.to_owned(),
    };
    let decimal =
        format!("{}.{decimals}", groups.split_last().map_or(String::new(), |(_, rest)| rest.concat()));
    let is_grouped = first.len() <= 3 && groups.iter().skip(1).all(|group| group.len() == 3);
    let has_one_kind = separators.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    let readings = match (separators.len(), has_one_kind, is_grouped) {
        (1, _, true) => vec![whole, decimal],
        (1, _, false) | (_, false, _) => vec![decimal],
        (_, true, true) => vec![whole],
        // `30,60,90`: a list without blanks.
        (_, true, false) => vec![groups.join(", ")],
    };
    let problem = AmbiguousNumber { written: written.to_owned(), readings: readings.clone() };
    offer(Diagnostic::new(problem, span), span, &readings)
}

/// Several readings are a choice; a single one is a guess.
fn offer(finding: Diagnostic, span: Span, readings: &[String]) -> Diagnostic {
    match readings {
        [only] => finding.guess(span, only.as_str()),
        _ => readings.iter().fold(finding, |finding, reading| finding.choice(span, reading.as_str())),
    }
}

/// The dates that `02/03/2026` may mean: day first, then month first.
fn date_readings(written: &str) -> Vec<NaiveDate> {
    let parts: Vec<u32> = written.split(['/', '-', '.']).filter_map(|part| part.parse().ok()).collect();
    let [a, b, c] = parts.as_slice() else { return Vec::new() };
    let orders = if *a > 31 { [(*a, *b, *c); 2] } else { [(*c, *b, *a), (*c, *a, *b)] };
    let mut dates: Vec<NaiveDate> =
        orders.iter().filter_map(|(y, m, d)| NaiveDate::from_ymd_opt(*y as i32, *m, *d)).collect();
    dates.dedup();
    dates
}

fn foreign_date(written: &str, span: Span) -> Diagnostic {
    let readings: Vec<String> = date_readings(written).iter().map(NaiveDate::to_string).collect();
    let problem = AmbiguousDate { written: written.to_owned(), readings: readings.clone() };
    offer(Diagnostic::new(problem, span), span, &readings)
}

/// The language that the first line names; else the one whose table knows the first word; else the one that knows
/// more of the words at the start of a line.
fn language(text: &str, tokens: &[Token]) -> (Lang, bool) {
    let written = |token: &Token| text.get(token.span.range()).unwrap_or("");
    let word = |at: usize| {
        tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| keywords::fold(written(token)))
    };
    let first = word(0).unwrap_or_default();
    if (first == "idioma" || first == "language")
        && let Some(lang) = word(1).and_then(|code| Lang::parse(&code))
    {
        return (lang, true);
    }
    let knows = |lang: &Lang| {
        use crate::keywords::Keyword::{Language, Strategy, Template, Test};
        let tops = [Strategy, Template, Test, Language];
        tops.iter().any(|top| top.forms(*lang).any(|form| keywords::fold(form) == first))
    };
    if let Some(lang) = Lang::ALL.iter().find(|lang| knows(lang)) {
        return (*lang, false);
    }
    let known = |lang: Lang| {
        let table = keywords::table(lang);
        let starts = tokens.iter().filter(|token| token.kind == Kind::Word && token.starts_line);
        starts.filter(|token| table.word(written(token)) != 0).count()
    };
    (if known(Lang::En) > known(Lang::Es) { Lang::En } else { Lang::Es }, false)
}

/// The text between quotes, with `\n`, `\"` and `\\` read.
fn unquote(written: &str) -> String {
    let mut inner = written;
    if let Some(rest) = inner.strip_prefix(['"', '“', '”', '„', '«', '‘', '’', '\'']) {
        inner = rest.strip_suffix(['"', '“', '”', '»', '’', '\'']).unwrap_or(rest);
    }
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

#[cfg(test)]
mod quick_tests {
    use super::{Grammar, Rule, next_token, quick};
    use pest::Parser as _;

    /// The tokens of the grammar alone, and those that are read with the shortcut.
    fn check(text: &str) {
        let pairs = Grammar::parse(Rule::file, text).unwrap().next().unwrap().into_inner();
        let alone = pairs.map(|pair| (pair.as_rule(), pair.as_span().start(), pair.as_span().end()));
        let alone: Vec<_> = alone.filter(|(rule, _, _)| *rule != Rule::EOI).collect();
        let mut quick = Vec::new();
        let mut at = quick::skip_blanks(text, 0);
        while let Some(token) = next_token(text, at) {
            quick.push(token);
            at = quick::skip_blanks(text, token.2);
        }
        assert_eq!(quick, alone, "{text:?}");
    }

    #[test]
    fn the_shortcut_reads_what_the_grammar_reads() {
        let pieces = [
            "a",
            "Ñandú",
            "día",
            "×",
            "÷",
            "e\u{301}",
            "ß",
            "Ω",
            "_x9",
            "3",
            "30",
            "3dias",
            "30 %",
            "30%",
            "1.200",
            "1,200",
            "1_200",
            "12.5",
            "2026-03-02",
            "02/03/2026",
            "9:00",
            "09:00",
            "->",
            "-->",
            "→",
            "=>",
            "-",
            "–",
            "{",
            "}",
            "(",
            ")",
            ",",
            "\"x y\"",
            "\"x",
            "\"a\\\"b\"",
            "“x”",
            "'x'",
            "`x y`",
            "`",
            "# c",
            "\n",
            "\r\n",
            " ",
            "\t",
            "\u{feff}",
            "\u{a0}",
            ";",
            ":",
            "<=",
            "<",
            "&&",
            "😀",
            "\0",
            "..",
            "3,4,5",
            "1.2.3",
        ];
        for one in pieces {
            check(one);
            for two in pieces {
                check(&format!("{one}{two}"));
                check(&format!("{one} {two}"));
                for three in pieces {
                    check(&format!("{one}{two}{three}"));
                }
            }
        }
    }
}
