//! Balances: one leaf replaced, or a new one put between two tokens.

use causeway_aggregation::{D, F};
use causeway_ledger::BalanceAccess;
use causeway_ledger::poseidon::{BALANCE, BALANCE_ROOT};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::exit::TokenTarget;
use super::message::MessageTarget;
use super::tree::{PathTarget, TreeTarget};
use super::word::{AmountTarget, DigestTarget, U32Target};
use crate::recursion::connect_if;

/// `causeway_ledger::BalanceLeaf` in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceLeafTarget {
    /// The token.
    pub token: TokenTarget,
    /// How much of it the network holds.
    pub balance: AmountTarget,
    /// The next token in order, L1's ETH if there is none.
    pub next: TokenTarget,
}

impl BalanceLeafTarget {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            token: TokenTarget::new(builder),
            balance: AmountTarget::new(builder),
            next: TokenTarget::new(builder),
        }
    }

    /// The leaf's digest: three rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        MessageTarget::new()
            .token(&self.token)
            .words(&self.balance)
            .token(&self.next)
            .hash(builder, BALANCE)
    }

    /// Whether the leaf shows that a token has none: it lies between this one and its successor.
    pub fn excludes(&self, builder: &mut CircuitBuilder<F, D>, token: &TokenTarget) -> BoolTarget {
        let above = self.token.is_below(builder, token);
        let below = token.is_below(builder, &self.next);
        let last = self.next.is_eth(builder);
        let below = builder.or(below, last);
        builder.and(above, below)
    }
}

/// A balance tree: its leaves' number and its Merkle root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceTreeTarget {
    /// How many tokens have leaves.
    pub count: U32Target,
    /// Root of the Merkle tree alone.
    pub root: DigestTarget,
}

impl BalanceTreeTarget {
    /// A witness, the count constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            count: U32Target::new(builder),
            root: builder.add_virtual_hash(),
        }
    }

    /// Root and count in one: `causeway_ledger::balances::balance_root`.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        MessageTarget::new()
            .u32(self.count)
            .digest(self.root)
            .hash(builder, BALANCE_ROOT)
    }
}

/// [`BalanceAccess`] in a circuit: how one balance is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceAccessTarget {
    /// Whether the token has no leaf yet.
    pub absent: BoolTarget,
    /// Where the token's leaf is, or its predecessor's if it has none.
    pub index: U32Target,
    /// That leaf before.
    pub leaf: BalanceLeafTarget,
    /// Its path.
    pub path: PathTarget,
    /// Path of the new place once the predecessor points to the token; anything if the token has a leaf.
    pub place: PathTarget,
}

impl BalanceAccessTarget {
    /// A witness, its parts constrained, not yet what they say.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            absent: builder.add_virtual_bool_target_safe(),
            index: U32Target::new(builder),
            leaf: BalanceLeafTarget::new(builder),
            path: PathTarget::new(builder, TreeTarget::Balances),
            place: PathTarget::new(builder, TreeTarget::Balances),
        }
    }

    /// Follows the replacement where it is one, as [`BalanceAccess::follow`]: the balance before, and the tree after. Elsewhere both
    /// mean nothing. Four paths of 32 rows.
    pub fn follow_if(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        active: BoolTarget,
        token: &TokenTarget,
        balance: &AmountTarget,
        tree: &BalanceTreeTarget,
    ) -> ([Target; 8], BalanceTreeTarget) {
        // The leaf is the token's, or shows that it has none.
        let same = self.leaf.token.is_equal(builder, token);
        let excludes = self.leaf.excludes(builder, token);
        let shown = builder.select(self.absent, excludes.target, same.target);
        builder.conditional_assert_eq(active.target, shown, active.target);
        let bits = self.index.bits(builder);
        let leaf = self.leaf.hash(builder);
        let before = self.path.root(builder, leaf, &bits);
        connect_if(builder, active.target, before.elements, tree.root.elements);

        // It gets the balance, or a new successor.
        let replaced = BalanceLeafTarget {
            token: self.leaf.token,
            balance: AmountTarget::select(builder, self.absent, &self.leaf.balance, balance),
            next: TokenTarget::select(builder, self.absent, token, &self.leaf.next),
        };
        let replaced = replaced.hash(builder);
        let linked = self.path.root(builder, replaced, &bits);

        // The next place is empty, and is the token's.
        let place = tree.count.bits(builder);
        let nothing = HashOutTarget {
            elements: [builder.zero(); 4],
        };
        let empty = self.place.root(builder, nothing, &place);
        let added_to = builder.and(active, self.absent);
        connect_if(builder, added_to.target, empty.elements, linked.elements);
        let leaf = BalanceLeafTarget {
            token: *token,
            balance: *balance,
            next: self.leaf.next,
        };
        let leaf = leaf.hash(builder);
        let added = self.place.root(builder, leaf, &place);

        let zero = builder.zero();
        let initial = self.leaf.balance.targets();
        let initial = initial.map(|word| builder.select(self.absent, zero, word));
        let root = HashOutTarget {
            elements: std::array::from_fn(|i| {
                builder.select(self.absent, added.elements[i], linked.elements[i])
            }),
        };
        // There is no room for more than 2^32 - 1.
        let count = builder.add(tree.count.target(), self.absent.target);
        let count = U32Target::range_checked(builder, count);
        (initial, BalanceTreeTarget { count, root })
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, access: &BalanceAccess) -> Option<()> {
        let (absent, index, leaf, path, place) = match access {
            BalanceAccess::Present { index, leaf, path } => (false, index, leaf, path, path),
            BalanceAccess::Absent {
                low_index,
                low,
                low_path,
                path,
            } => (true, low_index, low, low_path, path),
        };
        witness.set_bool_target(self.absent, absent).ok()?;
        let index = F::from_canonical_u32(*index);
        witness.set_target(self.index.target(), index).ok()?;
        self.leaf.token.set(witness, &leaf.token)?;
        self.leaf
            .balance
            .set(witness, &leaf.balance.to_be_bytes::<32>())?;
        self.leaf.next.set(witness, &leaf.next)?;
        self.path.set(witness, path)?;
        self.place.set(witness, place)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Address, U256};
    use causeway_ledger::poseidon::BALANCE_NODE;
    use causeway_ledger::{BalanceLeaf, BalanceTree};
    use causeway_types::{GoldilocksDigest, NetworkId, TokenId};

    use super::*;
    use crate::targets::testing::{Gadget, words};

    /// token 0..6, balance 6..14, count 14, root 15..19, absent 19, index 20, leaf 21..41, path 41..169, place 169..297, initial
    /// 297..305, count after 305, root after 306..310.
    fn gadget() -> Gadget {
        Gadget::new(|builder| {
            let token = TokenTarget::new(builder);
            let balance = AmountTarget::new(builder);
            let tree = BalanceTreeTarget::new(builder);
            let access = BalanceAccessTarget::new(builder);
            let active = builder._true();
            let (initial, after) = access.follow_if(builder, active, &token, &balance, &tree);
            let siblings = |path: &PathTarget| -> Vec<Target> {
                path.siblings()
                    .iter()
                    .flat_map(|sibling| sibling.elements)
                    .collect()
            };
            [
                &token.targets()[..],
                &balance.targets(),
                &[tree.count.target()],
                &tree.root.elements,
                &[access.absent.target, access.index.target()],
                &access.leaf.token.targets(),
                &access.leaf.balance.targets(),
                &access.leaf.next.targets(),
                &siblings(&access.path),
                &siblings(&access.place),
                &initial,
                &[after.count.target()],
                &after.root.elements,
            ]
            .concat()
        })
    }

    fn token(network: u32, byte: u8) -> TokenId {
        TokenId {
            network: NetworkId::new(network),
            address: Address::repeat_byte(byte),
        }
    }

    fn cut(bytes: &[u8]) -> Vec<u64> {
        let words = bytes.as_chunks::<4>().0.iter();
        words.map(|word| u32::from_be_bytes(*word).into()).collect()
    }

    fn token_words(token: &TokenId) -> Vec<u64> {
        [vec![token.network.get().into()], cut(token.address.as_slice())].concat()
    }

    fn amount_words(amount: U256) -> Vec<u64> {
        cut(&amount.to_be_bytes::<32>())
    }

    /// What a circuit sees of a replacement, and the tree after it.
    fn replacement(tree: &BalanceTree, token: TokenId, balance: U256) -> (Vec<u64>, BalanceTree) {
        let mut after = tree.clone();
        let access = after.set(token, balance).unwrap();
        let (absent, index, leaf, path, place) = match &access {
            BalanceAccess::Present { index, leaf, path } => (0, *index, *leaf, path, path),
            BalanceAccess::Absent {
                low_index,
                low,
                low_path,
                path,
            } => (1, *low_index, *low, low_path, path),
        };
        let flat =
            |path: &[GoldilocksDigest]| -> Vec<u64> { path.iter().flat_map(|&node| words(node)).collect() };
        let values = [
            &token_words(&token)[..],
            &amount_words(balance),
            &[tree.count().into()],
            &words(tree.tree_root()),
            &[absent, index.into()],
            &token_words(&leaf.token),
            &amount_words(leaf.balance),
            &token_words(&leaf.next),
            &flat(path),
            &flat(place),
            &amount_words(access.initial()),
            &[after.count().into()],
            &words(after.tree_root()),
        ];
        (values.concat(), after)
    }

    fn tokens() -> [TokenId; 6] {
        [
            token(0, 0),
            token(3, 0x80),
            token(1, 0xff),
            token(u32::MAX - 1, 1),
            token(3, 0x7f),
            token(0, 1),
        ]
    }

    #[test]
    fn balances_are_replaced_as_the_ledger_does() {
        let gadget = gadget();
        let mut tree = BalanceTree::new();
        for (round, token) in tokens().into_iter().chain(tokens()).enumerate() {
            let (values, after) = replacement(&tree, token, U256::MAX >> round);
            assert!(gadget.holds(&values), "{round}");
            tree = after;
        }
        assert_eq!(tree.count(), 6);
    }

    #[test]
    fn every_part_of_a_replacement_is_bound() {
        let gadget = gadget();
        let mut tree = BalanceTree::new();
        for token in tokens() {
            tree = replacement(&tree, token, U256::from(7)).1;
        }
        let present = replacement(&tree, token(3, 0x7f), U256::from(9)).0;
        let absent = replacement(&tree, token(3, 0x7e), U256::from(9)).0;
        for (values, free) in [(present, 169..297), (absent, 0..0)] {
            assert!(gadget.holds(&values));
            // The place of a new token is of no meaning where there is none.
            for at in (0..values.len()).filter(|at| !free.contains(at)) {
                let mut other = values.clone();
                other[at] ^= 1;
                assert!(!gadget.holds(&other), "{at}");
            }
        }
    }

    /// The attack that an indexed tree exists for: a second leaf for a token that has one, behind another predecessor.
    #[test]
    fn a_token_gets_no_second_leaf() {
        let gadget = gadget();
        let mut tree = BalanceTree::new();
        for token in [token(1, 5), token(1, 9)] {
            tree = replacement(&tree, token, U256::from(7)).1;
        }
        // ETH is leaf 0 and the new place is 3, so that beside it at height 1 stands what is above leaves 0 and 1.
        let eth = BalanceLeaf {
            token: TokenId::ETH,
            balance: U256::ZERO,
            next: token(1, 5),
        };
        let behind_eth = |token: TokenId| {
            let mut values = replacement(&tree, self::token(0, 3), U256::from(1)).0[..297].to_vec();
            values[..6].copy_from_slice(&token_words(&token));
            let leaf = BalanceLeaf { next: token, ..eth };
            let first = GoldilocksDigest::new(std::array::from_fn(|i| values[41 + i])).unwrap();
            let above = BALANCE_NODE.node(leaf.hash(), first);
            values[173..177].copy_from_slice(&words(above));
            values
        };
        for excluded in [token(0, 3), token(1, 4)] {
            assert!(gadget.takes(&behind_eth(excluded)), "{excluded:?}");
        }
        for taken in [token(1, 9), token(1, 5), token(2, 0), TokenId::ETH] {
            assert!(!gadget.takes(&behind_eth(taken)), "{taken:?}");
        }
    }

    /// Where the next token goes is no prover's choice, nor is it taken.
    #[test]
    fn a_new_token_replaces_no_other() {
        let gadget = gadget();
        let mut tree = BalanceTree::new();
        for token in [token(1, 5), token(1, 9)] {
            tree = replacement(&tree, token, U256::from(7)).1;
        }
        let mut values = replacement(&tree, token(0, 3), U256::from(1)).0[..297].to_vec();
        assert!(gadget.takes(&values));
        // Leaf 1, whose path is that of leaf 0 but for the lowest sibling, which is leaf 0 itself.
        let leaf = BalanceLeaf {
            token: TokenId::ETH,
            balance: U256::ZERO,
            next: token(0, 3),
        };
        values[14] = 1;
        values[169..173].copy_from_slice(&words(leaf.hash()));
        values.copy_within(45..169, 173);
        assert!(!gadget.takes(&values));
    }

    /// A tree of ETH alone that says to have so many leaves: the next place has nothing beside it but the half in which ETH is.
    #[test]
    fn there_is_no_room_for_more_than_a_count_can_say() {
        let gadget = gadget();
        let mut values = replacement(&BalanceTree::new(), token(0, 3), U256::from(1)).0[..297].to_vec();
        assert!(gadget.takes(&values));
        let linked = BalanceLeaf {
            token: TokenId::ETH,
            balance: U256::ZERO,
            next: token(0, 3),
        };
        let siblings = values[41..165].as_chunks::<4>().0.iter();
        let half = siblings.fold(linked.hash(), |node, &sibling| {
            BALANCE_NODE.node(node, GoldilocksDigest::new(sibling).unwrap())
        });
        let path = values[41..165].to_vec();
        values[169..293].copy_from_slice(&path);
        values[293..].copy_from_slice(&words(half));
        for (count, taken) in [(u32::MAX - 1, true), (u32::MAX, false)] {
            values[14] = count.into();
            assert_eq!(gadget.takes(&values), taken, "{count}");
        }
    }
}
