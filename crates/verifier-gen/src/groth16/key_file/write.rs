use std::io::{self, Write};

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ff::PrimeField;
use sha2::{Digest, Sha256};

use super::{CHUNK, KeyFileError, MAGIC, VERSION};
use crate::groth16::{Origin, Progress, Provenance, ProvingKey};

struct HashingWriter<W> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> HashingWriter<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.out.write_all(bytes)
    }

    fn put_u32(&mut self, value: u32) -> io::Result<()> {
        self.put(&value.to_le_bytes())
    }

    fn put_all<T: Sync>(&mut self, items: &[T], encode: impl Fn(&T, &mut Vec<u8>)) -> io::Result<()> {
        let mut bytes = Vec::new();
        for chunk in items.chunks(CHUNK) {
            bytes.clear();
            chunk.iter().for_each(|item| encode(item, &mut bytes));
            self.put(&bytes)?;
        }
        Ok(())
    }
}

fn encode_fq(value: &Fq, bytes: &mut Vec<u8>) {
    for limb in value.into_bigint().0 {
        bytes.extend(limb.to_le_bytes());
    }
}

fn encode_g1(point: &G1Affine, bytes: &mut Vec<u8>) {
    encode_fq(&point.x, bytes);
    encode_fq(&point.y, bytes);
}

fn encode_g2(point: &G2Affine, bytes: &mut Vec<u8>) {
    for coordinate in [&point.x.c0, &point.x.c1, &point.y.c0, &point.y.c1] {
        encode_fq(coordinate, bytes);
    }
}

/// Writes `key` as a key file.
pub fn write_proving_key<O: Origin>(
    key: &ProvingKey<O>,
    out: impl Write,
    progress: Progress<'_>,
) -> Result<(), KeyFileError> {
    let origin: Provenance = key.verifying_key.origin().clone().into();
    let origin_json = serde_json::to_vec(&origin)?;
    let mut label = [0; 16];
    label[..origin.label().len()].copy_from_slice(origin.label().as_bytes());
    let (points, queries) = (key.verifying_key.points(), &key.queries);
    let stage = progress.stage("writing the key", 7);

    let mut out = HashingWriter {
        out,
        hasher: Sha256::new(),
    };
    out.put(MAGIC)?;
    out.put(&label)?;
    out.put_u32(VERSION)?;
    out.put(&key.circuit().0)?;
    out.put_u32(small(origin_json.len()))?;
    out.put(&origin_json)?;
    for count in [key.verifying_key.num_public(), key.num_variables] {
        out.put_u32(small(count))?;
    }
    out.put_u32(key.domain_log2)?;
    out.put_u32(small(queries.a.len()))?;
    out.put_u32(small(queries.b_g1.len()))?;

    out.put_all(&[points.alpha_g1, key.beta_g1, key.delta_g1], encode_g1)?;
    out.put_all(&[points.beta_g2, points.gamma_g2, points.delta_g2], encode_g2)?;
    out.put_all(&points.ic, encode_g1)?;
    let column = |column: &u32, bytes: &mut Vec<u8>| bytes.extend(column.to_le_bytes());
    out.put_all(&queries.a_columns, column)?;
    out.put_all(&queries.b_columns, column)?;
    stage.advance(1);
    for query in [&queries.a, &queries.b_g1, &queries.l, &queries.h] {
        out.put_all(query, encode_g1)?;
        stage.advance(1);
    }
    out.put_all(&queries.b_g2, encode_g2)?;
    stage.advance(1);
    let checksum = out.hasher.finalize();
    out.out.write_all(&checksum)?;
    out.out.flush()?;
    stage.advance(1);
    Ok(())
}

fn small(count: usize) -> u32 {
    u32::try_from(count).expect("a key has fewer than 2^32 points of a kind")
}
