//! The name of a program: a hash of its meaning.
//!
//! In: the words of the strategy and of the templates it sends, as `format::words` writes them: English keywords,
//! one space between them, comments and layout gone, texts to the letter. Equal versions have equal ids of steps,
//! operations, messages and names, so a run may go on with any program of its version. Out: the first 16 bytes of their SHA-256. So a comment, a synonym, an accent or the
//! keyword language does not make another version, and a change of the formatter's layout does not either.

use sha2::{Digest, Sha256};
use std::fmt;

/// The hash of a program's meaning; printed as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version(pub [u8; 16]);

impl Version {
    /// The version of these canonical words.
    pub fn of(words: &str) -> Version {
        let digest = Sha256::digest(words.as_bytes());
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        Version(short)
    }

    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Version> {
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        let mut short = [0; 16];
        for (at, byte) in short.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Version(short))
    }

    /// The first eight digits, for people.
    pub fn short(self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
