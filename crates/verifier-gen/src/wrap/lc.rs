use std::ops::{Add, Mul, Neg, Sub};

use ark_bn254::Fr;
use ark_ff::{One, Zero};

use crate::r1cs::Var;

/// A linear combination of columns together with its value under the assignment being made.
///
/// Terms are sorted by column and none is zero, so that equal combinations are equal term by term and the circuit
/// does not depend on the order in which they were put together.
#[derive(Clone, Debug)]
pub struct Lc {
    terms: Vec<(Var, Fr)>,
    value: Fr,
}

impl Lc {
    /// The combination that is always zero.
    pub fn zero() -> Self {
        Self {
            terms: Vec::new(),
            value: Fr::zero(),
        }
    }

    /// A constant.
    pub fn constant(value: Fr) -> Self {
        let terms = if value.is_zero() {
            Vec::new()
        } else {
            vec![(Var::ONE, value)]
        };
        Self { terms, value }
    }

    pub(super) fn variable(var: Var, value: Fr) -> Self {
        Self {
            terms: vec![(var, Fr::one())],
            value,
        }
    }

    /// Value under the assignment being made.
    pub fn value(&self) -> Fr {
        self.value
    }

    /// The value, if it is the same under every assignment.
    pub fn as_constant(&self) -> Option<Fr> {
        match self.terms.as_slice() {
            [] => Some(Fr::zero()),
            [(Var::ONE, value)] => Some(*value),
            _ => None,
        }
    }

    pub(super) fn terms(&self) -> &[(Var, Fr)] {
        &self.terms
    }

    /// The sum of many, sorted once.
    pub fn sum<'a>(items: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut terms = Vec::new();
        let mut value = Fr::zero();
        for item in items {
            terms.extend_from_slice(&item.terms);
            value += item.value;
        }
        terms.sort_by_key(|&(var, _)| var);
        let mut merged: Vec<(Var, Fr)> = Vec::with_capacity(terms.len());
        for (var, coefficient) in terms {
            match merged.last_mut() {
                Some((last, sum)) if *last == var => *sum += coefficient,
                _ => merged.push((var, coefficient)),
            }
        }
        merged.retain(|(_, coefficient)| !coefficient.is_zero());
        Self { terms: merged, value }
    }

    /// Each bit times its power of two.
    pub fn from_bits<'a>(bits: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut power = Fr::one();
        let scaled: Vec<Self> = bits
            .into_iter()
            .map(|bit| {
                let term = bit * power;
                power += power;
                term
            })
            .collect();
        Self::sum(&scaled)
    }

    fn merge(&self, other: &Self, sign: impl Fn(Fr) -> Fr) -> Vec<(Var, Fr)> {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some(&&(a, x)), Some(&&(b, y))) if a == b => {
                    let sum = x + sign(y);
                    if !sum.is_zero() {
                        terms.push((a, sum));
                    }
                    left.next();
                    right.next();
                }
                (Some(&&(a, x)), Some(&&(b, _))) if a < b => {
                    terms.push((a, x));
                    left.next();
                }
                (_, Some(&&(b, y))) => {
                    terms.push((b, sign(y)));
                    right.next();
                }
                (Some(&&term), None) => {
                    terms.push(term);
                    left.next();
                }
                (None, None) => return terms,
            }
        }
    }
}

impl Add for &Lc {
    type Output = Lc;
    fn add(self, other: Self) -> Lc {
        Lc {
            terms: self.merge(other, |y| y),
            value: self.value + other.value,
        }
    }
}

impl Sub for &Lc {
    type Output = Lc;
    fn sub(self, other: Self) -> Lc {
        Lc {
            terms: self.merge(other, |y| -y),
            value: self.value - other.value,
        }
    }
}

impl Neg for &Lc {
    type Output = Lc;
    fn neg(self) -> Lc {
        self * -Fr::one()
    }
}

impl Mul<Fr> for &Lc {
    type Output = Lc;
    fn mul(self, factor: Fr) -> Lc {
        if factor.is_zero() {
            return Lc::zero();
        }
        let terms = self
            .terms
            .iter()
            .map(|&(var, coefficient)| (var, coefficient * factor))
            .collect();
        Lc {
            terms,
            value: self.value * factor,
        }
    }
}
