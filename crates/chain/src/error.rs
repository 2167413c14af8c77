//! What goes wrong when a node is asked.

use std::time::Duration;

use alloy_primitives::Bytes;
use serde::Deserialize;

/// A node's refusal: it is well, and says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct RpcError {
    /// Its code; each kind of node has its own.
    pub code: i64,
    /// Its words.
    pub message: String,
    /// What comes with them, as text.
    pub data: Option<String>,
}

impl RpcError {
    /// What a contract reverted with, if that is what the refusal is about.
    pub fn revert_data(&self) -> Option<Bytes> {
        let data = self.data.as_deref()?;
        // Some wrap it: {"data":"0x..","message":".."}, or "Reverted 0x..".
        let at = data.find("0x")?;
        let hex: String = data[at + 2..]
            .chars()
            .take_while(char::is_ascii_hexdigit)
            .collect();
        hex.parse().ok()
    }
}

/// Why a call has no answer. Endpoints are told by their names: their addresses may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nobody is there.
    #[error("endpoint {endpoint} cannot be reached: {detail}")]
    Unreachable {
        /// Which one.
        endpoint: String,
        /// Why.
        detail: String,
    },
    /// No answer in time.
    #[error("endpoint {endpoint} gave no answer to {method} within {after:?}")]
    TimedOut {
        /// Which one.
        endpoint: String,
        /// What was asked.
        method: &'static str,
        /// How long it had.
        after: Duration,
    },
    /// It wants another key, or none at all.
    #[error("endpoint {endpoint} refuses us with status {status}: check its address and key")]
    Unauthorised {
        /// Which one.
        endpoint: String,
        /// The status.
        status: u16,
    },
    /// It has another status than one of success.
    #[error("endpoint {endpoint} answers {method} with status {status}")]
    Status {
        /// Which one.
        endpoint: String,
        /// What was asked.
        method: &'static str,
        /// The status.
        status: u16,
    },
    /// It answers, but not what was asked.
    #[error("endpoint {endpoint} answers {method} with something else: {detail}")]
    Malformed {
        /// Which one.
        endpoint: String,
        /// What was asked.
        method: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// It does not have what others have.
    #[error("endpoint {endpoint} has nothing for {method}")]
    Missing {
        /// Which one.
        endpoint: String,
        /// What was asked.
        method: &'static str,
    },
    /// It refuses. Another would too, so it is none of its faults.
    #[error("endpoint {endpoint} refuses {method}: {error}")]
    Refused {
        /// Which one.
        endpoint: String,
        /// What was asked.
        method: &'static str,
        /// What it says.
        error: RpcError,
    },
    /// None of the endpoints is well.
    #[error("no endpoint answers; the last said: {last}")]
    NoneLeft {
        /// What the last one that was tried did.
        last: String,
    },
    /// Nothing to ask.
    #[error("no endpoint is configured for this")]
    NoneConfigured,
}

impl CallError {
    /// Whether it says something of the endpoint. A refusal never does: what it refuses the others refuse as well.
    pub const fn is_fault(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::NoneConfigured)
    }

    /// The refusal.
    pub const fn refusal(&self) -> Option<&RpcError> {
        match self {
            Self::Refused { error, .. } => Some(error),
            _ => None,
        }
    }

    /// A short name for counters.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timeout",
            Self::Unauthorised { .. } => "unauthorised",
            Self::Status { .. } => "status",
            Self::Malformed { .. } => "malformed",
            Self::Missing { .. } => "missing",
            Self::Refused { .. } => "refused",
            Self::NoneLeft { .. } | Self::NoneConfigured => "none",
        }
    }
}

/// An answer's frame.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(crate) struct Frame<T> {
    #[serde(default = "nothing", deserialize_with = "something")]
    pub(crate) result: Option<T>,
    #[serde(default)]
    pub(crate) error: Option<FrameError>,
}

const fn nothing<T>() -> Option<T> {
    None
}

/// A null is a result too, for types that take it.
fn something<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A refusal as it comes. What is in `data` is text to us.
#[derive(Debug, Deserialize)]
pub(crate) struct FrameError {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Option<serde_json::Value>,
}

impl From<FrameError> for RpcError {
    fn from(error: FrameError) -> Self {
        let data = error.data.map(|data| match data {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        });
        Self {
            code: error.code,
            message: error.message,
            data,
        }
    }
}
