use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, UniformRand};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::{SEED, sample, sample_key};
use crate::{
    groth16::{
        Ceremony, Development, Element, InvalidKey, PointError, Progress, Provenance, VerifyingKey,
        VerifyingPoints, WrongOrigin, development_setup,
    },
    r1cs::R1cs,
};

#[test]
fn a_seed_determines_the_key_on_any_number_of_threads() {
    let (r1cs, _, key) = sample_key();
    for threads in [1, 3, 5] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        assert_eq!(
            pool.install(|| development_setup(&r1cs, SEED, Progress::none())),
            Ok(key.clone())
        );
    }
    let other_seed = development_setup(&r1cs, [8; 32], Progress::none()).unwrap();
    assert_ne!(
        other_seed.verifying_key().points().delta_g2,
        key.verifying_key().points().delta_g2
    );
    // The circuit is part of what secrets are derived from.
    let (other, _) = sample(19, 0);
    let other_circuit = development_setup(&other, SEED, Progress::none()).unwrap();
    assert_ne!(
        other_circuit.verifying_key().points().delta_g2,
        key.verifying_key().points().delta_g2
    );
}

#[test]
fn a_verifying_key_survives_json() {
    let (_, _, key) = sample_key();
    let vk = key.verifying_key().clone().erase();
    let json = serde_json::to_string_pretty(&vk).unwrap();
    assert!(json.contains("DEVELOPMENT"));
    assert_eq!(
        serde_json::from_str::<VerifyingKey<Provenance>>(&json).unwrap(),
        vk
    );
    let other_circuit = json.replace("\"0x", "\"0xf");
    assert!(serde_json::from_str::<VerifyingKey<Provenance>>(&other_circuit).is_err());
}

#[test]
fn a_development_key_is_not_a_ceremony_key() {
    let (_, _, key) = sample_key();
    let vk = key.verifying_key().clone().erase();
    let wrong = WrongOrigin {
        found: "DEVELOPMENT",
        expected: "CEREMONY",
    };
    assert_eq!(vk.clone().into_ceremony(), Err(wrong));
    assert_eq!(key.clone().erase().into_ceremony(), Err(wrong));
    assert_eq!(vk.into_development().as_ref(), Ok(key.verifying_key()));
    assert_eq!(key.clone().erase().into_development(), Ok(key));
    let ceremony: Provenance = Ceremony {
        zkey_sha256: [1; 32],
        initial_hash: [2; 64],
        contributions: vec![],
    }
    .into();
    assert_eq!(
        Development::try_from(ceremony),
        Err(WrongOrigin {
            found: "CEREMONY",
            expected: "DEVELOPMENT"
        })
    );
}

#[test]
fn degenerate_keys_are_refused_by_name() {
    let (_, _, key) = sample_key();
    let good = key.verifying_key().points().clone();
    let refusal = |change: &dyn Fn(&mut VerifyingPoints)| {
        let mut points = good.clone();
        change(&mut points);
        let vk = key.verifying_key();
        VerifyingKey::new(vk.origin().clone(), vk.circuit(), 2, points).unwrap_err()
    };
    let generator = G2Affine::generator();
    let doubled = (generator + generator).into_affine();

    assert_eq!(good.validate(2), Ok(()));
    assert_eq!(refusal(&|p| p.delta_g2 = generator), InvalidKey::DeltaIsGamma);
    assert_eq!(refusal(&|p| p.delta_g2 = -generator), InvalidKey::DeltaIsGamma);
    assert_eq!(
        refusal(&|p| (p.gamma_g2, p.delta_g2) = (doubled, generator)),
        InvalidKey::DeltaIsGenerator
    );
    assert_eq!(refusal(&|p| p.gamma_g2 = p.delta_g2), InvalidKey::DeltaIsGamma);
    assert_eq!(
        refusal(&|p| p.ic.truncate(2)),
        InvalidKey::IcCount {
            actual: 2,
            expected: 3
        }
    );
    assert_eq!(
        refusal(&|p| p.ic.push(p.ic[0])),
        InvalidKey::IcCount {
            actual: 4,
            expected: 3
        }
    );
}

#[test]
fn inputs_that_share_a_point_are_refused() {
    let (_, _, key) = sample_key();
    let good = key.verifying_key().points();
    for shared in [good.ic[1], -good.ic[1]] {
        let mut points = good.clone();
        points.ic[2] = shared;
        let error = InvalidKey::SharedInputPoint { first: 0, second: 1 };
        assert_eq!(points.validate(2), Err(error));
    }
    // The constant one is not an input: what it shares a point with is bound all the same.
    let mut points = good.clone();
    points.ic[0] = points.ic[2];
    assert_eq!(points.validate(2), Ok(()));
}

#[test]
fn every_point_is_held_to_its_group() {
    type In<P> = (Element, fn(&mut VerifyingPoints) -> &mut P);
    let (_, _, key) = sample_key();
    let good = key.verifying_key().points();
    let g1: [In<G1Affine>; 4] = [
        (Element::Alpha, |points| &mut points.alpha_g1),
        (Element::Ic(0), |points| &mut points.ic[0]),
        (Element::Ic(1), |points| &mut points.ic[1]),
        (Element::Ic(2), |points| &mut points.ic[2]),
    ];
    let g2: [In<G2Affine>; 3] = [
        (Element::Beta, |points| &mut points.beta_g2),
        (Element::Gamma, |points| &mut points.gamma_g2),
        (Element::Delta, |points| &mut points.delta_g2),
    ];
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let outside =
        std::iter::repeat_with(|| G2Affine::get_point_from_x_unchecked(UniformRand::rand(&mut rng), true))
            .flatten()
            .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            .unwrap();
    let in_g1 = [
        (G1Affine::identity(), PointError::Infinity),
        (
            G1Affine::new_unchecked(Fq::one(), Fq::one()),
            PointError::NotOnCurve,
        ),
    ];
    let in_g2 = [
        (G2Affine::identity(), PointError::Infinity),
        (
            G2Affine::new_unchecked(Fq2::one(), Fq2::one()),
            PointError::NotOnCurve,
        ),
        (outside, PointError::WrongSubgroup),
    ];
    for (element, place) in g1 {
        for (point, source) in in_g1 {
            let mut points = good.clone();
            *place(&mut points) = point;
            assert_eq!(points.validate(2), Err(InvalidKey::Point { element, source }));
        }
    }
    for (element, place) in g2 {
        for (point, source) in in_g2 {
            let mut points = good.clone();
            *place(&mut points) = point;
            assert_eq!(points.validate(2), Err(InvalidKey::Point { element, source }));
        }
    }
}

#[test]
fn a_circuit_without_inputs_and_rows_has_a_key() {
    // Not degenerate: the row of the constant one binds it.
    let key = development_setup(&R1cs::new(0), SEED, Progress::none()).unwrap();
    assert_eq!(key.verifying_key().num_public(), 0);
}
