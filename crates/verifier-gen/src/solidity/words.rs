//! Keys as the 32-byte words that the precompiles of EIP-196 and EIP-197 read.

use sha3::{Digest, Keccak256};

use crate::groth16::{Origin, VerifyingKey, Word, g1_to_words, g2_to_words};

/// A key as its contract holds it. The pairing equation asks that a product be one, so the points of G2 that stand on
/// its other side are negated here, once, instead of at each verification.
#[derive(Debug)]
pub(super) struct KeyWords {
    pub(super) alpha: [Word; 2],
    pub(super) neg_beta: [Word; 4],
    pub(super) neg_gamma: [Word; 4],
    pub(super) neg_delta: [Word; 4],
    pub(super) ic: Vec<[Word; 2]>,
}

impl KeyWords {
    pub(super) fn new<O: Origin>(key: &VerifyingKey<O>) -> Self {
        let points = key.points();
        Self {
            alpha: g1_to_words(&points.alpha_g1),
            neg_beta: g2_to_words(&-points.beta_g2),
            neg_gamma: g2_to_words(&-points.gamma_g2),
            neg_delta: g2_to_words(&-points.delta_g2),
            ic: points.ic.iter().map(g1_to_words).collect(),
        }
    }
}

/// keccak256 of the key's words as its contract holds them: alpha, -beta, -gamma, -delta, IC[0], IC[1], ...
///
/// The contract computes the same from its constants and calls it `KEY_HASH`.
pub fn key_hash<O: Origin>(key: &VerifyingKey<O>) -> Word {
    let words = KeyWords::new(key);
    let g2 = [words.neg_beta, words.neg_gamma, words.neg_delta];
    let mut hasher = Keccak256::new();
    for word in words
        .alpha
        .iter()
        .chain(g2.iter().flatten())
        .chain(words.ic.iter().flatten())
    {
        hasher.update(word);
    }
    hasher.finalize().into()
}

/// The four bytes by which `VerifierGateway` finds the verifier of `key`: the first of [`key_hash`].
pub fn selector<O: Origin>(key: &VerifyingKey<O>) -> [u8; 4] {
    let [a, b, c, d, ..] = key_hash(key);
    [a, b, c, d]
}
