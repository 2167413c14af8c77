//! Circuit files.

use std::panic::{AssertUnwindSafe, catch_unwind};

use plonky2::plonk::circuit_data::{CircuitData, CommonCircuitData, VerifierCircuitData};
use plonky2::util::serialization::{DefaultGateSerializer, Read};

use super::bounded::Bounded;
use super::envelope::{FileKind, Reader, Writer, unwrap, wrap};
use super::error::FileError;
use super::title::Title;
use crate::config::{C, D, F};
use crate::key::{KeyDigest, key_digest};
use crate::normalize::{Normalizer, Options, check_circuit};

/// A program's circuit: what plonky2's builder made, less what only its prover needs.
///
/// Body of the file: title (length, bytes), length of the common data (u32), common data and verifying key as plonky2 writes
/// them with its [`DefaultGateSerializer`].
#[derive(Debug)]
pub struct CircuitFile {
    /// What the program is called.
    pub title: Title,
    /// Common data and verifying key.
    pub data: VerifierCircuitData<F, C, D>,
}

impl CircuitFile {
    /// The file's bytes: what a program's author hands to an aggregator, once.
    ///
    /// # Errors
    /// [`FileError::Normalize`] for a circuit that no normaliser takes, [`FileError::CustomGate`] for one with a gate
    /// that is not plonky2's own.
    pub fn write(title: &Title, circuit: &CircuitData<F, C, D>) -> Result<Vec<u8>, FileError> {
        Self {
            title: title.clone(),
            data: circuit.verifier_data(),
        }
        .to_bytes()
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Those of [`Self::write`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        check(&self.data)?;
        let common = common_bytes(&self.data.common)?;
        let malformed = FileError::MalformedCircuit {
            what: "the verifying key",
        };
        let key = self.data.verifier_only.to_bytes().map_err(|_| malformed)?;
        let mut body = Writer::default();
        body.title(&self.title);
        body.0.extend((common.len() as u32).to_le_bytes());
        body.0.extend(common);
        body.0.extend(key);
        Ok(wrap(FileKind::Circuit, &body.0))
    }

    /// Reads a file. The circuit is one that normalisers take then, if its proofs are strong enough.
    ///
    /// # Errors
    /// A [`FileError`] that names what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let mut body = Reader(unwrap(FileKind::Circuit, bytes)?);
        let malformed = |what| FileError::MalformedCircuit { what };
        let title = body.title().ok_or(malformed("the title"))?;
        let length = body.u32().ok_or(malformed("the common data"))?;
        let stored = body.take(length as usize).ok_or(malformed("the common data"))?;
        // Every length is bounded; what plonky2 still panics on is told like everything else.
        caught("the common data", || {
            let mut input = Bounded::new(stored);
            let common: CommonCircuitData<F, D> = input
                .read_common_circuit_data(&DefaultGateSerializer)
                .map_err(|_| malformed("the common data"))?;
            // plonky2 reads some numbers in two ways; one of them is written.
            if !input.is_at_end() || common_bytes(&common)? != stored {
                return Err(malformed("the common data are not as plonky2 writes them"));
            }
            let cap_height = common.config.fri_config.cap_height;
            let declared = body.0.first_chunk::<8>().copied().map(u64::from_le_bytes);
            if cap_height > MAX_CAP_HEIGHT || declared != Some(cap_height as u64) {
                return Err(malformed("the verifying key"));
            }
            let mut input = Bounded::new(body.0);
            let verifier_only = input
                .read_verifier_only_circuit_data::<F, C, D>()
                .map_err(|_| malformed("the verifying key"))?;
            if verifier_only.to_bytes().ok().as_deref() != Some(body.0) {
                return Err(malformed("the verifying key is not as plonky2 writes it"));
            }
            let data = VerifierCircuitData {
                verifier_only,
                common,
            };
            check(&data)?;
            Ok(Self { title, data })
        })
    }

    /// Digest of the program's own key, which proof files name.
    pub fn key_digest(&self) -> KeyDigest {
        key_digest(&self.data.verifier_only)
    }

    /// Builds the circuits that normalise the program's proofs.
    ///
    /// # Errors
    /// [`FileError::Normalize`], or [`FileError::MalformedCircuit`] where plonky2 panics on the circuit.
    pub fn normalizer(&self, options: Options) -> Result<Normalizer<C>, FileError> {
        caught("plonky2 cannot build its verifier", || {
            Ok(Normalizer::new(
                &self.data.common,
                &self.data.verifier_only,
                options,
            )?)
        })
    }
}

/// Caps of more entries are taken by no normaliser.
const MAX_CAP_HEIGHT: usize = 8;

/// Refuses what no normaliser takes, whatever its options. Files hold no custom gates anyway.
fn check(data: &VerifierCircuitData<F, C, D>) -> Result<(), FileError> {
    let options = Options {
        allow_weak: true,
        allow_custom_gates: true,
    };
    Ok(check_circuit(&data.common, &data.verifier_only, options)?)
}

fn common_bytes(common: &CommonCircuitData<F, D>) -> Result<Vec<u8>, FileError> {
    common.to_bytes(&DefaultGateSerializer).map_err(|_| {
        // The serializer refuses nothing but gates.
        let unknown = common.gates.iter().find(|gate| {
            let alone = CommonCircuitData {
                gates: vec![(*gate).clone()],
                ..common.clone()
            };
            alone.to_bytes(&DefaultGateSerializer).is_err()
        });
        FileError::CustomGate {
            gate: unknown.map_or_else(String::new, |gate| gate.0.id()),
        }
    })
}

/// The last resort: a panic of plonky2's on a stranger's circuit is an error like others.
fn caught<T>(what: &'static str, work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(FileError::MalformedCircuit { what }))
}
