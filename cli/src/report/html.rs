//! HTML, written so that nothing gets in unescaped: texts and attributes pass through one door.

use cobro_dsl::markup::escaped;
use std::fmt::Write as _;

/// A page that grows.
#[derive(Default)]
pub(crate) struct Html {
    out: String,
}

impl Html {
    /// Opens an element.
    pub(crate) fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            let _ = write!(self.out, " {name}=\"{}\"", escaped(value));
        }
        self.out.push('>');
    }

    /// Closes an element.
    pub(crate) fn close(&mut self, tag: &str) {
        let _ = write!(self.out, "</{tag}>");
        // A line end within a sentence would be read as a space.
        if !["a", "span", "dt", "dd", "th", "td", "title"].contains(&tag) {
            self.out.push('\n');
        }
    }

    /// Text.
    pub(crate) fn text(&mut self, text: &str) {
        self.out.push_str(&escaped(text));
    }

    /// An element with nothing but text in it.
    pub(crate) fn leaf(&mut self, tag: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(tag, attributes);
        self.text(text);
        self.close(tag);
    }

    /// A drawing of our own makers, which escape their texts themselves.
    pub(crate) fn drawing(&mut self, svg: &str) {
        self.out.push_str(svg);
    }

    /// A table; the first column names its row, the others are figures.
    pub(crate) fn table(&mut self, caption: &str, head: &[&str], rows: &[Vec<String>]) {
        self.open(
            "div",
            &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)],
        );
        self.open("table", &[]);
        self.leaf("caption", &[], caption);
        self.open("thead", &[]);
        self.open("tr", &[]);
        for name in head {
            self.leaf("th", &[("scope", "col")], name);
        }
        self.close("tr");
        self.close("thead");
        self.open("tbody", &[]);
        for row in rows {
            self.open("tr", &[]);
            for (at, value) in row.iter().enumerate() {
                match at {
                    0 => self.leaf("th", &[("scope", "row")], value),
                    _ => self.leaf("td", &[], value),
                }
            }
            self.close("tr");
        }
        self.close("tbody");
        self.close("table");
        self.close("div");
    }

    /// The text of the page.
    pub(crate) fn finished(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn nothing_gets_in_unescaped() {
        let mut html = Html::default();
        html.leaf("p", &[("title", "\"><script>")], "</p><script>alert('x')</script> & \u{202e}co");
        assert_eq!(
            html.finished(),
            "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;/p&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; \u{fffd}co</p>\n"
        );
    }
}
