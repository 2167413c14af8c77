//! What is taken: circuits that the recursive verifier handles wholly, and refusals by name for the rest.

use std::any::TypeId;

use plonky2::gates::arithmetic_base::ArithmeticGate;
use plonky2::gates::arithmetic_extension::ArithmeticExtensionGate;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::coset_interpolation::CosetInterpolationGate;
use plonky2::gates::exponentiation::ExponentiationGate;
use plonky2::gates::multiplication_extension::MulExtensionGate;
use plonky2::gates::noop::NoopGate;
use plonky2::gates::poseidon::PoseidonGate;
use plonky2::gates::poseidon_mds::PoseidonMdsGate;
use plonky2::gates::public_input::PublicInputGate;
use plonky2::gates::random_access::RandomAccessGate;
use plonky2::gates::reducing::ReducingGate;
use plonky2::gates::reducing_extension::ReducingExtensionGate;
use plonky2::plonk::circuit_data::{CommonCircuitData, VerifierOnlyCircuitData};
use plonky2::plonk::config::GenericConfig;
use plonky2::util::serialization::{Buffer, Read, Write};

use super::{NormalizeError, Options};
use crate::config::{D, F};
use crate::proof_shape::check_key;

/// A feature or size of a circuit that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The circuit hides its witness. Normalising hides it anyway: prove without.
    #[error("zero_knowledge circuits are not taken: build the circuit without it")]
    ZeroKnowledge,
    /// The circuit uses lookup tables, whose argument draws its challenges from the base field and is not accounted for.
    #[error("lookup tables are not taken")]
    Lookups,
    /// A gate that is not plonky2's own.
    #[error("gate {gate} is not one of plonky2's own: allow custom gates to take it")]
    CustomGate {
        /// plonky2's id of the gate.
        gate: String,
    },
    /// A size beyond what is taken.
    #[error("{what} is {got}, the most taken is {max}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its value.
        got: usize,
        /// The most taken.
        max: usize,
    },
    /// Circuit data that plonky2's builder does not make.
    #[error("the circuit data contradict themselves: {what} is {got}, the rest gives {expected}")]
    Inconsistent {
        /// What does not agree.
        what: &'static str,
        /// Its value.
        got: usize,
        /// The value that follows from the rest.
        expected: usize,
    },
}

/// Refuses what the wraps cannot verify, before plonky2 meets it.
pub(crate) fn check_circuit<InC: GenericConfig<D, F = F>>(
    common: &CommonCircuitData<F, D>,
    key: &VerifierOnlyCircuitData<InC, D>,
    options: Options,
) -> Result<(), NormalizeError> {
    if common.config.zero_knowledge || common.fri_params.hiding {
        return Err(Unsupported::ZeroKnowledge.into());
    }
    if !common.luts.is_empty() || common.num_lookup_polys > 0 || common.num_lookup_selectors > 0 {
        return Err(Unsupported::Lookups.into());
    }
    if !options.allow_custom_gates
        && let Some(gate) = common
            .gates
            .iter()
            .find(|gate| !is_own_gate(gate.0.as_any().type_id()))
    {
        return Err(Unsupported::CustomGate { gate: gate.0.id() }.into());
    }
    check_sizes(common)?;
    check_consistency(common)?;
    check_selectors(common)?;
    check_key(key, common)?;
    Ok(())
}

fn is_own_gate(gate: TypeId) -> bool {
    [
        TypeId::of::<ArithmeticGate>(),
        TypeId::of::<ArithmeticExtensionGate<D>>(),
        TypeId::of::<BaseSumGate<2>>(),
        TypeId::of::<BaseSumGate<4>>(),
        TypeId::of::<ConstantGate>(),
        TypeId::of::<CosetInterpolationGate<F, D>>(),
        TypeId::of::<ExponentiationGate<F, D>>(),
        TypeId::of::<MulExtensionGate<D>>(),
        TypeId::of::<NoopGate>(),
        TypeId::of::<PoseidonGate<F, D>>(),
        TypeId::of::<PoseidonMdsGate<F, D>>(),
        TypeId::of::<PublicInputGate>(),
        TypeId::of::<RandomAccessGate<F, D>>(),
        TypeId::of::<ReducingGate<D>>(),
        TypeId::of::<ReducingExtensionGate<D>>(),
    ]
    .contains(&gate)
}

/// Bounds that keep the wraps buildable: plonky2's recursive verifier looks up caps and cosets in single gates, and
/// the field has 2^32 roots of unity.
fn check_sizes(common: &CommonCircuitData<F, D>) -> Result<(), Unsupported> {
    let (config, fri) = (&common.config, &common.config.fri_config);
    let arity = common
        .fri_params
        .reduction_arity_bits
        .iter()
        .copied()
        .max()
        .unwrap_or(0);
    for (what, got, max) in [
        ("the number of wires", config.num_wires, 1024),
        (
            "the number of routed wires",
            config.num_routed_wires,
            config.num_wires,
        ),
        ("the number of challenges", config.num_challenges, 8),
        ("the quotient degree factor", common.quotient_degree_factor, 64),
        ("the number of public inputs", common.num_public_inputs, 1 << 12),
        ("the number of queries", fri.num_query_rounds, 512),
        ("the grinding", fri.proof_of_work_bits as usize, 40),
        ("the cap height", fri.cap_height, 5),
        ("the rate", fri.rate_bits, 10),
        (
            "the binary logarithm of the degree",
            common.fri_params.degree_bits,
            22,
        ),
        ("the binary logarithm of the folding arity", arity, 4),
    ] {
        if got > max {
            return Err(Unsupported::TooLarge { what, got, max });
        }
    }
    Ok(())
}

/// Holds every number that plonky2 derives to what it derives it from.
fn check_consistency(common: &CommonCircuitData<F, D>) -> Result<(), Unsupported> {
    let (config, params) = (&common.config, &common.fri_params);
    let folded = params.total_arities();
    let gates = || common.gates.iter().map(|gate| &gate.0);
    let constants = gates().map(|gate| gate.num_constants()).max().unwrap_or(0);
    let wires = gates().map(|gate| gate.num_wires()).max().unwrap_or(0);
    let constraints = gates().map(|gate| gate.num_constraints()).max().unwrap_or(0);
    let products = config
        .num_routed_wires
        .div_ceil(common.quotient_degree_factor.max(1))
        .saturating_sub(1);
    for (what, got, expected) in [
        (
            "the FRI configuration",
            usize::from(params.config != config.fri_config),
            0,
        ),
        ("the folding", folded, folded.min(params.degree_bits)),
        (
            "the last folded tree",
            folded,
            folded.min(params.lde_bits().saturating_sub(config.fri_config.cap_height)),
        ),
        (
            "the cap height",
            config.fri_config.cap_height,
            config.fri_config.cap_height.min(params.lde_bits()),
        ),
        (
            "the number of wires of a gate",
            wires,
            wires.min(config.num_wires),
        ),
        (
            "the number of gates",
            common.gates.len(),
            common.gates.len().max(1),
        ),
        (
            "the quotient degree factor",
            common.quotient_degree_factor,
            config.max_quotient_degree_factor.max(1),
        ),
        (
            "the number of constants",
            common.num_constants,
            common.selectors_info.num_selectors() + constants,
        ),
        (
            "the number of gate constraints",
            common.num_gate_constraints,
            constraints,
        ),
        (
            "the number of partial products",
            common.num_partial_products,
            products,
        ),
        (
            "the number of permutation cosets",
            common.k_is.len(),
            config.num_routed_wires,
        ),
    ] {
        if got != expected {
            return Err(Unsupported::Inconsistent { what, got, expected });
        }
    }
    Ok(())
}

/// Holds the groups of gates that share a selector to what plonky2 makes: neighbours, each gate in one group and pointing at it.
fn check_selectors(common: &CommonCircuitData<F, D>) -> Result<(), Unsupported> {
    let inconsistent = |what, got, expected| Err(Unsupported::Inconsistent { what, got, expected });
    let gates = common.gates.len();
    let Some((indices, groups)) = selectors(common) else {
        return inconsistent("the selectors", 0, gates);
    };
    if indices.len() != gates {
        return inconsistent("the number of gates with a selector", indices.len(), gates);
    }
    let mut end = 0;
    for (group, range) in groups.iter().enumerate() {
        if range.start != end || range.end < range.start {
            return inconsistent("where a group of gates begins", range.start, end);
        }
        end = range.end;
        if end > gates {
            break;
        }
        if let Some(got) = indices[range.clone()].iter().find(|index| **index != group) {
            return inconsistent("the selector of a gate", *got, group);
        }
    }
    if end != gates {
        return inconsistent("the number of gates in groups", end, gates);
    }
    Ok(())
}

/// The selector of each gate and the gates of each selector, which plonky2 shows nobody but its serializer.
fn selectors(common: &CommonCircuitData<F, D>) -> Option<(Vec<usize>, Vec<std::ops::Range<usize>>)> {
    let mut bytes = Vec::new();
    bytes.write_selectors_info(&common.selectors_info).ok()?;
    let mut input = Buffer::new(&bytes);
    let indices = input.read_usize_vec().ok()?;
    let groups = (0..input.read_usize().ok()?)
        .map(|_| Some(input.read_usize().ok()?..input.read_usize().ok()?))
        .collect::<Option<Vec<_>>>()?;
    Some((indices, groups))
}
