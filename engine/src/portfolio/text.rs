//! Text: which letters do these bytes spell?
//!
//! In: the bytes of a file, the encoding that was declared. Out: text, or why the file cannot be text.
//! A file that is not UTF-8 and whose encoding nobody declared is refused, not guessed: a wrong guess writes
//! `MarÃ­a` to a debtor.

use crate::portfolio::problem::{Fault, shorten};
use std::borrow::Cow;

/// How the letters of a file are written as bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// What the byte order mark says, UTF-8 without one.
    #[default]
    Auto,
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows-1252, which holds Latin-1.
    Windows1252,
}

impl Encoding {
    /// The encoding of a name as mappings write it.
    pub fn parse(name: &str) -> Option<Encoding> {
        match name.to_ascii_lowercase().as_str() {
            "auto" => Some(Encoding::Auto),
            "utf-8" | "utf8" => Some(Encoding::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "windows-1252" | "cp1252" => Some(Encoding::Windows1252),
            _ => None,
        }
    }
}

/// The text of a file.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, Fault> {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    let text = match (encoding, marked) {
        (Encoding::Windows1252, None) => {
            // Latin-1 prose is practically never valid UTF-8 by accident: the declaration is wrong.
            if !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
                return Err(Fault::DeclaredWrong);
            }
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
        (Encoding::Windows1252, Some(_)) => return Err(Fault::DeclaredWrong),
        (Encoding::Auto, Some((wide, mark))) if wide != encoding_rs::UTF_8 => {
            let (text, broken) = wide.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
            if broken {
                return Err(not_utf8(bytes, 0));
            }
            text
        }
        (Encoding::Auto | Encoding::Utf8, _) => {
            let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match std::str::from_utf8(plain) {
                Ok(text) => Cow::Borrowed(text),
                Err(error) => return Err(not_utf8(plain, error.valid_up_to())),
            }
        }
    };
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(Fault::NulByte { line: line_of(text.as_bytes(), at) }),
        None => Ok(text),
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Fault {
    // The word around the bad byte, read as Windows-1252: people see at once whether that is what it is.
    let is_inside = |byte: &u8| !matches!(byte, b',' | b';' | b'\t' | b'|' | b'"' | b'\r' | b'\n' | 0);
    let before = bytes.get(..at).unwrap_or_default();
    let start = at - before.iter().rev().take(20).take_while(|byte| is_inside(byte)).count();
    let word: Vec<u8> = bytes
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take(40)
        .copied()
        .take_while(|byte| is_inside(byte))
        .collect();
    let reads_as = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&word).0;
    Fault::NotUtf8 { line: line_of(bytes, at), reads_as: shorten(&reads_as) }
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_header() {
        assert_eq!(decode(b"\xEF\xBB\xBFcuenta", Encoding::Auto).as_deref(), Ok("cuenta"));
        assert_eq!(decode(b"\xFF\xFEa\0b\0", Encoding::Auto).as_deref(), Ok("ab"));
    }

    #[test]
    fn undeclared_latin1_is_refused_with_the_line_and_the_word() {
        assert_eq!(
            decode(b"nombre\nJos\xE9 Mar\xEDa,1\n", Encoding::Auto),
            Err(Fault::NotUtf8 { line: 2, reads_as: "José María".to_owned() })
        );
        assert_eq!(decode(b"Jos\xE9", Encoding::Windows1252).as_deref(), Ok("José"));
    }

    #[test]
    fn utf8_declared_as_latin1_is_refused() {
        assert_eq!(decode("José".as_bytes(), Encoding::Windows1252), Err(Fault::DeclaredWrong));
    }

    #[test]
    fn nul_bytes_are_refused_with_their_line() {
        assert_eq!(decode(b"a\nb\0", Encoding::Auto), Err(Fault::NulByte { line: 2 }));
    }
}
