//! `cobro new`: a project that checks, tests and simulates at once.

use crate::args::lang;
use crate::output;
use anyhow::bail;
use clap::Args;
use cobro_dsl::countries::{COUNTRIES, Country};
use cobro_dsl::format::format;
use cobro_dsl::keywords::fold;
use cobro_dsl::values::{Lang, Money};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes a folder with a strategy, its messages, its tests, a small portfolio and a page that says what to do next.
///
/// Example: cobro new mi_cobranza --country PE
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// The name of the folder and of the strategy
    name: PathBuf,
    /// Language of the strategy: es, en
    #[arg(long, value_parser = lang, default_value = "es")]
    lang: Lang,
    /// Country, two letters: its currency, its time zone and its contact law
    #[arg(long, default_value = "PE")]
    country: String,
}

pub(crate) fn run(args: &NewArgs) -> anyhow::Result<ExitCode> {
    let lang = args.lang;
    let code = args.country.to_uppercase();
    let Some(country) = COUNTRIES.iter().find(|country| country.code == code) else {
        let known: Vec<&str> = COUNTRIES.iter().map(|country| country.code).collect();
        let none = lang.pick("no se conoce el país", "there is no country");
        bail!("{none} `{}`: {}", args.country, known.join(", "));
    };
    let name = strategy_name(&args.name);
    if name.is_empty() {
        bail!(
            "{}",
            lang.pick("el nombre necesita letras: mi_cobranza", "the name needs letters: my_strategy")
        );
    }
    if args.name.exists() {
        let exists = lang.pick("ya existe; no se cambió nada", "exists already; nothing was changed");
        bail!("{}: {exists}", args.name.display());
    }
    let files = files(&name, country, lang)?;
    write(&args.name, &files).inspect_err(|_| {
        // What is half made would stand in the way of the next try.
        let _ = std::fs::remove_dir_all(&args.name);
    })?;
    let lines: Vec<String> =
        files.iter().map(|(file, _)| args.name.join(file).display().to_string()).collect();
    output::answer(&lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// The folder's name as a name of the language: `Mi Cobranza` is `mi_cobranza`.
fn strategy_name(folder: &Path) -> String {
    let last = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain: String =
        fold(&last).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    plain.trim_matches('_').trim_start_matches(|c: char| c.is_ascii_digit() || c == '_').to_owned()
}

fn files(name: &str, country: &Country, lang: Lang) -> anyhow::Result<Vec<(String, String)>> {
    let (strategy, readme) = match lang {
        Lang::Es => {
            (include_str!("../../project/es/strategy.cobro"), include_str!("../../project/es/README.md"))
        }
        Lang::En => {
            (include_str!("../../project/en/strategy.cobro"), include_str!("../../project/en/README.md"))
        }
    };
    let fill = |text: &str| {
        text.replace("@NAME@", name)
            .replace("@CUR@", country.currency)
            .replace("@ZONE@", country.zone)
            .replace("@LAW@", country.code)
            .replace("@FLOOR@", &country.floor.to_string())
            .replace("@AMOUNT@", &(country.floor * 10).to_string())
    };
    let strategy = fill(strategy);
    let Ok(strategy) = format(&strategy, None) else { bail!("the strategy of `cobro new` has a mistake") };
    let portfolio = lang.pick("cartera.csv", "portfolio.csv");
    Ok(vec![
        (format!("{name}.cobro"), strategy),
        (portfolio.to_owned(), self::portfolio(country, lang)),
        (lang.pick("LEEME.md", "README.md").to_owned(), fill(readme)),
    ])
}

/// Six accounts: some pay, some do not, one is too small.
fn portfolio(country: &Country, lang: Lang) -> String {
    let mut out = String::from(
        "customer,account,name,company,phone,email,timezone,country,currency,invoice,issued_on,due_on,amount,balance,pay_link,payments\n",
    );
    let company = lang.pick("Comercial Ejemplo", "Example Trading");
    let names = ["Ana Torres", "Luis Rojas", "Marta Díaz", "José Pérez", "Elena Soto", "Raúl Vega"];
    for (at, name) in (1_i64..).zip(names) {
        let units = if at == 6 { country.floor / 2 } else { country.floor * 5 * at };
        let amount = cobro_dsl::values::Currency::parse(country.currency)
            .map(|currency| Money::new(units * currency.minor_per_unit(), currency).figure())
            .unwrap_or_default();
        let paid = if at % 2 == 0 { format!("2026-03-{:02}:{amount}", 4 + at) } else { String::new() };
        let _ = writeln!(
            out,
            "C{at},A{at},{name},{company},{}0000000{at},cliente{at}@example.com,{},{},{},F-{at},2026-01-{:02},2026-02-{:02},{amount},{amount},https://pagos.example.com/A{at},{paid}",
            country.phone,
            country.zone,
            country.code,
            country.currency,
            10 + at,
            12 + at,
        );
    }
    out
}

fn write(folder: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    let failed = |error: std::io::Error| {
        anyhow::anyhow!(
            "{}: {} / {}",
            folder.display(),
            output::io(&error, Lang::Es),
            output::io(&error, Lang::En)
        )
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (file, text) in files {
        std::fs::write(folder.join(file), text).map_err(failed)?;
    }
    Ok(())
}
