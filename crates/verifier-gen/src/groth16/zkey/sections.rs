//! Sections of an iden3 binary file, each read within its own bounds.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom},
};

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{BigInt, PrimeField, Zero};
use rayon::prelude::*;

use super::{PointError, ZkeyError};

/// Sections of a Groth16 key: two headers, IC, coefficients, A, B in G1, B in G2, L, H, contributions.
const KINDS: std::ops::RangeInclusive<u32> = 1..=10;
/// Points decoded at a time.
const CHUNK: usize = 1 << 15;

/// A file whose sections have been located.
pub(super) struct Sections<R> {
    input: R,
    /// Start and length by number.
    places: BTreeMap<u32, (u64, u64)>,
}

impl<R: Read + Seek> Sections<R> {
    pub(super) fn open(mut input: R) -> Result<Self, ZkeyError> {
        let end = input.seek(SeekFrom::End(0))?;
        input.seek(SeekFrom::Start(0))?;
        let mut head = Reader {
            input: (&mut input).take(12),
        };
        if &head.array::<4>()? != b"zkey" || head.u32()? != 1 {
            return Err(ZkeyError::Preamble);
        }
        let count = head.u32()?;
        let (mut places, mut position) = (BTreeMap::new(), 12u64);
        for _ in 0..count {
            input.seek(SeekFrom::Start(position))?;
            let mut head = Reader {
                input: (&mut input).take(12),
            };
            let (kind, length) = (head.u32()?, head.u64()?);
            let next = (position + 12).checked_add(length).filter(|&next| next <= end);
            let next = next.ok_or(ZkeyError::SectionLength {
                kind,
                actual: end - position - 12,
                expected: length,
            })?;
            if !KINDS.contains(&kind) || places.insert(kind, (position + 12, length)).is_some() {
                return Err(ZkeyError::Section { kind });
            }
            position = next;
        }
        match KINDS.into_iter().find(|kind| !places.contains_key(kind)) {
            Some(kind) => Err(ZkeyError::Section { kind }),
            // Bytes that no section holds.
            None if position != end => Err(ZkeyError::Section { kind: count + 1 }),
            None => Ok(Self { input, places }),
        }
    }

    pub(super) const fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// The contents of a section, of the length that is expected if one is.
    pub(super) fn read(&mut self, kind: u32, expected: Option<u64>) -> Result<Reader<'_, R>, ZkeyError> {
        let &(start, actual) = self.places.get(&kind).ok_or(ZkeyError::Section { kind })?;
        if let Some(expected) = expected.filter(|&expected| expected != actual) {
            return Err(ZkeyError::SectionLength {
                kind,
                actual,
                expected,
            });
        }
        self.input.seek(SeekFrom::Start(start))?;
        Ok(Reader {
            input: (&mut self.input).take(actual),
        })
    }

    /// A section that is `count` points of G1, on the curve or at infinity.
    pub(super) fn g1_points(&mut self, kind: u32, count: usize) -> Result<Vec<G1Affine>, ZkeyError> {
        self.points(kind, count, 64, decode_g1)
    }

    /// A section that is `count` points of the curve of G2 or at infinity. That they are in the group of prime order
    /// is not checked: a prover's points can only make proofs that the prover refuses.
    pub(super) fn g2_points(&mut self, kind: u32, count: usize) -> Result<Vec<G2Affine>, ZkeyError> {
        self.points(kind, count, 128, decode_g2)
    }

    fn points<P: SWCurveConfig>(
        &mut self,
        kind: u32,
        count: usize,
        size: usize,
        decode: fn(&[u8]) -> Option<Affine<P>>,
    ) -> Result<Vec<Affine<P>>, ZkeyError> {
        let mut section = self.read(kind, Some((count * size) as u64))?;
        let mut points = Vec::with_capacity(count);
        let mut buffer = Vec::new();
        for start in (0..count).step_by(CHUNK) {
            buffer.resize((count - start).min(CHUNK) * size, 0);
            section.input.read_exact(&mut buffer)?;
            let chunk: Result<Vec<_>, _> = buffer
                .par_chunks_exact(size)
                .enumerate()
                .map(|(i, bytes)| {
                    on_curve(decode(bytes)).map_err(|source| ZkeyError::Point {
                        kind,
                        index: (start + i) as u64,
                        source,
                    })
                })
                .collect();
            points.append(&mut chunk?);
        }
        Ok(points)
    }
}

fn on_curve<P: SWCurveConfig>(point: Option<Affine<P>>) -> Result<Affine<P>, PointError> {
    let point = point.ok_or(PointError::NotCanonical)?;
    let zero = point.x.is_zero() && point.y.is_zero();
    if zero || point.is_on_curve() {
        Ok(point)
    } else {
        Err(PointError::NotOnCurve)
    }
}

/// A coordinate in Montgomery form, which is how the field holds it.
fn decode_fq(bytes: &[u8]) -> Option<Fq> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(bytes.try_into().ok()?);
    }
    let montgomery = BigInt(limbs);
    (montgomery < Fq::MODULUS).then(|| Fq::new_unchecked(montgomery))
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

/// What is left of a section.
pub(super) struct Reader<'a, R> {
    pub(super) input: io::Take<&'a mut R>,
}

impl<R: Read> Reader<'_, R> {
    pub(super) fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Bytes left.
    pub(super) fn left(&self) -> u64 {
        self.input.limit()
    }

    /// A point on the curve or at infinity; `index` names it in errors, within section `kind`.
    pub(super) fn g1_of(&mut self, kind: u32, index: u64) -> Result<G1Affine, ZkeyError> {
        let bytes = self.array::<64>()?;
        on_curve(decode_g1(&bytes)).map_err(|source| ZkeyError::Point { kind, index, source })
    }

    /// As [`Self::g1_of`], on the other curve.
    pub(super) fn g2_of(&mut self, kind: u32, index: u64) -> Result<G2Affine, ZkeyError> {
        let bytes = self.array::<128>()?;
        on_curve(decode_g2(&bytes)).map_err(|source| ZkeyError::Point { kind, index, source })
    }
}
