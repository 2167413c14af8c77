//! Which deployment a journal is of. It refuses to serve another.

use alloy_primitives::{Address, B256};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::JournalError;

/// A deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// L1's chain id.
    pub chain_id: u64,
    /// Hash of L1's first block, for a chain id is nobody's own; none while L1 cannot be asked.
    pub genesis: Option<B256>,
    /// The settlement contract.
    pub settlement: Address,
    /// The bridge on L1.
    pub bridge: Address,
}

impl Fingerprint {
    fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("chain_id", Some(self.chain_id.to_string())),
            ("genesis", self.genesis.map(|hash| hash.to_string())),
            ("settlement", Some(self.settlement.to_string())),
            ("bridge", Some(self.bridge.to_string())),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field, value?)))
    }

    /// Writes it into a journal that has none, or holds it to what is there.
    pub(crate) fn check(&self, connection: &Connection) -> Result<(), JournalError> {
        for (field, configured) in self.fields() {
            let stored: Option<String> = connection
                .query_row("SELECT value FROM meta WHERE key = ?1", [field], |row| row.get(0))
                .optional()?;
            match stored {
                None => {
                    connection.execute(
                        "INSERT INTO meta(key, value) VALUES (?1, ?2)",
                        params![field, configured],
                    )?;
                }
                Some(stored) if stored == configured => {}
                Some(stored) => {
                    return Err(JournalError::Foreign {
                        field,
                        stored,
                        configured,
                    });
                }
            }
        }
        Ok(())
    }
}
