//! Walks the tokens: asks for keywords, takes values, says what was expected, finds its way after a mistake.

use super::{Kind, Token, unquote};
use crate::ast::{At, Name, Text};
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, Keyword, Table};
use crate::problems::{StrayClosingBrace, UnclosedBlock, UnexpectedText, WrongLanguageWord};
use crate::source::Span;
use crate::values::Lang;

/// Blocks inside blocks, at most. The reader is recursive: without a bound hostile text could exhaust the stack.
pub(super) const DEEPEST: u32 = 32;

pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) lang: Lang,
    table: &'static Table,
    tokens: &'a [Token],
    at: usize,
    pub(super) depth: u32,
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(
        text: &'a str,
        lang: Lang,
        tokens: &'a [Token],
        findings: Vec<Diagnostic>,
    ) -> Cursor<'a> {
        Cursor { text, lang, table: keywords::table(lang), tokens, at: 0, depth: 0, findings }
    }

    pub(super) fn peek(&self) -> Token {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Token {
        let end = Token { kind: Kind::End, span: Span::default(), word: 0, starts_line: true };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).copied().unwrap_or(end)
    }

    pub(super) fn skip(&mut self, tokens: usize) {
        self.at = (self.at + tokens).min(self.tokens.len().saturating_sub(1));
    }

    pub(super) fn take(&mut self) -> Token {
        let token = self.peek();
        self.skip(1);
        token
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.peek().kind == Kind::End
    }

    /// Where the last token taken ends.
    pub(super) fn last_end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    /// From a start to the last token taken.
    pub(super) fn since(&self, start: u32) -> Span {
        Span { start, end: self.last_end().max(start) }
    }

    pub(super) fn written(&self, token: Token) -> &'a str {
        self.text.get(token.span.range()).unwrap_or("")
    }

    /// How many tokens the keyword takes here; 0 when it does not stand here. The longest form wins.
    pub(super) fn sees(&self, keyword: Keyword) -> usize {
        let first = self.peek();
        if first.kind != Kind::Word || first.word == 0 {
            return 0;
        }
        let fits = |form: &&Vec<u16>| {
            form.iter().enumerate().all(|(ahead, word)| {
                let token = self.peek_at(ahead);
                token.kind == Kind::Word && token.word == *word
            })
        };
        self.table.forms(keyword).iter().filter(fits).map(Vec::len).max().unwrap_or(0)
    }

    /// Takes the keyword when it stands here.
    pub(super) fn eat(&mut self, keyword: Keyword) -> bool {
        let tokens = self.sees(keyword);
        self.skip(tokens);
        tokens > 0
    }

    /// Of some keywords the one that stands here; the one with the longest form wins.
    pub(super) fn which<T: Copy>(&self, choices: &[(Keyword, T)]) -> Option<(T, usize)> {
        let mut best: Option<(T, usize)> = None;
        for (keyword, value) in choices {
            let tokens = self.sees(*keyword);
            if tokens > best.map_or(0, |(_, most)| most) {
                best = Some((*value, tokens));
            }
        }
        best
    }

    pub(super) fn eat_which<T: Copy>(&mut self, choices: &[(Keyword, T)]) -> Option<T> {
        let (value, tokens) = self.which(choices)?;
        self.skip(tokens);
        Some(value)
    }

    pub(super) fn sees_sign(&self, sign: &str) -> bool {
        let token = self.peek();
        token.kind == Kind::Sign && self.written(token) == sign
    }

    pub(super) fn eat_sign(&mut self, sign: &str) -> bool {
        let is = self.sees_sign(sign);
        self.skip(usize::from(is));
        is
    }

    pub(super) fn eat_kind(&mut self, kind: Kind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.take())
    }

    /// A name: any word, or anything in backticks.
    pub(super) fn name(&mut self, what_es: &str, what_en: &str) -> Option<Name> {
        let token = self.peek();
        match token.kind {
            Kind::Word => {
                self.skip(1);
                Some(Name { text: self.written(token).to_owned(), span: token.span })
            }
            Kind::QuotedName => {
                self.skip(1);
                Some(Name { text: self.written(token).trim_matches('`').to_owned(), span: token.span })
            }
            _ => {
                self.expected(what_es, what_en);
                None
            }
        }
    }

    /// A quoted text.
    pub(super) fn text(&mut self, what_es: &str, what_en: &str) -> Option<Text> {
        let Some(token) = self.eat_kind(Kind::Text) else {
            self.expected(what_es, what_en);
            return None;
        };
        Some(At { is: unquote(self.written(token)), span: token.span })
    }

    /// Says what should stand here.
    pub(super) fn expected(&mut self, es: &str, en: &str) {
        self.unexpected(es, en, None);
    }

    /// Says that none of these keywords stands here, and offers the nearest.
    pub(super) fn expected_one_of(&mut self, es: &str, en: &str, choices: &[Keyword]) {
        let token = self.peek();
        let written = self.written(token);
        if token.kind == Kind::Word {
            if let Some(right) = self.other_language(choices) {
                let (lang_es, lang_en) = self.lang.pick(("español", "Spanish"), ("inglés", "English"));
                let problem = WrongLanguageWord {
                    written: written.to_owned(),
                    right: right.to_owned(),
                    lang_es: lang_es.to_owned(),
                    lang_en: lang_en.to_owned(),
                };
                self.findings.push(Diagnostic::new(problem, token.span).fix(token.span, right));
                return;
            }
        }
        // Only the first word of a keyword of several is compared with a misspelt word: the rest may be right.
        let lang = self.lang;
        let forms = choices.iter().flat_map(|choice| choice.forms(lang));
        let first_words = forms.map(|form| form.split(' ').next().unwrap_or(form));
        let nearest = (token.kind == Kind::Word).then(|| keywords::nearest(written, first_words)).flatten();
        self.unexpected(es, en, nearest);
    }

    fn other_language(&self, choices: &[Keyword]) -> Option<&'static str> {
        let other = self.lang.pick(Lang::En, Lang::Es);
        let word = keywords::fold(self.written(self.peek()));
        let says = |choice: &&Keyword| choice.forms(other).any(|form| keywords::fold(form) == word);
        choices.iter().find(says).map(|choice| choice.word(self.lang))
    }

    fn unexpected(&mut self, es: &str, en: &str, nearest: Option<String>) {
        let token = self.peek();
        let found = match token.kind {
            Kind::End => self.lang.pick("fin del archivo", "end of file").to_owned(),
            _ => short(self.written(token)),
        };
        let problem = UnexpectedText {
            found,
            expected_es: es.to_owned(),
            expected_en: en.to_owned(),
            nearest: nearest.clone(),
        };
        let finding = Diagnostic::new(problem, token.span).nearest(nearest.as_ref());
        // Two complaints about one token would be one mistake told twice.
        if self.findings.last().is_none_or(|last| last.span != token.span) {
            self.findings.push(finding);
        }
    }

    /// Takes `{`; says so when it is missing.
    pub(super) fn open(&mut self) -> Option<Token> {
        let open = self.eat_kind(Kind::Open);
        if open.is_none() {
            self.expected("`{`", "`{`");
        }
        open
    }

    /// Takes `}` of a block; says what is unclosed when it is missing.
    pub(super) fn close(&mut self, open: Token, opened_by: &str) {
        if self.eat_kind(Kind::Close).is_some() {
            return;
        }
        let end = self.last_end();
        let insert = Span { start: end, end };
        let problem = UnclosedBlock { opened_by: opened_by.to_owned() };
        self.findings.push(Diagnostic::new(problem, open.span).guess(insert, " }"));
    }

    /// After a mistake: on to the next line, over whole blocks, but never past the end of this block.
    pub(super) fn recover(&mut self) {
        let mut depth = 0_u32;
        let mut is_first = true;
        loop {
            let token = self.peek();
            match token.kind {
                Kind::End => return,
                Kind::Close if depth == 0 => return,
                Kind::Close => depth -= 1,
                Kind::Open => depth += 1,
                _ if depth == 0 && token.starts_line && !is_first => return,
                _ => {}
            }
            is_first = false;
            self.skip(1);
        }
    }

    /// A `}` where no block is open.
    pub(super) fn stray_close(&mut self) {
        let token = self.take();
        self.findings.push(Diagnostic::new(StrayClosingBrace, token.span).guess(token.span, ""));
    }
}

fn short(written: &str) -> String {
    let one_line: String = written.chars().take_while(|c| *c != '\n').collect();
    if one_line.chars().count() <= 30 {
        return one_line;
    }
    one_line.chars().take(29).chain(['…']).collect()
}
