//! Portfolios made up for trying and for load: realistic in shape, nobody's in fact.
//!
//! In: a country, a number of accounts, a seed, a day. Out: a canonical portfolio file, customer by customer, so that a large
//! one needs no memory. Absent: chance of its own; every draw is a hash of seed and customer, so the first thousand accounts
//! of a million are those of a thousand.

mod country;

pub(crate) use country::Country;

use chrono::{Datelike, Days, Months};
use cobro_dsl::values::{Currency, Money, NaiveDate};
use cobro_engine::stable::{hash, mix};
use std::io::{self, Write};

/// What is asked for.
pub(crate) struct Sample {
    pub(crate) country: Country,
    pub(crate) accounts: u64,
    pub(crate) seed: u64,
    /// The portfolio stands on this day: what was paid before it is past, what comes later really happens.
    pub(crate) as_of: NaiveDate,
}

const HEADER: &str = "customer,account,name,company,phone,email,timezone,country,currency,invoice,issued_on,due_on,\
                      amount,authorised,risk_score,segment,product,pay_link,payments\n";

/// How somebody pays: never shown, it is in what they do.
struct Payer {
    /// Weight in a thousand.
    share: u64,
    /// Of the invoices, how many in a thousand are paid at all within the time that is told.
    pays: u64,
    /// Days from the due date: the earliest and the spread.
    from: i64,
    spread: i64,
    /// Of the payments, how many in a thousand are in two parts.
    parts: u64,
    /// The creditor's risk score is around this.
    risk: i64,
}

/// On time, forgetful, short of money, unwilling. Assumed.
const PAYERS: [Payer; 4] = [
    Payer { share: 560, pays: 990, from: -12, spread: 14, parts: 20, risk: 15 },
    Payer { share: 270, pays: 960, from: -2, spread: 35, parts: 80, risk: 40 },
    Payer { share: 130, pays: 720, from: 8, spread: 95, parts: 450, risk: 65 },
    Payer { share: 40, pays: 150, from: 40, spread: 160, parts: 300, risk: 88 },
];

/// Payments are told up to so many days after the day that the portfolio stands on.
const TOLD_DAYS: u64 = 120;

/// Draws of one customer.
struct Draws {
    state: u64,
}

impl Draws {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// By weights in a thousand.
    fn weighted<'a, T>(&mut self, of: &'a [T], weight: impl Fn(&T) -> u64) -> &'a T {
        let mut left = self.below(of.iter().map(&weight).sum());
        for one in of {
            let weight = weight(one);
            if left < weight {
                return one;
            }
            left -= weight;
        }
        &of[of.len() - 1]
    }

    /// Near 1, sometimes several times as much: the sum of draws stands in for a normal, raised to a power.
    fn skewed(&mut self) -> f64 {
        // Six even draws have the mean 3 and the variance one half.
        let sum: u64 = (0..6).map(|_| self.below(1000)).sum();
        let normal = (sum as f64 / 1000.0 - 3.0) / 0.5_f64.sqrt();
        (normal * 0.45).exp()
    }
}

impl Sample {
    /// Writes the file.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(HEADER.as_bytes())?;
        let (mut left, mut number) = (self.accounts, 0_u64);
        while left > 0 {
            number += 1;
            let code = self.country.code;
            let mut draws = Draws { state: hash([code, &number.to_string()]) ^ mix(self.seed) };
            // Of four customers one has several debts.
            let debts = (*draws.weighted(&[(1, 760), (2, 160), (3, 60), (4, 20)], |(_, weight)| *weight)).0;
            let debts = u64::min(debts, left);
            left -= debts;
            self.customer(number, debts, &mut draws, out)?;
        }
        out.flush()
    }

    fn customer(&self, number: u64, debts: u64, draws: &mut Draws, out: &mut impl Write) -> io::Result<()> {
        let country = &self.country;
        let key = format!("{}-C{number:07}", country.code);
        let (first, last, other) =
            (draws.one(country.first), draws.one(country.last), draws.one(country.last));
        let name = format!("{first} {last} {other}");
        let phone = match draws.below(1000) {
            ..40 => String::new(),
            _ => country.phone(draws.next()),
        };
        let email = match draws.below(1000) {
            ..180 => String::new(),
            _ => format!("{}.{}.{number}@example.com", plain(first), plain(last)),
        };
        // Channels that they let the creditor use, on record. Assumed.
        let authorised =
            draws.weighted(&[("all", 900), ("whatsapp email", 60), ("none", 40)], |(_, weight)| *weight).0;
        let zone = draws.weighted(country.zones, |(_, weight)| *weight).0;
        let payer = draws.weighted(&PAYERS, |payer| payer.share);
        let risk = (payer.risk + draws.below(21) as i64 - 10).clamp(0, 100);
        for debt in 1..=debts {
            let account = format!("{}-{number:07}-{debt}", country.code);
            let (product, segment, size) = draws.one(&PRODUCTS);
            let currency = Currency::parse(country.currency).unwrap_or(Currency::US_DOLLAR);
            let usual = country.usual as f64 * size * draws.skewed();
            let invoices = 1 + draws.below(6);
            let due_day = 1 + draws.below(28) as u32;
            // The newest bill is issued by the day that the portfolio stands on.
            let month = self.as_of.with_day(due_day).unwrap_or(self.as_of);
            let newest = if due_day <= self.as_of.day() { 0 } else { 1 };
            for back in (newest..newest + invoices).rev() {
                let due = month.checked_sub_months(Months::new(back as u32)).unwrap_or(month) + Days::new(20);
                let issued = due - Days::new(20);
                // A little more or less each month, to the whole of the smallest coin that is used.
                let minor =
                    usual * (0.9 + draws.below(200) as f64 / 1000.0) * currency.minor_per_unit() as f64;
                let amount = ((minor as i64) / country.step).max(1) * country.step;
                let payments = self.payments(payer, due, amount, currency, draws);
                writeln!(
                    out,
                    "{key},{account},{name},{},{phone},{email},{zone},{},{},{account}-{}{:02},{issued},{due},{},{authorised},{risk},{segment},{product},https://pagos.example.com/{account},{payments}",
                    country.company,
                    country.code,
                    country.currency,
                    issued.year(),
                    issued.month(),
                    Money::new(amount, currency).figure(),
                )?;
            }
        }
        Ok(())
    }

    /// What is paid of an invoice, and when.
    fn payments(
        &self,
        payer: &Payer,
        due: NaiveDate,
        amount: i64,
        currency: Currency,
        draws: &mut Draws,
    ) -> String {
        let (pays, late) =
            (draws.below(1000) < payer.pays, payer.from + draws.below(payer.spread as u64) as i64);
        let (in_parts, part, gap) =
            (draws.below(1000) < payer.parts, 20 + draws.below(60) as i64, 10 + draws.below(25));
        let on = due + chrono::TimeDelta::days(late);
        let told_to = self.as_of + Days::new(TOLD_DAYS);
        if !pays || on > told_to {
            return String::new();
        }
        let told = |on: NaiveDate, minor: i64| format!("{on}:{}", Money::new(minor, currency).figure());
        let first = (amount * part / 100 / self.country.step).max(1) * self.country.step;
        if !in_parts || first >= amount {
            return told(on, amount);
        }
        let rest = on + Days::new(gap);
        match rest > told_to {
            true => told(on, first),
            false => format!("{} {}", told(on, first), told(rest, amount - first)),
        }
    }
}

/// Product, segment and the size of its bills. Assumed.
const PRODUCTS: [(&str, &str, f64); 5] = [
    ("cuota de crédito", "personas", 1.0),
    ("tarjeta", "personas", 1.4),
    ("internet", "hogar", 0.25),
    ("colegio", "hogar", 1.1),
    ("factura comercial", "empresas", 4.0),
];

/// A name as it stands in an address: small letters without marks.
fn plain(name: &str) -> String {
    let letter = |letter: char| match letter.to_lowercase().next().unwrap_or(letter) {
        'á' | 'ã' | 'â' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    };
    name.chars().map(letter).filter(char::is_ascii_lowercase).collect()
}
