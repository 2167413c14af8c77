//! What the next epoch would have.

use alloy_primitives::B256;
use causeway_journal::{Standing, Timestamp};
use causeway_types::NetworkId;
use serde::Serialize;
use utoipa::ToSchema;

use super::Cause;

/// What the next epoch would have if it was closed now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NextEpoch {
    /// Everything that keeps it from being closed now; nothing, if it is closed in a moment.
    pub holds: Vec<Cause>,
    /// When it is closed by age, if nothing else is in the way: its oldest certificate has waited `epochs.max_wait` then.
    #[schema(value_type = Option<u64>)]
    pub closes_at: Option<Timestamp>,
    /// How many more confirmed certificates close it at once.
    pub missing: usize,
    /// How many certificates it has at most: `epochs.max_certificates`, or fewer after epochs that failed.
    pub most: usize,
    /// Its certificates, in the order in which they would settle.
    pub certificates: Vec<PlannedCertificate>,
    /// How many exits of L1 it would consume.
    pub deposits: usize,
    /// How many entries of the registry it would consume.
    pub registry_entries: usize,
    /// The gas that its settlement takes, about, by what settlements were measured to take; nothing without a certificate.
    pub gas: Option<u64>,
    /// Until when it could settle, in seconds; nothing if its certificates never expire.
    pub expiry: Option<u64>,
    /// Certificates that would not be in it, in order of arrival, and why. The oldest 100.
    pub waiting: Vec<WaitingCertificate>,
    /// How many these are, all of them.
    pub waiting_count: usize,
}

/// A certificate that would be in the next epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedCertificate {
    /// Its id.
    #[schema(value_type = String)]
    pub id: B256,
    /// Its network.
    #[schema(value_type = u32)]
    pub network: NetworkId,
    /// Its height.
    pub height: u64,
    /// Certificates of one group need each other.
    pub group: usize,
    /// Since when it is confirmed.
    #[schema(value_type = u64)]
    pub confirmed_at: Timestamp,
}

/// A certificate that would not be in the next epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingCertificate {
    /// Its id.
    #[schema(value_type = String)]
    pub id: B256,
    /// Its network.
    #[schema(value_type = u32)]
    pub network: NetworkId,
    /// Its height.
    pub height: u64,
    /// Where it stands.
    #[schema(value_type = String)]
    pub standing: Standing,
    /// Why it would not be in it.
    pub because: Cause,
}
