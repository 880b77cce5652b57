//! Amounts: what does this figure come to, to the last minor unit?
//!
//! In: a figure as the file writes it, the declared separators, a rate. Out: minor units, exactly, or why not.
//! A figure that can be read in two ways is refused: a debt that is a thousand times too large is worse than a
//! row left out.

use crate::portfolio::problem::Fault;

/// How the file writes figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Form {
    /// Point or comma.
    pub decimal: char,
    /// What stands between thousands, when anything does.
    pub thousands: Option<char>,
    /// What `1.00E+05` is.
    pub exponents: Exponents,
}

/// What becomes of a figure with an exponent, which spreadsheets and statistics programs write.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Exponents {
    /// It is refused: a spreadsheet that writes it has rounded the figure to the digits it shows.
    #[default]
    Refused,
    /// The mapping says that nothing was lost: `1.00E+05` is 100000.
    Exact,
}

impl Default for Form {
    fn default() -> Form {
        Form { decimal: '.', thousands: None, exponents: Exponents::Refused }
    }
}

/// A decimal number, exactly: `mantissa` / 10^`decimals`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exact {
    mantissa: i128,
    decimals: u32,
}

/// Digits that a figure may have: enough for any debt, and a product of two still fits.
const DIGITS_MAX: usize = 18;

/// The largest amount in minor units; a thousand accounts of it still add up.
const MINOR_MAX: i128 = 1_000_000_000_000_000;

/// Reads an amount of money. More decimals than the currency's are an error, except with a rate, where the
/// product is rounded to the nearest minor unit, halves away from zero.
pub fn minor_units(text: &str, form: Form, rate: Option<Exact>, digits: u8) -> Result<i64, Fault> {
    if rate.is_none()
        && let Some(minor) = quick(text, form.decimal, digits)
    {
        return Ok(minor);
    }
    let (negative, body) = sign(text);
    let figure = match mantissa_and_exponent(&body) {
        Some(_) if form.exponents == Exponents::Refused => return Err(Fault::Exponent),
        Some((mantissa, power)) => {
            exact(mantissa, form).and_then(|mantissa| mantissa.raised(power)).ok_or(Fault::AmountForm)?
        }
        None => {
            refuse_doubtful(&body, form)?;
            exact(&body, form).ok_or(Fault::AmountForm)?
        }
    };
    let product = match rate {
        Some(rate) => Exact {
            mantissa: figure.mantissa.checked_mul(rate.mantissa).ok_or(Fault::AmountTooLarge)?,
            decimals: figure.decimals + rate.decimals,
        },
        None => figure,
    };
    let minor = product.scaled(u32::from(digits), rate.is_some())?;
    if minor.abs() > MINOR_MAX {
        return Err(Fault::AmountTooLarge);
    }
    let minor = i64::try_from(minor).map_err(|_| Fault::AmountTooLarge)?;
    Ok(if negative { -minor } else { minor })
}

/// Plain figures such as `1234.56`, which most are: digits, and no more decimals than the currency has, so that
/// nothing about them is doubtful.
fn quick(text: &str, decimal: char, digits: u8) -> Option<i64> {
    let (whole, fraction) = text.split_once(decimal).unwrap_or((text, ""));
    let ends_well = !fraction.is_empty() || whole.len() == text.len();
    if whole.is_empty() || whole.len() > 12 || fraction.len() > usize::from(digits.min(2)) || !ends_well {
        return None;
    }
    let minor = whole
        .bytes()
        .chain(fraction.bytes())
        .try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))?;
    let missing = u32::from(digits) - u32::try_from(fraction.len()).ok()?;
    Some(minor * 10_i64.checked_pow(missing)?)
}

/// Reads a plain number into ten-thousandths.
pub fn ten_thousandths(text: &str, form: Form) -> Result<i64, Fault> {
    let (negative, body) = sign(text);
    let number = exact(&body, form).ok_or(Fault::NumberForm)?;
    let scaled = number.scaled(4, false).map_err(|_| Fault::NumberForm)?;
    let scaled = i64::try_from(scaled).map_err(|_| Fault::NumberForm)?;
    Ok(if negative { -scaled } else { scaled })
}

/// Reads a rate of conversion: a positive decimal number with a point.
pub fn rate(text: &str) -> Option<Exact> {
    exact(text.trim(), Form::default()).filter(|rate| rate.mantissa > 0)
}

/// `1.00E+05` in its two parts.
fn mantissa_and_exponent(body: &str) -> Option<(&str, u32)> {
    let (mantissa, power) = body.split_once(['E', 'e'])?;
    let power = power.strip_prefix('+').unwrap_or(power);
    let is_sound = mantissa.starts_with(|c: char| c.is_ascii_digit())
        && (1..=2).contains(&power.len())
        && power.bytes().all(|byte| byte.is_ascii_digit());
    is_sound.then(|| power.parse().ok().map(|power| (mantissa, power)))?
}

impl Exact {
    fn raised(self, power: u32) -> Option<Exact> {
        let shift = power.min(self.decimals);
        let factor = 10_i128.checked_pow(power - shift)?;
        let mantissa = self.mantissa.checked_mul(factor)?;
        (mantissa < 10_i128.pow(DIGITS_MAX as u32))
            .then_some(Exact { mantissa, decimals: self.decimals - shift })
    }

    fn scaled(self, digits: u32, rounds: bool) -> Result<i128, Fault> {
        if self.decimals <= digits {
            let factor = 10_i128.pow(digits - self.decimals);
            return self.mantissa.checked_mul(factor).ok_or(Fault::AmountTooLarge);
        }
        let divisor = 10_i128.pow(self.decimals - digits);
        let (whole, rest) = (self.mantissa / divisor, self.mantissa % divisor);
        if rest != 0 && !rounds {
            return Err(Fault::TooManyDecimals { digits: u8::try_from(digits).unwrap_or(u8::MAX) });
        }
        // The mantissa has no sign here, so up is away from zero.
        Ok(if rest * 2 >= divisor { whole + 1 } else { whole })
    }
}

/// Takes the sign off: `-5`, `5-` (as SAP writes it), `(5)` (as accountants do).
fn sign(text: &str) -> (bool, String) {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let bracketed = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let negative = text.strip_prefix(['-', '−']).or_else(|| text.strip_suffix('-')).or(bracketed);
    match negative {
        Some(body) => (true, body.trim().to_owned()),
        None => (false, text.strip_prefix('+').unwrap_or(text).to_owned()),
    }
}

/// Figures whose separators contradict what was declared, or say too little.
fn refuse_doubtful(body: &str, form: Form) -> Result<(), Fault> {
    let other = if form.decimal == '.' { ',' } else { '.' };
    let is_figure = body.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    if !is_figure || !body.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(()); // `exact` finds nothing to read in it
    }
    let looks_grouped = |separator: char| {
        let mut groups = body.split(separator);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3)
    };
    if form.thousands != Some(other) && body.contains(other) {
        if !body.contains(form.decimal) {
            if body.matches(other).count() > 1 && looks_grouped(other) {
                return Err(Fault::UndeclaredThousands { thousands: other });
            }
            if looks_grouped(other) {
                return Err(ambiguous(body, other));
            }
            return Err(Fault::OtherDecimal { decimal: other });
        }
        let decimal_is_last = body.rfind(form.decimal) > body.rfind(other);
        return Err(match decimal_is_last {
            true => Fault::UndeclaredThousands { thousands: other },
            false => Fault::OtherDecimal { decimal: other },
        });
    }
    // `1.234` where a point is the decimal sign and thousands are not spoken of: most exports mean 1234.
    if form.thousands.is_none() && body.matches(form.decimal).count() == 1 && looks_grouped(form.decimal) {
        return Err(ambiguous(body, form.decimal));
    }
    if form.thousands.is_none() && body.matches(form.decimal).count() > 1 && looks_grouped(form.decimal) {
        return Err(Fault::OtherDecimal { decimal: other });
    }
    Ok(())
}

fn ambiguous(body: &str, separator: char) -> Fault {
    Fault::AmbiguousAmount {
        separator,
        as_thousands: body.replace(separator, ""),
        as_decimals: body.replace(separator, "."),
    }
}

fn exact(body: &str, form: Form) -> Option<Exact> {
    let (whole, fraction) = body.split_once(form.decimal).unwrap_or((body, ""));
    let whole = match form.thousands {
        Some(separator) if whole.contains(separator) => ungrouped(whole, separator)?,
        _ => whole.to_owned(),
    };
    let digits = whole + fraction;
    let has_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !has_digits || digits.len() > DIGITS_MAX || body.ends_with(form.decimal) {
        return None;
    }
    Some(Exact { mantissa: digits.parse().ok()?, decimals: u32::try_from(fraction.len()).ok()? })
}

/// `1 234 567` without its separators; a group of the wrong length shows that it is something else.
fn ungrouped(whole: &str, separator: char) -> Option<String> {
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let is_sound = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    is_sound.then(|| whole.replace(separator, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: Form = Form { decimal: '.', thousands: None, exponents: Exponents::Refused };
    const COMMA: Form = Form { decimal: ',', thousands: Some('.'), exponents: Exponents::Refused };

    fn check(text: &str, form: Form, expected: Result<i64, &str>) {
        assert_eq!(minor_units(text, form, None, 2).map_err(|fault| fault.name()), expected, "{text}");
    }

    #[test]
    fn figures_are_read_to_the_cent() {
        check("1234.56", POINT, Ok(123_456));
        check("1234", POINT, Ok(123_400));
        check("1234.5", POINT, Ok(123_450));
        check("1234.500", POINT, Ok(123_450));
        check(" 5- ", POINT, Ok(-500));
        check("(5.10)", POINT, Ok(-510));
        check("1.234,56", COMMA, Ok(123_456));
        check("1.234", COMMA, Ok(123_400));
        check("1 234,5", Form { thousands: Some(' '), ..COMMA }, Ok(123_450));
        check(".5", POINT, Ok(50));
    }

    #[test]
    fn doubtful_figures_are_refused() {
        check("1.234,56", POINT, Err("other-decimal-separator"));
        check("1234,56", POINT, Err("other-decimal-separator"));
        check("1.234", POINT, Err("ambiguous-amount"));
        check("1,234", POINT, Err("ambiguous-amount"));
        check("1,234.56", POINT, Err("undeclared-thousands"));
        check("1,234,567", POINT, Err("undeclared-thousands"));
        check("1.234.567", POINT, Err("other-decimal-separator"));
        check("1.234", Form { thousands: None, ..COMMA }, Err("ambiguous-amount"));
        check("1234.56", COMMA, Err("amount-form"));
        check("0.125", POINT, Err("too-many-decimals"));
        check("12.3456", POINT, Err("too-many-decimals"));
        check("S/ 12", POINT, Err("amount-form"));
        check("1.00E+05", POINT, Err("exponent"));
        check("1e5", POINT, Err("exponent"));
        check("1e", POINT, Err("amount-form"));
        check("", POINT, Err("amount-form"));
        check("12.", POINT, Err("amount-form"));
        check("1.23.45", COMMA, Err("amount-form"));
        check("99999999999999999", POINT, Err("amount-too-large"));
        check("9999999999999999999999", POINT, Err("amount-form"));
    }

    #[test]
    fn exponents_are_read_where_the_mapping_says_so() {
        let exact = Form { exponents: Exponents::Exact, ..POINT };
        check("1.00E+05", exact, Ok(10_000_000));
        check("2e5", exact, Ok(20_000_000));
        check("1.2345E+02", exact, Ok(12_345));
        check("1.2345E+01", exact, Err("too-many-decimals"));
        check("1E99", exact, Err("amount-form"));
        check("1,5E+03", Form { exponents: Exponents::Exact, ..COMMA }, Ok(150_000));
    }

    #[test]
    fn a_rate_rounds_halves_away_from_zero() {
        let convert = |text, by| minor_units(text, POINT, rate(by), 2);
        assert_eq!(convert("3913", "0.1"), Ok(39_130));
        assert_eq!(convert("0.05", "0.1"), Ok(1));
        assert_eq!(convert("0.04", "0.1"), Ok(0));
        assert_eq!(convert("-0.05", "0.1"), Ok(-1));
        assert_eq!(convert("0.15", "3.7031"), Ok(56));
        assert_eq!(rate("0"), None);
        assert_eq!(rate("-1"), None);
    }

    #[test]
    fn a_currency_without_decimals_has_none() {
        assert_eq!(minor_units("1500", POINT, None, 0), Ok(1500));
        assert_eq!(minor_units("1500.00", POINT, None, 0), Ok(1500));
        assert_eq!(minor_units("1500.5", POINT, None, 0), Err(Fault::TooManyDecimals { digits: 0 }));
    }
}
