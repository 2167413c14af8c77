//! Exits and their leaves.

use causeway_aggregation::{D, F};
use causeway_ledger::poseidon::EXIT;
use causeway_types::{Exit, TokenId};
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::message::MessageTarget;
use super::word::{AddressTarget, AmountTarget, Bytes32Target, DigestTarget, U32Target, is_below};

/// [`TokenId`] in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTarget {
    /// The network that issues the token.
    pub network: U32Target,
    /// Its address there.
    pub address: AddressTarget,
}

impl TokenTarget {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            network: U32Target::new(builder),
            address: AddressTarget::new(builder),
        }
    }

    /// A witness whose words somebody else has constrained: whoever calls this says who.
    pub(crate) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            network: U32Target::new_unchecked(builder.add_virtual_target()),
            address: AddressTarget::new_unchecked(builder),
        }
    }

    /// L1's ETH.
    pub fn eth(builder: &mut CircuitBuilder<F, D>) -> Self {
        let zero = U32Target::constant(builder, 0);
        Self {
            network: zero,
            address: AddressTarget::from_words([zero; 5]),
        }
    }

    /// Its six words, the uppermost first.
    pub fn targets(&self) -> [Target; 6] {
        let mut targets = [self.network.target(); 6];
        targets[1..].copy_from_slice(&self.address.targets());
        targets
    }

    /// One of two.
    pub fn select(builder: &mut CircuitBuilder<F, D>, condition: BoolTarget, yes: &Self, no: &Self) -> Self {
        Self {
            network: U32Target::select(builder, condition, yes.network, no.network),
            address: AddressTarget::select(builder, condition, &yes.address, &no.address),
        }
    }

    /// Whether it is the same as another one.
    pub fn is_equal(&self, builder: &mut CircuitBuilder<F, D>, other: &Self) -> BoolTarget {
        let mut equal = builder._true();
        for (left, right) in self.targets().into_iter().zip(other.targets()) {
            let same = builder.is_equal(left, right);
            equal = builder.and(equal, same);
        }
        equal
    }

    /// Whether it is L1's ETH, all of whose words are zero.
    pub fn is_eth(&self, builder: &mut CircuitBuilder<F, D>) -> BoolTarget {
        // Six words do not wrap.
        let sum = builder.add_many(self.targets());
        let zero = builder.zero();
        builder.is_equal(sum, zero)
    }

    /// Whether it comes before another one in the order of network, then address: whether subtracting that one borrows.
    pub fn is_below(&self, builder: &mut CircuitBuilder<F, D>, other: &Self) -> BoolTarget {
        is_below(builder, &self.targets(), &other.targets())
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, token: &TokenId) -> Option<()> {
        let network = F::from_canonical_u32(token.network.get());
        witness.set_target(self.network.target(), network).ok()?;
        self.address.set(witness, token.address.as_slice())
    }
}

/// [`Exit`] in a circuit. Whether its network may make it is not seen here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitTarget {
    /// What it carries: 0 an asset, 1 a message.
    pub leaf_type: U32Target,
    /// The token; for a message the sending network and caller.
    pub token: TokenTarget,
    /// Where it goes.
    pub destination_network: U32Target,
    /// To whom.
    pub destination_address: AddressTarget,
    /// How much.
    pub amount: AmountTarget,
    /// Keccak of the metadata.
    pub metadata_hash: Bytes32Target,
}

impl ExitTarget {
    /// A witness, each word constrained, and the leaf type to be one.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        let leaf_type = U32Target::new(builder);
        builder.assert_bool(BoolTarget::new_unsafe(leaf_type.target()));
        Self {
            leaf_type,
            token: TokenTarget::new(builder),
            destination_network: U32Target::new(builder),
            destination_address: AddressTarget::new(builder),
            amount: AmountTarget::new(builder),
            metadata_hash: Bytes32Target::new(builder),
        }
    }

    /// A witness whose words somebody else has constrained, and the leaf type to be a bit: whoever calls this says who.
    pub(crate) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            leaf_type: U32Target::new_unchecked(builder.add_virtual_target()),
            token: TokenTarget::new_unchecked(builder),
            destination_network: U32Target::new_unchecked(builder.add_virtual_target()),
            destination_address: AddressTarget::new_unchecked(builder),
            amount: AmountTarget::new_unchecked(builder),
            metadata_hash: Bytes32Target::new_unchecked(builder),
        }
    }

    /// Its targets in the order in which [`shadow_leaf`] hashes them: 29 words.
    pub fn targets(&self) -> Vec<Target> {
        [
            &[self.leaf_type.target(), self.token.network.target()],
            &self.token.address.targets()[..],
            &[self.destination_network.target()],
            &self.destination_address.targets(),
            &self.amount.targets(),
            &self.metadata_hash.targets(),
        ]
        .concat()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, exit: &Exit) -> Option<()> {
        let leaf_type = F::from_canonical_u32(exit.leaf_type as u32);
        witness.set_target(self.leaf_type.target(), leaf_type).ok()?;
        self.token.set(witness, &exit.token)?;
        let network = F::from_canonical_u32(exit.destination_network.get());
        witness
            .set_target(self.destination_network.target(), network)
            .ok()?;
        self.destination_address
            .set(witness, exit.destination_address.as_slice())?;
        self.amount.set(witness, &exit.amount.to_be_bytes::<32>())?;
        self.metadata_hash.set(witness, exit.metadata_hash.as_slice())
    }
}

/// An exit's leaf in a shadow tree: four rows.
pub fn shadow_leaf(builder: &mut CircuitBuilder<F, D>, exit: &ExitTarget) -> DigestTarget {
    MessageTarget::new()
        .u32(exit.leaf_type)
        .token(&exit.token)
        .u32(exit.destination_network)
        .words(&exit.destination_address)
        .words(&exit.amount)
        .words(&exit.metadata_hash)
        .hash(builder, EXIT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Address, B256, U256};
    use causeway_types::{LeafType, NetworkId};
    use plonky2::iop::witness::PartialWitness;

    use super::*;
    use crate::targets::testing::{Gadget, words};

    fn exit() -> Exit {
        Exit {
            leaf_type: LeafType::Message,
            token: TokenId {
                network: NetworkId::new(7),
                address: Address::repeat_byte(0xa1),
            },
            destination_network: NetworkId::new(3),
            destination_address: Address::repeat_byte(0xb2),
            amount: U256::MAX - U256::from(5),
            metadata_hash: B256::repeat_byte(0xc3),
        }
    }

    #[test]
    fn leaves_are_the_ledgers_and_every_field_is_in_them() {
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let exit = ExitTarget::new(builder);
            let leaf = shadow_leaf(builder, &exit);
            target = Some(exit);
            [exit.targets(), leaf.elements.to_vec()].concat()
        });
        let mut witness = PartialWitness::new();
        target.unwrap().set(&mut witness, &exit()).unwrap();
        let leaf = words(causeway_ledger::shadow_leaf(&exit()));
        let fields: Vec<u64> = gadget.read(&witness, 29);
        gadget.holds_alone(&[&fields[..], &leaf].concat());
    }

    #[test]
    fn tokens_are_ordered_as_the_types_are() {
        let gadget = Gadget::new(|builder| {
            let [left, right] = [(); 2].map(|()| TokenTarget::new(builder));
            let below = left.is_below(builder, &right);
            let (equal, eth) = (left.is_equal(builder, &right), left.is_eth(builder));
            [
                &left.targets()[..],
                &right.targets(),
                &[below.target, equal.target, eth.target],
            ]
            .concat()
        });
        let token = |network: u32, last: u8, first: u8| {
            let mut address = Address::ZERO;
            (address.0[0], address.0[19]) = (first, last);
            TokenId {
                network: NetworkId::new(network),
                address,
            }
        };
        let tokens = [
            TokenId::ETH,
            token(0, 1, 0),
            token(0, 0, 1),
            token(1, 0, 0),
            token(1, 0xff, 0),
            token(1, 0, 0xff),
            token(u32::MAX, 0xff, 0xff),
        ];
        let cut = |token: &TokenId| -> Vec<u64> {
            let words = token.address.as_chunks::<4>().0.iter();
            let address = words.map(|word| u64::from(u32::from_be_bytes(*word)));
            std::iter::once(token.network.get().into())
                .chain(address)
                .collect()
        };
        for left in &tokens {
            for right in &tokens {
                let flags = [left < right, left == right, *left == TokenId::ETH].map(u64::from);
                let values = [&cut(left)[..], &cut(right), &flags].concat();
                assert!(gadget.holds(&values), "{left:?} {right:?}");
                for flag in 12..15 {
                    let mut other = values.clone();
                    other[flag] ^= 1;
                    assert!(!gadget.holds(&other), "{left:?} {right:?} {flag}");
                }
            }
        }
    }

    #[test]
    fn a_leaf_is_an_asset_or_a_message() {
        let gadget = Gadget::new(|builder| ExitTarget::new(builder).targets());
        for (leaf_type, legal) in [(0, true), (1, true), (2, false)] {
            let mut words = vec![0; 29];
            words[0] = leaf_type;
            assert_eq!(gadget.holds(&words), legal, "{leaf_type}");
        }
    }
}
