use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::plonk::config::GenericConfig;

use super::{Bn254Hash, IdentityHash};

/// plonky2 over Goldilocks with Merkle trees and transcript over BN254.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bn254Config;

impl GenericConfig<2> for Bn254Config {
    type F = GoldilocksField;
    type FE = QuadraticExtension<GoldilocksField>;
    type Hasher = Bn254Hash;
    type InnerHasher = IdentityHash;
}
