//! Plans, and statements that wait for how something turns out, as text.

use super::Printer;
use crate::ast::{Await, Awaited, Plan, PlanClause};
use crate::keywords::Keyword as K;
use crate::source::Span;
use crate::values::Lapse;

impl Printer<'_> {
    /// The head of a statement that waits for how something turns out.
    pub(super) fn awaits(&self, waits: &Await) -> String {
        let mut head = match &waits.what {
            Awaited::Offer(name) => format!("{} {}", self.word(K::OfferPlan), self.name(name)),
            Awaited::Follow(name) => {
                let name = name.as_ref().map_or_else(String::new, |name| format!(" {}", self.name(name)));
                format!("{}{name}", self.word(K::FollowPlan))
            }
            Awaited::Webhook(name) => format!("{} {}", self.word(K::CallWebhook), self.name(name)),
            Awaited::Verify(by) => {
                let by = by.as_ref().map_or_else(String::new, |(channel, template)| {
                    let channel =
                        channel.as_ref().map_or_else(String::new, |c| format!("{} ", self.channel(c.is)));
                    let template = self.name(template);
                    format!(" {} {channel}{} {template}", self.word(K::By), self.word(K::Template))
                });
                format!("{}{by}", self.word(K::VerifyIdentity))
            }
        };
        if let Some(up_to) = &waits.up_to {
            head.push_str(&format!(" {} {}", self.word(K::UpTo), self.lapse(up_to.is)));
        }
        head
    }

    pub(super) fn plan(&mut self, span: Span, plan: &Plan) {
        self.open(span, &format!("{} {}", self.word(K::Plan), self.name(&plan.name)));
        for clause in &plan.clauses {
            let line = match &clause.is {
                PlanClause::DownPayment(part, due) => {
                    let due = due.as_ref().map_or_else(String::new, |due| {
                        format!(" {} {}", self.word(K::DueIn), self.lapse(due.is))
                    });
                    format!("{} {}{due}", self.word(K::DownPayment), self.part(&part.is))
                }
                PlanClause::Instalments(count, every) => {
                    let every = match every.is {
                        Lapse::Months(1) => self.word(K::Monthly).to_owned(),
                        Lapse::Weeks(1) => self.word(K::Weekly).to_owned(),
                        lapse => format!("{} {}", self.word(K::Every), self.lapse(lapse)),
                    };
                    format!("{} {} {every}", count.is, self.word(K::Instalments))
                }
                PlanClause::Grace(lapse) => format!("{} {}", self.word(K::Grace), self.lapse(lapse.is)),
                PlanClause::OnBusinessDays => self.word(K::OnBusinessDays).to_owned(),
            };
            self.line(clause.span, &line);
        }
        self.close(span.end);
    }
}
