//! A small world to test stores in: customers, inputs, commits, in as few words as possible.

use cobro_engine::calendar::Instant;
use cobro_engine::contacts::Contact;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::durable::store::*;
use cobro_engine::effect::Message;
use cobro_engine::gate::Reach;
use cobro_engine::input::{Arrived, Event};
use cobro_engine::record::Entry;
use cobro_engine::run::{Park, Place, Run};

/// The tenant of every test.
pub const T: &Tenant = "default";

/// A moment.
pub fn at(millis: i64) -> Instant {
    Instant(millis)
}

/// A version.
pub fn version(number: u8) -> Version {
    Version([number; 16])
}

/// Owned names.
pub fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A customer with accounts of one invoice each.
pub fn customer(id: &str, accounts: &[&str]) -> Customer {
    let mut customer = Customer::new(id);
    customer.phone = Some("+51000000001".to_owned());
    for id in accounts {
        let mut account = Account::new(*id, Currency::parse("PEN").expect("a currency"));
        let due_on = Default::default();
        account.invoices =
            vec![Invoice { id: "F1".to_owned(), issued_on: None, due_on, amount: 900, open: 900 }];
        customer.accounts.push(account);
    }
    customer
}

/// A customer with one account whose run waits in a step until a moment.
pub fn running(id: &str, account: &str, step: u16, wake: i64) -> Customer {
    let mut customer = customer(id, &[account]);
    customer.accounts[0].run = Some(run(step, wake));
    customer
}

/// A run that waits in a step until a moment.
pub fn run(step: u16, wake: i64) -> Run {
    Run {
        version: version(1),
        entered_at: at(0),
        step: StepId(step),
        stack: vec![Place { op: OpId(3), park: Park::Wait, wake: Some(at(wake)) }],
        ended: None,
        channel: Some(Channel::Sms),
        template: Some(TemplateId(1)),
        messages: 1,
        tasks: 0,
        calls: 0,
        watch: Default::default(),
        again_at: None,
        paused_at: None,
        sent_at: None,
        ran: Vec::new(),
    }
}

/// The same customer with the run ended.
pub fn ended(mut customer: Customer, outcome: u16, moment: i64) -> Customer {
    let run = customer.accounts[0].run.as_mut().expect("a run");
    run.stack.clear();
    run.ended = Some((OutcomeId(outcome), at(moment)));
    customer
}

/// Brings customers in.
pub async fn import<S: Store>(store: &S, customers: Vec<Customer>) {
    let answer = store.import(T, customers, at(0)).await.unwrap();
    assert!(matches!(answer, Import::Imported { .. }), "{answer:?}");
}

/// A payment.
pub fn pay(source: &str, id: &str, account: &str, amount: i64) -> NewInput {
    let event = Event::PaymentReceived { amount, invoice: None, reference: None };
    input(source, id, account, InboxInput::Event(Arrived { event, occurred_at: at(0) }))
}

/// An offer to enter.
pub fn offer(source: &str, id: &str, account: &str) -> NewInput {
    input(source, id, account, InboxInput::Enter(version(1)))
}

/// A message did not arrive.
pub fn missed(source: &str, id: &str, account: &str, message: u32) -> NewInput {
    let event = Event::MessageNotDelivered { message };
    input(source, id, account, InboxInput::Event(Arrived { event, occurred_at: at(0) }))
}

fn input(source: &str, id: &str, account: &str, what: InboxInput) -> NewInput {
    NewInput { source: source.to_owned(), id: id.to_owned(), account: account.to_owned(), what }
}

/// The amount of a payment that waits.
pub fn amount(row: &InboxRow) -> i64 {
    match &row.what {
        InboxInput::Event(Arrived { event: Event::PaymentReceived { amount, .. }, .. }) => *amount,
        other => panic!("not a payment: {other:?}"),
    }
}

/// Claims what is due.
pub async fn claim<S: Store>(store: &S, now: i64, until: i64) -> Vec<Loaded> {
    let want = ClaimWanted { now: at(now), clock: at(now), worker: "w", until: at(until), limit: 100 };
    let claimed = store.claim(T, want).await.unwrap();
    assert_eq!(claimed.damaged, []);
    claimed.loaded
}

/// A commit of nothing.
pub fn empty(claim: Claim) -> Commit {
    Commit {
        claim,
        customer: None,
        taken: Vec::new(),
        history: Vec::new(),
        outbox: Vec::new(),
        tasks_opened: Vec::new(),
        tasks_closed: Vec::new(),
    }
}

/// A commit with something of everything: the first account enters, a message, a task, two rows.
pub fn full_commit(loaded: Loaded, now: i64) -> Commit {
    let Loaded { claim, mut customer, inbox } = loaded;
    let account = customer.accounts[0].id.clone();
    let mut entered = run(1, now + 50);
    entered.entered_at = at(now);
    customer.accounts[0].run = Some(entered);
    customer.contacts.contacts.push(Contact::new(at(now), Channel::Sms, 0, 0));
    let run = RunKey { account: account.clone(), entered_at: at(now), version: version(1) };
    let task = NewTask {
        run: run.clone(),
        task: 1,
        queue: "mesa".to_owned(),
        priority: Priority::High,
        opened_at: at(now),
        due_at: None,
    };
    Commit {
        customer: Some(customer),
        taken: inbox.iter().map(|row| row.number).collect(),
        history: vec![note(&account, now, 1), note(&account, now, 2)],
        outbox: vec![NewMessage { run, decided_at: at(now), message: message(1) }],
        tasks_opened: vec![task],
        ..empty(claim)
    }
}

/// A message.
pub fn message(number: u32) -> Message {
    Message {
        number,
        channel: Channel::Sms,
        address: "+51000000001".to_owned(),
        template: TemplateId(0),
        reach: Reach::NewContact,
        subject: String::new(),
        text: "Hola, \"José\"\n".to_owned(),
        documents: Vec::new(),
        webhook: String::new(),
    }
}

/// A row of history.
pub fn note(account: &str, now: i64, note: u16) -> HistoryRow {
    HistoryRow { at: at(now), account: account.to_owned(), version: version(1), entry: Entry::Noted { note } }
}

/// Commits one.
pub async fn commit_one<S: Store>(store: &S, commit: Commit, now: i64) -> Result<u64> {
    let mut answers = store.commit(T, vec![commit], at(now)).await.unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

/// A customer C1 with account A1 and a message that is queued since moment 2; the message's id.
pub async fn queued<S: Store>(store: &S) -> String {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let commit = full_commit(claim(store, 2, 10).await.remove(0), 2);
    let id = commit.outbox[0].id();
    commit_one(store, commit, 2).await.unwrap();
    id
}

/// Takes messages that are due, for a hundred milliseconds.
pub async fn take<S: Store>(store: &S, now: i64) -> Taken {
    let want = TakeWanted { now: at(now), clock: at(now), worker: "w", until: at(now + 100), limit: 100 };
    store.take_outbox(T, want).await.unwrap()
}

/// What became of a message of C1 under its first mark.
pub fn handed(id: &str, outcome: Outcome) -> Handed {
    let (id, customer) = (id.to_owned(), "C1".to_owned());
    Handed { id, customer, mark: 1, outcome, change: None, inputs: Vec::new(), message: None }
}

/// Records one.
pub async fn record_one<S: Store>(store: &S, handed: Handed, now: i64) -> Result<u64> {
    let mut answers = store.record(T, vec![handed], at(now)).await.unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}
