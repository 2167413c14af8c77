//! Networks' states, as far as their certificates are here.

use std::collections::{BTreeMap, VecDeque};
use std::{panic, thread};

use alloy_primitives::B256;
use causeway_ledger::{PayloadEntry, State, apply};
use causeway_types::{Certificate, NetworkId};

use super::Certificates;

/// From so many certificates of an epoch on networks are followed by several threads: fewer are done before these have begun.
const WORTH_THREADS: usize = 16;

/// A network's state as far as its certificates are known, and what it settled after that.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) state: State,
    pub(super) behind: VecDeque<PayloadEntry>,
}

impl Track {
    /// Takes in what an epoch settled next; the certificate's id, if it is here and all before it are.
    fn take(&mut self, entry: PayloadEntry, certificates: &impl Certificates) -> Option<B256> {
        self.behind.push_back(entry);
        // Only what comes after all that is known can be followed.
        (self.behind.len() == 1)
            .then(|| self.follow(certificates))
            .flatten()
    }

    /// Goes on by one settled certificate if it is here.
    pub(super) fn follow(&mut self, certificates: &impl Certificates) -> Option<B256> {
        let entry = *self.behind.front()?;
        let offered = certificates.at(entry.network, entry.height);
        for (id, certificate) in offered {
            if let Some(state) = after(&self.state, &certificate, &entry) {
                self.state = state;
                self.behind.pop_front();
                return Some(id);
            }
        }
        None
    }
}

/// The state after a certificate, if that is what L1 published.
pub(super) fn after(state: &State, certificate: &Certificate, entry: &PayloadEntry) -> Option<State> {
    let transition = apply(state, certificate).ok()?;
    (transition.payload() == *entry).then(|| transition.after().clone())
}

/// A network with the places of its entries among those of an epoch.
type Lane<'t> = (&'t mut Track, Vec<usize>);

/// Takes in all that an epoch settled: the ids of the certificates that are here, in the order of the entries. No network's state looks
/// at another's, so threads share them out.
pub(super) fn follow_all(
    tracks: &mut BTreeMap<NetworkId, Track>,
    payload: &[PayloadEntry],
    certificates: &impl Certificates,
) -> Vec<Option<B256>> {
    let mut places: BTreeMap<NetworkId, Vec<usize>> = BTreeMap::new();
    for (place, entry) in payload.iter().enumerate() {
        places.entry(entry.network).or_default().push(place);
    }
    let mut lanes: Vec<Lane<'_>> = tracks
        .iter_mut()
        .filter_map(|(network, track)| Some((track, places.remove(network)?)))
        .collect();
    let take = |lanes: &mut [Lane<'_>]| {
        let mut taken = Vec::new();
        for (track, places) in lanes {
            for &place in &*places {
                taken.push((place, track.take(payload[place], certificates)));
            }
        }
        taken
    };
    let threads = match payload.len() {
        few if few < WORTH_THREADS => 1,
        _ => thread::available_parallelism().map_or(1, usize::from),
    };
    let each = lanes.len().div_ceil(threads).max(1);
    let taken: Vec<_> = if each >= lanes.len() {
        take(&mut lanes)
    } else {
        thread::scope(|scope| {
            let take = &take;
            let begun: Vec<_> = lanes
                .chunks_mut(each)
                .map(|lanes| scope.spawn(move || take(lanes)))
                .collect();
            let ended = begun.into_iter().map(thread::ScopedJoinHandle::join);
            ended
                .flat_map(|taken| taken.unwrap_or_else(|fallen| panic::resume_unwind(fallen)))
                .collect()
        })
    };
    let mut ids = vec![None; payload.len()];
    for (place, id) in taken {
        ids[place] = id;
    }
    ids
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Address, U256};
    use causeway_ledger::draft;
    use causeway_types::{EMPTY_METADATA_HASH, Exit, LeafType, SettlementDomain, TokenId};

    use super::*;

    const DOMAIN: SettlementDomain = SettlementDomain {
        chain_id: 1,
        settlement: Address::repeat_byte(0x5e),
    };
    const NETWORKS: u32 = 5;
    const EACH: u64 = 6;

    struct Here(Vec<(B256, Certificate)>);

    impl Certificates for Here {
        fn at(&self, network: NetworkId, height: u64) -> Vec<(B256, Certificate)> {
            let is_there =
                |certificate: &Certificate| (certificate.network, certificate.height) == (network, height);
            self.0
                .iter()
                .filter(|(_, known)| is_there(known))
                .cloned()
                .collect()
        }
    }

    fn tracks() -> BTreeMap<NetworkId, Track> {
        let track = |network| Track {
            state: State::new(DOMAIN, network).unwrap(),
            behind: VecDeque::new(),
        };
        (1..=NETWORKS)
            .map(NetworkId::new)
            .map(|network| (network, track(network)))
            .collect()
    }

    /// What all networks settle in turns, each certificate with one exit, and the certificates.
    fn settled() -> (Vec<PayloadEntry>, Here) {
        let (mut payload, mut here) = (Vec::new(), Vec::new());
        let mut states: Vec<_> = tracks().into_values().map(|track| track.state).collect();
        for height in 0..EACH {
            for state in &mut states {
                let network = state.network();
                let exit = Exit {
                    leaf_type: LeafType::Transfer,
                    token: TokenId {
                        network,
                        address: Address::repeat_byte(0x11),
                    },
                    destination_network: NetworkId::new(network.get() % NETWORKS + 1),
                    destination_address: Address::repeat_byte(0xee),
                    amount: U256::from(1 + height),
                    metadata_hash: EMPTY_METADATA_HASH,
                };
                let certificate = draft(state, vec![exit], Vec::new()).unwrap();
                let transition = apply(state, &certificate).unwrap();
                *state = transition.after().clone();
                payload.push(transition.payload());
                here.push((B256::with_last_byte(payload.len() as u8), certificate));
            }
        }
        (payload, Here(here))
    }

    #[test]
    fn an_epoch_comes_to_what_its_certificates_come_to_one_by_one() {
        let (payload, mut here) = settled();
        // One is not here: what its network settled after it cannot be followed either.
        let (missing, height) = (NetworkId::new(2), 3);
        here.0
            .retain(|(_, known)| (known.network, known.height) != (missing, height));
        let (mut together, mut one_by_one) = (tracks(), tracks());
        let ids = follow_all(&mut together, &payload, &here);
        let each: Vec<_> = payload
            .chunks(1)
            .flat_map(|entry| follow_all(&mut one_by_one, entry, &here))
            .collect();
        assert_eq!(ids, each);
        for (place, (entry, id)) in payload.iter().zip(&ids).enumerate() {
            let is_known = entry.network != missing || entry.height < height;
            let expected = is_known.then(|| B256::with_last_byte(1 + place as u8));
            assert_eq!(*id, expected, "{place}");
        }
        for (network, track) in &together {
            let other = &one_by_one[network];
            assert_eq!((&track.state, &track.behind), (&other.state, &other.behind));
            let behind = if *network == missing { EACH - height } else { 0 };
            assert_eq!(track.behind.len() as u64, behind);
        }
    }
}
