//! An article as it is cited in a language.
//!
//! In: an article as a pack writes it: the norm's own name, and perhaps a remark in English. Out: the same with the
//! remark in the reader's language. Stored histories hold what the pack wrote. Absent: translating names of norms.

use crate::values::Lang;

/// Remarks that packs make, longest first where one is part of another.
const REMARKS: [(&str, &str); 14] = [
    ("practice; none found", "práctica; ninguna hallada"),
    ("none found", "ninguna hallada"),
    ("none; our own caution", "ninguna; cautela nuestra"),
    (", by analogy", ", por analogía"),
    (", article not read", ", artículo no leído"),
    (", and later laws", ", y leyes posteriores"),
    (" and later laws", " y leyes posteriores"),
    (", and yearly resolutions", ", y resoluciones anuales"),
    (", and Ley ", ", y Ley "),
    (" and others", " y otras"),
    (" and 173", " y 173"),
    (" and 42-A", " y 42-A"),
    ("(no figure)", "(sin cifra)"),
    ("bill on office hours", "proyecto sobre el horario de oficina"),
];

/// The article with its remarks in a language.
pub fn cited(article: &str, lang: Lang) -> String {
    match lang {
        Lang::En => article.to_owned(),
        Lang::Es => REMARKS.iter().fold(article.to_owned(), |text, (en, es)| text.replace(en, es)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::SHIPPED;

    // A remark that nobody has written in Spanish would stand in English on a Spanish page.
    #[test]
    fn no_remark_of_a_spanish_speaking_country_is_left_in_english() {
        for pack in SHIPPED.iter().filter(|pack| !["\"US\"", "\"GB\""].iter().any(|code| pack.contains(code)))
        {
            for article in pack.lines().filter_map(|line| line.strip_prefix("article = ")) {
                let told = cited(article, Lang::Es);
                for word in [" and ", "none", " by ", "not ", "practice", " the ", "bill", " laws"] {
                    assert!(!told.contains(word), "{told}");
                }
            }
        }
    }
}
