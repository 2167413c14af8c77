//! Each part of the verifier by itself, under the challenges of an honest proof: there a changed field cannot hide
//! behind the challenges that it changes.

use std::sync::LazyLock;

use ark_bn254::Fr;
use ark_ff::One;
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::Field;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitData, CommonCircuitData};

use super::super::challenger::{Challenge, Challenger};
use super::super::extension::Ext;
use super::super::fri::FriChallenges;
use super::super::goldilocks::Gl;
use super::super::layout::{Layout, UnsupportedCircuit};
use super::super::plonk::PlonkChallenges;
use super::super::proof::{LastKey, LastProof, Proof, ProofValues};
use super::super::{WrapCircuit, fri, fri_challenges, plonk, plonk_challenges};
use super::{F, Synth, build};
use crate::bn254::{Bn254Config, Bn254Hash, Digest};
use crate::last::config;

/// A list of openings.
type List = fn(&mut Openings) -> &mut Vec<QuadraticExtension<F>>;

/// The same for all tests: a build and a proof take seconds.
static CASE: LazyLock<Case> = LazyLock::new(Case::new);

struct Case {
    common: CommonCircuitData<F, 2>,
    wrap: WrapCircuit,
    key: LastKey,
    proof: LastProof,
    transcript: Transcript,
}

/// The challenges of the honest proof as numbers.
struct Transcript {
    betas: Vec<u64>,
    gammas: Vec<u64>,
    alphas: Vec<u64>,
    zeta: [u64; 2],
    fri_alpha: [u64; 2],
    fri_betas: Vec<[u64; 2]>,
    pow_response: u64,
    indices: Vec<u64>,
}

impl Case {
    fn new() -> Self {
        let mut config = config(3, 2, 3);
        config.security_bits = 1;
        config.fri_config.cap_height = 1;
        let mut builder = CircuitBuilder::<F, 2>::new(config);
        let limbs = builder.add_virtual_targets(4);
        let mut product = builder.mul(limbs[0], limbs[1]);
        for _ in 0..6000 {
            product = builder.mul(product, limbs[2]);
        }
        builder.register_public_inputs(&limbs);
        let data: CircuitData<F, Bn254Config, 2> = builder.build();
        let mut witness = PartialWitness::new();
        for (&target, value) in limbs.iter().zip(1..) {
            witness.set_target(target, F::from_canonical_u64(value)).unwrap();
        }
        let proof = data.prove(witness).unwrap();
        let wrap = WrapCircuit::new(&data.common).unwrap();
        let key = data.verifier_only;
        let values = ProofValues::new(wrap.layout(), &proof, &key).unwrap();
        let transcript = Transcript::of(wrap.layout(), &values);
        Self {
            common: data.common,
            wrap,
            key,
            proof,
            transcript,
        }
    }

    /// Builds one part of the verifier for a changed proof and gives the section that refuses it.
    fn refusal(
        &self,
        part: impl Fn(&mut Synth, &Layout, &ProofValues, &Proof),
        change: impl FnOnce(&mut LastProof, &mut LastKey),
    ) -> Option<&'static str> {
        let (mut proof, mut key) = (self.proof.clone(), self.key.clone());
        change(&mut proof, &mut key);
        let layout = self.wrap.layout();
        let values = ProofValues::new(layout, &proof, &key).unwrap();
        let (synthesis, ()) = build(|cs| {
            cs.section("proof");
            let proof = Proof::alloc(cs, &values);
            part(cs, layout, &values, &proof);
        });
        synthesis.check().err().map(|error| error.section)
    }

    fn plonk(&self, change: impl FnOnce(&mut LastProof, &mut LastKey)) -> Option<&'static str> {
        let part = |cs: &mut Synth, layout: &Layout, _: &ProofValues, proof: &Proof| {
            let challenges = self.transcript.plonk(cs);
            plonk::verify(cs, layout, proof, &challenges);
        };
        self.refusal(part, change)
    }

    fn fri(
        &self,
        transcript: &Transcript,
        change: impl FnOnce(&mut LastProof, &mut LastKey),
    ) -> Option<&'static str> {
        let part = |cs: &mut Synth, layout: &Layout, values: &ProofValues, proof: &Proof| {
            let (zeta, challenges) = transcript.fri(cs);
            fri::verify(cs, layout, values, proof, &zeta, &challenges);
        };
        self.refusal(part, change)
    }
}

impl Transcript {
    fn of(layout: &Layout, values: &ProofValues) -> Self {
        let (synthesis, transcript) = build(|cs| {
            let proof = Proof::alloc(cs, values);
            let mut challenger = Challenger::default();
            let plonk = plonk_challenges(cs, layout, &proof, &mut challenger);
            let fri = fri_challenges(cs, layout, &proof, &mut challenger);
            let residues = |values: &[Gl]| values.iter().map(Gl::residue).collect();
            let limb = |challenge: &Challenge| {
                let bits = challenge.bits.iter().zip(0..);
                bits.map(|(bit, i)| u64::from(bit.lc().value().is_one()) << i)
                    .sum()
            };
            Self {
                betas: residues(&plonk.betas),
                gammas: residues(&plonk.gammas),
                alphas: residues(&plonk.alphas),
                zeta: plonk.zeta.residues(),
                fri_alpha: fri.alpha.residues(),
                fri_betas: fri.betas.iter().map(Ext::residues).collect(),
                pow_response: limb(&fri.pow_response),
                indices: fri.indices.iter().map(limb).collect(),
            }
        });
        synthesis.check().unwrap();
        transcript
    }

    fn plonk(&self, cs: &mut Synth) -> PlonkChallenges {
        let mut gls = |values: &[u64]| values.iter().map(|&value| cs.alloc_gl(value).0).collect();
        PlonkChallenges {
            betas: gls(&self.betas),
            gammas: gls(&self.gammas),
            alphas: gls(&self.alphas),
            zeta: cs.alloc_ext(self.zeta),
        }
    }

    fn fri(&self, cs: &mut Synth) -> (Ext, FriChallenges) {
        let challenge = |cs: &mut Synth, value: u64| {
            let (gl, bits) = cs.alloc_gl(value);
            Challenge { gl, bits }
        };
        let challenges = FriChallenges {
            alpha: cs.alloc_ext(self.fri_alpha),
            betas: self.fri_betas.iter().map(|&beta| cs.alloc_ext(beta)).collect(),
            pow_response: challenge(cs, self.pow_response),
            indices: self.indices.iter().map(|&index| challenge(cs, index)).collect(),
        };
        (cs.alloc_ext(self.zeta), challenges)
    }
}

fn bump_ext(x: &mut QuadraticExtension<F>) {
    x.0[1] += F::ONE;
}

fn bump_digest(x: &mut Digest) {
    x.0 += Fr::one();
}

type Openings = plonky2::plonk::proof::OpeningSet<F, 2>;

/// Without the commitments, what binds an opening is the quotient of each alpha.
#[test]
fn the_vanishing_polynomial_binds_every_opening() {
    let case = &*CASE;
    assert_eq!(case.plonk(|_, _| {}), None);
    let lists: [(&str, usize, List); 7] = [
        ("constants", 2, |o| &mut o.constants),
        ("sigmas", 39, |o| &mut o.plonk_sigmas),
        ("routed wires", 39, |o| &mut o.wires),
        ("zs", 1, |o| &mut o.plonk_zs),
        ("zs_next", 1, |o| &mut o.plonk_zs_next),
        ("partial products", 4, |o| &mut o.partial_products),
        // Each challenge has its own: a check left out for one of them shows here.
        ("quotient", 1, |o| &mut o.quotient_polys),
    ];
    for (name, step, list) in lists {
        let len = match name {
            "routed wires" => case.wrap.layout().num_routed_wires,
            _ => list(&mut case.proof.proof.openings.clone()).len(),
        };
        for i in (0..len).step_by(step) {
            let refused = case.plonk(|proof, _| bump_ext(&mut list(&mut proof.proof.openings)[i]));
            assert_eq!(refused, Some("vanishing.combine"), "{name} {i}");
        }
    }
    let refused = case.plonk(|proof, _| proof.public_inputs[3] += F::ONE);
    assert_eq!(refused, Some("vanishing.combine"));
}

type Query = plonky2::fri::proof::FriQueryRound<F, Bn254Hash, 2>;

fn query(proof: &mut LastProof, i: usize) -> &mut Query {
    &mut proof.proof.opening_proof.query_round_proofs[i]
}

#[test]
fn every_query_is_checked() {
    let case = &*CASE;
    let honest = &case.transcript;
    assert_eq!(case.fri(honest, |_, _| {}), None);
    for q in 0..case.wrap.layout().num_queries {
        for oracle in 0..4 {
            let refused = case.fri(honest, |proof, _| {
                query(proof, q).initial_trees_proof.evals_proofs[oracle].0[0] += F::ONE;
            });
            assert_eq!(refused, Some("fri.initial_paths"), "leaf {oracle} of query {q}");
            let refused = case.fri(honest, |proof, _| {
                bump_digest(
                    &mut query(proof, q).initial_trees_proof.evals_proofs[oracle]
                        .1
                        .siblings[0],
                );
            });
            assert_eq!(refused, Some("fri.initial_paths"), "path {oracle} of query {q}");
        }
        for i in 0..query(&mut case.proof.clone(), q).steps[0].evals.len() {
            let refused = case.fri(honest, |proof, _| {
                bump_ext(&mut query(proof, q).steps[0].evals[i])
            });
            assert_eq!(refused, Some("fri.step_hashes"), "evaluation {i} of query {q}");
        }
        let refused = case.fri(honest, |proof, _| {
            bump_digest(query(proof, q).steps[0].merkle_proof.siblings.last_mut().unwrap());
        });
        assert_eq!(refused, Some("fri.step_hashes"), "step path of query {q}");
    }
}

#[test]
fn queries_are_checked_against_caps_openings_and_final_polynomial() {
    let case = &*CASE;
    let fri = |change: fn(&mut LastProof, &mut LastKey)| case.fri(&case.transcript, change);
    let refused = fri(|_, key| key.constants_sigmas_cap.0.iter_mut().for_each(bump_digest));
    assert_eq!(refused, Some("fri.initial_paths"));
    let refused = fri(|proof, _| proof.proof.wires_cap.0.iter_mut().for_each(bump_digest));
    assert_eq!(refused, Some("fri.initial_paths"));
    let refused = fri(|proof, _| {
        proof
            .proof
            .plonk_zs_partial_products_cap
            .0
            .iter_mut()
            .for_each(bump_digest)
    });
    assert_eq!(refused, Some("fri.initial_paths"));
    let refused = fri(|proof, _| proof.proof.quotient_polys_cap.0.iter_mut().for_each(bump_digest));
    assert_eq!(refused, Some("fri.initial_paths"));
    let refused = fri(|proof, _| {
        proof.proof.opening_proof.commit_phase_merkle_caps[0]
            .0
            .iter_mut()
            .for_each(bump_digest);
    });
    assert_eq!(refused, Some("fri.step_hashes"));

    let lists: [List; 7] = [
        |o| &mut o.constants,
        |o| &mut o.plonk_sigmas,
        |o| &mut o.wires,
        |o| &mut o.plonk_zs,
        |o| &mut o.plonk_zs_next,
        |o| &mut o.partial_products,
        |o| &mut o.quotient_polys,
    ];
    for (i, list) in lists.into_iter().enumerate() {
        let refused = case.fri(&case.transcript, |proof, _| {
            bump_ext(list(&mut proof.proof.openings).last_mut().unwrap());
        });
        assert_eq!(refused, Some("fri.combine"), "list {i}");
    }
    for i in (0..case.wrap.layout().final_poly_len()).step_by(8) {
        let refused = case.fri(&case.transcript, |proof, _| {
            bump_ext(&mut proof.proof.opening_proof.final_poly.coeffs[i]);
        });
        assert_eq!(refused, Some("fri.folds"), "coefficient {i}");
    }
}

#[test]
fn every_challenge_of_fri_is_used() {
    let case = &*CASE;
    let refused = |change: fn(&mut Transcript)| {
        let mut transcript = Transcript {
            betas: Vec::new(),
            gammas: Vec::new(),
            alphas: Vec::new(),
            fri_betas: case.transcript.fri_betas.clone(),
            indices: case.transcript.indices.clone(),
            ..case.transcript
        };
        change(&mut transcript);
        case.fri(&transcript, |_, _| {})
    };
    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|t| t.zeta[0] ^= 1), Some("fri.combine"));
    assert_eq!(refused(|t| t.fri_alpha[1] ^= 1), Some("fri.combine"));
    assert_eq!(refused(|t| t.fri_betas[0][0] ^= 1), Some("fri.folds"));
    assert_eq!(refused(|t| t.indices[0] ^= 1), Some("fri.initial_paths"));
    assert_eq!(refused(|t| t.indices[1] ^= 1 << 10), Some("fri.initial_paths"));
    // Grinding asks for three zeros at the top, and for nothing below.
    for bit in 61..64 {
        let mut transcript = Transcript::of(
            case.wrap.layout(),
            &ProofValues::new(case.wrap.layout(), &case.proof, &case.key).unwrap(),
        );
        transcript.pow_response ^= 1 << bit;
        assert_eq!(
            case.fri(&transcript, |_, _| {}),
            Some("fri.grinding"),
            "bit {bit}"
        );
    }
    assert_eq!(refused(|t| t.pow_response ^= 1 << 60), None);
}

#[test]
fn public_inputs_are_the_digests_and_nothing_else() {
    let case = &*CASE;
    let synthesis = case.wrap.synthesize(&case.proof, &case.key).unwrap();
    synthesis.check().unwrap();
    for column in [1, 2] {
        let mut assignment = synthesis.assignment.clone();
        assignment[column] += Fr::one();
        let error = synthesis.check_assignment(&assignment).unwrap_err();
        assert_eq!(error.section, "public_inputs", "column {column}");
    }
}

/// Lists are walked side by side: where one is shorter than it should be, a check would be left out in silence.
#[test]
fn descriptions_that_do_not_fit_together_are_refused() {
    let refused = |change: fn(&mut CommonCircuitData<F, 2>)| {
        let mut common = CASE.common.clone();
        change(&mut common);
        Layout::new(&common).unwrap_err()
    };
    let parameter = |name, found, allowed| UnsupportedCircuit::Parameter { name, found, allowed };
    assert_eq!(
        refused(|common| common.num_partial_products = 3),
        parameter("num_partial_products", 3, 4..5)
    );
    assert_eq!(
        refused(|common| _ = common.k_is.pop()),
        parameter("k_is", 39, 40..41)
    );
    assert_eq!(
        refused(|common| common.fri_params.config.num_query_rounds = 0),
        parameter("num_query_rounds", 0, 1..257)
    );
    assert_eq!(
        refused(|common| common.config.num_challenges = 0),
        parameter("num_challenges", 0, 1..5)
    );
    assert_eq!(
        refused(|common| common.quotient_degree_factor = 1),
        parameter("quotient_degree_factor", 1, 2..65)
    );
    assert_eq!(
        refused(|common| _ = common.gates.pop()),
        UnsupportedCircuit::Selectors
    );
}
