//! A file is imported by what is no path inside the project.

use super::{Facts, say};
use crate::values::Lang;

/// A file is imported by what is no path inside the project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportOutside {
    /// As written.
    pub path: String,
}

impl Facts for ImportOutside {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no es una ruta dentro del proyecto", self.path), || format!("`{}` is no path inside the project", self.path))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "escriba la ruta desde este archivo, con `/` y hasta `.cobro`; la carpeta del proyecto es la que tiene `cobro.toml`, o la del archivo principal".to_owned(),
            || "write the path from this file, with `/` and up to `.cobro`; the project is the folder with `cobro.toml`, or that of the main file".to_owned(),
        ))
    }
}
