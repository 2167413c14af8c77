//! Why something is not taken in, and what its sender does next.

use causeway_journal::ReasonClass;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Why something is refused: one for each thing that a sender does differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// It cannot be read.
    Malformed,
    /// It is larger than anything that settles.
    TooLarge,
    /// No such network is registered.
    UnknownNetwork,
    /// No such certificate, epoch or claim.
    NotFound,
    /// Another live certificate has the height.
    HeightConflict,
    /// The network's signer or prover did not make it.
    Unauthorised,
    /// It has no authorisation of Causeway's: the details have the digest to sign or to prove.
    Unsigned,
    /// It breaks a rule; the details name it.
    Refused,
    /// It expires before it could settle.
    ExpiresTooSoon,
    /// Its network sent what it should not, too often: it is blocked for a while.
    Blocked,
    /// Intake, or the network, is paused.
    Paused,
    /// Its network sends more than it may in so short a time.
    TooMany,
    /// L1 has certificates of the network that are not here: they have to be handed in first.
    HistoryMissing,
    /// The relayer has not read L1 yet, or cannot.
    NotReady,
    /// The journal cannot be written.
    Storage,
    /// No chain is configured on which the exit could be seen.
    NotFollowed,
    /// L1 knows no root that covers the exit.
    NotSettled,
    /// L1 knows one, and the exit's destination was not told.
    NotPushed,
    /// The exit is claimed.
    AlreadyClaimed,
    /// The logs of the exit's source are not those of what it settled.
    OtherExits,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 20] = [
        Self::Malformed,
        Self::TooLarge,
        Self::UnknownNetwork,
        Self::NotFound,
        Self::HeightConflict,
        Self::Unauthorised,
        Self::Unsigned,
        Self::Refused,
        Self::ExpiresTooSoon,
        Self::Blocked,
        Self::Paused,
        Self::TooMany,
        Self::HistoryMissing,
        Self::NotReady,
        Self::Storage,
        Self::NotFollowed,
        Self::NotSettled,
        Self::NotPushed,
        Self::AlreadyClaimed,
        Self::OtherExits,
    ];

    /// What a sender does next, unless the refusal itself says otherwise.
    pub const fn class(self) -> ReasonClass {
        match self {
            Self::Malformed
            | Self::TooLarge
            | Self::NotFound
            | Self::HeightConflict
            | Self::Unsigned
            | Self::Refused
            | Self::ExpiresTooSoon
            | Self::AlreadyClaimed => ReasonClass::Rebuild,
            Self::UnknownNetwork
            | Self::Unauthorised
            | Self::Blocked
            | Self::NotFollowed
            | Self::OtherExits => ReasonClass::Operator,
            Self::Paused | Self::HistoryMissing | Self::NotSettled | Self::NotPushed => ReasonClass::Wait,
            Self::TooMany | Self::NotReady | Self::Storage => ReasonClass::Retry,
        }
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// What to do.
    #[schema(value_type = String)]
    pub class: ReasonClass,
    /// In words, with what was found and what is expected.
    pub message: String,
    /// After how many seconds it is worth asking again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// More of it, by code: `live` of a height conflict, `to_sign` or `to_prove` of what is unsigned, `rule` of a broken rule.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schema(value_type = Object)]
    pub details: Value,
}

impl Refusal {
    /// A refusal of a code's own class.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            class: code.class(),
            message: message.into(),
            retry_after_s: None,
            details: Value::Null,
        }
    }

    /// The same with another class.
    #[must_use]
    pub const fn of_class(mut self, class: ReasonClass) -> Self {
        self.class = class;
        self
    }

    /// The same with more of it.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// The same with a time.
    #[must_use]
    pub const fn after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }
}
