//! Plans are held to the ledger, and runs of them are killed and taken up.
#![allow(clippy::unwrap_used)]

mod arrival;
mod epoch;
mod file;
mod runs;

use std::collections::HashMap;
use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use causeway_aggregation::{F, KeyDigest};
use causeway_circuits::settlement::SettlementError;
use causeway_circuits::settlement::span::Family;
use causeway_ledger::{Transition, TransitionInputs, World, apply, draft, settle_epoch};
use causeway_types::{
    Authorisation, Authority, Backing, Certificate, Contingency, EMPTY_METADATA_HASH, Exit, GlobalIndex,
    GoldilocksDigest, ImportedExit, LeafType, NetworkId, SettlementDomain, StateRoot, TokenId,
};
use plonky2::field::types::Field;

use super::*;
use crate::store::StageId;

const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 31_337,
    settlement: Address::repeat_byte(0x5e),
};

/// Stands for the circuits' keys, all of one version.
struct Keys(u8);

impl Programs for Keys {
    fn program(&self, kind: SettlementKind) -> [u8; 32] {
        [16 * self.0 + kind as u8; 32]
    }
}

fn ids(graph: &impl Stated) -> Vec<StageId> {
    identities(&Keys(1), graph)
}

fn network(number: u32) -> NetworkId {
    NetworkId::new(number)
}

fn signer(network: NetworkId) -> Address {
    Address::left_padding_from(&(0x1_0000 + network.get()).to_be_bytes())
}

fn key() -> KeyDigest {
    KeyDigest::from_elements([1, 2, 3, 4].map(F::from_canonical_u64))
}

/// Networks with even numbers prove their certificates themselves, the others sign.
fn authority(network: NetworkId) -> Authority {
    if network.get().is_multiple_of(2) {
        Authority::validity(GoldilocksDigest::reduced([1, 2, 3, 4])).unwrap()
    } else {
        Authority::signer(signer(network)).unwrap()
    }
}

/// What the registry is told of networks 1 to `networks`.
fn registry(networks: u32) -> Vec<(NetworkId, Authority)> {
    let networks = (1..=networks).map(network);
    networks.map(|network| (network, authority(network))).collect()
}

fn register(world: &mut World, entries: &[(NetworkId, Authority)]) {
    for (network, authority) in entries {
        world.register(*network, *authority).unwrap();
    }
}

/// A world of networks 1 to `networks`.
fn world(networks: u32) -> World {
    let mut world = World::new(DOMAIN);
    register(&mut world, &registry(networks));
    world
}

/// An exit of a network's own token.
fn exit(from: NetworkId, to: NetworkId) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: from,
            address: Address::repeat_byte(0x71),
        },
        destination_network: to,
        destination_address: Address::repeat_byte(0xaa),
        amount: U256::from(7),
        metadata_hash: EMPTY_METADATA_HASH,
    }
}

/// An import of an exit that the world has settled.
fn import(world: &World, exit: Exit, source: NetworkId, leaf_index: u32) -> ImportedExit {
    let global_index = GlobalIndex::new(source, leaf_index);
    ImportedExit {
        exit,
        global_index,
        backing: Backing::History(world.backing(global_index).unwrap()),
    }
}

fn certificate(world: &World, number: u32, exits: Vec<Exit>, imports: Vec<ImportedExit>) -> Certificate {
    let state = world.network(network(number)).unwrap().state;
    let mut certificate = draft(state, exits, imports).unwrap();
    if let Some(key) = authority(network(number)).validity_key() {
        certificate.authority = Some(Authorisation::Validity { key });
    }
    certificate.state_root = Some(root(number as u8));
    certificate
}

fn root(byte: u8) -> StateRoot {
    StateRoot::new(B256::repeat_byte(byte))
}

fn on(number: u32, height: u64) -> Contingency {
    Contingency {
        network: network(number),
        height,
        state_root: root(number as u8),
    }
}

/// What becomes of certificates, in the order in which they settle, and the world after them; whoever has to sign did.
fn settle(world: &World, certificates: &[Certificate]) -> (World, Vec<Arc<Transition>>) {
    let mut approving = world.clone();
    let mut states = HashMap::new();
    for certificate in certificates {
        let network = certificate.network;
        let settled = || world.network(network).unwrap().state.clone();
        let state = states.entry(network).or_insert_with(settled);
        let transition = apply(state, certificate).unwrap();
        *state = transition.after().clone();
        approving.approve(signer(network), transition.digest());
    }
    let outcome = settle_epoch(&approving, certificates);
    assert_eq!(outcome.left_out, []);
    let transitions = outcome.admitted.into_iter().map(|admitted| admitted.transition);
    (outcome.world, transitions.collect())
}

fn inputs(transition: &Transition, after: &World) -> TransitionInputs {
    TransitionInputs::new(transition, after).unwrap()
}

/// What arrives of a certificate.
fn arrive(transition: &Transition, after: &World) -> ArrivalPlan {
    let network = transition.certificate().network;
    let own = authority(network).validity_key().map(|_| key());
    ArrivalPlan::new(&inputs(transition, after), own).unwrap()
}

/// An epoch of certificates.
struct Story {
    before: World,
    after: World,
    registry: Vec<(NetworkId, Authority)>,
    deposits: Vec<Exit>,
    certified: Vec<Certified>,
}

impl Story {
    fn new(before: &World, certificates: &[Certificate]) -> Self {
        let (after, transitions) = settle(before, certificates);
        let certified = transitions
            .iter()
            .map(|transition| arrive(transition, &after).certified());
        Self {
            before: before.clone(),
            certified: certified.collect(),
            registry: Vec::new(),
            deposits: Vec::new(),
            after,
        }
    }

    /// One that registers its networks too, and in which each exports something to the next.
    fn of(networks: u32) -> Self {
        let before = world(networks);
        let certificates: Vec<_> = (1..=networks)
            .map(|number| {
                let exit = exit(network(number), network(number % networks.max(2) + 1));
                certificate(&before, number, vec![exit; number as usize % 3], vec![])
            })
            .collect();
        Self {
            before: World::new(DOMAIN),
            registry: registry(networks),
            ..Self::new(&before, &certificates)
        }
    }

    fn contents(&self) -> EpochContents<'_> {
        EpochContents {
            domain: DOMAIN,
            registry: &self.registry,
            deposits: &self.deposits,
            certificates: self.certified.iter().collect(),
        }
    }

    fn plan(&self) -> Result<EpochPlan, EpochError> {
        EpochPlan::new(self.before.global(), &self.contents())
    }
}
