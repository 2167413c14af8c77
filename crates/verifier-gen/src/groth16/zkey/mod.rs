//! Keys from a ceremony: snarkjs's `.zkey` files.
//!
//! The import checks all that the file and the circuit alone can tell: every length, field and point; that the
//! matrices are the circuit's; that the ceremony has contributions, that their transcript is one chain and ends in the
//! key's delta. Whether the key follows from the powers of tau and each contribution is honest is for `snarkjs zkey
//! verify <circuit>.r1cs <powers>.ptau <key>.zkey`, which everybody should run.

mod contributions;
mod error;
mod matrices;
mod sections;

pub use error::ZkeyError;

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use ark_bn254::{Bn254, Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, pairing::Pairing};
use ark_ff::{BigInteger, PrimeField};
use sha2::{Digest, Sha256};

use self::sections::{Reader, Sections};
use super::{
    Ceremony, PointError, Progress, ProvingKey, VerifyingKey, VerifyingPoints, domain_log2,
    points::check_point, proving_key::Queries,
};
use crate::r1cs::{R1cs, circuit_hash};

/// Reads the ceremony key of `r1cs` from the `.zkey` file at `path`.
pub fn import_zkey(
    r1cs: &R1cs,
    path: &Path,
    progress: Progress<'_>,
) -> Result<ProvingKey<Ceremony>, ZkeyError> {
    import_zkey_from(
        r1cs,
        BufReader::with_capacity(1 << 20, File::open(path)?),
        progress,
    )
}

/// As [`import_zkey`], from any seekable bytes.
pub fn import_zkey_from(
    r1cs: &R1cs,
    input: impl Read + Seek,
    progress: Progress<'_>,
) -> Result<ProvingKey<Ceremony>, ZkeyError> {
    let log2 = domain_log2(r1cs)?;
    let mut sections = Sections::open(input)?;
    let stage = progress.stage("checking the zkey", 4);
    let header = read_header(&mut sections, r1cs, log2)?;
    let contributions = contributions::read(&mut sections)?;
    // Told apart from other degenerate keys, because the cure is another.
    if contributions.entries.is_empty() {
        return Err(ZkeyError::NoContributions);
    }
    if contributions.delta_after != Some(header.delta_g1) {
        return Err(ZkeyError::DeltaAfter);
    }
    stage.advance(1);
    matrices::check(&mut sections, r1cs)?;
    stage.advance(1);
    let zkey_sha256 = hash(sections.input())?;
    stage.advance(1);
    let origin = Ceremony {
        zkey_sha256,
        initial_hash: contributions.initial_hash,
        contributions: contributions.entries,
    };
    let points = VerifyingPoints {
        alpha_g1: header.alpha_g1,
        beta_g2: header.beta_g2,
        gamma_g2: header.gamma_g2,
        delta_g2: header.delta_g2,
        ic: sections.g1_points(3, r1cs.num_public() + 1)?,
    };
    let verifying_key = VerifyingKey::new(origin, circuit_hash(r1cs), r1cs.num_public(), points)?;
    stage.advance(1);
    Ok(ProvingKey {
        verifying_key,
        beta_g1: header.beta_g1,
        delta_g1: header.delta_g1,
        num_variables: r1cs.num_variables(),
        domain_log2: log2,
        queries: read_queries(&mut sections, r1cs, log2, progress)?,
    })
}

fn read_queries(
    sections: &mut Sections<impl Read + Seek>,
    r1cs: &R1cs,
    log2: u32,
    progress: Progress<'_>,
) -> Result<Queries, ZkeyError> {
    let stage = progress.stage("points of the zkey", 5);
    let columns = r1cs.num_variables();
    let (a_columns, a) = present(sections.g1_points(5, columns)?);
    stage.advance(1);
    let (b_columns, b_g1) = present(sections.g1_points(6, columns)?);
    stage.advance(1);
    let (b_g2_columns, b_g2) = present(sections.g2_points(7, columns)?);
    stage.advance(1);
    if let Some(column) = first_difference(&b_columns, &b_g2_columns) {
        return Err(ZkeyError::OneSidedB { column });
    }
    let l = sections.g1_points(8, columns - r1cs.num_public() - 1)?;
    stage.advance(1);
    let h = sections.g1_points(9, 1 << log2)?;
    stage.advance(1);
    Ok(Queries {
        a_columns,
        a,
        b_columns,
        b_g1,
        b_g2,
        l,
        h,
    })
}

/// The points that are not at infinity, after their columns.
fn present<P: AffineRepr>(points: Vec<P>) -> (Vec<u32>, Vec<P>) {
    (0..).zip(points).filter(|(_, point)| !point.is_zero()).unzip()
}

/// The first column that only one of two rising lists has.
fn first_difference(left: &[u32], right: &[u32]) -> Option<u32> {
    let common = left
        .iter()
        .zip(right)
        .take_while(|(left, right)| left == right)
        .count();
    left.get(common)
        .into_iter()
        .chain(right.get(common))
        .min()
        .copied()
}

struct Header {
    alpha_g1: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
    gamma_g2: G2Affine,
    delta_g1: G1Affine,
    delta_g2: G2Affine,
}

fn read_header(
    sections: &mut Sections<impl Read + Seek>,
    r1cs: &R1cs,
    log2: u32,
) -> Result<Header, ZkeyError> {
    let mut protocol = sections.read(1, Some(4))?;
    let protocol = protocol.u32()?;
    if protocol != 1 {
        return Err(ZkeyError::Protocol { protocol });
    }
    let mut section = sections.read(2, Some(2 * 36 + 3 * 4 + 3 * 64 + 3 * 128))?;
    for modulus in [Fq::MODULUS, Fr::MODULUS] {
        if section.u32()? != 32 || section.array::<32>()?[..] != modulus.to_bytes_le()[..] {
            return Err(ZkeyError::Curve);
        }
    }
    let sizes = [
        ("columns", r1cs.num_variables() as u64),
        ("public inputs", r1cs.num_public() as u64),
        ("domain", 1 << log2),
    ];
    for (what, expected) in sizes {
        let actual = u64::from(section.u32()?);
        if actual != expected {
            return Err(ZkeyError::OtherSize {
                what,
                actual,
                expected,
            });
        }
    }
    let header = Header {
        alpha_g1: checked(section.g1_of(2, 0)?, 0)?,
        beta_g1: checked(section.g1_of(2, 1)?, 1)?,
        beta_g2: checked(section.g2_of(2, 2)?, 2)?,
        gamma_g2: checked(section.g2_of(2, 3)?, 3)?,
        delta_g1: checked(section.g1_of(2, 4)?, 4)?,
        delta_g2: checked(section.g2_of(2, 5)?, 5)?,
    };
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    if header.gamma_g2 != g2 {
        return Err(ZkeyError::Gamma);
    }
    let pairs = [
        ("beta", header.beta_g1, header.beta_g2),
        ("delta", header.delta_g1, header.delta_g2),
    ];
    for (element, in_g1, in_g2) in pairs {
        if Bn254::multi_pairing([in_g1, -g1], [g2, in_g2]).0 != <Bn254 as Pairing>::TargetField::from(1u64) {
            return Err(ZkeyError::GroupsDiffer { element });
        }
    }
    Ok(header)
}

/// Holds a point of the header to its group.
fn checked<P: ark_ec::short_weierstrass::SWCurveConfig>(
    point: ark_ec::short_weierstrass::Affine<P>,
    index: u64,
) -> Result<ark_ec::short_weierstrass::Affine<P>, ZkeyError> {
    check_point(&point).map_err(|source| ZkeyError::Point {
        kind: 2,
        index,
        source,
    })?;
    Ok(point)
}

fn hash(input: &mut (impl Read + Seek)) -> io::Result<[u8; 32]> {
    input.seek(SeekFrom::Start(0))?;
    let mut hasher = Sha256::new();
    io::copy(input, &mut hasher)?;
    Ok(hasher.finalize().into())
}
