//! Every law of the circuits around transitions, one forgery at a time.
#![allow(clippy::unwrap_used)]

mod attest;
mod epoch;
mod join;
mod registry;
mod seal;
mod shut;

use alloy_primitives::Address;
use causeway_aggregation::{F, KeyDigest};
use causeway_ledger::{GlobalState, RegistryOpening};
use causeway_types::{Authority, NetworkId, SettlementDomain};
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

/// A proof that says a span, under a key.
fn item(number: u64, carried: KeyDigest, span: Span) -> Item {
    let exposed = [carried.elements(), elements(span.hash(ITEM))].concat();
    Item {
        proof: shaped(key(number), &exposed),
        span,
    }
}

/// What a circuit of the family exposes.
fn exposed(span: &Span) -> Vec<F> {
    [[F::ZERO; 4], elements(span.hash(ITEM))].concat()
}
