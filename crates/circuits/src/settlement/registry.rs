//! The registry circuit: consumes entries that Ethereum wrote. A new network gets its leaf, a known one another authority and
//! nothing else.
//!
//! Ethereum's chain is one: an entry that it takes and this circuit does not would stop settlement for ever. So Ethereum refuses at
//! least what is refused here: network 0, and what [`causeway_types::Authority::from_parts`] refuses.

use causeway_aggregation::{D, F, Shape};
use causeway_ledger::RegistryOpening;
use causeway_types::{Authority, GoldilocksDigest};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::BoolTarget;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::item::{Item, ItemPlan};
use super::run::{EpochRun, EpochRunTarget};
use super::span::{ITEM, SpanTarget};
use crate::keccak::{DigestTarget as KeccakTarget, Entry, List, ListTarget, hash_blocks};
use crate::recursion::{Circuit, connect_if, is_zero, select};
use crate::targets::{
    AuthorityTarget, BytesTarget, DigestTarget, NetworkStateTarget, PathTarget, TreeTarget, U32Target,
    set_digest, set_u32,
};

/// Entries that one item consumes at most.
pub const MAX_ENTRIES: usize = 16;

/// Targets of one entry.
#[derive(Clone, Debug)]
pub struct EntryTargets {
    /// Whether there is one.
    pub active: BoolTarget,
    /// Whether the network has a leaf.
    pub known: BoolTarget,
    /// The network.
    pub network: U32Target,
    /// Digest of its state.
    pub state: DigestTarget,
    /// Its authority before, if it is known.
    pub old: AuthorityTarget,
    /// Its authority after.
    pub new: AuthorityTarget,
    /// The path of its leaf in the global tree.
    pub path: PathTarget,
}

/// Targets of the registry circuit.
#[derive(Clone, Debug)]
pub struct RegistryTargets {
    /// What the epoch has done before.
    pub before: EpochRunTarget,
    /// The entries.
    pub entries: Vec<EntryTargets>,
    /// What the item states.
    pub span: SpanTarget,
}

/// The registry circuit.
pub type Registry = Circuit<RegistryTargets>;

impl Circuit<RegistryTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new() -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Self::build(builder, targets).map_err(Stage::Registry.unfit())
    }

    /// What an item does that consumes these entries.
    ///
    /// # Errors
    /// [`SettlementError::TooMany`], or [`SettlementError::NotThreaded`] if they are not the next ones.
    pub fn plan(
        context: GoldilocksDigest,
        before: &EpochRun,
        openings: &[RegistryOpening],
        list_in: List,
    ) -> Result<ItemPlan, SettlementError> {
        let stage = Stage::Registry;
        if openings.len() > MAX_ENTRIES {
            return Err(SettlementError::TooMany {
                stage,
                got: openings.len(),
                max: MAX_ENTRIES,
            });
        }
        let mut entries = Vec::new();
        let mut after = *before;
        for opening in openings {
            let [old_root, new_root] = opening.global_roots();
            let registry = (opening.before.count(), opening.before.hash());
            let threaded = !after.certificates
                && after.global_root == old_root
                && (after.registry_count, after.registry_hash) == registry;
            if !threaded {
                return Err(SettlementError::NotThreaded { stage });
            }
            let entry = opening.new.encode_entry(opening.state.network);
            let message = [after.registry_hash.as_slice(), &entry].concat();
            let (link, _) = Entry::of_message(&message);
            entries.extend(link);
            after.global_root = new_root;
            after.registry_count = opening.after.count();
            after.registry_hash = opening.after.hash();
        }
        Ok(ItemPlan::new(context, before, after, list_in, entries))
    }

    /// A prover's inputs; `None` if there are too many entries.
    pub fn witness(
        &self,
        context: GoldilocksDigest,
        before: &EpochRun,
        openings: &[RegistryOpening],
        list_in: List,
    ) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        set_digest(&mut witness, targets.span.context, context)?;
        targets.span.list_in.set(&mut witness, list_in)?;
        targets.before.set(&mut witness, before)?;
        if openings.len() > targets.entries.len() {
            return None;
        }
        let openings = openings.iter().map(Some).chain(std::iter::repeat(None));
        for (entry, opening) in targets.entries.iter().zip(openings) {
            entry.set(&mut witness, opening)?;
        }
        Some(witness)
    }

    /// Proves that these entries are consumed.
    ///
    /// # Errors
    /// Those of [`Self::plan`], or [`SettlementError::Prove`].
    pub fn prove_item(
        &self,
        context: GoldilocksDigest,
        before: &EpochRun,
        openings: &[RegistryOpening],
        list_in: List,
    ) -> Result<Item, SettlementError> {
        let span = Self::plan(context, before, openings, list_in)?.span;
        let proof = self
            .prove(self.witness(context, before, openings, list_in))
            .map_err(Stage::Registry.unproven())?;
        Ok(Item { proof, span })
    }
}

impl EntryTargets {
    fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            active: builder.add_virtual_bool_target_safe(),
            known: builder.add_virtual_bool_target_safe(),
            // The bits that its bytes are made of are its range check, and so it is with the signer.
            network: U32Target::new_unchecked(builder.add_virtual_target()),
            state: builder.add_virtual_hash(),
            old: AuthorityTarget::new_unchecked(builder),
            new: AuthorityTarget::new_unchecked(builder),
            path: PathTarget::new(builder, TreeTarget::Global),
        }
    }

    /// Fills an entry, or what stands where there is none.
    fn set(&self, witness: &mut PartialWitness<F>, opening: Option<&RegistryOpening>) -> Option<()> {
        witness.set_bool_target(self.active, opening.is_some()).ok()?;
        let Some(opening) = opening else {
            witness.set_bool_target(self.known, true).ok()?;
            set_u32(witness, self.network, 1)?;
            set_digest(witness, self.state, GoldilocksDigest::ZERO)?;
            let filler = Authority::validity(GoldilocksDigest::reduced([1; 4])).ok()?;
            self.old.set(witness, &filler)?;
            self.new.set(witness, &filler)?;
            return self.path.set(witness, &[GoldilocksDigest::ZERO; 32]);
        };
        witness.set_bool_target(self.known, opening.old.is_some()).ok()?;
        set_u32(witness, self.network, opening.state.network.get())?;
        set_digest(witness, self.state, opening.state.hash())?;
        self.old.set(witness, &opening.old.unwrap_or(opening.new))?;
        self.new.set(witness, &opening.new)?;
        self.path.set(witness, &opening.path)
    }

    /// Consumes the entry, where there is one.
    fn consume(&self, builder: &mut CircuitBuilder<F, D>, list: &mut ListTarget, run: &mut EpochRunTarget) {
        let network = self.network.bits(builder);
        let mainnet = is_zero(builder, self.network.target());
        builder.assert_zero(mainnet.target);
        let link = self.link(builder, list, &run.registry_hash, &network);
        self.new.check(builder);

        // What had no leaf has done nothing.
        let unknown = builder.not(self.known);
        let genesis = NetworkStateTarget::genesis(builder, self.network).hash(builder);
        connect_if(builder, unknown.target, self.state.elements, genesis.elements);
        let old = self.old.leaf(builder, self.state);
        let old = HashOutTarget {
            elements: old
                .elements
                .map(|element| builder.mul(element, self.known.target)),
        };
        let root = self.path.root(builder, old, &network);
        connect_if(
            builder,
            self.active.target,
            root.elements,
            run.global_root.elements,
        );
        let new = self.new.leaf(builder, self.state);
        let root = self.path.root(builder, new, &network);
        run.global_root.elements = select(builder, self.active, root.elements, run.global_root.elements);
        run.registry_hash = select(builder, self.active, link, run.registry_hash);
    }

    /// The chain with the entry.
    fn link(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        list: &mut ListTarget,
        chain: &KeccakTarget,
        network: &[BoolTarget],
    ) -> KeccakTarget {
        let kind = builder.split_le(self.new.kind.target(), 8);
        let kind = std::array::from_fn(|bit| kind[bit]);
        let entry = BytesTarget::new()
            .keccak(builder, chain)
            .word_bits(network)
            .byte(kind)
            .words(builder, &self.new.signer)
            .digest(builder, self.new.validity);
        let blocks = entry.blocks(builder);
        hash_blocks(builder, list, &blocks, &[self.active])
    }
}

/// The constraints of a registry item.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>) -> RegistryTargets {
    let before = EpochRunTarget::new(builder);
    builder.assert_zero(before.certificates.target);
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let entries: Vec<EntryTargets> = (0..MAX_ENTRIES).map(|_| EntryTargets::new(builder)).collect();

    let mut list = list_in;
    let mut after = before;
    for entry in &entries {
        entry.consume(builder, &mut list, &mut after);
    }
    let consumed = builder.add_many(entries.iter().map(|entry| entry.active.target));
    let count = builder.add(before.registry_count.target(), consumed);
    after.registry_count = U32Target::range_checked(builder, count);

    let span = SpanTarget {
        context: builder.add_virtual_hash(),
        before: before.hash(builder),
        after: after.hash(builder),
        list_in,
        list_out: list,
    };
    span.register(builder, ITEM);
    RegistryTargets {
        before,
        entries,
        span,
    }
}
