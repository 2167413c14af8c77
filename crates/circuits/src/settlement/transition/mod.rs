//! The transition circuit: one certificate, from its network's state before to its state after.
//!
//! It depends on nothing but these, and on the entries of other networks that the certificate names: whether they are settled the
//! anchor asks. What the words of an imported exit, of a balance leaf or of the state before are, whoever put them under a root of
//! this system has constrained: an exit here or where L1's are consumed, a leaf here, a state in the anchor.

mod dependencies;
mod exits;
mod imports;
mod moves;
mod run;
mod tokens;
mod witness;

use causeway_aggregation::{D, F, Shape, ShapeError};
use causeway_ledger::inputs::TransitionInputs;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

pub use dependencies::{ContingencyTarget, DependenciesTarget, DependencyTarget};
pub use exits::{ExitSlotTarget, ExitsTarget};
pub use imports::ImportTarget;
pub use moves::{ChallengeTarget, MovesTarget, SUM_CHALLENGE, SUM_CHALLENGE_MORE};
pub use run::RunTarget;
pub use tokens::{SUM, TokenSumTarget};
pub use witness::{entries, statement};

use super::statement::TransitionStatementTarget;
use crate::keccak::{List, ListTarget};
use crate::recursion::{Circuit, connect};
use crate::targets::{
    BalanceTreeTarget, Bytes32Target, CertificateStatementTarget, DigestTarget, HistoryEntryTarget,
    MessageTarget, NetworkStateTarget, PathTarget, TokenTarget, TreeTarget, U32Target, U64Target,
    WordsTarget, keccak_words,
};

/// Targets of the transition circuit.
#[derive(Clone, Debug)]
pub struct TransitionTargets {
    /// The state before.
    pub old: NetworkStateTarget,
    /// Its balance tree.
    pub balances: BalanceTreeTarget,
    /// What the certificate depends on.
    pub dependencies: DependenciesTarget,
    /// Its contingencies.
    pub contingencies: Vec<ContingencyTarget>,
    /// Its imports.
    pub imports: Vec<ImportTarget>,
    /// Its exits.
    pub exits: ExitsTarget,
    /// The tokens it moves.
    pub tokens: Vec<TokenSumTarget>,
    /// The state root after.
    pub state_root: Bytes32Target,
    /// The path of the new entry's place in the history tree.
    pub history_path: PathTarget,
    /// Digest of the deployment.
    pub domain: Bytes32Target,
    /// Until when it can settle.
    pub expiry: U64Target,
    /// The list before.
    pub list_in: ListTarget,
    /// What is stated.
    pub statement: TransitionStatementTarget,
}

/// The transition circuit.
pub type Transition = Circuit<TransitionTargets>;

/// What a certificate does to its network's state, step by step; `digest` gives the point at which moves are summed.
struct Body {
    dependencies: DependenciesTarget,
    contingencies: Vec<ContingencyTarget>,
    imports: Vec<ImportTarget>,
    exits: ExitsTarget,
    tokens: Vec<TokenSumTarget>,
}

fn body(
    builder: &mut CircuitBuilder<F, D>,
    network: U32Target,
    challenge: &ChallengeTarget,
    run: &mut RunTarget,
    list: &mut ListTarget,
) -> Body {
    let dependencies = DependenciesTarget::new(builder, network, &mut run.dependencies);
    let contingencies = dependencies::contingencies(builder, network, &dependencies, &mut run.contingencies);
    let imports = imports::imports(builder, network, &dependencies, challenge, run);
    let exits = ExitsTarget::new(builder, network, challenge, run, list);
    let tokens = tokens::tokens(builder, challenge, run);
    Body {
        dependencies,
        contingencies,
        imports,
        exits,
        tokens,
    }
}

/// The constraints of a transition.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>) -> TransitionTargets {
    let zero = builder.zero();
    let nothing = HashOutTarget { elements: [zero; 4] };
    let old = NetworkStateTarget::new_unchecked(builder);
    let balances = BalanceTreeTarget::new(builder);
    let root = balances.hash(builder);
    connect(builder, root.elements, old.balance_root.elements);
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let mut list = list_in;
    let challenge_digest = builder.add_virtual_hash();
    let challenge = ChallengeTarget::new(builder, challenge_digest);
    let mut run = RunTarget {
        exit_count: old.exit_count,
        frontier: old.frontier,
        shadow_root: old.shadow_root,
        nullifier_root: old.nullifier_root,
        balances,
        imports: nothing,
        contingencies: nothing,
        dependencies: nothing,
        sums: nothing,
        last_token: TokenTarget::eth(builder),
        moves: MovesTarget {
            sum: builder.zero_extension(),
            count: zero,
        },
    };
    let body = body(builder, old.network, &challenge, &mut run, &mut list);

    // All that the sum ranges over was fixed before the point was known.
    let point = challenge_of(builder, &old, &run);
    connect(builder, point.elements, challenge_digest.elements);
    let nothing_left = builder.zero_extension();
    builder.connect_extension(run.moves.sum, nothing_left);

    let exit_root = exit_root(builder, &old, &body.exits, &mut list);
    let state_root = Bytes32Target::new_unchecked(builder);
    let history_path = PathTarget::new(builder, TreeTarget::History);
    let entry = HistoryEntryTarget {
        height: old.height,
        state_root,
        shadow_root: run.shadow_root,
        exit_count: run.exit_count,
    };
    let (height, history_root) = append_history(builder, &old, &entry, &history_path);
    let new = NetworkStateTarget {
        network: old.network,
        height,
        exit_count: run.exit_count,
        exit_root,
        shadow_root: run.shadow_root,
        balance_root: run.balances.hash(builder),
        nullifier_root: run.nullifier_root,
        history_root,
        state_root,
        frontier: run.frontier,
    };
    let certificate = CertificateStatementTarget {
        domain: Bytes32Target::new_unchecked(builder),
        network: old.network,
        height: old.height,
        expiry: U64Target::new_unchecked(builder),
        old_state_root: old.state_root,
        new_state_root: state_root,
        exit_count: run.exit_count,
        shadow_root: run.shadow_root,
        imports: run.imports,
        contingencies: run.contingencies,
    };
    let statement = TransitionStatementTarget {
        old: old.hash(builder),
        new: new.hash(builder),
        certificate: certificate.hash(builder),
        domain: certificate.domain,
        expiry: certificate.expiry,
        validity: nothing,
        dependencies: run.dependencies,
        list_in,
        list_out: list,
    };
    statement.register(builder);
    TransitionTargets {
        old,
        balances,
        dependencies: body.dependencies,
        contingencies: body.contingencies,
        imports: body.imports,
        exits: body.exits,
        tokens: body.tokens,
        state_root,
        history_path,
        domain: certificate.domain,
        expiry: certificate.expiry,
        list_in,
        statement,
    }
}

/// The digest of all that the sum of moves ranges over: which exits were appended, which were imported, what each token's come to.
fn challenge_of(
    builder: &mut CircuitBuilder<F, D>,
    old: &NetworkStateTarget,
    run: &RunTarget,
) -> DigestTarget {
    MessageTarget::new()
        .u32(old.network)
        .u32(old.exit_count)
        .u32(run.exit_count)
        .digest(run.shadow_root)
        .digest(run.imports)
        .digest(run.sums)
        .hash(builder, SUM_CHALLENGE)
}

/// The exit root after: that before if nothing was exported, else the frontier's, of which the list is told.
fn exit_root(
    builder: &mut CircuitBuilder<F, D>,
    old: &NetworkStateTarget,
    exits: &ExitsTarget,
    list: &mut ListTarget,
) -> Bytes32Target {
    let any = exits.slots[0].active;
    let root = exits.frontier_after.root(builder, list, any, &exits.count_after);
    let root = keccak_words(builder, &root);
    Bytes32Target::select(builder, any, &root, &old.exit_root)
}

/// Puts the certificate's entry in its place, which is its height; the height after, and the root.
fn append_history(
    builder: &mut CircuitBuilder<F, D>,
    old: &NetworkStateTarget,
    entry: &HistoryEntryTarget,
    path: &PathTarget,
) -> (U64Target, DigestTarget) {
    let [upper, lower] = *old.height.words();
    // There are 2^32 places.
    builder.assert_zero(upper.target());
    let place = lower.bits(builder);
    let nothing = HashOutTarget {
        elements: [builder.zero(); 4],
    };
    let before = path.root(builder, nothing, &place);
    connect(builder, before.elements, old.history_root.elements);
    let leaf = entry.hash(builder);
    let after = path.root(builder, leaf, &place);
    let next = builder.add_const(lower.target(), F::ONE);
    let next = U32Target::range_checked(builder, next);
    (WordsTarget::from_words([upper, next]), after)
}

impl Circuit<TransitionTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`ShapeError`] if it does not fit.
    pub fn new() -> Result<Self, ShapeError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Self::build(builder, targets)
    }

    /// A prover's inputs; `None` if the certificate takes more than one step.
    pub fn witness(&self, inputs: &TransitionInputs, list_in: List) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        self.targets().set(&mut witness, inputs, list_in)?;
        Some(witness)
    }
}

#[cfg(test)]
mod tests;
