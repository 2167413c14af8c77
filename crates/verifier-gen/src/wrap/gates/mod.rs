//! The constraints of every supported plonky2 gate, written beside plonky2's `eval_unfiltered`.

mod arithmetic;
mod interpolation;
mod poseidon;
mod routing;

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::gates::arithmetic_base::ArithmeticGate;
use plonky2::gates::arithmetic_extension::ArithmeticExtensionGate;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::coset_interpolation::CosetInterpolationGate;
use plonky2::gates::exponentiation::ExponentiationGate;
use plonky2::gates::gate::GateRef;
use plonky2::gates::multiplication_extension::MulExtensionGate;
use plonky2::gates::noop::NoopGate;
use plonky2::gates::poseidon::PoseidonGate;
use plonky2::gates::poseidon_mds::PoseidonMdsGate;
use plonky2::gates::public_input::PublicInputGate;
use plonky2::gates::random_access::RandomAccessGate;
use plonky2::gates::reducing::ReducingGate;
use plonky2::gates::reducing_extension::ReducingExtensionGate;

use super::extension::Ext;
use super::goldilocks::Gl;
use super::synth::Synth;

type F = GoldilocksField;
const D: usize = 2;

/// What a gate's constraints are evaluated on: openings at zeta, each reduced.
#[derive(Debug)]
pub struct GateInputs<'a> {
    /// The gate's constants, selectors removed.
    pub constants: &'a [Ext],
    /// All wires.
    pub wires: &'a [Ext],
    /// The public inputs, which are their own hash.
    pub public_inputs: &'a [Gl],
}

/// A gate whose constraints this crate can evaluate, with the parameters that they depend on.
#[derive(Clone, Debug)]
pub enum SupportedGate {
    /// `ArithmeticGate`.
    Arithmetic {
        /// Operations in a row.
        num_ops: usize,
    },
    /// `ArithmeticExtensionGate`.
    ArithmeticExtension {
        /// Operations in a row.
        num_ops: usize,
    },
    /// `BaseSumGate<2>`.
    BaseSum {
        /// Bits in a row.
        num_limbs: usize,
    },
    /// `ConstantGate`.
    Constant {
        /// Constants in a row.
        num_consts: usize,
    },
    /// `CosetInterpolationGate`.
    CosetInterpolation {
        /// Binary logarithm of the number of points.
        subgroup_bits: usize,
        /// Degree bound of a constraint.
        degree: usize,
        /// One weight per point of the subgroup.
        weights: Vec<u64>,
    },
    /// `ExponentiationGate`.
    Exponentiation {
        /// Bits of the exponent.
        num_power_bits: usize,
    },
    /// `MulExtensionGate`.
    MulExtension {
        /// Operations in a row.
        num_ops: usize,
    },
    /// `NoopGate`.
    Noop,
    /// `PoseidonGate`.
    Poseidon,
    /// `PoseidonMdsGate`.
    PoseidonMds,
    /// `PublicInputGate`.
    PublicInput,
    /// `RandomAccessGate`.
    RandomAccess {
        /// Bits of an index.
        bits: usize,
        /// Lists in a row.
        num_copies: usize,
        /// Constants stored in spare wires.
        num_extra_constants: usize,
    },
    /// `ReducingGate`.
    Reducing {
        /// Coefficients in a row.
        num_coeffs: usize,
    },
    /// `ReducingExtensionGate`.
    ReducingExtension {
        /// Coefficients in a row.
        num_coeffs: usize,
    },
}

impl SupportedGate {
    /// Recognises a gate by its type; `None` for any that is not in the list above.
    pub fn from_gate(gate: &GateRef<F, D>) -> Option<Self> {
        use plonky2::field::types::PrimeField64;
        let any = gate.0.as_any();
        let is = |known: bool| known.then_some(());
        if let Some(g) = any.downcast_ref::<ArithmeticGate>() {
            return Some(Self::Arithmetic { num_ops: g.num_ops });
        }
        if let Some(g) = any.downcast_ref::<ArithmeticExtensionGate<D>>() {
            return Some(Self::ArithmeticExtension { num_ops: g.num_ops });
        }
        if let Some(g) = any.downcast_ref::<BaseSumGate<2>>() {
            return Some(Self::BaseSum {
                num_limbs: g.num_limbs,
            });
        }
        if is(any.is::<ConstantGate>()).is_some() {
            return Some(Self::Constant {
                num_consts: gate.0.num_constants(),
            });
        }
        if let Some(g) = any.downcast_ref::<CosetInterpolationGate<F, D>>() {
            let weights = g
                .barycentric_weights
                .iter()
                .map(PrimeField64::to_canonical_u64)
                .collect();
            return Some(Self::CosetInterpolation {
                subgroup_bits: g.subgroup_bits,
                degree: g.degree,
                weights,
            });
        }
        if let Some(g) = any.downcast_ref::<ExponentiationGate<F, D>>() {
            return Some(Self::Exponentiation {
                num_power_bits: g.num_power_bits,
            });
        }
        if let Some(g) = any.downcast_ref::<MulExtensionGate<D>>() {
            return Some(Self::MulExtension { num_ops: g.num_ops });
        }
        if let Some(g) = any.downcast_ref::<RandomAccessGate<F, D>>() {
            let (num_copies, num_extra_constants) = (g.num_copies, g.num_extra_constants);
            return Some(Self::RandomAccess {
                bits: g.bits,
                num_copies,
                num_extra_constants,
            });
        }
        if let Some(g) = any.downcast_ref::<ReducingGate<D>>() {
            return Some(Self::Reducing {
                num_coeffs: g.num_coeffs,
            });
        }
        if let Some(g) = any.downcast_ref::<ReducingExtensionGate<D>>() {
            return Some(Self::ReducingExtension {
                num_coeffs: g.num_coeffs,
            });
        }
        if any.is::<NoopGate>() {
            Some(Self::Noop)
        } else if any.is::<PoseidonGate<F, D>>() {
            Some(Self::Poseidon)
        } else if any.is::<PoseidonMdsGate<F, D>>() {
            Some(Self::PoseidonMds)
        } else if any.is::<PublicInputGate>() {
            Some(Self::PublicInput)
        } else {
            None
        }
    }

    /// The gate's constraints in plonky2's order, not filtered by its selector.
    pub fn evaluate(&self, cs: &mut Synth, inputs: &GateInputs<'_>) -> Vec<Ext> {
        match *self {
            Self::Arithmetic { num_ops } => arithmetic::arithmetic(cs, inputs, num_ops),
            Self::ArithmeticExtension { num_ops } => arithmetic::arithmetic_extension(cs, inputs, num_ops),
            Self::BaseSum { num_limbs } => routing::base_sum(cs, inputs, num_limbs),
            Self::Constant { num_consts } => routing::constant(inputs, num_consts),
            Self::CosetInterpolation {
                subgroup_bits,
                degree,
                ref weights,
            } => interpolation::coset_interpolation(cs, inputs, subgroup_bits, degree, weights),
            Self::Exponentiation { num_power_bits } => arithmetic::exponentiation(cs, inputs, num_power_bits),
            Self::MulExtension { num_ops } => arithmetic::mul_extension(cs, inputs, num_ops),
            Self::Noop => Vec::new(),
            Self::Poseidon => poseidon::poseidon(cs, inputs),
            Self::PoseidonMds => poseidon::poseidon_mds(inputs),
            Self::PublicInput => routing::public_input(inputs),
            Self::RandomAccess {
                bits,
                num_copies,
                num_extra_constants,
            } => routing::random_access(cs, inputs, bits, num_copies, num_extra_constants),
            Self::Reducing { num_coeffs } => arithmetic::reducing(cs, inputs, num_coeffs),
            Self::ReducingExtension { num_coeffs } => arithmetic::reducing_extension(cs, inputs, num_coeffs),
        }
    }
}
