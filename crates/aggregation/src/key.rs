//! Verifying key digests.
//!
//! plonky2's verifier uses `constants_sigmas_cap` for FRI and `circuit_digest` only to seed the transcript, and
//! nothing ties one to the other: a digest that leaves out the cap identifies no circuit at all, since any circuit
//! of equal shape can be proven under a borrowed `circuit_digest`.

use std::fmt;

use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::{HashOut, HashOutTarget};
use plonky2::iop::target::Target;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{VerifierCircuitTarget, VerifierOnlyCircuitData};
use plonky2::plonk::config::{AlgebraicHasher, GenericConfig};
use serde::{Deserialize, Serialize};

use crate::config::{D, F};
use crate::domain;

/// The identity of a circuit among circuits of one shape: Poseidon of its `circuit_digest` and of every entry
/// of its `constants_sigmas_cap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyDigest(HashOut<F>);

impl KeyDigest {
    /// The four field elements, in the order in which circuits expose them.
    pub const fn elements(&self) -> [F; 4] {
        self.0.elements
    }

    /// Takes up a digest that a circuit exposed or a file recorded.
    pub const fn from_elements(elements: [F; 4]) -> Self {
        Self(HashOut { elements })
    }
}

impl fmt::Display for KeyDigest {
    /// The elements as hexadecimal words, the first one first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements()
            .iter()
            .try_for_each(|element| write!(f, "{:016x}", element.to_canonical_u64()))
    }
}

/// Digest of a verifying key.
pub fn key_digest<InC>(key: &VerifierOnlyCircuitData<InC, D>) -> KeyDigest
where
    InC: GenericConfig<D, F = F>,
    InC::Hasher: AlgebraicHasher<F>,
{
    let mut message = vec![F::from_canonical_usize(key.constants_sigmas_cap.0.len())];
    message.extend(key.circuit_digest.elements);
    message.extend(key.constants_sigmas_cap.0.iter().flat_map(|hash| hash.elements));
    KeyDigest(domain::KEY.hash(&message))
}

/// [`key_digest`] in a circuit.
pub fn key_digest_target(builder: &mut CircuitBuilder<F, D>, key: &VerifierCircuitTarget) -> HashOutTarget {
    let length = builder.constant(F::from_canonical_usize(key.constants_sigmas_cap.0.len()));
    let mut message: Vec<Target> = vec![length];
    message.extend(key.circuit_digest.elements);
    message.extend(key.constants_sigmas_cap.0.iter().flat_map(|hash| hash.elements));
    domain::KEY.hash_target(builder, &message)
}
