//! Networks as L1 and the certificates here have them.

use std::time::Duration;

use causeway_journal::{JournalError, Standing, Timestamp};
use causeway_ledger::GlobalNetwork;
use causeway_types::NetworkId;

use super::{Coordinator, Inner};
use crate::desk::{Exits, NetworkStatus, TierExits};

/// Standings that L1 does not have.
const UNSETTLED: [Standing; 5] = [
    Standing::Waiting,
    Standing::Accepted,
    Standing::Proven,
    Standing::Confirmed,
    Standing::Assigned,
];

impl Coordinator {
    /// A network, if it is registered.
    pub fn network(&self, network: NetworkId, now: Timestamp) -> Option<NetworkStatus> {
        let all = self.networks(now);
        all.into_iter().find(|status| status.network == network)
    }

    /// All networks, in order. Of those that no epoch has consumed yet the world that the next one stands on tells.
    pub fn networks(&self, now: Timestamp) -> Vec<NetworkStatus> {
        let mut inner = self.lock();
        // What cannot be judged now is told as L1 has it.
        if inner.known.is_some() && inner.judged.is_none() {
            let _ = self.judge_all(&mut inner, now);
        }
        let Some(known) = &inner.known else {
            return Vec::new();
        };
        let world = known.base(u64::MAX).map(|base| base.world);
        let Ok(world) = world else {
            return Vec::new();
        };
        let networks = world.global().networks();
        networks.map(|known| self.status_of(&inner, known, now)).collect()
    }

    fn status_of(&self, inner: &Inner, known: &GlobalNetwork, now: Timestamp) -> NetworkStatus {
        let network = known.state.network;
        let policy = self.policy(network);
        let window = policy.offence_window.0;
        let since = Timestamp::from_millis(now.millis().saturating_sub(millis(window)));
        let read = self.journal.read(|view| {
            let highest = view.highest_certificate(network, &UNSETTLED)?;
            let oldest = view.oldest_certificate(network, &UNSETTLED)?;
            let offences = view.count_offences(network, since)?;
            Ok::<_, JournalError>((highest, oldest, offences))
        });
        let (highest, oldest, offences) = read.unwrap_or_default();
        let next = highest.map_or(known.state.height, |record| record.certificate.height + 1);
        let settings = self
            .config
            .networks
            .iter()
            .find(|settings| settings.id == network.get());
        let missing = inner.known.as_ref().and_then(|known| known.missing(network));
        NetworkStatus {
            network,
            name: settings.and_then(|settings| settings.name.clone()),
            kind: known.authority.kind(),
            signer: known.authority.signer_address(),
            settled_height: known.state.height,
            exit_root: known.state.exit_root.get(),
            exit_count: known.state.exit_count,
            state_root: known.state.state_root.get(),
            exits: tiers(inner, known),
            history_complete: missing.is_none(),
            next_height: next.max(known.state.height),
            oldest_unsettled: oldest,
            blocked_until: (offences >= policy.most_offences).then(|| now.after(window)),
        }
    }
}

/// A network's exits at each tier, by what L1 has of it and what was judged last.
fn tiers(inner: &Inner, known: &GlobalNetwork) -> TierExits {
    let network = known.state.network;
    let up_to = |last: u64| -> Exits {
        let later = inner.settled.iter().filter(|epoch| epoch.block > last);
        let before = later.filter_map(|epoch| epoch.before(network)).next();
        before.unwrap_or(known.state).into()
    };
    let judged = inner.judged.as_ref();
    let accepted = judged.and_then(|judged| judged.worlds.accepted.network(network));
    let confirmed = judged.and_then(|judged| judged.confirmed.get(&network));
    TierExits {
        pre_confirmed: accepted.map_or_else(
            || known.state.into(),
            |accepted| Exits {
                exit_count: accepted.state.exits().count(),
                exit_root: accepted.state.exits().root().get(),
            },
        ),
        confirmed: confirmed.map_or_else(|| known.state.into(), |entry| (*entry).into()),
        settled: up_to(inner.heights.settled),
        finalized: up_to(inner.heights.finalized),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
