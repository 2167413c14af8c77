use std::sync::OnceLock;

use alloy_primitives::keccak256;
use causeway_aggregation::domain;
use causeway_aggregation::normalize::message::MAX_PUBLIC_INPUTS;
use plonky2::field::types::{Field, PrimeField64, Sample};

use super::*;
use crate::keccak::{Block, blocks};
use crate::proofs::leaf::{Leaf, constrain};
use crate::proofs::native::commitment_message;
use crate::proofs::{Beside, commitment};
use crate::recursion::InnerTargets;

fn leaf() -> &'static Leaf {
    static CELL: OnceLock<Leaf> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::new_unchecked);
        Circuit::build_small(builder, targets)
    })
}

/// The definition, to the letter.
fn by_definition(user: &UserProof) -> [u8; 32] {
    let mut message = vec![0];
    for element in user.key_digest().elements() {
        message.extend(element.to_canonical_u64().to_be_bytes());
    }
    for element in &user.public_inputs {
        message.extend(element.to_canonical_u64().to_be_bytes());
    }
    keccak256(message).0
}

#[test]
fn commitments_agree_with_the_definition() {
    for (index, count) in [0, 1, 4, 12, 13, 14, 29, MAX_PUBLIC_INPUTS]
        .into_iter()
        .enumerate()
    {
        let [left, right] = [count, MAX_PUBLIC_INPUTS - count].map(|n| user(n as u64, F::rand_vec(n)));
        let commitments = [&left, &right].map(by_definition);
        assert_eq!(commitment(left.key_digest(), &left.public_inputs), commitments[0]);
        let (beside, root, leaves, height) = match index % 4 {
            0 => (Beside::NoPlace, commitments[0], 1, 0),
            1 => (
                Beside::EmptyPlace,
                keccak256([commitments[0], [0; 32]].concat()).0,
                1,
                1,
            ),
            _ => (Beside::Proof(&right), keccak256(commitments.concat()).0, 2, 1),
        };
        let (entries, state) = Leaf::plan(&left, beside, list(5));
        assert_eq!((state.root, state.count, state.height), (root, leaves, height));
        assert_eq!(state.list_out, list(5).extend(&entries));
        let witness = leaf().witness(&left, beside, list(5)).unwrap();
        assert_eq!(proven(leaf(), &witness), Some(exposed(NO_KEY, &state)), "{count}");
    }
}

/// What names a circuit is the key that was verified, not what its proof says of itself.
#[test]
fn a_foreign_circuit_does_not_get_its_victims_commitment() {
    let victim = user(1, vec![number(5)]);
    let mut foreign = victim.clone();
    foreign.proof.key = key(2);
    assert_eq!(foreign.proof.public_inputs(), victim.proof.public_inputs());
    let (_, state) = Leaf::plan(&foreign, Beside::NoPlace, list(0));
    let witness = leaf().witness(&foreign, Beside::NoPlace, list(0)).unwrap();
    assert_eq!(proven(leaf(), &witness), Some(exposed(NO_KEY, &state)));
    assert_eq!(state.root, by_definition(&foreign));
    assert_ne!(state.root, by_definition(&victim));
}

/// A witness in which the left user's circuit exposes whatever message it likes, of blocks in which the prefix is not read.
fn says(message: &[Block], count: u64) -> PartialWitness<F> {
    let mut limbs: Vec<F> = message
        .as_flattened()
        .iter()
        .map(|&limb| F::from_canonical_u32(limb))
        .collect();
    limbs[8] = number(0);
    says_limbs(limbs, count)
}

fn says_limbs(mut limbs: Vec<F>, count: u64) -> PartialWitness<F> {
    let mut user = user(3, vec![]);
    limbs.resize(8 * 34, F::ZERO);
    let said = [&[number(count)], &limbs[8..]].concat();
    user.proof.proof.public_inputs[8..12].copy_from_slice(&domain::MESSAGE.hash(&said).elements);
    let mut witness = leaf().witness(&user, Beside::NoPlace, list(0)).unwrap();
    for users in &leaf().targets().users {
        // 1 / 256 exists in the field.
        let shared = limbs[8] / number(256);
        witness.target_values.insert(users.shared, shared);
        let targets = users.blocks.as_flattened().iter().zip(&limbs).skip(9);
        witness
            .target_values
            .extend(targets.map(|(&target, &limb)| (target, limb)));
        for (index, active) in (0..).zip(&users.active).skip(1) {
            witness
                .target_values
                .insert(active.target, F::from_bool(index < count));
        }
    }
    witness
}

#[test]
fn a_foreign_circuit_may_say_any_message() {
    let message: Vec<Block> = vec![[9; 34]; 3];
    assert!(proven(leaf(), &says(&message, 3)).is_some());
}

#[test]
fn the_message_leaves_the_last_byte_of_the_key_alone() {
    let mut limbs = vec![F::ZERO; 34];
    limbs[8] = number(0xffff_ff00);
    assert!(proven(leaf(), &says_limbs(limbs.clone(), 1)).is_some());
    // A limb that would add five to the key's last byte, and one that is no limb.
    for limb in [5, 1 << 32] {
        limbs[8] = number(limb);
        assert_eq!(proven(leaf(), &says_limbs(limbs.clone(), 1)), None, "{limb}");
    }
}

#[test]
fn the_number_of_blocks_is_bound() {
    let message: Vec<Block> = vec![[9; 34]; 2];
    let mut witness = says(&message, 2);
    let targets = &leaf().targets().users;
    for user in targets {
        witness.target_values.insert(user.active[1].target, F::ZERO);
    }
    assert_eq!(proven(leaf(), &witness), None, "the digest says two");
    // Flags of the right number that rise again.
    for user in targets {
        witness.target_values.insert(user.active[2].target, F::ONE);
    }
    assert_eq!(proven(leaf(), &witness), None, "flags fall once");
    // One flag that is no bit, and makes the number of blocks six.
    let mut witness = says(&message, 6);
    for user in targets {
        for (index, active) in user.active.iter().enumerate().skip(1) {
            let value = if index == 1 { number(5) } else { F::ZERO };
            witness.target_values.insert(active.target, value);
        }
    }
    assert_eq!(proven(leaf(), &witness), None, "flags are bits");
}

#[test]
fn another_message_than_is_exposed_is_refused() {
    let mut witness = says(&[[9; 34]; 2], 2);
    let block = leaf().targets().users[0].blocks[1];
    witness.target_values.insert(block[7], number(8));
    assert_eq!(proven(leaf(), &witness), None);
    let mut witness = says(&[[9; 34]; 2], 2);
    let shared = leaf().targets().users[0].shared;
    witness.target_values.insert(shared, number(1));
    assert_eq!(proven(leaf(), &witness), None);
}

#[test]
fn the_key_in_the_message_is_the_key_verified() {
    let honest = user(3, vec![]);
    let witness = leaf().witness(&honest, Beside::NoPlace, list(0)).unwrap();
    let targets = &leaf().targets().users[0];
    for element in 0..4 {
        for bit in [0, 31, 32, 63] {
            let target = targets.key_bits[element][bit].target;
            let honest = Trace::honest(leaf().data(), &witness).get(target).unwrap();
            assert_eq!(forged(leaf(), &witness, &[(target, F::ONE - honest)]), None);
        }
    }
    let limb = targets.blocks[0][0];
    assert_eq!(forged(leaf(), &witness, &[(limb, number(1))]), None);
}

#[test]
fn no_message_is_that_of_a_node() {
    let mut node: Block = [7; 34];
    node[16..].copy_from_slice(&blocks(&[0; 64])[0][16..]);
    assert_eq!(proven(leaf(), &says(&[node], 1)), None);
    // Of two blocks the first one may look as it likes.
    assert!(proven(leaf(), &says(&[node, node], 2)).is_some());
    // One that is padded elsewhere is no node, and no message of public inputs is refused.
    for (limb, value) in [(16, 2), (18, 1), (32, 1)] {
        let mut other = node;
        other[limb] = value;
        assert!(proven(leaf(), &says(&[other], 1)).is_some());
    }
    for count in 0..=12 {
        let mut message = commitment_message(digest(0), &vec![F::ZERO; count]);
        if count > 4 {
            message[64..68].copy_from_slice(&[1, 0, 0, 0]);
        }
        assert!(proven(leaf(), &says(&blocks(&message), 1)).is_some(), "{count}");
    }
}

#[test]
fn a_second_proof_takes_a_place() {
    let (left, right) = (user(1, vec![]), user(2, vec![]));
    let witness = leaf().witness(&left, Beside::Proof(&right), list(0)).unwrap();
    let targets = leaf().targets();
    assert_eq!(
        forged(leaf(), &witness, &[(targets.joined.target, F::ZERO)]),
        None
    );
    for flag in [targets.joined, targets.pair] {
        assert_eq!(forged(leaf(), &witness, &[(flag.target, F::TWO)]), None);
    }
    for target in targets.state.to_targets() {
        let honest = Trace::honest(leaf().data(), &witness).get(target).unwrap();
        if !targets.state.list_in.digest().elements.contains(&target) && target != targets.joined.target {
            assert_eq!(forged(leaf(), &witness, &[(target, honest + F::ONE)]), None);
        }
    }
}
