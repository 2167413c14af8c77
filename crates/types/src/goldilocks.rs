//! Digests over the Goldilocks field.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::error::TypesError;

/// The order of the Goldilocks field: 2^64 - 2^32 + 1.
pub const GOLDILOCKS_ORDER: u64 = 0xffff_ffff_0000_0001;

/// A Poseidon digest: four field elements, each below p.
///
/// As 32 bytes, and so in JSON (0x-hexadecimal), the words stand one after the other, each big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "B256", into = "B256")]
pub struct GoldilocksDigest([u64; 4]);

impl GoldilocksDigest {
    /// Four zeros: the empty leaf of every Poseidon tree.
    pub const ZERO: Self = Self([0; 4]);

    /// A digest of four words.
    ///
    /// # Errors
    /// [`TypesError::WordNotCanonical`] for the first word that is not below p.
    pub const fn new(words: [u64; 4]) -> Result<Self, TypesError> {
        let mut index = 0;
        while index < 4 {
            let word = words[index];
            if word >= GOLDILOCKS_ORDER {
                return Err(TypesError::WordNotCanonical { index, word });
            }
            index += 1;
        }
        Ok(Self(words))
    }

    /// A digest of four words, each taken modulo p.
    pub fn reduced(words: [u64; 4]) -> Self {
        Self(words.map(|word| word.checked_sub(GOLDILOCKS_ORDER).unwrap_or(word)))
    }

    /// The words.
    pub const fn words(self) -> [u64; 4] {
        self.0
    }
}

impl TryFrom<B256> for GoldilocksDigest {
    type Error = TypesError;

    fn try_from(bytes: B256) -> Result<Self, TypesError> {
        let mut words = [0; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*chunk);
        }
        Self::new(words)
    }
}

impl From<GoldilocksDigest> for B256 {
    fn from(digest: GoldilocksDigest) -> Self {
        let mut bytes = Self::ZERO;
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(digest.0) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_canonical_words_exist() {
        let largest = GOLDILOCKS_ORDER - 1;
        let digest = GoldilocksDigest::new([1, 2, largest, 4]).unwrap();
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(
            json,
            "\"0x00000000000000010000000000000002ffffffff000000000000000000000004\""
        );
        assert_eq!(serde_json::from_str::<GoldilocksDigest>(&json).unwrap(), digest);
        assert_eq!(GoldilocksDigest::reduced([1, 2, largest, 4]), digest);
        assert_eq!(
            GoldilocksDigest::reduced([GOLDILOCKS_ORDER, u64::MAX, 0, 0]).words(),
            [0, (1 << 32) - 2, 0, 0]
        );
        for (index, word) in [(0, GOLDILOCKS_ORDER), (3, u64::MAX)] {
            let mut words = [0; 4];
            words[index] = word;
            assert_eq!(
                GoldilocksDigest::new(words),
                Err(TypesError::WordNotCanonical { index, word })
            );
        }
    }
}
