//! A proven certificate as bytes, in which it waits for its epoch.
//!
//! Numbers are little-endian, digests as their types write them: magic (8 bytes), version (u16), zeros (6 bytes); the statement in the
//! order of its fields; the network's new state likewise; the number of dependencies (u32), and of each its network (u32), index (u64)
//! and entry; the envelope of the proof.
//!
//! There is no checksum: the proof is one. Every byte is in what it says, or in what that is a digest of.

use alloy_primitives::B256;
use causeway_aggregation::proof_shape::ProofShapeError;
use causeway_aggregation::{EnvelopeError, ShapedProof};
use causeway_circuits::keccak::List;
use causeway_circuits::settlement::{SettlementError, SettlementProgram, TransitionStatement};
use causeway_ledger::{DependencyEntry, NetworkState, dependencies_digest};
use causeway_types::{ExitRoot, Expiry, GoldilocksDigest, NetworkId, StateRoot};
use plonky2::field::types::Field;

use super::certified::{Arrived, Certified};

const MAGIC: &[u8; 8] = b"CSWY-ARR";
const VERSION: u16 = 1;

/// Why bytes are not a proven certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrivedError {
    /// They are something else.
    #[error("not a proven certificate: the first bytes are wrong")]
    Magic,
    /// They are of a version unknown here.
    #[error("a proven certificate of version {got}, this program reads {expected}: prove it again")]
    Version {
        /// Theirs.
        got: u16,
        /// The one written here.
        expected: u16,
    },
    /// They are cut off, or hold what is never written.
    #[error("the proven certificate is damaged, or cut off, at byte {at}: prove it again")]
    Damaged {
        /// How far they could be read.
        at: usize,
    },
    /// The proof is no envelope.
    #[error("the proven certificate has no proof: {0}")]
    Envelope(#[from] EnvelopeError),
    /// The network's new state is not the one that the proof says.
    #[error("the proven certificate leads to another state of its network than its proof says")]
    OtherState,
    /// What it depends on is not what the proof says.
    #[error("the proven certificate depends on something else than its proof says")]
    OtherDependencies,
    /// The proof is none, of something else or of another program.
    #[error("the proven certificate: {0}")]
    Proof(#[from] SettlementError),
}

impl Arrived {
    /// The certificate as bytes.
    ///
    /// # Errors
    /// What is wrong with the proof, if it was put together by hand.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProofShapeError> {
        let proof = self.proof.to_bytes()?;
        let Certified {
            statement,
            new,
            dependencies,
        } = &self.certified;
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_le_bytes());
        out.extend([0; 6]);
        for digest in [statement.old, statement.new, statement.certificate] {
            out.extend(B256::from(digest));
        }
        out.extend(statement.domain);
        out.extend(statement.expiry.get().to_le_bytes());
        for digest in [
            statement.validity,
            statement.dependencies,
            statement.list_in.into(),
            statement.list_out.into(),
        ] {
            out.extend(B256::from(digest));
        }
        out.extend(new.network.get().to_le_bytes());
        out.extend(new.height.to_le_bytes());
        out.extend(new.exit_count.to_le_bytes());
        out.extend(new.exit_root.get());
        for digest in [
            new.shadow_root,
            new.balance_root,
            new.nullifier_root,
            new.history_root,
        ] {
            out.extend(B256::from(digest));
        }
        out.extend(new.state_root.get());
        out.extend(B256::from(new.frontier));
        // Each takes a proof to open: they are few.
        out.extend((dependencies.len() as u32).to_le_bytes());
        for dependency in dependencies {
            out.extend(dependency.network.get().to_le_bytes());
            out.extend(dependency.index.to_le_bytes());
            out.extend(B256::from(dependency.entry));
        }
        out.extend(proof);
        Ok(out)
    }

    /// Reads a certificate and verifies it: the bytes may be anybody's. Whether it still fits the state its epoch will tell.
    ///
    /// # Errors
    /// An [`ArrivedError`] that names what is wrong.
    pub fn from_bytes(bytes: &[u8], program: &SettlementProgram) -> Result<Self, ArrivedError> {
        let arrived = Self::read(bytes)?;
        program.check_transition(&arrived.transition())?;
        Ok(arrived)
    }

    /// Reads a certificate and holds all to what its proof is said to say.
    pub(in crate::settlement) fn read(bytes: &[u8]) -> Result<Self, ArrivedError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ArrivedError::Magic)?;
        let mut reader = Reader {
            all: bytes.len(),
            rest,
        };
        let got = u16::from_le_bytes(reader.take()?);
        if got != VERSION {
            return Err(ArrivedError::Version {
                got,
                expected: VERSION,
            });
        }
        if reader.take()? != [0; 6] {
            return Err(reader.damaged());
        }
        let statement = reader.statement()?;
        let new = reader.state()?;
        let dependencies = reader.dependencies()?;
        let proof = ShapedProof::from_bytes(reader.rest)?;
        if new.hash() != statement.new {
            return Err(ArrivedError::OtherState);
        }
        if dependencies_digest(&dependencies) != statement.dependencies {
            return Err(ArrivedError::OtherDependencies);
        }
        let certified = Certified {
            statement,
            new,
            dependencies,
        };
        Ok(Self { proof, certified })
    }
}

/// Reads the parts.
struct Reader<'a> {
    all: usize,
    rest: &'a [u8],
}

impl Reader<'_> {
    const fn damaged(&self) -> ArrivedError {
        ArrivedError::Damaged {
            at: self.all - self.rest.len(),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ArrivedError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or_else(|| self.damaged())?;
        self.rest = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, ArrivedError> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn u64(&mut self) -> Result<u64, ArrivedError> {
        Ok(u64::from_le_bytes(self.take()?))
    }

    fn bytes32(&mut self) -> Result<B256, ArrivedError> {
        Ok(B256::new(self.take()?))
    }

    fn digest(&mut self) -> Result<GoldilocksDigest, ArrivedError> {
        let damaged = self.damaged();
        GoldilocksDigest::try_from(self.bytes32()?).map_err(|_| damaged)
    }

    fn list(&mut self) -> Result<List, ArrivedError> {
        let words = self.digest()?.words();
        Ok(List::from_elements(words.map(Field::from_canonical_u64)))
    }

    fn network(&mut self) -> Result<NetworkId, ArrivedError> {
        Ok(NetworkId::new(self.u32()?))
    }

    fn statement(&mut self) -> Result<TransitionStatement, ArrivedError> {
        Ok(TransitionStatement {
            old: self.digest()?,
            new: self.digest()?,
            certificate: self.digest()?,
            domain: self.bytes32()?,
            expiry: Expiry::new(self.u64()?),
            validity: self.digest()?,
            dependencies: self.digest()?,
            list_in: self.list()?,
            list_out: self.list()?,
        })
    }

    fn state(&mut self) -> Result<NetworkState, ArrivedError> {
        Ok(NetworkState {
            network: self.network()?,
            height: self.u64()?,
            exit_count: self.u32()?,
            exit_root: ExitRoot::new(self.bytes32()?),
            shadow_root: self.digest()?,
            balance_root: self.digest()?,
            nullifier_root: self.digest()?,
            history_root: self.digest()?,
            state_root: StateRoot::new(self.bytes32()?),
            frontier: self.digest()?,
        })
    }

    fn dependencies(&mut self) -> Result<Vec<DependencyEntry>, ArrivedError> {
        let count = self.u32()?;
        // Nothing is reserved for a number that nothing stands behind.
        let dependency = |_| {
            Ok(DependencyEntry {
                network: self.network()?,
                index: self.u64()?,
                entry: self.digest()?,
            })
        };
        (0..count).map(dependency).collect()
    }
}
