//! Versioned hashes of blobs (EIP-4844).

use alloy_primitives::B256;
use c_kzg::KzgSettings;
use causeway_types::aggregation::AggregationBlob;
use sha2::{Digest, Sha256};

use super::error::SubmissionError;

/// The first byte of a versioned hash of a KZG commitment (EIP-4844's `VERSIONED_HASH_VERSION_KZG`).
const VERSION: u8 = 1;

/// Commits to blobs, under the setup of Ethereum's ceremony.
#[derive(Clone, Copy)]
pub struct Kzg(&'static KzgSettings);

impl std::fmt::Debug for Kzg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kzg")
    }
}

impl Kzg {
    /// Loads the setup, which takes part of a second the first time.
    pub fn ethereum() -> Self {
        Self(c_kzg::ethereum_kzg_settings(0))
    }

    /// The versioned hash of the blob at an index: sha256 of its KZG commitment, with the version as the first byte.
    ///
    /// # Errors
    /// [`SubmissionError::BlobNotCanonical`].
    pub fn versioned_hash(self, index: usize, blob: &AggregationBlob) -> Result<B256, SubmissionError> {
        let invalid = |_| SubmissionError::BlobNotCanonical { blob: index };
        let blob = c_kzg::Blob::from_bytes(blob.bytes()).map_err(invalid)?;
        let commitment = self.0.blob_to_kzg_commitment(&blob).map_err(invalid)?;
        let mut hash: [u8; 32] = Sha256::digest(commitment.to_bytes().as_slice()).into();
        hash[0] = VERSION;
        Ok(hash.into())
    }

    /// The versioned hashes of blobs, in order.
    ///
    /// # Errors
    /// Those of [`Self::versioned_hash`].
    pub fn versioned_hashes(self, blobs: &[AggregationBlob]) -> Result<Vec<B256>, SubmissionError> {
        blobs
            .iter()
            .enumerate()
            .map(|(index, blob)| self.versioned_hash(index, blob))
            .collect()
    }

    /// Holds blobs to the versioned hashes that a contract kept or a transaction carried.
    ///
    /// # Errors
    /// [`SubmissionError::BlobCount`], [`SubmissionError::VersionedHash`], or those of [`Self::versioned_hash`].
    pub fn check(self, blobs: &[AggregationBlob], declared: &[B256]) -> Result<(), SubmissionError> {
        if blobs.len() != declared.len() {
            return Err(SubmissionError::BlobCount {
                declared: declared.len(),
                found: blobs.len(),
            });
        }
        for (blob, (content, &declared)) in blobs.iter().zip(declared).enumerate() {
            let computed = self.versioned_hash(blob, content)?;
            if computed != declared {
                return Err(SubmissionError::VersionedHash {
                    blob,
                    declared,
                    computed,
                });
            }
        }
        Ok(())
    }
}
