//! What events mean where the shipped strategies do not go: a word that opts out, a telephone that is somebody
//! else's, a task within a task; and what a dry-run counts at its edges.

use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Channel, ChannelSet, Currency, NaiveDate};
use cobro_engine::advance::{Context, advance};
use cobro_engine::behaviour::Behaviour;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::effect::Effect;
use cobro_engine::gate::Law;
use cobro_engine::input::{Answer, Event, Input};
use cobro_engine::measure::{Keep, Measures};
use cobro_engine::portfolio::{History, Payment};
use cobro_engine::record::Rows;
use cobro_engine::simulate::{Error, Plan, play};
use cobro_engine::timeline::next_timer;

const STRATEGY: &str = "language en

strategy care {
  title \"Care\"
  currency PEN
  time zone America/Lima
  law PE
  enter if balance >= 20 PEN

  always {
    on opt out { end do_not_contact }
    on dispute { assign queue quarrels }
  }

  start first

  step first {
    send whatsapp template asking
    wait 30 days {
      on response person { assign queue people }
      on partial payment { note \"thanks\" }
    }
    assign queue desk
    end done
  }

  end do_not_contact neutral
  end done success
}

template asking for whatsapp {
  purpose reminder
  text \"You owe {{balance}}. Write STOP to hear no more.\"
  button person \"A person\"
}
";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn program(text: &str) -> Program {
    let compiled = cobro_dsl::compile("care.cobro", text, &Laws::shipped());
    assert!(!compiled.has_errors(), "{:?}", compiled.findings);
    compiled.programs.into_iter().next().unwrap()
}

fn law() -> Law {
    Law::new(Laws::shipped().get("PE").unwrap().clone())
}

fn account(id: &str, currency: &str) -> Account {
    let mut account = Account::new(id, Currency::parse(currency).unwrap());
    account.invoices.push(Invoice {
        id: "F1".to_owned(),
        issued_on: None,
        due_on: date("2026-03-01"),
        amount: 10_000,
        open: 10_000,
    });
    account
}

fn customer() -> Customer {
    let mut customer = Customer::new("c");
    customer.phone = Some("+51900000001".to_owned());
    customer.email = Some("ana@example.com".to_owned());
    customer.accounts.push(account("a", "PEN"));
    customer
}

/// One customer and what has been asked for.
struct World {
    program: Program,
    law: Law,
    customer: Customer,
    effects: Vec<Effect>,
    now: Instant,
}

impl World {
    fn new() -> World {
        let now = Instant::parse("2026-03-02T10:00:00-05:00").unwrap();
        let (program, law) = (program(STRATEGY), law());
        let mut world = World { program, law, customer: customer(), effects: Vec::new(), now };
        world.take(Input::Enter);
        world
    }

    fn take(&mut self, input: Input) {
        let context = Context { program: &self.program, law: &self.law };
        let mut rows = Rows::default();
        advance(context, &mut self.customer, 0, &input, self.now, &mut rows, &mut self.effects);
    }

    fn happens(&mut self, event: Event) {
        self.take(Input::Event(event));
    }

    /// Goes to the next timer.
    fn timer(&mut self) {
        self.now = next_timer(&self.customer).expect("a timer").0;
        self.take(Input::Timer);
    }

    fn done(&mut self) {
        let task = self.run().open_tasks().next_back().expect("an open task");
        self.happens(Event::TaskDone { task, result: "any".to_owned() });
    }

    fn run(&self) -> &cobro_engine::run::Run {
        self.customer.accounts[0].run.as_ref().unwrap()
    }

    /// Tasks opened, by queue, and closed.
    fn tasks(&self) -> Vec<String> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::OpenTask { task, queue, .. } => {
                    Some(format!("open {task} {}", self.program.name(*queue)))
                }
                Effect::CloseTask { task } => Some(format!("close {task}")),
                Effect::SendMessage(_) | Effect::CallWebhook { .. } => None,
            })
            .collect()
    }
}

#[test]
fn the_word_that_messages_offer_opts_out_of_everything() {
    let mut world = World::new();
    let answer = Answer::Text(" Stop. ".to_owned());
    world.happens(Event::ResponseReceived { channel: Channel::Whatsapp, answer, said_at: None });
    assert_eq!(world.customer.opted_out, ChannelSet::ALL);
    assert_eq!(world.customer.conversations, [None; 4], "no conversation that replies could go into");
    assert!(world.run().ended.is_some());
}

#[test]
fn somebody_else_s_telephone_is_left_alone_on_every_channel() {
    let mut world = World::new();
    world.happens(Event::WrongPersonReached { channel: Channel::Whatsapp });
    let blocked = world.customer.blocked;
    assert!(
        [Channel::Whatsapp, Channel::Sms, Channel::Call].iter().all(|channel| blocked.contains(*channel))
    );
    assert!(!blocked.contains(Channel::Email));
}

#[test]
fn a_task_below_another_stays_open() {
    let mut world = World::new();
    world.timer();
    world.happens(Event::DisputeOpened { reason: None });
    assert_eq!(world.tasks(), ["open 1 desk", "open 2 quarrels"]);
    world.done();
    assert_eq!(world.run().open_tasks().collect::<Vec<_>>(), [1]);
    world.done();
    assert!(world.run().ended.is_some());
}

#[test]
fn a_task_of_a_handler_that_is_over_is_closed() {
    let mut world = World::new();
    let answer = Answer::Button("person".to_owned());
    world.happens(Event::ResponseReceived { channel: Channel::Whatsapp, answer, said_at: None });
    world.happens(Event::PaymentReceived { amount: 100, invoice: None, reference: None });
    assert_eq!(world.tasks(), ["open 1 people", "close 1"]);
    assert_eq!(world.run().open_tasks().next(), None);
}

fn dry_run(from: &str, days: u32, zone: Option<chrono_tz::Tz>, paid_on: &str, currency: &str) -> Measures {
    let (program, law) = (program(STRATEGY), law());
    let context = Context { program: &program, law: &law };
    let plan = Plan::new(&program, date(from), days, 1).unwrap();
    let mut customer = customer();
    customer.zone = zone;
    customer.accounts.push(account("b", currency));
    let payment = Payment { on: date(paid_on), amount: 4_000, invoice: "F1".to_owned() };
    let history = [History::default(), History { payments: vec![payment], statements: Vec::new() }];
    let mut measures = Measures::default();
    play(context, &Behaviour::History, &plan, &mut customer, &history, &mut measures, &mut Keep::default());
    measures
}

#[test]
fn money_of_another_currency_is_not_added() {
    let tally = dry_run("2026-03-02", 10, None, "2026-03-05", "USD");
    assert_eq!((tally.other_currency, tally.payments, tally.received, tally.paid_outside), (1, 0, 0, 0));
    let tally = dry_run("2026-03-02", 10, None, "2026-03-05", "PEN");
    assert_eq!((tally.payments, tally.received, tally.recovered), (1, 4_000, 4_000));
}

#[test]
fn what_is_paid_after_the_last_local_day_is_not_replayed() {
    for zone in [None, Some(chrono_tz::Europe::Madrid), Some(chrono_tz::America::Tijuana)] {
        assert_eq!(dry_run("2026-03-02", 10, zone, "2026-03-11", "PEN").payments, 1, "{zone:?}");
        assert_eq!(dry_run("2026-03-02", 10, zone, "2026-03-12", "PEN").payments, 0, "{zone:?}");
    }
}

#[test]
fn a_dry_run_has_a_day_and_stays_on_the_calendar() {
    let program = program(STRATEGY);
    let plan = |from, days| Plan::new(&program, date(from), days, 1).map(|_| ());
    assert_eq!(plan("2026-03-02", 0), Err(Error::OutOfCalendar));
    assert_eq!(plan("9999-12-01", 90), Err(Error::OutOfCalendar));
    assert_eq!(plan("2026-03-02", u32::MAX), Err(Error::OutOfCalendar));
    assert_eq!(plan("2026-03-02", 90), Ok(()));
}
