//! What names a proof: its program's key and its public inputs.

use alloy_primitives::{B256, Bytes, Keccak256};
use serde::{Deserialize, Serialize};

use super::AggregationError;
use crate::goldilocks::{GOLDILOCKS_ORDER, GoldilocksDigest};

/// Bytes of a public input.
const ELEMENT_BYTES: usize = 8;

/// The first byte under a commitment. With it a commitment has 33 + 8n bytes under it and a node 64: neither can pose as the
/// other.
const COMMITMENT_TAG: u8 = 0;

/// Public inputs of a proof: field elements, each below p.
///
/// In JSON (0x-hexadecimal) and in contracts they are bytes, eight for each element, big-endian.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct PublicInputs(Box<[u64]>);

impl PublicInputs {
    /// These elements.
    ///
    /// # Errors
    /// [`AggregationError::PublicInputNotCanonical`] for the first that is not below p.
    pub fn new(elements: impl Into<Box<[u64]>>) -> Result<Self, AggregationError> {
        let elements = elements.into();
        match elements.iter().position(|&element| element >= GOLDILOCKS_ORDER) {
            Some(index) => Err(AggregationError::PublicInputNotCanonical {
                index,
                value: elements[index],
            }),
            None => Ok(Self(elements)),
        }
    }

    /// The elements.
    pub const fn elements(&self) -> &[u64] {
        &self.0
    }

    /// Their bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|element| element.to_be_bytes()).collect()
    }
}

impl TryFrom<&[u8]> for PublicInputs {
    type Error = AggregationError;

    fn try_from(bytes: &[u8]) -> Result<Self, AggregationError> {
        let (chunks, rest) = bytes.as_chunks::<ELEMENT_BYTES>();
        if !rest.is_empty() {
            return Err(AggregationError::PublicInputsNotWhole { length: bytes.len() });
        }
        let elements: Box<[u64]> = chunks.iter().map(|chunk| u64::from_be_bytes(*chunk)).collect();
        Self::new(elements)
    }
}

impl TryFrom<Bytes> for PublicInputs {
    type Error = AggregationError;

    fn try_from(bytes: Bytes) -> Result<Self, AggregationError> {
        Self::try_from(bytes.as_ref())
    }
}

impl From<PublicInputs> for Bytes {
    fn from(inputs: PublicInputs) -> Self {
        inputs.bytes().into()
    }
}

/// Keccak of a zero byte, a program's key and public inputs: a leaf of an aggregation.
///
/// Somebody else's commitment says nothing of a proof before key and public inputs are known and lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "B256", into = "B256")]
pub struct ProofCommitment(B256);

impl ProofCommitment {
    /// The commitment of a proof of the program with this normalised verifying key digest.
    pub fn of(key: GoldilocksDigest, public_inputs: &PublicInputs) -> Self {
        let mut hasher = Keccak256::new();
        hasher.update([COMMITMENT_TAG]);
        hasher.update(B256::from(key));
        hasher.update(public_inputs.bytes());
        Self(hasher.finalize())
    }

    /// The bytes.
    pub const fn get(self) -> B256 {
        self.0
    }

    /// The commitment with these bytes, which stands at an index.
    pub(super) fn at(index: usize, bytes: B256) -> Result<Self, AggregationError> {
        if bytes.is_zero() {
            return Err(AggregationError::CommitmentIsZero { index });
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<B256> for ProofCommitment {
    type Error = AggregationError;

    fn try_from(bytes: B256) -> Result<Self, AggregationError> {
        Self::at(0, bytes)
    }
}

impl From<ProofCommitment> for B256 {
    fn from(commitment: ProofCommitment) -> Self {
        commitment.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::keccak256;

    use super::*;

    #[test]
    fn public_inputs_are_whole_elements_below_p() {
        let largest = GOLDILOCKS_ORDER - 1;
        let inputs = PublicInputs::new([7, largest]).unwrap();
        let json = serde_json::to_string(&inputs).unwrap();
        assert_eq!(json, "\"0x0000000000000007ffffffff00000000\"");
        assert_eq!(serde_json::from_str::<PublicInputs>(&json).unwrap(), inputs);
        assert!(PublicInputs::new([]).unwrap().bytes().is_empty());
        for value in [GOLDILOCKS_ORDER, u64::MAX] {
            let refusal = Err(AggregationError::PublicInputNotCanonical { index: 1, value });
            assert_eq!(PublicInputs::new([0, value]), refusal);
            let bytes = [[0; 8], value.to_be_bytes()].concat();
            assert_eq!(PublicInputs::try_from(bytes.as_slice()), refusal);
        }
        for length in [1, 7, 9, 15] {
            let refusal = Err(AggregationError::PublicInputsNotWhole { length });
            assert_eq!(PublicInputs::try_from(vec![0; length].as_slice()), refusal);
        }
    }

    #[test]
    fn a_commitment_is_the_hash_of_tag_key_and_inputs() {
        let key = GoldilocksDigest::new([1, 2, 3, 4]).unwrap();
        let inputs = PublicInputs::new([5, 6]).unwrap();
        let mut bytes = vec![0];
        for word in [1_u64, 2, 3, 4, 5, 6] {
            bytes.extend(word.to_be_bytes());
        }
        let commitment = ProofCommitment::of(key, &inputs);
        assert_eq!(commitment.get(), keccak256(&bytes));
        assert_ne!(commitment.get(), keccak256(&bytes[1..]));
        let json = serde_json::to_string(&commitment).unwrap();
        assert_eq!(
            serde_json::from_str::<ProofCommitment>(&json).unwrap(),
            commitment
        );
    }

    #[test]
    fn zero_is_no_commitment() {
        let refusal = AggregationError::CommitmentIsZero { index: 0 };
        assert_eq!(ProofCommitment::try_from(B256::ZERO), Err(refusal));
    }
}
