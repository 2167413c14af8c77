//! Exits as Keccak reads them: the block whose hash is LxLy's leaf.

use causeway_aggregation::{D, F};
use causeway_types::Exit;
use plonky2::iop::target::BoolTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::bytes::BytesTarget;
use super::exit::{ExitTarget, TokenTarget};
use super::word::{U32Target, WordsTarget};
use crate::keccak::BlockTarget;

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
    // The leaf type is a byte of one bit.
    let mut leaf_type = [builder._false(); 8];
    leaf_type[0] = BoolTarget::new_unsafe(exit.leaf_type.target());
    let bytes = bits
        .iter()
        .fold(BytesTarget::new().byte(leaf_type), |bytes, word| {
            bytes.word_bits(word)
        });
    // 113 bytes are one block.
    let block = bytes.blocks(builder)[0];
    (exit, block)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Address, B256, U256};
    use causeway_types::{LeafType, NetworkId, TokenId};
    use plonky2::iop::witness::PartialWitness;

    use super::*;
    use crate::keccak::{RATE_LIMBS, blocks};
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
