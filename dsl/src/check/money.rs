//! Amounts, shares and the handlers of payments.

use super::types::Typing;
use crate::ast::{At, Expr, ExprKind, Handler, Part, Trigger};
use crate::diagnostic::Diagnostic;
use crate::problems::{FigureOutOfRange, PaymentHandlersOverlap};
use crate::values::Number;

/// An amount is of the strategy's currency and positive, a share between 0 and 100 %.
pub(super) fn part(part: &At<Part>, typing: &mut Typing<'_>) {
    let (kind, figure) = match &part.is {
        Part::Amount(figure, currency) => (ExprKind::Figure(figure.clone(), Some(currency.clone())), figure),
        Part::Share(figure) => (ExprKind::Percent(figure.clone()), figure),
    };
    let is_share = matches!(part.is, Part::Share(_));
    if typing.type_of(&Expr { kind, span: part.span }).is_none() {
        return;
    }
    let value = Number::parse(figure);
    // An amount with more digits than a number has is no share, and positive when it has no sign.
    let is_positive = value.map_or(!figure.starts_with('-'), |value| value.0 > 0);
    let is_whole = is_share && value.is_some_and(|value| value >= Number::whole(100));
    if !is_positive || is_whole {
        let problem = FigureOutOfRange { written: figure.clone() };
        typing.findings.push(Diagnostic::new(problem, part.span));
    }
}

/// One spelling for each value, so that `50 PEN` and `50.00 pen` are seen to be the same.
pub(super) fn canonical(part: &Part) -> String {
    let plain = |figure: &str| {
        let bare = figure.replace('_', "");
        match bare.contains('.') {
            true => bare.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => bare,
        }
    };
    match part {
        Part::Amount(figure, currency) => {
            format!("{} {}", plain(figure), currency.text.to_ascii_uppercase())
        }
        Part::Share(figure) => format!("{}%", plain(figure)),
    }
}

/// Handlers of one block of which nobody could tell which takes a payment, or of which one never would.
pub(super) fn overlaps(handlers: &[Handler], findings: &mut Vec<Diagnostic>) {
    let of = |is: fn(&Trigger) -> bool| handlers.iter().find(|handler| is(&handler.trigger.is));
    let amount = of(|it| matches!(it, Trigger::Payment(Some(At { is: Part::Amount(..), .. }))));
    let share = of(|it| matches!(it, Trigger::Payment(Some(At { is: Part::Share(_), .. }))));
    if let (Some(amount), Some(share)) = (amount, share) {
        let (first, second) = match amount.span.start < share.span.start {
            true => (amount, share),
            false => (share, amount),
        };
        let finding = Diagnostic::new(PaymentHandlersOverlap::AmountAndShare, second.trigger.span);
        findings.push(finding.also(first.trigger.span, "el otro", "the other"));
    }
    let any = of(|it| matches!(it, Trigger::Payment(None)));
    let full = of(|it| *it == Trigger::FullPayment);
    let partial = of(|it| *it == Trigger::PartialPayment);
    if let (Some(any), Some(full), Some(partial)) = (any, full, partial) {
        let finding = Diagnostic::new(PaymentHandlersOverlap::NothingLeft, any.trigger.span);
        let finding = finding.also(full.trigger.span, "los totales", "the full ones");
        findings.push(finding.also(partial.trigger.span, "los parciales", "the partial ones"));
    }
}
