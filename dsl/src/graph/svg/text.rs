//! Text: how much room does it take, and where may a line break?
//!
//! In: text and a size. Out: widths and lines. A pure crate has no fonts, so widths are those of a wide common
//! face (DejaVu Sans), rounded up: in the reader's own face the text is narrower and still fits.

/// Width of one line in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// Width of one letter as a share of the type size.
fn em(letter: char) -> f64 {
    match letter {
        'i' | 'l' | 'j' | 'í' | '\'' => 0.29,
        'f' | 't' | ' ' | '.' | ',' | ':' | ';' | '|' | '·' | 'I' | 'Í' => 0.38,
        'r' | '(' | ')' | '-' | '[' | ']' | '/' | '"' | '«' | '»' => 0.47,
        '_' | 's' | 'c' | 'z' | 'J' => 0.54,
        'm' | 'M' | 'W' | '%' | '@' | '…' => 1.0,
        'w' | '<' | '>' | '=' | '+' => 0.84,
        'A'..='Z' | 'Á' | 'É' | 'Ó' | 'Ú' | 'Ñ' => 0.76,
        // Letters of other scripts may be as wide as they are high.
        other if u32::from(other) > 0x2e80 => 1.05,
        _ => 0.64,
    }
}

/// The text in lines of at most so many pixels, broken between words; a longer word is broken where it must be.
pub(super) fn wrap(text: &str, size: f64, width_max: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
        if width(&longer, size) <= width_max {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if width(&line, size) > width_max {
                line.pop();
                // Names are written with `_`: rather break behind one than inside a word.
                let rest = line.rfind('_').map(|at| line.split_off(at + 1)).unwrap_or_default();
                lines.push(std::mem::replace(&mut line, rest));
                line.push(letter);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text; a figure keeps its unit: `5 días`, `20 PEN`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut().filter(|last| last.bytes().all(|letter| letter.is_ascii_digit())) {
            Some(figure) => {
                figure.push(' ');
                figure.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
    }
    words
}

/// At most so many lines; a last line that was cut says so.
pub(super) fn cut(mut lines: Vec<String>, lines_max: usize) -> Vec<String> {
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}
