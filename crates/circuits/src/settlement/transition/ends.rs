//! Where a certificate begins and what it comes to: its network's state before and after.

use causeway_aggregation::{D, F};
use causeway_ledger::inputs::TransitionInputs;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::BoolTarget;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::moves::{MovesTarget, SUM_CHALLENGE};
use super::run::RunTarget;
use crate::keccak::{DigestTarget as KeccakTarget, List, ListTarget};
use crate::recursion::connect;
use crate::settlement::statement::TransitionStatementTarget;
use crate::targets::{
    BalanceTreeTarget, Bytes32Target, CertificateStatementTarget, DigestTarget, ExitFrontierTarget,
    HistoryEntryTarget, MessageTarget, NetworkStateTarget, PathTarget, TokenTarget, TreeTarget, U32Target,
    U64Target, WordsTarget, keccak_words, set_digest, set_u32,
};

/// Bits of the number of moves: with them no sum of theirs wraps.
const MOVES_BITS: usize = 28;

/// Where a certificate begins.
#[derive(Clone, Copy, Debug)]
pub struct BeginTargets {
    /// The state before.
    pub old: NetworkStateTarget,
    /// Its balance tree.
    pub balances: BalanceTreeTarget,
}

impl BeginTargets {
    /// A witness. Whoever compares the state's digest has its words from whoever put it into the global tree.
    pub(super) fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        let old = NetworkStateTarget::new_unchecked(builder);
        let balances = BalanceTreeTarget::new(builder);
        let root = balances.hash(builder);
        connect(builder, root.elements, old.balance_root.elements);
        Self { old, balances }
    }

    /// The run of a certificate that has done nothing yet.
    pub(super) fn run(&self, builder: &mut CircuitBuilder<F, D>) -> RunTarget {
        let zero = builder.zero();
        let nothing = HashOutTarget { elements: [zero; 4] };
        RunTarget {
            exit_count: self.old.exit_count,
            frontier: self.old.frontier,
            shadow_root: self.old.shadow_root,
            nullifier_root: self.old.nullifier_root,
            balances: self.balances,
            imports: nothing,
            contingencies: nothing,
            dependencies: nothing,
            sums: nothing,
            last_token: TokenTarget::eth(builder),
            moves: MovesTarget {
                sum: builder.zero_extension(),
                count: zero,
            },
        }
    }

    pub(super) fn set(&self, witness: &mut PartialWitness<F>, inputs: &TransitionInputs) -> Option<()> {
        self.old.set(witness, &inputs.old)?;
        set_digest(witness, self.balances.root, inputs.balance_tree)?;
        set_u32(witness, self.balances.count, inputs.balance_count)
    }
}

/// What a certificate comes to.
#[derive(Clone, Debug)]
pub struct EndTargets {
    /// What the nodes of the exit tree hash to: the list is told of it, and the state has it, only if there are exits.
    pub root: KeccakTarget,
    /// The state root after.
    pub state_root: Bytes32Target,
    /// The path of the new entry's place in the history tree.
    pub history_path: PathTarget,
    /// What is stated.
    pub statement: TransitionStatementTarget,
}

/// The exit tree at a certificate's end.
pub(super) struct ExitTree<'a> {
    /// Its frontier.
    pub(super) frontier: &'a ExitFrontierTarget,
    /// The bits of its number of exits.
    pub(super) count: &'a [BoolTarget],
    /// Whether the certificate has any.
    pub(super) grown: BoolTarget,
}

impl EndTargets {
    /// Witnesses, and the statement of a whole run, whose moves were summed at a point of this digest. The list is told of the exit
    /// root.
    pub(super) fn new(
        builder: &mut CircuitBuilder<F, D>,
        begin: &BeginTargets,
        run: &RunTarget,
        challenge: DigestTarget,
        exits: &ExitTree<'_>,
        (list_in, mut list): (ListTarget, ListTarget),
    ) -> Self {
        let old = &begin.old;
        // All that the sum ranges over was fixed before the point was known.
        let point = challenge_of(builder, old, run);
        connect(builder, point.elements, challenge.elements);
        let nothing_left = builder.zero_extension();
        builder.connect_extension(run.moves.sum, nothing_left);
        builder.range_check(run.moves.count, MOVES_BITS);

        let root = exits.frontier.root(builder, &mut list, exits.grown, exits.count);
        let exit_root = keccak_words(builder, &root);
        let exit_root = Bytes32Target::select(builder, exits.grown, &exit_root, &old.exit_root);
        let state_root = Bytes32Target::new_unchecked(builder);
        let history_path = PathTarget::new(builder, TreeTarget::History);
        let entry = HistoryEntryTarget {
            height: old.height,
            state_root,
            shadow_root: run.shadow_root,
            exit_count: run.exit_count,
        };
        let (height, history_root) = append_history(builder, old, &entry, &history_path);
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
        let zero = builder.zero();
        let statement = TransitionStatementTarget {
            old: old.hash(builder),
            new: new.hash(builder),
            certificate: certificate.hash(builder),
            domain: certificate.domain,
            expiry: certificate.expiry,
            validity: HashOutTarget { elements: [zero; 4] },
            dependencies: run.dependencies,
            list_in,
            list_out: list,
        };
        statement.register(builder);
        Self {
            root,
            state_root,
            history_path,
            statement,
        }
    }

    pub(super) fn set(
        &self,
        witness: &mut PartialWitness<F>,
        inputs: &TransitionInputs,
        list_in: List,
    ) -> Option<()> {
        self.state_root
            .set(witness, inputs.new.state_root.get().as_slice())?;
        self.history_path.set(witness, &inputs.history)?;
        let statement = &self.statement;
        statement.domain.set(witness, inputs.domain.as_slice())?;
        statement
            .expiry
            .set(witness, &inputs.expiry.get().to_be_bytes())?;
        statement.list_in.set(witness, list_in)
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
