//! A proof as witness.

use ark_bn254::Fr;
use ark_ff::Zero;
use plonky2::field::extension::FieldExtension;
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::PrimeField64;
use plonky2::fri::proof::FriQueryRound;
use plonky2::hash::merkle_proofs::MerkleProof;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::plonk::circuit_data::VerifierOnlyCircuitData;
use plonky2::plonk::proof::ProofWithPublicInputs;

use super::extension::Ext;
use super::goldilocks::Gl;
use super::layout::Layout;
use super::lc::Lc;
use super::synth::Synth;
use crate::bn254::{Bn254Config, Bn254Hash, NUM_PUBLIC_INPUTS};

/// Bits of each of the four limbs of a statement digest.
pub const STATEMENT_LIMB_BITS: usize = 62;

/// A proof under [`Bn254Config`].
pub type LastProof = ProofWithPublicInputs<GoldilocksField, Bn254Config, 2>;
/// A verifying key under [`Bn254Config`].
pub type LastKey = VerifierOnlyCircuitData<Bn254Config, 2>;

/// A list of the proof whose length is not the circuit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} has {found} entries, the circuit {expected}")]
pub struct WrongLength {
    /// plonky2's name of the list.
    pub field: &'static str,
    /// Length in the circuit.
    pub expected: usize,
    /// Length in the proof.
    pub found: usize,
}

/// Values of a proof and its key in the order in which the circuit takes them.
#[derive(Clone, Debug)]
pub struct ProofValues {
    circuit_digest: Fr,
    public_inputs: Vec<u64>,
    /// constants and sigmas, wires, zs and partial products, quotient
    caps: [Vec<Fr>; 4],
    openings: OpeningValues,
    commit_caps: Vec<Vec<Fr>>,
    final_poly: Vec<[u64; 2]>,
    pow_witness: u64,
    queries: Vec<QueryValues>,
}

#[derive(Clone, Debug)]
struct OpeningValues {
    constants: Vec<[u64; 2]>,
    sigmas: Vec<[u64; 2]>,
    wires: Vec<[u64; 2]>,
    zs: Vec<[u64; 2]>,
    zs_next: Vec<[u64; 2]>,
    partial_products: Vec<[u64; 2]>,
    quotient: Vec<[u64; 2]>,
}

#[derive(Clone, Debug)]
struct QueryValues {
    initial: Vec<(Vec<u64>, Vec<Fr>)>,
    steps: Vec<(Vec<[u64; 2]>, Vec<Fr>)>,
}

fn ext(value: &QuadraticExtension<GoldilocksField>) -> [u64; 2] {
    let coefficients: [GoldilocksField; 2] = value.to_basefield_array();
    coefficients.map(|c| c.to_canonical_u64())
}

fn exts(values: &[QuadraticExtension<GoldilocksField>]) -> Vec<[u64; 2]> {
    values.iter().map(ext).collect()
}

fn cap(cap: &MerkleCap<GoldilocksField, Bn254Hash>) -> Vec<Fr> {
    cap.0.iter().map(|digest| digest.0).collect()
}

fn siblings(proof: &MerkleProof<GoldilocksField, Bn254Hash>) -> Vec<Fr> {
    proof.siblings.iter().map(|digest| digest.0).collect()
}

fn query(round: &FriQueryRound<GoldilocksField, Bn254Hash, 2>) -> QueryValues {
    let values = |leaf: &[GoldilocksField]| leaf.iter().map(PrimeField64::to_canonical_u64).collect();
    let initial = round.initial_trees_proof.evals_proofs.iter();
    let initial = initial
        .map(|(leaf, path)| (values(leaf), siblings(path)))
        .collect();
    let steps = round
        .steps
        .iter()
        .map(|step| (exts(&step.evals), siblings(&step.merkle_proof)))
        .collect();
    QueryValues { initial, steps }
}

fn length<T>(field: &'static str, list: &[T], expected: usize) -> Result<(), WrongLength> {
    let found = list.len();
    if found == expected {
        Ok(())
    } else {
        Err(WrongLength {
            field,
            expected,
            found,
        })
    }
}

impl ProofValues {
    /// Reads a proof and its key, refusing any list of another length than the circuit's.
    pub fn new(layout: &Layout, proof: &LastProof, key: &LastKey) -> Result<Self, WrongLength> {
        let plonk = &proof.proof;
        let (openings, fri) = (&plonk.openings, &plonk.opening_proof);
        let values = Self {
            circuit_digest: key.circuit_digest.0,
            public_inputs: proof
                .public_inputs
                .iter()
                .map(PrimeField64::to_canonical_u64)
                .collect(),
            caps: [
                &key.constants_sigmas_cap,
                &plonk.wires_cap,
                &plonk.plonk_zs_partial_products_cap,
                &plonk.quotient_polys_cap,
            ]
            .map(cap),
            openings: OpeningValues {
                constants: exts(&openings.constants),
                sigmas: exts(&openings.plonk_sigmas),
                wires: exts(&openings.wires),
                zs: exts(&openings.plonk_zs),
                zs_next: exts(&openings.plonk_zs_next),
                partial_products: exts(&openings.partial_products),
                quotient: exts(&openings.quotient_polys),
            },
            commit_caps: fri.commit_phase_merkle_caps.iter().map(cap).collect(),
            final_poly: exts(&fri.final_poly.coeffs),
            pow_witness: fri.pow_witness.to_canonical_u64(),
            queries: fri.query_round_proofs.iter().map(query).collect(),
        };
        length("lookup_zs", &openings.lookup_zs, 0)?;
        length("lookup_zs_next", &openings.lookup_zs_next, 0)?;
        values.check(layout)?;
        Ok(values)
    }

    /// A proof of zeros, of the circuit's shape: enough to build the constraints, which never depend on values.
    pub fn blank(layout: &Layout) -> Self {
        let words = |n: usize| vec![Fr::zero(); n];
        let ext = |n: usize| vec![[0u64; 2]; n];
        let cap = || words(1 << layout.cap_height);
        let mut height = layout.lde_bits() - layout.cap_height;
        let initial = layout.leaf_lengths().map(|n| (vec![0u64; n], words(height)));
        let steps = layout
            .arity_bits
            .iter()
            .map(|&bits| {
                height -= bits;
                (ext(1 << bits), words(height))
            })
            .collect();
        let query = QueryValues {
            initial: initial.into(),
            steps,
        };
        Self {
            circuit_digest: Fr::zero(),
            public_inputs: vec![0; NUM_PUBLIC_INPUTS],
            caps: [cap(), cap(), cap(), cap()],
            openings: OpeningValues {
                constants: ext(layout.num_constants),
                sigmas: ext(layout.num_routed_wires),
                wires: ext(layout.num_wires),
                zs: ext(layout.num_challenges),
                zs_next: ext(layout.num_challenges),
                partial_products: ext(layout.num_challenges * layout.num_partial_products),
                quotient: ext(layout.num_challenges * layout.quotient_degree_factor),
            },
            commit_caps: layout.arity_bits.iter().map(|_| cap()).collect(),
            final_poly: ext(layout.final_poly_len()),
            pow_witness: 0,
            queries: vec![query; layout.num_queries],
        }
    }

    fn check(&self, layout: &Layout) -> Result<(), WrongLength> {
        let blank = Self::blank(layout);
        length("public_inputs", &self.public_inputs, NUM_PUBLIC_INPUTS)?;
        let caps = [
            "constants_sigmas_cap",
            "wires_cap",
            "plonk_zs_partial_products_cap",
            "quotient_polys_cap",
        ];
        for ((field, ours), expected) in caps.iter().zip(&self.caps).zip(&blank.caps) {
            length(field, ours, expected.len())?;
        }
        let (ours, expected) = (&self.openings, &blank.openings);
        length("openings.constants", &ours.constants, expected.constants.len())?;
        length("openings.plonk_sigmas", &ours.sigmas, expected.sigmas.len())?;
        length("openings.wires", &ours.wires, expected.wires.len())?;
        length("openings.plonk_zs", &ours.zs, expected.zs.len())?;
        length("openings.plonk_zs_next", &ours.zs_next, expected.zs_next.len())?;
        length(
            "openings.partial_products",
            &ours.partial_products,
            expected.partial_products.len(),
        )?;
        length("openings.quotient_polys", &ours.quotient, expected.quotient.len())?;
        length(
            "commit_phase_merkle_caps",
            &self.commit_caps,
            blank.commit_caps.len(),
        )?;
        for (ours, expected) in self.commit_caps.iter().zip(&blank.commit_caps) {
            length("commit_phase_merkle_caps", ours, expected.len())?;
        }
        length("final_poly", &self.final_poly, blank.final_poly.len())?;
        length("query_round_proofs", &self.queries, blank.queries.len())?;
        for (ours, expected) in self.queries.iter().zip(&blank.queries) {
            length("evals_proofs", &ours.initial, expected.initial.len())?;
            for (ours, expected) in ours.initial.iter().zip(&expected.initial) {
                length("initial leaf", &ours.0, expected.0.len())?;
                length("initial merkle_proof", &ours.1, expected.1.len())?;
            }
            length("steps", &ours.steps, expected.steps.len())?;
            for (ours, expected) in ours.steps.iter().zip(&expected.steps) {
                length("step evals", &ours.0, expected.0.len())?;
                length("step merkle_proof", &ours.1, expected.1.len())?;
            }
        }
        Ok(())
    }

    /// The key's words in the order of its program digest: circuit digest, then every entry of the cap.
    pub fn key_words(&self) -> impl Iterator<Item = Fr> + '_ {
        std::iter::once(self.circuit_digest).chain(self.caps[0].iter().copied())
    }

    /// The public inputs.
    pub fn public_inputs(&self) -> &[u64] {
        &self.public_inputs
    }
}

/// A proof in the circuit. Goldilocks values are bounded; digests are whole scalars.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) circuit_digest: Lc,
    pub(super) public_inputs: Vec<Gl>,
    pub(super) caps: [Vec<Lc>; 4],
    pub(super) openings: Openings,
    pub(super) commit_caps: Vec<Vec<Lc>>,
    pub(super) final_poly: Vec<Ext>,
    pub(super) pow_witness: Gl,
}

#[derive(Debug)]
pub(super) struct Openings {
    pub(super) constants: Vec<Ext>,
    pub(super) sigmas: Vec<Ext>,
    pub(super) wires: Vec<Ext>,
    pub(super) zs: Vec<Ext>,
    pub(super) zs_next: Vec<Ext>,
    pub(super) partial_products: Vec<Ext>,
    pub(super) quotient: Vec<Ext>,
}

impl Openings {
    /// The openings at zeta, in the order of the FRI batch.
    pub(super) fn at_zeta(&self) -> impl Iterator<Item = &Ext> {
        self.constants
            .iter()
            .chain(&self.sigmas)
            .chain(&self.wires)
            .chain(&self.zs)
            .chain(&self.partial_products)
            .chain(&self.quotient)
    }
}

/// A query in the circuit.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) initial: Vec<(Vec<Gl>, Vec<Lc>)>,
    pub(super) steps: Vec<(Vec<Ext>, Vec<Lc>)>,
}

impl Proof {
    pub(super) fn alloc(cs: &mut Synth, values: &ProofValues) -> Self {
        let words = |cs: &mut Synth, words: &[Fr]| words.iter().map(|&w| cs.alloc_unchecked(w)).collect();
        let exts = |cs: &mut Synth, v: &[[u64; 2]]| v.iter().map(|&e| cs.alloc_ext(e)).collect();
        let openings = &values.openings;
        Self {
            circuit_digest: cs.alloc_unchecked(values.circuit_digest),
            public_inputs: values
                .public_inputs
                .iter()
                .map(|&value| {
                    let lc = cs.alloc_unchecked(Fr::from(value));
                    let bits = cs.bits_of(&lc, STATEMENT_LIMB_BITS);
                    Gl::from_bits(&bits)
                })
                .collect(),
            caps: values.caps.each_ref().map(|cap| words(cs, cap)),
            openings: Openings {
                constants: exts(cs, &openings.constants),
                sigmas: exts(cs, &openings.sigmas),
                wires: exts(cs, &openings.wires),
                zs: exts(cs, &openings.zs),
                zs_next: exts(cs, &openings.zs_next),
                partial_products: exts(cs, &openings.partial_products),
                quotient: exts(cs, &openings.quotient),
            },
            commit_caps: values.commit_caps.iter().map(|cap| words(cs, cap)).collect(),
            final_poly: exts(cs, &values.final_poly),
            pow_witness: cs.alloc_gl(values.pow_witness).0,
        }
    }
}

impl Query {
    /// Allocates the queries one at a time, where they are used.
    pub(super) fn alloc(cs: &mut Synth, values: &ProofValues, index: usize) -> Self {
        let words = |cs: &mut Synth, words: &[Fr]| words.iter().map(|&w| cs.alloc_unchecked(w)).collect();
        let query = &values.queries[index];
        let initial = query.initial.iter();
        let initial = initial
            .map(|(leaf, path)| (leaf.iter().map(|&v| cs.alloc_gl(v).0).collect(), words(cs, path)))
            .collect();
        let steps = query.steps.iter();
        let steps = steps
            .map(|(evals, path)| (evals.iter().map(|&e| cs.alloc_ext(e)).collect(), words(cs, path)))
            .collect();
        Self { initial, steps }
    }
}
