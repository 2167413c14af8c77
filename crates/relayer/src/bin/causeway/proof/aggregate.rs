use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use alloy_primitives::{B256, Bytes};
use anyhow::{Context, Result, bail};
use causeway_aggregation::files::FileKind;
use causeway_circuits::proofs::AggregationProgram;
use causeway_console::{Console, Report, files};
use causeway_prover::plan::DEFAULT_CHUNK_LOG2;
use causeway_prover::{
    Aggregation, Event, Keep, Kind, Outcome, Plan, Store, StoredWrapping, WrappingError, run,
};
use causeway_relayer::aggregation::{
    BlobReference, Claim, Inclusion, Kzg, Publication, Submission, VerifierId,
};
use causeway_types::aggregation::{AggregationBlob, AggregationStatement, AggregationTree};
use causeway_verifier_gen::groth16::{Step, StoreError};
use causeway_verifier_gen::solidity::key_hash;
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::{Input, LeftOut, stem, submission};
use super::source::Files;
use crate::Answer;
use crate::options::{DomainOption, KeysOption, ProfileOption};

/// Make one proof of many
///
/// FILE is a normalised proof (`causeway proof normalize`). Every proof is verified first; one that cannot be used is named and
/// left out, and the rest goes on. The outcome is for one contract on one chain.
///
/// Every finished stage is kept on disk: begun again after a crash with the same proofs, nothing is proven twice.
///
/// Written to --out: submission.json, with the call that submits it; inclusion/, a file for each proof, with the call that asks the
/// contract for it; with --publish blobs the blobs too.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway proof aggregate --chain-id 1 --contract 0x... normalized/ --out aggregation/

A proof takes some 3 s on two cores, the whole some 50 s more. Proving takes the same memory for any number.

JSON: root, depth, count, statement_digest, program_digest, key_hash, provenance, out, submission, inclusions (file,
index, title, key), blobs, stages_proven, stages_found, left_out (file, error).")]
pub(crate) struct Aggregate {
    #[command(flatten)]
    domain: DomainOption,
    #[command(flatten)]
    input: Input,
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = "aggregation")]
    out: PathBuf,
    /// Folder of finished stages [default: stages/ in --out]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Where the commitments are published: in the call, which the contract checks, or in blobs, which cost less for many
    #[arg(long, value_enum, default_value_t = Publish::Calldata)]
    publish: Publish,
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// Wrap under the development key, made if it is not there. Anybody can forge proofs for it
    #[arg(long)]
    development: bool,
    /// Binary logarithm of the proofs of a chunk, whose keccak is proven together
    #[arg(long, value_name = "LOG2", default_value_t = DEFAULT_CHUNK_LOG2)]
    chunk: u8,
    /// Keep every stage, also those that nothing needs any longer
    #[arg(long)]
    keep_stages: bool,
    /// Fail before anything is proven if any proof cannot be used
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Publish {
    Calldata,
    Blobs,
}

#[derive(Serialize)]
struct Fields {
    root: B256,
    depth: u8,
    count: u32,
    statement_digest: B256,
    program_digest: B256,
    key_hash: B256,
    provenance: String,
    out: String,
    submission: String,
    inclusions: Vec<Included>,
    blobs: Vec<String>,
    stages_proven: usize,
    stages_found: usize,
    left_out: LeftOut,
}

#[derive(Serialize)]
struct Included {
    file: String,
    index: usize,
    title: String,
    key: B256,
}

/// What a run did.
#[derive(Default)]
struct Stages {
    proven: usize,
    found: usize,
}

impl Aggregate {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let paths = self.input.files(FileKind::Normalized)?;
        let (source, left_out) = Files::scan(console, &paths);
        left_out.refuse(self.strict || source.taken().is_empty())?;

        let claims: Vec<&Claim> = source.taken().iter().map(|taken| &taken.claim).collect();
        let counts: Vec<usize> = claims
            .iter()
            .map(|claim| claim.public_inputs.elements().len())
            .collect();
        let plan = Plan::new(&counts, self.chunk)?;
        let tree = AggregationTree::new(claims.iter().map(|claim| claim.commitment()).collect())?;
        let statement = AggregationStatement {
            domain: self.domain.domain(),
            record: tree.record(),
        };
        self.refuse_other(&statement)?;
        console.note(&format!(
            "{} proofs, depth {}, root {}",
            tree.count(),
            tree.depth(),
            tree.root()
        ));

        let (wrapped, verifier, program_digest, stages) = self.prove(console, &source, &plan, &statement)?;
        let blobs = match self.publish {
            Publish::Calldata => Vec::new(),
            Publish::Blobs => AggregationBlob::encode(tree.commitments()),
        };
        let submission = Submission::new(
            statement,
            program_digest,
            verifier,
            Bytes::from(wrapped.proof.to_evm_words().concat()),
            tree.commitments().to_vec(),
            self.publication(console, &blobs)?,
        )?;
        let fields = Fields {
            root: tree.root(),
            depth: tree.depth(),
            count: tree.count(),
            statement_digest: statement.digest(),
            program_digest,
            key_hash: submission.verifier.key_hash,
            provenance: submission.verifier.provenance.clone(),
            out: self.out.display().to_string(),
            submission: self.submission().display().to_string(),
            inclusions: self.write_inclusions(&source, &tree)?,
            blobs: self.write_blobs(&submission, &blobs)?,
            stages_proven: stages.proven,
            stages_found: stages.found,
            left_out,
        };
        // Written last: where it is the rest is too.
        files::write_text(
            &self.submission(),
            &(serde_json::to_string_pretty(&submission)? + "\n"),
        )?;
        answer(&fields)
    }

    fn submission(&self) -> PathBuf {
        self.out.join("submission.json")
    }

    /// Refuses a folder that holds another aggregation: its inclusion files would stand among these.
    fn refuse_other(&self, statement: &AggregationStatement) -> Result<()> {
        let path = self.submission();
        if !path.exists() {
            return Ok(());
        }
        let other = submission(&path).context("--out is in use: remove it or name another one")?;
        if other.statement != *statement {
            bail!(
                "{} holds the aggregation of {} proofs with root {} for {} on chain {}: name another --out",
                self.out.display(),
                other.statement.record.count(),
                other.statement.record.root(),
                other.statement.domain.contract,
                other.statement.domain.chain_id
            );
        }
        Ok(())
    }

    fn prove(
        &self,
        console: &Console,
        source: &Files,
        plan: &Plan,
        statement: &AggregationStatement,
    ) -> Result<(WrappedProof, VerifierId, B256, Stages)> {
        let work = self.work.clone().unwrap_or_else(|| self.out.join("stages"));
        let store = Store::open(&work)?;
        let keys = self.keys.store()?;
        let program = console.work("building the aggregation program", AggregationProgram::pinned)?;
        let progress = |step: Step| console.step(step.stage, step.done, step.total);
        let profile = self.profile.profile;
        let wrapping = console.work("building the last layer", || {
            if self.development {
                StoredWrapping::development(program.closing(), profile, keys, &progress)
            } else {
                StoredWrapping::new(program.closing(), profile, keys, &progress)
            }
        });
        let wrapping = wrapping.map_err(|error| match error {
            WrappingError::KeyStore(StoreError::Missing { .. }) => anyhow::Error::new(error).context(
                "no key to wrap under: import one from a ceremony with `verifier-gen import-zkey`, or use the development key \
                 with --development",
            ),
            _ => error.into(),
        })?;
        if wrapping.is_development() {
            console.warn(
                "the key is a DEVELOPMENT key: whoever knows its seed forges proofs, and everybody does.",
            );
        }
        let digest = B256::from(wrapping.program_digest());
        let mut aggregation =
            Aggregation::new(&program, plan, source, wrapping, statement.domain.digest().0)?;
        let keep = if self.keep_stages { Keep::All } else { Keep::Needed };
        let mut stages = Stages::default();
        let mut began = Instant::now();
        let outcome = run(&mut aggregation, plan, &store, keep, &mut |event| {
            tell(console, &event, &mut began, &mut stages);
            ControlFlow::Continue(())
        })?;
        let Outcome::Wrapped(wrapped) = outcome else {
            bail!("the last stage gave no Groth16 proof");
        };
        let key = aggregation.wrapping().verifying_key(&wrapped)?;
        let verifier = VerifierId {
            key_hash: key_hash(&key).into(),
            circuit_hash: circuit_word(&wrapped),
            provenance: wrapped.provenance.clone(),
        };
        Ok((wrapped, verifier, digest, stages))
    }

    fn publication(&self, console: &Console, blobs: &[AggregationBlob]) -> Result<Publication> {
        if self.publish == Publish::Calldata {
            return Ok(Publication::Calldata);
        }
        let hashes = console.work("committing to blobs", || Kzg::ethereum().versioned_hashes(blobs))?;
        let references = hashes
            .into_iter()
            .enumerate()
            .map(|(index, versioned_hash)| BlobReference {
                file: format!("blob-{index}.bin"),
                versioned_hash,
            });
        Ok(Publication::Blobs(references.collect()))
    }

    fn write_blobs(&self, submission: &Submission, blobs: &[AggregationBlob]) -> Result<Vec<String>> {
        let Publication::Blobs(references) = &submission.publication else {
            return Ok(Vec::new());
        };
        let mut written = Vec::new();
        for (reference, blob) in references.iter().zip(blobs) {
            let path = self.out.join(&reference.file);
            files::write_whole(&path, |out| out.write_all(blob.bytes()))?;
            written.push(path.display().to_string());
        }
        Ok(written)
    }

    fn write_inclusions(&self, source: &Files, tree: &AggregationTree) -> Result<Vec<Included>> {
        let folder = self.out.join("inclusion");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let mut written = Vec::new();
        for (index, taken) in source.taken().iter().enumerate() {
            let place = u32::try_from(index)?;
            let inclusion = Inclusion::at(self.domain.domain(), tree, place, taken.claim.clone())?;
            let path = folder.join(inclusion_name(index, &taken.path));
            files::write_text(&path, &(serde_json::to_string_pretty(&inclusion)? + "\n"))?;
            written.push(Included {
                file: path.display().to_string(),
                index,
                title: taken.title.to_string(),
                key: taken.claim.key.into(),
            });
        }
        Ok(written)
    }
}

/// The inclusion file of a proof: its index, so that no two are called alike, and what its own file is called.
pub(super) fn inclusion_name(index: usize, proof: &Path) -> String {
    format!("{index}-{}.json", stem(proof))
}

/// The circuit's hash as the verifier's `CIRCUIT_HASH`.
pub(super) fn circuit_word(wrapped: &WrappedProof) -> B256 {
    B256::from(wrapped.circuit.0)
}

fn tell(console: &Console, event: &Event<'_>, began: &mut Instant, stages: &mut Stages) {
    match *event {
        Event::Started {
            kind, done, total, ..
        } => {
            *began = Instant::now();
            console.step(format!("stage {} of {total}: {}", done + 1, kind.name()), 0, 1);
        }
        Event::Proven {
            kind, done, total, ..
        } => {
            stages.proven += 1;
            let seconds = began.elapsed().as_secs_f64();
            console.note(&format!(
                "{done} of {total} stages: {} proven in {seconds:.1} s",
                kind.name()
            ));
        }
        Event::Found {
            kind, done, total, ..
        } => {
            stages.found += 1;
            console.note(&format!("{done} of {total} stages: {} found", kind.name()));
        }
        Event::Refused { path, reason } => {
            console.warn(&format!(
                "{} is of no use and will be proven again: {reason}",
                path.display()
            ));
        }
        Event::Removed(_) => {}
    }
}

fn answer(fields: &Fields) -> Result<Answer> {
    let text = format!(
        "one proof of {} under the {} key\n  root      {}\n  statement {}\n  program   {}\n  key       {}\n  submit    {}\n  \
         inclusion {}/inclusion/{}",
        fields.count,
        fields.provenance,
        fields.root,
        fields.statement_digest,
        fields.program_digest,
        fields.key_hash,
        fields.submission,
        fields.out,
        fields.left_out.text()
    );
    Ok(Answer {
        report: Report::new("proof aggregate", text, fields)?,
        left_out: !fields.left_out.is_empty(),
    })
}
