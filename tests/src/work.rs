//! How much processors have worked: this process, and the PostgreSQL beside it.
//!
//! In: the process of one session of the database, where there is a database of its own. Out: time, in hundredths of a
//! second, as Linux counts it. Absent: the kernel's own threads.

use std::time::Duration;

/// Whose work is counted.
#[derive(Clone, Copy, Default, Debug)]
pub struct Meter {
    /// PostgreSQL's first process; all its sessions are children of it.
    postmaster: Option<u32>,
}

/// Work up to a moment, or between two.
#[derive(Clone, Copy, Default, Debug)]
pub struct Work {
    /// Of this process, in all threads.
    pub own: Duration,
    /// Of all processes of the database.
    pub database: Duration,
}

impl Meter {
    /// Counts the processes of the database whose session has this process, too.
    #[must_use]
    pub fn beside(session: u32) -> Meter {
        Meter { postmaster: stat(&session.to_string()).map(|stat| stat.parent) }
    }

    /// Work up to now.
    #[must_use]
    pub fn read(self) -> Work {
        let own = stat("self").map_or(0, |stat| stat.ticks);
        let mut database = 0;
        if let (Some(postmaster), Ok(processes)) = (self.postmaster, std::fs::read_dir("/proc")) {
            let names = processes.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            for process in names.filter_map(|name| stat(&name)) {
                if process.parent == postmaster {
                    database += process.ticks;
                }
                if process.id == postmaster {
                    database += process.ticks + process.ticks_of_ended;
                }
            }
        }
        Work { own: ticks(own), database: ticks(database) }
    }
}

impl Work {
    /// The work since an earlier moment.
    #[must_use]
    pub fn since(self, earlier: Work) -> Work {
        Work {
            own: self.own.saturating_sub(earlier.own),
            database: self.database.saturating_sub(earlier.database),
        }
    }

    /// Both together.
    #[must_use]
    pub fn whole(self) -> Duration {
        self.own + self.database
    }
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        self.own += other.own;
        self.database += other.database;
    }
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 10)
}

struct Stat {
    id: u32,
    parent: u32,
    ticks: u64,
    ticks_of_ended: u64,
}

fn stat(process: &str) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let id = text.split_whitespace().next()?.parse().ok()?;
    // The name in brackets may hold anything.
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        id,
        parent: u32::try_from(number(1)?).ok()?,
        ticks: number(11)? + number(12)?,
        ticks_of_ended: number(13)? + number(14)?,
    })
}
