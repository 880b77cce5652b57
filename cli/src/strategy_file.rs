//! Strategy files on disk: read, compiled, and their findings shown when they cannot run.

use crate::output;
use anyhow::bail;
use cobro_dsl::Compiled;
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::Lang;
use cobro_engine::gate::Law;
use std::path::Path;

/// The largest strategy file that is read.
const FILE_BYTES_MAX: u64 = 10_000_000;

/// The text of a file; a byte order mark at its start is no part of it.
pub(crate) fn text(path: &Path) -> anyhow::Result<String> {
    // Which language the file is in is not known before it is read, so both are said.
    let failed = |error: std::io::Error| {
        let (es, en) = (output::io(&error, Lang::Es), output::io(&error, Lang::En));
        anyhow::anyhow!("{}: {}", path.display(), if es == en { es } else { format!("{es} / {en}") })
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        bail!("{}: larger than {FILE_BYTES_MAX} bytes", path.display());
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// Reads and checks a file.
pub(crate) fn compile(path: &Path, laws: &Laws) -> anyhow::Result<Compiled> {
    Ok(cobro_dsl::compile(&path.display().to_string(), &text(path)?, laws))
}

/// A strategy of a file, ready to run; or `None` when the file has mistakes, which were shown.
pub(crate) fn runnable<'a>(
    compiled: &'a Compiled,
    name: Option<&str>,
) -> anyhow::Result<Option<&'a Program>> {
    if compiled.has_errors() {
        output::message(&output::findings(compiled, compiled.lang));
        return Ok(None);
    }
    match compiled.program(name) {
        Some(program) => Ok(Some(program)),
        None => bail!(
            "{}",
            compiled.lang.pick(
                format!(
                    "{}: no hay ninguna estrategia{}",
                    compiled.source.name,
                    name.map_or(String::new(), |n| format!(" `{n}`"))
                ),
                format!(
                    "{}: there is no strategy{}",
                    compiled.source.name,
                    name.map_or(String::new(), |n| format!(" `{n}`"))
                ),
            )
        ),
    }
}

/// The law of a program; a strategy without a law pack runs under cautious limits.
pub(crate) fn law(program: &Program, laws: &Laws) -> Law {
    match laws.get(&program.law) {
        Some(pack) => Law::new(pack.clone()),
        None => Law::cautious(),
    }
}
