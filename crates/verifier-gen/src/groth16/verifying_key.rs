use std::fmt;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use serde::{Deserialize, Serialize};

use super::{
    Ceremony, Development, Origin, Provenance, WrongOrigin,
    points::{
        PointError, Word, check_point, g1_from_words, g1_to_words, g2_from_words, g2_to_words, hex_words,
    },
};
use crate::r1cs::CircuitHash;

/// The points of a verifying key, unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingPoints {
    /// alpha, in G1.
    pub alpha_g1: G1Affine,
    /// beta, in G2.
    pub beta_g2: G2Affine,
    /// gamma, in G2: the generator, in our setups as in every snarkjs ceremony.
    pub gamma_g2: G2Affine,
    /// delta, in G2.
    pub delta_g2: G2Affine,
    /// For the constant one and each public input: (beta A + alpha B + C) / gamma at the secret point, in G1.
    pub ic: Vec<G1Affine>,
}

/// A point of a verifying key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// alpha.
    Alpha,
    /// beta.
    Beta,
    /// gamma.
    Gamma,
    /// delta.
    Delta,
    /// The point of the constant one (0) or of a public input (from 1).
    Ic(usize),
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpha => f.write_str("alpha"),
            Self::Beta => f.write_str("beta"),
            Self::Gamma => f.write_str("gamma"),
            Self::Delta => f.write_str("delta"),
            Self::Ic(index) => write!(f, "IC[{index}]"),
        }
    }
}

/// Why points are no verifying key: each of these would let anyone forge, or leave an input unbound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// A point is at infinity, off its curve or outside its group.
    #[error("{element}: {source}")]
    Point {
        /// Which point.
        element: Element,
        /// What is wrong with it.
        source: PointError,
    },
    /// Delta is gamma or its negative: the second phase of the ceremony was left out, and anyone can forge.
    #[error("delta equals gamma up to sign: phase 2 of the setup was left out")]
    DeltaIsGamma,
    /// Delta is the generator of G2 or its negative: its discrete logarithm is known, and anyone can forge.
    #[error("delta equals the generator of G2 up to sign: phase 2 of the setup was left out")]
    DeltaIsGenerator,
    /// The key is for another number of public inputs.
    #[error("{actual} points for public inputs and the constant one, where {expected} belong")]
    IcCount {
        /// Points in the key.
        actual: usize,
        /// Public inputs and one.
        expected: usize,
    },
    /// Two inputs weigh the same up to sign: a proof binds only their sum or difference.
    #[error("public inputs {first} and {second} share a point up to sign")]
    SharedInputPoint {
        /// Index of one input, from 0.
        first: usize,
        /// Index of the other.
        second: usize,
    },
}

impl VerifyingPoints {
    /// Checks every point and refuses degenerate keys. `num_public` is the number of public inputs.
    pub fn validate(&self, num_public: usize) -> Result<(), InvalidKey> {
        let expected = num_public + 1;
        if self.ic.len() != expected {
            return Err(InvalidKey::IcCount {
                actual: self.ic.len(),
                expected,
            });
        }
        let at = |element| move |source| InvalidKey::Point { element, source };
        check_point(&self.alpha_g1).map_err(at(Element::Alpha))?;
        check_point(&self.beta_g2).map_err(at(Element::Beta))?;
        check_point(&self.gamma_g2).map_err(at(Element::Gamma))?;
        check_point(&self.delta_g2).map_err(at(Element::Delta))?;
        for (index, point) in self.ic.iter().enumerate() {
            check_point(point).map_err(at(Element::Ic(index)))?;
        }
        // A negated delta is as bad: its logarithm to the base gamma is known too.
        let is_delta = |point: G2Affine| self.delta_g2 == point || self.delta_g2 == -point;
        if is_delta(self.gamma_g2) {
            return Err(InvalidKey::DeltaIsGamma);
        }
        if is_delta(G2Affine::generator()) {
            return Err(InvalidKey::DeltaIsGenerator);
        }
        for second in 1..num_public {
            let x = self.ic[second + 1].x;
            if let Some(first) = self.ic[1..=second].iter().position(|point| point.x == x) {
                return Err(InvalidKey::SharedInputPoint { first, second });
            }
        }
        Ok(())
    }
}

/// A verifying key with its circuit and its origin. Its points are valid: there is no way to make one otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey<O> {
    origin: O,
    circuit: CircuitHash,
    points: VerifyingPoints,
}

impl<O: Origin> VerifyingKey<O> {
    /// A key for `circuit`, which has `num_public` public inputs.
    pub fn new(
        origin: O,
        circuit: CircuitHash,
        num_public: usize,
        points: VerifyingPoints,
    ) -> Result<Self, InvalidKey> {
        points.validate(num_public)?;
        Ok(Self {
            origin,
            circuit,
            points,
        })
    }

    /// Checks the key again, see [`VerifyingPoints::validate`].
    pub fn validate(&self) -> Result<(), InvalidKey> {
        self.points.validate(self.num_public())
    }

    /// Where the key comes from.
    pub const fn origin(&self) -> &O {
        &self.origin
    }

    /// Hash of the circuit.
    pub const fn circuit(&self) -> CircuitHash {
        self.circuit
    }

    /// The points.
    pub const fn points(&self) -> &VerifyingPoints {
        &self.points
    }

    /// Number of public inputs.
    pub const fn num_public(&self) -> usize {
        self.points.ic.len() - 1
    }

    /// The same key with its origin known at run time only.
    pub fn erase(self) -> VerifyingKey<Provenance> {
        self.map_origin(O::into)
    }

    pub(super) fn map_origin<T>(self, map: impl FnOnce(O) -> T) -> VerifyingKey<T> {
        VerifyingKey {
            origin: map(self.origin),
            circuit: self.circuit,
            points: self.points,
        }
    }
}

impl VerifyingKey<Provenance> {
    /// This key as one from a ceremony.
    pub fn into_ceremony(self) -> Result<VerifyingKey<Ceremony>, WrongOrigin> {
        let origin = Ceremony::try_from(self.origin.clone())?;
        Ok(self.map_origin(|_| origin))
    }

    /// This key as one from a development setup.
    pub fn into_development(self) -> Result<VerifyingKey<Development>, WrongOrigin> {
        let origin = Development::try_from(self.origin.clone())?;
        Ok(self.map_origin(|_| origin))
    }
}

/// The JSON form of a verifying key: points in the EVM's order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyingKeyJson {
    origin: Provenance,
    circuit: CircuitHash,
    #[serde(with = "hex_words")]
    alpha: [Word; 2],
    #[serde(with = "hex_words")]
    beta: [Word; 4],
    #[serde(with = "hex_words")]
    gamma: [Word; 4],
    #[serde(with = "hex_words")]
    delta: [Word; 4],
    ic: Vec<IcJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct IcJson(#[serde(with = "hex_words")] [Word; 2]);

impl<O: Origin> Serialize for VerifyingKey<O> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        VerifyingKeyJson {
            origin: self.origin.clone().into(),
            circuit: self.circuit,
            alpha: g1_to_words(&self.points.alpha_g1),
            beta: g2_to_words(&self.points.beta_g2),
            gamma: g2_to_words(&self.points.gamma_g2),
            delta: g2_to_words(&self.points.delta_g2),
            ic: self
                .points
                .ic
                .iter()
                .map(|point| IcJson(g1_to_words(point)))
                .collect(),
        }
        .serialize(serializer)
    }
}

impl VerifyingKeyJson {
    fn check(self) -> Result<VerifyingKey<Provenance>, InvalidKey> {
        let at = |element| move |source| InvalidKey::Point { element, source };
        let ic = self.ic.iter().enumerate();
        let points = VerifyingPoints {
            alpha_g1: g1_from_words(&self.alpha).map_err(at(Element::Alpha))?,
            beta_g2: g2_from_words(&self.beta).map_err(at(Element::Beta))?,
            gamma_g2: g2_from_words(&self.gamma).map_err(at(Element::Gamma))?,
            delta_g2: g2_from_words(&self.delta).map_err(at(Element::Delta))?,
            ic: ic
                .map(|(index, words)| g1_from_words(&words.0).map_err(at(Element::Ic(index))))
                .collect::<Result<_, _>>()?,
        };
        // The constant one always has a point.
        let num_public = points.ic.len().checked_sub(1).ok_or(InvalidKey::IcCount {
            actual: 0,
            expected: 1,
        })?;
        VerifyingKey::new(self.origin, self.circuit, num_public, points)
    }
}

impl<'de> Deserialize<'de> for VerifyingKey<Provenance> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        VerifyingKeyJson::deserialize(deserializer)?
            .check()
            .map_err(serde::de::Error::custom)
    }
}
