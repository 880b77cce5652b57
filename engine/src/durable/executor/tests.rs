//! Order and care, with a step that stands in for `advance`.

use super::*;
use crate::customer::Account;
use crate::durable::store::RunKey;
use crate::effect::Message;
use crate::gate::{Law, Reach};
use crate::input::Arrived;
use crate::run::{Park, Place};
use cobro_dsl::law::Laws;
use cobro_dsl::program::{NameId, OpId, OutcomeId, Priority, StepId, TemplateId, Version};
use cobro_dsl::values::{Channel, Currency};
use std::sync::Arc;

const STRATEGY: &str = "idioma es
estrategia mora {
  moneda PEN
  zona horaria America/Lima
  entra si saldo >= 1 PEN
  inicio uno
  paso uno {
    asignar cola mesa prioridad alta { cuando hecho listo { fin fin_uno } }
    fin fin_uno
  }
  fin fin_uno neutral
}
";

fn programs() -> (Programs, Version) {
    let compiled = cobro_dsl::compile("mora.cobro", STRATEGY, &Laws::shipped());
    let program = compiled.programs.into_iter().next();
    let program = program.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    let version = program.version;
    let mut programs = Programs::default();
    programs.add(Judged { program: Arc::new(program), law: Arc::new(Law::cautious()) });
    (programs, version)
}

fn run(version: Version, wake: i64) -> Run {
    Run {
        version,
        entered_at: Instant(0),
        step: StepId(0),
        stack: vec![Place { op: OpId(0), park: Park::Wait, wake: Some(Instant(wake)) }],
        ended: None,
        channel: None,
        template: None,
        messages: 0,
        tasks: 0,
        calls: 0,
        watch: Default::default(),
        again_at: None,
        paused_at: None,
        sent_at: None,
        ran: Vec::new(),
    }
}

/// A customer with an account for each wake.
fn loaded(version: Version, wakes: &[i64], inbox: Vec<InboxRow>) -> Loaded {
    let mut customer = Customer::new("C");
    for (number, wake) in wakes.iter().enumerate() {
        let mut account = Account::new(format!("A{number}"), Currency::parse("PEN").unwrap());
        account.run = Some(run(version, *wake));
        customer.accounts.push(account);
    }
    Loaded { claim: Claim { customer: "C".into(), state: 1, lease: 1 }, customer, inbox }
}

fn event(number: u64, account: &str, arrived_at: i64) -> InboxRow {
    let event = Event::PaymentReceived { amount: 1, invoice: None, reference: None };
    let what = InboxInput::Event(Arrived { event, occurred_at: Instant(0) });
    InboxRow { number, account: account.into(), arrived_at: Instant(arrived_at), what }
}

/// What is taken in which order by `now`; a timer's wake moves on by `pause`.
fn order(wakes: &[i64], inbox: Vec<InboxRow>, now: i64, pause: i64) -> Vec<String> {
    let (programs, version) = programs();
    let mut order = Vec::new();
    let mut step = |_: Context<'_>,
                    customer: &mut Customer,
                    account: usize,
                    input: &Input,
                    _: &mut Rows,
                    _: &mut Vec<Effect>| {
        if *input == Input::Timer {
            let place = customer.accounts[account].run.as_mut().unwrap().stack.last_mut().unwrap();
            let wake = place.wake.unwrap();
            place.wake = Some(wake.plus_millis(pause));
            order.push(format!("A{account} timer {}", wake.0));
        } else {
            order.push(format!("A{account} event"));
        }
    };
    carry_on(&programs, loaded(version, wakes, inbox), Instant(now), &mut step).unwrap();
    order
}

#[test]
fn the_earliest_comes_first() {
    let inbox = vec![event(1, "A0", 5), event(2, "A1", 15)];
    assert_eq!(order(&[10, 20], inbox, 30, 100), ["A0 event", "A0 timer 10", "A1 event", "A1 timer 20"]);
}

#[test]
fn at_the_same_instant_events_come_before_timers() {
    assert_eq!(order(&[10], vec![event(1, "A0", 10)], 10, 100), ["A0 event", "A0 timer 10"]);
}

#[test]
fn ties_go_by_arrival_and_accounts_by_their_order() {
    let inbox = vec![event(2, "A0", 5), event(1, "A1", 5)];
    let expected = ["A1 event", "A0 event", "A0 timer 10", "A1 timer 10"];
    assert_eq!(order(&[10, 10], inbox, 10, 100), expected);
}

#[test]
fn a_run_that_is_due_again_is_taken_again() {
    assert_eq!(order(&[10], vec![], 30, 10), ["A0 timer 10", "A0 timer 20", "A0 timer 30"]);
}

#[test]
fn what_is_not_due_is_left() {
    assert_eq!(order(&[31], vec![event(1, "A0", 31)], 30, 10), [""; 0]);
}

fn stuck(wakes: &[i64], inbox: Vec<InboxRow>, step: &mut Step<'_>) -> String {
    let (programs, version) = programs();
    carry_on(&programs, loaded(version, wakes, inbox), Instant(30), step).unwrap_err()
}

#[test]
fn a_customer_who_cannot_be_carried_on_is_told_apart() {
    let mut nothing =
        |_: Context<'_>, _: &mut Customer, _: usize, _: &Input, _: &mut Rows, _: &mut Vec<Effect>| {};
    assert_eq!(stuck(&[10], vec![], &mut nothing), "a due timer changed nothing");
    let strange = vec![event(1, "nobody", 5)];
    assert!(stuck(&[40], strange, &mut nothing).contains("does not have"));
    let what = InboxInput::Enter(Version([9; 16]));
    let unknown = vec![InboxRow { what, ..event(1, "A0", 5) }];
    assert!(stuck(&[40], unknown, &mut nothing).contains("not known"));
    let mut restless = |_: Context<'_>,
                        customer: &mut Customer,
                        account: usize,
                        _: &Input,
                        _: &mut Rows,
                        _: &mut Vec<Effect>| {
        customer.accounts[account].run.as_mut().unwrap().messages += 1;
    };
    assert_eq!(stuck(&[10], vec![], &mut restless), "a run does not come to rest");
}

#[test]
fn what_is_asked_for_is_committed_with_the_run_that_asked() {
    let (programs, version) = programs();
    let mut step = |context: Context<'_>,
                    _: &mut Customer,
                    _: usize,
                    _: &Input,
                    _: &mut Rows,
                    effects: &mut Vec<Effect>| {
        let queue = context.program.name_id("mesa").unwrap_or(NameId(0));
        effects.push(Effect::SendMessage(Message {
            number: 3,
            channel: Channel::Sms,
            address: "+51".into(),
            template: TemplateId(0),
            reach: Reach::NewContact,
            subject: String::new(),
            text: "hola".into(),
            documents: Vec::new(),
            webhook: String::new(),
        }));
        effects.push(Effect::OpenTask { task: 1, queue, priority: Priority::High, due_at: None });
    };
    let turn = carry_on(&programs, loaded(version, &[99], vec![event(7, "A0", 5)]), Instant(30), &mut step);
    let Turn { commit, taken } = turn.unwrap();
    assert_eq!((taken, commit.taken), (1, vec![7]));
    assert_eq!(commit.customer, None, "the step changed nobody");
    let key = RunKey { account: "A0".into(), entered_at: Instant(0), version };
    assert_eq!(commit.outbox[0].run, key);
    assert_eq!(commit.outbox[0].id(), "A0/0/3");
    assert_eq!((&commit.tasks_opened[0].run, commit.tasks_opened[0].queue.as_str()), (&key, "mesa"));
}

#[test]
fn a_task_that_is_done_is_closed_with_its_result() {
    let (programs, version) = programs();
    let mut loaded = loaded(version, &[99], vec![]);
    let task = Place { op: OpId(0), park: Park::Task(2), wake: None };
    loaded.customer.accounts[0].run.as_mut().unwrap().stack = vec![task];
    let done = |task| {
        let event = Event::TaskDone { task, result: "listo".into() };
        let what = InboxInput::Event(Arrived { event, occurred_at: Instant(0) });
        InboxRow { what, ..event_row(task) }
    };
    loaded.inbox = vec![done(1), done(2)];
    let mut step = |_: Context<'_>,
                    customer: &mut Customer,
                    _: usize,
                    input: &Input,
                    _: &mut Rows,
                    _: &mut Vec<Effect>| {
        if let Input::Event(Event::TaskDone { task: 2, .. }) = input {
            let run = customer.accounts[0].run.as_mut().unwrap();
            run.stack.clear();
            run.ended = Some((OutcomeId(0), Instant(30)));
        }
    };
    let commit = carry_on(&programs, loaded, Instant(30), &mut step).unwrap().commit;
    let closed: Vec<_> = commit.tasks_closed.iter().map(|task| (task.task, task.result.as_deref())).collect();
    assert_eq!(closed, [(2, Some("listo"))]);
}

#[test]
fn a_run_that_waits_for_nothing_is_put_aside() {
    let (programs, version) = programs();
    let check = |stack: Vec<Place>, is_stuck: bool| {
        let loaded = loaded(version, &[99], vec![event(1, "A0", 5)]);
        let mut step = |_: Context<'_>,
                        customer: &mut Customer,
                        _: usize,
                        _: &Input,
                        _: &mut Rows,
                        _: &mut Vec<Effect>| {
            customer.accounts[0].run.as_mut().unwrap().stack = stack.clone();
        };
        assert_eq!(carry_on(&programs, loaded, Instant(30), &mut step).is_err(), is_stuck, "{stack:?}");
    };
    let place = |park, wake| Place { op: OpId(0), park, wake };
    check(vec![], true);
    check(vec![place(Park::Gate, None)], true);
    check(vec![place(Park::Gate, Some(Instant(99)))], false);
    check(vec![place(Park::Wait, None)], false);
    check(vec![place(Park::Task(1), None)], false);
}

fn event_row(number: u32) -> InboxRow {
    event(u64::from(number), "A0", 5)
}
