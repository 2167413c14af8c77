//! All that is known, as bytes in the journal: a start reads them, and only the logs that came after.

use std::collections::BTreeMap;

use causeway_ledger::{Replay, State, Stored, StoredError, Stream};

use super::tracks::Track;
use super::{Deployment, Known};

/// What the bytes begin with. Whoever changes what follows, or what the ledger makes of a log, counts it up: older ones are not read.
const FORMAT: u32 = 1;

impl Known {
    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let to = &mut bytes;
        FORMAT.store(to);
        self.deployment.chain_id.store(to);
        for address in self.deployment.addresses() {
            address.store(to);
        }
        self.replay.store(to);
        (self.tracks.len() as u64).store(to);
        for (&network, track) in &self.tracks {
            network.store(to);
            // The trees of a network's past are the greatest, and one of them is there already.
            let settled = self.replay.state().network(network);
            track.state.store_beside(settled.map(|known| &known.history), to);
            track.behind.store(to);
        }
        self.entry_blocks.store(to);
        self.recorded.store(to);
        self.approvals.store(to);
        self.turns.store(to);
        self.weight.store(to);
        bytes
    }

    /// Reads the bytes of a deployment.
    ///
    /// # Errors
    /// A [`StoredError`] if they are another format's or another deployment's, or not whole.
    pub fn from_bytes(deployment: Deployment, bytes: &[u8]) -> Result<Self, StoredError> {
        let mut stream = Stream::new(bytes);
        let from = &mut stream;
        if u32::restore(from)? != FORMAT {
            return Err(StoredError::Malformed { what: "format" });
        }
        let mut same = u64::restore(from)? == deployment.chain_id;
        for address in deployment.addresses() {
            same &= Stored::restore(from) == Ok(address);
        }
        if !same {
            return Err(StoredError::Malformed { what: "deployment" });
        }
        let replay = Replay::restore(from)?;
        let count = u64::restore(from)?;
        let mut tracks = BTreeMap::new();
        for _ in 0..count {
            let network = Stored::restore(from)?;
            let settled = replay.state().network(network);
            let state = State::restore_beside(settled.map(|known| &known.history), from)?;
            let behind = Stored::restore(from)?;
            tracks.insert(network, Track { state, behind });
        }
        let known = Self {
            deployment,
            replay,
            tracks,
            entry_blocks: Stored::restore(from)?,
            recorded: Stored::restore(from)?,
            approvals: Stored::restore(from)?,
            turns: Stored::restore(from)?,
            weight: Stored::restore(from)?,
        };
        stream.finish()?;
        Ok(known)
    }
}
