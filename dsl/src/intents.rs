//! Intents: which words of a free text mean what.
//!
//! In: a phrase as its author wrote it, a text as a customer did. Out: whether the phrase is in the text. Accents, capitals
//! and everything that is no letter or digit do not matter. Absent: which intent wins; the program says so.

use crate::keywords::fold;

/// A text as words, without accents, capitals and signs.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A phrase: runs of words that must stand in the text in this order, with any words between one run and the next.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Phrase {
    runs: Vec<Vec<String>>,
}

impl Phrase {
    /// Reads a phrase; in a pattern `*` stands for any words, or none.
    pub fn new(text: &str, is_pattern: bool) -> Phrase {
        let runs = match is_pattern {
            true => text.split('*').map(words).collect(),
            false => vec![words(text)],
        };
        Phrase { runs: runs.into_iter().filter(|run: &Vec<String>| !run.is_empty()).collect() }
    }

    /// How many words it asks for: the more, the surer.
    pub fn words(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Is the phrase in a text of these words? One without a word is in none.
    pub fn is_in(&self, words: &[String]) -> bool {
        let mut rest = words;
        for run in &self.runs {
            let Some(at) = rest.windows(run.len()).position(|window| window == run.as_slice()) else {
                return false;
            };
            rest = rest.get(at + run.len()..).unwrap_or(&[]);
        }
        !self.runs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(phrase: &str, text: &str) -> bool {
        Phrase::new(phrase, phrase.contains('*')).is_in(&words(text))
    }

    #[test]
    fn accents_capitals_and_signs_do_not_matter() {
        assert!(is_in("la próxima semana", "¡Le pago LA PROXIMA   semana!"));
        assert!(is_in("manana", "mañana, sin falta"));
        assert!(!is_in("no puedo", "no, puede ser"));
        assert!(!is_in("pago", "pagos"));
        assert!(!is_in("", "algo"));
        assert!(!is_in("...", "algo"));
    }

    #[test]
    fn a_pattern_leaves_words_open() {
        assert!(is_in("no * hoy", "no le puedo pagar hoy"));
        assert!(is_in("no * hoy", "no hoy"));
        assert!(!is_in("no * hoy", "hoy no"));
        assert!(!is_in("*", "algo"));
    }
}
