//! What the service asks of the language: read a strategy, read a portfolio.
//!
//! In: text and bytes as they were uploaded. Out: a program with its law, or findings; customers, or the rows
//! that are wrong. Absent: how either is done. This is the only file that knows who does it.

use cobro_engine::customer::Customer;
use cobro_engine::durable::programs::Judged;
use serde::Serialize;

/// Reads what people upload. Pure: the same text gives the same answer.
pub trait Language: Send + Sync + 'static {
    /// A strategy, checked and ready to run, or what is wrong with it.
    fn compile(&self, text: &str) -> Result<Judged, Vec<Finding>>;

    /// The customers of a portfolio file, and the rows that were left out. A file that cannot be read at all
    /// gives no customers and says why in its problems.
    fn read_portfolio(&self, bytes: &[u8]) -> Portfolio;
}

/// Something wrong with a strategy, as the API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// `C0201`.
    pub code: String,
    /// `unknown-step`.
    pub name: String,
    /// `error` or `warning`.
    pub severity: String,
    /// One line, in the language of the strategy.
    pub message: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What would put it right, when that is certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// A portfolio as it was read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Portfolio {
    /// Customers with their accounts.
    pub customers: Vec<Customer>,
    /// Rows of the file, without the head.
    pub rows: u64,
    /// What is wrong, row by row.
    pub problems: Vec<RowProblem>,
}

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RowProblem {
    /// From 1, with the head.
    pub line: u64,
    /// The column's name; empty for the whole row.
    pub column: String,
    /// `not-a-date`.
    pub code: String,
    /// One line.
    pub reason: String,
}

/// The language of this repository.
pub struct Cobro;

impl Language for Cobro {
    // PLUG 1: cobro_dsl's compile function and the law packs go here.
    fn compile(&self, _text: &str) -> Result<Judged, Vec<Finding>> {
        Err(vec![Finding {
            code: "C0000".to_owned(),
            name: "no-compiler".to_owned(),
            severity: "error".to_owned(),
            message: "this build has no compiler".to_owned(),
            line: 1,
            column: 1,
            fix: None,
        }])
    }

    // PLUG 2: cobro_engine::portfolio goes here.
    fn read_portfolio(&self, _bytes: &[u8]) -> Portfolio {
        let reason = "this build has no portfolio reader".to_owned();
        let problem =
            RowProblem { line: 0, column: String::new(), code: "no-portfolio-reader".to_owned(), reason };
        Portfolio { customers: Vec::new(), rows: 0, problems: vec![problem] }
    }
}
