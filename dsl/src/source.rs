//! Text, byte spans and the lines they fall on.
//!
//! In: a file's name and text. Out: lines and columns. Absent: reading files.

/// A stretch of the text, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after the end.
    pub end: u32,
}

impl Span {
    /// From `start` to before `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    /// From the start of this to the end of the other.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The bytes as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A file's text with an index of its lines; texts of the files that it imports stand behind it.
pub struct Source {
    /// The name people see.
    pub name: String,
    /// The text, and behind it the texts of other files.
    pub text: String,
    line_starts: Vec<u32>,
    /// Where each file begins, and its name; the first begins at 0.
    parts: Vec<(u32, String)>,
}

impl Source {
    /// Indexes the lines of a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        let name = name.into();
        Source::of_parts(text.into(), vec![(0, name)])
    }

    /// Indexes the lines of several files that stand one behind another.
    pub fn of_parts(text: String, parts: Vec<(u32, String)>) -> Source {
        let mut line_starts = vec![0];
        line_starts
            .extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at as u32 + 1));
        let name = parts.first().map(|(_, name)| name.clone()).unwrap_or_default();
        Source { name, text, line_starts, parts }
    }

    /// The file in which a byte stands: its name, and where it begins.
    pub fn part(&self, at: u32) -> (&str, u32) {
        let part = self.parts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.parts.get(part).map_or(("", 0), |(start, name)| (name.as_str(), *start))
    }

    /// Where the file in which a byte stands begins and ends.
    pub fn part_range(&self, at: u32) -> (u32, u32) {
        let next = self.parts.partition_point(|(start, _)| *start <= at);
        let end = self.parts.get(next).map_or(self.text.len() as u32, |(start, _)| start.saturating_sub(1));
        (self.part(at).1, end)
    }

    /// The text of the first file.
    pub fn own(&self) -> &str {
        let (_, end) = self.part_range(0);
        self.text.get(..end as usize).unwrap_or(&self.text)
    }

    /// The name of the file in which a byte stands.
    pub fn name_at(&self, at: u32) -> &str {
        self.part(at).0
    }

    /// Line of a byte within its file, from 1.
    pub fn line(&self, at: u32) -> u32 {
        let (_, start) = self.part(at);
        let line = |at: u32| self.line_starts.partition_point(|start| *start <= at) as u32;
        (line(at) + 1).saturating_sub(line(start))
    }

    /// Line and column of a byte within its file, both from 1; the column counts characters.
    pub fn line_column(&self, at: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start as usize..at as usize).map_or(0, |before| before.chars().count());
        (self.line(at), column as u32 + 1)
    }

    /// A span counted from the beginning of its own file.
    pub fn local(&self, span: Span) -> Span {
        let (_, start) = self.part(span.start);
        Span { start: span.start - start, end: span.end.saturating_sub(start) }
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_file_in_which_a_byte_stands() {
        let source = Source::of_parts("uno\n\ndos\ntres".to_owned(), vec![(0, "a".into()), (5, "b".into())]);
        assert_eq!((source.name_at(4), source.line_column(4)), ("a", (2, 1)));
        assert_eq!((source.name_at(5), source.line_column(5)), ("b", (1, 1)));
        assert_eq!((source.line_column(10), source.local(Span::new(10, 12))), ((2, 2), Span::new(5, 7)));
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = Source::new("a", "día uno\ndos");
        assert_eq!(source.line_column(5), (1, 5));
        assert_eq!(source.line_column(9), (2, 1));
    }
}
