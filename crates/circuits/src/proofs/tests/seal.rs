use std::sync::OnceLock;

use alloy_primitives::{U256, keccak256};
use causeway_aggregation::StatementDigest;

use super::*;
use crate::proofs::seal::{Seal, constrain};
use crate::proofs::statement;
use crate::recursion::{InnerTargets, KeccakKeys};

const LEAF: u64 = 1;
const NODE: u64 = 2;
const CHUNK: u64 = 3;
const KECCAK: u64 = 11;
const DOMAIN: [u8; 32] = [0xd0; 32];

fn seal() -> &'static Seal {
    static CELL: OnceLock<Seal> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = KeccakKeys::new(&[key(KECCAK)]).unwrap();
        let children = [LEAF, NODE, CHUNK].map(digest);
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, children, &keys);
        Circuit::build_small(builder, targets)
    })
}

fn state() -> State {
    State {
        count: 0x0001_0203,
        height: 17,
        root: std::array::from_fn(|i| i as u8 + 1),
        list_in: list(1),
        list_out: list(2),
    }
}

/// `abi.encode` by arithmetic on words.
fn by_definition(state: &State) -> U256 {
    let word = |value: u32| U256::from(value).to_be_bytes::<32>();
    let message = [DOMAIN, state.root, word(state.height.into()), word(state.count)].concat();
    U256::from_be_bytes(keccak256(message).0) & (U256::MAX >> 8)
}

fn keccak(number: u64, before: List, domain: [u8; 32], state: &State) -> ShapedProof {
    let list = before.extend(&Seal::plan(domain, state));
    let inputs = [[F::ONE; 4], public_inputs_digest(&list.elements())];
    shaped(key(number), &inputs.concat())
}

fn witness(child: &Subtree, keccak: &ShapedProof) -> PartialWitness<F> {
    seal().witness(child, keccak, DOMAIN, list(8)).unwrap()
}

#[test]
fn every_kind_of_tree_is_stated() {
    let limbs = statement(DOMAIN, state().root, state().height, state().count);
    let digest_of = StatementDigest::try_from(limbs).unwrap();
    assert_eq!(
        U256::from_be_bytes(digest_of.to_be_bytes()),
        by_definition(&state())
    );
    for (number, carried, before) in [
        (LEAF, NO_KEY, list(2)),
        (NODE, digest(NODE), list(2)),
        (CHUNK, digest(NODE), list(8)),
    ] {
        let child = subtree(key(number), carried, state());
        let witness = witness(&child, &keccak(KECCAK, before, DOMAIN, &state()));
        assert_eq!(proven(seal(), &witness), Some(limbs.map(super::number).to_vec()));
    }
}

#[test]
fn a_tree_is_of_this_program() {
    for (number, carried) in [
        (9, digest(NODE)),
        (9, digest(9)),
        (NODE, digest(9)),
        (CHUNK, digest(9)),
    ] {
        let child = subtree(key(number), carried, state());
        for before in [list(2), list(8)] {
            let witness = witness(&child, &keccak(KECCAK, before, DOMAIN, &state()));
            assert_eq!(proven(seal(), &witness), None);
        }
    }
}

#[test]
fn the_list_ends_with_the_statement_of_this_tree() {
    let child = subtree(key(NODE), digest(NODE), state());
    let mut other = [state(); 3];
    other[0].count += 1;
    other[1].height += 1;
    other[2].root[0] += 1;
    let mut refused: Vec<ShapedProof> = other
        .iter()
        .map(|other| keccak(KECCAK, list(2), DOMAIN, other))
        .collect();
    refused.extend([
        keccak(KECCAK, list(2), [0xd1; 32], &state()),
        keccak(KECCAK, list(8), DOMAIN, &state()),
        keccak(12, list(2), DOMAIN, &state()),
    ]);
    for proof in refused {
        assert_eq!(proven(seal(), &witness(&child, &proof)), None);
    }
}

/// Depth, count, root and limbs are computed: with a list that says the same as the forgery, the block still is not the tree's.
#[test]
fn the_statement_cannot_be_chosen() {
    let child = subtree(key(NODE), digest(NODE), state());
    let targets = seal().targets();
    for (limb, other) in [
        (
            23,
            State {
                height: 18,
                ..state()
            },
        ),
        (
            31,
            State {
                count: 0x0001_0204,
                ..state()
            },
        ),
    ] {
        let proof = keccak(KECCAK, list(2), DOMAIN, &other);
        let value = Seal::plan(DOMAIN, &other)[0].block[limb];
        let forgery = [(targets.block[limb], F::from_canonical_u32(value))];
        assert_eq!(forged(seal(), &witness(&child, &proof), &forgery), None, "{limb}");
    }
    let honest = witness(&child, &keccak(KECCAK, list(2), DOMAIN, &state()));
    for limb in targets.limbs {
        let value = Trace::honest(seal().data(), &honest).get(limb).unwrap();
        assert_eq!(forged(seal(), &honest, &[(limb, value + F::ONE)]), None);
    }
    let mut other = honest;
    other.target_values.insert(targets.child.state.count, F::ONE);
    assert_eq!(proven(seal(), &other), None);
}
