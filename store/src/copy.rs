//! Many new rows at once, by `COPY`: half of what an `INSERT` of a list costs.
//!
//! In: values, row by row, in the order of the columns. Out: the rows in the table. Absent: answers; whoever wants to
//! hear of each row inserts.

use super::{Tx, away};
use cobro_engine::durable::store::Result;
use std::fmt::Write as _;

/// Lines in PostgreSQL's text form.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    is_inside: bool,
}

impl Lines {
    fn apart(&mut self) {
        if std::mem::replace(&mut self.is_inside, true) {
            self.text.push('\t');
        }
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Lines {
        self.apart();
        // Most texts have nothing that is to be written otherwise.
        let mut rest = value;
        while let Some(at) = rest.find(['\\', '\n', '\r', '\t']) {
            let (before, from) = rest.split_at(at);
            self.text.push_str(before);
            self.text.push_str(match from.as_bytes().first() {
                Some(b'\n') => "\\n",
                Some(b'\r') => "\\r",
                Some(b'\t') => "\\t",
                _ => "\\\\",
            });
            rest = from.get(1..).unwrap_or("");
        }
        self.text.push_str(rest);
        self
    }

    pub(super) fn number(&mut self, value: i64) -> &mut Lines {
        self.apart();
        // A text takes every number.
        let _ = write!(self.text, "{value}");
        self
    }

    pub(super) fn maybe(&mut self, value: Option<i64>) -> &mut Lines {
        match value {
            Some(value) => self.number(value),
            None => {
                self.apart();
                self.text.push_str("\\N");
                self
            }
        }
    }

    /// The row is whole.
    pub(super) fn end(&mut self) {
        self.text.push('\n');
        self.is_inside = false;
    }

    /// Writes the rows.
    pub(super) async fn copy(self, tx: &mut Tx, statement: &str) -> Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let mut copying = tx.copy_in_raw(statement).await.map_err(away)?;
        copying.send(self.text.as_bytes()).await.map_err(away)?;
        copying.finish().await.map_err(away)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_written_otherwise() {
        let mut lines = Lines::default();
        lines.text("a\tb\\c\nñ\r").number(-1).maybe(None).end();
        lines.text("").maybe(Some(2)).end();
        assert_eq!(lines.text, "a\\tb\\\\c\\nñ\\r\t-1\t\\N\n\t2\n");
    }
}
