//! Imports: exits of others, each of them there, addressed to the network, and taken once.

use causeway_aggregation::{D, F};
use causeway_ledger::inputs::Step;
use causeway_ledger::poseidon::IMPORT;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::dependencies::DependenciesTarget;
use super::moves::ChallengeTarget;
use super::run::RunTarget;
use crate::recursion::{connect_if, select};
use crate::targets::{ExitTarget, MessageTarget, PathTarget, TreeTarget, U32Target, nullify, shadow_leaf};

/// An import, if it is there.
#[derive(Clone, Debug)]
pub struct ImportTarget {
    /// Whether there is one.
    pub active: BoolTarget,
    /// The exit.
    pub exit: ExitTarget,
    /// Its place in its network's exit tree.
    pub leaf_index: U32Target,
    /// Which dependency has it.
    pub dependency: Target,
    /// Its path in that entry's shadow tree.
    pub shadow_path: PathTarget,
    /// The path of its place in the nullifier tree, as the imports before it left it.
    pub nullifier_path: PathTarget,
}

/// Witnesses, taken in by a run.
pub(super) fn imports(
    builder: &mut CircuitBuilder<F, D>,
    network: U32Target,
    dependencies: &DependenciesTarget,
    challenge: &ChallengeTarget,
    run: &mut RunTarget,
) -> Vec<ImportTarget> {
    (0..Step::IMPORTS)
        .map(|_| import(builder, network, dependencies, challenge, run))
        .collect()
}

fn import(
    builder: &mut CircuitBuilder<F, D>,
    network: U32Target,
    dependencies: &DependenciesTarget,
    challenge: &ChallengeTarget,
    run: &mut RunTarget,
) -> ImportTarget {
    let active = builder.add_virtual_bool_target_safe();
    let dependency = builder.add_virtual_target();
    let source = dependencies.network(builder, dependency);
    let root = dependencies.shadow_root(builder, dependency);

    // Its words were checked when it was exported: nobody knows other elements with the same leaf.
    let exit = ExitTarget::new_unchecked(builder);
    let leaf = shadow_leaf(builder, &exit);
    let (leaf_index, index) = U32Target::with_bits(builder);
    let shadow_path = PathTarget::new(builder, TreeTarget::Shadow);
    let found = shadow_path.root(builder, leaf, &index);
    connect_if(builder, active.target, found.elements, root.elements);

    let own = builder.is_equal(source.target(), network.target());
    let refused = builder.and(active, own);
    builder.assert_zero(refused.target);
    builder.conditional_assert_eq(active.target, exit.destination_network.target(), network.target());

    let nullifier_path = PathTarget::new(builder, TreeTarget::Nullifiers);
    let place = [index, source.bits(builder)].concat();
    let (before, after) = nullify(builder, &place, &nullifier_path);
    connect_if(
        builder,
        active.target,
        before.elements,
        run.nullifier_root.elements,
    );
    run.nullifier_root = select(builder, active, after.elements, run.nullifier_root.elements).into();

    let link = MessageTarget::new()
        .digest(run.imports)
        .u32(source)
        .u32(leaf_index)
        .digest(leaf)
        .hash(builder, IMPORT);
    run.imports = select(builder, active, link.elements, run.imports.elements).into();
    run.moves
        .add_exit(builder, challenge, network, &exit, (active, true));
    ImportTarget {
        active,
        exit,
        leaf_index,
        dependency,
        shadow_path,
        nullifier_path,
    }
}
