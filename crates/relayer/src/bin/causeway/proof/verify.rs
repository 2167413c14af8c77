use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use anyhow::{Context, Result, bail, ensure};
use causeway_circuits::proofs::AggregationProgram;
use causeway_console::{Console, Report, files};
use causeway_prover::wrapping::{profile_circuit, stored_key};
use causeway_relayer::aggregation::{Inclusion, Kzg, Publication, Submission};
use causeway_types::aggregation::published;
use causeway_verifier_gen::groth16::{Proof as Groth16Proof, Provenance, VerifyingKey, Word};
use causeway_verifier_gen::solidity::key_hash;
use causeway_verifier_gen::wrapped_proof::{PROOF_VERSION, WrappedProof};
use clap::Args;
use serde::Serialize;

use super::inclusion::read_blobs;
use super::info::program_digest;
use super::input;
use crate::Answer;
use crate::options::{KeysOption, ProfileOption};

/// Check a submission offline, and that proofs are in it
///
/// Every field is held to the others: call, commitments, root, depth, count, domain, blobs and their versioned hashes. The Groth16
/// proof is verified under the store's key for the profile, or the one in --vk, and has to be of the aggregation program of this
/// release, or of the one in --program. What is wrong is named.
///
/// A valid submission says that programs accepted public inputs. For which contract, and under whose key, matters: compare with
/// --chain-id, --contract and --key-hash.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway proof verify aggregation/submission.json --inclusion aggregation/inclusion/ --chain-id 1 --contract 0x... \\
      --key-hash 0x...

JSON: root, depth, count, chain_id, contract, domain_compared, program_digest, statement_digest, key_hash, key_compared, provenance,
blobs, inclusions.")]
pub(crate) struct Verify {
    /// The submission, as `causeway proof aggregate` writes it
    #[arg(value_name = "SUBMISSION.json")]
    submission: PathBuf,
    /// Inclusion files, or folders of them, to check against it
    #[arg(long = "inclusion", value_name = "FILE|DIR", num_args = 1..)]
    inclusions: Vec<PathBuf>,
    /// Folder of the blobs that the submission names [default: the submission's]
    #[arg(long, value_name = "DIR")]
    blobs: Option<PathBuf>,
    /// Chain id that the submission must be for
    #[arg(long, value_name = "N")]
    chain_id: Option<u64>,
    /// `ProofAggregation` that the submission must be for
    #[arg(long, value_name = "ADDRESS")]
    contract: Option<Address>,
    /// Program digest that the proof must have [default: that of this release, which takes some seconds to compute]
    #[arg(long, value_name = "0xDIGEST")]
    program: Option<B256>,
    /// Hash that the verifying key must have, as the verifier's `KEY_HASH`
    #[arg(long, value_name = "0xHASH")]
    key_hash: Option<B256>,
    /// Verifying key to use instead of the profile's in the store
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    vk: Option<PathBuf>,
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
}

#[derive(Serialize)]
struct Fields {
    root: B256,
    depth: u8,
    count: u32,
    chain_id: u64,
    contract: Address,
    domain_compared: bool,
    program_digest: B256,
    statement_digest: B256,
    key_hash: B256,
    key_compared: bool,
    provenance: String,
    blobs: usize,
    inclusions: usize,
}

impl Verify {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let name = self.submission.display();
        let submission = input::submission(&self.submission)?;
        submission.check().with_context(|| format!("{name} is refused"))?;
        self.compare(&submission)?;
        let blobs = self.check_blobs(console, &submission)?;
        let inclusions = self.check_inclusions(&submission)?;
        self.check_proof(console, &submission)
            .with_context(|| format!("{name} is NOT valid"))?;

        let record = submission.statement.record;
        answer(&Fields {
            root: record.root(),
            depth: record.depth(),
            count: record.count(),
            chain_id: submission.statement.domain.chain_id,
            contract: submission.statement.domain.contract,
            domain_compared: self.chain_id.is_some() && self.contract.is_some(),
            program_digest: submission.program_digest,
            statement_digest: submission.statement.digest(),
            key_hash: submission.verifier.key_hash,
            key_compared: self.key_hash.is_some(),
            provenance: submission.verifier.provenance,
            blobs,
            inclusions,
        })
    }

    /// Holds the submission to what it was asked to be.
    fn compare(&self, submission: &Submission) -> Result<()> {
        let domain = submission.statement.domain;
        if let Some(expected) = self.chain_id.filter(|expected| *expected != domain.chain_id) {
            bail!(
                "chain id: the submission is for chain {}, not {expected}",
                domain.chain_id
            );
        }
        if let Some(expected) = self.contract.filter(|expected| *expected != domain.contract) {
            bail!(
                "contract: the submission is for {}, not {expected}",
                domain.contract
            );
        }
        let key = submission.verifier.key_hash;
        if let Some(expected) = self.key_hash.filter(|expected| *expected != key) {
            bail!("key hash: the submission is for the verifier of key {key}, not {expected}");
        }
        Ok(())
    }

    fn check_blobs(&self, console: &Console, submission: &Submission) -> Result<usize> {
        let Publication::Blobs(references) = &submission.publication else {
            return Ok(0);
        };
        let beside = self.submission.parent().unwrap_or(Path::new(""));
        let folder = self.blobs.as_deref().unwrap_or(beside);
        let paths: Vec<PathBuf> = references.iter().map(|blob| folder.join(&blob.file)).collect();
        let blobs = read_blobs(&paths)?;
        console
            .work("committing to blobs", || {
                Kzg::ethereum().check(&blobs, &submission.versioned_hashes())
            })
            .context("the blobs are refused")?;
        published(&blobs, &submission.statement.record).context("the blobs are refused")?;
        Ok(blobs.len())
    }

    fn check_inclusions(&self, submission: &Submission) -> Result<usize> {
        let paths = input::files(&self.inclusions, "json")?;
        let mut refused = Vec::new();
        for path in &paths {
            let checked = files::read(path).and_then(|bytes| {
                let inclusion: Inclusion = serde_json::from_slice(&bytes)?;
                Ok(inclusion.check_in(&submission.statement)?)
            });
            if let Err(error) = checked {
                refused.push(format!("{}: {error:#}", path.display()));
            }
        }
        ensure!(
            refused.is_empty(),
            "{} of {} inclusions are refused:\n{}",
            refused.len(),
            paths.len(),
            refused.join("\n")
        );
        Ok(paths.len())
    }

    fn check_proof(&self, console: &Console, submission: &Submission) -> Result<()> {
        let key = self.key(console)?;
        let hash = B256::from(key_hash(&key));
        let verifier = &submission.verifier;
        ensure!(
            verifier.key_hash == hash,
            "key hash: the submission is for the verifier of key {}, the key here is {hash}",
            verifier.key_hash
        );
        ensure!(
            verifier.circuit_hash == B256::from(key.circuit().0),
            "circuit hash: the submission says {}, the key is for circuit 0x{}",
            verifier.circuit_hash,
            key.circuit()
        );
        let expected = match self.program {
            Some(expected) => expected,
            None => {
                let program = console.work("building the aggregation program", AggregationProgram::pinned)?;
                program_digest(console, &program, self.profile)?
            }
        };
        wrapped(submission, &key)?.verify(&key, Some(expected.0))?;
        if let Provenance::Development(_) = key.origin() {
            console.warn(
                "the key is a DEVELOPMENT key: whoever knows its seed forges proofs, and everybody does.",
            );
        }
        Ok(())
    }

    fn key(&self, console: &Console) -> Result<VerifyingKey<Provenance>> {
        if let Some(path) = &self.vk {
            return serde_json::from_slice(&files::read(path)?)
                .with_context(|| format!("{} is no verifying key", path.display()));
        }
        let circuit = console.work("building the wrap circuit", || {
            profile_circuit(self.profile.profile)
        })?;
        stored_key(&self.keys.store()?, circuit)
            .context("there is no verifying key: give one with --vk, or name another folder with --keys")
    }
}

/// The Groth16 proof of a submission.
fn wrapped(submission: &Submission, key: &VerifyingKey<Provenance>) -> Result<WrappedProof> {
    let words: Vec<Word> = submission.proof.as_chunks::<32>().0.to_vec();
    let words = words.try_into().ok().context("a Groth16 proof has eight words")?;
    Ok(WrappedProof {
        version: PROOF_VERSION,
        circuit: key.circuit(),
        provenance: submission.verifier.provenance.clone(),
        program_digest: submission.program_digest.0,
        statement_digest: submission.statement.digest().0,
        proof: Groth16Proof::from_evm_words(&words)?,
    })
}

fn answer(fields: &Fields) -> Result<Answer> {
    let not_compared = |compared: bool, options: &str| match compared {
        true => String::new(),
        false => format!(" (not compared with any: {options} does)"),
    };
    let text = format!(
        "valid under the {} key {}{}\n  proofs    {}\n  root      {}\n  depth     {}\n  contract  {} on chain {}{}\n  program   {}\n  \
         statement {}\n  checked   {} blobs, {} inclusions",
        fields.provenance,
        fields.key_hash,
        not_compared(fields.key_compared, "--key-hash"),
        fields.count,
        fields.root,
        fields.depth,
        fields.contract,
        fields.chain_id,
        not_compared(fields.domain_compared, "--chain-id with --contract"),
        fields.program_digest,
        fields.statement_digest,
        fields.blobs,
        fields.inclusions
    );
    Ok(Answer {
        report: Report::new("proof verify", text, fields)?,
        left_out: false,
    })
}
