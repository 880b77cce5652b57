//! Walks the tokens: asks for keywords, takes values, says what was expected, finds its way after a mistake.

use super::{Given, Kind, Settings, Token, unquote};
use crate::ast::parameter::{Parameter, Use};
use crate::ast::{At, Name, RefusedSetting, Text};
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, Keyword, Table};
use crate::problems::{
    MissingBrace, MissingQuotes, StrayClosingBrace, UnclosedBlock, UnexpectedText, WrongLanguageWord,
};
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
    /// Joined parts of the condition that is read.
    pub(super) joins: u32,
    pub(super) findings: Vec<Diagnostic>,
    /// The parameters that may be named here, and whether one was.
    pub(super) parameters: Vec<(Parameter, bool)>,
    /// Where one was.
    pub(super) uses: Vec<Use>,
    /// Values from outside.
    pub(super) settings: &'a Settings,
    /// Those that could not be read.
    pub(super) refused: Vec<RefusedSetting>,
    /// The strategy that is read.
    pub(super) strategy: Option<String>,
    /// What a strategy that is called is given for its parameters.
    pub(super) given: Given<'a>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(
        text: &'a str,
        lang: Lang,
        tokens: &'a [Token],
        findings: Vec<Diagnostic>,
        settings: &'a Settings,
    ) -> Cursor<'a> {
        Cursor {
            text,
            lang,
            table: keywords::table(lang),
            tokens,
            at: 0,
            depth: 0,
            joins: 0,
            findings,
            parameters: Vec::new(),
            uses: Vec::new(),
            settings,
            refused: Vec::new(),
            strategy: None,
            given: None,
        }
    }

    pub(super) fn peek(&self) -> Token {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Token {
        let end = Token { kind: Kind::End, span: Span::default(), word: 0, starts_line: true };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).copied().unwrap_or(end)
    }

    /// The last token taken.
    pub(super) fn last(&self) -> Token {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied().unwrap_or_else(|| self.peek())
    }

    /// Does a plain name stand here, on the same line, that is not one of these keywords misspelt or in the other
    /// language? Then the keyword before it was left out.
    pub(super) fn lacks(&self, near: &[Keyword]) -> bool {
        let token = self.peek();
        matches!(token.kind, Kind::Word | Kind::QuotedName) && !token.starts_line && !self.is_nearly(near)
    }

    /// Does one of these keywords stand here, in either language, or nearly?
    pub(super) fn is_nearly(&self, near: &[Keyword]) -> bool {
        let choices: Vec<(Keyword, ())> = near.iter().map(|keyword| (*keyword, ())).collect();
        self.which(&choices).is_some()
            || self.other_language(&choices).is_some()
            || self.misspelt(&choices).is_some()
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

    /// Where the first token begins.
    pub(super) fn first(&self) -> u32 {
        self.tokens.first().map_or(0, |token| token.span.start)
    }

    /// Where the last token taken ends.
    pub(super) fn last_end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    /// From a start to the last token taken.
    pub(super) fn since(&self, start: u32) -> Span {
        Span { start, end: self.last_end().max(start) }
    }

    /// The tokens that follow a keyword at the start of a line, or of a block.
    pub(super) fn tokens_after(&self, keyword: Keyword) -> Vec<Token> {
        let is_word = |word: u16, form: &[u16]| word != 0 && form == [word];
        let forms = self.table.forms(keyword);
        let pairs = self.tokens.windows(2).filter_map(|pair| match pair {
            [first, next] if forms.iter().any(|form| is_word(first.word, form)) => Some(*next),
            _ => None,
        });
        pairs.collect()
    }

    pub(super) fn written(&self, token: Token) -> &'a str {
        self.text.get(token.span.range()).unwrap_or("")
    }

    /// How many tokens the keyword takes here; 0 when it does not stand here. The longest form wins.
    pub(super) fn sees(&self, keyword: Keyword) -> usize {
        self.sees_at(0, keyword)
    }

    /// The same, so many tokens ahead.
    pub(super) fn sees_at(&self, start: usize, keyword: Keyword) -> usize {
        let first = self.peek_at(start);
        if first.kind != Kind::Word || first.word == 0 {
            return 0;
        }
        let fits = |form: &&Vec<u16>| {
            form.iter().enumerate().all(|(ahead, word)| {
                let token = self.peek_at(start + ahead);
                token.kind == Kind::Word && token.word == *word
            })
        };
        self.table.forms(keyword).iter().filter(fits).map(Vec::len).max().unwrap_or(0)
    }

    /// How many tokens `else` takes here. `si no` also begins `si no en_disputa { … }`: it is `else` only when a
    /// block or another `si` follows.
    pub(super) fn sees_else(&self) -> usize {
        let tokens = self.sees(Keyword::Else);
        let could_be_if = self.sees(Keyword::If) > 0;
        let is_else =
            !could_be_if || self.peek_at(tokens).kind == Kind::Open || self.sees_at(tokens, Keyword::If) > 0;
        if is_else { tokens } else { 0 }
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

    /// Does the file declare a field or a condition of the name that stands here?
    pub(super) fn is_declared(&self) -> bool {
        let name = self.written(self.peek());
        let heads = [Keyword::Condition, Keyword::Segment, Keyword::Field];
        let is_head = |word: u16| heads.iter().any(|head| self.table.forms(*head).contains(&vec![word]));
        let pairs = self.tokens.iter().zip(self.tokens.iter().skip(1));
        let mut declared = pairs.filter(|(_, next)| self.written(**next) == name);
        declared.any(|(head, _)| head.word != 0 && is_head(head.word))
    }

    /// Is one of these keywords meant here: as it is, misspelt, or in the other language?
    pub(super) fn means<T: Copy>(&self, choices: &[(Keyword, T)]) -> bool {
        self.which(choices).is_some()
            || self.other_language(choices).is_some()
            || self.misspelt(choices).is_some_and(|(_, nearest)| nearest.is_some())
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
        if let Some(token) = self.eat_kind(Kind::Text) {
            return Some(At { is: unquote(self.written(token)), span: token.span });
        }
        let text = self.text_without_quotes();
        if text.is_none() {
            self.expected(what_es, what_en);
        }
        text
    }

    /// The words of the rest of the line where a quoted text should stand.
    fn text_without_quotes(&mut self) -> Option<Text> {
        let is_line =
            |token: &Token| !token.starts_line && !matches!(token.kind, Kind::Open | Kind::Close | Kind::End);
        let rest = || (0..).map(|ahead| self.peek_at(ahead)).take_while(is_line);
        if self.peek().kind != Kind::Word || rest().any(|token| token.kind == Kind::Text) {
            return None;
        }
        let (tokens, last) = (rest().count(), rest().last()?);
        let span = self.peek().span.to(last.span);
        let written = self.text.get(span.range()).unwrap_or("").to_owned();
        self.skip(tokens);
        let problem = MissingQuotes { written: short(&written) };
        self.findings.push(Diagnostic::new(problem, span).guess(span, format!("\"{written}\"")));
        Some(At { is: written, span })
    }

    /// Says what should stand here. Where the line or the block is over already, something is missing behind the
    /// last word: that is where the author looks.
    pub(super) fn expected(&mut self, es: &str, en: &str) {
        let (next, last) = (self.peek(), self.last());
        let is_over = next.starts_line || matches!(next.kind, Kind::Close | Kind::End);
        if !is_over || self.at == 0 || matches!(last.kind, Kind::Open | Kind::Close) {
            return self.unexpected(es, en, None);
        }
        let problem = UnexpectedText {
            found: String::new(),
            expected_es: es.to_owned(),
            expected_en: en.to_owned(),
            nearest: None,
        };
        if self.findings.iter().rev().take(8).all(|told| told.span != last.span && told.span != next.span) {
            self.findings.push(Diagnostic::new(problem, last.span));
        }
    }

    /// Takes the one of these keywords that stands here. When none does, says so; a word of the other language or
    /// a misspelt one is told and then read as what was meant, so that the rest of the line is read too.
    pub(super) fn choose<T: Copy>(&mut self, es: &str, en: &str, choices: &[(Keyword, T)]) -> Option<T> {
        if let Some((value, tokens)) = self.which(choices) {
            let Some((at, right, longer)) = self.nearly_longer(choices, tokens) else {
                self.skip(tokens);
                return Some(value);
            };
            self.unexpected_at(tokens, es, en, Some((right, true)));
            self.skip(longer);
            return choices.get(at).map(|(_, value)| *value);
        }
        let is_word = self.peek().kind == Kind::Word;
        if let Some((at, tokens)) = is_word.then(|| self.other_language(choices)).flatten() {
            let (keyword, value) = choices.get(at).copied()?;
            self.wrong_language(keyword, tokens);
            self.skip(tokens);
            return Some(value);
        }
        let Some((ahead, nearest)) = is_word.then(|| self.misspelt(choices)).flatten() else {
            self.unexpected(es, en, None);
            return None;
        };
        self.unexpected_at(ahead, es, en, nearest.clone());
        let (at, tokens) = self.corrected(choices, ahead, &nearest?.0)?;
        self.skip(tokens);
        choices.get(at).map(|(_, value)| *value)
    }

    /// Takes a keyword that must stand here; like [`Cursor::choose`] with one choice.
    pub(super) fn want(&mut self, keyword: Keyword, es: &str, en: &str) -> bool {
        self.choose(es, en, &[(keyword, ())]).is_some()
    }

    /// Says what is expected here, and offers the nearest of these keywords without taking it.
    pub(super) fn expected_one_of(&mut self, es: &str, en: &str, choices: &[Keyword]) {
        let at = self.at;
        let choices: Vec<(Keyword, ())> = choices.iter().map(|keyword| (*keyword, ())).collect();
        self.choose(es, en, &choices);
        self.at = at;
    }

    /// Words of a form that stand here from the first on, on one line.
    fn in_common(&self, form: &str) -> usize {
        let fits = |(ahead, word): &(usize, &str)| {
            let token = self.peek_at(*ahead);
            token.kind == Kind::Word
                && (*ahead == 0 || !token.starts_line)
                && keywords::same(self.written(token), word)
        };
        form.split(' ').enumerate().take_while(fits).count()
    }

    /// The choice that stands here in the other language, and how many tokens it takes.
    fn other_language<T>(&self, choices: &[(Keyword, T)]) -> Option<(usize, usize)> {
        let other = self.lang.pick(Lang::En, Lang::Es);
        let mut best: Option<(usize, usize)> = None;
        for (at, (keyword, _)) in choices.iter().enumerate() {
            for form in keyword.forms(other) {
                let tokens = form.split(' ').count();
                if self.in_common(form) == tokens && best.is_none_or(|(_, most)| tokens > most) {
                    best = Some((at, tokens));
                }
            }
        }
        best
    }

    fn wrong_language(&mut self, keyword: Keyword, tokens: usize) {
        let span = self.peek().span.to(self.peek_at(tokens.saturating_sub(1)).span);
        let right = keyword.word(self.lang);
        let (lang_es, lang_en) = self.lang.pick(("español", "Spanish"), ("inglés", "English"));
        let problem = WrongLanguageWord {
            written: self.text.get(span.range()).unwrap_or("").to_owned(),
            right: right.to_owned(),
            lang_es: lang_es.to_owned(),
            lang_en: lang_en.to_owned(),
        };
        self.findings.push(Diagnostic::new(problem, span).fix(span, right));
    }

    /// Which word is misspelt (so many ahead), and what it should be: where a keyword of several words has begun
    /// well, its next word is; else the first.
    fn misspelt<T>(&self, choices: &[(Keyword, T)]) -> Option<(usize, Option<(String, bool)>)> {
        let lang = self.lang;
        let forms = || choices.iter().flat_map(move |(keyword, _)| keyword.forms(lang));
        let ahead = forms().map(|form| self.in_common(form)).max().unwrap_or(0);
        let token = self.peek_at(ahead);
        if token.kind != Kind::Word || (ahead > 0 && token.starts_line) {
            return (ahead > 0).then_some((ahead, None));
        }
        let next_words = forms()
            .filter(|form| self.in_common(form) == ahead)
            .filter_map(|form| form.split(' ').nth(ahead))
            // `pago_total` and `optout` are near to the whole keyword.
            .chain(forms().filter(|form| ahead == 0 && form.contains(' ')));
        let nearest = keywords::nearest_of(self.written(token), next_words);
        (ahead > 0 || nearest.is_some()).then_some((ahead, nearest))
    }

    /// `días` stands here, but `hábilles` behind it is nearly `días hábiles`: that choice, the right word, and how many
    /// tokens it takes.
    fn nearly_longer<T>(&self, choices: &[(Keyword, T)], tokens: usize) -> Option<(usize, String, usize)> {
        let token = self.peek_at(tokens);
        if token.kind != Kind::Word || token.word != 0 || token.starts_line {
            return None;
        }
        choices.iter().enumerate().find_map(|(at, (keyword, _))| {
            keyword.forms(self.lang).find_map(|form| {
                let word = form.split(' ').nth(tokens).filter(|_| self.in_common(form) == tokens)?;
                let right = keywords::nearest(self.written(token), [word])?;
                Some((at, right, form.split(' ').count()))
            })
        })
    }

    /// The choice that stands here once one word is put right, and how many tokens it takes.
    fn corrected<T>(&self, choices: &[(Keyword, T)], ahead: usize, right: &str) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        for (at, (keyword, _)) in choices.iter().enumerate() {
            for form in keyword.forms(self.lang) {
                let words: Vec<&str> = form.split(' ').collect();
                let is_whole = ahead == 0 && form == right;
                let tail = words.iter().enumerate().skip(ahead + 1).all(|(at, word)| {
                    let token = self.peek_at(at);
                    token.kind == Kind::Word && keywords::same(self.written(token), word)
                });
                let fits = self.in_common(form) == ahead && words.get(ahead) == Some(&right) && tail;
                let tokens = if is_whole { 1 } else { words.len() };
                if (is_whole || fits) && best.is_none_or(|(_, most)| tokens > most) {
                    best = Some((at, tokens));
                }
            }
        }
        best
    }

    /// Says that what stands here is not what should.
    pub(super) fn unexpected(&mut self, es: &str, en: &str, nearest: Option<(String, bool)>) {
        self.unexpected_at(0, es, en, nearest);
    }

    /// The nearest keyword comes with whether it is the only one as near: then reading it so is no guess.
    fn unexpected_at(&mut self, ahead: usize, es: &str, en: &str, nearest: Option<(String, bool)>) {
        let token = self.peek_at(ahead);
        let found = match token.kind {
            Kind::End => self.lang.pick("fin del archivo", "end of file").to_owned(),
            _ => short(self.written(token)),
        };
        let problem = UnexpectedText {
            found,
            expected_es: es.to_owned(),
            expected_en: en.to_owned(),
            nearest: nearest.as_ref().map(|(name, _)| name.clone()),
        };
        let finding = Diagnostic::new(problem, token.span);
        let finding = match nearest {
            Some((name, true)) if name.chars().count() > 3 => finding.fix(token.span, name),
            Some((name, _)) => finding.guess(token.span, name),
            None => finding,
        };
        // Two complaints about one token would be one mistake told twice.
        if self.findings.iter().rev().take(8).all(|last| last.span != token.span) {
            self.findings.push(finding);
        }
    }

    /// Takes `{`. When it is missing, says so and goes on behind the next one of the line.
    pub(super) fn open(&mut self) -> Option<Token> {
        if let Some(open) = self.eat_kind(Kind::Open) {
            return Some(open);
        }
        if self.has_brace_on_line() {
            self.expected("`{`", "`{`");
        } else {
            self.missing_brace();
        }
        let (at, last) = (self.at, self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied());
        self.skip_to_block();
        // A `}` that no `{` of the line opened belongs to the one that was forgotten.
        let close = self.peek();
        if close.kind == Kind::Close && !close.starts_line && at > 0 && !self.line_has_open_block(at) {
            self.at = at;
            return last;
        }
        self.eat_kind(Kind::Open)
    }

    /// Does a `{` stand further on in the line?
    fn has_brace_on_line(&self) -> bool {
        let rest = (0..).map(|ahead| self.peek_at(ahead)).enumerate();
        let mut rest = rest.take_while(|(at, token)| {
            token.kind != Kind::End && token.kind != Kind::Close && (*at == 0 || !token.starts_line)
        });
        !self.peek().starts_line && rest.any(|(_, token)| token.kind == Kind::Open)
    }

    /// Takes a `}` that no `{` of its line opened: it belongs to the one that was forgotten on it.
    pub(super) fn eat_forgotten_close(&mut self) -> bool {
        let close = self.peek();
        let is = close.kind == Kind::Close && !close.starts_line && !self.line_has_open_block(self.at);
        self.skip(usize::from(is));
        is
    }

    /// Says that a `{` is missing behind the last token.
    fn missing_brace(&mut self) {
        let (end, next) = (self.last_end(), self.peek());
        let insert = Span { start: end, end };
        // At the end of a line the mark stands on what was written last.
        let last =
            self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(next.span, |last| last.span);
        let behind = short(self.text.get(last.range()).unwrap_or(""));
        if self.findings.iter().rev().take(8).all(|told| told.span != last && told.span != next.span) {
            self.findings.push(Diagnostic::new(MissingBrace { behind }, last).guess(insert, " {"));
        }
    }

    /// Is a block open that began on the line of a token, before it?
    fn line_has_open_block(&self, at: usize) -> bool {
        let mut closed = 0_u32;
        for token in self.tokens.get(..at).unwrap_or(&[]).iter().rev() {
            match token.kind {
                Kind::Open if closed == 0 => return true,
                Kind::Open => closed -= 1,
                Kind::Close => closed += 1,
                _ => {}
            }
            if token.starts_line {
                return false;
            }
        }
        false
    }

    /// Like [`Cursor::open`] for what is nothing without its block: a `{` forgotten at the line's end is taken as
    /// written, for the `}` will be there.
    pub(super) fn open_body(&mut self) -> Option<Token> {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied();
        let open = self.open();
        let next = self.peek();
        let is_forgotten =
            open.is_none() && next.starts_line && !self.is_at_end() && next.kind != Kind::Close;
        if is_forgotten { last } else { open }
    }

    /// On to the next `{` or `}` of the line, or to the next line.
    pub(super) fn skip_to_block(&mut self) {
        while !matches!(self.peek().kind, Kind::Open | Kind::Close | Kind::End) && !self.peek().starts_line {
            self.skip(1);
        }
    }

    /// Over the rest of a block whose `{` was taken, blocks inside it included.
    pub(super) fn skip_block(&mut self) {
        let mut open_blocks = 1_u32;
        while open_blocks > 0 && !self.is_at_end() {
            match self.take().kind {
                Kind::Open => open_blocks += 1,
                Kind::Close => open_blocks -= 1,
                _ => {}
            }
        }
    }

    /// Does one of these keywords stand here on a line of its own, no deeper than the line on which the block was
    /// opened? Where it does not fit into the block, the block was never closed.
    pub(super) fn is_outside(&self, open: Token, outer: &[Keyword]) -> bool {
        let token = self.peek();
        token.starts_line
            && (token.kind == Kind::Arrow || outer.iter().any(|keyword| self.sees(*keyword) > 0))
            && self.indent(token.span.start) <= self.indent(open.span.start)
    }

    /// Blanks at the start of the line on which a byte stands.
    fn indent(&self, at: u32) -> usize {
        let before = self.text.get(..at as usize).unwrap_or("");
        let line = self.text.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or("");
        line.chars().take_while(|c| matches!(c, ' ' | '\t')).count()
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
    // What cannot be seen, or turns the direction of what follows, is told by its number.
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let line = written.chars().take_while(|c| *c != '\n');
    let one_line: String = line
        .flat_map(|c| {
            let told = if is_hidden(c) { format!("U+{:04X}", u32::from(c)) } else { c.to_string() };
            told.chars().collect::<Vec<_>>()
        })
        .collect();
    if one_line.chars().count() <= 30 {
        return one_line;
    }
    one_line.chars().take(29).chain(['…']).collect()
}
