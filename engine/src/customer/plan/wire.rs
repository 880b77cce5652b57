//! Plans as they are kept.

use super::{Instalment, Plan, Plans};
use crate::calendar::Instant;
use crate::customer::wire::{Damage, date};
use serde::{Deserialize, Serialize};

/// The stored form of an account's plans.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct StoredPlans {
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    open: Option<StoredPlan>,
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    completed: u32,
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    broken: u32,
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    made: u32,
}

#[derive(Serialize, Deserialize)]
struct StoredPlan {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "t")]
    total: i64,
    #[serde(rename = "p")]
    paid: i64,
    /// Due on, amount, late at, over at.
    #[serde(rename = "i")]
    instalments: Vec<(String, i64, i64, i64)>,
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    missed: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl StoredPlans {
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_none() && self.made == 0 && self.completed == 0 && self.broken == 0
    }
}

impl From<&Plans> for StoredPlans {
    fn from(plans: &Plans) -> StoredPlans {
        let Plans { open, completed, broken, made } = plans;
        let open = open.as_deref().map(|Plan { name, total, paid, instalments, missed }| StoredPlan {
            name: name.clone(),
            total: *total,
            paid: *paid,
            instalments: instalments
                .iter()
                .map(|Instalment { due_on, amount, late_at, over_at }| {
                    (due_on.to_string(), *amount, late_at.0, over_at.0)
                })
                .collect(),
            missed: *missed,
        });
        StoredPlans { open, completed: *completed, broken: *broken, made: *made }
    }
}

impl TryFrom<StoredPlans> for Plans {
    type Error = Damage;

    fn try_from(stored: StoredPlans) -> Result<Plans, Damage> {
        let plan = |StoredPlan { name, total, paid, instalments, missed }: StoredPlan| {
            let instalment = |(due_on, amount, late_at, over_at): (String, i64, i64, i64)| {
                let (late_at, over_at) = (Instant(late_at), Instant(over_at));
                Ok::<_, Damage>(Instalment { due_on: date(&due_on)?, amount, late_at, over_at })
            };
            let instalments = instalments.into_iter().map(instalment).collect::<Result<_, _>>()?;
            Ok::<_, Damage>(Box::new(Plan { name, total, paid, instalments, missed }))
        };
        Ok(Plans {
            open: stored.open.map(plan).transpose()?,
            completed: stored.completed,
            broken: stored.broken,
            made: stored.made,
        })
    }
}
