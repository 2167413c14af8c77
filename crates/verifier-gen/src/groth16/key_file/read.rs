use std::io::{self, Read};

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{CHUNK, Counts, KeyFileError, MAGIC, MAX_ORIGIN, VERSION};
use crate::{
    groth16::{Progress, Provenance, ProvingKey, VerifyingKey, VerifyingPoints, proving_key::Queries},
    r1cs::CircuitHash,
};

struct HashingReader<R> {
    input: R,
    hasher: Sha256,
    buffer: Vec<u8>,
}

impl<R: Read> HashingReader<R> {
    /// The next bytes of the file, which its length is known to hold.
    fn take(&mut self, length: usize) -> io::Result<&[u8]> {
        self.buffer.resize(length, 0);
        self.input.read_exact(&mut self.buffer)?;
        self.hasher.update(&self.buffer);
        Ok(&self.buffer)
    }

    fn take_array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        Ok(self.take(N)?.try_into().expect("the length asked for"))
    }

    fn take_u32(&mut self) -> io::Result<u32> {
        self.take_array().map(u32::from_le_bytes)
    }

    /// `count` items of `size` bytes each, decoded in parallel.
    fn take_all<T: Send>(
        &mut self,
        count: usize,
        size: usize,
        decode: impl Fn(&[u8]) -> Option<T> + Sync,
    ) -> Result<Vec<T>, KeyFileError> {
        let mut items = Vec::with_capacity(count);
        for start in (0..count).step_by(CHUNK) {
            let bytes = self.take((count - start).min(CHUNK) * size)?;
            let chunk: Option<Vec<T>> = bytes.par_chunks_exact(size).map(&decode).collect();
            items.append(&mut chunk.ok_or(KeyFileError::OutOfRange)?);
        }
        Ok(items)
    }

    fn take_g1(&mut self, count: usize) -> Result<Vec<G1Affine>, KeyFileError> {
        self.take_all(count, 64, decode_g1)
    }

    fn take_g2(&mut self, count: usize) -> Result<Vec<G2Affine>, KeyFileError> {
        self.take_all(count, 128, decode_g2)
    }

    fn take_columns(&mut self, count: u32, num_variables: u32) -> Result<Vec<u32>, KeyFileError> {
        let columns = self.take_all(count as usize, 4, |bytes| {
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        })?;
        let rising = columns.windows(2).all(|pair| pair[0] < pair[1]);
        let in_range = columns.last().is_none_or(|&last| last < num_variables);
        if rising && in_range {
            Ok(columns)
        } else {
            Err(KeyFileError::OutOfRange)
        }
    }
}

fn decode_fq(bytes: &[u8]) -> Option<Fq> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(bytes.try_into().ok()?);
    }
    Fq::from_bigint(BigInt(limbs))
}

fn decode_g1(bytes: &[u8]) -> Option<G1Affine> {
    Some(G1Affine::new_unchecked(
        decode_fq(&bytes[..32])?,
        decode_fq(&bytes[32..])?,
    ))
}

fn decode_g2(bytes: &[u8]) -> Option<G2Affine> {
    let [x0, x1, y0, y1] = [0, 32, 64, 96].map(|start| decode_fq(&bytes[start..start + 32]));
    Some(G2Affine::new_unchecked(Fq2::new(x0?, x1?), Fq2::new(y0?, y1?)))
}

/// Reads the proving key of `circuit` from a key file of `length` bytes.
pub fn read_proving_key(
    input: impl Read,
    length: u64,
    circuit: CircuitHash,
    progress: Progress<'_>,
) -> Result<ProvingKey<Provenance>, KeyFileError> {
    let mut input = HashingReader {
        input,
        hasher: Sha256::new(),
        buffer: Vec::new(),
    };
    if &input.take_array()? != MAGIC {
        return Err(KeyFileError::Magic);
    }
    let label: [u8; 16] = input.take_array()?;
    let version = input.take_u32()?;
    if version != VERSION {
        return Err(KeyFileError::Version { found: version });
    }
    let found = CircuitHash(input.take_array()?);
    if found != circuit {
        return Err(KeyFileError::OtherCircuit {
            found,
            expected: circuit,
        });
    }
    let origin_len = input.take_u32()?;
    if origin_len > MAX_ORIGIN {
        return Err(KeyFileError::Counts);
    }
    let origin: Provenance = serde_json::from_slice(input.take(origin_len as usize)?)?;
    if label.iter().position(|&byte| byte == 0).map(|end| &label[..end]) != Some(origin.label().as_bytes()) {
        return Err(KeyFileError::Label);
    }
    let counts = Counts {
        num_public: input.take_u32()?,
        num_variables: input.take_u32()?,
        domain_log2: input.take_u32()?,
        a: input.take_u32()?,
        b: input.take_u32()?,
    };
    counts.check()?;
    // Before anything is allocated by these counts.
    let header_len = 16 + 16 + 4 + 32 + 4 + u64::from(origin_len) + 20;
    let (actual, expected) = (length.saturating_sub(header_len), counts.body_len());
    if actual != expected {
        return Err(KeyFileError::Length { actual, expected });
    }
    read_body(input, origin, circuit, &counts, progress)
}

fn read_body(
    mut input: HashingReader<impl Read>,
    origin: Provenance,
    circuit: CircuitHash,
    counts: &Counts,
    progress: Progress<'_>,
) -> Result<ProvingKey<Provenance>, KeyFileError> {
    let stage = progress.stage("loading the key", 7);
    let mut next_g1 = || Ok::<_, KeyFileError>(input.take_g1(1)?[0]);
    let (alpha_g1, beta_g1, delta_g1) = (next_g1()?, next_g1()?, next_g1()?);
    let mut next_g2 = || Ok::<_, KeyFileError>(input.take_g2(1)?[0]);
    let (beta_g2, gamma_g2, delta_g2) = (next_g2()?, next_g2()?, next_g2()?);
    let ic = input.take_g1(counts.num_public as usize + 1)?;
    let a_columns = input.take_columns(counts.a, counts.num_variables)?;
    let b_columns = input.take_columns(counts.b, counts.num_variables)?;
    stage.advance(1);
    let mut query = |count| {
        let points = input.take_g1(count)?;
        stage.advance(1);
        Ok::<_, KeyFileError>(points)
    };
    let (a, b_g1) = (query(counts.a as usize)?, query(counts.b as usize)?);
    let (l, h) = (query(counts.witness())?, query(1 << counts.domain_log2)?);
    let b_g2 = input.take_g2(counts.b as usize)?;
    stage.advance(1);

    let computed: [u8; 32] = input.hasher.finalize().into();
    let mut declared = [0; 32];
    input.input.read_exact(&mut declared)?;
    if computed != declared {
        return Err(KeyFileError::Checksum);
    }
    let points = VerifyingPoints {
        alpha_g1,
        beta_g2,
        gamma_g2,
        delta_g2,
        ic,
    };
    let verifying_key = VerifyingKey::new(origin, circuit, counts.num_public as usize, points)?;
    stage.advance(1);
    Ok(ProvingKey {
        verifying_key,
        beta_g1,
        delta_g1,
        num_variables: counts.num_variables as usize,
        domain_log2: counts.domain_log2,
        queries: Queries {
            a_columns,
            a,
            b_columns,
            b_g1,
            b_g2,
            l,
            h,
        },
    })
}
