//! Bits and what is made of them: ranges, canonical decompositions, selection.

use ark_bn254::Fr;
use ark_ff::{BigInteger, BigInteger256, Field, One, PrimeField, Zero};

use super::lc::Lc;
use super::synth::Synth;

/// A combination constrained to be zero or one.
#[derive(Clone, Debug)]
pub struct Bit(Lc);

impl Bit {
    /// The bit as a number.
    pub fn lc(&self) -> &Lc {
        &self.0
    }

    /// `1 - self`.
    pub fn not(&self) -> Self {
        Self(&Lc::constant(Fr::one()) - &self.0)
    }
}

/// The number that little-endian bits stand for.
pub(super) fn number(bits: &[Bit]) -> Lc {
    Lc::from_bits(bits.iter().map(Bit::lc))
}

/// Bits of BN254's scalar modulus.
const FIELD_BITS: usize = 254;
/// Where a canonical decomposition splits a scalar: below are three 64-bit limbs, above 62 bits.
const LOW_BITS: usize = 192;

impl Synth {
    fn enforce_boolean(&mut self, lc: Lc) -> Bit {
        self.enforce(&lc, &(&lc - &Lc::constant(Fr::one())), &Lc::zero());
        Bit(lc)
    }

    /// A new bit.
    pub fn alloc_bit(&mut self, value: bool) -> Bit {
        let lc = self.alloc_unchecked(Fr::from(value));
        self.enforce_boolean(lc)
    }

    /// Proves `0 <= lc < 2^n` and returns its little-endian bits, for `1 <= n <= 253`: one constraint a bit, since the
    /// top one is what the others leave.
    ///
    /// # Panics
    /// If `n` is out of that range: with 254 bits a decomposition would not be unique.
    pub fn bits_of(&mut self, lc: &Lc, n: usize) -> Vec<Bit> {
        assert!((1..FIELD_BITS).contains(&n), "{n} bits do not determine a scalar");
        self.bits_of_unchecked(lc, n)
    }

    fn bits_of_unchecked(&mut self, lc: &Lc, n: usize) -> Vec<Bit> {
        let value = lc.value().into_bigint();
        let mut bits: Vec<Bit> = (0..n - 1).map(|i| self.alloc_bit(value.get_bit(i))).collect();
        let weight = Fr::from(2u64).pow([(n - 1) as u64]);
        let top = &(lc - &number(&bits)) * weight.inverse().expect("a power of two is not zero");
        bits.push(self.enforce_boolean(top));
        bits
    }

    /// The 254 bits of the canonical value of `lc`.
    ///
    /// The top 62 bits are held strictly below those of the modulus, which makes every decomposition unique and
    /// refuses the one value in 2^62 whose top bits equal the modulus's: nobody meets it, and no proof depends on it.
    pub fn canonical_bits(&mut self, lc: &Lc) -> Vec<Bit> {
        let bits = self.bits_of_unchecked(lc, FIELD_BITS);
        let limit = Fr::from_bigint(Fr::MODULUS >> LOW_BITS as u32).expect("62 bits") - Fr::one();
        let room = &Lc::constant(limit) - &number(&bits[LOW_BITS..]);
        self.bits_of(&room, FIELD_BITS - LOW_BITS);
        bits
    }

    /// One if `lc` is zero, and zero otherwise.
    pub fn is_zero(&mut self, lc: &Lc) -> Bit {
        let inverse = self.alloc_unchecked(lc.value().inverse().unwrap_or_default());
        let product = lc.value() * inverse.value();
        let result = self.alloc_unchecked(Fr::one() - product);
        let one = Lc::constant(Fr::one());
        // Whatever the hinted inverse: if lc is not zero the second row makes the result zero, else the first one.
        self.enforce(lc, &inverse, &(&one - &result));
        self.enforce(lc, &result, &Lc::zero());
        Bit(result)
    }

    /// `a and b`.
    pub fn and(&mut self, a: &Bit, b: &Bit) -> Bit {
        Bit(self.mul(a.lc(), b.lc()))
    }

    /// `if bit { one } else { zero }`.
    pub fn select(&mut self, bit: &Bit, one: &Lc, zero: &Lc) -> Lc {
        let difference = self.mul(bit.lc(), &(one - zero));
        &difference + zero
    }

    /// The item whose number the little-endian `index` gives.
    ///
    /// # Panics
    /// If there are not exactly `2^index.len()` items.
    pub fn select_many(&mut self, index: &[Bit], items: &[Lc]) -> Lc {
        assert_eq!(items.len(), 1 << index.len(), "one item per index");
        let mut layer = items.to_vec();
        for bit in index {
            layer = layer
                .chunks(2)
                .map(|pair| self.select(bit, &pair[1], &pair[0]))
                .collect();
        }
        layer.remove(0)
    }
}

/// All products of some bits: what a multilinear polynomial in them is a combination of.
#[derive(Clone, Debug)]
pub struct Monomials(Vec<Lc>);

impl Monomials {
    /// One constraint for each product of two or more bits.
    pub fn new(cs: &mut Synth, bits: &[Bit]) -> Self {
        let mut monomials = vec![Lc::constant(Fr::one())];
        for bit in bits {
            let mut with_bit = vec![bit.lc().clone()];
            with_bit.extend(monomials[1..].iter().map(|monomial| cs.mul(monomial, bit.lc())));
            monomials.extend(with_bit);
        }
        Self(monomials)
    }

    /// The entry whose number the bits give, lowest first.
    ///
    /// # Panics
    /// If the table does not have one entry per value of the bits.
    pub fn look_up(&self, table: &[u64]) -> Lc {
        assert_eq!(table.len(), self.0.len(), "one entry per index");
        let mut coefficients: Vec<Fr> = table.iter().map(|&entry| Fr::from(entry)).collect();
        let mut width = 1;
        while width < table.len() {
            for i in (0..table.len()).filter(|i| i & width != 0) {
                let below = coefficients[i ^ width];
                coefficients[i] -= below;
            }
            width *= 2;
        }
        let terms: Vec<Lc> = self.0.iter().zip(coefficients).map(|(m, c)| m * c).collect();
        Lc::sum(&terms)
    }
}

/// The canonical value as a 256-bit integer.
pub(super) fn integer(lc: &Lc) -> BigInteger256 {
    lc.value().into_bigint()
}

/// Whether a scalar, as an integer, is above half the modulus: read as signed, it is negative.
pub(super) fn is_negative(value: &Fr) -> bool {
    value.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO
}

/// `n` as a scalar.
pub(super) fn scalar(n: &num_bigint::BigInt) -> Fr {
    let magnitude = Fr::from_be_bytes_mod_order(&n.magnitude().to_bytes_be());
    if n.sign() == num_bigint::Sign::Minus && !magnitude.is_zero() {
        -magnitude
    } else {
        magnitude
    }
}
