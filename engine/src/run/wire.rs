//! A run as it is kept: the same fields under short names, ids as numbers.
//!
//! In: a run, or its stored form. Out: the other. Absent: names of steps and outcomes; those are the
//! program's, which the version names.

use super::{Park, Place, Run, Watch};
use crate::calendar::Instant;
use cobro_dsl::program::{OpId, OutcomeId, StepId, TemplateId, Version};
use cobro_dsl::values::Channel;
use serde::{Deserialize, Serialize};

/// The stored form of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredRun {
    #[serde(rename = "v")]
    version: String,
    #[serde(rename = "at")]
    entered_at: i64,
    #[serde(rename = "s")]
    step: u16,
    /// Operation, what for, when to wake.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    stack: Vec<(u32, StoredPark, Option<i64>)>,
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    ended: Option<(u16, i64)>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    channel: Option<u8>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    template: Option<u16>,
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    messages: u32,
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    tasks: u32,
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    calls: u32,
    /// Handlers whose condition holds, when to look again.
    #[serde(rename = "w", default, skip_serializing_if = "is_no_watch")]
    watch: (Vec<u32>, Option<i64>),
    #[serde(rename = "ea", default, skip_serializing_if = "Option::is_none")]
    again_at: Option<i64>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<i64>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    paused_at: Option<i64>,
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    ran: Vec<(u16, i64)>,
}

fn is_no_watch((held, wake): &(Vec<u32>, Option<i64>)) -> bool {
    held.is_empty() && wake.is_none()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum StoredPark {
    #[serde(rename = "w")]
    Wait,
    #[serde(rename = "g")]
    Gate,
    #[serde(rename = "t")]
    Task(u32),
    #[serde(rename = "c")]
    Call(u32),
    #[serde(rename = "r")]
    Repeat(u32),
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl From<&Run> for StoredRun {
    fn from(run: &Run) -> StoredRun {
        // Taken apart by name, so that a new field cannot be forgotten here.
        let Run {
            version,
            entered_at,
            step,
            stack,
            ended,
            channel,
            template,
            messages,
            tasks,
            calls,
            watch,
            again_at,
            sent_at,
            paused_at,
            ran,
        } = run;
        let Watch { held, wake } = watch;
        StoredRun {
            version: version.to_string(),
            entered_at: entered_at.0,
            step: step.0,
            stack: stack
                .iter()
                .map(|place| (place.op.0, StoredPark::from(place.park), place.wake.map(|at| at.0)))
                .collect(),
            ended: ended.map(|(outcome, at)| (outcome.0, at.0)),
            channel: channel.map(channel_number),
            template: template.map(|id| id.0),
            messages: *messages,
            tasks: *tasks,
            calls: *calls,
            watch: (held.clone(), wake.map(|at| at.0)),
            again_at: again_at.map(|at| at.0),
            sent_at: sent_at.map(|at| at.0),
            paused_at: paused_at.map(|at| at.0),
            ran: ran.iter().map(|(step, at)| (step.0, at.0)).collect(),
        }
    }
}

impl TryFrom<StoredRun> for Run {
    type Error = &'static str;

    fn try_from(stored: StoredRun) -> Result<Run, &'static str> {
        Ok(Run {
            version: Version::parse(&stored.version).ok_or("the run's version is no version")?,
            entered_at: Instant(stored.entered_at),
            step: StepId(stored.step),
            stack: stored
                .stack
                .into_iter()
                .map(|(op, park, wake)| Place { op: OpId(op), park: park.into(), wake: wake.map(Instant) })
                .collect(),
            ended: stored.ended.map(|(outcome, at)| (OutcomeId(outcome), Instant(at))),
            channel: stored.channel.map(channel_of).transpose()?,
            template: stored.template.map(TemplateId),
            messages: stored.messages,
            tasks: stored.tasks,
            calls: stored.calls,
            watch: Watch { held: stored.watch.0, wake: stored.watch.1.map(Instant) },
            again_at: stored.again_at.map(Instant),
            sent_at: stored.sent_at.map(Instant),
            paused_at: stored.paused_at.map(Instant),
            ran: stored.ran.into_iter().map(|(step, at)| (StepId(step), Instant(at))).collect(),
        })
    }
}

impl From<Park> for StoredPark {
    fn from(park: Park) -> StoredPark {
        match park {
            Park::Wait => StoredPark::Wait,
            Park::Gate => StoredPark::Gate,
            Park::Task(task) => StoredPark::Task(task),
            Park::Call(call) => StoredPark::Call(call),
            Park::Repeat { round } => StoredPark::Repeat(round),
        }
    }
}

impl From<StoredPark> for Park {
    fn from(park: StoredPark) -> Park {
        match park {
            StoredPark::Wait => Park::Wait,
            StoredPark::Gate => Park::Gate,
            StoredPark::Task(task) => Park::Task(task),
            StoredPark::Call(call) => Park::Call(call),
            StoredPark::Repeat(round) => Park::Repeat { round },
        }
    }
}

/// A channel as a number: its place in [`Channel::ALL`], which never changes.
pub fn channel_number(channel: Channel) -> u8 {
    channel.index() as u8
}

/// The channel of a number.
pub fn channel_of(number: u8) -> Result<Channel, &'static str> {
    Channel::ALL.get(usize::from(number)).copied().ok_or("there is no such channel")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(run: &Run) {
        let text = serde_json::to_string(&StoredRun::from(run)).unwrap();
        let stored: StoredRun = serde_json::from_str(&text).unwrap();
        assert_eq!(Run::try_from(stored).as_ref(), Ok(run), "{text}");
    }

    fn fresh() -> Run {
        Run {
            version: Version([7; 16]),
            entered_at: Instant(-1),
            step: StepId(0),
            stack: Vec::new(),
            ended: None,
            channel: None,
            template: None,
            messages: 0,
            tasks: 0,
            calls: 0,
            watch: Watch::default(),
            again_at: None,
            paused_at: None,
            sent_at: None,
            ran: Vec::new(),
        }
    }

    #[test]
    fn a_run_comes_back_as_it_was() {
        check(&fresh());
        let place = |park| Place { op: OpId(u32::MAX), park, wake: Some(Instant(i64::MAX)) };
        check(&Run {
            stack: [Park::Wait, Park::Gate, Park::Task(2), Park::Call(4), Park::Repeat { round: 3 }]
                .map(place)
                .to_vec(),
            ended: Some((OutcomeId(3), Instant(9))),
            channel: Some(Channel::Call),
            template: Some(TemplateId(u16::MAX)),
            messages: 5,
            tasks: 2,
            calls: 4,
            watch: Watch { held: vec![0, u32::MAX], wake: Some(Instant(-4)) },
            again_at: Some(Instant(6)),
            paused_at: Some(Instant(11)),
            sent_at: Some(Instant(7)),
            ran: vec![(StepId(3), Instant(8))],
            ..fresh()
        });
    }

    #[test]
    fn a_row_written_before_conditions_is_read() {
        let text = format!(r#"{{"v":"{}","at":-1,"s":0}}"#, Version([7; 16]));
        let stored: StoredRun = serde_json::from_str(&text).unwrap();
        assert_eq!(Run::try_from(stored), Ok(fresh()));
    }

    #[test]
    fn a_channel_that_does_not_exist_is_damage() {
        assert!(channel_of(4).is_err());
    }
}
