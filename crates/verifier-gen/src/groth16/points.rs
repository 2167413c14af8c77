//! Points as 32-byte big-endian words, the form of the EVM's precompiles (EIP-196, EIP-197).

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{
    AffineRepr,
    short_weierstrass::{Affine, SWCurveConfig},
};
use ark_ff::{BigInt, PrimeField};

/// A word of the EVM, big-endian.
pub type Word = [u8; 32];

/// Why coordinates are not a point that a key or a proof may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointError {
    /// A coordinate is not below the modulus of the base field.
    #[error("a coordinate is not below the field modulus")]
    NotCanonical,
    /// The point at infinity.
    #[error("the point is at infinity")]
    Infinity,
    /// The coordinates do not satisfy the curve equation.
    #[error("the point is not on the curve")]
    NotOnCurve,
    /// The point is on the curve, outside the group of prime order.
    #[error("the point is not in the group of prime order")]
    WrongSubgroup,
}

/// Refuses infinity, points off the curve and points outside the group of prime order.
pub(super) fn check_point<P: SWCurveConfig>(point: &Affine<P>) -> Result<(), PointError> {
    if point.is_zero() {
        Err(PointError::Infinity)
    } else if !point.is_on_curve() {
        Err(PointError::NotOnCurve)
    } else if !point.is_in_correct_subgroup_assuming_on_curve() {
        Err(PointError::WrongSubgroup)
    } else {
        Ok(())
    }
}

fn to_word<F: PrimeField<BigInt = BigInt<4>>>(value: F) -> Word {
    big_endian(value.into_bigint())
}

fn big_endian(value: BigInt<4>) -> Word {
    let mut word = [0; 32];
    for (bytes, limb) in word.rchunks_exact_mut(8).zip(value.0) {
        bytes.copy_from_slice(&limb.to_be_bytes());
    }
    word
}

fn from_word<F: PrimeField<BigInt = BigInt<4>>>(word: &Word) -> Option<F> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(word.rchunks_exact(8)) {
        *limb = u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
    }
    F::from_bigint(BigInt(limbs))
}

/// The order of the groups as a word.
pub fn scalar_modulus() -> Word {
    big_endian(Fr::MODULUS)
}

/// A scalar as a word.
pub fn scalar_to_word(scalar: Fr) -> Word {
    to_word(scalar)
}

/// The scalar of a word, unless the word is not below the group order.
pub fn scalar_from_word(word: &Word) -> Option<Fr> {
    from_word(word)
}

/// x, y. Infinity is (0, 0), as for the precompiles.
pub fn g1_to_words(point: &G1Affine) -> [Word; 2] {
    [to_word(point.x), to_word(point.y)]
}

/// x and y, of each the imaginary part first, as EIP-197 orders them.
pub fn g2_to_words(point: &G2Affine) -> [Word; 4] {
    [
        to_word(point.x.c1),
        to_word(point.x.c0),
        to_word(point.y.c1),
        to_word(point.y.c0),
    ]
}

/// The point of the group that [`g1_to_words`] writes so; infinity is refused.
pub fn g1_from_words(words: &[Word; 2]) -> Result<G1Affine, PointError> {
    let [x, y] = words
        .each_ref()
        .map(|word| from_word::<Fq>(word).ok_or(PointError::NotCanonical));
    let point = G1Affine::new_unchecked(x?, y?);
    check_point(&point).map(|()| point)
}

/// The point of the group that [`g2_to_words`] writes so; infinity is refused.
pub fn g2_from_words(words: &[Word; 4]) -> Result<G2Affine, PointError> {
    let [x1, x0, y1, y0] = words
        .each_ref()
        .map(|word| from_word::<Fq>(word).ok_or(PointError::NotCanonical));
    let point = G2Affine::new_unchecked(Fq2::new(x0?, x1?), Fq2::new(y0?, y1?));
    check_point(&point).map(|()| point)
}

/// Words as hexadecimal strings with 0x, for serde.
pub(super) mod hex_words {
    use serde::{Deserialize, Deserializer, Serializer, de::Error, ser::SerializeSeq};

    use super::Word;

    pub(in super::super) fn serialize<S: Serializer, const N: usize>(
        words: &[Word; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(N))?;
        for word in words {
            sequence.serialize_element(&format!("0x{}", hex::encode(word)))?;
        }
        sequence.end()
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[Word; N], D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let mut words = [[0; 32]; N];
        if texts.len() != N {
            return Err(D::Error::invalid_length(texts.len(), &"one string per word"));
        }
        for (word, text) in words.iter_mut().zip(&texts) {
            hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), word).map_err(D::Error::custom)?;
        }
        Ok(words)
    }
}
