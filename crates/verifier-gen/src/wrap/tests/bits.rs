use ark_bn254::Fr;
use ark_ff::{BigInteger, One, PrimeField, UniformRand, Zero};

use super::super::bits::{Monomials, number};
use super::super::lc::Lc;
use super::{accept, build, fixed, rigid, rng};

#[test]
fn ranges_end_where_they_say() {
    for (n, value, fits) in [
        (1, 1u64, true),
        (1, 2, false),
        (62, (1 << 62) - 1, true),
        (62, 1 << 62, false),
        (64, u64::MAX, true),
    ] {
        let (synthesis, _) = build(|cs| {
            let lc = fixed(cs, Fr::from(value));
            cs.bits_of(&lc, n);
        });
        assert_eq!(synthesis.check().is_ok(), fits, "{value} in {n} bits");
    }
    let (negative, _) = build(|cs| {
        let lc = fixed(cs, -Fr::one());
        cs.bits_of(&lc, 253);
    });
    assert!(negative.check().is_err());
}

#[test]
#[should_panic(expected = "254 bits do not determine a scalar")]
fn a_range_as_wide_as_the_field_is_refused() {
    build(|cs| cs.bits_of(&Lc::zero(), 254));
}

#[test]
fn bits_are_rigid() {
    rigid(|cs| {
        let lc = fixed(cs, Fr::from(0xdead_beefu64));
        cs.bits_of(&lc, 32)
            .iter()
            .map(|bit| bit.lc().value())
            .collect::<Vec<_>>()
    });
}

#[test]
fn canonical_bits_are_canonical() {
    let value = Fr::rand(&mut rng(1));
    let bits = accept(|cs| {
        let lc = fixed(cs, value);
        cs.canonical_bits(&lc)
            .iter()
            .map(|bit| bit.lc().value())
            .collect::<Vec<_>>()
    });
    for (i, bit) in bits.iter().enumerate() {
        assert_eq!(bit.is_one(), value.into_bigint().get_bit(i));
    }
}

/// A small scalar has a second decomposition into 254 bits, that of itself plus the modulus.
#[test]
fn a_scalar_plus_the_modulus_is_refused() {
    let value = Fr::from(5u64);
    let (synthesis, column) = build(|cs| {
        let lc = fixed(cs, value);
        let column = 2;
        cs.canonical_bits(&lc);
        column
    });
    synthesis.check().unwrap();
    let mut shifted = value.into_bigint();
    shifted.add_with_carry(&Fr::MODULUS);
    let mut forged = synthesis.assignment.clone();
    for i in 0..253 {
        forged[column + i] = Fr::from(shifted.get_bit(i));
    }
    // The decomposition itself holds: what refuses it is the bound on the high limb, whose bits cannot follow.
    let error = synthesis.check_assignment(&forged).unwrap_err();
    assert!(error.row > 254, "row {}", error.row);
    let room = Fr::MODULUS >> 192;
    let room = Fr::from_bigint(room).unwrap() - Fr::one() - Fr::from_bigint(shifted >> 192).unwrap();
    for i in 0..61 {
        forged[column + 253 + i] = Fr::from(room.into_bigint().get_bit(i));
    }
    assert!(synthesis.check_assignment(&forged).is_err());
}

#[test]
fn zero_tests_are_rigid() {
    for value in [Fr::zero(), Fr::from(3u64)] {
        rigid(|cs| {
            let lc = fixed(cs, value);
            cs.is_zero(&lc).lc().value()
        });
    }
}

#[test]
fn selection_and_tables_agree_with_indexing() {
    let table: Vec<u64> = (0..16).map(|i| i * i + 1).collect();
    for index in 0..16u64 {
        let (selected, looked_up, not) = accept(|cs| {
            let lc = fixed(cs, Fr::from(index));
            let bits = cs.bits_of(&lc, 4);
            let items: Vec<Lc> = table.iter().map(|&entry| Lc::constant(Fr::from(entry))).collect();
            let selected = cs.select_many(&bits, &items).value();
            let monomials = Monomials::new(cs, &bits);
            let not = number(&[bits[0].not()]).value();
            (selected, monomials.look_up(&table).value(), not)
        });
        let expected = Fr::from(table[index as usize]);
        assert_eq!((selected, looked_up), (expected, expected));
        assert_eq!(not, Fr::from(1 - index % 2));
    }
    rigid(|cs| {
        let lc = fixed(cs, Fr::from(9u64));
        let bits = cs.bits_of(&lc, 4);
        Monomials::new(cs, &bits).look_up(&table).value()
    });
}

/// The bound on the high limb is strict: with equality, scalars below the modulus's low limbs would have two forms.
#[test]
fn the_high_limb_stays_below_the_modulus() {
    let high = Fr::MODULUS >> 192;
    let limit = Fr::from_bigint(high << 192).unwrap();
    for (value, fits) in [(limit - Fr::one(), true), (limit, false), (-Fr::one(), false)] {
        let (synthesis, _) = build(|cs| {
            let lc = fixed(cs, value);
            cs.canonical_bits(&lc);
        });
        assert_eq!(synthesis.check().is_ok(), fits, "{value}");
    }
}

/// Every bit by itself, the one that the others leave included: two and minus one make up for each other.
#[test]
fn bits_are_boolean_one_by_one() {
    let (synthesis, ()) = build(|cs| {
        let lc = fixed(cs, Fr::from(4u64));
        cs.bits_of(&lc, 4);
    });
    synthesis.check().unwrap();
    // Columns: the number, then its three low bits, which are 0, 0, 1.
    for low_bits in [[0i64, 2, 0], [2, 1, 0], [-2, 1, 1], [4, 0, 0], [0, 0, -1]] {
        let mut forged = synthesis.assignment.clone();
        for (slot, bit) in forged[2..].iter_mut().zip(low_bits) {
            *slot = Fr::from(bit);
        }
        assert!(synthesis.check_assignment(&forged).is_err(), "{low_bits:?}");
    }
}

#[test]
fn selection_is_rigid() {
    rigid(|cs| {
        let lc = fixed(cs, Fr::from(2u64));
        let bits = cs.bits_of(&lc, 2);
        let items: Vec<Lc> = (5..9u64).map(|item| fixed(cs, Fr::from(item))).collect();
        cs.select_many(&bits, &items).value()
    });
}
