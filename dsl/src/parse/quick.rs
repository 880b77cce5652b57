//! The commonest tokens, read without asking the grammar.
//!
//! In: a text and a place in it. Out: the rule that the grammar would have matched there, and where it ends; `None` where
//! only the grammar knows. A test holds the two to the same tokens. Nine tokens of ten are words, braces, comments, plain
//! texts and whole numbers, and a file is read again at every keystroke.

use super::grammar::Rule;

/// The first byte at or behind a place that is no blank.
pub(super) fn skip_blanks(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or("");
    let is_blank = |letter: char| matches!(letter, ' ' | '\t' | '\r' | '\n' | '\u{feff}' | '\u{a0}');
    text.len() - rest.trim_start_matches(is_blank).len()
}

/// The rule that matches at a place, and where it ends.
pub(super) fn token(text: &str, at: usize) -> Option<(Rule, usize)> {
    let bytes = text.as_bytes().get(at..)?;
    let first = *bytes.first()?;
    let (rule, length) = match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (Rule::word, word(bytes)?),
        // Letters of Latin-1 are two bytes, of which the first is this one.
        0xc3 if bytes.get(1).is_some_and(|second| is_latin(*second)) => (Rule::word, word(bytes)?),
        b'{' | b'}' | b'(' | b')' | b',' => (Rule::symbol, 1),
        b'-' if bytes.get(1) == Some(&b'>') => (Rule::arrow, 2),
        b'#' => (Rule::comment, bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len())),
        b'"' => {
            let rest = bytes.get(1..)?;
            let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))?;
            if rest.get(end) != Some(&b'"') {
                return None;
            }
            (Rule::text, end + 2)
        }
        b'0'..=b'9' => figure(bytes)?,
        _ => return None,
    };
    Some((rule, at + length))
}

/// Á to ÿ, but for the signs of multiplication and division.
fn is_latin(second: u8) -> bool {
    (0x80..=0xbf).contains(&second) && second != 0x97 && second != 0xb7
}

fn word(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') => at += 1,
            Some(0xc3) if bytes.get(at + 1).is_some_and(|second| is_latin(*second)) => at += 2,
            // Any other letter that is not of ASCII: the grammar knows which are letters.
            Some(0x80..) => return None,
            _ => return Some(at),
        }
    }
}

/// `30`, `120.00`, `09:00` and `2026-03-02`, with a blank, a bracket or the end behind them, and no sign of percentage.
fn figure(bytes: &[u8]) -> Option<(Rule, usize)> {
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let (rule, length) = match (bytes.get(whole), whole) {
        (Some(b'.'), _) if (1..=2).contains(&digits(whole + 1)) => {
            (Rule::number, whole + 1 + digits(whole + 1))
        }
        (Some(b':'), 1..=2) if digits(whole + 1) == 2 => (Rule::time, whole + 3),
        (Some(b'-'), 4) if digits(5) == 2 && bytes.get(7) == Some(&b'-') && digits(8) == 2 => {
            (Rule::date, 10)
        }
        _ => (Rule::number, whole),
    };
    match (bytes.get(length), bytes.get(length + 1)) {
        (Some(b' '), Some(b'%')) => None,
        (None | Some(b' ' | b'\n' | b'\r' | b'\t' | b')' | b'}' | b'{'), _) => Some((rule, length)),
        _ => None,
    }
}
