use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField, Zero};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::plonk::config::GenericHashOut;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A hash of [`super::Bn254Hash`]: one element of BN254's scalar field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub Fr);

impl Digest {
    /// Bytes of an encoding: the canonical value, little-endian.
    pub const BYTES: usize = 32;
    /// Bits of each Goldilocks element that a transcript observes for a digest; five of them cover 254 bits.
    pub const CHUNK_BITS: usize = 56;
    /// Goldilocks elements that a transcript observes for a digest.
    pub const NUM_CHUNKS: usize = 5;
}

impl Default for Digest {
    fn default() -> Self {
        Self(Fr::zero())
    }
}

impl GenericHashOut<GoldilocksField> for Digest {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.into_bigint().to_bytes_le()
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Fr::from_le_bytes_mod_order(bytes))
    }

    /// Chunks of 56 bits: with 64 a chunk could exceed the Goldilocks modulus and two digests look alike.
    fn to_vec(&self) -> Vec<GoldilocksField> {
        let mut bytes = self.to_bytes();
        bytes.resize(Self::NUM_CHUNKS * Self::CHUNK_BITS / 8, 0);
        bytes
            .chunks(Self::CHUNK_BITS / 8)
            .map(|chunk| {
                let value = chunk
                    .iter()
                    .rev()
                    .fold(0u64, |acc, &byte| (acc << 8) | u64::from(byte));
                GoldilocksField::from_canonical_u64(value)
            })
            .collect()
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        <[u8; Self::BYTES]>::try_from(self.to_bytes())
            .expect("a scalar has 32 bytes")
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <[u8; Self::BYTES]>::deserialize(deserializer)?;
        let digest = Self::from_bytes(&bytes);
        if digest.to_bytes() == bytes {
            Ok(digest)
        } else {
            Err(D::Error::custom("digest is not below the BN254 scalar modulus"))
        }
    }
}
