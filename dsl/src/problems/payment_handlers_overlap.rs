//! Two handlers for payments of which nobody could tell which takes a payment.

use super::{Facts, say};
use crate::values::Lang;

/// Why a payment could be meant for either handler, or for one of them never.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaymentHandlersOverlap {
    /// One begins at an amount, the other at a share: which of them is more depends on the debt.
    AmountAndShare,
    /// Full and partial payments are handled both, so nothing is left for `payment`.
    NothingLeft,
}

impl Facts for PaymentHandlersOverlap {
    fn headline(&self, lang: Lang) -> String {
        match self {
            PaymentHandlersOverlap::AmountAndShare => say(
                lang,
                || "un monto y un porcentaje se disputan el mismo pago".to_owned(),
                || "an amount and a share compete for one payment".to_owned(),
            ),
            PaymentHandlersOverlap::NothingLeft => say(
                lang,
                || "todo pago es total o parcial: aquí no llega ninguno".to_owned(),
                || "every payment is full or partial: none comes here".to_owned(),
            ),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match self {
            PaymentHandlersOverlap::AmountAndShare => say(
                lang,
                || "cuál es mayor depende de la deuda; use solo montos o solo porcentajes".to_owned(),
                || "which is more depends on the debt; use amounts only, or shares only".to_owned(),
            ),
            PaymentHandlersOverlap::NothingLeft => say(
                lang,
                || "quite este, o uno de los otros dos".to_owned(),
                || "remove it, or one of the other two".to_owned(),
            ),
        })
    }
}
