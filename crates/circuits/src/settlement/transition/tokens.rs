//! Tokens: what all moves of each come to, and its balance replaced once.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use causeway_aggregation::{D, F};
use causeway_ledger::Domain;
use causeway_ledger::inputs::{Step, TransitionInputs};
use causeway_ledger::poseidon::Message;
use causeway_types::{GoldilocksDigest, TokenId};
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::moves::{ChallengeTarget, amount_words};
use super::run::RunTarget;
use crate::recursion::{falls, is_equal, is_zero, select};
use crate::targets::{
    AmountTarget, BalanceAccessTarget, BalanceTreeTarget, MessageTarget, TokenTarget, U32Target,
};

/// Links of the chain of a certificate's sums.
pub const SUM: Domain = Domain::new("cw.sum");

/// What all moves of a token come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenSum {
    /// The token.
    pub token: TokenId,
    /// Imports less exits in each word, the uppermost first.
    pub words: [i64; 8],
    /// How many moves there are.
    pub moves: u32,
}

impl TokenSum {
    /// The sums of a certificate's tokens, in the order of their balances; a token that nothing moves has none.
    pub fn of(inputs: &TransitionInputs) -> Vec<Self> {
        let mut sums = BTreeMap::<TokenId, ([i64; 8], u32)>::new();
        let imports = inputs.imports.iter().map(|import| (&import.exit, 1));
        for (exit, sign) in imports.chain(inputs.exits.iter().map(|exit| (exit, -1))) {
            let (words, moves) = sums.entry(exit.balance_token()).or_default();
            for (word, amount) in words.iter_mut().zip(amount_words(exit.amount)) {
                *word += sign * i64::from(amount);
            }
            *moves += 1;
        }
        let openings = inputs.balances.iter();
        openings
            .map(|opening| {
                let token = opening.token;
                let (words, moves) = sums.get(&token).copied().unwrap_or_default();
                Self { token, words, moves }
            })
            .collect()
    }

    /// The sums as elements.
    pub(super) fn elements(&self) -> [F; 8] {
        self.words.map(F::from_noncanonical_i64)
    }

    /// The number as an element.
    pub(super) fn number(&self) -> F {
        F::from_canonical_u32(self.moves)
    }

    /// The chain with this behind it.
    pub(super) fn link(&self, chain: GoldilocksDigest) -> GoldilocksDigest {
        let message = Message::new().digest(chain).token(self.token);
        let words = self.elements().into_iter();
        words
            .fold(message, Message::element)
            .element(self.number())
            .hash(SUM)
    }

    /// What each word but the uppermost carries into the next, from the lowest.
    pub(super) fn carries(&self, initial: U256) -> [F; 7] {
        let initial = amount_words(initial);
        let mut carry = 0;
        std::array::from_fn(|place| {
            carry = (i64::from(initial[7 - place]) + self.words[7 - place] + carry) >> 32;
            F::from_noncanonical_i64(carry)
        })
    }
}

/// Bits of a carry, its sign included: sums are of fewer than 2^28 words.
const CARRY_BITS: usize = 30;

/// A token, if there is one.
#[derive(Clone, Debug)]
pub struct TokenSumTarget {
    /// Whether there is one: falls but once.
    pub active: BoolTarget,
    /// The token.
    pub token: TokenTarget,
    /// Imports less exits, word by word, the uppermost first: elements that may be below zero.
    pub words: [Target; 8],
    /// How many moves it has.
    pub moves: Target,
    /// The balance after.
    pub balance: AmountTarget,
    /// What each word of the balance after carries into the next, from the lowest; it, too, may be below zero.
    pub carries: [Target; 7],
    /// How the balance is replaced.
    pub access: BalanceAccessTarget,
}

/// Witnesses, settled in a run.
pub(super) fn tokens(
    builder: &mut CircuitBuilder<F, D>,
    challenge: &ChallengeTarget,
    run: &mut RunTarget,
) -> Vec<TokenSumTarget> {
    let tokens: Vec<_> = (0..Step::TOKENS)
        .map(|_| token(builder, challenge, run))
        .collect();
    // A gap would change nothing that is said: this keeps one witness for one certificate.
    for pair in tokens.windows(2) {
        falls(builder, pair[0].active, pair[1].active);
    }
    tokens
}

fn token(
    builder: &mut CircuitBuilder<F, D>,
    challenge: &ChallengeTarget,
    run: &mut RunTarget,
) -> TokenSumTarget {
    let active = builder.add_virtual_bool_target_safe();
    // What is listed is moved, and what is moved has words: they are held here for the order, so that it needs no such reason.
    let token = TokenTarget::new(builder);
    let words = builder.add_virtual_target_arr();
    let moves = builder.add_virtual_target();

    // What is not there moves nothing; what is there is moved.
    let idle = builder.not(active);
    for &word in words.iter().chain([&moves]) {
        let surplus = builder.mul(idle.target, word);
        builder.assert_zero(surplus);
    }
    let unmoved = is_zero(builder, moves);
    let refused = builder.and(active, unmoved);
    builder.assert_zero(refused.target);
    run.moves.settle(builder, challenge, &token, words, moves);

    // Each comes after the one before it; the first, after nothing.
    let zero = builder.zero();
    let nothing = [zero; 4].into();
    let first = is_equal(builder, run.sums, nothing);
    let above = run.last_token.is_below(builder, &token);
    let ordered = builder.or(first, above);
    let disordered = builder.not(ordered);
    let refused = builder.and(active, disordered);
    builder.assert_zero(refused.target);
    run.last_token = TokenTarget::select(builder, active, &token, &run.last_token);
    let link = MessageTarget::new()
        .digest(run.sums)
        .token(&token)
        .elements_of(&words)
        .element(moves)
        .hash(builder, SUM);
    run.sums = select(builder, active, link.elements, run.sums.elements).into();

    let balance = AmountTarget::new(builder);
    let access = BalanceAccessTarget::new(builder);
    let carries = builder.add_virtual_target_arr();
    let (initial, after) = access.follow_if(builder, active, &token, &balance, &run.balances);
    settle(builder, active, (initial, words), &balance, &carries);
    run.balances = BalanceTreeTarget {
        count: U32Target::select(builder, active, after.count, run.balances.count),
        root: select(builder, active, after.root.elements, run.balances.root.elements).into(),
    };
    TokenSumTarget {
        active,
        token,
        words,
        moves,
        balance,
        carries,
        access,
    }
}

/// Initial balance and sum are the balance after, exactly: the one range check of any order of imports and exits.
///
/// From the lowest word, b + d + c = b' + 2^32 c'. Words are below 2^32, sums of fewer than 2^28 of them below 2^60, and carries between
/// -2^29 and 2^29: nothing wraps, and there is one reading.
fn settle(
    builder: &mut CircuitBuilder<F, D>,
    active: BoolTarget,
    (initial, words): ([Target; 8], [Target; 8]),
    balance: &AmountTarget,
    carries: &[Target; 7],
) {
    let shift = F::from_canonical_u64(1 << 32);
    let middle = F::from_canonical_u64(1 << (CARRY_BITS - 1));
    let mut carry = builder.zero();
    for (place, at) in (0..8).rev().enumerate() {
        let sum = builder.add(initial[at], words[at]);
        let sum = builder.add(sum, carry);
        // Nothing is carried out of the uppermost word.
        carry = carries.get(place).copied().unwrap_or_else(|| builder.zero());
        let lifted = builder.add_const(carry, middle);
        builder.range_check(lifted, CARRY_BITS);
        let expected = builder.mul_const_add(shift, carry, balance.targets()[at]);
        builder.conditional_assert_eq(active.target, sum, expected);
    }
}
