//! The epoch circuit: what all items together do to the one word that Ethereum keeps, and what Ethereum is told of it.

use alloy_primitives::B256;
use causeway_aggregation::{D, F, Shape, ShapedProof};
use causeway_ledger::{GlobalState, L1Opening, StateCommitment};
use causeway_types::{Expiry, PublicValues, SettlementDomain};
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::item::Item;
use super::roles::{ItemKeys, item_role};
use super::rollup::{HeightTarget, LEVELS, LevelTarget, climb, climb_target};
use super::run::{EpochRun, EpochRunTarget, SharedContext, SharedContextTarget};
use super::span::{ITEM, SpanTarget};
use crate::keccak::{Entry, ListTarget, hash_blocks};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect, statement_limbs};
use crate::targets::{
    BytesTarget, DigestTarget, L1StateTarget, PathTarget, StateCommitmentTarget, TreeTarget, U32Target,
    U64Target, keccak_words,
};

/// An epoch's two ends, as they are opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochOpening {
    /// The deployment.
    pub domain: SettlementDomain,
    /// Height of the threaded node of the rollup exit tree.
    pub rollup_height: u8,
    /// What the epoch begins with.
    pub before: EpochRun,
    /// The state commitment before.
    pub old: StateCommitment,
    /// The state commitment after.
    pub new: StateCommitment,
    /// L1's leaf under the global root before.
    pub old_l1: L1Opening,
    /// L1's leaf under the global root after.
    pub new_l1: L1Opening,
    /// The siblings of the threaded node on its way to the rollup exit root: 32 less its height.
    pub rollup_path: Vec<B256>,
}

impl EpochOpening {
    /// An epoch between two states.
    pub fn between(
        old: &GlobalState,
        new: &GlobalState,
        domain: SettlementDomain,
        rollup_height: u8,
    ) -> Self {
        let height = u32::from(rollup_height);
        Self {
            domain,
            rollup_height,
            before: EpochRun {
                global_root: old.root(),
                rollup_node: old.rollups().node(height),
                payload: B256::ZERO,
                authorisations: B256::ZERO,
                registry_count: old.registry().count(),
                registry_hash: old.registry().hash(),
                expiry: Expiry::NEVER,
                certificates: false,
            },
            old: old.commitment(),
            new: new.commitment(),
            old_l1: old.open_l1(),
            new_l1: new.open_l1(),
            rollup_path: old.rollups().node_path(height),
        }
    }

    /// What the items share.
    pub fn shared(&self) -> SharedContext {
        SharedContext {
            global_root: self.new.global_root,
            domain: self.domain.digest(),
            rollup_height: self.rollup_height,
        }
    }

    /// What Ethereum is told, if the items end so.
    pub fn public_values(&self, after: &EpochRun) -> PublicValues {
        PublicValues {
            domain: self.domain,
            old_commitment: self.old.hash(),
            new_commitment: self.new.hash(),
            rollup_exit_root: self.new.rollup_exit_root,
            deposits: self.new.deposits,
            deposit_root: self.new_l1.after.exit_root,
            registry_entries: after.registry_count,
            registry_hash: after.registry_hash,
            expiry: after.expiry,
            authorisations_chain: after.authorisations,
            payload_chain: after.payload,
        }
    }
}

/// Targets of the epoch circuit.
#[derive(Clone, Debug)]
pub struct EpochTargets {
    /// The proof of all items.
    pub inner: InnerTargets,
    /// What it says.
    pub span: SpanTarget,
    /// What the items share.
    pub shared: SharedContextTarget,
    /// The rollup height as flags.
    pub height: HeightTarget,
    /// What the epoch begins with.
    pub before: EpochRunTarget,
    /// What it ends with.
    pub after: EpochRunTarget,
    /// L1 before and after, each under the global root then.
    pub l1: [(L1StateTarget, PathTarget); 2],
    /// The levels of the rollup exit tree.
    pub levels: Vec<LevelTarget>,
    /// The statement, lowest limb first.
    pub limbs: [Target; 4],
    /// The list with the epoch's own entries.
    pub list_out: ListTarget,
}

/// The epoch circuit.
pub type Epoch = Circuit<EpochTargets>;

impl Circuit<EpochTargets> {
    /// Builds the circuit over the keys of what may be the last item.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(keys: &ItemKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, keys);
        Self::build(builder, targets).map_err(Stage::Epoch.unfit())
    }

    /// The entries that an epoch appends behind those of its items.
    ///
    /// # Errors
    /// [`SettlementError::NotThreaded`] if the items end elsewhere.
    pub fn plan(opening: &EpochOpening, after: &EpochRun) -> Result<Vec<Entry>, SettlementError> {
        let nodes = [opening.before.rollup_node, after.rollup_node];
        let (mut entries, roots) = climb(nodes, 0, &opening.rollup_path);
        let expected = [&opening.old, &opening.new].map(|state| B256::from(state.rollup_exit_root));
        if roots != expected || after.global_root != opening.new.global_root {
            return Err(SettlementError::NotThreaded { stage: Stage::Epoch });
        }
        let values = opening.public_values(after);
        entries.extend(Entry::of_message(&values.encode()).0);
        Ok(entries)
    }

    /// A prover's inputs; `None` if something has not the length that it should have.
    pub fn witness(
        &self,
        item: &Item,
        opening: &EpochOpening,
        after: &EpochRun,
    ) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        targets.inner.set(&mut witness, &item.proof)?;
        targets.span.list_in.set(&mut witness, item.span.list_in)?;
        targets.span.list_out.set(&mut witness, item.span.list_out)?;
        targets.shared.set(&mut witness, &opening.shared())?;
        targets.height.set(&mut witness, opening.rollup_height)?;
        targets.before.set(&mut witness, &opening.before)?;
        targets.after.set(&mut witness, after)?;
        for ((state, path), opening) in targets.l1.iter().zip([&opening.old_l1, &opening.new_l1]) {
            state.set(&mut witness, &opening.after)?;
            path.set(&mut witness, &opening.path)?;
        }
        let height = usize::from(opening.rollup_height);
        for (level, target) in targets.levels.iter().enumerate() {
            let sibling = level
                .checked_sub(height)
                .map(|level| opening.rollup_path.get(level));
            target.set_sibling(&mut witness, sibling.flatten())?;
        }
        Some(witness)
    }

    /// Proves an epoch over the one item that all are folded into: it exposes the item's list with [`Self::plan`]'s behind it.
    ///
    /// # Errors
    /// Those of [`Self::plan`], or [`SettlementError::Prove`].
    pub fn prove_epoch(
        &self,
        item: &Item,
        opening: &EpochOpening,
        after: &EpochRun,
    ) -> Result<ShapedProof, SettlementError> {
        Self::plan(opening, after)?;
        self.prove(self.witness(item, opening, after))
            .map_err(Stage::Epoch.unproven())
    }
}

/// The constraints of an epoch.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    keys: &ItemKeys,
) -> EpochTargets {
    let inner = take_in(builder);
    item_role(builder, &inner, keys);
    let before = begin(builder);
    let after = EpochRunTarget::new(builder);
    let shared = SharedContextTarget {
        // What items open dependencies under is what they end in.
        global_root: after.global_root,
        ..SharedContextTarget::new_unchecked(builder)
    };
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let list_out = ListTarget::new(builder.add_virtual_hash());
    let span = SpanTarget {
        context: shared.hash(builder),
        before: before.hash(builder),
        after: after.hash(builder),
        list_in,
        list_out,
    };
    let digest = span.hash(builder, ITEM);
    connect(builder, digest.elements, inner.public_inputs(4));

    let mut list = span.list_out;
    let height = HeightTarget::new(builder, shared.rollup_height);
    let left = builder._false();
    let levels: Vec<LevelTarget> = (0..LEVELS)
        .map(|level| LevelTarget {
            taken: builder.not(height.below()[level]),
            right: left,
            sibling: builder.add_virtual_target_arr(),
        })
        .collect();
    let always = builder._true();
    let nodes = [before.rollup_node, after.rollup_node];
    let roots = climb_target(builder, &mut list, always, nodes, &levels);

    let l1 = [&before, &after].map(|run| open_l1(builder, run.global_root));
    let runs = [&before, &after].into_iter().zip(&l1).zip(roots);
    let commitments: Vec<DigestTarget> = runs
        .map(|((run, (l1, _)), root)| {
            let commitment = StateCommitmentTarget {
                global_root: run.global_root,
                rollup_exit_root: keccak_words(builder, &root),
                deposits: l1.exit_count,
                registry_entries: run.registry_count,
            };
            commitment.hash(builder)
        })
        .collect();
    let numbers = [0; 28];
    let values = BytesTarget::new()
        .words(builder, &shared.domain)
        .digest(builder, commitments[0])
        .digest(builder, commitments[1])
        .keccak(builder, &roots[1])
        .constant(builder, &numbers)
        .word(builder, l1[1].0.exit_count)
        .words(builder, &l1[1].0.exit_root)
        .constant(builder, &numbers)
        .word(builder, after.registry_count)
        .keccak(builder, &after.registry_hash)
        .constant(builder, &numbers[4..])
        .words(builder, &after.expiry)
        .keccak(builder, &after.authorisations)
        .keccak(builder, &after.payload);
    let blocks = values.blocks(builder);
    let statement = hash_blocks(builder, &mut list, &blocks, &vec![always; blocks.len()]);
    let limbs = statement_limbs(builder, statement);
    builder.register_public_inputs(&limbs);
    builder.register_public_inputs(&list.digest().elements);
    EpochTargets {
        inner,
        span,
        shared,
        height,
        before,
        after,
        l1,
        levels,
        limbs,
        list_out: list,
    }
}

/// What an epoch begins with: of the old state a witness, of what it has done nothing.
fn begin(builder: &mut CircuitBuilder<F, D>) -> EpochRunTarget {
    let zero = builder.zero();
    EpochRunTarget {
        global_root: builder.add_virtual_hash(),
        rollup_node: builder.add_virtual_target_arr(),
        payload: [zero; 8],
        authorisations: [zero; 8],
        registry_count: U32Target::new(builder),
        registry_hash: builder.add_virtual_target_arr(),
        expiry: U64Target::constant(builder, &Expiry::NEVER.get().to_be_bytes()),
        certificates: builder._false(),
    }
}

/// L1's leaf under a global root.
fn open_l1(builder: &mut CircuitBuilder<F, D>, root: DigestTarget) -> (L1StateTarget, PathTarget) {
    let state = L1StateTarget::new_unchecked(builder);
    let path = PathTarget::new(builder, TreeTarget::Global);
    let leaf = state.leaf(builder);
    let first = [builder._false(); 32];
    let opened = path.root(builder, leaf, &first);
    connect(builder, opened.elements, root.elements);
    (state, path)
}
