//! Channels on which nothing limits how often somebody is contacted.
//!
//! In: the graph, the law pack. Out: one finding at the first message that may go out on such a channel. Absent: how
//! often the strategy does contact; several accounts, or a loop, make many of one.

use super::Flow;
use crate::diagnostic::Diagnostic;
use crate::law::LawPack;
use crate::problems::NoLimit;
use crate::program::{ContactPolicy, Op};
use crate::values::{Channel, ChannelSet, Lang};

pub(super) fn check(flow: &Flow<'_>, law: &LawPack, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let free: ChannelSet =
        Channel::ALL.into_iter().filter(|channel| !is_limited(law, &program.contact, *channel)).collect();
    let mut first = None;
    let mut channels = ChannelSet::default();
    for op in flow.ops().filter(|op| flow.reached.contains(*op)) {
        let Op::Send { channel, template, .. } = program.op(op) else { continue };
        let Some(template) = program.templates.get(usize::from(template.0)) else { continue };
        for on in free.iter().filter(|on| channel.is_none_or(|named| named == *on)) {
            if template.form(on).is_some_and(|form| !law.exempts(form.purpose)) {
                channels = channels.with(on);
                first.get_or_insert(op);
            }
        }
    }
    let Some(op) = first else { return };
    let words = |lang: Lang| {
        let words: Vec<&str> =
            channels.iter().map(|channel| crate::graph::words::channel(channel, lang)).collect();
        words.join(", ")
    };
    let problem = NoLimit {
        law: law.code.replace('-', "_"),
        channels_es: words(Lang::Es),
        channels_en: words(Lang::En),
    };
    findings.push(Diagnostic::new(problem, flow.place(op)));
}

/// Does a limit or a least time between contacts name the channel?
fn is_limited(law: &LawPack, own: &ContactPolicy, channel: Channel) -> bool {
    let by_law =
        law.limits.iter().any(|it| it.binds_on(law.as_of) && it.rule.limit.channels.contains(channel))
            || law.gaps.iter().any(|it| it.binds_on(law.as_of) && it.rule.channels.contains(channel));
    by_law || own.limits.iter().any(|limit| limit.channels.contains(channel))
}
