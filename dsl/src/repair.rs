//! What would put a finding right, where it takes the whole file to know: a stub for what is named and does not
//! exist, a clause that is missing, a wait before a way back.
//!
//! In: the tree, its text, and findings without an edit of their own. Out: the same findings with edits; none of
//! them is safe, for each says something new. Absent: edits that are known where the mistake is found.

use crate::ast::{Block, Clause, File, Handler, Item, StatementKind, Strategy, Template, Way};
use crate::countries::{COUNTRIES, Country};
use crate::diagnostic::Diagnostic;
use crate::problems::Problem;
use crate::program::OutcomeKind;
use crate::source::{Source, Span};
use crate::values::{Lang, Number};

/// Adds the edits.
pub(crate) fn offer(file: &File, source: &Source, findings: &mut [Diagnostic]) {
    let repair = Repair { file, source };
    for finding in findings {
        let taken =
            std::mem::replace(finding, Diagnostic::new(crate::problems::UnclosedText, Span::default()));
        *finding = repair.one(taken);
    }
}

struct Repair<'a> {
    file: &'a File,
    source: &'a Source,
}

impl Repair<'_> {
    fn one(&self, finding: Diagnostic) -> Diagnostic {
        let span = finding.span;
        match finding.problem.clone() {
            Problem::UnknownStep(facts) => self.step(finding, &facts.name),
            Problem::UnknownOutcome(facts) => {
                let stub = match self.lang() {
                    Lang::Es => format!("fin {} neutral", facts.name),
                    Lang::En => format!("end {} neutral", facts.name),
                };
                match self.strategy(span) {
                    Some(strategy) => self.stub(finding, self.before_brace(strategy.span, "  ", &stub)),
                    None => finding,
                }
            }
            Problem::UnknownTemplate(facts) => self.template_stub(finding, &facts.name),
            Problem::MissingClause(facts) => match self.strategy(span) {
                Some(strategy) => self.clause(finding, strategy, &facts.what_en),
                None => finding,
            },
            Problem::NoLaw(_) => {
                let law = self.strategy(span).and_then(country);
                match (law, self.strategy(span)) {
                    (Some((law, _)), Some(strategy)) => {
                        let word = self.lang().pick("norma", "law");
                        self.in_head(finding, strategy, &format!("{word} {law}"))
                    }
                    _ => finding,
                }
            }
            Problem::SharesNotWhole(_) => self.shares(finding),
            Problem::StepWithoutEnd(_) => self.way_out(finding),
            Problem::LoopWithoutWait(_) => self.wait(finding),
            Problem::DuplicateName(facts) => {
                let fresh = (2..)
                    .map(|number| format!("{}_{number}", facts.name))
                    .find(|name| !self.source.text.contains(name.as_str()));
                match fresh {
                    Some(name) => finding.guess(span, name),
                    None => finding,
                }
            }
            Problem::DuplicateClause(_) | Problem::DuplicateHandler(_) => self.second_time(finding),
            Problem::UnreachableStatement(_) => finding.choice(self.with_blank_before(span), ""),
            Problem::TemplateWithoutText(_) => {
                let stub = self.lang().pick(
                    "texto \"Hola {{nombre}}, te escribe {{empresa}}. Tu saldo es de {{saldo}}: {{enlace_pago}}\"",
                    "text \"Hello {{name}}, this is {{company}}. Your balance is {{balance}}: {{pay_link}}\"",
                );
                self.in_template(finding, stub)
            }
            Problem::MissingSubject(_) => {
                let stub = self.lang().pick(
                    "asunto \"Tu cuenta con {{empresa}}\"",
                    "subject \"Your account with {{company}}\"",
                );
                self.in_template(finding, stub)
            }
            Problem::HoursReversed(_) => self.hours(finding),
            _ => finding,
        }
    }

    fn lang(&self) -> Lang {
        self.file.lang
    }

    fn strategies(&self) -> impl Iterator<Item = &Strategy> {
        self.file.items.iter().filter_map(|item| match item {
            Item::Strategy(strategy) => Some(strategy),
            _ => None,
        })
    }

    /// The strategy in which a piece of text stands.
    fn strategy(&self, span: Span) -> Option<&Strategy> {
        self.strategies().find(|strategy| within(span, strategy.span))
    }

    /// A stub is a guess when nothing is called nearly so; else it is one of two things that may be meant.
    fn stub(&self, finding: Diagnostic, (at, text): (Span, String)) -> Diagnostic {
        if finding.fixes.is_empty() { finding.guess(at, text) } else { finding.choice(at, text) }
    }

    /// A line before the brace that closes something.
    fn before_brace(&self, whole: Span, indent: &str, line: &str) -> (Span, String) {
        let brace = whole.end.saturating_sub(1).max(whole.start);
        let before = self.source.text.get(..brace as usize).unwrap_or("");
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let at = brace - blanks as u32;
        if before.get(..before.len() - blanks).is_some_and(|rest| rest.ends_with('\n')) {
            let outer = before.get(before.len() - blanks..).unwrap_or("");
            let line = line.replace('\n', &format!("\n{outer}{indent}"));
            return (Span { start: at, end: at }, format!("{outer}{indent}{line}\n"));
        }
        (Span { start: brace, end: brace }, format!(" {} ", line.replace('\n', " ")))
    }

    fn in_head(&self, finding: Diagnostic, strategy: &Strategy, line: &str) -> Diagnostic {
        let text = self.source.text.get(strategy.name.span.end as usize..).unwrap_or("");
        let Some(brace) = text.find('{') else { return finding };
        let at = strategy.name.span.end + brace as u32 + 1;
        let is_alone = text
            .get(brace + 1..)
            .is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
        let text = if is_alone { format!("\n  {line}") } else { format!(" {line} ") };
        finding.guess(Span { start: at, end: at }, text)
    }

    fn step(&self, finding: Diagnostic, name: &str) -> Diagnostic {
        let Some(strategy) = self.strategy(finding.span) else { return finding };
        let Some(end) = outcome(strategy) else { return finding };
        let stub = match self.lang() {
            Lang::Es => format!("\npaso {name} {{\n  nota \"Por escribir.\"\n  fin {end}\n}}"),
            Lang::En => format!("\nstep {name} {{\n  note \"To be written.\"\n  end {end}\n}}"),
        };
        self.stub(finding, self.before_brace(strategy.span, "  ", &stub))
    }

    fn template_stub(&self, finding: Diagnostic, name: &str) -> Diagnostic {
        let end = self.source.text.len() as u32;
        let line = if self.source.text.ends_with('\n') { "" } else { "\n" };
        let stub = match self.lang() {
            Lang::Es => format!(
                "{line}\nplantilla {name} para whatsapp {{\n  finalidad recordatorio\n  texto \"Hola {{{{nombre}}}}, te escribe {{{{empresa}}}}. Tu saldo es de {{{{saldo}}}}: {{{{enlace_pago}}}}\"\n}}\n"
            ),
            Lang::En => format!(
                "{line}\ntemplate {name} for whatsapp {{\n  purpose reminder\n  text \"Hello {{{{name}}}}, this is {{{{company}}}}. Your balance is {{{{balance}}}}: {{{{pay_link}}}}\"\n}}\n"
            ),
        };
        self.stub(finding, (Span { start: end, end }, stub))
    }

    fn clause(&self, finding: Diagnostic, strategy: &Strategy, what: &str) -> Diagnostic {
        let lang = self.lang();
        let place = country(strategy);
        let line = match what {
            "currency" => {
                let named = strategy.clauses.iter().find_map(|clause| match &clause.is {
                    Clause::Law(name) => of_law(&name.text),
                    _ => None,
                });
                let currency = named.map_or("PEN", |row| row.currency);
                format!("{} {currency}", lang.pick("moneda", "currency"))
            }
            "timezone" => {
                let zone = place.map_or("America/Lima", |(_, zone)| zone);
                format!("{} {zone}", lang.pick("zona horaria", "timezone"))
            }
            "enter" => lang.pick("entra si dias_mora >= 1", "enter when days_past_due >= 1").to_owned(),
            "start" => {
                let first = strategy.clauses.iter().find_map(|clause| match &clause.is {
                    Clause::Step(step) => Some(step.name.text.as_str()),
                    _ => None,
                });
                let Some(first) = first else { return finding };
                format!("{} {first}", lang.pick("inicio", "start"))
            }
            _ => return finding,
        };
        self.in_head(finding, strategy, &line)
    }

    /// The last share takes what is left to 100 %.
    fn shares(&self, finding: Diagnostic) -> Diagnostic {
        let mut last = None;
        self.each_statement(&mut |kind, _| {
            if let StatementKind::Split { name, ways, .. } = kind
                && name.span == finding.span
            {
                last = rest_of(ways);
            }
        });
        match last {
            Some((at, share)) => finding.guess(at, share),
            None => finding,
        }
    }

    fn way_out(&self, finding: Diagnostic) -> Diagnostic {
        let Some(strategy) = self.strategy(finding.span) else { return finding };
        let step = strategy.clauses.iter().find_map(|clause| match &clause.is {
            Clause::Step(step) if step.name.span == finding.span => Some(step),
            _ => None,
        });
        let (Some(step), Some(end)) = (step, outcome(strategy)) else { return finding };
        let line = format!("{} {end}", self.lang().pick("fin", "end"));
        let (at, text) = self.before_brace(step.body.span, "  ", &line);
        finding.guess(at, text)
    }

    fn wait(&self, finding: Diagnostic) -> Diagnostic {
        let mut is_handler = false;
        for strategy in self.strategies() {
            each_handler(strategy, &mut |handler| {
                is_handler |= handler.is_arrow && handler.body.span == finding.span;
            });
        }
        let wait = self.lang().pick("esperar 1 día", "wait 1 day");
        let (span, written) = (finding.span, self.source.slice(finding.span).to_owned());
        if !written.starts_with("->") {
            return finding;
        }
        if is_handler {
            finding.guess(span, format!("{{ {wait} {written} }}"))
        } else {
            finding.guess(Span { start: span.start, end: span.start }, format!("{wait} "))
        }
    }

    /// The second of two: nothing is lost when both say the same.
    fn second_time(&self, finding: Diagnostic) -> Diagnostic {
        let Some(first) = finding.others.first().map(|other| other.span) else { return finding };
        let mut whole = (finding.span, first);
        for strategy in self.strategies() {
            each_handler(strategy, &mut |handler| {
                for place in [&mut whole.0, &mut whole.1] {
                    if handler.trigger.span == *place {
                        *place = handler.span;
                    }
                }
            });
        }
        let (second, first) = whole;
        let is_same = self.source.slice(second) == self.source.slice(first);
        if is_same {
            return finding.fix(self.with_blank_before(second), "");
        }
        finding.choice(self.with_blank_before(second), "")
    }

    /// With the blanks before it, and its line's end when nothing else stands on its line.
    fn with_blank_before(&self, span: Span) -> Span {
        let before = self.source.text.get(..span.start as usize).unwrap_or("");
        let trimmed = before.trim_end_matches([' ', '\t']);
        let start = trimmed.strip_suffix('\n').unwrap_or(trimmed).len();
        Span { start: start as u32, end: span.end }
    }

    fn in_template(&self, finding: Diagnostic, stub: &str) -> Diagnostic {
        let is_it = |template: &&Template| template.name.span == finding.span;
        let templates = self.file.items.iter().filter_map(|item| match item {
            Item::Template(template) => Some(template),
            _ => None,
        });
        match templates.into_iter().find(is_it) {
            Some(template) => {
                let (at, text) = self.before_brace(template.span, "  ", stub);
                finding.guess(at, text)
            }
            None => finding,
        }
    }

    /// Opening and closing time change places.
    fn hours(&self, finding: Diagnostic) -> Diagnostic {
        let written = self.source.slice(finding.span);
        let Some((at, dash)) = written.char_indices().rfind(|(_, c)| matches!(c, '-' | '–')) else {
            return finding;
        };
        let (before, after) =
            (written.get(..at).unwrap_or(""), written.get(at + dash.len_utf8()..).unwrap_or(""));
        let open = before.rsplit([' ', '\t']).next().unwrap_or("");
        let start = finding.span.start + (before.len() - open.len()) as u32;
        let span = Span { start, end: finding.span.end };
        let swapped = format!("{}-{open}", after.trim());
        finding.guess(span, swapped)
    }

    fn each_statement(&self, take: &mut dyn FnMut(&StatementKind, Span)) {
        for strategy in self.strategies() {
            for clause in &strategy.clauses {
                match &clause.is {
                    Clause::Step(step) => step.blocks().for_each(|block| each(block, take, &mut |_| {})),
                    Clause::Always(handlers) => {
                        handlers.iter().for_each(|handler| each(&handler.body, take, &mut |_| {}));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Every handler of a strategy, those inside others included.
fn each_handler(strategy: &Strategy, take: &mut dyn FnMut(&Handler)) {
    for clause in &strategy.clauses {
        match &clause.is {
            Clause::Step(step) => step.blocks().for_each(|block| each(block, &mut |_, _| {}, take)),
            Clause::Always(handlers) => {
                for handler in handlers {
                    take(handler);
                    each(&handler.body, &mut |_, _| {}, take);
                }
            }
            _ => {}
        }
    }
}

fn each(block: &Block, take: &mut dyn FnMut(&StatementKind, Span), handled: &mut dyn FnMut(&Handler)) {
    for statement in &block.statements {
        take(&statement.kind, statement.span);
        for inner in statement.kind.handlers() {
            handled(inner);
        }
        for inner in statement.kind.blocks() {
            each(inner, take, handled);
        }
    }
}

fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The last way's share, and what it must be.
fn rest_of(ways: &[Way]) -> Option<(Span, String)> {
    let (last, others) = ways.split_last()?;
    let sum =
        others.iter().map(|way| Number::parse(&way.share.is).map(|share| share.0)).sum::<Option<i64>>()?;
    let rest = Number(Number::whole(100).0.checked_sub(sum)?);
    (rest.0 > 0).then(|| (last.share.span, format!("{rest}%")))
}

/// The outcome that says least: a failure before anything neutral, a success never.
fn outcome(strategy: &Strategy) -> Option<&str> {
    let kinds = [Some(OutcomeKind::Failure), Some(OutcomeKind::Neutral), None];
    kinds.iter().find_map(|wanted| {
        strategy.clauses.iter().find_map(|clause| match &clause.is {
            Clause::Outcome(name, kind) if kind == wanted => Some(name.text.as_str()),
            _ => None,
        })
    })
}

fn of_law(law: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == law)
}

/// Law pack and zone of a strategy's country, by its law or else its currency.
fn country(strategy: &Strategy) -> Option<(&'static str, &'static str)> {
    let row = strategy.clauses.iter().find_map(|clause| match &clause.is {
        Clause::Law(name) => of_law(&name.text),
        Clause::Currency(name) => COUNTRIES.iter().find(|country| country.currency == name.text),
        _ => None,
    })?;
    Some((row.code, row.zone))
}
