//! The quadratic extension of Goldilocks, `X^2 = 7`, and plonky2's algebra over it.

use std::ops::{Add, Neg, Sub};

use ark_bn254::Fr;
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};

use super::bits::Bit;
use super::goldilocks::{Bounds, Gl};

use super::synth::Synth;

/// The non-residue whose root the extension adjoins.
pub(super) const W: u64 = 7;
/// A product of extension elements is a sum of one product and seven others: three bits, and one for the sign.
const EXTRA_BITS: u64 = 4;
/// A product in the algebra sums one product of extension elements and seven others again.
const ALGEBRA_EXTRA_BITS: u64 = 2 * EXTRA_BITS;
/// Wider elements are reduced before they are squared.
const MAX_SQUARE_BITS: u64 = 119;

/// `c0 + c1 X`.
#[derive(Clone, Debug)]
pub struct Ext {
    /// Coefficients, lowest first.
    pub c: [Gl; 2],
}

impl Ext {
    /// From its coefficients.
    pub fn new(c0: Gl, c1: Gl) -> Self {
        Self { c: [c0, c1] }
    }

    /// A constant of the base field.
    pub fn constant(value: u64) -> Self {
        Self::from(Gl::constant(value))
    }

    /// Zero.
    pub fn zero() -> Self {
        Self::constant(0)
    }

    /// One.
    pub fn one() -> Self {
        Self::constant(1)
    }

    /// Times a constant of the base field.
    pub fn scale(&self, factor: u64) -> Self {
        Self {
            c: [self.c[0].scale(factor), self.c[1].scale(factor)],
        }
    }

    /// Times a residue of the base field, as whichever of it and its negative is smaller.
    pub fn scale_residue(&self, factor: u64) -> Self {
        Self {
            c: [self.c[0].scale_residue(factor), self.c[1].scale_residue(factor)],
        }
    }

    /// The sum of many.
    pub fn sum<'a>(items: impl IntoIterator<Item = &'a Self> + Clone) -> Self {
        let items: Vec<&Self> = items.into_iter().collect();
        let coefficient = |i: usize| {
            let parts: Vec<&Gl> = items.iter().map(|item| &item.c[i]).collect();
            Gl::sum(parts.iter().copied())
        };
        Self {
            c: [coefficient(0), coefficient(1)],
        }
    }

    /// Bits of the larger coefficient.
    pub fn bits(&self) -> u64 {
        self.c[0].bits().max(self.c[1].bits())
    }

    /// Residues of the coefficients under the assignment being made.
    pub fn residues(&self) -> [u64; 2] {
        [self.c[0].residue(), self.c[1].residue()]
    }
}

impl From<Gl> for Ext {
    fn from(c0: Gl) -> Self {
        Self {
            c: [c0, Gl::constant(0)],
        }
    }
}

impl Add for &Ext {
    type Output = Ext;
    fn add(self, other: Self) -> Ext {
        Ext {
            c: [&self.c[0] + &other.c[0], &self.c[1] + &other.c[1]],
        }
    }
}

impl Sub for &Ext {
    type Output = Ext;
    fn sub(self, other: Self) -> Ext {
        Ext {
            c: [&self.c[0] - &other.c[0], &self.c[1] - &other.c[1]],
        }
    }
}

impl Neg for &Ext {
    type Output = Ext;
    fn neg(self) -> Ext {
        Ext {
            c: [-&self.c[0], -&self.c[1]],
        }
    }
}

impl Synth {
    /// A new reduced element.
    pub fn alloc_ext(&mut self, value: [u64; 2]) -> Ext {
        Ext {
            c: value.map(|v| self.alloc_gl(v).0),
        }
    }

    /// The product, reducing a factor first if it might not fit.
    pub fn mul_ext(&mut self, a: &Ext, b: &Ext) -> Ext {
        let (a, b) = self.fit_product(a, b, Ext::bits, Self::reduce_ext, EXTRA_BITS);
        let bounds = |i: usize, j: usize| Bounds::of_product(&a.c[i], &b.c[j]);
        // Karatsuba: three products. The third may wrap around on its way; the results do not, by their bounds.
        let low = self.mul_lc(a.c[0].lc(), b.c[0].lc());
        let high = self.mul_lc(a.c[1].lc(), b.c[1].lc());
        let cross = self.mul_lc(&(a.c[0].lc() + a.c[1].lc()), &(b.c[0].lc() + b.c[1].lc()));
        let c0 = &low + &(&high * Fr::from(W));
        let c1 = &(&cross - &low) - &high;
        let bounds0 = bounds(0, 0).plus(&bounds(1, 1).times(W));
        let bounds1 = bounds(0, 1).plus(&bounds(1, 0));
        Ext {
            c: [bounds0.hold(c0), bounds1.hold(c1)],
        }
    }

    /// The square: two products.
    pub fn square_ext(&mut self, a: &Ext) -> Ext {
        let a = if a.bits() > MAX_SQUARE_BITS {
            self.reduce_ext(a)
        } else {
            a.clone()
        };
        let [x, y] = &a.c;
        let cross = self.mul_lc(x.lc(), y.lc());
        let both = self.mul_lc(&(x.lc() + y.lc()), &(x.lc() + &(y.lc() * Fr::from(W))));
        let c0 = &both - &(&cross * Fr::from(1 + W));
        let c1 = &cross * Fr::from(2u64);
        let bounds0 = Bounds::of_product(x, x).plus(&Bounds::of_product(y, y).times(W));
        let bounds1 = Bounds::of_product(x, y).times(2);
        Ext {
            c: [bounds0.hold(c0), bounds1.hold(c1)],
        }
    }

    /// The product with an element of the base field.
    pub fn mul_ext_gl(&mut self, a: &Ext, b: &Gl) -> Ext {
        Ext {
            c: [self.mul_gl(&a.c[0], b), self.mul_gl(&a.c[1], b)],
        }
    }

    /// Equal residues in `[0, 2^64)`.
    pub fn reduce_ext(&mut self, a: &Ext) -> Ext {
        let mut reduce = |gl: &Gl| {
            if gl.is_reduced() {
                gl.clone()
            } else {
                self.reduce_gl(gl)
            }
        };
        Ext {
            c: [reduce(&a.c[0]), reduce(&a.c[1])],
        }
    }

    /// The item whose number the little-endian `index` gives.
    pub fn select_ext(&mut self, index: &[Bit], items: &[Ext]) -> Ext {
        let mut select = |i: usize| {
            let coefficients: Vec<&Gl> = items.iter().map(|item| &item.c[i]).collect();
            self.select_gl(index, &coefficients)
        };
        Ext {
            c: [select(0), select(1)],
        }
    }

    /// The quotient: a hinted element whose product with `b` is constrained to be `a`.
    ///
    /// A zero divisor leaves the quotient of zero open. Divisors here are zero only if a challenge of the extension hits
    /// one point of the base field, which no prover can hope for.
    pub fn div_ext(&mut self, a: &Ext, b: &Ext) -> Ext {
        let value = |x: &Ext| QuadraticExtension(x.residues().map(GoldilocksField::from_canonical_u64));
        let quotient = value(a) * value(b).try_inverse().unwrap_or_default();
        let quotient = self.alloc_ext(quotient.0.map(|c| c.to_canonical_u64()));
        let product = self.mul_ext(&quotient, b);
        self.assert_zero_ext(&(&product - a));
        quotient
    }

    /// The powers from the zeroth on, reduced.
    pub fn powers_ext(&mut self, x: &Ext, n: usize) -> Vec<Ext> {
        let mut powers = vec![Ext::one()];
        while powers.len() < n {
            let last = &powers[powers.len() - 1];
            let next = if powers.len() == 1 {
                x.clone()
            } else {
                self.mul_ext(last, x)
            };
            powers.push(self.reduce_ext(&next));
        }
        powers.truncate(n);
        powers
    }

    /// Constrains both residues to be zero.
    pub fn assert_zero_ext(&mut self, a: &Ext) {
        a.c.iter().for_each(|c| self.assert_zero_gl(c));
    }
}

/// An element `a0 + a1 Y` of plonky2's `ExtensionAlgebra`, with `Y^2 = 7` and coefficients in the extension: what a
/// gate over extension elements computes on once its wires are opened outside the base field.
#[derive(Clone, Debug)]
pub struct Algebra {
    /// Coefficients, lowest first.
    pub a: [Ext; 2],
}

impl Algebra {
    /// From two neighbouring wires.
    pub fn new(wires: &[Ext]) -> Self {
        Self {
            a: [wires[0].clone(), wires[1].clone()],
        }
    }

    /// From an element of the extension.
    pub fn from_ext(a0: Ext) -> Self {
        Self { a: [a0, Ext::zero()] }
    }

    /// Bits of the largest coefficient.
    pub fn bits(&self) -> u64 {
        self.a[0].bits().max(self.a[1].bits())
    }

    /// Times a constant of the base field.
    pub fn scale(&self, factor: u64) -> Self {
        Self {
            a: [self.a[0].scale(factor), self.a[1].scale(factor)],
        }
    }
}

impl Add for &Algebra {
    type Output = Algebra;
    fn add(self, other: Self) -> Algebra {
        Algebra {
            a: [&self.a[0] + &other.a[0], &self.a[1] + &other.a[1]],
        }
    }
}

impl Sub for &Algebra {
    type Output = Algebra;
    fn sub(self, other: Self) -> Algebra {
        Algebra {
            a: [&self.a[0] - &other.a[0], &self.a[1] - &other.a[1]],
        }
    }
}

impl Synth {
    /// The product in the algebra.
    pub fn mul_algebra(&mut self, x: &Algebra, y: &Algebra) -> Algebra {
        let (x, y) = self.fit_product(x, y, Algebra::bits, Self::reduce_algebra, ALGEBRA_EXTRA_BITS);
        let low = self.mul_ext(&x.a[0], &y.a[0]);
        let high = self.mul_ext(&x.a[1], &y.a[1]);
        let cross = [self.mul_ext(&x.a[0], &y.a[1]), self.mul_ext(&x.a[1], &y.a[0])];
        Algebra {
            a: [&low + &high.scale(W), &cross[0] + &cross[1]],
        }
    }

    /// The product with an element of the extension.
    pub fn mul_algebra_ext(&mut self, x: &Algebra, y: &Ext) -> Algebra {
        Algebra {
            a: [self.mul_ext(&x.a[0], y), self.mul_ext(&x.a[1], y)],
        }
    }

    /// Equal residues in `[0, 2^64)`.
    pub fn reduce_algebra(&mut self, x: &Algebra) -> Algebra {
        Algebra {
            a: [self.reduce_ext(&x.a[0]), self.reduce_ext(&x.a[1])],
        }
    }
}
