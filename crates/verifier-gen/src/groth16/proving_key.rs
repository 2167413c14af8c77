use ark_bn254::{G1Affine, G2Affine};

use super::{Ceremony, Development, Origin, Provenance, VerifyingKey, WrongOrigin};
use crate::r1cs::CircuitHash;

/// A proving key: points for a prover who knows an assignment of the key's circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvingKey<O> {
    pub(super) verifying_key: VerifyingKey<O>,
    pub(super) beta_g1: G1Affine,
    pub(super) delta_g1: G1Affine,
    pub(super) num_variables: usize,
    pub(super) domain_log2: u32,
    pub(super) queries: Queries,
}

/// The points of a proving key that assignment and quotient are multiplied with. Here x is the secret point, A, B and
/// C are the column polynomials of the matrices (A with a further row for each public column), and L is the Lagrange
/// basis of the domain of twice the size. Columns whose A or B is zero have no point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Queries {
    /// Columns of `a`, rising.
    pub(super) a_columns: Vec<u32>,
    /// A(x) of each such column.
    pub(super) a: Vec<G1Affine>,
    /// Columns of `b_g1` and `b_g2`, rising.
    pub(super) b_columns: Vec<u32>,
    /// B(x) of each such column, in G1.
    pub(super) b_g1: Vec<G1Affine>,
    /// B(x) of each such column, in G2.
    pub(super) b_g2: Vec<G2Affine>,
    /// (beta A + alpha B + C)(x) / delta of each witness column, infinity included.
    pub(super) l: Vec<G1Affine>,
    /// L(x) / delta of each odd power of the root of the larger domain.
    pub(super) h: Vec<G1Affine>,
}

impl<O: Origin> ProvingKey<O> {
    /// The verifying key.
    pub const fn verifying_key(&self) -> &VerifyingKey<O> {
        &self.verifying_key
    }

    /// Hash of the circuit.
    pub const fn circuit(&self) -> CircuitHash {
        self.verifying_key.circuit()
    }

    /// Number of columns of the circuit.
    pub const fn num_variables(&self) -> usize {
        self.num_variables
    }

    /// Binary logarithm of the size of the evaluation domain.
    pub const fn domain_log2(&self) -> u32 {
        self.domain_log2
    }

    /// The same key with its origin known at run time only.
    pub fn erase(self) -> ProvingKey<Provenance> {
        self.map_origin(O::into)
    }

    fn map_origin<T>(self, map: impl FnOnce(O) -> T) -> ProvingKey<T> {
        ProvingKey {
            verifying_key: self.verifying_key.map_origin(map),
            beta_g1: self.beta_g1,
            delta_g1: self.delta_g1,
            num_variables: self.num_variables,
            domain_log2: self.domain_log2,
            queries: self.queries,
        }
    }
}

impl ProvingKey<Provenance> {
    /// This key as one from a ceremony.
    pub fn into_ceremony(self) -> Result<ProvingKey<Ceremony>, WrongOrigin> {
        let origin = Ceremony::try_from(self.verifying_key.origin().clone())?;
        Ok(self.map_origin(|_| origin))
    }

    /// This key as one from a development setup.
    pub fn into_development(self) -> Result<ProvingKey<Development>, WrongOrigin> {
        let origin = Development::try_from(self.verifying_key.origin().clone())?;
        Ok(self.map_origin(|_| origin))
    }
}
