//! Random histories of a few networks, as the ledger settles them and as L1's logs tell them.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, U256};
use causeway_types::{
    Authorisation, Authority, Certificate, Exit, ExitRoot, GlobalIndex, GoldilocksDigest, NetworkId,
};
use proptest::prelude::*;

use super::*;
use crate::epoch::{EpochOutcome, settle_epoch};
use crate::shadow::shadow_root;
use crate::state::State;
use crate::testing::{
    A, B, C, DOMAIN, L1, TOKEN, certificate, exit, own, root, settled_import, state, world,
};
use crate::world::World;

mod dependencies;
mod openings;
mod replay;

const NETWORKS: [NetworkId; 3] = [A, B, C];

/// What happens before an epoch closes.
#[derive(Clone, Debug)]
struct Plan {
    /// Which network gets which key.
    rotations: Vec<(usize, u8)>,
    /// Who gets how much from L1.
    deposits: Vec<(usize, u64)>,
    /// Who sends how many exits, and whether it imports what L1 sent it.
    certificates: Vec<(usize, usize, bool)>,
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let parts = (
        prop::collection::vec((0..3_usize, 1..4_u8), 0..3),
        prop::collection::vec((0..3_usize, 0..9_u64), 0..4),
        prop::collection::vec((0..3_usize, 0..3_usize, any::<bool>()), 0..5),
    );
    let plan = parts.prop_map(|(rotations, deposits, certificates)| Plan {
        rotations,
        deposits,
        certificates,
    });
    prop::collection::vec(plan, 1..5)
}

/// One epoch of a history.
struct Epoch {
    registered: Vec<(NetworkId, Authority)>,
    deposits: Vec<Exit>,
    outcome: EpochOutcome,
}

/// A history from nothing: its first epoch registers all three networks.
fn live(plans: &[Plan]) -> Vec<Epoch> {
    let mut world = World::new(DOMAIN);
    let mut sent = Vec::new();
    let mut epochs = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        let mut registered = plan.rotations.clone();
        if number == 0 {
            registered.splice(0..0, [(0, 1), (1, 2), (2, 3)]);
        }
        let registered: Vec<_> = registered
            .into_iter()
            .map(|(network, byte)| (NETWORKS[network], authority(byte)))
            .collect();
        for &(network, authority) in &registered {
            world.register(network, authority).unwrap();
        }
        let deposits = plan.deposits.iter();
        let deposits: Vec<_> = deposits
            .map(|&(to, amount)| exit(TOKEN, NETWORKS[to], U256::from(amount)))
            .collect();
        world.deposit(&deposits).unwrap();
        sent.extend(&deposits);
        let certificates = certificates(&world, &sent, plan);
        let outcome = settle_epoch(&world, &certificates);
        assert_eq!(outcome.left_out, []);
        world = outcome.world.clone();
        epochs.push(Epoch {
            registered,
            deposits,
            outcome,
        });
    }
    epochs
}

fn authority(byte: u8) -> Authority {
    Authority::validity(GoldilocksDigest::new([byte.into(), 2, 3, 4]).unwrap()).unwrap()
}

fn certificates(world: &World, sent: &[Exit], plan: &Plan) -> Vec<Certificate> {
    let mut states = NETWORKS.map(|network| state(world, network));
    let mut made = Vec::new();
    for (number, &(place, exits, imports)) in plan.certificates.iter().enumerate() {
        let (before, network) = (states[place].clone(), NETWORKS[place]);
        let exits =
            (0..exits).map(|amount| exit(own(network), NETWORKS[(place + 1) % 3], U256::from(amount)));
        let waiting = |leaf: u32| !before.nullifiers().contains(GlobalIndex::new(L1, leaf));
        let ours = sent
            .iter()
            .zip(0..)
            .filter(|(exit, leaf)| imports && exit.destination_network == network && waiting(*leaf));
        let imports = ours.map(|(&exit, leaf)| settled_import(world, exit, L1, leaf));
        let mut certificate = certificate(&before, exits.collect(), imports.collect());
        let key = world.network(network).unwrap().authority.validity_key().unwrap();
        certificate.authority = Some(Authorisation::Validity { key });
        certificate.state_root = Some(root(number as u8));
        states[place] = crate::apply(&before, &certificate).unwrap().after().clone();
        made.push(certificate);
    }
    made
}

/// What L1 logs of a history: what an epoch consumes right before it, or all of that before the first epoch.
fn logs(epochs: &[Epoch], early: bool) -> Vec<L1Log> {
    let (mut chain, mut places) = (RegistryChain::new(), 0..);
    let (mut logs, mut late) = (Vec::new(), Vec::new());
    for epoch in epochs {
        for &(network, authority) in &epoch.registered {
            chain.append(network, &authority).unwrap();
            logs.push(L1Log::Registered {
                network,
                authority,
                hash: chain.hash(),
            });
        }
        for &exit in &epoch.deposits {
            let index = places.next().unwrap();
            logs.push(L1Log::Exited { index, exit });
        }
        let commitment = epoch.outcome.world.commitment();
        let settled = L1Log::Settled(SettledEpoch {
            commitment: commitment.hash(),
            deposits: commitment.deposits,
            registry_entries: commitment.registry_entries,
            payload: epoch.outcome.payload(),
        });
        if early { &mut late } else { &mut logs }.push(settled);
    }
    logs.extend(late);
    logs
}

/// Two states are the same to the last entry.
fn assert_same(got: &GlobalState, expected: &GlobalState) {
    assert_eq!(got, expected);
    assert_eq!(got.l1_frontiers(), expected.l1_frontiers());
    assert!(got.networks().eq(expected.networks()));
    for network in got.networks() {
        let height = network.history.height();
        assert_eq!(network.state.height, height);
        let other = &expected.network(network.state.network).unwrap().history;
        assert!((0..=height).all(|height| network.history.get(height) == other.get(height)));
    }
}

#[test]
fn genesis_is_a_world_without_networks() {
    assert_same(&GlobalState::genesis(), World::new(DOMAIN).global());
    for id in [1, 2, u32::MAX] {
        let network = NetworkId::new(id);
        let summary = State::new(DOMAIN, network).unwrap().summary();
        assert_eq!(NetworkState::genesis(network), summary);
    }
}

#[test]
fn a_full_log_takes_no_more() {
    let mut state = world().global().clone();
    state.l1_exits = ExitFrontier::from_parts(u32::MAX, [B256::ZERO; 32]);
    let more = [exit(TOKEN, A, U256::from(1))];
    assert_eq!(state.deposit(&more), Err(LedgerError::TreeFull));
    state.l1_exits = ExitFrontier::new();
    state.l1_shadow = ShadowTree::with_room(0);
    assert_eq!(state.deposit(&more), Err(LedgerError::TreeFull));
    assert_eq!(state.l1_exits, ExitFrontier::new());
    state.registry = RegistryChain::full();
    let before = state.clone();
    assert_eq!(state.register(A, authority(1)), Err(LedgerError::TreeFull));
    assert_eq!(state, before);
}
