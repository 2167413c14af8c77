//! Proofs and keys of a fixed shape as flat lists of field elements.
//!
//! The shape fixes every length, so nothing is length-prefixed and nothing a reader meets can make it allocate.
//! Order: key (circuit digest, cap), public inputs, the three caps, openings, then FRI: caps, final polynomial, grinding
//! witness, query rounds (four leaves each with its path, then the folding steps).

use plonky2::field::extension::{Extendable, FieldExtension};
use plonky2::field::polynomial::PolynomialCoeffs;
use plonky2::fri::proof::{FriInitialTreeProof, FriProof, FriQueryRound, FriQueryStep};
use plonky2::hash::hash_types::HashOut;
use plonky2::hash::merkle_proofs::MerkleProof;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::plonk::circuit_data::{CommonCircuitData, VerifierOnlyCircuitData};
use plonky2::plonk::proof::{OpeningSet, Proof, ProofWithPublicInputs};

use crate::config::{C, D, F};
use crate::proof_shape::leaf_lengths;

type Extension = <F as Extendable<D>>::Extension;
type Cap = MerkleCap<F, PoseidonHash>;
type Path = MerkleProof<F, PoseidonHash>;
/// A proof and the key it verifies under.
pub(crate) type Pair = (ProofWithPublicInputs<F, C, D>, VerifierOnlyCircuitData<C, D>);

/// Lists a proof and its key. The lengths are those of the proof: check its shape first.
pub(crate) fn flatten(proof: &ProofWithPublicInputs<F, C, D>, key: &VerifierOnlyCircuitData<C, D>) -> Vec<F> {
    let mut out = Writer(Vec::new());
    out.hashes(&[key.circuit_digest]);
    out.hashes(&key.constants_sigmas_cap.0);
    out.0.extend(&proof.public_inputs);
    let Proof {
        wires_cap,
        plonk_zs_partial_products_cap,
        quotient_polys_cap,
        openings,
        opening_proof,
    } = &proof.proof;
    out.hashes(&wires_cap.0);
    out.hashes(&plonk_zs_partial_products_cap.0);
    out.hashes(&quotient_polys_cap.0);
    for values in [
        &openings.constants,
        &openings.plonk_sigmas,
        &openings.wires,
        &openings.plonk_zs,
        &openings.plonk_zs_next,
        &openings.partial_products,
        &openings.quotient_polys,
    ] {
        out.extensions(values);
    }
    for cap in &opening_proof.commit_phase_merkle_caps {
        out.hashes(&cap.0);
    }
    out.extensions(&opening_proof.final_poly.coeffs);
    out.0.push(opening_proof.pow_witness);
    for round in &opening_proof.query_round_proofs {
        for (leaf, path) in &round.initial_trees_proof.evals_proofs {
            out.0.extend(leaf);
            out.hashes(&path.siblings);
        }
        for step in &round.steps {
            out.extensions(&step.evals);
            out.hashes(&step.merkle_proof.siblings);
        }
    }
    out.0
}

/// Reads back what [`flatten`] listed; `None` unless the list has exactly the shape's length.
pub(crate) fn unflatten(common: &CommonCircuitData<F, D>, elements: &[F]) -> Option<Pair> {
    let mut input = Reader(elements);
    let (config, params) = (&common.config, &common.fri_params);
    let (challenges, cap_height) = (config.num_challenges, params.config.cap_height);
    let key = VerifierOnlyCircuitData {
        circuit_digest: *input.hashes(1)?.first()?,
        constants_sigmas_cap: input.cap(cap_height)?,
    };
    let public_inputs = input.take(common.num_public_inputs)?.to_vec();
    let (wires_cap, plonk_zs_partial_products_cap, quotient_polys_cap) = (
        input.cap(cap_height)?,
        input.cap(cap_height)?,
        input.cap(cap_height)?,
    );
    let openings = OpeningSet {
        constants: input.extensions(common.num_constants)?,
        plonk_sigmas: input.extensions(config.num_routed_wires)?,
        wires: input.extensions(config.num_wires)?,
        plonk_zs: input.extensions(challenges)?,
        plonk_zs_next: input.extensions(challenges)?,
        partial_products: input.extensions(challenges * common.num_partial_products)?,
        quotient_polys: input.extensions(challenges * common.quotient_degree_factor)?,
        lookup_zs: Vec::new(),
        lookup_zs_next: Vec::new(),
    };
    let commit_phase_merkle_caps = params
        .reduction_arity_bits
        .iter()
        .map(|_| input.cap(cap_height))
        .collect::<Option<Vec<_>>>()?;
    let final_poly = PolynomialCoeffs::new(input.extensions(params.final_poly_len())?);
    let pow_witness = *input.take(1)?.first()?;
    let query_round_proofs = (0..params.config.num_query_rounds)
        .map(|_| input.round(common))
        .collect::<Option<Vec<_>>>()?;
    let opening_proof = FriProof {
        commit_phase_merkle_caps,
        query_round_proofs,
        final_poly,
        pow_witness,
    };
    let proof = Proof {
        wires_cap,
        plonk_zs_partial_products_cap,
        quotient_polys_cap,
        openings,
        opening_proof,
    };
    input
        .0
        .is_empty()
        .then_some((ProofWithPublicInputs { proof, public_inputs }, key))
}

/// Number of elements that [`flatten`] lists for a proof of this shape.
pub(crate) fn flat_length(common: &CommonCircuitData<F, D>) -> usize {
    let (config, params) = (&common.config, &common.fri_params);
    let hash = 4;
    let cap = hash << params.config.cap_height;
    let openings = leaf_lengths(common).iter().sum::<usize>() + config.num_challenges;
    let path = |bits: usize| hash * (bits - params.config.cap_height);
    let mut round: usize = leaf_lengths(common)
        .iter()
        .map(|leaf| leaf + path(params.lde_bits()))
        .sum();
    let mut bits = params.lde_bits();
    for arity_bits in &params.reduction_arity_bits {
        bits -= arity_bits;
        round += (D << arity_bits) + path(bits);
    }
    hash + cap * (4 + params.reduction_arity_bits.len())
        + common.num_public_inputs
        + D * (openings + params.final_poly_len())
        + 1
        + params.config.num_query_rounds * round
}

struct Writer(Vec<F>);

impl Writer {
    fn hashes(&mut self, hashes: &[HashOut<F>]) {
        self.0.extend(hashes.iter().flat_map(|hash| hash.elements));
    }

    fn extensions(&mut self, values: &[Extension]) {
        self.0
            .extend(values.iter().flat_map(FieldExtension::<D>::to_basefield_array));
    }
}

struct Reader<'a>(&'a [F]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [F]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn hashes(&mut self, count: usize) -> Option<Vec<HashOut<F>>> {
        let elements = self.take(4 * count)?;
        Some(
            elements
                .chunks_exact(4)
                .map(|four| HashOut {
                    elements: [four[0], four[1], four[2], four[3]],
                })
                .collect(),
        )
    }

    fn cap(&mut self, height: usize) -> Option<Cap> {
        Some(MerkleCap(self.hashes(1 << height)?))
    }

    fn path(&mut self, length: usize) -> Option<Path> {
        Some(MerkleProof {
            siblings: self.hashes(length)?,
        })
    }

    fn extensions(&mut self, count: usize) -> Option<Vec<Extension>> {
        let elements = self.take(D * count)?;
        Some(
            elements
                .chunks_exact(D)
                .map(|two| <Extension as FieldExtension<D>>::from_basefield_array([two[0], two[1]]))
                .collect(),
        )
    }

    fn round(&mut self, common: &CommonCircuitData<F, D>) -> Option<FriQueryRound<F, PoseidonHash, D>> {
        let params = &common.fri_params;
        let cap_height = params.config.cap_height;
        let evals_proofs = leaf_lengths(common)
            .into_iter()
            .map(|leaf| {
                Some((
                    self.take(leaf)?.to_vec(),
                    self.path(params.lde_bits() - cap_height)?,
                ))
            })
            .collect::<Option<Vec<_>>>()?;
        let mut bits = params.lde_bits();
        let mut steps = Vec::with_capacity(params.reduction_arity_bits.len());
        for arity_bits in &params.reduction_arity_bits {
            bits -= arity_bits;
            let evals = self.extensions(1 << arity_bits)?;
            steps.push(FriQueryStep {
                evals,
                merkle_proof: self.path(bits - cap_height)?,
            });
        }
        Some(FriQueryRound {
            initial_trees_proof: FriInitialTreeProof { evals_proofs },
            steps,
        })
    }
}
