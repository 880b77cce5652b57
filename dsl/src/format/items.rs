//! Strategies, templates and tests as text.

use super::{Printer, quoted_name, quoted_text};
use crate::ast::{
    AccountClause, At, Clause, ContactClause, Expectation, Guarantee, Happening, HoursPart, Item, LimitPart,
    Strategy, Template, TemplateClause, Test, TestLine, Text,
};
use crate::keywords::Keyword as K;
use crate::program::test::Moment;
use crate::program::{Document, OutcomeKind};
use crate::values::{Channel, Lapse, NaiveDateTime, Purpose, Role, TimeOfDay, Type, Window};
use crate::vocabulary::Fact;

impl Printer<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Strategy(strategy) => self.strategy(strategy),
            Item::Template(template) => self.template(template),
            Item::Test(test) => self.test(test),
            Item::Intent(intent) => {
                let head = format!("{} {}", self.word(K::Intent), self.name(&intent.name));
                self.open(intent.span, &head);
                for phrase in &intent.phrases {
                    let pattern = match phrase.is_pattern {
                        true => format!("{} ", self.word(K::Pattern)),
                        false => String::new(),
                    };
                    self.line(phrase.text.span, &format!("{pattern}{}", quoted_text(&phrase.text.is)));
                }
                self.close(intent.span.end);
            }
            Item::Parameter(parameter) => self.parameter(parameter.span, &parameter.is),
            Item::Import(import) => {
                let line = format!("{} {}", self.word(K::Import), quoted_text(&import.is.is));
                self.line(import.span, &line);
            }
            Item::Shared(clause) => self.clause(clause),
        }
    }

    pub(super) fn open(&mut self, from: crate::source::Span, head: &str) {
        self.line(from, &format!("{head} {{"));
        self.indent += 1;
    }

    fn strategy(&mut self, strategy: &Strategy) {
        let keyword = if strategy.is_part { K::SubStrategy } else { K::Strategy };
        let head = format!("{} {}", self.word(keyword), self.name(&strategy.name));
        self.open(strategy.span, &head);
        for clause in &strategy.clauses {
            self.clause(clause);
        }
        // Only where calls are written out, for the version.
        for handlers in &strategy.scopes {
            self.open(strategy.span, self.word(K::Always));
            self.handlers(handlers);
            self.close(strategy.span.end);
        }
        self.close(strategy.span.end);
    }

    fn clause(&mut self, clause: &At<Clause>) {
        let span = clause.span;
        match &clause.is {
            Clause::Title(text) => {
                self.line(span, &format!("{} {}", self.word(K::Title), quoted_text(&text.is)))
            }
            Clause::Currency(name) => {
                let currency = quoted_name(&name.text.to_ascii_uppercase());
                self.line(span, &format!("{} {currency}", self.word(K::Currency)));
            }
            Clause::Timezone(name) => self.line(span, &format!("{} {}", self.word(K::Timezone), name.text)),
            Clause::Law(name) => {
                let law = quoted_name(&name.text.to_ascii_uppercase());
                self.line(span, &format!("{} {law}", self.word(K::Law)));
            }
            Clause::Contact(clauses) => {
                self.open(span, self.word(K::Contact));
                for clause in clauses {
                    let line = self.contact(&clause.is);
                    self.line(clause.span, &line);
                }
                self.close(span.end);
            }
            Clause::Enter(condition) => {
                let condition = self.condition(condition);
                self.line(span, &format!("{} {} {condition}", self.word(K::Enter), self.word(K::When)));
            }
            Clause::Review(text) => {
                let line =
                    format!("{} {} {}", self.word(K::Review), self.word(K::Every), quoted_text(&text.is));
                self.line(span, &line);
            }
            Clause::Parameter(parameter) => self.parameter(span, parameter),
            Clause::Field(field) => {
                let kind = self.word(match field.kind {
                    Type::Money => K::AmountType,
                    Type::Number => K::NumberType,
                    Type::Percent => K::PercentType,
                    Type::Date => K::DateType,
                    Type::Text => K::TextType,
                    Type::Truth => K::TruthType,
                });
                let at_first = field.at_first.as_ref();
                let at_first = at_first.map_or_else(String::new, |is| format!(" = {}", self.expression(is)));
                self.line(
                    span,
                    &format!("{} {} {kind}{at_first}", self.word(K::Field), self.name(&field.name)),
                );
            }
            Clause::Condition(condition) => {
                let keyword = if condition.is_segment { K::Segment } else { K::Condition };
                let (name, holds) = (self.name(&condition.name), self.condition(&condition.holds));
                self.line(span, &format!("{} {name} {} {holds}", self.word(keyword), self.word(K::When)));
            }
            Clause::EnterAgain(lapse) => {
                let lapse = self.lapse(lapse.is);
                let words = (self.word(K::EnterAgain), self.word(K::EndAfter));
                self.line(span, &format!("{} {} {lapse}", words.0, words.1));
            }
            Clause::Late(by, to) => {
                let what = match to {
                    Some(name) => format!("-> {}", self.name(name)),
                    None => self.word(K::Skip).to_owned(),
                };
                let by = self.lapse(by.is);
                self.line(span, &format!("{} {by} {what}", self.word(K::LateBy)));
            }
            Clause::Event(name) => self.line(span, &format!("{} {}", self.word(K::Event), self.name(name))),
            Clause::PromiseGrace(lapse, tolerance) => {
                let lapse = self.lapse_at(lapse);
                let tolerance = tolerance.as_ref().map_or_else(String::new, |part| {
                    format!(" {} {}", self.word(K::Tolerance), self.part(&part.is))
                });
                self.line(span, &format!("{} {lapse}{tolerance}", self.word(K::PromiseGrace)));
            }
            Clause::Webhook(name) => {
                self.line(span, &format!("{} {}", self.word(K::Webhook), self.name(name)));
            }
            Clause::Plan(plan) => self.plan(span, plan),
            Clause::Identity(valid) => {
                let valid = valid.as_ref().map_or_else(String::new, |valid| {
                    format!(" {} {}", self.word(K::For), self.lapse_at(valid))
                });
                self.line(span, &format!("{}{valid}", self.word(K::IdentityRequired)));
            }
            Clause::Guarantee(guarantees) => {
                self.open(span, self.word(K::Guarantee));
                for guarantee in guarantees {
                    let line = self.guarantee(&guarantee.is);
                    self.line(guarantee.span, &line);
                }
                self.close(span.end);
            }
            // What it says stands in every task of it.
            Clause::Queue(_) if !self.declares => {}
            Clause::Queue(queue) => {
                let said = self.assigned(queue.priority, queue.due.as_ref());
                self.line(span, &format!("{} {}{said}", self.word(K::Queue), self.name(&queue.name)));
            }
            Clause::Always(handlers) => {
                self.open(span, self.word(K::Always));
                self.handlers(handlers);
                self.close(span.end);
            }
            Clause::Start(name) => self.line(span, &format!("{} {}", self.word(K::Start), self.name(name))),
            Clause::Step(step) => {
                let why = self.why(&step.why);
                let scopes: String = step.scopes.iter().map(|scope| format!(" {scope}")).collect();
                let old = step.renamed_from.as_ref();
                let old = old.map(|old| format!(" {} {}", self.word(K::RenamedFrom), self.name(old)));
                let (name, old) = (self.name(&step.name), old.unwrap_or_default());
                match &step.stage {
                    None => self.open(span, &format!("{} {name}{old}{why}{scopes}", self.word(K::Step))),
                    Some(stage) => {
                        let holds = stage.holds.as_ref().map_or_else(String::new, |holds| {
                            format!(" {} {}", self.word(K::When), self.condition(holds))
                        });
                        self.open(span, &format!("{} {name}{old}{holds}{why}", self.word(K::Stage)));
                        let blocks = [(K::Leaving, &stage.leaving), (K::FallingBack, &stage.falling_back)];
                        for (word, block) in blocks {
                            let Some(block) = block else { continue };
                            self.open(block.span, self.word(word));
                            self.statements(block);
                            self.close(block.span.end);
                        }
                    }
                }
                self.statements(&step.body);
                self.close(span.end);
            }
            Clause::Outcome(name, kind) => {
                let kind = match kind {
                    None => "",
                    Some(OutcomeKind::Success) => self.word(K::Success),
                    Some(OutcomeKind::Neutral) => self.word(K::Neutral),
                    Some(OutcomeKind::Failure) => self.word(K::Failure),
                };
                let line = format!("{} {} {kind}", self.word(K::End), self.name(name));
                self.line(span, line.trim_end());
            }
        }
    }

    fn contact(&self, clause: &ContactClause) -> String {
        match clause {
            ContactClause::Hours(parts, _) => {
                let parts: Vec<String> = parts.iter().map(|part| self.hours(part)).collect();
                format!("{} {}", self.word(K::Hours), parts.join(", "))
            }
            ContactClause::AtMost(parts, why) => {
                let parts: Vec<String> = parts.iter().map(|part| self.limit(part)).collect();
                format!("{} {}{}", self.word(K::AtMost), parts.join(", "), self.why(why))
            }
            ContactClause::Ladder(rungs) => {
                let rungs: Vec<String> = rungs.iter().map(|rung| self.channel_at(rung)).collect();
                format!("{} {}", self.word(K::Ladder), rungs.join(" > "))
            }
        }
    }

    fn guarantee(&self, guarantee: &Guarantee) -> String {
        match guarantee {
            Guarantee::AfterPayment => {
                format!("{} {}", self.word(K::NoSendAfter), self.word(K::FullPayment))
            }
            Guarantee::AfterOptOut => format!("{} {}", self.word(K::NoSendAfter), self.word(K::OptOut)),
            Guarantee::Outside(parts, _) => {
                let parts: Vec<String> = parts.iter().map(|part| self.hours(part)).collect();
                format!("{} {}", self.word(K::NoSendOutside), parts.join(", "))
            }
            Guarantee::AtMost(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.limit(part)).collect();
                format!("{} {}", self.word(K::AtMost), parts.join(", "))
            }
            Guarantee::EndsWithin(lapse) => format!("{} {}", self.word(K::EndsWithin), self.lapse_at(lapse)),
            Guarantee::CostAtMost(amount) => {
                format!("{} <= {}", self.word(K::CostPerAccount), self.expression(amount))
            }
        }
    }

    fn hours(&self, part: &HoursPart) -> String {
        let and = format!(" {} ", self.word(K::And));
        let days = [K::Mon, K::Tue, K::Wed, K::Thu, K::Fri, K::Sat, K::Sun, K::Holidays];
        let day = |at: u8| days.get(usize::from(at)).map_or("", |keyword| self.word(*keyword));
        let ranges = part.days.iter().map(|(first, last)| match first == last {
            true => day(*first).to_owned(),
            false => format!("{}-{}", day(*first), day(*last)),
        });
        let ranges: Vec<String> = ranges.collect();
        let time = |at: usize, time: TimeOfDay| {
            let start = part.starts.get(at).copied().unwrap_or(u32::MAX);
            self.used_at(start).unwrap_or_else(|| time.to_string())
        };
        let stretches = part.stretches.iter().enumerate();
        let stretches: Vec<String> = stretches
            .map(|(at, stretch)| {
                format!("{}-{}", time(2 * at, stretch.open), time(2 * at + 1, stretch.close))
            })
            .collect();
        format!("{} {}", ranges.join(&and), stretches.join(&and))
    }

    fn limit(&self, part: &LimitPart) -> String {
        let channels: Vec<&str> = part.channels.iter().map(|channel| self.channel(channel)).collect();
        let or = format!(" {} ", self.word(K::Or));
        let channels = match channels.is_empty() {
            true => String::new(),
            false => format!(" {}", channels.join(&or)),
        };
        let window = match part.window {
            Window::Day => format!("{} {}", self.word(K::Per), self.word(K::Day)),
            Window::Week => format!("{} {}", self.word(K::Per), self.word(K::Week)),
            Window::Month => format!("{} {}", self.word(K::Per), self.word(K::Month)),
            Window::Days(days) => {
                format!("{} {}", self.word(K::In), self.lapse(Lapse::Days(u32::from(days))))
            }
        };
        let most = self.used_at(part.span.start).unwrap_or_else(|| part.contacts_max.to_string());
        format!("{most}{channels} {window}")
    }

    pub(super) fn channel(&self, channel: Channel) -> &'static str {
        self.word(match channel {
            Channel::Whatsapp => K::Whatsapp,
            Channel::Email => K::Email,
            Channel::Sms => K::Sms,
            Channel::Call => K::Call,
        })
    }

    /// A channel, or the parameter that stands for it.
    pub(super) fn channel_at(&self, channel: &At<Channel>) -> String {
        self.used_at(channel.span.start).unwrap_or_else(|| self.channel(channel.is).to_owned())
    }

    fn template(&mut self, template: &Template) {
        let channel = self.channel(template.channel.is);
        let head = format!(
            "{} {} {} {channel}",
            self.word(K::Template),
            self.name(&template.name),
            self.word(K::For)
        );
        self.open(template.span, &head);
        for clause in &template.clauses {
            let line = match &clause.is {
                TemplateClause::ApprovedAs(text) => {
                    format!("{} {}", self.word(K::ApprovedAs), quoted_text(&text.is))
                }
                TemplateClause::Language(name) => format!("{} {}", self.word(K::Language), self.name(name)),
                TemplateClause::Category(name) => format!("{} {}", self.word(K::Category), self.name(name)),
                TemplateClause::Purpose(purpose) => {
                    let keyword = match purpose {
                        Purpose::Reminder => K::Reminder,
                        Purpose::Receipt => K::Receipt,
                        Purpose::Information => K::Information,
                        Purpose::Offer => K::Offer,
                        Purpose::Notice => K::Notice,
                    };
                    format!("{} {}", self.word(K::Purpose), self.word(keyword))
                }
                TemplateClause::Subject(text) => {
                    format!("{} {}", self.word(K::Subject), self.message(text))
                }
                TemplateClause::Text(text) => format!("{} {}", self.word(K::Text), self.message(text)),
                TemplateClause::Attach(document) => {
                    let document = match document.is {
                        Document::Invoice => K::Invoice,
                        Document::Invoices => K::Invoices,
                        Document::Statement => K::Statement,
                    };
                    format!("{} {}", self.word(K::Attach), self.word(document))
                }
                TemplateClause::Button(name, label) => {
                    format!("{} {} {}", self.word(K::Button), self.name(name), quoted_text(&label.is))
                }
            };
            self.line(clause.span, &line);
        }
        self.close(template.span.end);
    }

    /// A message's text with the names of its facts in the language to write.
    fn message(&self, text: &Text) -> String {
        if let Some(name) = self.used_at(text.span.start) {
            return name;
        }
        self.message_text(&text.is)
    }

    pub(super) fn message_text(&self, text: &str) -> String {
        let mut out = String::new();
        for piece in crate::check::pieces(text) {
            match piece {
                crate::check::RawPiece::Text(text) => out.push_str(text),
                crate::check::RawPiece::Variable { name, .. } => {
                    let fact = crate::vocabulary::find(name, self.file_lang);
                    out.push_str("{{");
                    out.push_str(fact.map_or(name, |fact| fact.name(self.lang)));
                    out.push_str("}}");
                }
            }
        }
        quoted_text(&out)
    }

    fn test(&mut self, test: &Test) {
        let name = quoted_text(&test.name.is);
        let head =
            format!("{} {name} {} {}", self.word(K::Test), self.word(K::Of), self.name(&test.strategy));
        self.open(test.span, &head);
        for line in &test.lines {
            match &line.is {
                TestLine::Account(clauses) => self.account(line.span, clauses),
                TestLine::Start(at) => {
                    self.line(line.span, &format!("{} {}", self.word(K::Start), moment(*at)))
                }
                TestLine::Happens(when, what) => {
                    let when = match when {
                        // Before a length of time Spanish says `tras`; `después de` stands before a date.
                        Moment::After(lapse) => {
                            let after = K::After.forms(self.lang).last().unwrap_or("");
                            format!("{after} {}", self.lapse_in(line.span, *lapse))
                        }
                        Moment::At(at) => format!("{} {}", self.word(K::At), moment(*at)),
                    };
                    let what = self.happening(what);
                    self.line(line.span, &format!("{when} {what}"));
                }
                TestLine::Expect(expectation) => {
                    let what = self.expectation(expectation);
                    self.line(line.span, &format!("{} {what}", self.word(K::Expect)));
                }
            }
        }
        self.close(test.span.end);
    }

    fn account(&mut self, span: crate::source::Span, clauses: &[At<AccountClause>]) {
        self.open(span, self.word(K::Account));
        for clause in clauses {
            let line = match &clause.is {
                AccountClause::Invoice(amount, due) => {
                    let amount = self.expression(amount);
                    format!("{} {amount} {} {}", self.word(K::Invoice), self.word(K::Due), due.is)
                }
                AccountClause::OtherAccount(amount, due) => {
                    let amount = self.expression(amount);
                    format!("{} {amount} {} {}", self.word(K::OtherAccount), self.word(K::Due), due.is)
                }
                AccountClause::Balance(amount, due) => {
                    let amount = self.expression(amount);
                    format!("{} {amount} {} {}", Fact::Balance.name(self.lang), self.word(K::Due), due.is)
                }
                AccountClause::Phone(text) => format!("{} {}", self.word(K::Phone), quoted_text(&text.is)),
                AccountClause::Email(text) => format!("{} {}", self.word(K::Email), quoted_text(&text.is)),
                AccountClause::Timezone(name) => format!("{} {}", self.word(K::Timezone), name.text),
                AccountClause::Tag(name) => format!("{} {}", self.word(K::Tag), self.name(name)),
                AccountClause::Authorised(channels) => {
                    let words: Vec<&str> = channels.iter().map(|channel| self.channel(*channel)).collect();
                    let words =
                        if words.is_empty() { self.word(K::Nothing).to_owned() } else { words.join(", ") };
                    format!("{} {words}", self.word(K::Authorised))
                }
                AccountClause::Role(role) => {
                    let role = match role {
                        Role::Debtor => K::Debtor,
                        Role::Guarantor => K::Guarantor,
                        Role::Reference => K::Reference,
                    };
                    format!("{} {}", self.word(K::Role), self.word(role))
                }
                AccountClause::Group(experiment, way) => {
                    format!("{} {} {}", self.word(K::Group), self.name(experiment), self.name(way))
                }
                AccountClause::Webhook(name, is_answered) => {
                    let answer = if *is_answered { K::Failed } else { K::NoAnswer };
                    format!("{} {} {}", self.word(K::Webhook), self.name(name), self.word(answer))
                }
                AccountClause::Fact(name, value) => format!("{} {}", self.fact(name), self.expression(value)),
            };
            self.line(clause.span, &line);
        }
        self.close(span.end);
    }

    fn happening(&self, happening: &Happening) -> String {
        match happening {
            Happening::Payment(amount) => format!("{} {}", self.word(K::Payment), self.expression(amount)),
            Happening::PaymentReversed(amount) => {
                let amount =
                    amount.as_ref().map_or_else(String::new, |it| format!(" {}", self.expression(it)));
                format!("{}{amount}", self.word(K::PaymentReversed))
            }
            Happening::Response(name) => format!("{} {}", self.word(K::Response), self.name(name)),
            Happening::Says(text) => format!("{} {}", self.word(K::Response), quoted_text(&text.is)),
            Happening::Hold(on, because) => {
                let because = because.as_ref().map_or_else(String::new, |text| {
                    format!(" {} {}", self.word(K::Because), quoted_text(&text.is))
                });
                format!("{} {} {on}{because}", self.word(K::Hold), self.word(K::Until))
            }
            Happening::Release => self.word(K::Release).to_owned(),
            Happening::Done(name) => format!("{} {}", self.word(K::Done), self.name(name)),
            Happening::Promise(amount, on) => {
                let amount = self.expression(amount);
                format!("{} {amount} {} {on}", self.word(K::Promise), self.word(K::PromisedFor))
            }
            Happening::MovesTo(name) => format!("{} {}", self.word(K::MovesTo), name.text),
            Happening::AgentContact(channel, answered) => {
                let rest = if *answered { String::new() } else { format!(" {}", self.word(K::NoAnswer)) };
                format!("{} {}{rest}", self.word(K::AgentContact), self.channel(*channel))
            }
            Happening::Delivered => self.word(K::Delivered).to_owned(),
            Happening::Read => self.word(K::Read).to_owned(),
            Happening::NotDelivered => self.word(K::NotDelivered).to_owned(),
            Happening::OptOut => self.word(K::OptOut).to_owned(),
            Happening::OptIn(channel) => {
                let channel = channel.map_or_else(String::new, |is| format!(" {}", self.channel(is)));
                format!("{}{channel}", self.word(K::OptIn))
            }
            Happening::BalanceChanged(amount) => {
                format!("{} {}", self.word(K::BalanceChanged), self.expression(amount))
            }
            Happening::Event(name) => format!("{} {}", self.word(K::Event), self.name(name)),
            Happening::Dispute(reason) => {
                let reason =
                    reason.as_ref().map_or_else(String::new, |it| format!(" {}", quoted_text(&it.is)));
                format!("{}{reason}", self.word(K::Dispute))
            }
            Happening::DisputeUpheld => self.word(K::DisputeUpheld).to_owned(),
            Happening::DisputeRejected => self.word(K::DisputeRejected).to_owned(),
            Happening::PlanAccepted(name) => {
                let name = name.as_ref().map_or_else(String::new, |name| format!(" {}", self.name(name)));
                format!("{}{name}", self.word(K::PlanAccepted))
            }
            Happening::PlanRejected => self.word(K::PlanRejected).to_owned(),
            Happening::Verified => self.word(K::Verified).to_owned(),
            Happening::Failed => self.word(K::Failed).to_owned(),
            Happening::DisputeClosed => self.word(K::DisputeClosed).to_owned(),
            Happening::WrongPerson => self.word(K::WrongPerson).to_owned(),
            Happening::Nothing => self.word(K::Nothing).to_owned(),
        }
    }

    fn expectation(&self, expectation: &Expectation) -> String {
        let at = |at: &Option<NaiveDateTime>| {
            at.map_or_else(String::new, |at| format!(" {} {}", self.word(K::At), moment(at)))
        };
        match expectation {
            Expectation::Send(channel, name, when) => {
                let channel =
                    channel.as_ref().map_or_else(String::new, |c| format!("{} ", self.channel(c.is)));
                format!("{} {channel}{}{}", self.word(K::Send), self.name(name), at(when))
            }
            Expectation::NoSend(after) => {
                let after = after
                    .map_or_else(String::new, |after| format!(" {} {}", self.word(K::After), moment(after)));
                format!("{}{after}", self.word(K::NoSend))
            }
            Expectation::End(name, when) => format!("{} {}{}", self.word(K::End), self.name(name), at(when)),
            Expectation::Step(name) => format!("{} {}", self.word(K::Step), self.name(name)),
            Expectation::Task(name) => format!("{} {}", self.word(K::Task), self.name(name)),
            Expectation::NoEntry => self.word(K::NoEntry).to_owned(),
        }
    }
}

fn moment(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
