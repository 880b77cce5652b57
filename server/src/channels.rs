//! Ways to reach customers. One file for each provider; for now the one that reaches nobody.

pub(crate) mod sandbox;
