use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use causeway_aggregation::{EnvelopeError, ProofError, Shape, ShapedProof};
use causeway_verifier_gen::groth16::{Progress, Step, Word, scalar_to_word};
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use causeway_verifier_gen::wrapper::Wrapper;
use clap::Args;
use serde::Serialize;

use crate::circuit;
use crate::options::{KeysOption, ProfileOption, hex_word, word};
use causeway_console::files;
use causeway_console::{Console, Report};

/// Turn a closed proof into a Groth16 proof
///
/// PROOF is an envelope as causeway-aggregation writes it (`ShapedProof::to_bytes`), of the closing shape. It is
/// verified, proven in the last layer and then in Groth16. The outcome is verified before it is written.
///
/// A closed proof brings its own verifying key, so anybody can make one of anything. What was proven is told by the
/// program digest: give the one that your contract pins with --program.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  verifier-gen prove closed.proof --program 0x2b03... --out proof.json

JSON: program_digest, program_compared, statement_digest, provenance, out, proof (the file's content).")]
pub(crate) struct Prove {
    /// The closed proof
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// Use the development key also if there is one from a ceremony
    #[arg(long)]
    development: bool,
    /// File to write the proof to [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Program digest that the proof must have; another is refused before anything is proven
    #[arg(long, value_name = "0xDIGEST", value_parser = word)]
    program: Option<Word>,
}

#[derive(Serialize)]
struct Fields<'a> {
    program_digest: String,
    program_compared: bool,
    statement_digest: String,
    provenance: &'a str,
    out: Option<String>,
    proof: &'a WrappedProof,
}

impl Prove {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        let closed = self.read()?;
        self.verify(console, &closed)?;
        let store = self.keys.store()?;
        circuit::refuse_empty(&store, self.profile.profile)?;

        let wrapper = console.work("building the last layer", || {
            Wrapper::new(self.profile.profile, &closed.key)
        })?;
        let program = scalar_to_word(wrapper.program_digest());
        match self.program {
            Some(expected) if expected != program => bail!(
                "{} is of program {}, not {}: it was made by another program, by another version of it or for another \
                 profile",
                self.proof.display(),
                hex_word(&program),
                hex_word(&expected)
            ),
            Some(_) => {}
            None => console.note(&format!(
                "program digest {}: not compared with any; --program does",
                hex_word(&program)
            )),
        }
        let synthesis = console.work("proving the last layer", || wrapper.synthesize(&closed))?;
        let circuit = circuit::hash(console, &synthesis.r1cs);
        let key = circuit::proving_key(console, &store, circuit, self.development)?;
        let listener = |step: Step| console.step(step.stage, step.done, step.total);
        let proof = wrapper.prove(&synthesis, &key, Progress::new(&listener))?;
        self.report(&proof)
    }

    fn read(&self) -> Result<ShapedProof> {
        let hint = |error: &EnvelopeError| match error {
            EnvelopeError::Magic => "it is no proof envelope: write one with `ShapedProof::to_bytes`",
            EnvelopeError::Version { .. } | EnvelopeError::ShapeDigest { .. } => {
                "it was written by another release: make the proof again with this one"
            }
            EnvelopeError::Length { .. } => "it is cut off or damaged: copy or make it again",
            _ => "it is damaged: copy or make it again",
        };
        ShapedProof::from_bytes(&files::read(&self.proof)?).map_err(|error| {
            let context = format!("{} cannot be used, {}", self.proof.display(), hint(&error));
            anyhow::Error::new(error).context(context)
        })
    }

    fn verify(&self, console: &Console, closed: &ShapedProof) -> Result<()> {
        let checked = console.work("verifying the closed proof", || closed.verify_as(Shape::Closing));
        checked.map_err(|error| {
            let hint = match error {
                ProofError::OtherShape { .. } => {
                    "only closed proofs are wrapped: close it first with `TreeClosing::close`"
                }
                ProofError::Shape(_) | ProofError::Invalid => "make it again",
            };
            let context = format!("{} is refused, {hint}", self.proof.display());
            anyhow::Error::new(error).context(context)
        })
    }

    fn report(&self, proof: &WrappedProof) -> Result<Report> {
        let json = serde_json::to_string_pretty(proof)? + "\n";
        let text = match &self.out {
            None => json,
            Some(path) => {
                files::write_text(path, &json).context("the proof is lost")?;
                format!(
                    "wrote a proof under the {} key to {}\n  program   {}\n  statement {}",
                    proof.provenance,
                    path.display(),
                    hex_word(&proof.program_digest),
                    hex_word(&proof.statement_digest)
                )
            }
        };
        let fields = Fields {
            program_digest: hex_word(&proof.program_digest),
            program_compared: self.program.is_some(),
            statement_digest: hex_word(&proof.statement_digest),
            provenance: &proof.provenance,
            out: self.out.as_ref().map(|path| path.display().to_string()),
            proof,
        };
        Report::new("prove", text, &fields)
    }
}
