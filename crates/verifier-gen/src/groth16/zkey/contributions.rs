//! The contributions in a zkey and the chain of their transcripts.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};
use blake2::{Blake2b512, Digest};

use super::{Reader, Sections, ZkeyError};
use crate::groth16::{
    Beacon, Contribution,
    points::{g1_to_words, g2_to_words},
};

const KIND: u32 = 10;

pub(super) struct Contributions {
    pub(super) initial_hash: [u8; 64],
    pub(super) entries: Vec<Contribution>,
    /// Delta after the last contribution.
    pub(super) delta_after: Option<G1Affine>,
}

/// Reads section 10. Each contribution commits in its transcript to the ceremony's first state, to the contributions
/// before it and to its own s and s x, where x is what it multiplied delta with.
pub(super) fn read(sections: &mut Sections<impl Read + Seek>) -> Result<Contributions, ZkeyError> {
    let mut section = sections.read(KIND, None)?;
    let initial_hash = section.array()?;
    let count = section.u32()?;
    let mut chain = Blake2b512::new();
    chain.update(initial_hash);
    let (mut entries, mut delta_after) = (Vec::new(), None);
    for index in 0..count {
        let public = PublicKey::read(&mut section, index)?;
        let mut transcript = chain.clone();
        hash_g1(&mut transcript, &public.s);
        hash_g1(&mut transcript, &public.sx);
        if transcript.finalize()[..] != public.transcript {
            return Err(ZkeyError::Transcript { index });
        }
        let mut own = Blake2b512::new();
        public.hash(&mut own);
        public.hash(&mut chain);
        delta_after = Some(public.delta_after);
        let (name, beacon) = read_parameters(&mut section, index)?;
        entries.push(Contribution {
            name,
            hash: own.finalize().into(),
            beacon,
        });
    }
    match section.left() {
        0 => Ok(Contributions {
            initial_hash,
            entries,
            delta_after,
        }),
        _ => Err(ZkeyError::Contribution { index: count }),
    }
}

struct PublicKey {
    delta_after: G1Affine,
    s: G1Affine,
    sx: G1Affine,
    spx: G2Affine,
    transcript: [u8; 64],
}

impl PublicKey {
    fn read(section: &mut Reader<'_, impl Read>, index: u32) -> Result<Self, ZkeyError> {
        let point = u64::from(index);
        Ok(Self {
            delta_after: section.g1_of(KIND, point)?,
            s: section.g1_of(KIND, point)?,
            sx: section.g1_of(KIND, point)?,
            spx: section.g2_of(KIND, point)?,
            transcript: section.array()?,
        })
    }

    fn hash(&self, hasher: &mut Blake2b512) {
        for point in [&self.delta_after, &self.s, &self.sx] {
            hash_g1(hasher, point);
        }
        g2_to_words(&self.spx).iter().for_each(|word| hasher.update(word));
        hasher.update(self.transcript);
    }
}

fn hash_g1(hasher: &mut Blake2b512, point: &G1Affine) {
    g1_to_words(point).iter().for_each(|word| hasher.update(word));
}

/// Kind of the contribution (0 by a party, 1 by a beacon), then parameters with rising tags: name (1), binary
/// logarithm of the iterations (2), beacon (3).
fn read_parameters(
    section: &mut Reader<'_, impl Read>,
    index: u32,
) -> Result<(Option<String>, Option<Beacon>), ZkeyError> {
    let malformed = || ZkeyError::Contribution { index };
    let (kind, length) = (section.u32()?, u64::from(section.u32()?));
    let end = section.left().checked_sub(length).ok_or_else(malformed)?;
    let (mut name, mut iterations, mut value) = (None, None, None);
    let mut last = 0;
    while section.left() > end {
        let [tag] = section.array()?;
        if tag <= last {
            return Err(malformed());
        }
        last = tag;
        match tag {
            1 => name = Some(String::from_utf8(read_bytes(section)?).map_err(|_| malformed())?),
            2 => iterations = Some(section.array::<1>()?[0]),
            3 => value = Some(read_bytes(section)?),
            _ => return Err(malformed()),
        }
    }
    if section.left() != end {
        return Err(malformed());
    }
    match (kind, iterations, value) {
        (0, None, None) => Ok((name, None)),
        (1, Some(iterations_log2), Some(value)) => Ok((
            name,
            Some(Beacon {
                value,
                iterations_log2,
            }),
        )),
        _ => Err(malformed()),
    }
}

fn read_bytes(section: &mut Reader<'_, impl Read>) -> Result<Vec<u8>, ZkeyError> {
    let [length] = section.array()?;
    let mut bytes = vec![0; usize::from(length)];
    section.input.read_exact(&mut bytes)?;
    Ok(bytes)
}
