//! The fields of a portfolio row: their names, and the headers by which a file is understood unaided.
//!
//! In: nothing. Out: a table. Absent: what a value must look like; that is `row`.

/// A field of the canonical portfolio file, in the order of its columns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Field {
    /// The creditor's key of the customer.
    Customer,
    /// The creditor's key of the account.
    Account,
    /// The customer's name.
    Name,
    /// The creditor's name.
    Company,
    /// Telephone, E.164.
    Phone,
    /// E-mail address.
    Email,
    /// Time zone by its IANA name.
    Timezone,
    /// Country, two letters.
    Country,
    /// Currency, three letters.
    Currency,
    /// The invoice's number.
    Invoice,
    /// The day from which the invoice is owed.
    IssuedOn,
    /// The day by which it is to be paid.
    DueOn,
    /// What it came to.
    Amount,
    /// What was still owed at the cut-off.
    Balance,
    /// Channels that the customer authorised: words separated by spaces or commas, `all` or `none`.
    Authorised,
    /// What the customer is to the debt.
    Role,
    /// The customer contests the debt.
    Disputed,
    /// The creditor's own score of risk.
    RiskScore,
    /// The creditor's own segment.
    Segment,
    /// The product sold or lent.
    Product,
    /// A link to pay by.
    PayLink,
    /// The date by which the customer promised to pay.
    PromisedOn,
    /// What they promised; everything owed, when empty.
    PromisedAmount,
    /// How many promises they kept before.
    PromisesKept,
    /// How many they broke.
    PromisesBroken,
    /// Tags: words separated by spaces or commas.
    Tags,
    /// What was really paid: `YYYY-MM-DD:amount`, separated by spaces.
    Payments,
    /// What statements said was owed: `YYYY-MM-DD:amount`, separated by spaces.
    Statements,
}

/// Field, canonical name, other headers we understand (folded: lower case, no accents, letters and digits only).
const TABLE: &[(Field, &str, &[&str])] = &[
    (
        Field::Customer,
        "customer",
        &[
            "customerid",
            "cliente",
            "codigocliente",
            "codcliente",
            "idcliente",
            "codigodecliente",
            "numerocliente",
            "ncliente",
            "titular",
            "deudor",
        ],
    ),
    (
        Field::Account,
        "account",
        &[
            "accountid",
            "cuenta",
            "numerocuenta",
            "numerodecuenta",
            "nrocuenta",
            "ncuenta",
            "operacion",
            "credito",
            "prestamo",
        ],
    ),
    (Field::Name, "name", &["nombre", "nombrecliente", "nombrecompleto", "razonsocial", "customername"]),
    (Field::Company, "company", &["empresa", "acreedor", "creditor"]),
    (Field::Phone, "phone", &["telefono", "celular", "movil", "whatsapp", "mobile", "telephone"]),
    (Field::Email, "email", &["correo", "correoelectronico", "mail"]),
    (Field::Timezone, "timezone", &["zonahoraria", "huso", "husohorario"]),
    (Field::Country, "country", &["pais"]),
    (Field::Currency, "currency", &["moneda", "divisa"]),
    (
        Field::Invoice,
        "invoice",
        &[
            "factura",
            "numerofactura",
            "nrofactura",
            "nfactura",
            "numerodefactura",
            "nrodefactura",
            "comprobante",
            "documento",
            "invoicenumber",
            "invoiceid",
        ],
    ),
    (
        Field::IssuedOn,
        "issued_on",
        &["emision", "fechaemision", "fechadeemision", "fechafactura", "issuedate", "invoicedate"],
    ),
    (
        Field::DueOn,
        "due_on",
        &[
            "vencimiento",
            "fechavencimiento",
            "fechadevencimiento",
            "vence",
            "fechavenc",
            "fecvencimiento",
            "duedate",
        ],
    ),
    (
        Field::Amount,
        "amount",
        &["monto", "importe", "total", "montooriginal", "montototal", "invoiceamount", "originalamount"],
    ),
    (
        Field::Balance,
        "balance",
        &["saldo", "saldopendiente", "saldoactual", "montopendiente", "deuda", "openamount", "outstanding"],
    ),
    (
        Field::Authorised,
        "authorised",
        &["authorized", "autorizados", "canalesautorizados", "autorizacion", "consentimiento", "consent"],
    ),
    (Field::Role, "role", &["rol", "calidad"]),
    (Field::Disputed, "disputed", &["endisputa", "disputa", "reclamo", "enreclamo", "dispute"]),
    (Field::RiskScore, "risk_score", &["puntajeriesgo", "riesgo", "puntaje", "score", "risk"]),
    (Field::Segment, "segment", &["segmento"]),
    (Field::Product, "product", &["producto"]),
    (Field::PayLink, "pay_link", &["enlacepago", "linkpago", "enlacedepago", "linkdepago", "paymentlink"]),
    (
        Field::PromisedOn,
        "promised_on",
        &["fechapromesa", "fechadepromesa", "promesafecha", "fechacompromiso", "promisedate"],
    ),
    (
        Field::PromisedAmount,
        "promised_amount",
        &["montopromesa", "montoprometido", "importepromesa", "promiseamount"],
    ),
    (Field::PromisesKept, "promises_kept", &["promesascumplidas", "keptpromises"]),
    (Field::PromisesBroken, "promises_broken", &["promesasrotas", "promesasincumplidas", "brokenpromises"]),
    (Field::Tags, "tags", &["etiquetas", "marcas"]),
    (Field::Payments, "payments", &["pagos"]),
    (Field::Statements, "statements", &["estadosdecuenta", "estados"]),
];

impl Field {
    /// Every field, in the order of the canonical columns.
    pub fn all() -> impl Iterator<Item = Field> {
        TABLE.iter().map(|(field, _, _)| *field)
    }

    /// The canonical header.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|(field, _, _)| *field == self).map_or("", |(_, name, _)| name)
    }

    /// The field of a canonical name.
    pub fn parse(name: &str) -> Option<Field> {
        TABLE.iter().find(|(_, known, _)| *known == name).map(|(field, _, _)| *field)
    }

    /// A portfolio without it cannot be read.
    pub fn is_required(self) -> bool {
        matches!(self, Field::Account | Field::Currency | Field::DueOn | Field::Amount)
    }

    /// Does a header name this field, in English or Spanish?
    pub fn is_called(self, header: &str) -> bool {
        let folded = fold(header);
        TABLE
            .iter()
            .filter(|(field, _, _)| *field == self)
            .any(|(_, name, others)| folded == fold(name) || others.contains(&folded.as_str()))
    }

    /// Every folded header we understand for this field, for suggestions.
    pub fn headers(self) -> impl Iterator<Item = String> {
        TABLE.iter().filter(move |(field, _, _)| *field == self).flat_map(|(_, name, others)| {
            std::iter::once(fold(name)).chain(others.iter().map(|other| (*other).to_owned()))
        })
    }
}

/// A header as it is compared: lower case, without accents, letters and digits only.
pub(super) fn fold(header: &str) -> String {
    header.chars().flat_map(char::to_lowercase).map(without_accent).filter(|c| c.is_alphanumeric()).collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' | 'ì' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        // The ordinal signs of `N° factura` and `Nº factura` carry nothing.
        'º' | 'ª' => ' ',
        other => other,
    }
}

/// The nearest of some names, when it is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(name);
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &fold(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(header: &str) -> Option<&'static str> {
        Field::all().find(|field| field.is_called(header)).map(Field::name)
    }

    #[test]
    fn headers_are_understood_whatever_their_case_accents_and_spaces() {
        assert_eq!(understood("Teléfono"), Some("phone"));
        assert_eq!(understood("ZONA HORARIA"), Some("timezone"));
        assert_eq!(understood("zona_horaria"), Some("timezone"));
        assert_eq!(understood("N° Factura"), Some("invoice"));
        assert_eq!(understood("due_on"), Some("due_on"));
        assert_eq!(understood("edad"), None);
    }

    #[test]
    fn no_header_means_two_fields() {
        for field in Field::all() {
            for header in field.headers() {
                assert_eq!(understood(&header), Some(field.name()), "{header}");
            }
        }
    }

    #[test]
    fn the_nearest_name_must_be_near() {
        assert_eq!(nearest("vencimento", ["Saldo", "Vencimiento"]), Some("Vencimiento"));
        assert_eq!(nearest("due_on", ["X1", "X2"]), None);
    }
}
