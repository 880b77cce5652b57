//! Templates: a value put together from columns, `T{ID:5}` giving `T00042`.
//!
//! In: the text of a template; later, the values of its columns. Out: the value.

/// A template, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template<C> {
    /// Its parts in order.
    pub parts: Vec<Part<C>>,
}

/// A part of a template. `C` names a column: by its header in a mapping, by its place once bound to a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part<C> {
    /// Text as it stands.
    Text(String),
    /// The value of a column, filled up with zeros on the left.
    Column {
        /// The column.
        column: C,
        /// The least number of characters.
        width: usize,
    },
}

/// The widest filling with zeros.
const WIDTH_MAX: usize = 40;

impl Template<String> {
    /// Reads a template; `None` when a brace is open, a name empty or a width no number.
    pub fn parse(text: &str) -> Option<Template<String>> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, opened)) = rest.split_once('{') {
            let (inside, after) = opened.split_once('}')?;
            let (column, width) = match inside.rsplit_once(':') {
                Some((column, width)) => (column, width.parse().ok().filter(|width| *width <= WIDTH_MAX)?),
                None => (inside, 0),
            };
            if column.trim().is_empty() || before.contains('}') {
                return None;
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Column { column: column.trim().to_owned(), width });
            rest = after;
        }
        if rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Some(Template { parts })
    }
}

impl<C: Copy> Template<C> {
    /// The value. When any column is empty the whole value is: half an address reaches nobody.
    pub fn fill<'a>(&self, value_of: impl Fn(C) -> &'a str) -> String {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Column { column, width } => {
                    let value = value_of(*column).trim();
                    if value.is_empty() {
                        return String::new();
                    }
                    let missing = width.saturating_sub(value.chars().count());
                    filled.extend(std::iter::repeat_n('0', missing));
                    filled.push_str(value);
                }
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, value: &'static str, expected: Option<&str>) {
        let parsed = Template::parse(template);
        let filled = parsed.map(|template| {
            let parts = template.parts.into_iter().map(|part| match part {
                Part::Text(text) => Part::Text(text),
                Part::Column { width, .. } => Part::Column { column: (), width },
            });
            Template { parts: parts.collect() }.fill(|()| value)
        });
        assert_eq!(filled.as_deref(), expected, "{template}");
    }

    #[test]
    fn columns_are_filled_with_zeros() {
        check("T{ID:5}", "42", Some("T00042"));
        check("+51900{ID:6}", "30000", Some("+51900030000"));
        check("{ID}@example.com", "7", Some("7@example.com"));
        check("{ID:2}", "12345", Some("12345"));
        check("T{ID:5}", " ", Some(""));
    }

    #[test]
    fn broken_templates_are_refused() {
        for broken in ["T{ID", "T{}", "T{ID:x}", "T}ID{", "T{ID}}"] {
            check(broken, "1", None);
        }
    }
}
