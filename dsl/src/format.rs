//! Tree to text, in either language of keywords.
//!
//! In: a tree and its text. Out: the text as it should be written, comments kept. Before anything is returned
//! the output is read again and must mean the same. Absent: changing what an author meant.

mod awaits;
mod items;
mod parameters;
mod statements;

use crate::ast::parameter::Use;
use crate::ast::{Comment, File, Item, Name};
use crate::keywords::Keyword;
use crate::source::Span;
use crate::values::Lang;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Why a file cannot be formatted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It has mistakes: what could not be read would be lost.
    HasMistakes,
    /// The output did not mean the same as the input. A bug of ours; the file is left as it is.
    WouldChangeMeaning,
}

/// Formats a file's text with the keywords of a language, or of its own when none is given.
pub fn format(text: &str, lang: Option<Lang>) -> Result<String, Refusal> {
    let (file, findings) = crate::parse::parse(text);
    if crate::diagnostic::has_errors(&findings) {
        return Err(Refusal::HasMistakes);
    }
    let lang = lang.unwrap_or(file.lang);
    let output = render(&file, text, lang);
    let (again, findings) = crate::parse::parse(&output);
    let texts = |file: &File| file.comments.iter().map(|comment| comment.text.clone()).collect::<Vec<_>>();
    // Where a parameter's name stood its name stands, and not its value.
    let uses = |file: &File| file.uses.iter().map(|used| used.name.clone()).collect::<Vec<_>>();
    let is_sound = !crate::diagnostic::has_errors(&findings)
        && words(&again) == words(&file)
        && texts(&again) == texts(&file)
        && uses(&again) == uses(&file);
    if is_sound { Ok(output) } else { Err(Refusal::WouldChangeMeaning) }
}

/// The file as canonical English words with one space between them: no comment, no layout, no synonym, one way to
/// write each figure and each arrow. What stands between quotes is kept to the letter.
pub fn words(file: &File) -> String {
    canonical(file.items.iter(), file.lang, true)
}

/// `declares`: parameters are written too. Their values stand where they are used, so a version needs no more.
fn canonical<'a>(items: impl Iterator<Item = &'a Item>, lang: Lang, declares: bool) -> String {
    let mut printer = Printer::new("", &[], lang, Lang::En, Spelling::Canonical);
    printer.declares = declares;
    items.for_each(|item| printer.item(item));
    let text = printer.out;
    text.lines().map(str::trim_start).collect::<Vec<_>>().join(" ")
}

/// One item as canonical English words: what a version is the hash of.
pub fn item_words(item: &Item, lang: Lang) -> String {
    canonical(std::iter::once(item), lang, false)
}

/// Whether the author's way of writing is kept where several mean the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// `1_200`, `end cured`.
    Author,
    /// `1200`, `-> cured`.
    Canonical,
}

fn render(file: &File, text: &str, lang: Lang) -> String {
    let mut printer = Printer::new(text, &file.comments, file.lang, lang, Spelling::Author);
    printer.uses = &file.uses;
    printer.file(file);
    printer.out
}

struct Printer<'a> {
    out: String,
    indent: usize,
    /// The language to write.
    lang: Lang,
    spelling: Spelling,
    /// The language that was read.
    file_lang: Lang,
    text: &'a str,
    comments: &'a [Comment],
    /// Where the name of a parameter stands for its value.
    uses: &'a [Use],
    /// Declarations of parameters are written.
    declares: bool,
    next_comment: usize,
    /// The last line opened a block: no blank line follows it.
    just_opened: bool,
    /// The last line ends with a comment.
    ends_with_comment: bool,
}

impl<'a> Printer<'a> {
    fn new(
        text: &'a str,
        comments: &'a [Comment],
        file_lang: Lang,
        lang: Lang,
        spelling: Spelling,
    ) -> Printer<'a> {
        Printer {
            out: String::new(),
            indent: 0,
            lang,
            spelling,
            file_lang,
            text,
            comments,
            uses: &[],
            declares: true,
            next_comment: 0,
            just_opened: true,
            ends_with_comment: false,
        }
    }

    fn file(&mut self, file: &File) {
        if let Some(span) = file.language {
            let words = format!("{} {}", self.word(Keyword::Language), self.lang.code());
            self.line(span, &words);
        }
        for item in &file.items {
            self.item(item);
        }
        self.comments_before(u32::MAX);
    }

    fn word(&self, keyword: Keyword) -> &'static str {
        keyword.word(self.lang)
    }

    /// Writes a line that came from a place in the text, with the comments that stand before that place.
    fn line(&mut self, from: Span, line: &str) {
        self.comments_before(from.start);
        self.blank_before(from.start);
        self.write_line(line);
        self.just_opened = line.ends_with('{');
    }

    fn write_line(&mut self, line: &str) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
        self.out.push_str(line);
        self.out.push('\n');
        self.ends_with_comment = false;
    }

    /// Closes a block that ends at a byte.
    fn close(&mut self, end: u32) {
        self.comments_before(end);
        self.indent = self.indent.saturating_sub(1);
        self.write_line("}");
        self.just_opened = false;
    }

    fn comments_before(&mut self, at: u32) {
        while let Some(comment) =
            self.comments.get(self.next_comment).filter(|comment| comment.span.start < at)
        {
            self.next_comment += 1;
            // A comment behind a comment would become a part of it.
            if comment.is_alone || self.out.is_empty() || self.ends_with_comment {
                self.blank_before(comment.span.start);
                let text = comment.text.clone();
                self.write_line(&text);
                self.just_opened = false;
                self.ends_with_comment = true;
            } else if self.out.ends_with('\n') {
                self.out.pop();
                self.out.push_str("  ");
                self.out.push_str(&comment.text);
                self.out.push('\n');
                self.ends_with_comment = true;
            }
        }
    }

    /// Does a comment stand inside a place?
    fn has_comment(&self, place: Span) -> bool {
        let next = self.comments.partition_point(|comment| comment.span.start < place.start);
        self.comments.get(next).is_some_and(|comment| comment.span.end <= place.end)
    }

    /// Keeps one blank line where the author left one or more.
    fn blank_before(&mut self, at: u32) {
        let before = self.text.get(..at as usize).unwrap_or("");
        let gap = before.len() - before.trim_end().len();
        let newlines = before.get(before.len() - gap..).map_or(0, |gap| gap.matches('\n').count());
        if newlines >= 2 && !self.just_opened && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A name, in backticks where it could be read as something else.
    fn name(&self, name: &Name) -> String {
        quoted_name(&name.text)
    }

    /// A fact's name in the language to write; a name that is no fact stays as it is.
    fn fact(&self, name: &Name) -> String {
        match crate::vocabulary::find(&name.text, self.file_lang) {
            Some(fact) => fact.name(self.lang).to_owned(),
            None => self.name(name),
        }
    }
}

pub(crate) fn quoted_name(name: &str) -> String {
    let mut letters = name.chars();
    let is_word = letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphabetic() || letter.is_ascii_digit() || letter == '_');
    let is_taken = is_word && taken().contains(&crate::keywords::fold(name));
    if is_word && !is_taken { name.to_owned() } else { format!("`{name}`") }
}

/// Words that could be read as a channel, a value or a sign where a name stands, in every language.
fn taken() -> &'static BTreeSet<String> {
    static TAKEN: OnceLock<BTreeSet<String>> = OnceLock::new();
    TAKEN.get_or_init(|| {
        use Keyword::{At, Call, Email, No, Not, Sms, Template, Whatsapp, Yes};
        let keywords = [Whatsapp, Email, Sms, Call, Yes, No, Not, Template, At];
        let forms =
            keywords.iter().flat_map(|keyword| Lang::ALL.into_iter().flat_map(|lang| keyword.forms(lang)));
        forms.map(crate::keywords::fold).collect()
    })
}

pub(crate) fn quoted_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
