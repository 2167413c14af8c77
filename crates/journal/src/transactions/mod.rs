//! What is to happen on chains, and every transaction that was signed for it.
//!
//! A job happens once. Each signed transaction is an attempt at it and is here before its first byte leaves the house. A job's attempts
//! share a nonce: whichever of them is mined, the others never can be.

mod attempts;
mod jobs;

use alloy_primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};

use crate::columns::names;
use crate::time::Timestamp;

/// Who signs, on which chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Wallet {
    /// The chain's id.
    pub chain: u64,
    /// The address.
    pub address: Address,
}

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// To settle an epoch.
    Settle,
    /// To reserve a turn.
    Reserve,
    /// To be paid the bond of a turn that was used.
    Withdraw,
    /// To claim for somebody.
    Claim,
    /// To push an exit root to an L2.
    Push,
    /// To use up a nonce.
    Cancel,
}

names!(JobKind {
    Settle = "settle",
    Reserve = "reserve",
    Withdraw = "withdraw",
    Claim = "claim",
    Push = "push",
    Cancel = "cancel",
});

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStanding {
    /// Nothing is signed.
    Queued,
    /// Something is signed, and may be mined at any time.
    Live,
    /// A canonical block has it, and it succeeded.
    Included,
    /// The chain has finalized that block.
    Finalized,
    /// The chain shows it done, by somebody else or by a transaction that is not here.
    Adopted,
    /// It was reverted, or would be.
    Failed,
    /// It is not wanted any more, and none of its transactions can be mined.
    Abandoned,
}

names!(JobStanding {
    Queued = "queued",
    Live = "live",
    Included = "included",
    Finalized = "finalized",
    Adopted = "adopted",
    Failed = "failed",
    Abandoned = "abandoned",
});

impl JobStanding {
    /// Whether something is still to be done or watched.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Live | Self::Included)
    }

    /// Whether a job can go from the one to the other. A reorg takes back what was included, and a revert too.
    pub const fn becomes(self, to: Self) -> bool {
        matches!(
            (self, to),
            (
                Self::Queued,
                Self::Live | Self::Adopted | Self::Failed | Self::Abandoned
            ) | (
                Self::Live,
                Self::Queued | Self::Included | Self::Adopted | Self::Failed | Self::Abandoned
            ) | (
                Self::Included,
                Self::Live | Self::Queued | Self::Failed | Self::Finalized | Self::Adopted
            ) | (
                Self::Adopted,
                Self::Queued | Self::Live | Self::Included | Self::Finalized
            ) | (Self::Failed, Self::Live | Self::Included)
        )
    }
}

/// Why a job waits although its time has come. It ends by itself when the cause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Fees are above the ceiling.
    Ceiling,
    /// The day's budget is used up.
    Budget,
    /// The wallet has too little.
    Balance,
    /// An operator paused it.
    Paused,
    /// The signer does not answer.
    Signer,
    /// No endpoint answers.
    Endpoints,
    /// Somebody else has the turn.
    Turn,
    /// The chain would revert it, for a reason that may pass.
    Simulation,
}

names!(Hold {
    Ceiling = "ceiling",
    Budget = "budget",
    Balance = "balance",
    Paused = "paused",
    Signer = "signer",
    Endpoints = "endpoints",
    Turn = "turn",
    Simulation = "simulation",
});

/// Something that is to happen on a chain.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// What for.
    pub kind: JobKind,
    /// Of which epoch, claim, nonce: one live job each.
    pub subject: &'a str,
    /// Who signs.
    pub wallet: Wallet,
    /// The contract.
    pub target: Address,
    /// The call.
    pub calldata: &'a [u8],
    /// What is paid with it, in wei.
    pub value: U256,
}

/// A job in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// What for.
    pub kind: JobKind,
    /// Of which epoch, claim, nonce.
    pub subject: String,
    /// Who signs.
    pub wallet: Wallet,
    /// The contract.
    pub target: Address,
    /// The call.
    pub calldata: Vec<u8>,
    /// What is paid with it, in wei.
    pub value: U256,
    /// How far it is.
    pub standing: JobStanding,
    /// Why it waits.
    pub hold: Option<Hold>,
    /// A code of what happened last.
    pub code: Option<String>,
    /// In words.
    pub detail: Option<String>,
    /// When to look at it again.
    pub due: Timestamp,
    /// Since when it is here.
    pub created_at: Timestamp,
    /// Since when it stands there.
    pub standing_at: Timestamp,
}

/// What a transaction pays at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fees {
    /// `maxFeePerGas`, in wei.
    pub max_fee: u128,
    /// `maxPriorityFeePerGas`, in wei.
    pub tip: u128,
}

/// A transaction just signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The job that it is for.
    pub job: u64,
    /// Its nonce.
    pub nonce: u64,
    /// Its hash.
    pub hash: B256,
    /// Its bytes, as they go out.
    pub raw: &'a [u8],
    /// What it pays.
    pub fees: Fees,
    /// Its gas limit.
    pub gas: u64,
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// It is mined, and did what it should.
    Success,
    /// It is mined, and was reverted.
    Revert,
    /// Another of its nonce is mined.
    Replaced,
}

names!(AttemptOutcome {
    Success = "success",
    Revert = "revert",
    Replaced = "replaced",
});

/// Where a transaction was mined and what it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mined {
    /// The block's number.
    pub block: u64,
    /// Its hash.
    pub block_hash: B256,
    /// Gas used.
    pub gas_used: u64,
    /// Wei paid.
    pub fee_paid: u128,
}

/// A signed transaction in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its hash.
    pub hash: B256,
    /// The job that it is for.
    pub job: u64,
    /// Who signed.
    pub wallet: Wallet,
    /// Its nonce.
    pub nonce: u64,
    /// Its bytes; none if what is kept of them is damaged.
    pub raw: Vec<u8>,
    /// What it pays.
    pub fees: Fees,
    /// Its gas limit.
    pub gas: u64,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// When an endpoint first took it.
    pub accepted_at: Option<Timestamp>,
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// How often it was sent.
    pub sends: u64,
    /// What became of it.
    pub outcome: Option<AttemptOutcome>,
    /// Where it was mined.
    pub mined: Option<Mined>,
}

/// Whose a nonce is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotStanding {
    /// A job has it.
    Reserved,
    /// A transaction of ours is mined with it.
    Mined,
    /// A transaction of somebody else with the same key is.
    External,
}

names!(SlotStanding {
    Reserved = "reserved",
    Mined = "mined",
    External = "external",
});
