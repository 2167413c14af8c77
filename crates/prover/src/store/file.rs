//! The file of a stage's outcome: magic (8 bytes), version (u16), kind (u8), zeros (5 bytes), digest of the stage (32 bytes), length
//! (u64), SHA-256 of the outcome (32 bytes), the outcome. Numbers are little-endian.

use std::fmt;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::graph::Kind;

const MAGIC: &[u8; 8] = b"CSWY-STG";
const VERSION: u16 = 1;
const HEADER: usize = 8 + 2 + 6 + 32 + 8 + 32;
/// No outcome is nearly so long.
const MAX_OUTCOME: u64 = 64 << 20;

/// Digest of all that a stage's outcome depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId([u8; 32]);

impl StageId {
    /// Hashes parts, each with its length.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"causeway stage");
        hasher.update(VERSION.to_le_bytes());
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for StageId {
    /// Hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Why a file is not the outcome of its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It is no stage's file.
    #[error("it is not the file of a stage")]
    Magic,
    /// It is of a version unknown here.
    #[error("it is of version {got}, this program reads {expected}")]
    Version {
        /// The file's.
        got: u16,
        /// The one written here.
        expected: u16,
    },
    /// It is another stage's.
    #[error("it is the file of another stage")]
    OtherStage,
    /// It is cut off or has a tail.
    #[error("it has {got} bytes of an outcome of {expected}")]
    Length {
        /// Bytes there are.
        got: u64,
        /// Bytes it tells of.
        expected: u64,
    },
    /// Its content is not what was written.
    #[error("its checksum is not that of its content")]
    Checksum,
}

pub(super) fn write(out: &mut impl Write, kind: impl Kind, id: StageId, outcome: &[u8]) -> io::Result<()> {
    let mut header = MAGIC.to_vec();
    header.extend(VERSION.to_le_bytes());
    header.extend([kind.tag(), 0, 0, 0, 0, 0]);
    header.extend(id.0);
    header.extend((outcome.len() as u64).to_le_bytes());
    header.extend(Sha256::digest(outcome));
    out.write_all(&header)?;
    out.write_all(outcome)?;
    out.flush()
}

pub(super) fn read(input: impl Read, kind: impl Kind, id: StageId) -> io::Result<Result<Vec<u8>, Damage>> {
    let mut bytes = Vec::new();
    input
        .take(MAX_OUTCOME + HEADER as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(parse(&bytes, kind, id).map(<[u8]>::to_vec))
}

fn parse(bytes: &[u8], kind: impl Kind, id: StageId) -> Result<&[u8], Damage> {
    let (header, outcome) = bytes.split_at_checked(HEADER).ok_or(Damage::Magic)?;
    if header[..8] != *MAGIC {
        return Err(Damage::Magic);
    }
    let got = u16::from_le_bytes([header[8], header[9]]);
    if got != VERSION {
        return Err(Damage::Version {
            got,
            expected: VERSION,
        });
    }
    if header[10..16] != [kind.tag(), 0, 0, 0, 0, 0] || header[16..48] != id.0 {
        return Err(Damage::OtherStage);
    }
    let expected = u64::from_le_bytes(std::array::from_fn(|i| header[48 + i]));
    let got = outcome.len() as u64;
    if got != expected || got > MAX_OUTCOME {
        return Err(Damage::Length { got, expected });
    }
    if header[56..] != Sha256::digest(outcome)[..] {
        return Err(Damage::Checksum);
    }
    Ok(outcome)
}
