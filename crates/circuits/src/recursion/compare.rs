//! Digests, keys and flags held to one another.

use causeway_aggregation::{D, F, KeyDigest};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

/// A key digest as constants.
pub(crate) fn constant_key(builder: &mut CircuitBuilder<F, D>, key: KeyDigest) -> HashOutTarget {
    HashOutTarget {
        elements: key.elements().map(|element| builder.constant(element)),
    }
}

/// Holds digests to one another.
pub(crate) fn connect(builder: &mut CircuitBuilder<F, D>, left: [Target; 4], right: [Target; 4]) {
    for (left, right) in left.into_iter().zip(right) {
        builder.connect(left, right);
    }
}

/// Holds digests to one another where a condition holds.
pub(crate) fn connect_if(
    builder: &mut CircuitBuilder<F, D>,
    condition: Target,
    left: [Target; 4],
    right: [Target; 4],
) {
    for (left, right) in left.into_iter().zip(right) {
        builder.conditional_assert_eq(condition, left, right);
    }
}

/// One digest or the other.
pub(crate) fn select<const N: usize>(
    builder: &mut CircuitBuilder<F, D>,
    condition: BoolTarget,
    yes: [Target; N],
    no: [Target; N],
) -> [Target; N] {
    std::array::from_fn(|i| builder.select(condition, yes[i], no[i]))
}

/// Whether two digests are equal.
pub(crate) fn is_equal(
    builder: &mut CircuitBuilder<F, D>,
    left: HashOutTarget,
    right: HashOutTarget,
) -> BoolTarget {
    let mut equal = builder._true();
    for (left, right) in left.elements.into_iter().zip(right.elements) {
        let same = builder.is_equal(left, right);
        equal = builder.and(equal, same);
    }
    equal
}

/// Whether an element is zero.
pub(crate) fn is_zero(builder: &mut CircuitBuilder<F, D>, element: Target) -> BoolTarget {
    let zero = builder.zero();
    builder.is_equal(element, zero)
}

/// Holds flags to falling: the second one is not set without the first.
pub(crate) fn falls(builder: &mut CircuitBuilder<F, D>, first: BoolTarget, second: BoolTarget) {
    let alone = builder.mul_sub(first.target, second.target, second.target);
    builder.assert_zero(alone);
}
