//! Domain-separated Poseidon: every use of the hash carries its own tag and the length of its message.
//!
//! plonky2's `hash_no_pad` overwrites its state and pads nothing, so that messages of different length can
//! collide and an 8-element message equals a `two_to_one`. With tag and length in front neither can happen.

use plonky2::field::types::Field;
use plonky2::hash::hash_types::{HashOut, HashOutTarget};
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::target::Target;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::config::Hasher;

use crate::config::{D, F};

/// What a hash is for. A tag is up to seven ASCII bytes read as a big-endian number, hence below p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(u64);

impl Domain {
    /// A domain from its name: 1 to 7 ASCII bytes, checked at compile time where used in a `const`.
    ///
    /// # Panics
    /// If the name is empty, longer than seven bytes or not ASCII.
    pub const fn new(name: &str) -> Self {
        let bytes = name.as_bytes();
        assert!(
            !bytes.is_empty() && bytes.len() <= 7,
            "a domain has one to seven bytes"
        );
        let (mut tag, mut i) = (0u64, 0);
        while i < bytes.len() {
            assert!(bytes[i].is_ascii(), "a domain is ASCII");
            tag = tag << 8 | bytes[i] as u64;
            i += 1;
        }
        Self(tag)
    }

    /// The tag.
    pub const fn tag(self) -> u64 {
        self.0
    }

    /// Poseidon of (tag, message length, message).
    pub fn hash(self, message: &[F]) -> HashOut<F> {
        let head = [
            F::from_canonical_u64(self.0),
            F::from_canonical_usize(message.len()),
        ];
        PoseidonHash::hash_no_pad(&[&head, message].concat())
    }

    /// [`Self::hash`] in a circuit.
    pub fn hash_target(self, builder: &mut CircuitBuilder<F, D>, message: &[Target]) -> HashOutTarget {
        let head = [
            builder.constant(F::from_canonical_u64(self.0)),
            builder.constant(F::from_canonical_usize(message.len())),
        ];
        builder.hash_n_to_hash_no_pad::<PoseidonHash>([&head, message].concat())
    }
}

/// Verifying key digests.
pub const KEY: Domain = Domain::new("cw.key");
/// Digests of a program's own public inputs.
pub const PUBLIC_INPUTS: Domain = Domain::new("cw.pis");
/// Digests of a program's message, as commitments on Ethereum hash it.
pub const MESSAGE: Domain = Domain::new("cw.msg");
/// Leaves of the default tree commitment.
pub const LEAF: Domain = Domain::new("cw.leaf");
/// Inner nodes of the default tree commitment.
pub const NODE: Domain = Domain::new("cw.node");
/// The statement of an aggregation, as the closing proof states it.
pub const STATEMENT: Domain = Domain::new("cw.stmt");
/// Digests of shapes, which envelopes carry.
pub const SHAPE: Domain = Domain::new("cw.shap");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_domains_share_a_tag() {
        let domains = [KEY, PUBLIC_INPUTS, MESSAGE, LEAF, NODE, STATEMENT, SHAPE];
        for (i, domain) in domains.iter().enumerate() {
            assert!(!domains[..i].contains(domain), "{i}");
            assert_ne!(domain.hash(&[]), domain.hash(&[F::ZERO]), "the length is bound");
        }
        assert_ne!(LEAF.hash(&[F::ONE]), NODE.hash(&[F::ONE]));
    }
}
