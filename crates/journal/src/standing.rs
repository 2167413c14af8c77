//! Where a certificate stands.

use causeway_ledger::Class;
use serde::{Deserialize, Serialize};

use crate::columns::names;

/// Where a certificate stands. Each change of it is an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It breaks no rule, but what it follows or depends on is not here, or stands lower than its network's policy asks for.
    Waiting,
    /// The ledger takes it, with what it depends on.
    Accepted,
    /// Its transition is proven.
    Proven,
    /// So is that of everything it depends on.
    Confirmed,
    /// It is in the epoch that is being proven or settled.
    Assigned,
    /// A canonical block of L1 has its epoch.
    Settled,
    /// L1 has finalized that block.
    Finalized,
    /// It breaks a rule: its network has to build another one.
    Rejected,
    /// Its time, or that of what it waits for, is over.
    Expired,
    /// Its network put another one in its place.
    Superseded,
}

names!(Standing {
    Waiting = "waiting",
    Accepted = "accepted",
    Proven = "proven",
    Confirmed = "confirmed",
    Assigned = "assigned",
    Settled = "settled",
    Finalized = "finalized",
    Rejected = "rejected",
    Expired = "expired",
    Superseded = "superseded",
});

/// The tiers of finality that users see, and what stands outside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Something that it needs is not there.
    Waiting,
    /// The ledger accepted it, its authority included.
    PreConfirmed,
    /// Its transition is proven and everything it depends on is confirmed.
    Confirmed,
    /// Its epoch is settled on L1, and L1 has finalized that.
    Finalized,
    /// It never settles as it is.
    Rejected,
    /// Its time is over.
    Expired,
}

names!(Tier {
    Waiting = "waiting",
    PreConfirmed = "pre_confirmed",
    Confirmed = "confirmed",
    Finalized = "finalized",
    Rejected = "rejected",
    Expired = "expired",
});

impl Standing {
    /// Whether it has its height to itself.
    pub const fn is_live(self) -> bool {
        !self.is_dead()
    }

    /// Whether it has given its height back. It is over: nothing leads out of it.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Rejected | Self::Expired | Self::Superseded)
    }

    /// Whether L1 has it, finalized or not.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Settled | Self::Finalized)
    }

    /// Whether whoever composes an epoch or judges a certificate reckons with it: it is live and L1 does not have it.
    pub const fn is_pending(self) -> bool {
        self.is_live() && !self.is_settled()
    }

    /// What users see.
    pub const fn tier(self) -> Tier {
        match self {
            Self::Waiting => Tier::Waiting,
            Self::Accepted | Self::Proven => Tier::PreConfirmed,
            Self::Confirmed | Self::Assigned | Self::Settled => Tier::Confirmed,
            Self::Finalized => Tier::Finalized,
            Self::Rejected | Self::Superseded => Tier::Rejected,
            Self::Expired => Tier::Expired,
        }
    }

    /// Whether a certificate can go from the one to the other.
    ///
    /// Forward one after the other, but L1 may show what others settled from anywhere; back to waiting or accepted where what it stood
    /// on is gone; from settled to assigned when a reorg takes its block away; and out, as long as L1 does not have it.
    pub const fn becomes(self, to: Self) -> bool {
        use Standing::{
            Accepted, Assigned, Confirmed, Expired, Finalized, Proven, Rejected, Settled, Superseded, Waiting,
        };
        match (self, to) {
            (Waiting, Accepted)
            | (Accepted, Waiting | Proven)
            | (Proven, Waiting | Confirmed)
            | (Confirmed, Waiting | Proven | Assigned)
            | (Assigned, Waiting | Proven | Confirmed)
            | (Settled, Waiting | Confirmed | Assigned | Finalized) => true,
            // Settled by somebody else, or by a transaction that was lost: even what was given up here.
            (
                Waiting | Accepted | Proven | Confirmed | Assigned | Rejected | Expired | Superseded,
                Settled,
            ) => true,
            (Waiting | Accepted | Proven | Confirmed | Assigned | Settled, Rejected | Expired) => true,
            (Waiting | Accepted | Proven | Confirmed, Superseded) => true,
            _ => false,
        }
    }
}

/// Why something stands where it does, for machines and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Its code, which never changes.
    pub code: String,
    /// What to do.
    pub class: Option<ReasonClass>,
    /// In words, with what was found and what was expected.
    pub detail: String,
}

/// [`Class`] as columns and JSON have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonClass {
    /// Ask again.
    Retry,
    /// Build another certificate.
    Rebuild,
    /// Keep it until something else has happened.
    Wait,
    /// Call a person.
    Operator,
}

names!(ReasonClass {
    Retry = "retry",
    Rebuild = "rebuild",
    Wait = "wait",
    Operator = "operator",
});

impl From<Class> for ReasonClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Retry => Self::Retry,
            Class::Rebuild => Self::Rebuild,
            Class::Wait => Self::Wait,
            Class::Operator => Self::Operator,
        }
    }
}

impl Reason {
    /// A reason.
    pub fn new(code: impl Into<String>, class: impl Into<ReasonClass>, detail: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            class: Some(class.into()),
            detail: detail.into(),
        }
    }
}
