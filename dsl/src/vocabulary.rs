//! The facts a strategy may speak of: name in both languages, type, one line of help.
//!
//! In: nothing. Out: a table. Absent: how a fact is computed; that is the engine's `facts`.

use crate::values::{Lang, Type};

/// A fact about an account, its customer or its history.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fact {
    /// Whole days since the oldest unpaid invoice was due, by the customer's local date; negative before.
    DaysPastDue,
    /// Money still owed.
    Balance,
    /// Money owed now: the part of the balance whose due date has passed.
    AmountDue,
    /// What all invoices came to.
    OriginalAmount,
    /// Due date of the oldest unpaid invoice.
    DueDate,
    /// Date of the last payment.
    LastPaymentOn,
    /// Invoices not fully paid.
    UnpaidInvoices,
    /// Invoices not fully paid and past their due date.
    OverdueInvoices,
    /// What the customer owes on all of their accounts that may be spoken of together.
    CustomerBalance,
    /// The part of it whose due date has passed.
    CustomerAmountDue,
    /// Invoices of these accounts that are not fully paid and past their due date.
    CustomerOverdueInvoices,
    /// Of these accounts it is the one that owes the longest.
    IsMainAccount,
    /// The customer contests the debt.
    Disputed,
    /// Why the customer contests the debt, in their words.
    DisputeReason,
    /// The plan that is paid by; unknown when none is.
    Plan,
    /// Instalments of the plan that are paid.
    InstalmentsPaid,
    /// Instalments of the plan that are to be paid yet.
    InstalmentsLeft,
    /// When the next instalment of the plan is due.
    NextInstalmentDate,
    /// What is still to be paid of the next instalment of the plan.
    NextInstalmentAmount,
    /// Plans that were broken.
    BrokenPlans,
    /// The customer showed who they are, on some channel.
    IdentityVerified,
    /// The date by which the customer promised to pay; unknown when no promise is open.
    PromiseDate,
    /// What the customer promised to pay; unknown when no promise is open.
    PromiseAmount,
    /// What has been paid towards the open promise; unknown when no promise is open.
    PromisePaid,
    /// Promises that were broken.
    BrokenPromises,
    /// Promises of which only a part was paid in time.
    PartlyKeptPromises,
    /// Promises that were kept.
    KeptPromises,
    /// The creditor's own score of risk.
    RiskScore,
    /// The creditor's own segment.
    Segment,
    /// The product that was sold or lent.
    Product,
    /// The customer's country, two letters.
    Country,
    /// The customer has a telephone.
    HasPhone,
    /// The customer has an e-mail address.
    HasEmail,
    /// The customer answers for somebody else's debt.
    IsGuarantor,
    /// The customer was only named as a reference.
    IsReference,
    /// The customer's name.
    Name,
    /// The creditor's name.
    Company,
    /// Number of the oldest unpaid invoice.
    Invoice,
    /// A link to pay by.
    PayLink,
    /// The date in the customer's zone.
    Today,
}

/// One row of the vocabulary.
pub struct Row {
    /// The fact.
    pub fact: Fact,
    /// Its name in Spanish strategies.
    pub es: &'static str,
    /// Its name in English strategies.
    pub en: &'static str,
    /// Its type.
    pub kind: Type,
    /// It may be unknown for an account; a comparison with an unknown fact does not hold.
    pub may_be_missing: bool,
    /// One line of help in Spanish.
    pub help_es: &'static str,
    /// One line of help in English.
    pub help_en: &'static str,
}

const fn row(
    fact: Fact,
    es: &'static str,
    en: &'static str,
    kind: Type,
    may_be_missing: bool,
    help_es: &'static str,
    help_en: &'static str,
) -> Row {
    Row { fact, es, en, kind, may_be_missing, help_es, help_en }
}

const FIRST: Row = row(
    Fact::DaysPastDue,
    "dias_mora",
    "days_past_due",
    Type::Number,
    false,
    "días desde el vencimiento más antiguo impago; negativo antes",
    "days since the oldest unpaid due date; negative before",
);

/// The vocabulary.
#[rustfmt::skip]
pub const FACTS: &[Row] = &[
    FIRST,
    row(Fact::Balance, "saldo", "balance", Type::Money, false, "lo que aún se debe", "money still owed"),
    row(Fact::AmountDue, "saldo_vencido", "amount_due", Type::Money, false, "la parte del saldo ya vencida", "the part of the balance past its due date"),
    row(Fact::OriginalAmount, "monto_original", "original_amount", Type::Money, false, "suma de todas las facturas", "what all invoices came to"),
    row(Fact::DueDate, "fecha_vencimiento", "due_date", Type::Date, true, "vencimiento de la factura impaga más antigua", "due date of the oldest unpaid invoice"),
    row(Fact::LastPaymentOn, "fecha_ultimo_pago", "last_payment_on", Type::Date, true, "fecha del último pago", "date of the last payment"),
    row(Fact::UnpaidInvoices, "facturas_impagas", "unpaid_invoices", Type::Number, false, "facturas no pagadas del todo", "invoices not fully paid"),
    row(Fact::OverdueInvoices, "facturas_vencidas", "overdue_invoices", Type::Number, false, "facturas impagas ya vencidas", "unpaid invoices past their due date"),
    row(Fact::CustomerBalance, "saldo_cliente", "customer_balance", Type::Money, false, "lo que el cliente debe en todas sus cuentas del mismo acreedor y moneda", "what the customer owes on all accounts of the same creditor and currency"),
    row(Fact::CustomerAmountDue, "saldo_vencido_cliente", "customer_amount_due", Type::Money, false, "la parte ya vencida de saldo_cliente", "the part of customer_balance past its due date"),
    row(Fact::CustomerOverdueInvoices, "facturas_vencidas_cliente", "customer_overdue_invoices", Type::Number, false, "facturas vencidas de todas esas cuentas", "unpaid invoices past their due date, of all these accounts"),
    row(Fact::IsMainAccount, "es_cuenta_principal", "is_main_account", Type::Truth, false, "de esas cuentas, la que debe desde hace más tiempo", "of these accounts the one that owes the longest"),
    row(Fact::Disputed, "en_disputa", "disputed", Type::Truth, false, "el cliente reclama la deuda", "the customer contests the debt"),
    row(Fact::DisputeReason, "motivo_reclamo", "dispute_reason", Type::Text, true, "por qué reclama el cliente, en sus palabras", "why the customer contests the debt, in their words"),
    row(Fact::Plan, "convenio", "plan", Type::Text, true, "el convenio que se paga", "the plan that is paid by"),
    row(Fact::InstalmentsPaid, "cuotas_pagadas", "instalments_paid", Type::Number, false, "cuotas del convenio ya pagadas", "instalments of the plan that are paid"),
    row(Fact::InstalmentsLeft, "cuotas_pendientes", "instalments_left", Type::Number, false, "cuotas del convenio por pagar", "instalments of the plan that are to be paid yet"),
    row(Fact::NextInstalmentDate, "fecha_proxima_cuota", "next_instalment_date", Type::Date, true, "vencimiento de la próxima cuota", "when the next instalment is due"),
    row(Fact::NextInstalmentAmount, "monto_proxima_cuota", "next_instalment_amount", Type::Money, true, "lo que falta pagar de la próxima cuota", "what is still to be paid of the next instalment"),
    row(Fact::BrokenPlans, "convenios_incumplidos", "broken_plans", Type::Number, false, "convenios que no se cumplieron", "plans that were broken"),
    row(Fact::IdentityVerified, "identidad_verificada", "identity_verified", Type::Truth, false, "el cliente mostró quién es, en algún canal", "the customer showed who they are, on some channel"),
    row(Fact::PromiseDate, "fecha_promesa", "promise_date", Type::Date, true, "fecha de la promesa abierta", "date of the open promise"),
    row(Fact::PromiseAmount, "monto_promesa", "promise_amount", Type::Money, true, "monto de la promesa abierta", "amount of the open promise"),
    row(Fact::PromisePaid, "pagado_promesa", "promise_paid", Type::Money, true, "lo pagado de la promesa abierta", "what has been paid towards the open promise"),
    row(Fact::PartlyKeptPromises, "promesas_parciales", "partly_kept_promises", Type::Number, false, "promesas cumplidas solo en parte", "promises of which only a part was paid in time"),
    row(Fact::BrokenPromises, "promesas_incumplidas", "broken_promises", Type::Number, false, "promesas que no se cumplieron", "promises that were broken"),
    row(Fact::KeptPromises, "promesas_cumplidas", "kept_promises", Type::Number, false, "promesas que se cumplieron", "promises that were kept"),
    row(Fact::RiskScore, "puntaje_riesgo", "risk_score", Type::Number, true, "puntaje de riesgo propio del acreedor", "the creditor's own score of risk"),
    row(Fact::Segment, "segmento", "segment", Type::Text, true, "segmento propio del acreedor", "the creditor's own segment"),
    row(Fact::Product, "producto", "product", Type::Text, true, "producto vendido o prestado", "the product sold or lent"),
    row(Fact::Country, "pais", "country", Type::Text, true, "país del cliente, dos letras", "the customer's country, two letters"),
    row(Fact::HasPhone, "tiene_telefono", "has_phone", Type::Truth, false, "el cliente tiene teléfono", "the customer has a telephone"),
    row(Fact::HasEmail, "tiene_correo", "has_email", Type::Truth, false, "el cliente tiene correo", "the customer has an e-mail address"),
    row(Fact::IsGuarantor, "es_codeudor", "is_guarantor", Type::Truth, false, "la persona es codeudora, avalista o fiadora", "the person is a guarantor or co-debtor"),
    row(Fact::IsReference, "es_referencia", "is_reference", Type::Truth, false, "la persona es solo una referencia: no debe", "the person is only a reference: they owe nothing"),
    row(Fact::Name, "nombre", "name", Type::Text, true, "nombre del cliente", "the customer's name"),
    row(Fact::Company, "empresa", "company", Type::Text, true, "nombre del acreedor", "the creditor's name"),
    row(Fact::Invoice, "factura", "invoice", Type::Text, true, "número de la factura impaga más antigua", "number of the oldest unpaid invoice"),
    row(Fact::PayLink, "enlace_pago", "pay_link", Type::Text, true, "enlace para pagar", "a link to pay by"),
    row(Fact::Today, "hoy", "today", Type::Date, false, "la fecha donde vive el cliente", "the date where the customer lives"),
];

/// What people call currencies; without letters where several countries say so.
const CURRENCY_WORDS: &[(&str, &str)] = &[
    ("sol", "PEN"),
    ("soles", "PEN"),
    ("dolar", "USD"),
    ("dolares", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("real", "BRL"),
    ("reales", "BRL"),
    ("reais", "BRL"),
    ("quetzales", "GTQ"),
    ("quetzal", "GTQ"),
    ("guaranies", "PYG"),
    ("lempiras", "HNL"),
    ("bolivianos", "BOB"),
    ("pesos", ""),
    ("peso", ""),
    ("bolivares", "VES"),
    ("colones", "CRC"),
    ("cordobas", "NIO"),
    ("balboas", "PAB"),
];

/// The letters of a currency that people call so; empty where several countries do.
pub fn currency_of_word(word: &str) -> Option<&'static str> {
    let folded = crate::keywords::fold(word);
    CURRENCY_WORDS.iter().find(|(known, _)| *known == folded).map(|(_, letters)| *letters)
}

/// The fact of a name in a language; accents and case do not matter.
pub fn find(name: &str, lang: Lang) -> Option<Fact> {
    let folded = crate::keywords::fold(name);
    FACTS.iter().find(|row| lang.pick(row.es, row.en) == folded).map(|row| row.fact)
}

/// The name of a fact nearest to a misspelt one; a name of the other language gives its own.
pub fn nearest(name: &str, lang: Lang) -> Option<String> {
    let other = lang.pick(Lang::En, Lang::Es);
    match find(name, other) {
        Some(fact) => Some(fact.name(lang).to_owned()),
        None => crate::keywords::nearest(name, FACTS.iter().map(|row| lang.pick(row.es, row.en))),
    }
}

/// Is it the name that a fact has in the other language?
pub fn is_of_other_language(name: &str, lang: Lang) -> bool {
    find(name, lang).is_none() && find(name, lang.pick(Lang::En, Lang::Es)).is_some()
}

impl Fact {
    /// The fact's row.
    pub fn row(self) -> &'static Row {
        FACTS.iter().find(|row| row.fact == self).unwrap_or(&FIRST)
    }

    /// Its name in a language.
    pub fn name(self, lang: Lang) -> &'static str {
        lang.pick(self.row().es, self.row().en)
    }

    /// Does it tell something of a debt to who reads it in a message? All do but those of the person and the creditor.
    pub fn discloses(self) -> bool {
        !matches!(
            self,
            Fact::Name
                | Fact::Company
                | Fact::Country
                | Fact::HasPhone
                | Fact::HasEmail
                | Fact::IdentityVerified
        )
    }

    /// Its type.
    pub fn kind(self) -> Type {
        self.row().kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_has_its_own_row_and_names() {
        for row in FACTS {
            assert_eq!(row.fact.row().es, row.es);
            assert_eq!(FACTS.iter().filter(|other| other.es == row.es || other.en == row.en).count(), 1);
        }
    }
}
