//! Statements, handlers and conditions as text.

use super::{Printer, Spelling, quoted_text};
use crate::ast::{
    Argument, At, Await, Block, Call, Expr, ExprKind, Handler, Part, Statement, StatementKind, Trigger, Why,
};
use crate::keywords::Keyword as K;
use crate::program::{Priority, Until};
use crate::source::Span;
use crate::values::{Lang, Lapse};

/// The longest line that holds a whole block.
const WIDTH: usize = 100;

impl Printer<'_> {
    pub(super) fn statements(&mut self, block: &Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn body(&mut self, block: &Block) {
        self.indent += 1;
        self.statements(block);
        self.close(block.span.end);
    }

    fn statement(&mut self, statement: &Statement) {
        let span = statement.span;
        if let Some(line) = self.simple(&statement.kind) {
            self.line(span, &line);
            return;
        }
        match &statement.kind {
            StatementKind::Send { otherwise: Some(otherwise), .. } => {
                let head = format!("{} {}", self.send(&statement.kind), self.word(K::Else));
                self.headed(span, &head, otherwise);
            }
            StatementKind::Wait { handlers: Some(handlers), .. }
            | StatementKind::AwaitCondition { handlers: Some(handlers), .. }
            | StatementKind::Assign { handlers: Some(handlers), .. } => {
                let head = self.parked(&statement.kind);
                self.line(span, &format!("{head} {{"));
                self.indent += 1;
                self.handlers(handlers);
                self.close(span.end);
            }
            StatementKind::Await(waits @ Await { handlers: Some(handlers), .. }) => {
                let head = self.awaits(waits);
                self.line(span, &format!("{head} {{"));
                self.indent += 1;
                self.handlers(handlers);
                self.close(span.end);
            }
            StatementKind::If { condition, then, otherwise } => {
                let head = format!("{} {}", self.word(K::If), self.condition(condition));
                if otherwise.is_none() {
                    self.headed(span, &head, then);
                } else {
                    self.line(span, &format!("{head} {{"));
                    self.branches(then, otherwise.as_ref());
                }
            }
            StatementKind::Repeat { times, body } => {
                let word = match times.is {
                    1 => K::Times.forms(self.lang).nth(1).unwrap_or(""),
                    _ => self.word(K::Times),
                };
                let count = self.used_at(times.span.start).unwrap_or_else(|| times.is.to_string());
                let head = format!("{} {} {count} {word}", self.word(K::Repeat), self.word(K::UpTo));
                self.headed(span, &head, body);
            }
            StatementKind::Run(call) => {
                let ends = call.ends.as_deref().unwrap_or(&[]);
                self.line(span, &format!("{} {{", self.call(call)));
                self.indent += 1;
                for end in ends {
                    let name = self.name(&end.outcome);
                    let head = format!("{} {} {name}", self.word(K::On), self.word(K::OnEnd));
                    let only = end.body.statements.first().filter(|_| end.is_arrow);
                    match only.and_then(|only| self.simple(&only.kind)) {
                        Some(arrow) => self.line(end.span, &format!("{head} {arrow}")),
                        None => self.headed(end.span, &head, &end.body),
                    }
                }
                self.close(span.end);
            }
            StatementKind::Split { name, ways, .. } => {
                self.line(span, &format!("{} {} {{", self.word(K::Split), self.name(name)));
                self.indent += 1;
                for way in ways {
                    let share = self.used_at(way.share.span.start);
                    let share = share.unwrap_or_else(|| format!("{}%", self.figure(&way.share.is)));
                    let head = format!("{share} {}", self.name(&way.name));
                    self.headed(way.span, &head, &way.body);
                }
                self.close(span.end);
            }
            _ => {}
        }
    }

    /// A block behind its head: on one line when it holds a single statement, no comment, and fits.
    fn headed(&mut self, span: Span, head: &str, block: &Block) {
        if let ([only], false) = (block.statements.as_slice(), self.has_comment(block.span)) {
            let line = self.simple(&only.kind).map(|line| format!("{head} {{ {line} }}"));
            if let Some(line) = line.filter(|line| line.chars().count() + 2 * self.indent <= WIDTH) {
                self.line(span, &line);
                return;
            }
        }
        self.line(span, &format!("{head} {{"));
        self.body(block);
    }

    fn branches(&mut self, then: &Block, otherwise: Option<&Block>) {
        self.body(then);
        let Some(otherwise) = otherwise else { return };
        // `} else {` goes on the line of the brace.
        if self.out.ends_with("}\n") {
            self.out.pop();
        }
        if let [Statement { kind: StatementKind::If { condition, then, otherwise: rest }, span }] =
            otherwise.statements.as_slice()
            && *span == otherwise.span
        {
            let condition = self.condition(condition);
            let line = format!(" {} {} {condition} {{\n", self.word(K::Else), self.word(K::If));
            self.out.push_str(&line);
            self.just_opened = true;
            self.branches(then, rest.as_ref());
            return;
        }
        let line = format!(" {} {{\n", self.word(K::Else));
        self.out.push_str(&line);
        self.just_opened = true;
        self.body(otherwise);
    }

    /// A statement that fits on one line, without blocks.
    fn simple(&self, kind: &StatementKind) -> Option<String> {
        match kind {
            StatementKind::Send { otherwise: None, .. } => Some(self.send(kind)),
            StatementKind::Escalate(why) => Some(format!("{}{}", self.word(K::Escalate), self.why(why))),
            StatementKind::Wait { handlers: None, .. }
            | StatementKind::AwaitCondition { handlers: None, .. }
            | StatementKind::Assign { handlers: None, .. } => Some(self.parked(kind)),
            StatementKind::Await(waits) if waits.handlers.is_none() => Some(self.awaits(waits)),
            StatementKind::Go(name) => Some(format!("-> {}", self.name(name))),
            StatementKind::End(name) => Some(match self.spelling {
                Spelling::Author => format!("{} {}", self.word(K::End), self.name(name)),
                Spelling::Canonical => format!("-> {}", self.name(name)),
            }),
            StatementKind::Tag { name, is_on } => {
                Some(format!("{} {}", self.word(if *is_on { K::Tag } else { K::Untag }), self.name(name)))
            }
            StatementKind::Set { field, value } => {
                let value = self.condition(value);
                Some(format!("{} {} = {value}", self.word(K::Set), self.name(field)))
            }
            StatementKind::Hold { until, why } => {
                let until = match &until.is {
                    Until::For(lapse) => self.used_at(until.span.start).unwrap_or_else(|| self.lapse(*lapse)),
                    Until::Schedule(text) => format!("{} {}", self.word(K::Until), quoted_text(text)),
                    _ => self.until(until),
                };
                Some(format!("{} {until}{}", self.word(K::Hold), self.why(why)))
            }
            StatementKind::Release => Some(self.word(K::Release).to_owned()),
            StatementKind::Block(channel) => {
                let channel = channel.as_ref().map(|channel| format!(" {}", self.channel(channel.is)));
                Some(format!("{}{}", self.word(K::BlockChannel), channel.unwrap_or_default()))
            }
            StatementKind::Note(text) => Some(format!("{} {}", self.word(K::Note), self.text(text))),
            StatementKind::Run(call) if call.ends.is_none() => Some(self.call(call)),
            StatementKind::Send { .. }
            | StatementKind::Run(_)
            | StatementKind::Wait { .. }
            | StatementKind::AwaitCondition { .. }
            | StatementKind::Assign { .. }
            | StatementKind::Await(_)
            | StatementKind::Repeat { .. }
            | StatementKind::Split { .. }
            | StatementKind::If { .. } => None,
        }
    }

    /// `run strategy name(parameter: value)`
    fn call(&self, call: &Call) -> String {
        let argument = |argument: &Argument| {
            let used = self.used_at(argument.value.span.start);
            let value = used.unwrap_or_else(|| self.value(&argument.value.is));
            format!("{}: {value}", self.name(&argument.name))
        };
        let arguments: Vec<String> = call.arguments.iter().map(argument).collect();
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        format!("{} {}{arguments}", self.word(K::RunStrategy), self.name(&call.strategy))
    }

    fn send(&self, kind: &StatementKind) -> String {
        let StatementKind::Send { channel, template, .. } = kind else { return String::new() };
        let channel = channel.as_ref().map_or_else(String::new, |c| format!("{} ", self.channel_at(c)));
        format!("{} {channel}{} {}", self.word(K::Send), self.word(K::Template), self.name(template))
    }

    /// The head of a statement that parks the run.
    fn parked(&self, kind: &StatementKind) -> String {
        match kind {
            StatementKind::Wait { until, up_to, .. } => {
                let lapse = match &until.is {
                    Until::For(lapse) => self.used_at(until.span.start).unwrap_or_else(|| self.lapse(*lapse)),
                    Until::Schedule(text) => format!("{} {}", self.word(K::Until), quoted_text(text)),
                    _ => self.until(until),
                };
                let up_to = if *up_to { format!("{} ", self.word(K::UpTo)) } else { String::new() };
                format!("{} {up_to}{lapse}", self.word(K::Wait))
            }
            StatementKind::AwaitCondition { condition, at_most, .. } => {
                let condition = self.awaited(condition);
                let at_most = at_most.as_ref().map_or_else(String::new, |lapse| {
                    format!(" {} {}", self.word(K::ForUpTo), self.lapse(lapse.is))
                });
                format!("{} {} {condition}{at_most}", self.word(K::Wait), self.word(K::UntilThat))
            }
            StatementKind::Assign { queue, priority, due, .. } => {
                let said = self.assigned(*priority, due.as_ref());
                format!("{} {} {}{said}", self.word(K::Assign), self.word(K::Queue), self.name(queue))
            }
            _ => String::new(),
        }
    }

    /// The urgency of a task and when it is due, with a space before each.
    pub(super) fn assigned(&self, priority: Option<Priority>, due: Option<&At<Lapse>>) -> String {
        let level = |priority: Priority| {
            let level = match priority {
                Priority::High => K::High,
                Priority::Normal => K::Normal,
                Priority::Low => K::Low,
            };
            format!(" {} {}", self.word(K::Priority), self.word(level))
        };
        let priority = priority.map(level).unwrap_or_default();
        let due = due.map(|due| format!(" {} {}", self.word(K::DueIn), self.lapse_at(due)));
        priority + &due.unwrap_or_default()
    }

    pub(super) fn lapse(&self, lapse: Lapse) -> String {
        let count = |count: u32, one: K, many: K| {
            // The singular is the second form of a unit; one is printed for one.
            let word =
                if count == 1 { one.forms(self.lang).nth(1).unwrap_or("") } else { many.word(self.lang) };
            format!("{count} {word}")
        };
        match lapse {
            Lapse::Days(n) => count(n, K::Days, K::Days),
            Lapse::BusinessDays(n) => count(n, K::BusinessDays, K::BusinessDays),
            Lapse::Weeks(n) => count(n, K::Weeks, K::Weeks),
            Lapse::Months(n) => count(n, K::Months, K::Months),
            Lapse::Seconds(n) if n % 3600 == 0 => count(n / 3600, K::Hour, K::Hour),
            Lapse::Seconds(n) => count(n / 60, K::Minutes, K::Minutes),
        }
    }

    pub(super) fn handlers(&mut self, handlers: &[Handler]) {
        for handler in handlers {
            let head = format!("{} {}", self.word(K::On), self.trigger(&handler.trigger.is));
            // `{ -> x }` is written `-> x`; a block of one line stays on the handler's line.
            if let ([only], false) = (handler.body.statements.as_slice(), self.has_comment(handler.body.span))
            {
                let is_arrow = match only.kind {
                    StatementKind::Go(_) => true,
                    StatementKind::End(_) => self.spelling == Spelling::Canonical,
                    _ => false,
                };
                if let (Some(line), true) = (self.simple(&only.kind), is_arrow) {
                    self.line(handler.span, &format!("{head} {line}"));
                    continue;
                }
            }
            if handler.is_arrow
                && let Some(line) = handler.body.statements.first().and_then(|only| self.simple(&only.kind))
            {
                self.line(handler.span, &format!("{head} {line}"));
                continue;
            }
            self.headed(handler.span, &head, &handler.body);
        }
    }

    fn trigger(&self, trigger: &Trigger) -> String {
        let named = |keyword: K, name: &Option<crate::ast::Name>| match name {
            Some(name) => format!("{} {}", self.word(keyword), self.name(name)),
            None => self.word(keyword).to_owned(),
        };
        match trigger {
            Trigger::Response(name) => named(K::Response, name),
            Trigger::Done(name) => named(K::Done, name),
            Trigger::Holds(condition) => self.awaited(condition),
            Trigger::Promise => self.word(K::Promise).to_owned(),
            Trigger::PromiseKept => self.word(K::PromiseKept).to_owned(),
            Trigger::PromisePartlyKept => self.word(K::PromisePartlyKept).to_owned(),
            Trigger::PromiseBroken => self.word(K::PromiseBroken).to_owned(),
            Trigger::FullPayment => self.word(K::FullPayment).to_owned(),
            Trigger::PartialPayment => self.word(K::PartialPayment).to_owned(),
            Trigger::Payment(None) => self.word(K::Payment).to_owned(),
            Trigger::Payment(Some(least)) => {
                format!("{} {} {}", self.word(K::Payment), self.word(K::OfAtLeast), self.part(&least.is))
            }
            Trigger::PaymentReversed => self.word(K::PaymentReversed).to_owned(),
            Trigger::Delivered => self.word(K::Delivered).to_owned(),
            Trigger::Read => self.word(K::Read).to_owned(),
            Trigger::NotDelivered => self.word(K::NotDelivered).to_owned(),
            Trigger::Timeout => self.word(K::Timeout).to_owned(),
            Trigger::OptOut => self.word(K::OptOut).to_owned(),
            Trigger::OptIn => self.word(K::OptIn).to_owned(),
            Trigger::BalanceChanged => self.word(K::BalanceChanged).to_owned(),
            Trigger::Event(name) => format!("{} {}", self.word(K::Event), self.name(name)),
            Trigger::Dispute => self.word(K::Dispute).to_owned(),
            Trigger::DisputeClosed => self.word(K::DisputeClosed).to_owned(),
            Trigger::DisputeUpheld => self.word(K::DisputeUpheld).to_owned(),
            Trigger::DisputeRejected => self.word(K::DisputeRejected).to_owned(),
            Trigger::PlanAccepted => self.word(K::PlanAccepted).to_owned(),
            Trigger::PlanRejected => self.word(K::PlanRejected).to_owned(),
            Trigger::PlanBroken => self.word(K::PlanBroken).to_owned(),
            Trigger::PlanCompleted => self.word(K::PlanCompleted).to_owned(),
            Trigger::InstalmentPaid => self.word(K::InstalmentPaid).to_owned(),
            Trigger::InstalmentMissed => self.word(K::InstalmentMissed).to_owned(),
            Trigger::Verified => self.word(K::Verified).to_owned(),
            Trigger::Failed => self.word(K::Failed).to_owned(),
            Trigger::WrongPerson => self.word(K::WrongPerson).to_owned(),
        }
    }

    /// A condition, or a part of one that `and`, `or` and `not` join. The words for yes and no are also those for
    /// `si` and `no`: where such a word would begin the part, its other form is written.
    pub(super) fn condition(&self, expr: &Expr) -> String {
        let written = self.expression(expr);
        if self.used_at(expr.span.start).is_some() {
            return written;
        }
        let Some(is) = first_truth(expr) else { return written };
        let keyword = if is { K::Yes } else { K::No };
        let rest = written.strip_prefix(self.word(keyword)).unwrap_or("");
        format!("{}{rest}", keyword.forms(self.lang).nth(1).unwrap_or(""))
    }

    /// A condition where an event or a moment could stand as well: a lone name that is a keyword is put in backticks.
    fn awaited(&self, expr: &Expr) -> String {
        let written = self.condition(expr);
        let ExprKind::Name(_) = &expr.kind else { return written };
        let folded = crate::keywords::fold(&written);
        let is_word = |keyword: K| {
            Lang::ALL
                .into_iter()
                .flat_map(|lang| keyword.forms(lang))
                .any(|form| crate::keywords::fold(form) == folded)
        };
        if K::all().any(is_word) { format!("`{written}`") } else { written }
    }

    /// The reason behind a rule, with a space before it.
    pub(super) fn why(&self, why: &Why) -> String {
        let said = [(K::Because, &why.because), (K::Basis, &why.basis)];
        let said = said.into_iter().filter_map(|(keyword, text)| Some((keyword, text.as_ref()?)));
        said.map(|(keyword, text)| format!(" {} {}", self.word(keyword), quoted_text(&text.is))).collect()
    }

    /// An amount or a share.
    pub(super) fn part(&self, part: &Part) -> String {
        match part {
            Part::Amount(figure, currency) => {
                format!("{} {}", self.figure(figure), currency.text.to_ascii_uppercase())
            }
            Part::Share(figure) => format!("{}%", self.figure(figure)),
        }
    }

    pub(super) fn figure(&self, figure: &str) -> String {
        match self.spelling {
            Spelling::Author => figure.to_owned(),
            Spelling::Canonical => {
                let bare = figure.replace('_', "");
                let bare = match bare.contains('.') {
                    true => bare.trim_end_matches('0').trim_end_matches('.'),
                    false => &bare,
                };
                bare.to_owned()
            }
        }
    }

    pub(super) fn expression(&self, expr: &Expr) -> String {
        let and = self.word(K::And);
        let is_value = matches!(
            expr.kind,
            ExprKind::Figure(..)
                | ExprKind::Percent(_)
                | ExprKind::Date(_)
                | ExprKind::Text(_)
                | ExprKind::Truth(_)
        );
        if let Some(name) = self.used_at(expr.span.start).filter(|_| is_value) {
            return name;
        }
        match &expr.kind {
            ExprKind::Figure(figure, None) => self.figure(figure),
            ExprKind::Figure(figure, Some(currency)) => {
                format!("{} {}", self.figure(figure), currency.text.to_ascii_uppercase())
            }
            ExprKind::Percent(figure) => format!("{}%", self.figure(figure)),
            ExprKind::Date(date) => date.to_string(),
            ExprKind::Text(text) => quoted_text(text),
            ExprKind::Truth(is) => self.word(if *is { K::Yes } else { K::No }).to_owned(),
            ExprKind::Name(name) => self.fact(name),
            ExprKind::Tagged(name) => format!("{} {}", self.word(K::Tagged), self.name(name)),
            ExprKind::Not(x) => format!("{} {}", self.word(K::Not), self.condition(x)),
            ExprKind::And(x, y) => format!("{} {and} {}", self.condition(x), self.condition(y)),
            ExprKind::Or(x, y) => {
                format!("{} {} {}", self.condition(x), self.word(K::Or), self.condition(y))
            }
            ExprKind::Compare(sign, x, y) => {
                format!("{} {} {}", self.expression(x), sign.sign(), self.expression(y))
            }
            ExprKind::Between(x, low, high) => {
                let (x, low, high) = (self.expression(x), self.expression(low), self.expression(high));
                format!("{x} {} {low} {and} {high}", self.word(K::Between))
            }
            ExprKind::In(x, choices) => {
                let choices: Vec<String> = choices.iter().map(|choice| self.expression(choice)).collect();
                format!("{} {} ({})", self.expression(x), self.word(K::In), choices.join(", "))
            }
            ExprKind::Arithmetic(sign, x, y) => {
                format!("{} {} {}", self.expression(x), sign.sign(), self.expression(y))
            }
            ExprKind::Group(x) => format!("({})", self.condition(x)),
            ExprKind::Error => String::new(),
        }
    }
}

/// The yes or no with which an expression begins, when it begins with one.
fn first_truth(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Truth(is) => Some(*is),
        ExprKind::Compare(_, x, _)
        | ExprKind::Between(x, _, _)
        | ExprKind::In(x, _)
        | ExprKind::Arithmetic(_, x, _) => first_truth(x),
        // What these begin with was written by `condition` already.
        _ => None,
    }
}
