use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use causeway_aggregation::files::{CircuitFile, FileKind, NormalizedFile, ProofFile};
use causeway_aggregation::{C, Normalizer, Options};
use causeway_console::{Console, Report, files};
use clap::Args;
use serde::Serialize;

use super::input::{Input, LeftOut, stem};
use crate::Answer;

/// Bring proofs of any circuit to the standard shape
///
/// Each proof file names its circuit by digest; the circuit file says what that is. A proof is verified first. What is written
/// names the program by its normalised key, which holds the circuit as constants: pin that one in contracts.
///
/// A proof that cannot be used is named and left out, and the rest goes on. A file that is there already and is the proof's is
/// not made again.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway proof normalize --circuit payments.circuit --circuit chain.circuit proofs/ --out normalized/

JSON: normalized (file, out, title, key, public_inputs, found), left_out (file, error).")]
pub(crate) struct Normalize {
    /// Circuit file of a program; once for each program
    #[arg(long = "circuit", value_name = "FILE", required = true)]
    circuits: Vec<PathBuf>,
    #[command(flatten)]
    input: Input,
    /// Folder to write to [default: beside each proof]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Take circuits whose proofs are worth less than 90 bits
    #[arg(long)]
    allow_weak: bool,
    /// Fail if any proof cannot be used; what can be used is written all the same
    #[arg(long)]
    strict: bool,
}

#[derive(Serialize)]
struct Fields {
    normalized: Vec<Made>,
    left_out: LeftOut,
}

#[derive(Serialize)]
struct Made {
    file: String,
    out: String,
    title: String,
    /// Normalised key digest of the program, as contracts pin it.
    key: String,
    public_inputs: usize,
    /// Whether it was there already.
    found: bool,
}

impl Normalize {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let circuits = self.circuits()?;
        let paths = self.input.files(FileKind::Proof)?;
        let places = self.places(&paths)?;
        let mut left_out = LeftOut::default();
        // By circuit, since a normaliser takes seconds to build and a gigabyte to keep.
        let mut of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, path) in paths.iter().enumerate() {
            match circuit_of(path, &circuits) {
                Ok(circuit) => of.entry(circuit).or_default().push(index),
                Err(error) => left_out.push(console, path, &error),
            }
        }
        if let Some(folder) = &self.out {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let mut made = BTreeMap::new();
        for (circuit, indices) in of {
            let (file, circuit) = &circuits[circuit];
            let normalizer = console.work("building a normaliser", || {
                circuit.normalizer(Options {
                    allow_weak: self.allow_weak,
                    ..Options::default()
                })
            });
            let normalizer = normalizer.with_context(|| format!("{} cannot be used", file.display()))?;
            let total = indices.len() as u64;
            for (done, index) in (0..).zip(indices) {
                console.step(format!("normalising proofs of {}", file.display()), done, total);
                match normalize(&paths[index], circuit, &normalizer, &places[index]) {
                    Ok(normalized) => {
                        made.insert(index, normalized);
                    }
                    Err(error) => left_out.push(console, &paths[index], &error),
                }
            }
            console.step(format!("normalising proofs of {}", file.display()), total, total);
        }
        left_out.refuse(self.strict)?;
        if made.is_empty() {
            left_out.refuse(true)?;
        }
        answer(Fields {
            normalized: made.into_values().collect(),
            left_out,
        })
    }

    fn circuits(&self) -> Result<Vec<(PathBuf, CircuitFile)>> {
        let mut circuits: Vec<(PathBuf, CircuitFile)> = Vec::new();
        for path in &self.circuits {
            let circuit = CircuitFile::from_bytes(&files::read(path)?)
                .with_context(|| format!("{} is no circuit that can be used", path.display()))?;
            let digest = circuit.key_digest();
            if circuits.iter().all(|(_, other)| other.key_digest() != digest) {
                circuits.push((path.clone(), circuit));
            }
        }
        Ok(circuits)
    }

    /// Where each proof's outcome goes. No two go to one place.
    fn places(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut taken: BTreeMap<PathBuf, &Path> = BTreeMap::new();
        let mut places = Vec::with_capacity(paths.len());
        for path in paths {
            let folder = self
                .out
                .as_deref()
                .or_else(|| path.parent())
                .unwrap_or(Path::new(""));
            let place = folder.join(format!("{}.{}", stem(path), FileKind::Normalized.extension()));
            if let Some(other) = taken.insert(place.clone(), path) {
                bail!(
                    "{} and {} would both become {}: rename one",
                    other.display(),
                    path.display(),
                    place.display()
                );
            }
            places.push(place);
        }
        Ok(places)
    }
}

/// The circuit that a proof file names.
fn circuit_of(path: &Path, circuits: &[(PathBuf, CircuitFile)]) -> Result<usize> {
    let (_, digest) = ProofFile::peek(&files::read(path)?)?;
    circuits
        .iter()
        .position(|(_, circuit)| circuit.key_digest() == digest)
        .ok_or_else(|| anyhow!("it is of the circuit with key digest {digest}, which no --circuit has"))
}

fn normalize(path: &Path, circuit: &CircuitFile, normalizer: &Normalizer<C>, place: &Path) -> Result<Made> {
    let file = ProofFile::from_bytes(&files::read(path)?, circuit)?;
    let found = place.exists() && is_of(place, &file, normalizer);
    if !found {
        let normalized = NormalizedFile {
            title: file.title.clone(),
            public_inputs: file.proof.public_inputs.clone(),
            proof: normalizer.normalize(&file.proof)?,
        };
        let bytes = normalized.to_bytes()?;
        files::write_whole(place, |out| out.write_all(&bytes))?;
    }
    Ok(Made {
        file: path.display().to_string(),
        out: place.display().to_string(),
        title: file.title.to_string(),
        key: format!("0x{}", normalizer.key_digest()),
        public_inputs: file.proof.public_inputs.len(),
        found,
    })
}

/// Whether a file holds what a proof would be normalised to, so that it need not be proven again.
fn is_of(place: &Path, file: &ProofFile, normalizer: &Normalizer<C>) -> bool {
    let there = files::read(place).map_err(|_| ());
    let there = there.and_then(|bytes| NormalizedFile::from_bytes(&bytes).map_err(|_| ()));
    there.is_ok_and(|there| {
        there.key_digest() == normalizer.key_digest()
            && there.public_inputs == file.proof.public_inputs
            && there.title == file.title
            && there.verify().is_ok()
    })
}

fn answer(fields: Fields) -> Result<Answer> {
    let mut text = String::new();
    for made in &fields.normalized {
        let verb = if made.found { "found" } else { "wrote" };
        text += &format!("{verb} {}\n  {}\n  key {}\n", made.out, made.title, made.key);
    }
    text += fields.left_out.text().trim_start_matches('\n');
    Ok(Answer {
        report: Report::new("proof normalize", text, &fields)?,
        left_out: !fields.left_out.is_empty(),
    })
}
