//! Ways to reach customers, one file for each provider: for now the one that reaches nobody. And the way to other systems.

pub(crate) mod sandbox;
pub(crate) mod webhooks;

use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::store::OutboxRow;
use sandbox::Sandbox;
use webhooks::Caller;

/// Everything outside that the dispatcher hands over to.
pub(crate) struct Outside {
    pub(crate) sandbox: Sandbox,
    /// `None`: no addresses are configured, and the sandbox shows calls as it shows messages.
    pub(crate) webhooks: Option<Caller>,
}

impl Channel for Outside {
    async fn send(&self, row: &OutboxRow) -> Handover {
        self.sandbox.send(row).await
    }

    async fn call(&self, row: &OutboxRow) -> Handover {
        match &self.webhooks {
            Some(caller) => caller.call(row).await,
            None => self.sandbox.send(row).await,
        }
    }
}
