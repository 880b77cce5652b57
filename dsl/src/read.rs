//! A strategy told in plain sentences: what a manager reads aloud and a risk committee signs.
//!
//! In: a program and a language. Out: chapters of sentences, each with the line it comes from. Made from the program,
//! not from the text: what is told is what runs. Absent: dates; a run of a sample debtor is the caller's.

mod conditions;
mod promises;
mod sentences;

pub use conditions::condition;

use crate::graph::words;
use crate::program::{Op, OpId, Program, Reasoned, Slice, StepId, Trigger};
use crate::values::{Channel, Lang, Stretch, WeekHours, Window};
use sentences::{event, sentence};
use std::collections::BTreeSet;

/// A chapter: its title and its sentences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chapter {
    /// What it is about.
    pub title: String,
    /// In the order of the program.
    pub sentences: Vec<Sentence>,
}

/// One sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// How deep it stands under the sentence it depends on.
    pub depth: usize,
    /// The words.
    pub text: String,
    /// The line of the text it comes from, from 1; 0 when it comes from the whole.
    pub line: u32,
}

/// Tells a strategy.
pub fn read(program: &Program, lang: Lang) -> Vec<Chapter> {
    let reader = Reader { program, lang };
    let mut chapters = vec![reader.who(), reader.limits()];
    chapters.extend(reader.guarantees());
    chapters.extend(reader.plans());
    if program.always.len > 0 {
        chapters.push(reader.always());
    }
    chapters.extend((0..program.steps.len()).map(|step| reader.step(StepId(step as u16))));
    chapters.push(reader.messages());
    chapters.push(reader.outcomes());
    chapters
}

struct Reader<'a> {
    program: &'a Program,
    lang: Lang,
}

fn say(depth: usize, text: impl Into<String>, line: u32) -> Sentence {
    Sentence { depth, text: text.into(), line }
}

impl Reader<'_> {
    fn pick(&self, es: impl Into<String>, en: impl Into<String>) -> String {
        self.lang.pick(es.into(), en.into())
    }

    fn who(&self) -> Chapter {
        let program = self.program;
        let enter = condition(program, program.enter, self.lang);
        let mut sentences = vec![
            say(
                0,
                self.pick(
                    format!("Entra la cuenta que tiene {enter}."),
                    format!("An account enters when it has {enter}."),
                ),
                0,
            ),
            say(
                0,
                self.pick(
                    format!(
                        "La cartera se revisa según el horario «{}», hora de {}.",
                        program.review, program.zone
                    ),
                    format!(
                        "The portfolio is reviewed on the schedule “{}”, time of {}.",
                        program.review, program.zone
                    ),
                ),
                0,
            ),
        ];
        let start = program.step_name(program.start);
        let line = program.origin.steps.get(usize::from(program.start.0)).map_or(0, |(_, line)| *line);
        sentences.push(say(
            0,
            self.pick(format!("Empieza en el paso «{start}»."), format!("It begins in the step “{start}”.")),
            line,
        ));
        for (name, holds) in &program.segments {
            let holds = condition(program, *holds, self.lang);
            sentences.push(say(
                0,
                self.pick(format!("Segmento «{name}»: {holds}."), format!("Segment “{name}”: {holds}.")),
                0,
            ));
        }
        let grace = words::lapse(program.promise_grace, self.lang);
        if !program.promise_grace.is_zero() {
            sentences.push(say(
                0,
                self.pick(
                    format!("Una promesa vale todavía {grace} después de su fecha."),
                    format!("A promise may still be kept {grace} after its date."),
                ),
                0,
            ));
        }
        Chapter { title: self.pick("Quién entra", "Who enters"), sentences }
    }

    fn limits(&self) -> Chapter {
        let policy = &self.program.contact;
        let mut sentences = vec![match self.program.law.as_str() {
            "" => say(
                0,
                self.pick(
                    "No nombra norma: rigen límites prudentes.",
                    "It names no law: cautious limits hold.",
                ),
                0,
            ),
            law => say(
                0,
                self.pick(
                    format!("Rige la norma de contacto {law}; lo que sigue solo puede ser más estricto."),
                    format!("The contact law {law} holds; what follows can only be stricter."),
                ),
                0,
            ),
        }];
        sentences.extend(self.identity().map(|text| say(0, text, 0)));
        if let Some(hours) = &policy.hours {
            sentences.extend(week(hours, self.lang).into_iter().map(|text| say(0, text, 0)));
        }
        for limit in &policy.limits {
            let window = match limit.window {
                Window::Day => self.pick("por día", "a day"),
                Window::Week => self.pick("por semana", "a week"),
                Window::Month => self.pick("por mes", "a month"),
                Window::Days(days) => self.pick(format!("en {days} días"), format!("in {days} days")),
            };
            let channels: Vec<&str> =
                limit.channels.iter().map(|channel| words::channel(channel, self.lang)).collect();
            // A limit that names no channel holds on all of them together.
            let on = if channels.is_empty() || channels.len() == Channel::ALL.len() {
                String::new()
            } else {
                format!(" ({})", channels.join(", "))
            };
            let most = limit.contacts_max;
            let why = self.why(|reasoned| matches!(reasoned, Reasoned::Limit(of) if of == limit));
            sentences.push(say(
                0,
                match (self.lang, most) {
                    (Lang::Es, 1) => {
                        format!("A una persona se le escribe o llama como máximo una vez {window}{on}{why}.")
                    }
                    (Lang::Es, _) => format!(
                        "A una persona se le escribe o llama como máximo {most} veces {window}{on}{why}."
                    ),
                    (Lang::En, 1) => format!("A person is contacted at most once {window}{on}{why}."),
                    (Lang::En, _) => format!("A person is contacted at most {most} times {window}{on}{why}."),
                },
                0,
            ));
        }
        let ladder: Vec<&str> =
            policy.ladder.iter().map(|channel| words::channel(*channel, self.lang)).collect();
        if !ladder.is_empty() {
            let ladder = ladder.join(self.lang.pick(", luego ", ", then "));
            sentences.push(say(
                0,
                self.pick(
                    format!("Orden de los canales: {ladder}."),
                    format!("Order of the channels: {ladder}."),
                ),
                0,
            ));
        }
        Chapter {
            title: self.pick("Cuándo y cuánto se puede escribir", "When and how often it may write"),
            sentences,
        }
    }

    fn always(&self) -> Chapter {
        let mut sentences = Vec::new();
        self.handlers(self.program.always, None, 0, &mut sentences);
        Chapter { title: self.pick("En cualquier momento", "At any moment"), sentences }
    }

    fn step(&self, id: StepId) -> Chapter {
        let program = self.program;
        let name = program.step_name(id);
        let line = program.origin.steps.get(usize::from(id.0)).map_or(0, |(_, line)| *line);
        let mut sentences = Vec::new();
        let stage = program.stage(id).map(|(_, stage)| stage);
        let holds = stage.and_then(|stage| stage.holds).map(|holds| condition(program, holds, self.lang));
        if let Some(holds) = holds {
            let text = self.pick(
                format!(
                    "Está aquí la cuenta que tiene {holds}, y ninguna condición de las etapas que siguen."
                ),
                format!("Here is the account that has {holds}, and no condition of the stages that follow."),
            );
            sentences.push(say(0, text, line));
        }
        let why = self.why(|reasoned| matches!(reasoned, Reasoned::Step(of) if *of == id));
        if !why.is_empty() {
            let why = why.trim_start_matches([',', ' ']);
            sentences.push(say(0, format!("{}.", sentences::capital(why)), line));
        }
        if let Some(step) = program.steps.get(usize::from(id.0)) {
            self.tell(step.entry, &BTreeSet::new(), 0, &mut sentences);
        }
        let Some(stage) = stage else {
            let title = self.pick(format!("Paso «{name}»"), format!("Step “{name}”"));
            return Chapter { title, sentences };
        };
        let stop = BTreeSet::from([stage.rest]);
        let asides = [
            (
                Some(stage.falling_back).filter(|op| *op != stage.rest),
                "Al retroceder a ella:",
                "On falling back to it:",
            ),
            (stage.leaving, "Al salir de ella:", "On leaving it:"),
        ];
        for (op, es, en) in asides {
            let Some(op) = op else { continue };
            sentences.push(say(0, self.pick(es, en), program.origin.line(op)));
            self.tell(op, &stop, 1, &mut sentences);
        }
        Chapter { title: self.pick(format!("Etapa «{name}»"), format!("Stage “{name}”")), sentences }
    }

    fn messages(&self) -> Chapter {
        let mut sentences = Vec::new();
        for template in &self.program.templates {
            for form in &template.forms {
                let channel = words::channel(form.channel, self.lang);
                let text = sentences::message(&form.text, self.lang);
                sentences.push(say(
                    0,
                    self.pick(
                        format!("«{}» por {channel}: {text}", template.name),
                        format!("“{}” by {channel}: {text}", template.name),
                    ),
                    0,
                ));
                let buttons: Vec<&str> = form.buttons.iter().map(|button| button.label.as_str()).collect();
                if !buttons.is_empty() {
                    let buttons = buttons.join(" · ");
                    sentences.push(say(
                        1,
                        self.pick(format!("Botones: {buttons}."), format!("Buttons: {buttons}.")),
                        0,
                    ));
                }
            }
        }
        Chapter { title: self.pick("Los mensajes", "The messages"), sentences }
    }

    fn outcomes(&self) -> Chapter {
        let one = |outcome: &crate::program::Outcome| {
            let kind = words::outcome_kind(outcome.kind, self.lang);
            say(
                0,
                self.pick(format!("«{}» ({kind}).", outcome.name), format!("“{}” ({kind}).", outcome.name)),
                0,
            )
        };
        let sentences = self.program.outcomes.iter().map(one).collect();
        Chapter { title: self.pick("Cómo puede terminar", "How it may end"), sentences }
    }

    /// `, porque …`, when the author says why.
    fn why(&self, of: impl Fn(&Reasoned) -> bool) -> String {
        let because = self.lang.pick("porque", "because");
        self.program.reason(of).map_or_else(String::new, |reason| format!(", {because}: {}", reason.words()))
    }

    /// Tells the way from an operation until one of `stops`. Says whether it comes there, or back to where it stood.
    fn tell(&self, from: OpId, stops: &BTreeSet<OpId>, depth: usize, out: &mut Vec<Sentence>) {
        let program = self.program;
        let (mut at, mut seen) = (from, BTreeSet::new());
        while !stops.contains(&at) && seen.insert(at) {
            let line = program.origin.line(at);
            let why = self.why(|reasoned| matches!(reasoned, Reasoned::Op(of) if *of == at));
            let text = sentence(program, at, &why, self.lang);
            if !text.is_empty() {
                out.push(say(depth, text, line));
            }
            at = match program.op(at) {
                Op::Send { next, otherwise, .. } => {
                    let cannot = self.pick("Si no se puede enviar:", "If it cannot be sent:");
                    self.aside(cannot, *otherwise, *next, stops, depth, line, out);
                    *next
                }
                Op::Escalate { next }
                | Op::Note { next, .. }
                | Op::Tag { next, .. }
                | Op::Set { next, .. } => *next,
                Op::Wait { handlers, timeout, .. } => {
                    self.handlers(*handlers, None, depth + 1, out);
                    *timeout
                }
                Op::Assign { handlers, timeout, next, due, .. } => {
                    self.handlers(*handlers, Some(*next), depth + 1, out);
                    if due.is_some() {
                        let over = self.pick("Si vence sin hacerse:", "If it is not done in time:");
                        self.aside(over, *timeout, *next, stops, depth + 1, line, out);
                    }
                    *next
                }
                Op::Hold { next, .. } | Op::Release { next } | Op::Block { next, .. } => *next,
                Op::Await { handlers, timeout, next, up_to, .. } => {
                    self.handlers(*handlers, Some(*next), depth + 1, out);
                    if up_to.is_some() {
                        let over = self.pick("Si se acaba el plazo:", "If the time runs out:");
                        self.aside(over, *timeout, *next, stops, depth + 1, line, out);
                    }
                    *next
                }
                Op::Branch { then, otherwise, .. } => {
                    match self.branch((*then, *otherwise), stops, depth, line, out) {
                        Some(next) => next,
                        None => return,
                    }
                }
                Op::Repeat { body, again, .. } => {
                    let inner = stops.iter().copied().chain([*again]).collect();
                    self.tell(*body, &inner, depth + 1, out);
                    *again
                }
                Op::Again { next, .. } => *next,
                Op::Split { ways, next, .. } => {
                    let inner: BTreeSet<OpId> = stops.iter().copied().chain([*next]).collect();
                    for way in ways {
                        let (share, name) = (way.share, program.name(way.name));
                        let line = program.origin.line(way.body);
                        out.push(say(
                            depth + 1,
                            self.pick(format!("El {share}% («{name}»):"), format!("{share}% (“{name}”):")),
                            line,
                        ));
                        self.tell(way.body, &inner, depth + 2, out);
                    }
                    *next
                }
                Op::Go(_) | Op::End(_) | Op::Resume => return,
            };
        }
    }

    /// Both ways of a condition, up to where they meet; says where it goes on.
    fn branch(
        &self,
        (then, otherwise): (OpId, OpId),
        stops: &BTreeSet<OpId>,
        depth: usize,
        line: u32,
        out: &mut Vec<Sentence>,
    ) -> Option<OpId> {
        let meets = meeting(self.program, then, otherwise);
        let inner: BTreeSet<OpId> = stops.iter().copied().chain(meets).collect();
        self.tell(then, &inner, depth + 1, out);
        let Some(meets) = meets else {
            // A way that never comes back: what follows holds for the others.
            return Some(otherwise);
        };
        if otherwise != meets {
            out.push(say(depth, self.pick("Si no:", "Otherwise:"), line));
            self.tell(otherwise, &inner, depth + 1, out);
        }
        Some(meets)
    }

    /// A side way with its own heading, when it differs from the straight one.
    #[allow(clippy::too_many_arguments, reason = "a heading, two ways, and where they are told")]
    fn aside(
        &self,
        heading: String,
        side: OpId,
        straight: OpId,
        stops: &BTreeSet<OpId>,
        depth: usize,
        line: u32,
        out: &mut Vec<Sentence>,
    ) {
        let meets = meeting(self.program, side, straight);
        let inner: BTreeSet<OpId> = stops.iter().copied().chain(meets).collect();
        let mut told = Vec::new();
        self.tell(side, &inner, depth + 1, &mut told);
        if !told.is_empty() {
            out.push(say(depth, heading, line));
            out.extend(told);
        }
    }

    fn handlers(&self, handlers: Slice, behind_task: Option<OpId>, depth: usize, out: &mut Vec<Sentence>) {
        for (at, handler) in handlers.of(&self.program.handlers).iter().enumerate() {
            // The condition of the wait itself: told with the wait.
            if matches!(handler.trigger, Trigger::Awaited(_)) {
                continue;
            }
            let line = self.program.origin.handler_line(handlers.start + at as u32);
            out.push(say(depth, format!("{}:", event(self.program, handler.trigger, self.lang)), line));
            let before = out.len();
            let stops = behind_task.into_iter().collect();
            self.tell(handler.body, &stops, depth + 1, out);
            if out.len() == before {
                out.push(say(
                    depth + 1,
                    self.pick("Sigue con lo que viene.", "It goes on with what follows."),
                    line,
                ));
            }
        }
    }
}

/// The first operation of the second way that the first way reaches as well.
fn meeting(program: &Program, first: OpId, second: OpId) -> Option<OpId> {
    let reached: BTreeSet<OpId> = crate::graph::view::reach(program, first).into_iter().collect();
    crate::graph::view::reach(program, second).into_iter().find(|op| reached.contains(op))
}

/// The permitted hours, days with the same hours together.
fn week(hours: &WeekHours, lang: Lang) -> Vec<String> {
    let names = match lang {
        Lang::Es => ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        Lang::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    };
    let told = |stretches: &[Stretch]| {
        let one = |stretch: &Stretch| match lang {
            Lang::Es => format!("de {} a {}", stretch.open, stretch.close),
            Lang::En => format!("from {} to {}", stretch.open, stretch.close),
        };
        stretches.iter().map(one).collect::<Vec<_>>().join(lang.pick(" y ", " and "))
    };
    let mut lines: Vec<String> = Vec::new();
    let mut day = 0;
    while let (Some(first), Some(stretches)) = (names.get(day), hours.days.get(day)) {
        let same = hours.days.iter().skip(day).take_while(|other| *other == stretches).count().max(1);
        let last = names.get(day + same - 1).unwrap_or(first);
        let days = match same {
            1 => (*first).to_owned(),
            _ => format!("{first} {} {last}", lang.pick("a", "to")),
        };
        lines.push(match stretches.is_empty() {
            true => {
                format!("{}: {}.", sentences::capital(&days), lang.pick("no se escribe", "nothing is sent"))
            }
            false => format!("{}: {}.", sentences::capital(&days), told(stretches)),
        });
        day += same;
    }
    let holidays = lang.pick("Feriados", "Holidays");
    lines.push(match hours.holiday.is_empty() {
        true => format!("{holidays}: {}.", lang.pick("no se escribe", "nothing is sent")),
        false => format!("{holidays}: {}.", told(&hours.holiday)),
    });
    lines
}
