//! The transition circuit against the ledger, and against provers who do without it.
//!
//! A prover who skips the ledger has the inputs that he likes: an attack changes them, fills the witness as an honest prover would,
//! writes over it what would have to be written, and must leave a constraint broken.
#![allow(clippy::unwrap_used)]

mod attacks;
mod honest;
mod one_import;
mod segments;
mod sums;

use std::sync::OnceLock;

use alloy_primitives::{Address, B256, U256};
use causeway_aggregation::check::Trace;
use causeway_aggregation::{F, Shape};
use causeway_ledger::inputs::TransitionInputs;
use causeway_ledger::{State, World, apply, draft};
use causeway_types::{
    Authority, Backing, Certificate, Contingency, Exit, GlobalIndex, GoldilocksDigest, ImportedExit,
    LeafType, NetworkId, SettlementDomain, StateRoot, TokenId,
};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;

use super::whole::constrain;
use super::*;
use crate::keccak::List;
use crate::recursion::Circuit;

const A: NetworkId = NetworkId::new(1);
const B: NetworkId = NetworkId::new(2);
const C: NetworkId = NetworkId::new(3);
const L1: NetworkId = NetworkId::MAINNET;

const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 1,
    settlement: Address::repeat_byte(0x5e),
};

/// A token of L1.
const TOKEN: TokenId = TokenId {
    network: L1,
    address: Address::repeat_byte(0x70),
};

fn own(network: NetworkId) -> TokenId {
    TokenId {
        network,
        address: Address::repeat_byte(0x71),
    }
}

fn exit(token: TokenId, to: NetworkId, amount: U256) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token,
        destination_network: to,
        destination_address: Address::repeat_byte(0xaa),
        amount,
        metadata_hash: causeway_types::EMPTY_METADATA_HASH,
    }
}

fn message(from: NetworkId, to: NetworkId, amount: u64) -> Exit {
    Exit {
        leaf_type: LeafType::Message,
        ..exit(own(from), to, U256::from(amount))
    }
}

fn state(world: &World, network: NetworkId) -> State {
    world.network(network).unwrap().state.clone()
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

/// Settles a certificate of a network, whatever it is worth to whom.
fn settle(world: &World, certificate: Certificate) -> World {
    let outcome = causeway_ledger::settle_epoch(world, &[certificate]);
    assert_eq!(outcome.left_out, []);
    outcome.world
}

fn certificate(state: &State, exits: Vec<Exit>, imports: Vec<ImportedExit>) -> Certificate {
    draft(state, exits, imports).unwrap()
}

fn inputs(world: &World, certificate: &Certificate) -> TransitionInputs {
    let transition = apply(&state(world, certificate.network), certificate).unwrap();
    let inputs = TransitionInputs::new(&transition, world).unwrap();
    assert_eq!(
        statement(&inputs, List::EMPTY).certificate,
        transition.digest(),
        "what the network authorises"
    );
    inputs
}

/// Deposits of L1 for A.
fn deposits() -> [Exit; 4] {
    [
        exit(TOKEN, A, U256::from(1000)),
        exit(TokenId::ETH, A, U256::MAX),
        exit(TOKEN, A, U256::from(24)),
        Exit {
            token: TokenId {
                network: L1,
                address: Address::repeat_byte(0x99),
            },
            ..message(L1, A, 0)
        },
    ]
}

/// A world in which L1 has made its deposits and B a certificate with an exit to A.
fn world() -> World {
    let mut world = World::new(DOMAIN);
    for network in [A, B, C] {
        let authority = Authority::validity(key()).unwrap();
        world.register(network, authority).unwrap();
    }
    world.deposit(&deposits()).unwrap();
    let mut of_b = authorised(certificate(
        &state(&world, B),
        vec![exit(own(B), A, U256::from(9))],
        vec![],
    ));
    of_b.state_root = Some(root(0xb1));
    settle(&world, of_b)
}

fn key() -> GoldilocksDigest {
    GoldilocksDigest::reduced([1, 2, 3, 4])
}

fn authorised(mut certificate: Certificate) -> Certificate {
    certificate.authority = Some(causeway_types::Authorisation::Validity { key: key() });
    certificate
}

fn root(byte: u8) -> StateRoot {
    StateRoot::new(B256::repeat_byte(byte))
}

/// A certificate of A with some of everything: four imports of L1 and one of B, exits of each kind, a contingency.
fn story(world: &World) -> Certificate {
    let exits = vec![
        exit(TOKEN, B, U256::from(300)),
        message(A, L1, 7),
        exit(own(A), C, U256::from(5)),
        exit(TokenId::ETH, B, U256::MAX - U256::from(9)),
        exit(own(B), B, U256::from(4)),
    ];
    let mut imports: Vec<_> = (0..)
        .zip(deposits())
        .map(|(at, exit)| import(world, exit, L1, at))
        .collect();
    imports.push(import(world, exit(own(B), A, U256::from(9)), B, 0));
    let mut certificate = certificate(&state(world, A), exits, imports);
    certificate.state_root = Some(root(0xa1));
    certificate.contingencies = vec![Contingency {
        network: B,
        height: 0,
        state_root: root(0xb1),
    }];
    certificate
}

fn circuit() -> &'static Transition {
    static CIRCUIT: OnceLock<Transition> = OnceLock::new();
    CIRCUIT.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Circuit::build_small(builder, targets)
    })
}

/// Whether a prover gets through with these inputs, and these values written over what follows from them.
fn holds(inputs: &TransitionInputs, forged: &[(Target, F)]) -> bool {
    let witness = circuit().witness(inputs, List::EMPTY).unwrap();
    Trace::forged(circuit().data(), &witness, forged)
        .violations()
        .is_empty()
}
