use ark_bn254::Fr;
use plonky2::field::extension::FieldExtension;
use plonky2::field::extension::algebra::ExtensionAlgebra;
use plonky2::field::types::Field;

use super::super::extension::{Algebra, Ext};
use super::super::goldilocks::{Gl, P};
use super::super::lc::Lc;
use super::{F, FE, accept, build, fixed_ext, native, random_ext, rigid};

const EDGES: [u64; 6] = [0, 1, u32::MAX as u64, 1 << 32, P - 1, P - 2];

fn fixed_gl(cs: &mut super::Synth, value: u64) -> Gl {
    let (gl, _) = cs.alloc_gl(value);
    cs.enforce_equal(gl.lc(), &Lc::constant(Fr::from(value)));
    gl
}

#[test]
fn base_arithmetic_agrees_with_goldilocks() {
    for a in EDGES {
        for b in EDGES {
            let (x, y) = (F::from_canonical_u64(a), F::from_canonical_u64(b));
            let results = accept(|cs| {
                let (a, b) = (fixed_gl(cs, a), fixed_gl(cs, b));
                let product = cs.mul_gl(&a, &b);
                let cube = cs.mul_gl(&product, &(&a - &b));
                let fifth = cs.mul_gl(&cube, &product);
                let reduced = cs.reduce_gl(&fifth);
                assert!(reduced.is_reduced() && !fifth.is_reduced());
                [
                    &a + &b,
                    &a - &b,
                    -&a,
                    a.scale(P - 1),
                    a.scale_residue(P - 3),
                    product,
                    cube,
                    fifth,
                    reduced,
                ]
                .map(|gl| F::from_canonical_u64(gl.residue()))
            });
            let fifth = x * y * (x - y) * (x * y);
            let minus_three = -F::from_canonical_u64(3);
            let expected = [
                x + y,
                x - y,
                -x,
                -x,
                x * minus_three,
                x * y,
                x * y * (x - y),
                fifth,
                fifth,
            ];
            assert_eq!(results, expected);
        }
    }
}

#[test]
fn reduction_is_rigid() {
    rigid(|cs| {
        let (a, b) = (fixed_gl(cs, P - 1), fixed_gl(cs, P - 7));
        let product = cs.mul_gl(&a, &b);
        let difference = &product - &cs.mul_gl(&product, &a);
        cs.reduce_gl(&difference).residue()
    });
}

/// The quotient may have 189 bits: with three more, six remainders would fit every value.
#[test]
fn only_multiples_of_p_are_zero() {
    for (value, zero) in [
        (0, true),
        (P, true),
        (1, false),
        (P - 1, false),
        (u64::MAX, false),
    ] {
        let (synthesis, _) = build(|cs| {
            let a = fixed_gl(cs, value);
            cs.assert_zero_gl(&a);
            let square = cs.mul_gl(&a, &a);
            cs.assert_zero_gl(&square);
            cs.assert_zero_gl(&-&a);
        });
        assert_eq!(synthesis.check().is_ok(), zero, "{value}");
    }
}

#[test]
#[should_panic(expected = "may wrap around the scalar field")]
fn a_sum_that_may_wrap_around_cannot_be_built() {
    let mut gl = Gl::constant(u64::MAX);
    loop {
        gl = gl.scale(1 << 20);
    }
}

#[test]
fn extension_arithmetic_agrees_with_plonky2() {
    for (x, y) in [
        (random_ext(), random_ext()),
        (FE::ZERO, random_ext()),
        (-FE::ONE, FE::from(F::TWO)),
    ] {
        let results = accept(|cs| {
            let (a, b) = (fixed_ext(cs, x), fixed_ext(cs, y));
            let product = cs.mul_ext(&a, &b);
            let square = cs.square_ext(&a);
            // Wide factors: reductions must come by themselves.
            let wide = cs.mul_ext(&product, &square);
            let wider = cs.mul_ext(&wide, &product);
            let widest = cs.square_ext(&wider);
            let quotient = cs.div_ext(&a, &b);
            let powers = cs.powers_ext(&b, 4);
            let base = cs.mul_ext_gl(&a, &b.c[1]);
            let reduced = cs.reduce_ext(&widest);
            [
                product,
                square,
                wide,
                wider,
                widest,
                quotient,
                powers[3].clone(),
                base,
                reduced,
                &a - &b,
                -&a,
            ]
            .map(|ext| native(&ext))
        });
        let wider = x * y * x * x * x * y;
        let expected = [
            x * y,
            x * x,
            x * y * x * x,
            wider,
            wider * wider,
            x / y,
            y * y * y,
            x * FE::from(y.0[1]),
            wider * wider,
            x - y,
            -x,
        ];
        assert_eq!(results, expected);
    }
}

#[test]
fn division_is_rigid() {
    let (x, y) = (random_ext(), random_ext());
    rigid(|cs| {
        let (a, b) = (fixed_ext(cs, x), fixed_ext(cs, y));
        native(&cs.div_ext(&a, &b))
    });
}

#[test]
fn squares_and_products_are_rigid() {
    let (x, y) = (random_ext(), random_ext());
    rigid(|cs| {
        let (a, b) = (fixed_ext(cs, x), fixed_ext(cs, y));
        let square = cs.square_ext(&a);
        let product = cs.mul_ext(&square, &b);
        let reduced = cs.reduce_ext(&product);
        native(&cs.mul_ext(&reduced, &a))
    });
}

#[test]
fn algebra_agrees_with_plonky2() {
    let elements: [[FE; 2]; 2] = std::array::from_fn(|_| [random_ext(), random_ext()]);
    let scalar = random_ext();
    let [x, y] = elements.map(ExtensionAlgebra::<FE, 2>);
    let (product, scaled) = accept(|cs| {
        let [a, b] = elements.map(|e| Algebra {
            a: e.map(|c| fixed_ext(cs, c)),
        });
        let s = fixed_ext(cs, scalar);
        let wide = cs.mul_algebra(&a, &b);
        let product = cs.mul_algebra(&wide, &b);
        (
            product.a.map(|c| native(&c)),
            cs.mul_algebra_ext(&a, &s).a.map(|c| native(&c)),
        )
    });
    assert_eq!(product, (x * y * y).0);
    assert_eq!(scaled, x.scalar_mul(scalar).0);
}

#[test]
fn selected_elements_keep_their_bounds() {
    let items: Vec<FE> = (0..4).map(|_| random_ext()).collect();
    let selected = accept(|cs| {
        let index = cs.alloc_unchecked(Fr::from(2u64));
        let bits = cs.bits_of(&index, 2);
        let items: Vec<Ext> = items.iter().map(|&item| fixed_ext(cs, item)).collect();
        let selected = cs.select_ext(&bits, &items);
        assert!(selected.c.iter().all(Gl::is_reduced));
        native(&selected)
    });
    assert_eq!(selected, items[2]);
}

/// `value + k r` is the same scalar as `value` and has another remainder by p for every k: the quotient's range must
/// leave no room for any.
#[test]
fn no_second_remainder_fits() {
    use ark_ff::PrimeField;
    use num_bigint::BigUint;

    // The widest integer that is ever reduced.
    let wide = |cs: &mut super::Synth| {
        let (a, b) = (fixed_gl(cs, P - 1), fixed_gl(cs, P - 7));
        let product = cs.mul_gl(&a, &b);
        let wide = cs.mul_gl(&product, &a.scale(1 << 40));
        -&wide.scale(1 << 18)
    };
    let (before, honest) = build(|cs| wide(cs).lc().value());
    let remainder = before.r1cs.num_variables();
    let modulus = BigUint::from(Fr::MODULUS);
    let p = BigUint::from(P);
    let (honest_reduction, reduced) = build(|cs| {
        let wide = wide(cs);
        cs.reduce_gl(&wide).lc().value()
    });
    honest_reduction.check().unwrap();
    assert_eq!(
        honest_reduction.assignment[remainder], reduced,
        "the remainder's column"
    );
    let mut refused = 0;
    // The lift adds a multiple of p, which changes no remainder.
    for k in 0..16u32 {
        for sign in [false, true] {
            let shift = &modulus * k % &p;
            let residue = BigUint::from(reduced.into_bigint());
            let other = if sign {
                (residue + &p - shift) % &p
            } else {
                (residue + shift) % &p
            };
            let other = Fr::from(other);
            let (mut cs, _) = super::Synth::new(&[]);
            cs.forge(remainder, other);
            let value = wide(&mut cs);
            assert_eq!(value.lc().value(), honest);
            let result = cs.reduce_gl(&value).lc().value();
            let accepted = cs.finish().check().is_ok();
            assert_eq!(accepted, result == reduced, "{k} times the modulus");
            refused += usize::from(!accepted);
        }
    }
    assert_eq!(refused, 30);
}

/// Packing takes a reduced value as an integer: it must not have a 65th bit.
#[test]
fn reduced_values_have_64_bits() {
    for (value, fits) in [
        (u128::from(u64::MAX), true),
        (1 << 64, false),
        ((1 << 65) + 1, false),
        ((1 << 66) - 1, false),
    ] {
        let (mut cs, _) = super::Synth::new(&[]);
        cs.forge(1, Fr::from(value));
        cs.alloc_gl(0);
        assert_eq!(cs.finish().check().is_ok(), fits, "{value}");
    }
}

/// The bounds of every operation at the ends of its factors' ranges, of either sign.
#[test]
fn bounds_hold_at_the_ends_of_ranges() {
    for a in [0, 1, P - 1, u64::MAX] {
        for b in [0, P, u64::MAX] {
            for c in [0, u64::MAX] {
                accept(|cs| {
                    let [a, b, c] = [a, b, c].map(|value| fixed_gl(cs, value));
                    let (up, down) = (&a + &b, &a - &b);
                    let x = Ext::new(up.clone(), down.clone());
                    let y = Ext::new(-&c, b.clone());
                    let product = cs.mul_ext(&x, &y);
                    let reversed = cs.mul_ext(&y, &x);
                    let square = cs.square_ext(&x);
                    let other = cs.square_ext(&Ext::new(y.c[1].clone(), x.c[1].clone()));
                    let algebra = cs.mul_algebra(
                        &Algebra {
                            a: [x.clone(), y.clone()],
                        },
                        &Algebra {
                            a: [y.clone(), x.clone()],
                        },
                    );
                    let mut all = vec![
                        cs.mul_gl(&up, &down),
                        cs.mul_gl(&down, &-&c),
                        cs.mul_gl(&down, &up),
                        up.scale(1 << 20),
                        down.scale_residue(P - 5),
                        &down - &c,
                        &down - &-&c,
                        -&down,
                        Gl::sum([&up, &down, &c]),
                    ];
                    for ext in [
                        product,
                        reversed,
                        square,
                        other,
                        algebra.a[0].clone(),
                        algebra.a[1].clone(),
                    ] {
                        all.extend(ext.c);
                    }
                    for (i, gl) in all.iter().enumerate() {
                        assert!(gl.is_within_bounds(), "operation {i}");
                    }
                    // A product of wide factors once they are multiplied out, and what it reduces to.
                    let reduced = cs.reduce_gl(&all[0]);
                    assert!(reduced.is_within_bounds() && reduced.is_reduced());
                });
            }
        }
    }
}

/// Values that are below p in any case: their quotient is nothing but zero.
#[test]
fn narrow_values_are_zero_only_if_they_are() {
    let narrow = |value: u64, forged: Option<(usize, Fr)>| {
        let (mut cs, _) = super::Synth::new(&[]);
        if let Some((column, value)) = forged {
            cs.forge(column, value);
        }
        let lc = super::fixed(&mut cs, Fr::from(value));
        let narrow = Gl::from_bits(&cs.bits_of(&lc, 8));
        let reduced = cs.reduce_gl(&narrow).residue();
        (cs, narrow, reduced)
    };
    for value in [0, 5] {
        let (mut cs, gl, reduced) = narrow(value, None);
        assert_eq!(reduced, value);
        cs.assert_zero_gl(&gl);
        assert_eq!(cs.finish().check().is_ok(), value == 0);
    }
    // The number, seven of its bits, and then the remainder.
    let (cs, _, reduced) = narrow(5, Some((9, Fr::from(6u64))));
    assert_eq!(reduced, 6);
    cs.finish().check().unwrap_err();
}

#[test]
fn both_coefficients_of_zero_are_zero() {
    for (value, zero) in [
        (FE::ZERO, true),
        (FE::ONE, false),
        (FE::from_basefield_array([F::ZERO, F::ONE]), false),
    ] {
        let (synthesis, ()) = build(|cs| {
            let value = fixed_ext(cs, value);
            cs.assert_zero_ext(&value);
        });
        assert_eq!(synthesis.check().is_ok(), zero, "{value}");
    }
}
