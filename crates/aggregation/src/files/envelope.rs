//! What all files have in front of their content.

use std::fmt;

use plonky2::field::types::{Field, Field64, PrimeField64};

use super::error::FileError;
use super::title::Title;
use crate::config::F;
use crate::domain::Domain;

/// Bytes of the longest file: a proof has some hundred thousand.
pub const MAX_BYTES: u64 = 64 << 20;

const VERSION: u16 = 1;
const HEADER: usize = 8 + 2 + 6 + 8 + 32;
/// Checksums of files.
const FILE: Domain = Domain::new("cw.file");

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A program's circuit.
    Circuit,
    /// A proof of a program.
    Proof,
    /// A normalised proof.
    Normalized,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Circuit, Self::Proof, Self::Normalized];

    const fn magic(self) -> &'static [u8; 8] {
        match self {
            Self::Circuit => b"CSWY-CIR",
            Self::Proof => b"CSWY-USR",
            Self::Normalized => b"CSWY-NRM",
        }
    }

    /// The kind whose files begin like this one.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| bytes.starts_with(kind.magic()))
    }

    /// What files of this kind are usually called at the end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Circuit => "circuit",
            Self::Proof => "proof",
            Self::Normalized => "normalized",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Circuit => "circuit file",
            Self::Proof => "proof file",
            Self::Normalized => "normalised file",
        })
    }
}

/// Puts the header in front of a body.
pub(super) fn wrap(kind: FileKind, body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.magic().to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend([0; 6]);
    bytes.extend((body.len() as u64).to_le_bytes());
    bytes.extend(checksum(kind, body));
    bytes.extend(body);
    bytes
}

/// The body of a file of this kind.
pub(super) fn unwrap(kind: FileKind, bytes: &[u8]) -> Result<&[u8], FileError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(FileError::TooLong {
            got: bytes.len() as u64,
        });
    }
    if !bytes.starts_with(kind.magic()) {
        return Err(FileError::Magic {
            expected: kind,
            found: FileKind::of(bytes),
        });
    }
    let length = |expected| FileError::Length {
        kind,
        got: bytes.len() as u64,
        expected,
    };
    let (header, body) = bytes
        .split_at_checked(HEADER)
        .ok_or_else(|| length(HEADER as u64))?;
    let got = u16::from_le_bytes([header[8], header[9]]);
    if got != VERSION {
        return Err(FileError::Version {
            kind,
            got,
            expected: VERSION,
        });
    }
    if header[10..16] != [0; 6] {
        return Err(FileError::Reserved { kind });
    }
    let expected = u64::from_le_bytes(std::array::from_fn(|i| header[16 + i]));
    if expected != body.len() as u64 {
        return Err(length(expected.saturating_add(HEADER as u64)));
    }
    if header[24..] != checksum(kind, body) {
        return Err(FileError::Checksum { kind });
    }
    Ok(body)
}

/// Poseidon of the kind, the length and the body, seven bytes an element.
fn checksum(kind: FileKind, body: &[u8]) -> [u8; 32] {
    let mut message = vec![
        F::from_canonical_u64(u64::from_le_bytes(*kind.magic()) % F::ORDER),
        F::from_canonical_usize(body.len()),
    ];
    message.extend(body.chunks(7).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        F::from_canonical_u64(u64::from_le_bytes(word))
    }));
    let mut bytes = [0; 32];
    for (word, element) in bytes.chunks_exact_mut(8).zip(FILE.hash(&message).elements) {
        word.copy_from_slice(&element.to_canonical_u64().to_le_bytes());
    }
    bytes
}

/// Writes the parts of a body.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn title(&mut self, title: &Title) {
        // A title has at most 200 bytes.
        self.0.push(title.as_str().len() as u8);
        self.0.extend(title.as_str().as_bytes());
    }

    pub(super) fn elements(&mut self, elements: &[F]) {
        for element in elements {
            self.0.extend(element.to_canonical_u64().to_le_bytes());
        }
    }
}

/// Reads the parts of a body. `None` where it ends too early or holds what no writer writes.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    pub(super) fn title(&mut self) -> Option<Title> {
        let length = *self.take(1)?.first()?;
        let text = std::str::from_utf8(self.take(usize::from(length))?).ok()?;
        Title::new(text).ok()
    }

    /// Elements below p.
    pub(super) fn elements(&mut self, count: usize) -> Option<Vec<F>> {
        self.take(count.checked_mul(8)?)?
            .as_chunks::<8>()
            .0
            .iter()
            .map(|word| {
                let value = u64::from_le_bytes(*word);
                (value < F::ORDER).then(|| F::from_canonical_u64(value))
            })
            .collect()
    }
}
