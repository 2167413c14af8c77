//! Every law of the circuits around transitions, one forgery at a time.
#![allow(clippy::unwrap_used)]

mod anchor;
mod attest;
mod deposit;
mod deposit_shut;
mod domains;
mod epoch;
mod fold;
mod l1;
mod open;
mod opening;
mod random;
mod registry;
mod seal;
mod shut;
mod verified;
mod whole;

use alloy_primitives::{Address, B256, U256};
use causeway_aggregation::{F, KeyDigest};
use causeway_ledger::{Domain, GlobalState, PayloadEntry, RegistryOpening};
use causeway_types::{
    Authority, Exit, ExitRoot, GoldilocksDigest, LeafType, NetworkId, SettlementDomain, StateRoot, TokenId,
};
use plonky2::field::types::Field;

use super::epoch::EpochOpening;
use super::run::EpochRun;
use super::span::{ITEM, Span};
use super::{Item, ItemKeys, Stage};
use crate::keccak::List;
use crate::recursion::testing::{digest as key_of, forged, key, proven, shaped};
use crate::targets::elements;
use crate::targets::testing::digest;

const NO_KEY: KeyDigest = KeyDigest::from_elements([F::ZERO; 4]);

fn list(number: u64) -> List {
    List::from_elements(elements(digest(number)))
}

fn domain() -> SettlementDomain {
    SettlementDomain {
        chain_id: 31_337,
        settlement: Address::repeat_byte(0x5e),
    }
}

/// Authorities of every kind, by number.
fn authority(number: u8) -> Authority {
    let (signer, key) = (Address::repeat_byte(number + 1), digest(number.into()));
    match number % 3 {
        0 => Authority::signer(signer),
        1 => Authority::validity(key),
        _ => Authority::both(signer, key),
    }
    .unwrap()
}

/// Registers networks, a rotation for one that is there.
fn register(state: &mut GlobalState, networks: &[u32]) -> Vec<RegistryOpening> {
    (0..)
        .zip(networks)
        .map(|(number, &network)| {
            state
                .register(NetworkId::new(network), authority(number))
                .unwrap()
        })
        .collect()
}

/// What a state is at the beginning of an epoch.
fn begin(state: &GlobalState) -> EpochRun {
    EpochOpening::between(state, state, domain(), 3).before
}

/// A digest for the fields that a test does not look at.
fn some(number: u64) -> GoldilocksDigest {
    digest(1_000 + number)
}

/// What an epoch publishes of a network's next certificate, with so many exits more.
fn publish(state: &GlobalState, network: u32, exits: u32) -> PayloadEntry {
    let network = NetworkId::new(network);
    let old = state.network(network).unwrap().state;
    let number = u64::from(network.get()) << 32 | old.height;
    let exit_root = if exits == 0 {
        old.exit_root
    } else {
        ExitRoot::new(B256::from(some(number)))
    };
    PayloadEntry {
        network,
        height: old.height,
        exit_count: old.exit_count + exits,
        exit_root,
        state_root: StateRoot::new(B256::from(some(number + 1))),
        shadow_root: some(number + 2),
        balance_root: some(number + 3),
        nullifier_root: some(number + 4),
        frontier: some(number + 5),
    }
}

/// An exit of L1 to a network.
fn deposit(number: u64) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId::ETH,
        destination_network: NetworkId::new(1),
        destination_address: Address::repeat_byte(0xde),
        amount: U256::from(number),
        metadata_hash: B256::ZERO,
    }
}

/// A proof that says a span of an item, under a key.
fn item(number: u64, carried: KeyDigest, span: Span) -> Item {
    item_as(ITEM, number, carried, span)
}

/// The same of another family.
fn item_as(family: Domain, number: u64, carried: KeyDigest, span: Span) -> Item {
    Item {
        proof: shaped(key(number), &exposed_as(family, carried, &span)),
        span,
    }
}

/// What a circuit of an item exposes.
fn exposed(span: &Span) -> Vec<F> {
    exposed_as(ITEM, NO_KEY, span)
}

fn exposed_as(family: Domain, carried: KeyDigest, span: &Span) -> Vec<F> {
    [carried.elements(), elements(span.hash(family))].concat()
}
