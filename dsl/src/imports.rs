//! Files that import others, made one.
//!
//! In: a file, and somebody who can give the text of others. Out: one source of all texts with one tree of what they
//! declare, and findings about imports. Absent: reading files; the caller hands their texts, so this stays pure. A path
//! is relative to the file that names it and never leads out of the project's folder.

use crate::ast::{File, Item, Strategy, Text};
use crate::diagnostic::Diagnostic;
use crate::parse::{Settings, parse_part};
use crate::problems::{ImportCycle, ImportInOtherLanguage, ImportNotFound, ImportOutside, TooManyImports};
use crate::source::{Source, Span};
use std::collections::BTreeMap;

/// Files that one file may bring in, at most.
pub const IMPORTS_MAX: usize = 100;
/// All texts together, at most, in bytes.
const BYTES_MAX: usize = 20_000_000;

/// A file with all that reading it needs.
pub struct Project<'a> {
    /// The file's name as people see it.
    pub name: &'a str,
    /// Its path from the project's folder, with `/`.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Values for its parameters.
    pub settings: Settings,
    /// Gives the other files of the project, by their path from its folder.
    pub files: &'a dyn Fn(&str) -> Result<Loaded, NotLoaded>,
}

/// A file that was asked for.
pub struct Loaded {
    /// Its name as people see it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Why a file could not be given, in a few words.
pub struct NotLoaded {
    /// In Spanish.
    pub es: String,
    /// In English.
    pub en: String,
}

impl<'a> Project<'a> {
    /// A file without others.
    pub fn alone(name: &'a str, text: &'a str) -> Project<'a> {
        Project { name, path: name, text, settings: Settings::default(), files: &no_files }
    }
}

fn no_files(_: &str) -> Result<Loaded, NotLoaded> {
    Err(NotLoaded {
        es: "aquí no hay otros archivos".to_owned(),
        en: "there are no other files here".to_owned(),
    })
}

/// What a project comes to.
pub(crate) struct Bundle {
    /// All texts, the main file's first.
    pub(crate) source: Source,
    /// The main file with what the others declare.
    pub(crate) file: File,
    /// Strategies of other files: they can be called, and do not run by themselves.
    pub(crate) callable: Vec<Strategy>,
}

/// Reads a file and all that it imports.
pub(crate) fn read(project: &Project<'_>, findings: &mut Vec<Diagnostic>) -> Bundle {
    let (mut file, found) = parse_part(project.text, 0, &project.settings);
    findings.extend(found);
    let mut reader = Reader {
        project,
        text: project.text.to_owned(),
        parts: vec![(0, project.name.to_owned())],
        asked: 0,
        read: BTreeMap::new(),
        open: vec![project.path.to_owned()],
        items: Vec::new(),
        callable: Vec::new(),
        lang: file.lang,
        findings,
    };
    reader.imports_of(&file.items, project.path);
    let Reader { text, parts, items, callable, .. } = reader;
    file.own_end = project.text.len() as u32;
    file.items.extend(items);
    Bundle { source: Source::of_parts(text, parts), file, callable }
}

struct Reader<'a> {
    project: &'a Project<'a>,
    /// The texts so far, one behind another.
    text: String,
    /// Where each begins, with its name.
    parts: Vec<(u32, String)>,
    /// Files asked for so far.
    asked: usize,
    /// Files that were asked for, by path.
    read: BTreeMap<String, ()>,
    /// The file that is read, behind those that import it.
    open: Vec<String>,
    items: Vec<Item>,
    callable: Vec<Strategy>,
    lang: crate::values::Lang,
    findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn imports_of(&mut self, items: &[Item], from: &str) {
        for item in items {
            if let Item::Import(import) = item {
                self.import(&import.is, from);
            }
        }
    }

    fn import(&mut self, written: &Text, from: &str) {
        let Some(path) = resolve(from, &written.is) else {
            let problem = ImportOutside { path: written.is.clone() };
            self.findings.push(Diagnostic::new(problem, written.span));
            return;
        };
        if let Some(at) = self.open.iter().position(|open| *open == path) {
            let round = self.open.iter().skip(at).chain([&path]).map(|path| format!("`{path}`"));
            let problem = ImportCycle { round: round.collect::<Vec<_>>().join(" → ") };
            self.findings.push(Diagnostic::new(problem, written.span));
            return;
        }
        if self.read.insert(path.clone(), ()).is_some() {
            return;
        }
        self.asked += 1;
        if self.asked > IMPORTS_MAX {
            // Told once: at the first that is too many.
            if self.asked == IMPORTS_MAX + 1 {
                let problem = TooManyImports { most: IMPORTS_MAX as u32 };
                self.findings.push(Diagnostic::new(problem, written.span));
            }
            return;
        }
        let loaded = (self.project.files)(&path).and_then(|loaded| {
            let fits = self.text.len() + loaded.text.len() < BYTES_MAX;
            let too_long = || NotLoaded {
                es: "todos los archivos juntos son demasiado largos".to_owned(),
                en: "all files together are too long".to_owned(),
            };
            if fits { Ok(loaded) } else { Err(too_long()) }
        });
        match loaded {
            Ok(loaded) => self.take(loaded, path, written.span),
            Err(NotLoaded { es, en }) => {
                let problem = ImportNotFound { path: written.is.clone(), why_es: es, why_en: en };
                self.findings.push(Diagnostic::new(problem, written.span));
            }
        }
    }

    fn take(&mut self, loaded: Loaded, path: String, at: Span) {
        self.text.push('\n');
        let base = self.text.len();
        self.text.push_str(&loaded.text);
        self.parts.push((base as u32, loaded.name));
        let (file, found) = parse_part(&self.text, base, &Settings::default());
        if file.lang != self.lang && !file.items.is_empty() {
            let problem = ImportInOtherLanguage { path, lang: self.lang };
            self.findings.push(Diagnostic::new(problem, at));
            return;
        }
        self.findings.extend(found);
        self.open.push(path.clone());
        self.imports_of(&file.items, &path);
        self.open.pop();
        for item in file.items {
            match item {
                Item::Strategy(strategy) => self.callable.push(strategy),
                // Its tests are run where it is given by itself; its parameters have done their work.
                Item::Test(_) | Item::Parameter(_) | Item::Import(_) => {}
                item => self.items.push(item),
            }
        }
    }
}

/// The path from the project's folder of a file that another names; `None` when it leads out of the folder, or is no
/// path to a strategy file.
fn resolve(from: &str, written: &str) -> Option<String> {
    let is_plain = !written.contains(['\\', ':', '\0', '~']) && !written.starts_with('/');
    if !is_plain || !written.ends_with(".cobro") {
        return None;
    }
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn a_path_never_leads_out_of_the_project() {
        let check = |from: &str, written: &str, expected: Option<&str>| {
            assert_eq!(resolve(from, written).as_deref(), expected, "{from} {written}");
        };
        check("a.cobro", "b.cobro", Some("b.cobro"));
        check("x/a.cobro", "./y/../b.cobro", Some("x/b.cobro"));
        check("x/a.cobro", "../b.cobro", Some("b.cobro"));
        check("a.cobro", "../b.cobro", None);
        check("x/a.cobro", "../../etc/passwd.cobro", None);
        check("a.cobro", "/etc/passwd.cobro", None);
        check("a.cobro", "../../etc/passwd", None);
        check("a.cobro", "C:/b.cobro", None);
        check("a.cobro", "..\\b.cobro", None);
        check("a.cobro", "", None);
        check("a.cobro", "y/../../b.cobro", None);
    }
}
