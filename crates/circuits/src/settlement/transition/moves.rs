//! What moves, token by token: a sum of fractions over the moves, and the same over what each token's moves come to.
//!
//! Move i has a sign s, an amount a in eight words and a token t in six; token j has eight sums d, with sign, and a number of moves n.
//! A move of a token that is not tracked counts as nothing. In the extension, at a point (beta, gamma, delta) that depends on all of
//! these,
//!
//! ```text
//!     sum_i (s a(delta) + delta^8) / (gamma - t_i(beta))  =  sum_j (d_j(delta) + n_j delta^8) / (gamma - t_j(beta))
//! ```
//!
//! holds if every token is listed once with its sums and its number of moves, and otherwise with no more than n / 2^128 for n moves,
//! a chance that a prover has anew only with another certificate. Tokens are listed in strictly ascending order, each with a number of
//! moves that is not zero: so nobody lists a token that nothing moves, and no order of moves matters.

use alloy_primitives::U256;
use causeway_aggregation::{D, F};
use causeway_ledger::Domain;
use causeway_ledger::poseidon::Message;
use causeway_types::{GoldilocksDigest, NetworkId, TokenId};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::Field;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::util::reducing::ReducingFactorTarget;

use crate::targets::{DigestTarget, ExitTarget, MessageTarget, TokenTarget, U32Target, elements};

/// Challenges of the sum.
pub const SUM_CHALLENGE: Domain = Domain::new("cw.fs");
/// What the first challenge has no room for.
pub const SUM_CHALLENGE_MORE: Domain = Domain::new("cw.fs2");

/// The point at which the sum is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    token: QuadraticExtension<F>,
    pole: QuadraticExtension<F>,
    word: QuadraticExtension<F>,
}

impl Challenge {
    /// From the digest of all that the sum ranges over: two elements of it for the tokens, two for the poles, and two of its hash for
    /// the words.
    pub fn new(digest: GoldilocksDigest) -> Self {
        let more = Message::new().digest(digest).hash(SUM_CHALLENGE_MORE);
        let ([a, b, c, d], [e, f, ..]) = (elements(digest), elements(more));
        Self {
            token: QuadraticExtension([a, b]),
            pole: QuadraticExtension([c, d]),
            word: QuadraticExtension([e, f]),
        }
    }

    /// Words and number above, token below; zero at a pole, where nobody arrives.
    pub(super) fn fraction(&self, words: [F; 8], number: F, token: &TokenId) -> QuadraticExtension<F> {
        let above = reduce(self.word, &[&words[..], &[number]].concat());
        let token = reduce(self.token, Message::new().token(*token).elements());
        above * (self.pole - token).try_inverse().unwrap_or_default()
    }
}

/// A polynomial of these coefficients, the lowest first.
fn reduce(at: QuadraticExtension<F>, coefficients: &[F]) -> QuadraticExtension<F> {
    let coefficients = coefficients.iter().rev();
    coefficients.fold(QuadraticExtension::ZERO, |sum, &coefficient| {
        sum * at + QuadraticExtension::from(coefficient)
    })
}

/// The words of an amount, the uppermost first.
pub(super) fn amount_words(amount: U256) -> [u32; 8] {
    let bytes = amount.to_be_bytes::<32>();
    let words = bytes.as_chunks::<4>().0;
    std::array::from_fn(|at| u32::from_be_bytes(words[at]))
}

/// The digest of all that the sum of a certificate's moves ranges over: which exits were appended, which were imported, what each
/// token's come to.
pub fn sum_challenge(
    network: NetworkId,
    [old_count, new_count]: [u32; 2],
    [shadow_root, imports, sums]: [GoldilocksDigest; 3],
) -> GoldilocksDigest {
    Message::new()
        .u32(network.get())
        .u32(old_count)
        .u32(new_count)
        .digest(shadow_root)
        .digest(imports)
        .digest(sums)
        .hash(SUM_CHALLENGE)
}

/// [`Challenge`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeTarget {
    token: ExtensionTarget<D>,
    pole: ExtensionTarget<D>,
    word: ExtensionTarget<D>,
}

impl ChallengeTarget {
    /// [`Challenge::new`].
    pub fn new(builder: &mut CircuitBuilder<F, D>, digest: DigestTarget) -> Self {
        let more = MessageTarget::new()
            .digest(digest)
            .hash(builder, SUM_CHALLENGE_MORE);
        let [a, b, c, d] = digest.elements;
        Self {
            token: ExtensionTarget([a, b]),
            pole: ExtensionTarget([c, d]),
            word: ExtensionTarget([more.elements[0], more.elements[1]]),
        }
    }

    /// Adds a fraction to a sum: words and number above, token below.
    fn add(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        words: [Target; 8],
        number: Target,
        token: &TokenTarget,
        sum: ExtensionTarget<D>,
    ) -> ExtensionTarget<D> {
        let above = [&words[..], &[number]].concat();
        let above = ReducingFactorTarget::new(self.word).reduce_base(&above, builder);
        let token = ReducingFactorTarget::new(self.token).reduce_base(&token.targets(), builder);
        let below = builder.sub_extension(self.pole, token);
        builder.div_add_extension(above, below, sum)
    }
}

/// The sum so far: zero once every move is accounted for.
#[derive(Clone, Copy, Debug)]
pub struct MovesTarget {
    /// The difference of both sides.
    pub sum: ExtensionTarget<D>,
    /// How many moves are in it.
    pub count: Target,
}

impl MovesTarget {
    /// Adds what an exit moves, into the network or out of it, if it is there.
    pub fn add_exit(
        &mut self,
        builder: &mut CircuitBuilder<F, D>,
        challenge: &ChallengeTarget,
        network: U32Target,
        exit: &ExitTarget,
        (there, into): (BoolTarget, bool),
    ) {
        let token = balance_token(builder, exit);
        let own = builder.is_equal(token.network.target(), network.target());
        let tracked = builder.not(own);
        let counted = builder.and(there, tracked);
        let sign = if into { F::ONE } else { F::NEG_ONE };
        let zero = builder.zero();
        let words = exit
            .amount
            .targets()
            .map(|word| builder.arithmetic(sign, F::ZERO, counted.target, word, zero));
        self.sum = challenge.add(builder, words, counted.target, &token, self.sum);
        self.count = builder.add(self.count, counted.target);
    }

    /// Takes away what a token's moves come to. The caller holds words and number to zero where there is no token.
    pub fn settle(
        &mut self,
        builder: &mut CircuitBuilder<F, D>,
        challenge: &ChallengeTarget,
        token: &TokenTarget,
        words: [Target; 8],
        number: Target,
    ) {
        let words = words.map(|word| builder.neg(word));
        let number = builder.neg(number);
        self.sum = challenge.add(builder, words, number, token, self.sum);
    }
}

/// The token whose balance an exit moves: that of a message is L1's ETH.
fn balance_token(builder: &mut CircuitBuilder<F, D>, exit: &ExitTarget) -> TokenTarget {
    let message = BoolTarget::new_unsafe(exit.leaf_type.target());
    let eth = TokenTarget::eth(builder);
    TokenTarget::select(builder, message, &eth, &exit.token)
}
