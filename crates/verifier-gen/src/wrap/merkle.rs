//! Merkle paths in constraints.

use super::bits::Bit;
use super::challenger::pack;
use super::goldilocks::Gl;
use super::lc::Lc;
use super::synth::Synth;
use crate::bn254::{Domain, LIMBS_PER_WORD};

impl Synth {
    /// The digest of a leaf.
    ///
    /// # Panics
    /// If a value is not reduced: two leaves could then have one digest.
    pub fn leaf_digest(&mut self, leaf: &[Gl]) -> Lc {
        assert!(leaf.iter().all(Gl::is_reduced), "leaves hold reduced values");
        let limbs: Vec<Lc> = leaf.iter().map(|value| value.lc().clone()).collect();
        let words: Vec<Lc> = limbs.chunks(LIMBS_PER_WORD).map(pack).collect();
        self.hash_words(Domain::Leaf(leaf.len()), &words)
    }

    /// Constrains a leaf with this digest to stand at the little-endian `index` of the tree with this cap.
    ///
    /// # Panics
    /// If `index` does not have one bit per level of the path and of the cap.
    pub fn verify_path(&mut self, digest: &Lc, index: &[Bit], path: &[Lc], cap: &[Lc]) {
        let (below, above) = index.split_at(path.len());
        let mut current = digest.clone();
        for (bit, sibling) in below.iter().zip(path) {
            let swapped = self.mul(bit.lc(), &(sibling - &current));
            let (left, right) = (&current + &swapped, sibling - &swapped);
            current = self.compress(&left, &right);
        }
        let expected = self.select_many(above, cap);
        self.enforce_equal(&current, &expected);
    }
}
