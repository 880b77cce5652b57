//! Strategy files on disk: read, compiled, and their findings shown when they cannot run.

use crate::output;
use anyhow::bail;
use cobro_dsl::ast::parameter::{Allowed, Parameter, ParameterValue};
use cobro_dsl::imports::{Loaded, NotLoaded};
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::Lang;
use cobro_dsl::{Compiled, Project, Settings};
use cobro_engine::gate::Law;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    compile_with(path, laws, &[])
}

/// The same, with values for parameters. One that no parameter takes is wrong use.
pub(crate) fn compile_with(
    path: &Path,
    laws: &Laws,
    values: &[(String, String)],
) -> anyhow::Result<Compiled> {
    let (compiled, ..) = read(path, laws, values)?;
    let lang = compiled.lang;
    if let Some(refused) = compiled.refused.first() {
        let (name, written, kind) = (&refused.name, &refused.written, refused.kind.said(lang));
        bail!(
            "{}",
            lang.pick(
                format!("--set {name}: `{written}` no es {kind}"),
                format!("--set {name}: `{written}` is not {kind}"),
            )
        );
    }
    Ok(compiled)
}

/// A file with its path in its project, and the texts of it and of all that it imports, by their paths.
pub(crate) fn with_files(
    path: &Path,
    laws: &Laws,
) -> anyhow::Result<(Compiled, String, BTreeMap<String, String>)> {
    read(path, laws, &[])
}

fn read(
    path: &Path,
    laws: &Laws,
    values: &[(String, String)],
) -> anyhow::Result<(Compiled, String, BTreeMap<String, String>)> {
    let taken = RefCell::new(BTreeMap::new());
    let (compiled, main) = with_project(path, |project| {
        let load = |wanted: &str| {
            let loaded = (project.files)(wanted)?;
            taken.borrow_mut().insert(wanted.to_owned(), loaded.text.clone());
            Ok(loaded)
        };
        let settings = Settings { values: values.to_vec() };
        let compiled = cobro_dsl::compile_project(
            &Project { name: project.name, path: project.path, text: project.text, settings, files: &load },
            laws,
        );
        taken.borrow_mut().insert(project.path.to_owned(), project.text.to_owned());
        (compiled, project.path.to_owned())
    })?;
    Ok((compiled, main, taken.into_inner()))
}

/// A file with the others of its project at hand.
pub(crate) fn with_project<T>(path: &Path, take: impl FnOnce(&Project<'_>) -> T) -> anyhow::Result<T> {
    let text = text(path)?;
    let folder = Folder::of(path);
    Ok(take(&Project {
        name: &path.display().to_string(),
        path: &folder.inside(path),
        text: &text,
        settings: Settings::default(),
        files: &|wanted| folder.load(wanted),
    }))
}

/// The folder of a project: what a strategy file may import lies in it.
struct Folder {
    /// As people see it.
    shown: PathBuf,
    /// With every link followed; empty when it cannot be.
    real: PathBuf,
}

impl Folder {
    /// The nearest folder above a file that has a `cobro.toml`, else the file's own.
    fn of(file: &Path) -> Folder {
        let own = file.parent().unwrap_or(Path::new(""));
        let mut shown = own.to_owned();
        let mut real = std::fs::canonicalize(if own.as_os_str().is_empty() { Path::new(".") } else { own })
            .unwrap_or_default();
        let (mut up, mut here) = (shown.clone(), real.clone());
        loop {
            if here.join("cobro.toml").is_file() {
                (shown, real) = (up, here);
                break;
            }
            if !here.pop() {
                break;
            }
            up = match up.file_name() {
                Some(name) if name != ".." => up.parent().unwrap_or(Path::new("")).to_owned(),
                _ => up.join(".."),
            };
        }
        Folder { shown, real }
    }

    /// The path of a file from the folder, with `/`.
    fn inside(&self, file: &Path) -> String {
        let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let inside = real.strip_prefix(&self.real).unwrap_or(&real);
        let parts: Vec<String> =
            inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        parts.join("/")
    }

    /// A file of the project. A link that leads out of the folder is not followed.
    fn load(&self, path: &str) -> Result<Loaded, NotLoaded> {
        let shown = self.shown.join(path);
        let failed = |error: std::io::Error| NotLoaded {
            es: output::io(&error, Lang::Es),
            en: output::io(&error, Lang::En),
        };
        let real = std::fs::canonicalize(self.real.join(path)).map_err(failed)?;
        if !real.starts_with(&self.real) || !real.is_file() {
            return Err(NotLoaded {
                es: "no es un archivo del proyecto".to_owned(),
                en: "is no file of the project".to_owned(),
            });
        }
        let said = |error: anyhow::Error| NotLoaded { es: error.to_string(), en: error.to_string() };
        Ok(Loaded { name: shown.display().to_string(), text: text(&real).map_err(said)? })
    }
}

/// Says that a value is for no parameter of any of these files.
pub(crate) fn all_are_known(files: &[Compiled], values: &[(String, String)]) -> anyhow::Result<()> {
    let keys = |(strategy, parameter): &(Option<String>, Parameter)| {
        let name = parameter.name.text.clone();
        let of_strategy = strategy.as_ref().map(|strategy| format!("{strategy}.{name}"));
        std::iter::once(name).chain(of_strategy).collect::<Vec<_>>()
    };
    let known: Vec<String> = files.iter().flat_map(|file| &file.parameters).flat_map(keys).collect();
    for (name, _) in values {
        if known.contains(name) {
            continue;
        }
        let lang = files.first().map_or(Lang::Es, |file| file.lang);
        let nearest = cobro_dsl::keywords::nearest(name, known.iter().map(String::as_str));
        let hint = match &nearest {
            Some(nearest) => lang.pick(format!("; ¿`{nearest}`?"), format!("; did you mean `{nearest}`?")),
            None => String::new(),
        };
        let words = lang.pick(
            format!("--set {name}: no hay parámetro de ese nombre{hint}"),
            format!("--set {name}: there is no parameter of that name{hint}"),
        );
        bail!("{words}");
    }
    Ok(())
}

/// The parameters of a file as data: a form can be made of them.
pub(crate) fn parameters_json(compiled: &Compiled) -> Vec<Value> {
    let lang = compiled.lang;
    let one = |(strategy, parameter): &(Option<String>, Parameter)| {
        let written = |value: &ParameterValue| value.written(lang);
        let (mut lowest, mut highest, mut one_of) = (None, None, None);
        match &parameter.allowed {
            Allowed::Any => {}
            Allowed::Between(low, high) => {
                (lowest, highest) = (Some(written(&low.is)), Some(written(&high.is)));
            }
            Allowed::OneOf(choices) => {
                one_of = Some(choices.iter().map(|choice| written(&choice.is)).collect::<Vec<_>>());
            }
        }
        json!({
            "file": compiled.source.name, "line": compiled.source.line(parameter.name.span.start),
            "strategy": strategy, "name": parameter.name.text, "type": parameter.kind.word(),
            "default": written(&parameter.default.is), "value": written(&parameter.value),
            "lowest": lowest, "highest": highest, "one_of": one_of,
            "help": parameter.help.as_ref().map(|help| &help.is),
        })
    };
    compiled.parameters.iter().map(one).collect()
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
    // Of several strategies none is taken for the author.
    if let (None, [_, _, ..]) = (name, compiled.programs.as_slice()) {
        let names: Vec<&str> = compiled.programs.iter().map(|program| program.name.as_str()).collect();
        let (file, names) = (&compiled.source.name, names.join(", "));
        bail!(
            "{}",
            compiled.lang.pick(
                format!("{file}: hay varias estrategias; elija con --strategy: {names}"),
                format!("{file}: there are several strategies; choose with --strategy: {names}"),
            )
        );
    }
    match compiled.program(name) {
        Some(program) => Ok(Some(program)),
        None => bail!("{}", no_strategy(compiled, name)),
    }
}

/// Says that a file has no strategy, or none of that name.
pub(crate) fn no_strategy(compiled: &Compiled, name: Option<&str>) -> String {
    let (file, name) = (&compiled.source.name, name.map_or_else(String::new, |name| format!(" `{name}`")));
    compiled.lang.pick(
        format!("{file}: no hay ninguna estrategia{name}"),
        format!("{file}: there is no strategy{name}"),
    )
}

/// The law of a program; a strategy without a law pack runs under cautious limits.
pub(crate) fn law(program: &Program, laws: &Laws) -> Law {
    match laws.get(&program.law) {
        Some(pack) => Law::new(pack.clone()),
        None => Law::cautious(),
    }
}
