//! Countries that we have a contact law for: currency, zone, telephone, and an amount that is not worth a letter.
//!
//! In: nothing. Out: a table for edits and first projects. Absent: law; that is `law`.

/// A country.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Country {
    /// The code of its law pack.
    pub code: &'static str,
    /// Its currency.
    pub currency: &'static str,
    /// Its zone, or that of its capital.
    pub zone: &'static str,
    /// The beginning of a mobile number.
    pub phone: &'static str,
    /// Whole units of the currency below which nobody writes; a round figure to begin with.
    pub floor: i64,
}

const fn row(
    code: &'static str,
    currency: &'static str,
    zone: &'static str,
    phone: &'static str,
    floor: i64,
) -> Country {
    Country { code, currency, zone, phone, floor }
}

/// The table.
pub const COUNTRIES: &[Country] = &[
    row("AR", "ARS", "America/Argentina/Buenos_Aires", "+54911", 5000),
    row("BR", "BRL", "America/Sao_Paulo", "+55119", 30),
    row("CL", "CLP", "America/Santiago", "+569", 5000),
    row("CO", "COP", "America/Bogota", "+5730", 20_000),
    row("CR", "CRC", "America/Costa_Rica", "+5068", 3000),
    row("DO", "DOP", "America/Santo_Domingo", "+1809", 300),
    row("ES", "EUR", "Europe/Madrid", "+346", 10),
    row("GB", "GBP", "Europe/London", "+447", 10),
    row("GT", "GTQ", "America/Guatemala", "+5025", 50),
    row("MX", "MXN", "America/Mexico_City", "+5255", 100),
    row("PA", "PAB", "America/Panama", "+5076", 5),
    row("PE", "PEN", "America/Lima", "+519", 20),
    row("PY", "PYG", "America/Asuncion", "+59598", 40_000),
    row("UY", "UYU", "America/Montevideo", "+5989", 200),
];
