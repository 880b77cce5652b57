//! What stands at the top of a file, and the clauses of a strategy.

use super::cursor::Cursor;
use super::{Kind, statements, templates, tests};
use crate::ast::parameter::{ParameterType, ParameterValue};
use crate::ast::{
    At, Clause, Condition, ContactClause, Field, HoursPart, Intent, Item, LimitPart, Name, Phrase, Step,
    Strategy, Why,
};
use crate::keywords::Keyword as K;
use crate::program::OutcomeKind;
use crate::source::Span;
use crate::values::{Channel, ChannelSet, Stretch, TimeOfDay, Type, WeekHours, Window};

const TOPS: [K; 7] = [K::Strategy, K::Template, K::Test, K::Intent, K::Parameter, K::Import, K::SubStrategy];

/// Clauses that may stand at the top of a file, for all of its strategies.
const SHARED: [K; 10] = [
    K::Currency,
    K::Timezone,
    K::Law,
    K::Contact,
    K::Field,
    K::Condition,
    K::Segment,
    K::PromiseGrace,
    K::Queue,
    K::Guarantee,
];

pub(super) const CHANNELS: [(K, Channel); 4] = [
    (K::Whatsapp, Channel::Whatsapp),
    (K::Email, Channel::Email),
    (K::Sms, Channel::Sms),
    (K::Call, Channel::Call),
];

/// Does a new item of the file begin here, on its own line? Then a block that is still open was never closed.
pub(super) fn begins_item(c: &Cursor<'_>) -> bool {
    let token = c.peek();
    if !token.starts_line || token.kind != Kind::Word {
        return false;
    }
    let named =
        |tokens: usize| c.peek_at(tokens).kind == Kind::Word || c.peek_at(tokens).kind == Kind::QuotedName;
    let strategy = c.sees(K::Strategy).max(c.sees(K::SubStrategy));
    let template = c.sees(K::Template);
    let (test, import) = (c.sees(K::Test), c.sees(K::Import));
    let intent = c.sees(K::Intent);
    (strategy > 0 && named(strategy) && c.peek_at(strategy + 1).kind == Kind::Open)
        || (template > 0
            && named(template)
            && c.peek_at(template + 1).kind == Kind::Word
            && token.starts_line)
        || (test > 0 && c.peek_at(test).kind == Kind::Text)
        || (intent > 0 && named(intent) && c.peek_at(intent + 1).kind == Kind::Open)
        || (import > 0 && c.peek_at(import).kind == Kind::Text)
}

/// Does a step, or another clause with a block, begin here on its own line? Then a block that is still open was
/// never closed.
pub(super) fn begins_step(c: &Cursor<'_>) -> bool {
    let opens = |keyword: K, names: usize| {
        let tokens = c.sees(keyword);
        tokens > 0 && c.peek_at(tokens + names).kind == Kind::Open
    };
    c.peek().starts_line
        && (opens(K::Step, 1)
            || step_with_reason(c)
            || opens(K::Always, 0)
            || opens(K::Contact, 0)
            || opens(K::Plan, 1))
}

/// `step name because "…"`, `step name renamed from other`
fn step_with_reason(c: &Cursor<'_>) -> bool {
    let tokens = c.sees(K::Step);
    let words = [K::Because, K::Basis, K::RenamedFrom];
    tokens > 0 && words.iter().any(|keyword| c.sees_at(tokens + 1, *keyword) > 0)
}

pub(super) fn items(c: &mut Cursor<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    while !c.is_at_end() {
        let start = c.peek().span.start;
        if c.eat(K::Parameter) {
            items.extend(parameter(c, start));
        } else if c.sees(K::Import) > 0 && c.peek_at(c.sees(K::Import)).kind == Kind::Text {
            c.eat(K::Import);
            items.extend(import(c, start));
        } else if SHARED.iter().any(|keyword| c.sees(*keyword) > 0) {
            match clause(c) {
                Some(is) => items.push(Item::Shared(Box::new(At { is, span: c.since(start) }))),
                None => c.recover(),
            }
        } else if c.eat(K::SubStrategy) {
            items.extend(strategy(c, start, true).map(Item::Strategy));
        } else if c.eat(K::Strategy) {
            items.extend(strategy(c, start, false).map(Item::Strategy));
        } else if c.eat(K::Template) {
            items.extend(templates::template(c, start).map(Item::Template));
        } else if c.eat(K::Test) {
            items.extend(tests::test(c, start).map(Item::Test));
        } else if c.eat(K::Intent) {
            items.extend(intent(c, start).map(Item::Intent));
        } else if c.peek().kind == Kind::Close {
            c.stray_close();
        } else if start == c.first() && c.eat(K::Language) {
            c.expected("`es` o `en`", "`es` or `en`");
            c.recover();
        } else {
            let tops = TOPS.map(|keyword| (keyword, keyword));
            let expected = (
                "una estrategia, una plantilla, una intención o una prueba",
                "a strategy, a template, an intent or a test",
            );
            match c.choose(expected.0, expected.1, &tops) {
                Some(K::Strategy) => items.extend(strategy(c, start, false).map(Item::Strategy)),
                Some(K::SubStrategy) => items.extend(strategy(c, start, true).map(Item::Strategy)),
                Some(K::Template) => items.extend(templates::template(c, start).map(Item::Template)),
                Some(K::Intent) => items.extend(intent(c, start).map(Item::Intent)),
                Some(K::Parameter) => items.extend(parameter(c, start)),
                Some(K::Import) => items.extend(import(c, start)),
                Some(_) => items.extend(tests::test(c, start).map(Item::Test)),
                None => c.recover(),
            }
        }
    }
    items
}

/// `intent name { "…" pattern "…" }`; a comma between phrases does no harm.
fn intent(c: &mut Cursor<'_>, start: u32) -> Option<Intent> {
    let name = c.name("el nombre de la intención", "the intent's name")?;
    let open = c.open_body()?;
    let mut phrases = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) {
        let is_pattern = c.eat(K::Pattern);
        match c.text("una frase entre comillas", "a phrase in quotes") {
            Some(text) => phrases.push(Phrase { text, is_pattern }),
            None => c.recover(),
        }
        c.eat_sign(",");
    }
    c.close(open, &name.text);
    Some(Intent { name, phrases, span: c.since(start) })
}

/// `import "…"`, behind its keyword.
fn import(c: &mut Cursor<'_>, start: u32) -> Option<Item> {
    let Some(is) = c.text("el archivo entre comillas", "the file in quotes") else {
        c.recover();
        return None;
    };
    Some(Item::Import(At { is, span: c.since(start) }))
}

/// A parameter of the whole file.
fn parameter(c: &mut Cursor<'_>, start: u32) -> Option<Item> {
    let Some(is) = super::parameters::declaration(c) else {
        c.recover();
        return None;
    };
    Some(Item::Parameter(Box::new(At { is, span: c.since(start) })))
}

fn strategy(c: &mut Cursor<'_>, start: u32, is_part: bool) -> Option<Strategy> {
    let Some(name) = c.name("el nombre de la estrategia", "the strategy's name") else {
        c.recover();
        return None;
    };
    let Some(open) = c.open_body() else {
        c.recover();
        return None;
    };
    let mut clauses = Vec::new();
    let of_file = c.parameters.len();
    c.strategy = Some(name.text.clone());
    while !c.is_at_end() && !begins_item(c) {
        if c.peek().kind == Kind::Close {
            // A step or an outcome behind it: this brace closes nothing that should be closed.
            let goes_on =
                c.peek_at(1).starts_line && CLAUSES.iter().any(|keyword| c.sees_at(1, *keyword) > 0);
            if !goes_on {
                break;
            }
            c.stray_close();
            continue;
        }
        let start = c.peek().span.start;
        match clause(c) {
            Some(is) => clauses.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.strategy = None;
    c.leave_parameters(of_file);
    c.close(open, &name.text);
    Some(Strategy { name, clauses, span: c.since(start), is_part, scopes: Vec::new(), calls: Vec::new() })
}

pub(super) const CLAUSES: [K; 25] = [
    K::Stage,
    K::EnterAgain,
    K::LateBy,
    K::Webhook,
    K::Plan,
    K::IdentityRequired,
    K::Event,
    K::Guarantee,
    K::Queue,
    K::Parameter,
    K::Field,
    K::Condition,
    K::Segment,
    K::PromiseGrace,
    K::Title,
    K::Currency,
    K::Timezone,
    K::Law,
    K::Contact,
    K::Enter,
    K::Review,
    K::Always,
    K::Start,
    K::Step,
    K::End,
];

fn clause(c: &mut Cursor<'_>) -> Option<Clause> {
    // `name { … }` among the clauses: the word `step` was left out.
    let is_bare_step = matches!(c.peek().kind, Kind::Word | Kind::QuotedName)
        && c.peek_at(1).kind == Kind::Open
        && !c.is_nearly(&CLAUSES);
    if is_bare_step {
        c.missing_word(K::Step);
        return step(c);
    }
    let keyword = c.choose(
        "una cláusula de la estrategia: título, moneda, entra, siempre, paso, fin…",
        "a clause of the strategy: title, currency, enter, always, step, end…",
        &CLAUSES.map(|keyword| (keyword, keyword)),
    )?;
    match keyword {
        K::Title => c.text("el título entre comillas", "the title in quotes").map(Clause::Title),
        K::Currency => c.name("el código de la moneda", "the currency's letters").map(Clause::Currency),
        K::Timezone => zone(c).map(Clause::Timezone),
        K::Law => c.name("el código de la norma", "the law pack's code").map(Clause::Law),
        K::Contact => contact(c).map(Clause::Contact),
        K::Enter => {
            let is_fact = |word: &str| {
                crate::values::Lang::ALL.iter().any(|lang| crate::vocabulary::find(word, *lang).is_some())
            };
            if c.sees(K::When) == 0 && is_fact(c.written(c.peek())) {
                c.missing_word(K::When);
            } else if !c.want(K::When, "`si` y una condición", "`when` and a condition") {
                return None;
            }
            Some(Clause::Enter(super::expressions::expression(c)))
        }
        K::Review => {
            c.eat(K::Every);
            c.text("el horario de revisión entre comillas", "the review schedule in quotes")
                .map(Clause::Review)
        }
        K::Parameter => super::parameters::declaration(c).map(Box::new).map(Clause::Parameter),
        K::Field => field(c).map(Clause::Field),
        K::Condition | K::Segment => {
            let name = c.name("el nombre de la condición", "the condition's name")?;
            c.is_new_parameter(&name);
            if !c.want(K::When, "`si` y una condición", "`when` and a condition") {
                return None;
            }
            let holds = super::expressions::expression(c);
            Some(Clause::Condition(Condition { name, is_segment: keyword == K::Segment, holds }))
        }
        K::EnterAgain => {
            if !c.want(K::EndAfter, "`tras` y un plazo", "`after` and a length of time") {
                return None;
            }
            statements::lapse(c).map(Clause::EnterAgain)
        }
        K::LateBy => {
            let by = statements::lapse(c)?;
            if c.eat_kind(Kind::Arrow).is_some() {
                return Some(Clause::Late(by, Some(c.name("el nombre de un paso", "a step's name")?)));
            }
            let expected = ("`no enviar`, o `->` y un paso", "`send nothing`, or `->` and a step");
            c.want(K::Skip, expected.0, expected.1).then_some(Clause::Late(by, None))
        }
        K::Guarantee => super::guarantees::guarantees(c).map(Clause::Guarantee),
        K::Queue => super::guarantees::queue(c).map(Clause::Queue),
        K::Event => c.name("el nombre del suceso", "the event's name").map(Clause::Event),
        K::PromiseGrace => super::money::promise_grace(c),
        K::Webhook => c.name("el nombre del webhook", "the webhook's name").map(Clause::Webhook),
        K::Plan => super::plans::plan(c).map(Clause::Plan),
        K::IdentityRequired => super::plans::identity(c),
        K::Always => {
            let open = c.open_body()?;
            let handlers = statements::handlers(c, open);
            c.close(open, K::Always.word(c.lang));
            Some(Clause::Always(handlers))
        }
        K::Start => c.name("el nombre del primer paso", "the first step's name").map(Clause::Start),
        K::Step => step(c),
        K::Stage => super::stages::stage(c),
        _ => {
            let name = c.name("el nombre del final", "the outcome's name")?;
            let kinds = [
                (K::Success, OutcomeKind::Success),
                (K::Neutral, OutcomeKind::Neutral),
                (K::Failure, OutcomeKind::Failure),
            ];
            Some(Clause::Outcome(name, c.eat_which(&kinds)))
        }
    }
}

fn step(c: &mut Cursor<'_>) -> Option<Clause> {
    let name = c.name("el nombre del paso", "the step's name")?;
    let old = ("el nombre que tenía el paso", "the name that the step had");
    let renamed_from = if c.eat(K::RenamedFrom) { Some(c.name(old.0, old.1)?) } else { None };
    let why = why(c)?;
    let open = c.open_body()?;
    let body = statements::block_of(c, open, &name.text);
    Some(Clause::Step(Step { why, renamed_from, ..Step::plain(name, body) }))
}

/// `because "…" basis "…"`, in any order, when they stand here.
pub(super) fn why(c: &mut Cursor<'_>) -> Option<Why> {
    let mut why = Why::default();
    loop {
        if c.eat(K::Because) {
            why.because = Some(c.text("el motivo entre comillas", "the reason in quotes")?);
        } else if c.eat(K::Basis) {
            why.basis = Some(c.text("la base legal entre comillas", "the basis in quotes")?);
        } else {
            return Some(why);
        }
    }
}

/// `field name type [= value]`
fn field(c: &mut Cursor<'_>) -> Option<Field> {
    let name = c.name("el nombre del campo", "the field's name")?;
    c.is_new_parameter(&name);
    let types = [
        (K::AmountType, Type::Money),
        (K::NumberType, Type::Number),
        (K::PercentType, Type::Percent),
        (K::DateType, Type::Date),
        (K::TextType, Type::Text),
        (K::TruthType, Type::Truth),
    ];
    let expected = (
        "un tipo: monto, número, porcentaje, fecha, texto o `sí o no`",
        "a type: amount, number, percentage, date, text or `yes or no`",
    );
    let kind = c.choose(expected.0, expected.1, &types)?;
    if !c.eat_sign("=") {
        return Some(Field { name, kind, at_first: None });
    }
    let is_value = matches!(c.peek().kind, Kind::Number | Kind::Percent | Kind::Date | Kind::Text)
        || c.sees(K::Yes) > 0
        || c.sees(K::No) > 0;
    if !is_value {
        c.expected("un valor", "a value");
        return None;
    }
    Some(Field { name, kind, at_first: Some(super::expressions::value(c)) })
}

/// `America/Argentina/Buenos_Aires`: words and slashes without blanks.
pub(super) fn zone(c: &mut Cursor<'_>) -> Option<Name> {
    let first = c.name("la zona horaria", "the time zone")?;
    let mut span = first.span;
    while c.sees_sign("/") && c.peek().span.start == span.end {
        c.skip(1);
        let Some(next) = c.eat_kind(Kind::Word) else {
            c.expected("la ciudad de la zona horaria", "the time zone's city");
            return None;
        };
        span = span.to(next.span);
    }
    Some(Name { text: c.text.get(span.range()).unwrap_or("").to_owned(), span })
}

fn contact(c: &mut Cursor<'_>) -> Option<Vec<At<ContactClause>>> {
    let open = c.open_body()?;
    let choices = [(K::Hours, K::Hours), (K::AtMost, K::AtMost), (K::Ladder, K::Ladder)];
    let mut clauses = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        if c.which(&choices).is_none() && c.is_outside(open, &CLAUSES) {
            break;
        }
        let start = c.peek().span.start;
        let clause = match c.choose("horario, máximo o escala", "hours, at most or ladder", &choices) {
            Some(K::Hours) => hours(c),
            Some(K::AtMost) => limit_parts(c).and_then(|parts| Some(ContactClause::AtMost(parts, why(c)?))),
            Some(_) => ladder(c).map(ContactClause::Ladder),
            None => None,
        };
        match clause {
            Some(is) => clauses.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.close(open, K::Contact.word(c.lang));
    Some(clauses)
}

const DAYS: [(K, u8); 8] = [
    (K::Mon, 0),
    (K::Tue, 1),
    (K::Wed, 2),
    (K::Thu, 3),
    (K::Fri, 4),
    (K::Sat, 5),
    (K::Sun, 6),
    (K::Holidays, 7),
];

fn hours(c: &mut Cursor<'_>) -> Option<ContactClause> {
    hours_parts(c).map(|(parts, week)| ContactClause::Hours(parts, week))
}

pub(super) fn hours_parts(c: &mut Cursor<'_>) -> Option<(Vec<HoursPart>, WeekHours)> {
    let mut parts = Vec::new();
    loop {
        let start = c.peek().span.start;
        let days = day_ranges(c)?;
        let mut starts = Vec::new();
        let mut stretches = vec![stretch(c, &mut starts)?];
        while c.eat(K::And) {
            stretches.push(stretch(c, &mut starts)?);
        }
        parts.push(HoursPart { days, stretches, starts, span: c.since(start) });
        if !c.eat_sign(",") {
            break;
        }
    }
    let week = week_of(&parts);
    Some((parts, week))
}

fn day_ranges(c: &mut Cursor<'_>) -> Option<Vec<(u8, u8)>> {
    let mut ranges = Vec::new();
    loop {
        let first = c.choose("un día de la semana", "a day of the week", &DAYS)?;
        let mut last = first;
        // From a day to another of the week: holidays come after none of them.
        let week = DAYS.get(..7).unwrap_or(&DAYS);
        if first < 7 && (c.eat_sign("-") || c.eat_sign("–")) {
            last = c.choose("un día de la semana", "a day of the week", week)?;
        }
        ranges.push((first, last));
        if !c.eat(K::And) {
            return Some(ranges);
        }
    }
}

fn stretch(c: &mut Cursor<'_>, starts: &mut Vec<u32>) -> Option<Stretch> {
    starts.push(c.peek().span.start);
    let open = time_or_parameter(c)?;
    if !c.eat_sign("-") && !c.eat_sign("–") {
        c.expected("`-` y la hora de cierre", "`-` and the closing time");
        return None;
    }
    starts.push(c.peek().span.start);
    let close = time_or_parameter(c)?;
    Some(Stretch { open, close })
}

/// A time as written, or the parameter that is one.
pub(super) fn time_or_parameter(c: &mut Cursor<'_>) -> Option<TimeOfDay> {
    match c.parameter(ParameterType::Time) {
        Some(ParameterValue::Time(time)) => Some(time),
        _ => time(c),
    }
}

pub(super) fn time(c: &mut Cursor<'_>) -> Option<TimeOfDay> {
    if let Some(time) = c.eat_clock_time() {
        return Some(time);
    }
    let Some(token) = c.eat_kind(Kind::Time) else {
        c.expected("una hora como 09:00", "a time like 09:00");
        return None;
    };
    let written = c.written(token);
    let time = TimeOfDay::parse(written);
    if time.is_none() {
        let problem = crate::problems::ImpossibleDate { written: written.to_owned() };
        c.findings.push(crate::diagnostic::Diagnostic::new(problem, token.span));
    }
    time
}

/// The hours of each day: a range may run over the week's end (`sat-mon`); a later part adds to an earlier one.
fn week_of(parts: &[HoursPart]) -> WeekHours {
    let mut week = WeekHours::default();
    for part in parts {
        for (first, last) in &part.days {
            let mut day = *first;
            loop {
                let hours = week.days.get_mut(usize::from(day)).unwrap_or(&mut week.holiday);
                hours.extend(part.stretches.iter().copied());
                hours.sort_by_key(|stretch| stretch.open);
                if day == *last || *first == 7 || *last == 7 {
                    break;
                }
                day = (day + 1) % 7;
            }
        }
    }
    week
}

pub(super) fn limit_parts(c: &mut Cursor<'_>) -> Option<Vec<LimitPart>> {
    let mut parts = Vec::new();
    loop {
        let start = c.peek().span.start;
        let contacts_max = whole(c)?;
        let mut channels = ChannelSet::default();
        while let Some(channel) = c.eat_which(&CHANNELS) {
            channels = channels.with(channel);
            c.eat(K::Or);
        }
        // `at most 8 contacts in 30 days` says what is counted anyhow.
        c.eat(K::Contact);
        let window = window(c)?;
        parts.push(LimitPart { contacts_max, window, channels, span: c.since(start) });
        if !c.eat_sign(",") {
            return Some(parts);
        }
    }
}

fn window(c: &mut Cursor<'_>) -> Option<Window> {
    let words = [(K::Per, K::Per), (K::In, K::In)];
    let expected = ("`por día`, `por semana` o `en 30 días`", "`per day`, `per week` or `in 30 days`");
    if c.choose(expected.0, expected.1, &words)? == K::In {
        let token = c.peek();
        let days = whole(c)?;
        if !(1..=DAYS_MAX).contains(&days) {
            let problem = crate::problems::LimitTooLong { days, most: DAYS_MAX };
            c.findings.push(crate::diagnostic::Diagnostic::new(problem, token.span));
        }
        if !c.want(K::Days, "`días`", "`days`") {
            return None;
        }
        return Some(Window::Days(days.clamp(1, DAYS_MAX) as u16));
    }
    let windows = [(K::Day, Window::Day), (K::Week, Window::Week), (K::Month, Window::Month)];
    c.choose("día, semana o mes", "day, week or month", &windows)
}

/// Longest window of a limit.
const DAYS_MAX: u32 = 366;

/// A whole number. One that cannot be taken is told and read as 1, so that the rest of the line is read too.
pub(super) fn whole(c: &mut Cursor<'_>) -> Option<u32> {
    if let Some(figure) = c.eat_figure_in_words() {
        return Some(figure);
    }
    let token = c.peek();
    if let Some(ParameterValue::Number(figure)) = c.parameter(ParameterType::Number) {
        return Some(whole_figure(c, &figure, token.span));
    }
    if token.kind != Kind::Number {
        c.expected("un número", "a number");
        return None;
    }
    c.skip(1);
    let written = c.written(token);
    Some(whole_figure(c, written, token.span))
}

fn whole_figure(c: &mut Cursor<'_>, written: &str, span: Span) -> u32 {
    let value = written.replace('_', "").parse().ok().filter(|value| *value <= 100_000);
    if value.is_none() {
        figure_out_of_range(c, written, span);
    }
    value.unwrap_or(1)
}

pub(super) fn figure_out_of_range(c: &mut Cursor<'_>, written: &str, span: Span) {
    // An ambiguous number was told when it was read.
    if c.findings.iter().all(|finding| finding.span != span) {
        let problem = crate::problems::FigureOutOfRange { written: written.to_owned() };
        c.findings.push(crate::diagnostic::Diagnostic::new(problem, span));
    }
}

fn ladder(c: &mut Cursor<'_>) -> Option<Vec<At<Channel>>> {
    let mut rungs = Vec::new();
    loop {
        rungs.push(channel_or_parameter(c)?);
        if !c.eat_sign(">") && !c.eat_sign(",") {
            return Some(rungs);
        }
    }
}

pub(super) fn channel(c: &mut Cursor<'_>) -> Option<At<Channel>> {
    let start = c.peek().span.start;
    let expected = ("un canal: whatsapp, correo, sms o llamada", "a channel: whatsapp, email, sms or call");
    let is = c.choose(expected.0, expected.1, &CHANNELS)?;
    Some(At { is, span: c.since(start) })
}

/// A channel as written, or the parameter that is one.
fn channel_or_parameter(c: &mut Cursor<'_>) -> Option<At<Channel>> {
    let start = c.peek().span.start;
    match c.parameter(ParameterType::Channel) {
        Some(ParameterValue::Channel(is)) => Some(At { is, span: c.since(start) }),
        _ => channel(c),
    }
}
