//! Addresses: telephones and e-mail addresses that a channel can use.
//!
//! In: text as files hold it. Out: the one form that channels take, or why it is none.

use crate::portfolio::problem::Fault;

/// A telephone in E.164 form. Spaces, points, dashes and parentheses go; `00` counts as `+`. Without either
/// the declared country code goes in front, and without that the number is refused: guessing the country would
/// send a debt to a stranger.
pub(super) fn phone(text: &str, country_code: Option<&str>) -> Result<String, Fault> {
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.' | '\u{a0}'))
        .collect();
    let international = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = match (international, country_code) {
        (Some(digits), _) => digits.to_owned(),
        (None, _) if !is_digits(&bare) => return Err(Fault::PhoneForm),
        (None, Some(code)) => format!("{}{}", code.trim_start_matches('+'), bare.trim_start_matches('0')),
        (None, None) => return Err(Fault::PhoneWithoutCountry),
    };
    // E.164: at most fifteen digits, the first of them a country's. Fewer than eight reach nobody.
    let is_sound = is_digits(&digits) && (8..=15).contains(&digits.len()) && !digits.starts_with('0');
    if is_sound { Ok(format!("+{digits}")) } else { Err(Fault::PhoneForm) }
}

/// An e-mail address. Only what surely cannot be one is refused; whether it works shows when it is used.
pub(super) fn email(text: &str) -> Result<String, Fault> {
    let (local, domain) = text.rsplit_once('@').ok_or(Fault::EmailForm)?;
    let has_bad = |part: &str| {
        part.chars().any(|c| c.is_whitespace() || c.is_control() || "@,;:<>()[]\\\"".contains(c))
            || part.starts_with('.')
            || part.ends_with('.')
            || part.contains("..")
    };
    let is_sound = !local.is_empty()
        && domain.contains('.')
        && !has_bad(local)
        && !has_bad(domain)
        && !domain.starts_with('-')
        && text.len() <= 254;
    if is_sound { Ok(text.to_owned()) } else { Err(Fault::EmailForm) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, code: Option<&str>, expected: Result<&str, &str>) {
        let found = phone(text, code);
        assert_eq!(found.as_deref().map_err(|fault| fault.name()), expected, "{text}");
    }

    #[test]
    fn telephones_take_their_international_form() {
        number("+51 987-654 321", None, Ok("+51987654321"));
        number("(01) 445.1234", Some("+51"), Ok("+5114451234"));
        number("0051987654321", None, Ok("+51987654321"));
        number("987654321", None, Err("phone-without-country"));
        number("987654321", Some("+51"), Ok("+51987654321"));
        number("no tiene", Some("+51"), Err("phone-form"));
        number("+12", None, Err("phone-form"));
        number("+0123456789", None, Err("phone-form"));
        number("+1234567890123456", None, Err("phone-form"));
    }

    #[test]
    fn addresses_that_cannot_be_are_refused() {
        for good in ["ana@example.com", "a.b+c@sub.example.com", "ñandú@example.com"] {
            assert_eq!(email(good).as_deref(), Ok(good));
        }
        for bad in [
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a na@example.com",
            "a@b@example.com",
            "a..b@example.com",
        ] {
            assert_eq!(email(bad), Err(Fault::EmailForm), "{bad}");
        }
    }
}
