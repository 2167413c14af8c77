//! Exits as Keccak reads them: the block whose hash is LxLy's leaf.

use causeway_aggregation::{D, F};
use causeway_types::Exit;
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::exit::{ExitTarget, TokenTarget};
use super::word::{U32Target, WordsTarget};
use crate::keccak::{BlockTarget, RATE_LIMBS};

/// Words of an exit behind its leaf type, each of which stands one byte off a limb: a limb has the last byte of one word and the
/// first three of the next.
const WORDS: usize = (Exit::ENCODED_LEN - 1) / 4;

/// An exit, a witness, and the block of its leaf, padding included. The bits from which the limbs are made are the range checks of
/// the words: 57 rows.
pub fn exit_block(builder: &mut CircuitBuilder<F, D>) -> (ExitTarget, BlockTarget) {
    let mut bits = Vec::with_capacity(WORDS);
    let exit = {
        let mut word = || {
            let (word, of_word) = U32Target::with_bits(builder);
            bits.push(of_word);
            word
        };
        let network = word();
        let address = WordsTarget::from_words(std::array::from_fn(|_| word()));
        let destination_network = word();
        let destination_address = WordsTarget::from_words(std::array::from_fn(|_| word()));
        let amount = WordsTarget::from_words(std::array::from_fn(|_| word()));
        let metadata_hash = WordsTarget::from_words(std::array::from_fn(|_| word()));
        ExitTarget {
            leaf_type: U32Target::new_unchecked(builder.add_virtual_bool_target_safe().target),
            token: TokenTarget { network, address },
            destination_network,
            destination_address,
            amount,
            metadata_hash,
        }
    };
    let zero = builder.zero();
    let mut block = [zero; RATE_LIMBS];
    // The byte before the first word is the leaf type, a bit.
    let mut before = vec![builder._false(); 8];
    before[0] = BoolTarget::new_unsafe(exit.leaf_type.target());
    for (limb, bits) in block.iter_mut().zip(&bits) {
        *limb = limb_of(builder, &before, bits);
        before = bits[..8].to_vec();
    }
    // The last byte of the last word, then 0x01; the other end of the padding.
    let last = builder.le_sum(before.iter());
    block[WORDS] = builder.add_const(last, F::from_canonical_u32(0x100));
    block[RATE_LIMBS - 1] = builder.constant(F::from_canonical_u32(0x8000_0000));
    (exit, block)
}

/// The limb of a byte and the first three of a word, the first byte lowest.
fn limb_of(builder: &mut CircuitBuilder<F, D>, byte: &[BoolTarget], word: &[BoolTarget]) -> Target {
    let bits = [byte, &word[24..], &word[16..24], &word[8..16]].concat();
    builder.le_sum(bits.iter())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Address, B256, U256};
    use causeway_types::{LeafType, NetworkId, TokenId};
    use plonky2::iop::witness::PartialWitness;

    use super::*;
    use crate::keccak::blocks;
    use crate::targets::testing::Gadget;

    fn gadget(target: &mut Option<ExitTarget>) -> Gadget {
        Gadget::new(|builder| {
            let (exit, block) = exit_block(builder);
            *target = Some(exit);
            [&exit.targets()[..], &block].concat()
        })
    }

    fn exit(leaf_type: LeafType) -> Exit {
        let bytes = |from: u8| -> Vec<u8> { (from..from + 32).collect() };
        Exit {
            leaf_type,
            token: TokenId {
                network: NetworkId::new(0x8102_0304),
                address: Address::from_slice(&bytes(5)[..20]),
            },
            destination_network: NetworkId::new(0x191a_1bfc),
            destination_address: Address::from_slice(&bytes(0x1d)[..20]),
            amount: U256::from_be_slice(&bytes(0xc1)),
            metadata_hash: B256::from_slice(&bytes(0x91)),
        }
    }

    #[test]
    fn the_block_is_that_of_the_leaf_and_nothing_else_fits() {
        let mut target = None;
        let gadget = gadget(&mut target);
        for leaf_type in [LeafType::Transfer, LeafType::Message] {
            let exit = exit(leaf_type);
            let mut witness = PartialWitness::new();
            target.unwrap().set(&mut witness, &exit).unwrap();
            let values = gadget.read(&witness, 29 + RATE_LIMBS);
            let block = blocks(&exit.encode())[0].map(u64::from);
            assert_eq!(values[29..], block);
            assert!(gadget.holds(&values));
            // Of the limbs between both ends of the padding only the last is written: they are one target.
            for at in (0..58).chain([62]) {
                let mut other = values.clone();
                other[at] ^= 1;
                assert!(!gadget.holds(&other), "{at}");
            }
        }
    }

    #[test]
    fn words_that_are_none_and_a_third_leaf_type_are_refused() {
        let mut target = None;
        let gadget = gadget(&mut target);
        assert!(gadget.takes(&[1; 29]));
        for (at, word) in (0..29).map(|at| (at, if at == 0 { 2 } else { 1 << 32 })) {
            let mut words = [0; 29];
            words[at] = word;
            assert!(!gadget.takes(&words), "{at}");
        }
    }
}
