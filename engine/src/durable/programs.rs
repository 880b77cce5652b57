//! The programs that a tick judges by, by version.
//!
//! In: compiled strategies, put in by whoever compiles. Out: the program and law of a version. Absent:
//! compiling; the engine never sees text.

use crate::advance::Context;
use crate::gate::Law;
use cobro_dsl::program::{Program, Version};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A program with the law of its place.
#[derive(Clone)]
pub struct Judged {
    /// The program.
    pub program: Arc<Program>,
    /// The law.
    pub law: Arc<Law>,
}

impl Judged {
    /// As `advance` takes it.
    pub fn context(&self) -> Context<'_> {
        Context { program: &self.program, law: &self.law }
    }
}

/// Every program that a run may be on, and which is current for each name.
#[derive(Clone, Default)]
pub struct Programs {
    by_version: BTreeMap<Version, Judged>,
    current: BTreeMap<String, Version>,
    newest: Option<Version>,
    may_grow: bool,
}

impl Programs {
    /// Says whether others may deploy versions that are not here yet. Work on such a version waits then, where
    /// it otherwise is a bug to be looked at.
    pub fn set_may_grow(&mut self, may_grow: bool) {
        self.may_grow = may_grow;
    }

    /// May others deploy versions that are not here yet?
    pub fn may_grow(&self) -> bool {
        self.may_grow
    }

    /// Adds a program that runs may be on.
    pub fn add(&mut self, judged: Judged) {
        let version = judged.program.version;
        self.newest = self.newest.or(Some(version));
        self.by_version.insert(version, judged);
    }

    /// Makes a program that was added the current one of its name.
    pub fn make_current(&mut self, name: &str, version: Version) {
        self.current.insert(name.to_owned(), version);
        self.newest = Some(version);
    }

    /// The program of a version.
    pub fn get(&self, version: Version) -> Option<&Judged> {
        self.by_version.get(&version)
    }

    /// The program that is current where one of a version was; that one when none is.
    pub fn current_of(&self, version: Version) -> Option<&Judged> {
        let old = self.get(version);
        let current = old.and_then(|old| self.current.get(&old.program.name));
        current.and_then(|version| self.get(*version)).or(old).or_else(|| self.newest())
    }

    /// The current programs, by name.
    pub fn current(&self) -> impl Iterator<Item = (&str, &Judged)> {
        self.current.iter().filter_map(|(name, version)| Some((name.as_str(), self.get(*version)?)))
    }

    /// What an account is judged by that is in no strategy: the one made current last. An event must change
    /// the facts of such an account too, and a local date needs a zone.
    pub fn newest(&self) -> Option<&Judged> {
        self.newest.and_then(|version| self.get(version))
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.by_version.is_empty()
    }
}
