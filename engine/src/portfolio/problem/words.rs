//! The words of portfolio problems, Spanish beside English.
//!
//! In: a typed problem and a language. Out: one short line that says what is wrong, one that says what to do.

use super::{Fault, Holds, Problem};
use cobro_dsl::values::Lang;

impl Fault {
    /// The problem's stable name, for programs that read reports.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Empty => "empty-file",
            Fault::HeaderOnly => "header-only",
            Fault::HeaderBroken => "header-broken",
            Fault::NotUtf8 { .. } => "not-utf-8",
            Fault::DeclaredWrong => "encoding-declared-wrong",
            Fault::NulByte { .. } => "nul-byte",
            Fault::MissingColumn { .. } => "missing-column",
            Fault::DuplicateColumn { .. } => "duplicate-column",
            Fault::NoUsableRow => "no-usable-row",
            Fault::RecordTooLong => "record-too-long",
            Fault::QuoteNotClosed => "quote-not-closed",
            Fault::Width { .. } => "wrong-number-of-values",
            Fault::MissingValue => "missing-value",
            Fault::NotInMap => "not-in-map",
            Fault::DateForm { .. } => "date-form",
            Fault::NoSuchDay => "no-such-day",
            Fault::DateTooFar => "date-too-far",
            Fault::AmbiguousDate { .. } => "ambiguous-date",
            Fault::AmountForm => "amount-form",
            Fault::Exponent => "exponent",
            Fault::OtherDecimal { .. } => "other-decimal-separator",
            Fault::UndeclaredThousands { .. } => "undeclared-thousands",
            Fault::AmbiguousAmount { .. } => "ambiguous-amount",
            Fault::TooManyDecimals { .. } => "too-many-decimals",
            Fault::AmountTooLarge => "amount-too-large",
            Fault::NegativeAmount => "negative-amount",
            Fault::NumberForm => "number-form",
            Fault::UnknownCurrency => "unknown-currency",
            Fault::UnknownZone { .. } => "unknown-time-zone",
            Fault::PhoneWithoutCountry => "phone-without-country",
            Fault::PhoneForm => "phone-form",
            Fault::EmailForm => "email-form",
            Fault::CountryForm => "country-form",
            Fault::ChannelsForm => "channels-form",
            Fault::RoleForm => "role-form",
            Fault::LinkForm => "link-form",
            Fault::TruthForm => "truth-form",
            Fault::DatedForm => "dated-amount-form",
            Fault::CountForm => "count-form",
            Fault::FieldType { .. } => "field-type",
            Fault::DuplicateInvoice { .. } => "duplicate-invoice",
            Fault::DuplicateAccount { .. } => "duplicate-account",
            Fault::TwoCustomers { .. } => "account-of-two-customers",
            Fault::TwoCurrencies { .. } => "account-in-two-currencies",
            Fault::SharedAddress { .. } => "shared-address",
            Fault::SaidOtherwise { .. } => "said-otherwise",
        }
    }

    /// What is wrong, in Spanish and in English.
    fn sentence(&self) -> (String, String) {
        let same = |es: &str, en: &str| (es.to_owned(), en.to_owned());
        match self {
            Fault::Empty => same("el archivo está vacío", "the file is empty"),
            Fault::HeaderOnly => {
                same("el archivo solo tiene encabezados", "the file has a header and no rows")
            }
            Fault::HeaderBroken => same(
                "la primera línea no se puede leer como encabezado",
                "the first line is no readable header",
            ),
            Fault::NotUtf8 { line, reads_as } => (
                format!(
                    "el archivo no está en UTF-8: en la línea {line}, como windows-1252 diría `{reads_as}`"
                ),
                format!("the file is not UTF-8: on line {line}, as windows-1252 it would read `{reads_as}`"),
            ),
            Fault::DeclaredWrong => same(
                "el mapeo dice windows-1252, pero el archivo está en UTF-8 o UTF-16",
                "the mapping says windows-1252, but the file is UTF-8 or UTF-16",
            ),
            Fault::NulByte { line } => (
                format!("la línea {line} tiene un byte nulo: esto no es un archivo de texto"),
                format!("line {line} has a NUL byte: this is no text file"),
            ),
            Fault::MissingColumn { field: Some(field), column, nearest } if column == field => with_nearest(
                nearest.as_deref(),
                format!("ninguna columna da `{field}`"),
                format!("no column gives `{field}`"),
            ),
            Fault::MissingColumn { field: Some(field), column, nearest } => with_nearest(
                nearest.as_deref(),
                format!("falta la columna `{column}`, de donde sale `{field}`"),
                format!("column `{column}`, which gives `{field}`, is missing"),
            ),
            Fault::MissingColumn { field: None, column, nearest } => with_nearest(
                nearest.as_deref(),
                format!("falta la columna `{column}`"),
                format!("column `{column}` is missing"),
            ),
            Fault::DuplicateColumn { one, other } => (
                format!("`{one}` y `{other}` pueden ser la misma columna"),
                format!("`{one}` and `{other}` could both be the column"),
            ),
            Fault::NoUsableRow => same("ninguna fila se puede usar", "no row can be used"),
            Fault::RecordTooLong => same("la fila tiene más de 1 MB", "the row is longer than 1 MB"),
            Fault::QuoteNotClosed => {
                same("una comilla se abre y no se cierra", "a quote is opened and never closed")
            }
            Fault::Width { found, expected } => (
                format!("la fila tiene {found} valores y el encabezado {expected}"),
                format!("the row has {found} values and the header {expected}"),
            ),
            Fault::MissingValue => same("falta el valor", "the value is missing"),
            Fault::NotInMap => {
                same("la tabla del mapeo no tiene este valor", "the mapping's table has no such value")
            }
            Fault::DateForm { accepted, .. } => (
                format!("no es una fecha de la forma {accepted}"),
                format!("is no date of the form {accepted}"),
            ),
            Fault::NoSuchDay => same("ese día no existe", "there is no such day"),
            Fault::DateTooFar => {
                same("el año no está entre 1990 y 2100", "the year is not between 1990 and 2100")
            }
            Fault::AmbiguousDate { one, other } => {
                (format!("puede ser {one} o {other}"), format!("can be {one} or {other}"))
            }
            Fault::AmountForm => same("no es un monto", "is no amount"),
            Fault::Exponent => {
                same("una hoja de cálculo redondeó este monto", "a spreadsheet has rounded this amount")
            }
            Fault::OtherDecimal { decimal } => {
                let (es, en) = separator(*decimal);
                (
                    format!("parece escrito con {es} decimal"),
                    format!("seems to be written with a decimal {en}"),
                )
            }
            Fault::UndeclaredThousands { thousands } => {
                let (es, en) = separator(*thousands);
                (format!("parece usar {es} para los miles"), format!("seems to use a {en} between thousands"))
            }
            Fault::AmbiguousAmount { as_thousands, as_decimals, .. } => (
                format!("puede ser {as_thousands} o {as_decimals}"),
                format!("can be {as_thousands} or {as_decimals}"),
            ),
            Fault::TooManyDecimals { digits } => (
                format!("tiene más decimales que la moneda ({digits})"),
                format!("has more decimals than the currency ({digits})"),
            ),
            Fault::AmountTooLarge => same("el monto es demasiado grande", "the amount is too large"),
            Fault::NegativeAmount => same("el monto es negativo", "the amount is negative"),
            Fault::NumberForm => same("no es un número", "is no number"),
            Fault::UnknownCurrency => same("moneda desconocida", "unknown currency"),
            Fault::UnknownZone { nearest } => {
                with_nearest(*nearest, "zona horaria desconocida".to_owned(), "unknown time zone".to_owned())
            }
            Fault::PhoneWithoutCountry => same(
                "el teléfono no tiene `+` ni código de país",
                "the telephone has no `+` and country code",
            ),
            Fault::PhoneForm => same("no es un teléfono", "is no telephone number"),
            Fault::EmailForm => same("no es un correo", "is no e-mail address"),
            Fault::ChannelsForm => same("no son canales", "are no channels"),
            Fault::RoleForm => same("no es un rol", "is no role"),
            Fault::CountryForm => same("no es un país de dos letras", "is no two-letter country"),
            Fault::LinkForm => same("no es una dirección web", "is no web address"),
            Fault::TruthForm => same("no dice ni sí ni no", "says neither yes nor no"),
            Fault::CountForm => same("no es una cantidad", "is no count"),
            Fault::FieldType { kind } => {
                (format!("`{kind}` no es un tipo de campo"), format!("`{kind}` is no type of a field"))
            }
            Fault::DatedForm => {
                same("no tiene la forma AAAA-MM-DD:monto", "is not of the form YYYY-MM-DD:amount")
            }
            Fault::DuplicateInvoice { account, first_line } => (
                format!("la misma factura de la cuenta `{account}` ya está en la línea {first_line}"),
                format!("the same invoice of account `{account}` is on line {first_line}"),
            ),
            Fault::DuplicateAccount { first_line } => (
                format!("la misma cuenta ya está en la línea {first_line}"),
                format!("the same account is on line {first_line}"),
            ),
            Fault::TwoCustomers { other, first_line } => (
                format!("la misma cuenta es del cliente `{other}` en la línea {first_line}"),
                format!("the same account belongs to customer `{other}` on line {first_line}"),
            ),
            Fault::TwoCurrencies { other, first_line } => (
                format!("la misma cuenta está en {other} en la línea {first_line}"),
                format!("the same account is in {other} on line {first_line}"),
            ),
            Fault::SharedAddress { other, first_line } => (
                format!(
                    "también es del cliente `{other}` (línea {first_line}): los límites se cuentan por cliente"
                ),
                format!(
                    "it is customer `{other}`'s as well (line {first_line}): limits are counted by customer"
                ),
            ),
            Fault::SaidOtherwise { known, first_line, holds } => {
                let (es, en) = match holds {
                    Holds::That => ("vale ese dato", "that holds"),
                    Holds::Both => ("vale lo que dicen ambas", "what both say holds"),
                    Holds::Neither => ("no se cree ninguna", "neither is believed"),
                    Holds::Each => ("vale cada una para su cuenta", "each holds for its account"),
                };
                (
                    format!("la línea {first_line} dice `{known}` del mismo cliente; {es}"),
                    format!("line {first_line} says `{known}` of the same customer; {en}"),
                )
            }
        }
    }

    /// What to do about it, in Spanish and in English.
    fn remedy(&self) -> (String, String) {
        let same = |es: &str, en: &str| (es.to_owned(), en.to_owned());
        match self {
            Fault::Empty | Fault::HeaderOnly => {
                same("exporte la cartera otra vez", "export the portfolio again")
            }
            Fault::NoUsableRow => same(
                "corrija lo que se dice de cada fila; si todas dicen lo mismo, basta un mapeo",
                "correct what is said of each row; if all say the same, a mapping is enough",
            ),
            Fault::HeaderBroken => {
                same("la primera línea debe nombrar las columnas", "the first line must name the columns")
            }
            Fault::NotUtf8 { .. } => same(
                "si se lee bien así, ponga `encoding = \"windows-1252\"` en el mapeo; si no, guarde el archivo en UTF-8",
                "if that reads well, put `encoding = \"windows-1252\"` in the mapping; otherwise save the file as UTF-8",
            ),
            Fault::DeclaredWrong => same("quite `encoding` del mapeo", "take `encoding` out of the mapping"),
            Fault::NulByte { .. } => {
                same("guarde el archivo como CSV en UTF-8", "save the file as CSV in UTF-8")
            }
            Fault::MissingColumn { field, .. } => (
                format!(
                    "añada la columna, o diga en el mapeo de dónde sale: `[fields.{}]`",
                    field.unwrap_or("…")
                ),
                format!(
                    "add the column, or say in the mapping where it comes from: `[fields.{}]`",
                    field.unwrap_or("…")
                ),
            ),
            Fault::DuplicateColumn { .. } => same(
                "diga en el mapeo cuál vale, o cambie un encabezado",
                "say in the mapping which it is, or rename one header",
            ),
            Fault::RecordTooLong | Fault::QuoteNotClosed => {
                same("busque una comilla suelta en esta línea", "look for a stray quote on this line")
            }
            Fault::Width { .. } => same(
                "un valor que contiene el separador va entre comillas",
                "a value that contains the delimiter goes in quotes",
            ),
            Fault::MissingValue => same(
                "complete el valor, o dé uno en el mapeo con `default`",
                "fill it in, or give one in the mapping with `default`",
            ),
            Fault::NotInMap => same(
                "añádalo a `map`, o ponga `\"*\"` para todos los demás",
                "add it to `map`, or put `\"*\"` for all others",
            ),
            Fault::DateForm { fits: Some(fits), .. } => (
                format!("si es de la forma {fits}, ponga `dates = [\"{fits}\"]` en el mapeo"),
                format!("if it is of the form {fits}, put `dates = [\"{fits}\"]` in the mapping"),
            ),
            Fault::DateForm { fits: None, .. } | Fault::NoSuchDay | Fault::DateTooFar => {
                same("corrija la fecha", "correct the date")
            }
            Fault::AmbiguousDate { .. } => {
                same("deje una sola forma en `dates`", "leave only one form in `dates`")
            }
            Fault::Exponent => same(
                "exporte la columna como número con todas sus cifras; si no se perdió ninguna, ponga `exponents = \"exact\"` en el mapeo",
                "export the column as a number with all its digits; if none was lost, put `exponents = \"exact\"` in the mapping",
            ),
            Fault::OtherDecimal { decimal } => (
                format!("ponga `decimal = \"{decimal}\"` en el mapeo"),
                format!("put `decimal = \"{decimal}\"` in the mapping"),
            ),
            Fault::UndeclaredThousands { thousands } => (
                format!("ponga `thousands = \"{thousands}\"` en el mapeo"),
                format!("put `thousands = \"{thousands}\"` in the mapping"),
            ),
            Fault::AmbiguousAmount { separator, .. } => {
                let other = if *separator == '.' { ',' } else { '.' };
                (
                    format!(
                        "diga en el mapeo si `{separator}` separa miles (`thousands = \"{separator}\"`, `decimal = \"{other}\"`) o escriba los decimales de la moneda"
                    ),
                    format!(
                        "say in the mapping that `{separator}` separates thousands (`thousands = \"{separator}\"`, `decimal = \"{other}\"`) or write as many decimals as the currency has"
                    ),
                )
            }
            Fault::AmountForm | Fault::AmountTooLarge | Fault::NumberForm => same(
                "escriba solo cifras y el separador decimal",
                "write only digits and the decimal separator",
            ),
            Fault::TooManyDecimals { .. } => same(
                "redondee en el origen, o ponga `rate` en el mapeo si es otra moneda",
                "round it at the source, or put `rate` in the mapping if it is another currency",
            ),
            Fault::NegativeAmount => same(
                "una nota de crédito no es una factura; quite la fila, o ponga `negative = \"zero\"` en el mapeo",
                "a credit note is no invoice; remove the row, or put `negative = \"zero\"` in the mapping",
            ),
            Fault::UnknownCurrency => {
                let known: Vec<&str> = cobro_dsl::values::Currency::all().collect();
                (format!("use una de {}", known.join(" ")), format!("use one of {}", known.join(" ")))
            }
            Fault::UnknownZone { .. } => same(
                "use un nombre de la lista IANA, como America/Lima",
                "use a name of the IANA list, such as America/Lima",
            ),
            Fault::PhoneWithoutCountry | Fault::PhoneForm => same(
                "escríbalo como +51987654321, o ponga `country_code = \"+51\"` en el mapeo",
                "write it like +51987654321, or put `country_code = \"+51\"` in the mapping",
            ),
            Fault::EmailForm => same("corríjalo o déjelo vacío", "correct it or leave it empty"),
            Fault::ChannelsForm => same(
                "escriba whatsapp, correo, sms, llamada, todos o ninguno",
                "write whatsapp, email, sms, call, all or none",
            ),
            Fault::RoleForm => {
                same("escriba deudor, codeudor o referencia", "write debtor, guarantor or reference")
            }
            Fault::CountryForm => same("escriba PE, CO, MX…", "write PE, CO, MX…"),
            Fault::LinkForm => same("debe empezar con https://", "it must begin with https://"),
            Fault::TruthForm => same("escriba sí o no", "write yes or no"),
            Fault::CountForm => same("escriba 0, 1, 2…", "write 0, 1, 2…"),
            Fault::FieldType { .. } => same(
                "escriba campo.nombre.monto, numero, porcentaje, fecha, texto o si_o_no",
                "write field.name.amount, number, percentage, date, text or yes_or_no",
            ),
            Fault::DatedForm => same(
                "ejemplo: 2026-03-05:120.00 2026-04-02:80.00",
                "example: 2026-03-05:120.00 2026-04-02:80.00",
            ),
            Fault::DuplicateInvoice { .. } | Fault::DuplicateAccount { .. } => {
                same("deje una de las dos filas", "leave one of the two rows")
            }
            Fault::TwoCustomers { .. } | Fault::TwoCurrencies { .. } => same(
                "use otro código de cuenta, o corrija la fila",
                "use another account key, or correct the row",
            ),
            Fault::SharedAddress { .. } => same(
                "si es la misma persona, use un solo código de cliente para todas sus cuentas",
                "if it is the same person, use one customer key for all their accounts",
            ),
            Fault::SaidOtherwise { .. } => {
                same("deje el dato correcto en todas sus filas", "leave the right one in all their rows")
            }
        }
    }
}

impl Problem {
    /// What is wrong, where, in one line: `line 7, due_on: `31/02/2026`: there is no such day`.
    pub fn words(&self, lang: Lang) -> String {
        let (es, en) = self.fault.sentence();
        let mut place = Vec::new();
        if let Some(line) = self.line {
            place.push(lang.pick(format!("línea {line}"), format!("line {line}")));
        }
        if let Some(column) = &self.column {
            place.push(lang.pick(format!("columna `{column}`"), format!("column `{column}`")));
        }
        let mut parts = Vec::new();
        if !place.is_empty() {
            parts.push(place.join(", "));
        }
        if let Some(value) = &self.value {
            parts.push(format!("`{value}`"));
        }
        parts.push(lang.pick(es, en));
        parts.join(": ")
    }

    /// What to do about it, in one line.
    pub fn help(&self, lang: Lang) -> String {
        let (es, en) = self.fault.remedy();
        lang.pick(es, en)
    }
}

fn with_nearest(nearest: Option<&str>, es: String, en: String) -> (String, String) {
    match nearest {
        Some(nearest) => {
            (format!("{es}; ¿quiso decir `{nearest}`?"), format!("{en}; did you mean `{nearest}`?"))
        }
        None => (es, en),
    }
}

fn separator(letter: char) -> (&'static str, &'static str) {
    match letter {
        ',' => ("coma", "comma"),
        '.' => ("punto", "point"),
        _ => ("espacio", "space"),
    }
}
