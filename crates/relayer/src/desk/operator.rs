//! What operators do, and what becomes of it.

use alloy_primitives::{Address, Bytes, U256};
use causeway_journal::AuditEntry;
use causeway_types::NetworkId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An operator, and why he does what he does. Both are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Who.
    pub name: String,
    /// Why, in his words.
    pub reason: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acted {
    /// Whether anything is different now.
    pub changed: bool,
    /// What it was before.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
    /// The number of the entry that tells of it.
    pub audit_seq: u64,
}

impl From<AuditEntry> for Acted {
    fn from(entry: AuditEntry) -> Self {
        Self {
            changed: entry.before != entry.after,
            before: entry.before,
            after: entry.after,
            audit_seq: entry.seq,
        }
    }
}

/// A call that claims an exit: whoever sends it pays for it, and what is claimed goes where the exit says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimCall {
    /// The network on which it is sent: 0 is L1.
    #[schema(value_type = u32)]
    pub network: NetworkId,
    /// The bridge there.
    #[schema(value_type = String)]
    pub to: Address,
    /// The call.
    #[schema(value_type = String)]
    pub data: Bytes,
    /// Wei sent with it.
    #[schema(value_type = String)]
    pub value: U256,
}
