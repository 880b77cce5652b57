//! What the tests share: the cases, the real binary, a small HTTP client, the oracle of contact law.

pub mod cases;
pub mod binary;
pub mod http;
pub mod oracle;
pub mod law_play;
