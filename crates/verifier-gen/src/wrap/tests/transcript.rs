use ark_bn254::Fr;
use ark_ff::UniformRand;
use plonky2::field::types::{Field, PrimeField64, Sample};
use plonky2::iop::challenger::Challenger as Native;

use super::super::challenger::Challenger;
use super::super::goldilocks::Gl;
use super::{F, accept, fixed, rigid, rng};
use crate::bn254::{Bn254Hash, Digest};

/// What a transcript does, in a random order.
#[derive(Clone, Debug)]
enum Step {
    Observe(Vec<F>),
    Digest(Fr),
    Challenges(usize),
}

fn steps(seed: u64) -> Vec<Step> {
    use rand::Rng;
    let mut rng = rng(seed);
    (0..12)
        .map(|_| match rng.gen_range(0..3) {
            0 => Step::Observe(F::rand_vec(rng.gen_range(1..9))),
            1 => Step::Digest(Fr::rand(&mut rng)),
            _ => Step::Challenges(rng.gen_range(1..9)),
        })
        .chain([Step::Challenges(8)])
        .collect()
}

#[test]
fn challenges_agree() {
    for seed in 0..20 {
        let steps = steps(seed);
        let mut native = Native::<F, Bn254Hash>::new();
        let mut expected = Vec::new();
        for step in &steps {
            match step {
                Step::Observe(values) => native.observe_elements(values),
                Step::Digest(digest) => native.observe_hash::<Bn254Hash>(Digest(*digest)),
                Step::Challenges(n) => expected.extend(native.get_n_challenges(*n)),
            }
        }
        let results = accept(|cs| {
            let mut challenger = Challenger::default();
            let mut results = Vec::new();
            for step in &steps {
                match step {
                    Step::Observe(values) => values.iter().for_each(|value| {
                        let (gl, _) = cs.alloc_gl(value.to_canonical_u64());
                        challenger.observe(cs, &gl);
                    }),
                    Step::Digest(digest) => {
                        let digest = fixed(cs, *digest);
                        challenger.observe_digest(cs, &digest);
                    }
                    Step::Challenges(n) => results.extend(
                        challenger
                            .challenges(cs, *n)
                            .iter()
                            .map(|c| F::from_canonical_u64(c.residue())),
                    ),
                }
            }
            results
        });
        assert_eq!(results, expected, "seed {seed}");
    }
}

/// An input of zeros is not none, and its length counts.
#[test]
fn zeros_are_observed() {
    let challenge = |n: usize| {
        let mut native = Native::<F, Bn254Hash>::new();
        native.observe_elements(&vec![F::ZERO; n]);
        native.get_challenge()
    };
    let challenges: Vec<F> = (0..8).map(challenge).collect();
    for (i, a) in challenges.iter().enumerate() {
        assert!(challenges[..i].iter().all(|b| a != b), "{i} zeros");
    }
}

#[test]
fn squeezing_is_rigid() {
    rigid(|cs| {
        let mut challenger = Challenger::default();
        challenger.observe_constant(cs, 5);
        let challenge = challenger.challenge(cs);
        assert!(challenge.gl.is_reduced());
        challenge.gl.residue()
    });
}

#[test]
#[should_panic(expected = "the transcript takes reduced values")]
fn wide_values_are_not_observed() {
    super::build(|cs| {
        let wide = Gl::constant(u64::MAX).scale(2);
        Challenger::default().observe(cs, &wide);
    });
}
