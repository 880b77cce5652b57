//! What the tests of the whole share: the runner of case files.
//!
//! In: files in the language itself. Out: a passing test or the difference. Absent: tests; they stand in `tests/`.

pub mod case;
pub mod coverage;
