//! Conditions as flat tables: a node names its operands by id, so evaluating allocates nothing.

use crate::values::Value;
use crate::vocabulary::Fact;

/// A node of [`Exprs`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExprId(pub u32);

/// All expressions of a program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exprs {
    /// The nodes; operands come before the node that uses them.
    pub nodes: Vec<Expr>,
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }

    /// Does it hold for two values in this order?
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// What is done with two figures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Arithmetic {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
        }
    }
}

/// One node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// A value as written.
    Value(Value),
    /// A fact about the account.
    Fact(Fact),
    /// A fact of the strategy's own, and its value while none was set.
    Field(String, Option<Value>),
    /// The account has this tag.
    Tagged(String),
    /// A condition with a name.
    Named(String, ExprId),
    /// `not`
    Not(ExprId),
    /// `and`
    And(ExprId, ExprId),
    /// `or`
    Or(ExprId, ExprId),
    /// A comparison.
    Compare(Comparison, ExprId, ExprId),
    /// `x between low and high`, both ends included.
    Between(ExprId, ExprId, ExprId),
    /// `x in (a, b, …)`
    In(ExprId, Vec<ExprId>),
    /// Arithmetic.
    Arithmetic(Arithmetic, ExprId, ExprId),
}

impl Exprs {
    /// Adds a node.
    pub fn push(&mut self, expr: Expr) -> ExprId {
        self.nodes.push(expr);
        ExprId(self.nodes.len() as u32 - 1)
    }

    /// The node of an id.
    pub fn get(&self, id: ExprId) -> Option<&Expr> {
        self.nodes.get(id.0 as usize)
    }
}
