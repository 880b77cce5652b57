//! The report of a comparison.

use super::chart::{self, Axes, Line};
use super::definitions::Definition;
use super::{Page, Table, short};
use crate::commands::compare::{Changed, Comparison, Side, rows, verdict};
use crate::dry_run::DryRunArgs;
use crate::dry_run::words::{self, count, money};
use cobro_dsl::values::{Channel, Lang};
use cobro_engine::trace;

/// So many accounts are shown, those whose payments differ most.
const ACCOUNTS_MAX: usize = 50;

/// The page.
pub(crate) fn of(
    asked: &DryRunArgs,
    sides: &[Side<'_>; 2],
    total: &Comparison,
    lang: Lang,
) -> anyhow::Result<String> {
    let [first, second] = sides.each_ref().map(|side| side.context.program);
    let plan = &sides[0].plan;
    let title = format!("{} / {}", first.title, second.title);
    let under = [
        format!(
            "A: {} {} · B: {} {}",
            first.name,
            first.version.short(),
            second.name,
            second.version.short()
        ),
        format!(
            "{} {} · {} {} · {}: {} · {} {} · {}: {}",
            lang.pick("del", "from"),
            plan.from,
            plan.days,
            lang.pick("días", "days"),
            lang.pick("Conducta", "Behaviour"),
            words::behaviour(&asked.behaviour, lang),
            lang.pick("semilla", "seed"),
            plan.seed,
            lang.pick("Cartera", "Portfolio"),
            asked.portfolio.display(),
        ),
    ];
    let heads = [
        ("headline", lang.pick("En resumen", "In short")),
        ("curve", lang.pick("Curva de recuperación", "Recovery curve")),
        ("changed", lang.pick("Cuentas tratadas distinto", "Accounts treated differently")),
    ];
    let mut page = Page::begin(lang, &title, &under, &heads);
    page.section("headline", heads[0].1, &[Definition::Collected, Definition::Messages, Definition::Cost]);
    page.html.leaf("p", &[("class", "verdict")], &verdict(total, lang));
    page.paragraph(lang.pick(
        "Cada cuenta vive lo mismo con las dos: mismos sorteos por día y por mensaje. ± es la mitad del intervalo de 95 % de la diferencia, con el cliente como observación.",
        "Each account lives through the same under both: the same draws by day and by message. ± is half of the difference's 95 % interval, a customer being one observation.",
    ));
    let head = [lang.pick("medida", "measure"), "A", "B", "B − A", lang.pick("relativa", "relative")];
    let table: Vec<Vec<String>> = rows(first, asked, total, lang).into_iter().map(Vec::from).collect();
    page.html.table(heads[0].1, &head, &table);
    curve(&mut page, heads[1].1, sides, total, lang)?;
    changed(&mut page, heads[2].1, sides, total, lang)?;
    Ok(page.finish())
}

fn curve(
    page: &mut Page,
    heading: &str,
    sides: &[Side<'_>; 2],
    total: &Comparison,
    lang: Lang,
) -> anyhow::Result<()> {
    page.section("curve", heading, &[Definition::Collected, Definition::BandOf]);
    let (program, plan) = (sides[0].context.program, &sides[0].plan);
    let unit = program.currency.minor_per_unit();
    let day = |at: usize| {
        plan.from
            .checked_add_days(chrono::Days::new(at as u64))
            .map_or_else(String::new, |on| on.format("%m-%d").to_string())
    };
    let amount = |value: f64| short(value, unit);
    let owed = total.measures[0].owed as f64;
    let curves = total.measures.each_ref().map(|measures| measures.curve());
    let gap: Vec<f64> = curves[0].iter().zip(&curves[1]).map(|(one, other)| (other - one) as f64).collect();
    let band: Vec<(f64, f64)> = total.drawn[1]
        .bands_against(&total.drawn[0])
        .iter()
        .map(|band| (band.low * owed, band.high * owed))
        .collect();
    let floats = |curve: &[i64]| curve.iter().map(|minor| *minor as f64).collect();
    let table = |at: usize, date: String| {
        let (low, high) = band.get(at).copied().unwrap_or_default();
        let told = |value: f64| money(program, value.round() as i64);
        vec![
            date,
            money(program, curves[0][at]),
            money(program, curves[1][at]),
            told(gap[at]),
            told(low),
            told(high),
        ]
    };
    let dates =
        || plan.from.iter_days().take(gap.len()).enumerate().map(|(at, date)| table(at, date.to_string()));
    let head = [
        lang.pick("día", "day"),
        "A",
        "B",
        "B − A",
        lang.pick("banda: de", "band: from"),
        lang.pick("a", "to"),
    ];
    let caption =
        format!("{} ({})", lang.pick("Cobrado hasta cada día", "Collected by each day"), program.currency);
    let lines = [
        Line { values: floats(&curves[1]), band: Vec::new(), is_dashed: false },
        Line { values: floats(&curves[0]), band: Vec::new(), is_dashed: true },
    ];
    let drawn = chart::lines(&Axes { says: &caption, x: &day, y: &amount }, &lines)?;
    page.chart(
        &caption,
        &[("k1", "B"), ("dash", "A")],
        &drawn,
        Table { head: &head, rows: dates().collect() },
    );
    let caption = format!(
        "{} ({})",
        lang.pick(
            "Diferencia B − A hasta cada día, con su banda",
            "Difference B − A by each day, with its band"
        ),
        program.currency
    );
    let lines = [Line { values: gap.clone(), band: band.clone(), is_dashed: false }];
    let drawn = chart::lines(&Axes { says: &caption, x: &day, y: &amount }, &lines)?;
    page.chart(&caption, &[("k1", "B − A")], &drawn, Table { head: &head, rows: dates().collect() });
    Ok(())
}

fn changed(
    page: &mut Page,
    heading: &str,
    sides: &[Side<'_>; 2],
    total: &Comparison,
    lang: Lang,
) -> anyhow::Result<()> {
    page.section("changed", heading, &[]);
    let (program, plan) = (sides[0].context.program, &sides[0].plan);
    page.paragraph(&format!(
        "{} {} {}",
        count(total.changed.len() as u64),
        lang.pick("de", "of"),
        count(total.measures[0].accounts),
    ));
    if total.changed.is_empty() {
        return Ok(());
    }
    let days = total.changed_by_day();
    let values: Vec<f64> = plan
        .from
        .iter_days()
        .take(plan.days as usize)
        .map(|day| days.get(&day).copied().unwrap_or(0) as f64)
        .collect();
    let caption = lang.pick(
        "Cuentas tratadas distinto, por el primer día",
        "Accounts treated differently, by the first day",
    );
    let day = |at: usize| {
        plan.from
            .checked_add_days(chrono::Days::new(at as u64))
            .map_or_else(String::new, |on| on.format("%m-%d").to_string())
    };
    let drawn = chart::bars(&Axes { says: caption, x: &day, y: &|value| short(value, 1) }, &[values])?;
    let table = days.iter().map(|(day, number)| vec![day.to_string(), count(*number)]).collect();
    page.chart(
        caption,
        &[],
        &drawn,
        Table { head: &[lang.pick("día", "day"), lang.pick("cuentas", "accounts")], rows: table },
    );
    let table: Vec<Vec<String>> = Channel::ALL
        .into_iter()
        .filter(|channel| total.added[channel.index()] + total.removed[channel.index()] > 0)
        .map(|channel| {
            vec![
                trace::channel(channel, lang).to_owned(),
                count(total.added[channel.index()]),
                count(total.removed[channel.index()]),
            ]
        })
        .collect();
    page.html.table(
        lang.pick("Mensajes que B añade y quita", "Messages that B adds and removes"),
        &[lang.pick("canal", "channel"), lang.pick("añadidos", "added"), lang.pick("quitados", "removed")],
        &table,
    );
    let mut most: Vec<&Changed> = total.changed.iter().collect();
    most.sort_by_key(|one| {
        (std::cmp::Reverse((one.fates[1].paid - one.fates[0].paid).abs()), one.account.as_str())
    });
    let table: Vec<Vec<String>> = most
        .iter()
        .take(ACCOUNTS_MAX)
        .map(|one| {
            let messages = one.fates.map(|fate| fate.sent.iter().sum::<u32>().to_string());
            let [a, b] = messages;
            vec![
                one.account.clone(),
                one.from.to_string(),
                a,
                b,
                money(program, one.fates[0].paid),
                money(program, one.fates[1].paid),
            ]
        })
        .collect();
    page.html.table(
        lang.pick("Las cuentas cuyos pagos más difieren", "The accounts whose payments differ most"),
        &[
            lang.pick("cuenta", "account"),
            lang.pick("distinta desde", "different from"),
            lang.pick("mensajes A", "messages A"),
            lang.pick("mensajes B", "messages B"),
            lang.pick("cobrado A", "collected A"),
            lang.pick("cobrado B", "collected B"),
        ],
        &table,
    );
    Ok(())
}
