//! What stands at the top of a file, and the clauses of a strategy.

use super::cursor::Cursor;
use super::{Kind, statements, templates, tests};
use crate::ast::{At, Clause, ContactClause, HoursPart, Item, LimitPart, Name, Step, Strategy};
use crate::keywords::Keyword as K;
use crate::program::OutcomeKind;
use crate::source::Span;
use crate::values::{Channel, ChannelSet, Stretch, TimeOfDay, WeekHours, Window};

const TOPS: [K; 3] = [K::Strategy, K::Template, K::Test];

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
    let strategy = c.sees(K::Strategy);
    let template = c.sees(K::Template);
    let test = c.sees(K::Test);
    (strategy > 0 && named(strategy) && c.peek_at(strategy + 1).kind == Kind::Open)
        || (template > 0
            && named(template)
            && c.peek_at(template + 1).kind == Kind::Word
            && token.starts_line)
        || (test > 0 && c.peek_at(test).kind == Kind::Text)
}

/// Does a step begin here, on its own line?
pub(super) fn begins_step(c: &Cursor<'_>) -> bool {
    let step = c.sees(K::Step);
    c.peek().starts_line && step > 0 && c.peek_at(step + 1).kind == Kind::Open
}

pub(super) fn items(c: &mut Cursor<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    while !c.is_at_end() {
        let start = c.peek().span.start;
        if c.eat(K::Strategy) {
            items.extend(strategy(c, start).map(Item::Strategy));
        } else if c.eat(K::Template) {
            items.extend(templates::template(c, start).map(Item::Template));
        } else if c.eat(K::Test) {
            items.extend(tests::test(c, start).map(Item::Test));
        } else if c.peek().kind == Kind::Close {
            c.stray_close();
        } else {
            c.expected_one_of(
                "una estrategia, una plantilla o una prueba",
                "a strategy, a template or a test",
                &TOPS,
            );
            c.recover();
        }
    }
    items
}

fn strategy(c: &mut Cursor<'_>, start: u32) -> Option<Strategy> {
    let Some(name) = c.name("el nombre de la estrategia", "the strategy's name") else {
        c.recover();
        return None;
    };
    let Some(open) = c.open() else {
        c.recover();
        return None;
    };
    let mut clauses = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) {
        let start = c.peek().span.start;
        let found = c.findings.len();
        match clause(c) {
            Some(is) => clauses.push(At { is, span: c.since(start) }),
            None => {
                if c.findings.len() == found {
                    c.expected("una cláusula", "a clause");
                }
                c.recover();
            }
        }
    }
    c.close(open, &name.text);
    Some(Strategy { name, clauses, span: c.since(start) })
}

const CLAUSES: [K; 11] = [
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
    let choices = CLAUSES.map(|keyword| (keyword, keyword));
    let Some(keyword) = c.eat_which(&choices) else {
        c.expected_one_of(
            "una cláusula de la estrategia: título, moneda, entra, siempre, paso, fin…",
            "a clause of the strategy: title, currency, enter, always, step, end…",
            &CLAUSES,
        );
        return None;
    };
    match keyword {
        K::Title => c.text("el título entre comillas", "the title in quotes").map(Clause::Title),
        K::Currency => c.name("el código de la moneda", "the currency's letters").map(Clause::Currency),
        K::Timezone => zone(c).map(Clause::Timezone),
        K::Law => c.name("el código de la norma", "the law pack's code").map(Clause::Law),
        K::Contact => contact(c).map(Clause::Contact),
        K::Enter => {
            if !c.eat(K::When) {
                c.expected_one_of("`si` y una condición", "`when` and a condition", &[K::When]);
                return None;
            }
            Some(Clause::Enter(super::expressions::expression(c)))
        }
        K::Review => {
            c.eat(K::Every);
            c.text("el horario de revisión entre comillas", "the review schedule in quotes")
                .map(Clause::Review)
        }
        K::Always => {
            let open = c.open()?;
            let handlers = statements::handlers(c);
            c.close(open, K::Always.word(c.lang));
            Some(Clause::Always(handlers))
        }
        K::Start => c.name("el nombre del primer paso", "the first step's name").map(Clause::Start),
        K::Step => {
            let name = c.name("el nombre del paso", "the step's name")?;
            let body = statements::block(c, &name.text)?;
            Some(Clause::Step(Step { name, body }))
        }
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

/// `America/Argentina/Buenos_Aires`: words and slashes without blanks.
pub(super) fn zone(c: &mut Cursor<'_>) -> Option<Name> {
    let first = c.name("la zona horaria", "the time zone")?;
    let mut span = first.span;
    while c.sees_sign("/") && c.peek().span.start == span.end {
        c.skip(1);
        let next = c.eat_kind(Kind::Word)?;
        span = span.to(next.span);
    }
    Some(Name { text: c.text.get(span.range()).unwrap_or("").to_owned(), span })
}

fn contact(c: &mut Cursor<'_>) -> Option<Vec<At<ContactClause>>> {
    let open = c.open()?;
    let mut clauses = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        let start = c.peek().span.start;
        let clause =
            match c.eat_which(&[(K::Hours, K::Hours), (K::AtMost, K::AtMost), (K::Ladder, K::Ladder)]) {
                Some(K::Hours) => hours(c),
                Some(K::AtMost) => at_most(c).map(ContactClause::AtMost),
                Some(_) => ladder(c).map(ContactClause::Ladder),
                None => {
                    let choices = [K::Hours, K::AtMost, K::Ladder];
                    c.expected_one_of("horario, máximo o escala", "hours, at most or ladder", &choices);
                    None
                }
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
    let mut parts = Vec::new();
    loop {
        let start = c.peek().span.start;
        let days = day_ranges(c)?;
        let mut stretches = vec![stretch(c)?];
        while c.eat(K::And) {
            stretches.push(stretch(c)?);
        }
        parts.push(HoursPart { days, stretches, span: c.since(start) });
        if !c.eat_sign(",") {
            break;
        }
    }
    let week = week_of(&parts);
    Some(ContactClause::Hours(parts, week))
}

fn day_ranges(c: &mut Cursor<'_>) -> Option<Vec<(u8, u8)>> {
    let mut ranges = Vec::new();
    loop {
        let Some(first) = c.eat_which(&DAYS) else {
            let days = DAYS.map(|(keyword, _)| keyword);
            c.expected_one_of("un día de la semana", "a day of the week", &days);
            return None;
        };
        let mut last = first;
        if c.eat_sign("-") || c.eat_sign("–") {
            let Some(day) = c.eat_which(&DAYS) else {
                let days = DAYS.map(|(keyword, _)| keyword);
                c.expected_one_of("un día de la semana", "a day of the week", &days);
                return None;
            };
            last = day;
        }
        ranges.push((first, last));
        if !c.eat(K::And) {
            return Some(ranges);
        }
    }
}

fn stretch(c: &mut Cursor<'_>) -> Option<Stretch> {
    let open = time(c)?;
    if !c.eat_sign("-") && !c.eat_sign("–") {
        c.expected("`-` y la hora de cierre", "`-` and the closing time");
        return None;
    }
    let close = time(c)?;
    Some(Stretch { open, close })
}

pub(super) fn time(c: &mut Cursor<'_>) -> Option<TimeOfDay> {
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

fn at_most(c: &mut Cursor<'_>) -> Option<Vec<LimitPart>> {
    let mut parts = Vec::new();
    loop {
        let start = c.peek().span.start;
        let contacts_max = whole(c)?;
        let mut channels = ChannelSet::default();
        while let Some(channel) = c.eat_which(&CHANNELS) {
            channels = channels.with(channel);
            c.eat(K::Or);
        }
        let window = window(c)?;
        parts.push(LimitPart { contacts_max, window, channels, span: c.since(start) });
        if !c.eat_sign(",") {
            return Some(parts);
        }
    }
}

fn window(c: &mut Cursor<'_>) -> Option<Window> {
    if c.eat(K::In) {
        let days = whole(c)?;
        if c.eat(K::Days) {
            return Some(Window::Days(days.min(3650) as u16));
        }
        c.expected_one_of("`días`", "`days`", &[K::Days]);
        return None;
    }
    if !c.eat(K::Per) {
        c.expected_one_of(
            "`por día`, `por semana` o `en 30 días`",
            "`per day`, `per week` or `in 30 days`",
            &[K::Per, K::In],
        );
        return None;
    }
    let windows = [(K::Day, Window::Day), (K::Week, Window::Week), (K::Month, Window::Month)];
    let window = c.eat_which(&windows);
    if window.is_none() {
        c.expected_one_of("día, semana o mes", "day, week or month", &[K::Day, K::Week, K::Month]);
    }
    window
}

pub(super) fn whole(c: &mut Cursor<'_>) -> Option<u32> {
    let token = c.peek();
    if token.kind != Kind::Number {
        c.expected("un número", "a number");
        return None;
    }
    c.skip(1);
    let written = c.written(token);
    let value = written.replace('_', "").parse().ok().filter(|value| *value <= 100_000);
    if value.is_none() {
        figure_out_of_range(c, written, token.span);
    }
    value
}

pub(super) fn figure_out_of_range(c: &mut Cursor<'_>, written: &str, span: Span) {
    // An ambiguous number was reported when it was read.
    if c.findings.iter().all(|finding| finding.span != span) {
        let problem = crate::problems::FigureOutOfRange { written: written.to_owned() };
        c.findings.push(crate::diagnostic::Diagnostic::new(problem, span));
    }
}

fn ladder(c: &mut Cursor<'_>) -> Option<Vec<At<Channel>>> {
    let mut rungs = Vec::new();
    loop {
        rungs.push(channel(c)?);
        if !c.eat_sign(">") && !c.eat_sign(",") {
            return Some(rungs);
        }
    }
}

pub(super) fn channel(c: &mut Cursor<'_>) -> Option<At<Channel>> {
    let start = c.peek().span.start;
    match c.eat_which(&CHANNELS) {
        Some(is) => Some(At { is, span: c.since(start) }),
        None => {
            let words = CHANNELS.map(|(keyword, _)| keyword);
            c.expected_one_of(
                "un canal: whatsapp, correo, sms o llamada",
                "a channel: whatsapp, email, sms or call",
                &words,
            );
            None
        }
    }
}
