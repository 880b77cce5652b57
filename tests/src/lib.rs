//! What the tests share: the cases, the real binary, a small HTTP client.

pub mod cases;
pub mod binary;
pub mod http;
