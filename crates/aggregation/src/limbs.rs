//! 62-bit limbs: the form in which a statement leaves Goldilocks.
//!
//! Four of them are a 248-bit digest, one number in BN254's scalar field with exactly one representation.

use plonky2::field::extension::Extendable;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::{HashOut, HashOutTarget, RichField};
use plonky2::iop::generator::{GeneratedValues, SimpleGenerator};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartitionWitness, Witness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CommonCircuitData;
use plonky2::util::serialization::{Buffer, IoResult, Read, Write};
use serde::{Deserialize, Serialize};

use crate::config::{D, F};

/// Bits of a limb.
pub const LIMB_BITS: usize = 62;

/// A statement's digest: four limbs of 62 bits, the first one the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "[u64; 4]", into = "[u64; 4]")]
pub struct StatementDigest([u64; 4]);

/// A limb of 62 bits or more was given as one of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("limb {index} of a statement digest is {limb}, not below 2^62")]
pub struct LimbError {
    /// Which limb.
    pub index: usize,
    /// Its value.
    pub limb: u64,
}

impl StatementDigest {
    /// The low 62 bits of each element of a hash.
    pub fn from_hash(hash: HashOut<F>) -> Self {
        Self(
            hash.elements
                .map(|element| element.to_canonical_u64() & ((1 << LIMB_BITS) - 1)),
        )
    }

    /// The low 248 bits of a number of 32 bytes, big-endian.
    pub fn low_bits(bytes: [u8; 32]) -> Self {
        let bit = |at: usize| u64::from(bytes[31 - at / 8] >> (at % 8) & 1);
        Self(std::array::from_fn(|limb| {
            (0..LIMB_BITS).fold(0, |value, at| value | bit(LIMB_BITS * limb + at) << at)
        }))
    }

    /// The limbs, lowest first.
    pub const fn limbs(&self) -> [u64; 4] {
        self.0
    }

    /// The limbs as the public inputs of a closing proof.
    pub fn public_inputs(&self) -> [F; 4] {
        self.0.map(F::from_canonical_u64)
    }

    /// The digest as a number of 32 bytes, big-endian: the sum of limb i times 2^(62 i).
    pub fn to_be_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (position, byte) in bytes.iter_mut().rev().enumerate() {
            for bit in 0..8 {
                let at = 8 * position + bit;
                if let Some(limb) = self.0.get(at / LIMB_BITS) {
                    *byte |= ((limb >> (at % LIMB_BITS) & 1) as u8) << bit;
                }
            }
        }
        bytes
    }
}

impl TryFrom<[u64; 4]> for StatementDigest {
    type Error = LimbError;

    fn try_from(limbs: [u64; 4]) -> Result<Self, LimbError> {
        match limbs.iter().position(|limb| limb >> LIMB_BITS != 0) {
            Some(index) => Err(LimbError {
                index,
                limb: limbs[index],
            }),
            None => Ok(Self(limbs)),
        }
    }
}

impl From<StatementDigest> for [u64; 4] {
    fn from(digest: StatementDigest) -> Self {
        digest.0
    }
}

/// A target that is constrained to be below 2^62.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimbTarget(Target);

impl LimbTarget {
    /// Constrains a target to be below 2^62.
    pub fn range_checked(builder: &mut CircuitBuilder<F, D>, target: Target) -> Self {
        builder.range_check(target, LIMB_BITS);
        Self(target)
    }

    /// The low 62 bits of a field element's one representation below p.
    ///
    /// p = 2^64 - 2^32 + 1, so of the halves of a number below 2^64 it is below p exactly if the upper one is not
    /// 2^32 - 1 or the lower one is zero. plonky2's `split_le(x, 64)` leaves values below 2^32 - 1 two readings.
    pub fn low_bits(builder: &mut CircuitBuilder<F, D>, element: Target) -> Self {
        let (_, _, limb) = low_bits_parts(builder, element);
        Self(limb)
    }

    /// The limb as a target.
    pub const fn target(self) -> Target {
        self.0
    }
}

/// [`StatementDigest::from_hash`] in a circuit.
pub fn statement_digest_target(builder: &mut CircuitBuilder<F, D>, hash: HashOutTarget) -> [LimbTarget; 4] {
    hash.elements
        .map(|element| LimbTarget::low_bits(builder, element))
}

/// The bits of a field element's one representation below p, the lowest one first.
pub fn canonical_bits(builder: &mut CircuitBuilder<F, D>, element: Target) -> [BoolTarget; 64] {
    let (_, bits) = canonical_halves(builder, element);
    bits
}

/// The two halves of an element's representation below p, the lower one first, and their bits.
fn canonical_halves(builder: &mut CircuitBuilder<F, D>, element: Target) -> ([Target; 2], [BoolTarget; 64]) {
    let halves = builder.add_virtual_target_arr();
    builder.add_simple_generator(HalvesGenerator { element, halves });
    let parts = halves.map(|half| builder.split_le(half, 32));
    let [low, high] = halves;
    let shift = builder.constant(F::from_canonical_u64(1 << 32));
    let whole = builder.mul_add(high, shift, low);
    builder.connect(element, whole);
    let max = builder.constant(F::from_canonical_u32(u32::MAX));
    let high_is_max = builder.is_equal(high, max);
    let overflow = builder.mul(high_is_max.target, low);
    builder.assert_zero(overflow);
    (halves, std::array::from_fn(|bit| parts[bit / 32][bit % 32]))
}

/// Fills the halves of an element.
#[derive(Debug)]
struct HalvesGenerator {
    element: Target,
    halves: [Target; 2],
}

impl<T: RichField + Extendable<D2>, const D2: usize> SimpleGenerator<T, D2> for HalvesGenerator {
    fn id(&self) -> String {
        "HalvesGenerator".into()
    }

    fn dependencies(&self) -> Vec<Target> {
        vec![self.element]
    }

    fn run_once(&self, witness: &PartitionWitness<T>, out: &mut GeneratedValues<T>) -> anyhow::Result<()> {
        let element = witness.get_target(self.element).to_canonical_u64();
        for (target, half) in self
            .halves
            .into_iter()
            .zip([element & 0xffff_ffff, element >> 32])
        {
            out.set_target(target, T::from_canonical_u64(half))?;
        }
        Ok(())
    }

    fn serialize(&self, to: &mut Vec<u8>, _: &CommonCircuitData<T, D2>) -> IoResult<()> {
        to.write_target(self.element)?;
        to.write_target_array(&self.halves)
    }

    fn deserialize(from: &mut Buffer<'_>, _: &CommonCircuitData<T, D2>) -> IoResult<Self> {
        Ok(Self {
            element: from.read_target()?,
            halves: from.read_target_array()?,
        })
    }
}

/// The two halves of an element's canonical form and its low 62 bits.
fn low_bits_parts(builder: &mut CircuitBuilder<F, D>, element: Target) -> (Target, Target, Target) {
    let ([low, high], _) = canonical_halves(builder, element);
    let (kept, _) = builder.split_low_high(high, LIMB_BITS - 32, 32);
    let shift = builder.constant(F::from_canonical_u64(1 << 32));
    (low, high, builder.mul_add(kept, shift, low))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use plonky2::field::types::{Field64, Sample};
    use plonky2::iop::witness::{PartialWitness, WitnessWrite};
    use plonky2::plonk::circuit_data::CircuitData;

    use super::*;
    use crate::check::Trace;
    use crate::config::C;
    use crate::shape::Shape;

    struct Gadget {
        data: CircuitData<F, C, D>,
        element: Target,
        parts: (Target, Target, Target),
    }

    impl Gadget {
        fn new() -> Self {
            let mut builder = Shape::Standard.builder();
            let element = builder.add_virtual_target();
            let parts = low_bits_parts(&mut builder, element);
            Self {
                data: builder.build::<C>(),
                element,
                parts,
            }
        }

        fn inputs(&self, element: F) -> PartialWitness<F> {
            let mut inputs = PartialWitness::new();
            inputs.set_target(self.element, element).unwrap();
            inputs
        }
    }

    #[test]
    fn low_bits_agree_with_the_native_digest() {
        let gadget = Gadget::new();
        let edges = [
            0,
            1,
            (1 << 32) - 2,
            (1 << 32) - 1,
            1 << 32,
            1 << 62,
            (1 << 62) - 1,
            F::ORDER - 1,
        ];
        for element in edges.map(F::from_canonical_u64).into_iter().chain(F::rand_vec(8)) {
            let inputs = gadget.inputs(element);
            let trace = Trace::honest(&gadget.data, &inputs);
            assert_eq!(trace.violations(), vec![]);
            let hash = HashOut {
                elements: [element, F::ZERO, F::ZERO, F::ZERO],
            };
            let want = StatementDigest::from_hash(hash).public_inputs()[0];
            assert_eq!(trace.get(gadget.parts.2), Some(want));
        }
    }

    #[test]
    fn an_element_has_no_second_reading() {
        let gadget = Gadget::new();
        let (low, high, limb) = gadget.parts;
        for element in [0_u64, 5, (1 << 32) - 2] {
            let inputs = gadget.inputs(F::from_canonical_u64(element));
            // The same residue, read as element + p, which still has 64 bits.
            let other = element + F::ORDER;
            let halves = [(low, other & 0xffff_ffff), (high, other >> 32)];
            let forged = halves.map(|(target, value)| (target, F::from_canonical_u64(value)));
            let trace = Trace::forged(&gadget.data, &inputs, &forged);
            assert_ne!(
                trace.get(limb),
                Some(F::from_canonical_u64(element)),
                "the forgery reached the limb"
            );
            assert_ne!(trace.violations(), vec![], "{element} can be read as {other}");
        }
    }

    #[test]
    fn halves_and_limb_cannot_be_chosen() {
        let gadget = Gadget::new();
        let inputs = gadget.inputs(F::from_canonical_u64(0x0123_4567_89ab_cdef));
        for target in [gadget.parts.0, gadget.parts.1, gadget.parts.2] {
            let trace = Trace::forged(&gadget.data, &inputs, &[(target, F::from_canonical_u64(77))]);
            assert_ne!(trace.violations(), vec![]);
        }
    }

    #[test]
    fn a_range_checked_limb_is_below_2_to_62() {
        let mut builder = Shape::Standard.builder();
        let target = builder.add_virtual_target();
        LimbTarget::range_checked(&mut builder, target);
        let data = builder.build::<C>();
        let violations = |value| {
            let mut inputs = PartialWitness::new();
            inputs.set_target(target, F::from_canonical_u64(value)).unwrap();
            Trace::honest(&data, &inputs).violations()
        };
        assert_eq!(violations((1 << 62) - 1), vec![]);
        assert_ne!(violations(1 << 62), vec![]);
    }

    #[test]
    fn a_digest_is_one_number() {
        let digest = StatementDigest::try_from([1, 2, 3, (1 << 62) - 1]).unwrap();
        let mut number = num(3) << 124 | num(2) << 62 | num(1);
        // The upper half holds limb 3 from bit 186 on and nothing of the others.
        let bytes = digest.to_be_bytes();
        let low = u128::from_be_bytes(bytes[16..].try_into().unwrap());
        number &= u128::MAX;
        assert_eq!(low, number);
        let high = u128::from_be_bytes(bytes[..16].try_into().unwrap());
        assert_eq!(high, num((1 << 62) - 1) << (186 - 128));
        assert_eq!(StatementDigest::low_bits(bytes), digest);
        let above = [[0xff].as_slice(), &bytes[1..]].concat().try_into().unwrap();
        assert_eq!(StatementDigest::low_bits(above), digest);
        assert_eq!(
            StatementDigest::try_from([0, 1 << 62, 0, 0]),
            Err(LimbError {
                index: 1,
                limb: 1 << 62
            })
        );
    }

    fn num(value: u64) -> u128 {
        u128::from(value)
    }
}
