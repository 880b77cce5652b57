//! Statements that wait for how something turns out: a plan that is offered or followed, an identity, the
//! call of a webhook.

use super::Kind;
use super::cursor::Cursor;
use super::items::CHANNELS;
use super::statements::{handler_block, lapse};
use crate::ast::{At, Await, Awaited, StatementKind};
use crate::keywords::Keyword as K;
use crate::values::Lapse;

pub(super) fn statement(c: &mut Cursor<'_>, keyword: K) -> Option<StatementKind> {
    let what = match keyword {
        K::OfferPlan => Awaited::Offer(c.name("el nombre del convenio", "the plan's name")?),
        K::FollowPlan => {
            let next = c.peek();
            let has_name = matches!(next.kind, Kind::Word | Kind::QuotedName) && !next.starts_line;
            let name = has_name.then(|| c.name("el nombre del convenio", "the plan's name")).flatten();
            Awaited::Follow(name)
        }
        K::CallWebhook => Awaited::Webhook(c.name("el nombre del webhook", "the webhook's name")?),
        _ => Awaited::Verify(by(c)?),
    };
    // A plan ends by its own dates; for an answer nobody waits for ever.
    let up_to = match what {
        Awaited::Follow(_) => None,
        // Without handlers nobody waits for the answer.
        Awaited::Webhook(_) if c.peek().kind != Kind::Open && c.sees(K::UpTo) == 0 => None,
        _ => Some(up_to(c)?),
    };
    let handlers = handler_block(c, keyword);
    Some(StatementKind::Await(Await { what, up_to, handlers }))
}

/// `up to 5 days`
fn up_to(c: &mut Cursor<'_>) -> Option<At<Lapse>> {
    if !c.want(K::UpTo, "`hasta` y un plazo: hasta 5 días", "`up to` and a length of time: up to 5 days") {
        return None;
    }
    lapse(c)
}

type By = (Option<At<crate::values::Channel>>, crate::ast::Name);

/// `by [channel] template name`, or nothing.
#[allow(clippy::option_option, reason = "outer: could be read; inner: was written")]
fn by(c: &mut Cursor<'_>) -> Option<Option<By>> {
    if !c.eat(K::By) {
        return Some(None);
    }
    let start = c.peek().span.start;
    let channel = c.eat_which(&CHANNELS).map(|is| At { is, span: c.since(start) });
    if !c.want(K::Template, "`plantilla` y su nombre", "`template` and its name") {
        return None;
    }
    let template = c.name("el nombre de la plantilla", "the template's name")?;
    Some(Some((channel, template)))
}
