//! What a strategy promises of every run of it.
//!
//! In: nothing. Out: values. Absent: judging a run by them; that is the engine's.

use crate::values::{Lapse, Limit, Money, WeekHours};

/// A promise about every run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Guarantee {
    /// No message that asks for payment once nothing is owed: `no send after full payment`.
    NoSendAfterPayment,
    /// No message on a channel that the customer left: `no send after opt out`.
    NoSendAfterOptOut,
    /// No message outside these hours of the customer: `no send outside mon-fri 09:00-18:00`.
    NoSendOutside(WeekHours),
    /// At most so many contacts of one person, over all their accounts in the strategy: `at most 8 in 30 days`.
    AtMost(Limit),
    /// A run ends in so long after it entered: `ends within 75 days`.
    EndsWithin(Lapse),
    /// The messages to one account cost at most: `cost per account <= 2.50 PEN`.
    CostAtMost(Money),
}
