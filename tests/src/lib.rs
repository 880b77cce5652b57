//! What the tests share: the runner of case files, the real binary, a small HTTP client, the oracle of contact law.

pub mod case;
pub mod cases;
pub mod coverage;
pub mod binary;
pub mod http;
pub mod cluster;
pub mod oracle;
pub mod law_chance;
pub mod law_play;
pub mod law_durable;
pub mod law_persons;
pub mod seeds;
pub mod work;
pub mod best_case;
pub mod fuzz;
pub mod same;
