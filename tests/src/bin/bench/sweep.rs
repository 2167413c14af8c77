//! Which hash the last layer's Merkle trees take: what each candidate would cost the wrap and the prover at the default
//! profile, by the number of permutations that leaves and nodes need.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, anyhow};
use ark_bn254::Fr;
use causeway_verifier_gen::bn254::LIMBS_PER_WORD;
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::wrap::Layout;
use causeway_verifier_gen::wrapper::wrap_circuit;
use light_poseidon::{Poseidon, PoseidonHasher};
use taceo_poseidon2::bn254::{t2, t3, t4, t8, t12, t16};

use crate::Bench;
use crate::row::{Row, Unit};

const ROUNDS: usize = 5;
const PERMUTATIONS: u32 = 200;

/// A permutation of some width.
struct Candidate {
    hash: &'static str,
    width: usize,
    partial_rounds: usize,
    nanoseconds: f64,
}

impl Candidate {
    /// Constraints of a permutation: three an S-box, on every word in eight rounds and on one in the others.
    const fn constraints(&self) -> usize {
        3 * (8 * self.width + self.partial_rounds)
    }

    /// Permutations that absorb a leaf of so many Goldilocks values, one word of the state kept as capacity.
    fn absorbing(&self, values: usize) -> usize {
        values.div_ceil(LIMBS_PER_WORD).div_ceil(self.width - 1)
    }
}

/// `wrap.sweep.*`: each candidate for leaves, beside that family's cheapest for nodes.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let circuit = wrap_circuit(Profile::Default)?;
    let layout = circuit.layout();
    let poseidon2 = [
        poseidon2::<2>(56, t2::permutation_in_place),
        poseidon2::<3>(56, t3::permutation_in_place),
        poseidon2::<4>(56, t4::permutation_in_place),
        poseidon2::<8>(57, t8::permutation_in_place),
        poseidon2::<12>(57, t12::permutation_in_place),
        poseidon2::<16>(57, t16::permutation_in_place),
    ];
    // Partial rounds of circomlib's instances; nodes of two words need a third of capacity there.
    let poseidon = [
        poseidon(3, 57)?,
        poseidon(4, 56)?,
        poseidon(8, 64)?,
        poseidon(12, 65)?,
    ];
    for family in [&poseidon2[..], &poseidon[..]] {
        let node = &family[0];
        for leaf in family.iter().filter(|candidate| candidate.width > 2) {
            rows(bench, layout, leaf, node);
        }
    }
    Ok(())
}

fn rows(bench: &mut Bench, layout: &Layout, leaf: &Candidate, node: &Candidate) {
    let lde_bits = layout.degree_bits + layout.rate_bits;
    let (mut constraints, mut permutations) = (0, [0.0; 2]);
    let mut tree = |height: usize, values: usize| {
        let absorbing = leaf.absorbing(values);
        let path = height - layout.cap_height;
        constraints += absorbing * leaf.constraints() + path * (node.constraints() + 1);
        let leaves = (1u64 << height) as f64;
        permutations[0] += leaves * absorbing as f64;
        permutations[1] += leaves;
    };
    layout
        .leaf_lengths()
        .iter()
        .for_each(|&values| tree(lde_bits, values));
    let mut height = lde_bits;
    for &arity_bits in &layout.arity_bits {
        height -= arity_bits;
        tree(height, 2 << arity_bits);
    }
    let seconds = (permutations[0] * leaf.nanoseconds + permutations[1] * node.nanoseconds) * 1e-9;
    let name = format!("wrap.sweep.{}.width{}", leaf.hash, leaf.width);
    let report = &mut bench.report;
    let note = format!("{} queries; nodes of width {}", layout.num_queries, node.width);
    let constraints = (constraints * layout.num_queries) as f64;
    report.row(Row::new(format!("{name}.constraints"), constraints, Unit::Constraints).note(note));
    let row = Row::new(format!("{name}.hashing"), seconds, Unit::Seconds);
    report.row(row.note(format!(
        "one core; {:.1} us a permutation",
        leaf.nanoseconds / 1e3
    )));
}

fn poseidon2<const T: usize>(partial_rounds: usize, permutation: impl Fn(&mut [Fr; T])) -> Candidate {
    let mut state = [Fr::from(7u64); T];
    Candidate {
        hash: "poseidon2",
        width: T,
        partial_rounds,
        nanoseconds: nanoseconds(|| permutation(black_box(&mut state))),
    }
}

/// light-poseidon is a plain implementation: the sparse matrices of Poseidon's paper halve its time.
fn poseidon(width: usize, partial_rounds: usize) -> Result<Candidate> {
    let mut hasher = Poseidon::<Fr>::new_circom(width - 1).map_err(|error| anyhow!("{error}"))?;
    let inputs = vec![Fr::from(7u64); width - 1];
    hasher.hash(&inputs).map_err(|error| anyhow!("{error}"))?;
    Ok(Candidate {
        hash: "poseidon",
        width,
        partial_rounds,
        nanoseconds: nanoseconds(|| _ = black_box(hasher.hash(black_box(&inputs)))),
    })
}

/// The least time of a call.
fn nanoseconds(mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        (0..PERMUTATIONS).for_each(|_| call());
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(PERMUTATIONS));
    }
    best
}
