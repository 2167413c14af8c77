use ark_bn254::Fr;
use ark_ff::Zero;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::hash::hashing::PlonkyPermutation;

use super::hash::Domain;
use super::packing::{LIMBS_PER_WORD, limbs, pack};
use super::poseidon2::permute;

/// Words of the transcript's state: two of rate and one of capacity. Grinding
/// permutes once an attempt: a wider state would absorb for less and cost the prover seconds.
pub const TRANSCRIPT_WIDTH: usize = 3;

const RATE: usize = (TRANSCRIPT_WIDTH - 1) * LIMBS_PER_WORD;

/// The state of plonky2's `Challenger`: a Poseidon2 state of which plonky2 sees six Goldilocks lanes.
///
/// Inputs are written into the lanes. A permutation packs them over the two rate words and adds the number of lanes
/// written to the capacity word, so that an input of zeros differs from none; a permutation without inputs leaves
/// the words alone. Afterwards the lanes hold the low limbs of the rate words. Only lanes are ever cut to 192 bits:
/// the words keep their full width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TranscriptState {
    words: [Fr; TRANSCRIPT_WIDTH],
    lanes: [GoldilocksField; RATE],
    /// One more than the highest lane written since the last permutation. (Grinding writes the lanes before the
    /// nonce in one call and the nonce in another, so that the number of calls would not do.)
    written: usize,
}

impl Default for TranscriptState {
    fn default() -> Self {
        Self {
            words: [Fr::zero(), Fr::zero(), Domain::Transcript.capacity()],
            lanes: [GoldilocksField::ZERO; RATE],
            written: 0,
        }
    }
}

impl AsRef<[GoldilocksField]> for TranscriptState {
    fn as_ref(&self) -> &[GoldilocksField] {
        &self.lanes
    }
}

impl PlonkyPermutation<GoldilocksField> for TranscriptState {
    const RATE: usize = RATE;
    const WIDTH: usize = RATE;

    /// plonky2 starts a transcript from zeros only, which are no input.
    fn new<I: IntoIterator<Item = GoldilocksField>>(_: I) -> Self {
        Self::default()
    }

    fn set_elt(&mut self, elt: GoldilocksField, idx: usize) {
        if self.written == 0 {
            self.lanes = [GoldilocksField::ZERO; RATE];
        }
        self.lanes[idx] = elt;
        self.written = self.written.max(idx + 1);
    }

    fn set_from_iter<I: IntoIterator<Item = GoldilocksField>>(&mut self, elts: I, start_idx: usize) {
        (start_idx..RATE)
            .zip(elts)
            .for_each(|(idx, elt)| self.set_elt(elt, idx));
    }

    fn set_from_slice(&mut self, elts: &[GoldilocksField], start_idx: usize) {
        self.set_from_iter(elts.iter().copied(), start_idx);
    }

    fn permute(&mut self) {
        if self.written > 0 {
            for (word, lanes) in self.words.iter_mut().zip(self.lanes.chunks(LIMBS_PER_WORD)) {
                *word = pack(lanes);
            }
            self.words[TRANSCRIPT_WIDTH - 1] += Fr::from(self.written as u64);
        }
        permute(&mut self.words);
        for (word, lanes) in self.words.iter().zip(self.lanes.chunks_mut(LIMBS_PER_WORD)) {
            lanes.copy_from_slice(&limbs(word));
        }
        self.written = 0;
    }

    fn squeeze(&self) -> &[GoldilocksField] {
        &self.lanes
    }
}
