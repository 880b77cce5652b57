//! Tree to text, in either language of keywords.
//!
//! In: a tree and its text. Out: the text as it should be written, comments kept. Before anything is returned
//! the output is read again and must mean the same. Absent: changing what an author meant.

mod items;
mod statements;

use crate::ast::{Comment, File, Name};
use crate::keywords::Keyword;
use crate::source::Span;
use crate::values::Lang;

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
    let output = render(&file, text, lang, Spelling::Author);
    let (again, findings) = crate::parse::parse(&output);
    let texts = |file: &File| file.comments.iter().map(|comment| comment.text.clone()).collect::<Vec<_>>();
    let is_sound = !crate::diagnostic::has_errors(&findings)
        && words(&again) == words(&file)
        && texts(&again) == texts(&file);
    if is_sound { Ok(output) } else { Err(Refusal::WouldChangeMeaning) }
}

/// The file as canonical English words with one space between them: no comment, no layout, no synonym, one way to
/// write each figure and each arrow. What stands between quotes is kept to the letter.
pub fn words(file: &File) -> String {
    let bare = File { comments: Vec::new(), ..file.clone() };
    let text = render(&bare, "", Lang::En, Spelling::Canonical);
    text.lines().map(str::trim_start).collect::<Vec<_>>().join(" ")
}

/// One item as canonical English words: what a version is the hash of.
pub fn item_words(item: &crate::ast::Item, lang: Lang) -> String {
    let file = File { lang, language: None, items: vec![item.clone()], comments: Vec::new() };
    words(&file)
}

/// Whether the author's way of writing is kept where several mean the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// `1_200`, `end cured`.
    Author,
    /// `1200`, `-> cured`.
    Canonical,
}

fn render(file: &File, text: &str, lang: Lang, spelling: Spelling) -> String {
    let mut printer = Printer {
        out: String::new(),
        indent: 0,
        lang,
        spelling,
        file_lang: file.lang,
        text,
        comments: &file.comments,
        next_comment: 0,
        just_opened: true,
        ends_with_comment: false,
    };
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
    next_comment: usize,
    /// The last line opened a block: no blank line follows it.
    just_opened: bool,
    /// The last line ends with a comment.
    ends_with_comment: bool,
}

impl Printer<'_> {
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

fn quoted_name(name: &str) -> String {
    let mut letters = name.chars();
    let is_word = letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphabetic() || letter.is_ascii_digit() || letter == '_');
    let folded = crate::keywords::fold(name);
    let is_taken = Lang::ALL.into_iter().any(|lang| {
        let taken = [
            Keyword::Whatsapp,
            Keyword::Email,
            Keyword::Sms,
            Keyword::Call,
            Keyword::Yes,
            Keyword::No,
            Keyword::Not,
            Keyword::Template,
            Keyword::At,
        ];
        taken.iter().any(|keyword| keyword.forms(lang).any(|form| crate::keywords::fold(form) == folded))
    });
    if is_word && !is_taken { name.to_owned() } else { format!("`{name}`") }
}

fn quoted_text(text: &str) -> String {
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
