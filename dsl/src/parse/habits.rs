//! What people write out of habit: arrows and signs of other tools, figures in words, clock times, money signs, a
//! word left out. Read as what was meant, and told with the edit that puts it right.
//!
//! In: the cursor at the place. Out: the token or value that was meant. Absent: anything that could be meant in two
//! ways without a choice for the author.

use super::cursor::Cursor;
use super::{Kind, Token};
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, Keyword};
use crate::problems::{ClockTime, CurrencySign, MissingWord, NeedlessText, NumberInWords, WrongSign};
use crate::source::Span;
use crate::values::{Currency, TimeOfDay};

/// Figures in words, both languages.
const FIGURES: &[(&str, u32)] = &[
    ("un", 1),
    ("uno", 1),
    ("una", 1),
    ("one", 1),
    ("dos", 2),
    ("two", 2),
    ("tres", 3),
    ("three", 3),
    ("cuatro", 4),
    ("four", 4),
    ("cinco", 5),
    ("five", 5),
    ("seis", 6),
    ("six", 6),
    ("siete", 7),
    ("seven", 7),
    ("ocho", 8),
    ("eight", 8),
    ("nueve", 9),
    ("nine", 9),
    ("diez", 10),
    ("ten", 10),
    ("quince", 15),
    ("fifteen", 15),
    ("veinte", 20),
    ("twenty", 20),
    ("treinta", 30),
    ("thirty", 30),
];

/// Words that other languages put before a block.
const THEN: [&str; 4] = ["entonces", "then", "hacer", "do"];

impl Cursor<'_> {
    /// Takes an arrow; one of another tool is told.
    pub(super) fn eat_arrow(&mut self) -> Option<Token> {
        let token = self.eat_kind(Kind::Arrow)?;
        if !matches!(self.written(token), "->" | "→") {
            self.wrong_sign(token, "->");
        }
        Some(token)
    }

    /// Says that a sign is written otherwise here.
    pub(super) fn wrong_sign(&mut self, token: Token, right: &str) {
        let problem = WrongSign { written: self.written(token).to_owned(), right: right.to_owned() };
        self.findings.push(Diagnostic::new(problem, token.span).fix(token.span, right));
    }

    /// Takes `&&` or `||` where `and` or `or` may stand.
    pub(super) fn eat_join(&mut self, sign: &str, keyword: Keyword) -> bool {
        let token = self.peek();
        if token.kind != Kind::Sign || self.written(token) != sign {
            return false;
        }
        self.skip(1);
        self.wrong_sign(token, keyword.word(self.lang));
        true
    }

    /// The figure that a word says, when it says one.
    pub(super) fn figure_in_words(&self) -> Option<u32> {
        let token = self.peek();
        if token.kind != Kind::Word {
            return None;
        }
        let folded = keywords::fold(self.written(token));
        FIGURES.iter().find(|(word, _)| *word == folded).map(|(_, figure)| *figure)
    }

    /// Takes a figure written as a word, and says so.
    pub(super) fn eat_figure_in_words(&mut self) -> Option<u32> {
        let figure = self.figure_in_words()?;
        let token = self.take();
        let problem = NumberInWords { written: self.written(token).to_owned(), right: figure.to_string() };
        self.findings.push(Diagnostic::new(problem, token.span).fix(token.span, figure.to_string()));
        Some(figure)
    }

    /// Takes a time of day as clocks and people say it: `9am`, `9`, `09.30`, `18:30hs`.
    pub(super) fn eat_clock_time(&mut self) -> Option<TimeOfDay> {
        let first = self.peek();
        if !matches!(first.kind, Kind::Number | Kind::Time) {
            return None;
        }
        let after = self.peek_at(1);
        let has_word = after.kind == Kind::Word && !after.starts_line;
        let word = if has_word { keywords::fold(self.written(after)) } else { String::new() };
        let half = match word.as_str() {
            "am" => Some(0),
            "pm" => Some(12),
            "h" | "hs" | "hrs" => None,
            _ if first.kind == Kind::Time => return None,
            _ => None,
        };
        let is_mark = matches!(word.as_str(), "am" | "pm" | "h" | "hs" | "hrs");
        let figures = self.written(first).replace([':', '_'], ".");
        let (hour, minute) = figures.split_once('.').unwrap_or((&figures, "00"));
        if minute.len() != 2 {
            return None;
        }
        let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
        let hour = match half {
            Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
            Some(_) => return None,
            None => hour,
        };
        let right = format!("{hour:02}:{minute:02}");
        let time = TimeOfDay::parse(&right)?;
        let span = if is_mark { first.span.to(after.span) } else { first.span };
        self.skip(1 + usize::from(is_mark));
        let written = self.text.get(span.range()).unwrap_or("").to_owned();
        let finding = Diagnostic::new(ClockTime { written, right: right.clone() }, span);
        self.findings.push(finding.fix(span, right));
        Some(time)
    }

    /// The currency that the file's strategy names.
    fn own_currency(&self) -> Option<&str> {
        let named = self.tokens_after(Keyword::Currency);
        named.into_iter().map(|token| self.written(token)).find(|name| Currency::parse(name).is_some())
    }

    /// A currency said in a word behind a figure, `20 soles`: its letters, and the word is taken.
    pub(super) fn eat_currency_word(&mut self, figure: Token) -> Option<String> {
        let token = self.peek();
        if token.kind != Kind::Word || token.starts_line {
            return None;
        }
        let letters = crate::vocabulary::currency_of_word(self.written(token))?;
        let is_sure = !letters.is_empty();
        let letters = if is_sure { letters } else { self.own_currency()? }.to_owned();
        self.skip(1);
        self.currency_sign(figure.span.to(token.span), self.written(figure).to_owned(), &letters, is_sure);
        Some(letters)
    }

    /// `$20`, `S/ 20`, `€20`: the figure's token and its currency's letters, all taken.
    pub(super) fn eat_money_sign(&mut self) -> Option<(Token, String)> {
        let first = self.peek();
        let sign = self.written(first);
        let is_soles = first.kind == Kind::Word
            && sign.eq_ignore_ascii_case("S")
            && self.written(self.peek_at(1)) == "/"
            && self.peek_at(1).span.start == first.span.end;
        let known = match sign {
            "$" => self.own_currency()?.to_owned(),
            "€" => "EUR".to_owned(),
            "£" => "GBP".to_owned(),
            _ if is_soles => "PEN".to_owned(),
            _ => return None,
        };
        let ahead = 1 + usize::from(is_soles);
        let figure = self.peek_at(ahead);
        if figure.kind != Kind::Number || figure.starts_line {
            return None;
        }
        self.skip(ahead + 1);
        // `$` is a peso in one country and a dollar in the next.
        let is_sure = sign != "$";
        self.currency_sign(first.span.to(figure.span), self.written(figure).to_owned(), &known, is_sure);
        Some((figure, known))
    }

    fn currency_sign(&mut self, span: Span, figure: String, letters: &str, is_sure: bool) {
        let right = format!("{figure} {letters}");
        let written = self.text.get(span.range()).unwrap_or("").to_owned();
        // A figure that can be read in two ways is told already: one edit at a time.
        let finding = Diagnostic::new(CurrencySign { written, right: right.clone() }, span);
        let is_told =
            self.findings.iter().any(|told| told.span.start >= span.start && told.span.end <= span.end);
        self.findings.push(match (is_told, is_sure) {
            (true, _) => finding,
            (false, true) => finding.fix(span, right),
            (false, false) => finding.guess(span, right),
        });
    }

    /// Says that a keyword was left out before the token that stands here.
    pub(super) fn missing_word(&mut self, keyword: Keyword) {
        let (at, word) = (self.peek().span, keyword.word(self.lang));
        let insert = Span { start: at.start, end: at.start };
        let problem = MissingWord { word: word.to_owned(), before: self.written(self.peek()).to_owned() };
        self.findings.push(Diagnostic::new(problem, at).fix(insert, format!("{word} ")));
    }

    /// Takes `then` before a block: the braces say it.
    pub(super) fn eat_then(&mut self) {
        let token = self.peek();
        let is_then = token.kind == Kind::Word
            && THEN.contains(&keywords::fold(self.written(token)).as_str())
            && !token.starts_line;
        if is_then {
            self.skip(1);
            let problem = NeedlessText { written: self.written(token).to_owned() };
            let behind = Span { start: token.span.start, end: self.peek().span.start.max(token.span.end) };
            self.findings.push(Diagnostic::new(problem, token.span).fix(behind, ""));
        }
    }
}
