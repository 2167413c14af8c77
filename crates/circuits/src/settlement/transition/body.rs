//! One step of a certificate: what it does to a run.

use causeway_aggregation::{D, F};
use causeway_ledger::inputs::Step;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::dependencies::{ContingencyTarget, DependenciesTarget, contingencies};
use super::imports::{ImportTarget, imports};
use super::moves::ChallengeTarget;
use super::run::RunTarget;
use super::tokens::{TokenSumTarget, tokens};
use crate::keccak::ListTarget;
use crate::settlement::exit_trees::ExitTreesTarget;
use crate::settlement::exits::ExitsTarget;
use crate::targets::U32Target;

/// The next of everything, as far as there is room.
#[derive(Clone, Debug)]
pub struct BodyTargets {
    /// What it depends on.
    pub dependencies: DependenciesTarget,
    /// Contingencies.
    pub contingencies: Vec<ContingencyTarget>,
    /// Imports.
    pub imports: Vec<ImportTarget>,
    /// Exits.
    pub exits: ExitsTarget,
    /// Tokens.
    pub tokens: Vec<TokenSumTarget>,
}

impl BodyTargets {
    /// Witnesses, taken in by a run of a network's certificate; the list is told of the exits.
    pub(super) fn new(
        builder: &mut CircuitBuilder<F, D>,
        network: U32Target,
        challenge: &ChallengeTarget,
        run: &mut RunTarget,
        list: &mut ListTarget,
    ) -> Self {
        let dependencies = DependenciesTarget::new(builder, network, &mut run.dependencies);
        Self {
            contingencies: contingencies(builder, network, &dependencies, &mut run.contingencies),
            imports: imports(builder, network, &dependencies, challenge, run),
            exits: exits(builder, network, challenge, run, list),
            tokens: tokens(builder, challenge, run),
            dependencies,
        }
    }
}

/// Appends the step's exits, and adds what they move out of the network.
fn exits(
    builder: &mut CircuitBuilder<F, D>,
    network: U32Target,
    challenge: &ChallengeTarget,
    run: &mut RunTarget,
    list: &mut ListTarget,
) -> ExitsTarget {
    let mut trees = ExitTreesTarget {
        exit_count: run.exit_count,
        frontier: run.frontier,
        shadow_root: run.shadow_root,
    };
    let exits = ExitsTarget::new(builder, network, Step::EXITS, &mut trees, list);
    (run.exit_count, run.frontier, run.shadow_root) = (trees.exit_count, trees.frontier, trees.shadow_root);
    for slot in &exits.slots {
        run.moves
            .add_exit(builder, challenge, network, &slot.exit, (slot.active, false));
    }
    exits
}
