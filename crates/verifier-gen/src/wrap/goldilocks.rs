//! Goldilocks arithmetic in BN254's scalar field, reduced as late as possible.

use std::ops::{Add, Neg, Sub};
use std::sync::LazyLock;

use ark_bn254::Fr;
use ark_ff::{Field, PrimeField, Zero};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive};

use super::bits::{Bit, Monomials, integer, is_negative, number, scalar};
use super::lc::Lc;
use super::synth::Synth;

/// The Goldilocks prime, 2^64 - 2^32 + 1.
pub(super) const P: u64 = 0xffff_ffff_0000_0001;
/// Bits of a reduced value. It may lie in `[p, 2^64)`: every use takes it modulo p or as the 64-bit integer that it is.
pub(super) const REDUCED_BITS: u64 = 64;
/// Magnitudes stay below two to this, so that a sum of an integer and its lift by a multiple of p has at most 252 bits.
const MAX_BITS: u64 = 251;
/// Products leave these bits free for the sums that follow.
const ROOM_BITS: u64 = 8;
/// A quotient by p of more bits could wrap around the scalar field.
const MAX_QUOTIENT_BITS: u64 = 189;

static PRIME: LazyLock<BigInt> = LazyLock::new(|| BigInt::from(P));
static PRIME_INVERSE: LazyLock<Fr> = LazyLock::new(|| Fr::from(P).inverse().expect("p is not zero"));

/// What an integer is proven to lie between, both ends included.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    low: BigInt,
    high: BigInt,
}

impl Bounds {
    fn of_constant(value: u64) -> Self {
        Self {
            low: value.into(),
            high: value.into(),
        }
    }

    fn of_bits(bits: usize) -> Self {
        Self {
            low: BigInt::ZERO,
            high: (BigInt::one() << bits) - 1,
        }
    }

    fn bits(&self) -> u64 {
        self.low.abs().max(self.high.abs()).bits()
    }

    /// Of the product of two integers.
    pub(super) fn of_product(a: &Gl, b: &Gl) -> Self {
        let (a, b) = (&a.bounds, &b.bounds);
        let corners = [
            &a.low * &b.low,
            &a.low * &b.high,
            &a.high * &b.low,
            &a.high * &b.high,
        ];
        let low = corners.iter().min().expect("four corners").clone();
        let high = corners.iter().max().expect("four corners").clone();
        Self { low, high }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            low: &self.low + &other.low,
            high: &self.high + &other.high,
        }
    }

    fn minus(&self, other: &Self) -> Self {
        Self {
            low: &self.low - &other.high,
            high: &self.high - &other.low,
        }
    }

    pub(super) fn times(&self, factor: u64) -> Self {
        Self {
            low: &self.low * factor,
            high: &self.high * factor,
        }
    }

    /// The value that `lc` is proven to be.
    pub(super) fn hold(self, lc: Lc) -> Gl {
        let bits = self.bits();
        assert!(
            bits <= MAX_BITS,
            "a value of {bits} bits may wrap around the scalar field"
        );
        Gl { lc, bounds: self }
    }
}

/// An integer with known bounds that stands for its residue modulo p.
///
/// The bounds are proven: they come from a range check or from arithmetic on values that have them. Arithmetic whose
/// result might not fit the scalar field panics while the circuit is built, whatever the witness.
#[derive(Clone, Debug)]
pub struct Gl {
    lc: Lc,
    bounds: Bounds,
}

impl Gl {
    /// A constant.
    pub fn constant(value: u64) -> Self {
        Bounds::of_constant(value).hold(Lc::constant(Fr::from(value)))
    }

    /// The number that these bits stand for.
    pub fn from_bits(bits: &[Bit]) -> Self {
        Bounds::of_bits(bits.len()).hold(number(bits))
    }

    /// The sum of many.
    pub fn sum<'a>(items: impl IntoIterator<Item = &'a Self> + Clone) -> Self {
        let lc = Lc::sum(items.clone().into_iter().map(|item| &item.lc));
        let zero = Bounds::of_constant(0);
        items
            .into_iter()
            .fold(zero, |sum, item| sum.plus(&item.bounds))
            .hold(lc)
    }

    /// Times a constant, not reduced.
    pub fn scale(&self, factor: u64) -> Self {
        self.bounds.times(factor).hold(&self.lc * Fr::from(factor))
    }

    /// Times a residue, as whichever of it and its negative is smaller.
    pub fn scale_residue(&self, factor: u64) -> Self {
        if factor > P / 2 {
            -&self.scale(P - factor)
        } else {
            self.scale(factor)
        }
    }

    /// The entry of a table of reduced values that some bits give.
    pub fn look_up(index: &Monomials, table: &[u64]) -> Self {
        Bounds::of_bits(REDUCED_BITS as usize).hold(index.look_up(table))
    }

    /// The integer as a combination.
    pub fn lc(&self) -> &Lc {
        &self.lc
    }

    /// Bits of the largest magnitude.
    pub fn bits(&self) -> u64 {
        self.bounds.bits()
    }

    /// Whether the integer is in `[0, 2^64)`.
    pub fn is_reduced(&self) -> bool {
        !self.bounds.low.is_negative() && self.bits() <= REDUCED_BITS
    }

    /// Whether the bounds keep their promise under the assignment being made.
    #[cfg(test)]
    pub(super) fn is_within_bounds(&self) -> bool {
        let value = self.lc.value();
        let magnitude = |x: Fr| BigInt::from(num_bigint::BigUint::from(x.into_bigint()));
        let signed = if is_negative(&value) {
            -magnitude(-value)
        } else {
            magnitude(value)
        };
        self.bounds.low <= signed && signed <= self.bounds.high
    }

    /// The residue under the assignment being made.
    pub fn residue(&self) -> u64 {
        let value = self.lc.value();
        if is_negative(&value) {
            let magnitude = divide((-value).into_bigint().0).1;
            if magnitude == 0 { 0 } else { P - magnitude }
        } else {
            divide(value.into_bigint().0).1
        }
    }

    /// The same residue as an integer that is not negative, with its upper bound.
    fn lifted(&self) -> (Lc, BigInt) {
        let Bounds { low, high } = &self.bounds;
        if !low.is_negative() {
            return (self.lc.clone(), high.clone());
        }
        let multiple = (-low).div_ceil(&PRIME) * &*PRIME;
        (&self.lc + &Lc::constant(scalar(&multiple)), high + multiple)
    }
}

/// Quotient and remainder by p of a 256-bit integer, limbs from the lowest.
fn divide(mut limbs: [u64; 4]) -> ([u64; 4], u64) {
    let mut remainder = 0u64;
    for limb in limbs.iter_mut().rev() {
        let part = (u128::from(remainder) << 64) | u128::from(*limb);
        *limb = (part / u128::from(P)).to_u64().expect("the remainder is below p");
        remainder = (part % u128::from(P)).to_u64().expect("below p");
    }
    (limbs, remainder)
}

impl Add for &Gl {
    type Output = Gl;
    fn add(self, other: Self) -> Gl {
        self.bounds.plus(&other.bounds).hold(&self.lc + &other.lc)
    }
}

impl Sub for &Gl {
    type Output = Gl;
    fn sub(self, other: Self) -> Gl {
        self.bounds.minus(&other.bounds).hold(&self.lc - &other.lc)
    }
}

impl Neg for &Gl {
    type Output = Gl;
    fn neg(self) -> Gl {
        Bounds::of_constant(0).minus(&self.bounds).hold(-&self.lc)
    }
}

impl Synth {
    /// A new reduced value with its bits.
    pub fn alloc_gl(&mut self, value: u64) -> (Gl, Vec<Bit>) {
        let lc = self.alloc_unchecked(Fr::from(value));
        let bits = self.bits_of(&lc, REDUCED_BITS as usize);
        (Bounds::of_bits(bits.len()).hold(lc), bits)
    }

    /// The product as combinations; free if one factor is a constant.
    pub(super) fn mul_lc(&mut self, a: &Lc, b: &Lc) -> Lc {
        match (a.as_constant(), b.as_constant()) {
            (Some(constant), _) => b * constant,
            (_, Some(constant)) => a * constant,
            _ => self.mul(a, b),
        }
    }

    /// The product as integers, reducing a factor first if it might not fit.
    pub fn mul_gl(&mut self, a: &Gl, b: &Gl) -> Gl {
        let (a, b) = self.fit_product(a, b, Gl::bits, Self::reduce_gl, 0);
        let lc = self.mul_lc(&a.lc, &b.lc);
        Bounds::of_product(&a, &b).hold(lc)
    }

    /// Reduces the larger of two factors until their product fits with `extra` bits and some room for sums.
    pub(super) fn fit_product<T: Clone>(
        &mut self,
        a: &T,
        b: &T,
        bits: impl Fn(&T) -> u64,
        reduce: impl Fn(&mut Self, &T) -> T,
        extra: u64,
    ) -> (T, T) {
        let (mut a, mut b) = (a.clone(), b.clone());
        while bits(&a) + bits(&b) + extra + ROOM_BITS > MAX_BITS {
            if bits(&a) >= bits(&b) {
                a = reduce(self, &a);
            } else {
                b = reduce(self, &b);
            }
        }
        (a, b)
    }

    /// The item whose number the little-endian `index` gives.
    ///
    /// # Panics
    /// If there are not exactly `2^index.len()` items.
    pub fn select_gl(&mut self, index: &[Bit], items: &[&Gl]) -> Gl {
        let lcs: Vec<Lc> = items.iter().map(|item| item.lc.clone()).collect();
        let low = items
            .iter()
            .map(|item| &item.bounds.low)
            .min()
            .expect("at least one item")
            .clone();
        let high = items
            .iter()
            .map(|item| &item.bounds.high)
            .max()
            .expect("at least one item")
            .clone();
        let lc = self.select_many(index, &lcs);
        Bounds { low, high }.hold(lc)
    }

    /// An equal residue in `[0, 2^64)`: a remainder of 64 bits and a quotient that leaves no room for another one.
    pub fn reduce_gl(&mut self, a: &Gl) -> Gl {
        self.reduce_gl_bits(a).0
    }

    /// Like [`Self::reduce_gl`], with the bits of the result.
    pub fn reduce_gl_bits(&mut self, a: &Gl) -> (Gl, Vec<Bit>) {
        let (lifted, high) = a.lifted();
        let remainder = divide(integer(&lifted).0).1;
        let (reduced, bits) = self.alloc_gl(remainder);
        let quotient = &(&lifted - &reduced.lc) * *PRIME_INVERSE;
        self.bound_quotient(&quotient, &high);
        (reduced, bits)
    }

    /// Constrains the residue to be zero.
    pub fn assert_zero_gl(&mut self, a: &Gl) {
        let (lifted, high) = a.lifted();
        let quotient = &lifted * *PRIME_INVERSE;
        self.bound_quotient(&quotient, &high);
    }

    /// Range-checks the quotient by p of an integer in `[0, high]`.
    ///
    /// With at most 189 bits of quotient and 64 of remainder, `quotient * p + remainder` is below 2^253 + 2^64 and thus
    /// below the modulus, as the integer itself is: equality of scalars is equality of integers. (With more bits several
    /// remainders would fit the same integer.)
    fn bound_quotient(&mut self, quotient: &Lc, high: &BigInt) {
        let largest = high / &*PRIME;
        if largest.is_zero() {
            self.enforce_equal(quotient, &Lc::zero());
        } else {
            let bits = largest.bits();
            assert!(
                bits <= MAX_QUOTIENT_BITS,
                "a quotient of {bits} bits is not unique"
            );
            self.bits_of(quotient, usize::try_from(bits).expect("at most 189"));
        }
    }
}
