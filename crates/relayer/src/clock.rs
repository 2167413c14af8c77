//! The time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use causeway_journal::Timestamp;

/// Now, by this machine's clock. Where it matters for money L1's clock counts too: see [`crate::coordinator::Heights`].
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
