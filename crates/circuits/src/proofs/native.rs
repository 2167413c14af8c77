//! What the circuits compute, natively.

use causeway_aggregation::{F, KeyDigest, StatementDigest};
use plonky2::field::types::PrimeField64;

use crate::keccak::Entry;

/// The highest tree.
pub const MAX_DEPTH: u8 = 20;

/// Z_0, which stands where there is no proof: nobody knows a message with this hash.
pub const NO_LEAF: [u8; 32] = [0; 32];

/// The message of a proof's commitment.
pub fn commitment_message(key: KeyDigest, public_inputs: &[F]) -> Vec<u8> {
    let elements = key.elements();
    let bytes = elements
        .iter()
        .chain(public_inputs)
        .flat_map(|element| element.to_canonical_u64().to_be_bytes());
    std::iter::once(0).chain(bytes).collect()
}

/// The commitment of a proof: keccak256(0x00 ‖ normalised key digest ‖ public inputs).
pub fn commitment(key: KeyDigest, public_inputs: &[F]) -> [u8; 32] {
    Entry::of_message(&commitment_message(key, public_inputs)).1
}

/// The node above two, and the entry that shows it.
pub fn join(left: [u8; 32], right: [u8; 32]) -> (Vec<Entry>, [u8; 32]) {
    Entry::of_message(&[left, right].concat())
}

/// Z_height: the root of a tree without leaves.
pub fn zero_hash(height: u8) -> [u8; 32] {
    (0..height).fold(NO_LEAF, |zero, _| join(zero, zero).1)
}

/// The message of a statement: four words, as `abi.encode` puts them.
pub fn statement_message(domain: [u8; 32], root: [u8; 32], depth: u8, count: u32) -> [u8; 128] {
    let mut message = [0; 128];
    message[..32].copy_from_slice(&domain);
    message[32..64].copy_from_slice(&root);
    message[95] = depth;
    message[124..].copy_from_slice(&count.to_be_bytes());
    message
}

/// The limbs of a statement, lowest first, 62 bits each: the low 248 bits of its hash.
pub fn statement(domain: [u8; 32], root: [u8; 32], depth: u8, count: u32) -> [u64; 4] {
    let (_, digest) = Entry::of_message(&statement_message(domain, root, depth, count));
    StatementDigest::low_bits(digest).limbs()
}

/// The layouts that contracts and readers have are those of `causeway_types::aggregation`.
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Address, B256};
    use causeway_aggregation::KeyDigest;
    use causeway_types::GoldilocksDigest;
    use causeway_types::aggregation::{
        AggregationDomain, AggregationRecord, AggregationStatement, AggregationTree, MAX_AGGREGATION_DEPTH,
        ProofCommitment, PublicInputs,
    };
    use plonky2::field::types::Field;

    use super::*;

    fn commitments(count: u64) -> Vec<(ProofCommitment, [u8; 32])> {
        let of = |number: u64| {
            let words = [number, 18_446_744_069_414_584_320, 0, u64::from(u32::MAX)];
            // The longest message has eight blocks.
            let inputs: Vec<u64> = (0..number * 13).map(|input| input << 40 | number).collect();
            let elements =
                |words: &[u64]| -> Vec<F> { words.iter().map(|&word| F::from_canonical_u64(word)).collect() };
            let key = KeyDigest::from_elements(elements(&words).try_into().unwrap());
            let types = ProofCommitment::of(
                GoldilocksDigest::new(words).unwrap(),
                &PublicInputs::new(inputs.clone()).unwrap(),
            );
            (types, commitment(key, &elements(&inputs)))
        };
        (0..count).map(of).collect()
    }

    /// The root over these leaves, as nodes of the program join them.
    fn root(leaves: &[[u8; 32]], depth: u8) -> [u8; 32] {
        match depth.checked_sub(1) {
            _ if leaves.is_empty() => zero_hash(depth),
            None => leaves[0],
            Some(below) => {
                let (left, right) = leaves.split_at(leaves.len().min(1 << below));
                join(root(left, below), root(right, below)).1
            }
        }
    }

    #[test]
    fn commitments_and_trees_are_those_of_the_types() {
        for count in 1..=11 {
            let (types, native): (Vec<_>, Vec<_>) = commitments(count).into_iter().unzip();
            for (types, native) in types.iter().zip(&native) {
                assert_eq!(types.get(), *native);
            }
            let tree = AggregationTree::new(types).unwrap();
            assert_eq!(tree.root(), root(&native, tree.depth()), "{count}");
        }
        assert_eq!(MAX_DEPTH, MAX_AGGREGATION_DEPTH);
    }

    #[test]
    fn statements_are_those_of_the_types() {
        let statement = AggregationStatement {
            domain: AggregationDomain {
                chain_id: 31_337,
                contract: Address::repeat_byte(0xa9),
            },
            record: AggregationRecord::new(B256::repeat_byte(0x77), 19, 300_001).unwrap(),
        };
        let (domain, root) = (statement.domain.digest().0, statement.record.root().0);
        let (depth, count) = (statement.record.depth(), statement.record.count());
        assert_eq!(statement_message(domain, root, depth, count), statement.encode());
        let limbs = super::statement(domain, root, depth, count);
        let digest = limbs
            .iter()
            .rev()
            .fold(alloy_primitives::U256::ZERO, |sum, &limb| {
                (sum << 62) | alloy_primitives::U256::from(limb)
            });
        assert_eq!(B256::from(digest), statement.digest());
    }
}
