//! Clauses of a strategy about plans and identity.

use super::Kind;
use super::cursor::Cursor;
use super::items::{CLAUSES, begins_item, figure_out_of_range, whole};
use super::money::part;
use super::statements::lapse;
use crate::ast::{At, Clause, Plan, PlanClause};
use crate::keywords::Keyword as K;
use crate::values::Lapse;

/// The most instalments of a plan.
const INSTALMENTS_MAX: u32 = 120;

/// `name { … }`
pub(super) fn plan(c: &mut Cursor<'_>) -> Option<Plan> {
    let name = c.name("el nombre del convenio", "the plan's name")?;
    let open = c.open_body()?;
    let mut clauses = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) {
        if !begins_clause(c) && c.is_outside(open, &CLAUSES) {
            break;
        }
        let start = c.peek().span.start;
        match clause(c) {
            Some(is) => clauses.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.close(open, &name.text);
    Some(Plan { name, clauses })
}

const WORDS: [K; 3] = [K::DownPayment, K::Grace, K::OnBusinessDays];

fn begins_clause(c: &Cursor<'_>) -> bool {
    c.peek().kind == Kind::Number || WORDS.iter().any(|keyword| c.sees(*keyword) > 0)
}

fn clause(c: &mut Cursor<'_>) -> Option<PlanClause> {
    if c.peek().kind == Kind::Number {
        return instalments(c);
    }
    let keyword = c.choose(
        "cuota inicial, 3 cuotas mensuales, gracia o en días hábiles",
        "down payment, 3 instalments monthly, grace or on business days",
        &WORDS.map(|keyword| (keyword, keyword)),
    )?;
    Some(match keyword {
        K::DownPayment => {
            let part = part(c)?;
            let due = if c.eat(K::DueIn) { Some(lapse(c)?) } else { None };
            PlanClause::DownPayment(part, due)
        }
        K::Grace => PlanClause::Grace(lapse(c)?),
        _ => PlanClause::OnBusinessDays,
    })
}

/// `3 instalments monthly`, `6 instalments every 15 days`
fn instalments(c: &mut Cursor<'_>) -> Option<PlanClause> {
    let token = c.peek();
    let is = whole(c)?;
    if !(1..=INSTALMENTS_MAX).contains(&is) {
        figure_out_of_range(c, c.written(token), token.span);
    }
    let count = At { is: is.clamp(1, INSTALMENTS_MAX), span: token.span };
    if !c.want(K::Instalments, "`cuotas`", "`instalments`") {
        return None;
    }
    let start = c.peek().span.start;
    let every = [(K::Monthly, K::Monthly), (K::Weekly, K::Weekly), (K::Every, K::Every)];
    let expected = ("`mensuales`, `semanales` o `cada 15 días`", "`monthly`, `weekly` or `every 15 days`");
    let is = match c.choose(expected.0, expected.1, &every)? {
        K::Monthly => Lapse::Months(1),
        K::Weekly => Lapse::Weeks(1),
        _ => {
            let lapse = lapse(c)?;
            if matches!(lapse.is, Lapse::Seconds(_)) || lapse.is.is_zero() {
                figure_out_of_range(c, c.text.get(lapse.span.range()).unwrap_or(""), lapse.span);
            }
            lapse.is
        }
    };
    Some(PlanClause::Instalments(count, At { is, span: c.since(start) }))
}

/// `identity required [for 90 days]`
pub(super) fn identity(c: &mut Cursor<'_>) -> Option<Clause> {
    let is_for = !c.peek().starts_line && c.eat(K::For);
    Some(Clause::Identity(if is_for { Some(lapse(c)?) } else { None }))
}
