//! What was found out, for people.

use super::Found;
use cobro_dsl::values::Lang;
use cobro_engine::calibrate::check::{LATE_MOST, missed};
use cobro_engine::calibrate::{Event, Rate, chance};
use std::fmt::Write;

/// A share with its bounds.
fn percent(rate: &Rate) -> String {
    let (low, high) = rate.bounds();
    format!("{:5.1} %  [{:.1}, {:.1}]", rate.share() * 100.0, low * 100.0, high * 100.0)
}

/// The whole report.
pub(super) fn told(found: &Found, lang: Lang) -> String {
    let mut out = String::new();
    head(&mut out, found, lang);
    memory(&mut out, found, lang);
    foretold(&mut out, found, lang);
    contacts(&mut out, found, lang);
    unknown(&mut out, found, lang);
    out
}

fn head(out: &mut String, found: &Found, lang: Lang) {
    let event = match found.event {
        Event::Payment => lang.pick("paga algo", "something is paid"),
        Event::Cure => lang.pick("deja de estar en mora", "is not late any more"),
    };
    let last = found.months.iter().map(|month| month.month).max().unwrap_or(0);
    let _ = writeln!(
        out,
        "{}: {} {}, {} {} {}; {}: {event}",
        found.file,
        found.months.len(),
        lang.pick("meses de cuentas", "months of accounts"),
        found.month(0),
        lang.pick("a", "to"),
        found.month(last),
        lang.pick("lo que se predice", "what is foretold"),
    );
    let _ = writeln!(
        out,
        "\n{}",
        lang.pick("En un mes, por días de mora (95 %)", "In a month, by days past due (95 %)")
    );
    for ((from, to), rate) in found.fitted.cells.ages.iter().zip(&found.fitted.ages) {
        if rate.of > 0 {
            let _ = writeln!(out, "  {:>13}  {:>7}  {}", format!("{from}..{to}"), rate.of, percent(rate));
        }
    }
    let _ = writeln!(out, "\n{}", lang.pick("En un mes, por monto", "In a month, by amount owed"));
    let edges: Vec<i64> = std::iter::once(0).chain(found.fitted.cells.amounts.iter().copied()).collect();
    for ((from, rate), factor) in edges.iter().zip(&found.fitted.amount_rates).zip(&found.fitted.amounts) {
        let (from, at_least) = (from / found.minor, lang.pick("desde", "from"));
        let factor_word = lang.pick("factor", "factor");
        let _ = writeln!(
            out,
            "  {at_least} {from:>8}  {:>7}  {}  {factor_word} {factor:.2}",
            rate.of,
            percent(rate)
        );
    }
    if found.fitted.kinds.len() > 1 {
        let _ = writeln!(out, "\n{}", lang.pick("Tipos ocultos de deudor", "Hidden types of debtors"));
        for kind in &found.fitted.kinds {
            let _ = writeln!(
                out,
                "  {:5.1} %  {} {:.3}",
                kind.share * 100.0,
                lang.pick("factor", "factor"),
                kind.factor
            );
        }
    }
}

fn memory(out: &mut String, found: &Found, lang: Lang) {
    if found.memory.len() < 2 {
        return;
    }
    let _ = writeln!(
        out,
        "\n{}",
        lang.pick(
            "Igual de morosas hoy, por meses seguidos en mora antes: lo visto, un modelo sin tipos, este modelo",
            "Equally late now, by months late in a row before: what was seen, a model without types, this model",
        )
    );
    for row in &found.memory {
        let more = if row.late_before == LATE_MOST { "+" } else { " " };
        let _ = writeln!(
            out,
            "  {}{more}  {:>7}  {}   {:5.1} %   {:5.1} %",
            row.late_before,
            row.seen.of,
            percent(&row.seen),
            row.forgetful * 100.0,
            row.foretold * 100.0
        );
    }
    let (plain, fitted) =
        (missed(&found.memory, |row| row.forgetful), missed(&found.memory, |row| row.foretold));
    let rows = found.memory.len();
    let _ = match lang {
        Lang::Es => writeln!(
            out,
            "  un modelo sin tipos {}: {plain} de {rows} filas fuera de sus límites; este modelo: {fitted} de {rows}",
            if plain > 0 { "olvida" } else { "basta" }
        ),
        Lang::En => writeln!(
            out,
            "  a model without types {}: {plain} of {rows} rows outside their bounds; this model: {fitted} of {rows}",
            if plain > 0 { "forgets" } else { "will do" }
        ),
    };
    if fitted > 0 {
        let _ = writeln!(
            out,
            "  {}",
            lang.pick(
                "este modelo olvida: predice de más o de menos a quienes llevan más tiempo en mora",
                "this model forgets: of those who have been late for longer it foretells too much or too little",
            )
        );
    }
}

fn foretold(out: &mut String, found: &Found, lang: Lang) {
    let _ = writeln!(
        out,
        "\n{}",
        lang.pick(
            "Fuera de muestra: meses que el ajuste no vio, predichos un mes antes (banda del 95 %)",
            "Out of sample: months that the fit had not seen, foretold a month ahead (band of 95 %)",
        )
    );
    let verdict = |holds: bool| match holds {
        true => lang.pick("dentro", "inside"),
        false => lang.pick("FUERA", "OUTSIDE"),
    };
    for row in &found.foretold {
        let (low, middle, high) = row.expected;
        let _ = writeln!(
            out,
            "  {}  {:>7} {}  {} {middle:.0} [{low:.0}, {high:.0}]  {} {}  {}",
            found.month(row.month),
            row.accounts,
            lang.pick("cuentas", "accounts"),
            lang.pick("se predicen", "foretold"),
            lang.pick("fueron", "were"),
            row.count,
            verdict(row.holds()),
        );
        let minor = found.minor as f64;
        let (low, middle, high) = row.money;
        let _ = writeln!(
            out,
            "           {} {:.0} [{:.0}, {:.0}]  {} {:.0}  {}",
            lang.pick("dinero", "money"),
            middle / minor,
            low / minor,
            high / minor,
            lang.pick("fue", "was"),
            row.paid as f64 / minor,
            verdict(row.money_holds()),
        );
    }
}

fn contacts(out: &mut String, found: &Found, lang: Lang) {
    let _ = writeln!(out, "\n{}", lang.pick("Efecto de los contactos", "Effect of contacts"));
    let Some(seen) = &found.contacts else {
        let told = match found.with_contacts {
            true => lang.pick(
                "no se puede saber: o todos los meses tienen contacto o ninguno",
                "cannot be known: either all months have a contact or none has",
            ),
            false => lang.pick(
                "no se puede saber: no hay contactos en los datos",
                "cannot be known: the data have no contacts",
            ),
        };
        let _ = writeln!(out, "  {told}; `lift` {}", lang.pick("queda en 1, supuesto", "stays 1, assumed"));
        return;
    };
    let _ = writeln!(
        out,
        "  {}  {:>7}  {}",
        lang.pick("con contacto", "with contact   "),
        seen.with.of,
        percent(&seen.with)
    );
    let _ = writeln!(
        out,
        "  {}  {:>7}  {}",
        lang.pick("sin contacto", "without contact"),
        seen.without.of,
        percent(&seen.without)
    );
    let _ = writeln!(out, "  {} {:.2}", lang.pick("razón a secas", "ratio as it is"), seen.raw());
    if let Some((ratio, low, high)) = seen.alike {
        let _ = writeln!(
            out,
            "  {} {ratio:.2} [{low:.2}, {high:.2}] ({:.0} % {})",
            lang.pick(
                "razón entre iguales en mora, monto y meses",
                "ratio among equals in age, amount and months late"
            ),
            seen.overlap * 100.0,
            lang.pick("de los meses tienen con quién compararse", "of the months have their like"),
        );
    }
    let _ = writeln!(
        out,
        "  {} {:.1} % / {:.1} %{}",
        lang.pick(
            "sin saber de contactos, el modelo da a unos y otros",
            "knowing nothing of contacts the model gives the one and the other",
        ),
        seen.foretold.0 * 100.0,
        seen.foretold.1 * 100.0,
        if seen.went_to_the_hard() {
            lang.pick(
                ": los contactos fueron a los casos más difíciles",
                ": contacts went to the harder cases",
            )
        } else {
            ""
        },
    );
    let told = match found.by_lot {
        true => lang.pick(
            "repartidos por sorteo: el efecto sale de los datos",
            "given by lot: the effect is taken from the data",
        ),
        false => lang.pick(
            "no se puede saber: quién recibe un contacto lo eligió alguien por razones que los datos no muestran; una razón menor que 1 no dice que el contacto dañe, ni una mayor que ayude. `lift` queda en 1, supuesto. Para medirlo, reparta contactos por sorteo (`divide`) y use --by-lot",
            "cannot be known: somebody chose whom to contact, for reasons that the data do not show; a ratio below 1 does not say that contact harms, nor one above that it helps. `lift` stays 1, assumed. To measure it, give contacts by lot (`split`) and use --by-lot",
        ),
    };
    let _ = writeln!(out, "  {told}");
}

fn unknown(out: &mut String, found: &Found, lang: Lang) {
    let (known, all) =
        (found.months.iter().filter(|month| month.late_before.is_some()).count(), found.months.len());
    let base = found.fitted.hazards.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(out, "\n{}", lang.pick("Lo que estos datos no dicen", "What these data do not tell"));
    let _ = match lang {
        Lang::Es => writeln!(
            out,
            "  entrega, lectura y respuesta de mensajes, promesas, disputas, bajas, tareas: supuestos todos\n  \
             el día del mes y la hora: se reparte por igual sobre 30 días\n  \
             {} de {all} meses empiezan en una mora cuyo principio no se ve: no entran en los tipos\n  \
             qué habría pasado con otra cobranza: lo pagado se pagó bajo la que hubo (como mucho {:.1} % en un mes)",
            all - known,
            chance(base) * 100.0
        ),
        Lang::En => writeln!(
            out,
            "  delivery, reading and answers of messages, promises, disputes, objections, tasks: all assumed\n  \
             day of the month and hour: spread evenly over 30 days\n  \
             {} of {all} months begin in a lateness whose beginning is not seen: the types leave them out\n  \
             what another collection would have brought: what was paid was paid under the one there was (at most {:.1} % in a month)",
            all - known,
            chance(base) * 100.0
        ),
    };
}
