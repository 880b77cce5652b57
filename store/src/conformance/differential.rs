//! The same random operations on two stores: equal answers, equal dumps.
//!
//! In: two empty stores, a seed. Out: nothing, or a panic with the seed and the operation. A failing run is
//! repeated from its seed.

use super::Dump;
use super::world::*;
use cobro_engine::durable::store::*;

/// SplitMix64: small, and the same for ever.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// What a run remembers of its stores: claims and messages that it may come back to, also too late.
#[derive(Default)]
struct Memo {
    now: i64,
    loaded: Vec<Loaded>,
    marked: Vec<(OutboxRow, u64, cobro_engine::customer::Customer)>,
    serial: u64,
}

/// Does so many random operations on both and compares every answer, and everything kept every few steps.
pub async fn differential<A: Store + Dump, B: Store + Dump>(a: &A, b: &B, seed: u64, operations: u32) {
    let mut chance = Chance(seed);
    let mut memo = Memo { now: 1, ..Memo::default() };
    for operation in 0..operations {
        let told = step(a, b, &mut chance, &mut memo).await;
        let (name, left, right) = told;
        assert_eq!(left, right, "seed {seed}, operation {operation}: {name}");
        if operation % 8 == 7 || operation + 1 == operations {
            let (left, right) = (a.dump(T).await, b.dump(T).await);
            for (left, right) in left.iter().zip(&right) {
                assert_eq!(left, right, "seed {seed}, after operation {operation}: {name}");
            }
            assert_eq!(left.len(), right.len(), "seed {seed}, after operation {operation}: {name}");
        }
    }
}

/// One operation on both: its name and both answers as text.
async fn step<A: Store, B: Store>(
    a: &A,
    b: &B,
    chance: &mut Chance,
    memo: &mut Memo,
) -> (&'static str, String, String) {
    macro_rules! both {
        ($name:literal, $call:ident ( $($arg:expr),* )) => {{
            let left = a.$call(T $(, Clone::clone(&$arg))*).await;
            let right = b.$call(T $(, Clone::clone(&$arg))*).await;
            ($name, format!("{left:?}"), format!("{right:?}"))
        }};
    }
    let account = |chance: &mut Chance| format!("A{}", chance.below(14));
    match chance.below(20) {
        0 => {
            let customers: Vec<_> = (0..=chance.below(3))
                .map(|_| {
                    let accounts: Vec<String> = (0..chance.below(3)).map(|_| account(chance)).collect();
                    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
                    customer(&format!("C{}", chance.below(7)), &accounts)
                })
                .collect();
            both!("import", import(customers, at(memo.now)))
        }
        1..=4 => {
            let inputs: Vec<_> = (0..=chance.below(5))
                .map(|_| {
                    let id = chance.below(400).to_string();
                    let account = account(chance);
                    match chance.below(3) {
                        0 => offer("review", &id, &account),
                        1 => pay("bank", &id, &account, chance.below(500) as i64),
                        _ => missed("bank", &id, &account, 1),
                    }
                })
                .collect();
            both!("accept", accept(inputs, at(memo.now)))
        }
        5..=7 => {
            let until = at(memo.now + chance.below(20) as i64);
            let want = ClaimWanted {
                now: at(memo.now),
                clock: at(memo.now),
                worker: "w",
                until,
                limit: 1 + chance.below(4) as u32,
            };
            let left = a.claim(T, want).await;
            let right = b.claim(T, want).await;
            let told = ("claim", format!("{left:?}"), format!("{right:?}"));
            memo.loaded.extend(left.expect("a claim").loaded);
            told
        }
        8..=10 => {
            let mut commits = Vec::new();
            for _ in 0..=chance.below(3) {
                if memo.loaded.is_empty() {
                    break;
                }
                let at_place = chance.below(memo.loaded.len() as u64) as usize;
                let loaded = if chance.one_in(6) {
                    memo.loaded[at_place].clone()
                } else {
                    memo.loaded.swap_remove(at_place)
                };
                commits.push(a_commit(loaded, chance, memo));
            }
            both!("commit", commit(commits, at(memo.now)))
        }
        11 => {
            let claims: Vec<Claim> = memo.loaded.pop().into_iter().map(|loaded| loaded.claim).collect();
            both!("release", release(claims))
        }
        12 => match memo.loaded.pop() {
            Some(loaded) if chance.one_in(3) => both!("park", park(loaded.claim, "damaged")),
            Some(_) | None => both!("backlog", backlog(at(memo.now))),
        },
        13 | 14 => {
            let (now, until) = (at(memo.now), at(memo.now + chance.below(60) as i64));
            let want = TakeWanted { now, clock: now, worker: "w", until, limit: 1 + chance.below(4) as u32 };
            let left = a.take_outbox(T, want).await;
            let right = b.take_outbox(T, want).await;
            let told = ("take_outbox", format!("{left:?}"), format!("{right:?}"));
            let taken = left.expect("messages");
            for row in taken.rows {
                let known = taken.customers.iter().find(|(_, customer)| customer.id == row.customer);
                let (state, customer) = known.expect("the customer of a message").clone();
                memo.marked.push((row, state, customer));
            }
            told
        }
        15 | 16 => {
            let count = chance.below(3) as usize;
            let handed: Vec<_> = (0..count).filter_map(|_| a_handover(chance, memo)).collect();
            both!("record", record(handed, at(memo.now)))
        }
        17 => {
            memo.now += chance.below(30) as i64;
            match chance.below(16) {
                0 => return both!("recover", recover(Others::None, at(memo.now))),
                1 => return both!("recover among others", recover(Others::Perhaps, at(memo.now))),
                2 => return both!("resume", resume()),
                _ => {}
            }
            both!("next_due", next_due(at(memo.now)))
        }
        18 => {
            let number = chance.below(4) as u8;
            let name = format!("S{}", number % 2);
            let millis = chance.below(99) as i64;
            let stop =
                if chance.one_in(2) { Stop::Channel(Channel::Sms) } else { Stop::Strategy(name.clone()) };
            match chance.below(6) {
                3 => both!("stop", stop(&stop, name.as_str(), at(memo.now))),
                4 => both!("lift", lift(&stop)),
                5 => both!("stops", stops()),
                0 => both!("deploy", deploy(name.as_str(), version(number), "text", at(memo.now))),
                1 => both!("set_reviewed_at", set_reviewed_at(name.as_str(), at(millis))),
                _ => both!("advance_clock_offset", advance_clock_offset(millis)),
            }
        }
        _ => {
            let account = account(chance);
            let limit = 1 + chance.below(5) as u32;
            match chance.below(9) {
                7 => {
                    let customer = format!("C{}", chance.below(7));
                    both!("turns", turns(customer.as_str()))
                }
                8 => both!("deployed", deployed()),
                0 => both!("account", account(account.as_str())),
                1 => both!("timeline", timeline(account.as_str(), memo.serial % 4, limit)),
                2 => both!("accounts_without_run", accounts_without_run(Some(account.as_str()), limit)),
                3 => both!("counts", counts(version(1))),
                4 => both!("tasks", tasks(limit)),
                5 => {
                    let want = OutboxWanted { account: Some(account), limit, ..OutboxWanted::default() };
                    both!("outbox of an account", outbox(want))
                }
                _ => {
                    let after = Some((at(memo.now / 2), account));
                    let want = OutboxWanted { after, limit, ..OutboxWanted::default() };
                    both!("outbox", outbox(want))
                }
            }
        }
    }
}

/// Something of everything, or of some.
fn a_commit(loaded: Loaded, chance: &mut Chance, memo: &mut Memo) -> Commit {
    memo.serial += 1;
    if loaded.customer.accounts.is_empty() || chance.one_in(3) {
        let taken = loaded.inbox.iter().map(|row| row.number).filter(|_| !chance.one_in(4)).collect();
        return Commit { taken, ..empty(loaded.claim) };
    }
    let mut commit = full_commit(loaded, memo.now);
    // Mostly another passage each time; now and then the same, which must be refused.
    if !chance.one_in(8) {
        let entered_at = at(memo.serial as i64 * 1_000_000);
        commit.outbox[0].run.entered_at = entered_at;
        commit.tasks_opened[0].run.entered_at = entered_at;
    }
    if chance.one_in(2) {
        commit.tasks_closed.push(ClosedTask {
            account: commit.tasks_opened[0].run.account.clone(),
            entered_at: commit.tasks_opened[0].run.entered_at,
            task: 1,
            result: chance.one_in(2).then(|| "done".to_owned()),
            closed_at: at(memo.now),
        });
    }
    if let Some(customer) = commit.customer.take() {
        let outcome = chance.below(2) as u16;
        commit.customer = Some(if chance.one_in(4) { ended(customer, outcome, memo.now) } else { customer });
    }
    commit
}

/// What became of a message that was marked once; sometimes told twice.
fn a_handover(chance: &mut Chance, memo: &mut Memo) -> Option<Handed> {
    if memo.marked.is_empty() {
        return None;
    }
    let place = chance.below(memo.marked.len() as u64) as usize;
    let (row, state, customer) =
        if chance.one_in(6) { memo.marked[place].clone() } else { memo.marked.swap_remove(place) };
    let outcome = match chance.below(5) {
        0 => Outcome::Accepted { provider_id: "p".to_owned() },
        1 => Outcome::Refused { why: "no such number".to_owned() },
        2 => Outcome::Later {
            not_before: at(memo.now + 5),
            attempts: row.attempts + 1,
            why: "busy".to_owned(),
        },
        3 => Outcome::Withdrawn { why: "nothing_owed".to_owned() },
        _ => Outcome::Unknown,
    };
    let is_changed = matches!(outcome, Outcome::Withdrawn { .. });
    let history = vec![note(&row.run.account, memo.now, 9)];
    Some(Handed {
        change: is_changed.then(|| {
            let mut customer = customer;
            customer.contacts.contacts.pop();
            Change { state, customer, history }
        }),
        inputs: vec![missed("dispatcher", &row.id, &row.run.account, row.message.number)],
        message: chance
            .one_in(3)
            .then(|| cobro_engine::effect::Message { text: "anew".to_owned(), ..row.message.clone() }),
        customer: row.customer,
        mark: if chance.one_in(9) { row.mark + 1 } else { row.mark },
        id: row.id,
        outcome,
    })
}
