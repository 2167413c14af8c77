//! The transcript in constraints: plonky2's `Challenger` over [`crate::bn254::TranscriptState`].

use ark_bn254::Fr;

use super::bits::{Bit, number};
use super::extension::Ext;
use super::goldilocks::Gl;
use super::lc::Lc;
use super::synth::Synth;
use crate::bn254::{Digest, Domain, LIMBS_PER_WORD, TRANSCRIPT_WIDTH};

const RATE_WORDS: usize = TRANSCRIPT_WIDTH - 1;
const RATE: usize = RATE_WORDS * LIMBS_PER_WORD;
const LIMB_BITS: usize = 64;

/// A challenge as the 64-bit integer that the sponge gave; its residue is what plonky2 uses.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    /// The value.
    pub gl: Gl,
    /// Its bits, lowest first.
    pub bits: Vec<Bit>,
}

/// Observes 64-bit integers and gives challenges.
#[derive(Debug)]
pub(super) struct Challenger {
    words: [Lc; TRANSCRIPT_WIDTH],
    inputs: Vec<Lc>,
    outputs_left: usize,
    /// Bits of a rate word, made when its first limb is asked for.
    bits: [Option<Vec<Bit>>; RATE_WORDS],
}

impl Default for Challenger {
    fn default() -> Self {
        Self {
            words: [
                Lc::zero(),
                Lc::zero(),
                Lc::constant(Domain::Transcript.capacity()),
            ],
            inputs: Vec::new(),
            outputs_left: 0,
            bits: [None, None],
        }
    }
}

/// Three 64-bit integers in a word.
pub(super) fn pack(limbs: &[Lc]) -> Lc {
    let scaled: Vec<Lc> = limbs
        .iter()
        .enumerate()
        .map(|(i, limb)| limb * shift(i))
        .collect();
    Lc::sum(&scaled)
}

/// `2^(64 i)`.
fn shift(i: usize) -> Fr {
    ark_ff::Field::pow(&Fr::from(2u64), [(LIMB_BITS * i) as u64])
}

impl Challenger {
    /// Observes an integer that the caller has bounded by 64 bits.
    fn observe_limb(&mut self, cs: &mut Synth, limb: Lc) {
        self.outputs_left = 0;
        self.inputs.push(limb);
        if self.inputs.len() == RATE {
            self.duplex(cs);
        }
    }

    /// Observes a constant.
    pub(super) fn observe_constant(&mut self, cs: &mut Synth, value: u64) {
        self.observe_limb(cs, Lc::constant(Fr::from(value)));
    }

    /// Observes a value.
    ///
    /// # Panics
    /// If it is not reduced: two values could then be packed into the same word.
    pub(super) fn observe(&mut self, cs: &mut Synth, value: &Gl) {
        assert!(value.is_reduced(), "the transcript takes reduced values");
        self.observe_limb(cs, value.lc().clone());
    }

    /// Observes an extension element, lowest coefficient first.
    pub(super) fn observe_ext(&mut self, cs: &mut Synth, value: &Ext) {
        value.c.iter().for_each(|c| self.observe(cs, c));
    }

    /// Observes a digest in chunks of 56 bits of its canonical value.
    pub(super) fn observe_digest(&mut self, cs: &mut Synth, digest: &Lc) {
        let bits = cs.canonical_bits(digest);
        bits.chunks(Digest::CHUNK_BITS)
            .for_each(|chunk| self.observe_limb(cs, number(chunk)));
    }

    /// Observes the digests of a cap.
    pub(super) fn observe_cap(&mut self, cs: &mut Synth, cap: &[Lc]) {
        cap.iter().for_each(|digest| self.observe_digest(cs, digest));
    }

    /// The next challenge.
    pub(super) fn challenge(&mut self, cs: &mut Synth) -> Challenge {
        if !self.inputs.is_empty() || self.outputs_left == 0 {
            self.duplex(cs);
        }
        self.outputs_left -= 1;
        let (word, limb) = (
            self.outputs_left / LIMBS_PER_WORD,
            self.outputs_left % LIMBS_PER_WORD,
        );
        let bits = self.bits[word].get_or_insert_with(|| cs.canonical_bits(&self.words[word]));
        let bits = bits[limb * LIMB_BITS..][..LIMB_BITS].to_vec();
        Challenge {
            gl: Gl::from_bits(&bits),
            bits,
        }
    }

    /// The next `n` challenges.
    pub(super) fn challenges(&mut self, cs: &mut Synth, n: usize) -> Vec<Gl> {
        (0..n).map(|_| self.challenge(cs).gl).collect()
    }

    /// The next challenge in the extension.
    pub(super) fn challenge_ext(&mut self, cs: &mut Synth) -> Ext {
        let c0 = self.challenge(cs).gl;
        Ext::new(c0, self.challenge(cs).gl)
    }

    fn duplex(&mut self, cs: &mut Synth) {
        let written = self.inputs.len();
        if written > 0 {
            for (i, word) in self.words[..RATE_WORDS].iter_mut().enumerate() {
                let start = (i * LIMBS_PER_WORD).min(written);
                let end = ((i + 1) * LIMBS_PER_WORD).min(written);
                *word = pack(&self.inputs[start..end]);
            }
            self.words[RATE_WORDS] = &self.words[RATE_WORDS] + &Lc::constant(Fr::from(written as u64));
            self.inputs.clear();
        }
        self.words = cs.permute(&self.words);
        self.outputs_left = RATE;
        self.bits = [None, None];
    }
}
