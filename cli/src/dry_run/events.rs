//! Events of a dry-run as a file: everything that happens to every account, a row each.
//!
//! In: the rows of customers as they are played, in parts. Out: one CSV file in the order of the portfolio, whole or not
//! at all. Absent: keeping them in memory; each part goes to a file of its own until all are there.

use cobro_dsl::program::Program;
use cobro_engine::customer::Customer;
use cobro_engine::record::Row;
use cobro_engine::trace;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, Write};
use std::path::Path;

const HEAD: &str = "account,at,event,told,data\n";

/// The events of a part of the portfolio.
pub(crate) struct Events {
    /// The file without a name that they are in, or why there is none.
    file: io::Result<BufWriter<File>>,
}

impl Events {
    /// A part that will stand in this file.
    pub(crate) fn of(out: &Path) -> Events {
        Events { file: tempfile::tempfile_in(folder(out)).map(BufWriter::new) }
    }

    /// Adds what happened to a customer.
    pub(crate) fn add(&mut self, program: &Program, customer: &Customer, rows: &[Row]) {
        let Ok(file) = &mut self.file else { return };
        let zone = customer.zone.unwrap_or(program.zone);
        let written = rows.iter().try_for_each(|row| {
            let account = customer.accounts.get(row.account).map_or("", |account| account.id.as_str());
            let data = serde_json::to_value(&row.entry).map_err(io::Error::other)?;
            let event = data.get("what").and_then(serde_json::Value::as_str).unwrap_or_default();
            let (told, data) = (trace::told(program, zone, row), data.to_string());
            let values = [account, &row.at.rfc3339(zone), event, &told, &data].map(quoted);
            writeln!(file, "{}", values.join(","))
        });
        if let Err(error) = written {
            self.file = Err(error);
        }
    }

    /// Writes all parts, one after the other, into the file's place.
    pub(crate) fn write(parts: Vec<Events>, out: &Path) -> io::Result<()> {
        let mut whole = tempfile::NamedTempFile::new_in(folder(out))?;
        whole.write_all(HEAD.as_bytes())?;
        for part in parts {
            let mut file = part.file?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            io::copy(&mut BufReader::new(file), whole.as_file_mut())?;
        }
        whole.as_file().sync_all()?;
        whole.persist(out).map_err(|error| error.error)?;
        Ok(())
    }
}

fn folder(out: &Path) -> &Path {
    out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A value as CSV holds it.
fn quoted(value: &str) -> String {
    match value.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value.to_owned(),
    }
}
