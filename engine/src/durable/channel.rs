//! What a channel does for the dispatcher.

use crate::durable::store::OutboxRow;
use std::future::Future;

/// The provider's answer to one message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Handover {
    /// The provider took it and gave it this id.
    Accepted {
        /// The provider's own id of the message.
        provider_id: String,
    },
    /// The provider will not send it to this address; asking again would not help.
    Refused {
        /// Why, in the provider's words, without personal data.
        why: String,
    },
    /// The provider did not take it and may take it later.
    Later {
        /// Why, in the provider's words, without personal data.
        why: String,
    },
    /// Nobody knows whether it was taken. It is never sent again on its own: a second message can break the law.
    Unknown,
}

/// A way to reach customers.
pub trait Channel: Send + Sync {
    /// Hands one message over. The row's id goes along, so that receipts can be matched.
    fn send(&self, row: &OutboxRow) -> impl Future<Output = Handover> + Send;

    /// Calls the webhook of a row, at the address that is configured for its name. Without one it is refused: the
    /// strategy hears that it failed.
    fn call(&self, _row: &OutboxRow) -> impl Future<Output = Handover> + Send {
        std::future::ready(Handover::Refused { why: "no address is configured for the webhook".to_owned() })
    }
}
