//! Normalised files as the proofs of an aggregation.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use causeway_aggregation::files::{FileError, NormalizedFile, Title};
use causeway_circuits::proofs::UserProof;
use causeway_console::{Console, files};
use causeway_prover::UserProofs;
use causeway_prover::aggregation::proof_digest;
use causeway_relayer::aggregation::Claim;
use causeway_types::GoldilocksDigest;
use causeway_types::aggregation::PublicInputs;
use plonky2::field::types::PrimeField64;

use super::input::LeftOut;

/// A proof that is taken.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) path: PathBuf,
    pub(crate) title: Title,
    pub(crate) claim: Claim,
    digest: [u8; 32],
}

/// The proofs of an aggregation, on disk; of each what it claims is in memory.
#[derive(Debug)]
pub(crate) struct Files(Vec<Taken>);

/// A proof that was there when the aggregation began is not there any longer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// The file cannot be read.
    #[error("{}: {source:#}", path.display())]
    Read { path: PathBuf, source: anyhow::Error },
    /// The file is no normalised proof any longer.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: FileError },
    /// The file holds another proof.
    #[error("{} changed while it was aggregated: begin again", path.display())]
    Changed { path: PathBuf },
    /// There is none with this index.
    #[error("there are {count} proofs, none has index {index}")]
    Missing { index: u32, count: usize },
}

impl Files {
    /// Reads and verifies every file; what cannot be used is left out, and so is what claims the same as one before it.
    pub(crate) fn scan(console: &Console, paths: &[PathBuf]) -> (Self, LeftOut) {
        const STAGE: &str = "verifying normalised proofs";
        let total = paths.len() as u64;
        let mut left_out = LeftOut::default();
        let mut taken: Vec<Taken> = Vec::new();
        let mut seen: HashMap<Claim, usize> = HashMap::new();
        for (done, path) in (0..).zip(paths) {
            console.step(STAGE, done, total);
            let next =
                scan(path, taken.len()).and_then(|next| match seen.insert(next.claim.clone(), taken.len()) {
                    Some(before) if before < taken.len() => {
                        seen.insert(next.claim, before);
                        bail!("it claims the same as {}", taken[before].path.display())
                    }
                    _ => Ok(next),
                });
            match next {
                Ok(next) => taken.push(next),
                Err(error) => left_out.push(console, path, &error),
            }
        }
        console.step(STAGE, total, total);
        (Self(taken), left_out)
    }

    pub(crate) fn taken(&self) -> &[Taken] {
        &self.0
    }

    fn get(&self, index: u32) -> Result<&Taken, SourceError> {
        let count = self.0.len();
        let missing = SourceError::Missing { index, count };
        self.0.get(index as usize).ok_or(missing)
    }
}

fn scan(path: &Path, index: usize) -> Result<Taken> {
    let file = NormalizedFile::from_bytes(&files::read(path)?)?;
    let title = file.title.clone();
    let user = user(file);
    user.verify(index)?;
    Ok(Taken {
        path: path.to_path_buf(),
        title,
        claim: claim(&user)?,
        digest: proof_digest(&user),
    })
}

fn user(file: NormalizedFile) -> UserProof {
    UserProof {
        proof: file.proof,
        public_inputs: file.public_inputs,
    }
}

/// What a proof claims.
pub(crate) fn claim(user: &UserProof) -> Result<Claim> {
    let key = user
        .key_digest()
        .elements()
        .map(|element| element.to_canonical_u64());
    let inputs: Vec<u64> = user
        .public_inputs
        .iter()
        .map(PrimeField64::to_canonical_u64)
        .collect();
    Ok(Claim {
        key: GoldilocksDigest::new(key)?,
        public_inputs: PublicInputs::new(inputs)?,
    })
}

impl UserProofs for &Files {
    type Error = SourceError;

    fn load(&self, index: u32) -> Result<UserProof, SourceError> {
        let taken = self.get(index)?;
        let path = || taken.path.clone();
        let bytes = files::read(&taken.path).map_err(|source| SourceError::Read { path: path(), source })?;
        let file = NormalizedFile::from_bytes(&bytes)
            .map_err(|source| SourceError::File { path: path(), source })?;
        let user = user(file);
        if proof_digest(&user) != taken.digest {
            return Err(SourceError::Changed { path: path() });
        }
        Ok(user)
    }

    fn digest(&self, index: u32) -> Result<[u8; 32], SourceError> {
        Ok(self.get(index)?.digest)
    }
}
