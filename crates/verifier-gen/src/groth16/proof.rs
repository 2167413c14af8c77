use std::fmt;

use ark_bn254::{G1Affine, G2Affine};
use serde::{Deserialize, Serialize};

use super::points::{
    PointError, Word, check_point, g1_from_words, g1_to_words, g2_from_words, g2_to_words, hex_words,
};

/// A point of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofElement {
    /// A, in G1.
    A,
    /// B, in G2.
    B,
    /// C, in G1.
    C,
}

impl fmt::Display for ProofElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A point of a would-be proof is not in its group, or at infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("proof element {element}: {source}")]
pub struct InvalidProof {
    /// Which point.
    pub element: ProofElement,
    /// What is wrong with it.
    pub source: PointError,
}

/// A Groth16 proof: three points of their groups, none at infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ProofJson", into = "ProofJson")]
pub struct Proof {
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
}

impl Proof {
    /// Length in bytes: eight words.
    pub const LEN: usize = 256;

    /// A proof of these points, each checked.
    pub fn new(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Self, InvalidProof> {
        let at = |element| move |source| InvalidProof { element, source };
        check_point(&a).map_err(at(ProofElement::A))?;
        check_point(&b).map_err(at(ProofElement::B))?;
        check_point(&c).map_err(at(ProofElement::C))?;
        Ok(Self { a, b, c })
    }

    /// A, in G1.
    pub const fn a(&self) -> &G1Affine {
        &self.a
    }

    /// B, in G2.
    pub const fn b(&self) -> &G2Affine {
        &self.b
    }

    /// C, in G1.
    pub const fn c(&self) -> &G1Affine {
        &self.c
    }

    /// `[A.x, A.y, B.x.im, B.x.re, B.y.im, B.y.re, C.x, C.y]`, as the pairing precompile (EIP-197) reads points.
    pub fn to_evm_words(&self) -> [Word; 8] {
        let ([ax, ay], [cx, cy]) = (g1_to_words(&self.a), g1_to_words(&self.c));
        let [bx1, bx0, by1, by0] = g2_to_words(&self.b);
        [ax, ay, bx1, bx0, by1, by0, cx, cy]
    }

    /// The proof that [`Self::to_evm_words`] writes so.
    pub fn from_evm_words(words: &[Word; 8]) -> Result<Self, InvalidProof> {
        let at = |element| move |source| InvalidProof { element, source };
        let [ax, ay, bx1, bx0, by1, by0, cx, cy] = *words;
        Ok(Self {
            a: g1_from_words(&[ax, ay]).map_err(at(ProofElement::A))?,
            b: g2_from_words(&[bx1, bx0, by1, by0]).map_err(at(ProofElement::B))?,
            c: g1_from_words(&[cx, cy]).map_err(at(ProofElement::C))?,
        })
    }

    /// The words of [`Self::to_evm_words`] in a row.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        for (chunk, word) in bytes.chunks_exact_mut(32).zip(self.to_evm_words()) {
            chunk.copy_from_slice(&word);
        }
        bytes
    }

    /// The proof that [`Self::to_bytes`] writes so.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, InvalidProof> {
        let mut words = [[0; 32]; 8];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(32)) {
            word.copy_from_slice(chunk);
        }
        Self::from_evm_words(&words)
    }
}

/// The JSON form of a proof: points in the EVM's order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofJson {
    #[serde(with = "hex_words")]
    a: [Word; 2],
    #[serde(with = "hex_words")]
    b: [Word; 4],
    #[serde(with = "hex_words")]
    c: [Word; 2],
}

impl From<Proof> for ProofJson {
    fn from(proof: Proof) -> Self {
        Self {
            a: g1_to_words(&proof.a),
            b: g2_to_words(&proof.b),
            c: g1_to_words(&proof.c),
        }
    }
}

impl TryFrom<ProofJson> for Proof {
    type Error = InvalidProof;

    fn try_from(json: ProofJson) -> Result<Self, InvalidProof> {
        let ([ax, ay], [cx, cy], [bx1, bx0, by1, by0]) = (json.a, json.c, json.b);
        Self::from_evm_words(&[ax, ay, bx1, bx0, by1, by0, cx, cy])
    }
}
