//! Which circuit a proof may be of.

use causeway_aggregation::{D, F, KeyDigest};
use plonky2::iop::target::BoolTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::recursion::{InnerTargets, connect_if, constant_key, is_equal};
use crate::targets::DigestTarget;

/// The keys of circuits whose proofs are items of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemKeys {
    /// Those that join nothing.
    pub single: Vec<KeyDigest>,
    /// That which joins items.
    pub fold: KeyDigest,
    /// That which closes lists of items, if there is one.
    pub shut: Option<KeyDigest>,
}

impl ItemKeys {
    /// Whether a proof under this key, carrying that one, is an item.
    pub fn takes(&self, key: KeyDigest, carried: KeyDigest) -> bool {
        let joined = key == self.fold || Some(key) == self.shut;
        self.single.contains(&key) || (joined && carried == self.fold)
    }
}

/// Whether a proof is one under each of these keys, constants.
pub(super) fn is_one_of(
    builder: &mut CircuitBuilder<F, D>,
    inner: &InnerTargets,
    keys: &[KeyDigest],
) -> Vec<BoolTarget> {
    let keys = keys.iter();
    keys.map(|key| {
        let key = constant_key(builder, *key);
        is_equal(builder, inner.digest, key)
    })
    .collect()
}

/// Holds a proof to being one under exactly one of these keys, constants; says which.
pub(super) fn one_of(
    builder: &mut CircuitBuilder<F, D>,
    inner: &InnerTargets,
    keys: &[KeyDigest],
) -> Vec<BoolTarget> {
    let roles = is_one_of(builder, inner, keys);
    let known = builder.add_many(roles.iter().map(|role| role.target));
    builder.assert_one(known);
    roles
}

/// Holds a proof to being an item: one that is joined, or was when its list was closed, must have been joined under that very key.
pub(super) fn item_role(builder: &mut CircuitBuilder<F, D>, inner: &InnerTargets, keys: &ItemKeys) {
    let all = [keys.single.as_slice(), &[keys.fold], keys.shut.as_slice()].concat();
    let roles = one_of(builder, inner, &all);
    let fold = constant_key(builder, keys.fold);
    for joined in &roles[keys.single.len()..] {
        connect_if(builder, joined.target, inner.public_inputs(0), fold.elements);
    }
}

/// Holds a child to being of this very circuit, whose key's digest is carried, single, or what closes lists, made over the carried
/// key; whether it is of this circuit.
pub(super) fn joined_role(
    builder: &mut CircuitBuilder<F, D>,
    child: &InnerTargets,
    key: DigestTarget,
    (single, shut): (&[KeyDigest], Option<KeyDigest>),
) -> BoolTarget {
    let joined = is_equal(builder, child.digest, key);
    let mut roles = is_one_of(builder, child, single);
    roles.push(joined);
    roles.extend(is_one_of(builder, child, shut.as_slice()));
    let known = builder.add_many(roles.iter().map(|role| role.target));
    builder.assert_one(known);
    let carries = builder.add_many(roles[single.len()..].iter().map(|role| role.target));
    connect_if(builder, carries, child.public_inputs(0), key.elements);
    joined
}
