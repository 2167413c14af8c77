use ark_bn254::Fr;
use plonky2::field::polynomial::PolynomialCoeffs;
use plonky2::field::types::{Field, Field64, PrimeField64, Sample};

use super::super::bits::number;
use super::super::challenger::Challenge;
use super::super::extension::Ext;
use super::super::fri::{Points, evaluate, fold, query_index};
use super::super::goldilocks::Gl;
use super::super::layout::Layout;
use super::{F, FE, Synth, accept, build, fixed, fixed_ext, native, random_ext, rigid};

fn layout(arity_bits: &[usize]) -> Layout {
    Layout {
        gates: Vec::new(),
        selector_indices: Vec::new(),
        groups: Vec::new(),
        num_constants: 0,
        num_wires: 0,
        num_routed_wires: 0,
        num_challenges: 0,
        num_partial_products: 0,
        quotient_degree_factor: 0,
        k_is: Vec::new(),
        degree_bits: 8,
        rate_bits: 3,
        cap_height: 1,
        pow_bits: 1,
        num_queries: 1,
        arity_bits: arity_bits.to_vec(),
        fri_parameters: Vec::new(),
    }
}

fn challenge(cs: &mut Synth, value: u64) -> Challenge {
    let lc = fixed(cs, Fr::from(value));
    let bits = cs.bits_of(&lc, 64);
    Challenge {
        gl: Gl::from_bits(&bits),
        bits,
    }
}

#[test]
fn indices_are_canonical() {
    let layout = layout(&[3, 3]);
    let p = F::ORDER;
    for value in [
        0,
        1,
        12345678901234567,
        p - 1,
        p,
        p + 1,
        p + 77,
        u64::MAX,
        u64::from(u32::MAX) << 32,
    ] {
        let index = accept(|cs| {
            let challenge = challenge(cs, value);
            number(&query_index(cs, &layout, &challenge)).value()
        });
        let expected = F::from_noncanonical_u64(value).to_canonical_u64() % (1 << layout.lde_bits());
        assert_eq!(index, Fr::from(expected), "{value}");
    }
    for value in [77, p, p + 77] {
        rigid(|cs| {
            let challenge = challenge(cs, value);
            number(&query_index(cs, &layout, &challenge)).value()
        });
    }
}

#[test]
fn points_agree_with_the_domain() {
    let layout = layout(&[3, 2]);
    let bits = layout.lde_bits();
    let reverse = |n: usize, bits: usize| n.reverse_bits() >> (usize::BITS as usize - bits);
    for index in [0usize, 1, 77, 1234, 2047] {
        for (dropped, from) in [(0, 0), (0, 3), (3, 3), (3, 5), (5, 5)] {
            let rest = bits - dropped;
            let shift = F::MULTIPLICATIVE_GROUP_GENERATOR.exp_power_of_2(dropped);
            let kept = (index >> from) << (from - dropped);
            let expected = shift * F::primitive_root_of_unity(rest).exp_u64(reverse(kept, rest) as u64);
            let (point, inverse) = accept(|cs| {
                let lc = fixed(cs, Fr::from(index as u64));
                let index = cs.bits_of(&lc, bits);
                let points = Points::new(cs, &layout, &index);
                let point = points.point(cs, dropped, from, false);
                (point.residue(), points.point(cs, dropped, from, true).residue())
            });
            assert_eq!(F::from_canonical_u64(point), expected);
            assert_eq!(F::from_canonical_u64(inverse), expected.inverse());
        }
    }
}

#[test]
fn folds_interpolate() {
    for arity_bits in 1..=4 {
        let arity = 1 << arity_bits;
        let poly = PolynomialCoeffs::new((0..arity).map(|_| random_ext()).collect::<Vec<_>>());
        let (start, beta) = (F::rand(), random_ext());
        let root = F::primitive_root_of_unity(arity_bits);
        let evals: Vec<FE> = (0..arity)
            .map(|m: usize| {
                let k = m.reverse_bits() >> (usize::BITS as usize - arity_bits);
                poly.eval(FE::from(start * root.exp_u64(k as u64)))
            })
            .collect();
        let check = |next: FE| {
            build(|cs| {
                let evals: Vec<Ext> = evals.iter().map(|&eval| fixed_ext(cs, eval)).collect();
                let beta = fixed_ext(cs, beta);
                let (inverse, _) = cs.alloc_gl(start.inverse().to_canonical_u64());
                let next = fixed_ext(cs, next);
                fold(cs, &evals, arity_bits, &beta, &inverse, &next);
            })
            .0
            .check()
        };
        check(poly.eval(beta)).unwrap();
        check(poly.eval(beta) + FE::ONE).unwrap_err();
        check(poly.eval(beta) + FE::from(F::NEG_ONE)).unwrap_err();
    }
}

#[test]
fn final_polynomials_evaluate() {
    for len in [1, 2, 8, 64] {
        let poly = PolynomialCoeffs::new((0..len).map(|_| random_ext()).collect::<Vec<_>>());
        let x = F::rand();
        let result = accept(|cs| {
            let coefficients: Vec<Ext> = poly.coeffs.iter().map(|&c| fixed_ext(cs, c)).collect();
            let lc = fixed(cs, Fr::from(x.to_canonical_u64()));
            let bits = cs.bits_of(&lc, 64);
            let x = Gl::from_bits(&bits);
            native(&evaluate(cs, &coefficients, &x))
        });
        assert_eq!(result, poly.eval(FE::from(x)));
    }
}
