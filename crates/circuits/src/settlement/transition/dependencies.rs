//! What has to be settled with a certificate or before it, and the contingencies that it names among these.

use causeway_aggregation::{D, F};
use causeway_ledger::inputs::Step;
use causeway_ledger::poseidon::{CONTINGENCY, DEPENDENCY};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::recursion::{connect_if, is_zero, select};
use crate::targets::{DigestTarget, HistoryEntryTarget, MessageTarget, U32Target, U64Target, WordsTarget};

/// An entry: of a network's history, or of L1 at some number of exits.
///
/// Its words are checked by nobody here: whoever opens the entry under the global root finds it only if they are words.
#[derive(Clone, Debug)]
pub struct DependencyTarget {
    /// Whether there is one.
    pub active: BoolTarget,
    /// Whose: L1 if zero.
    pub network: U32Target,
    /// The entry. On L1 the height is the number of exits, and the state root means nothing.
    pub entry: HistoryEntryTarget,
}

/// The entries of a step, and how they are looked up.
#[derive(Clone, Debug)]
pub struct DependenciesTarget {
    /// The entries.
    pub slots: Vec<DependencyTarget>,
    networks: Vec<Target>,
}

impl DependenciesTarget {
    /// Witnesses, and their chain behind another.
    pub fn new(builder: &mut CircuitBuilder<F, D>, network: U32Target, chain: &mut DigestTarget) -> Self {
        let slots: Vec<_> = (0..Step::DEPENDENCIES).map(|_| slot(builder, chain)).collect();
        // Nobody imports from himself or is contingent on himself: so nothing is found where there is no entry.
        let networks = slots
            .iter()
            .map(|slot| builder.select(slot.active, slot.network.target(), network.target()))
            .collect();
        Self { slots, networks }
    }

    /// The network of an entry; one's own where there is none.
    pub fn network(&self, builder: &mut CircuitBuilder<F, D>, at: Target) -> U32Target {
        U32Target::new_unchecked(builder.random_access(at, self.networks.clone()))
    }

    /// The shadow root of an entry.
    pub fn shadow_root(&self, builder: &mut CircuitBuilder<F, D>, at: Target) -> DigestTarget {
        let elements =
            std::array::from_fn(|i| self.look_up(builder, at, |entry| entry.shadow_root.elements[i]));
        DigestTarget { elements }
    }

    fn look_up(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        at: Target,
        field: impl Fn(&HistoryEntryTarget) -> Target,
    ) -> Target {
        let fields = self.slots.iter().map(|slot| field(&slot.entry)).collect();
        builder.random_access(at, fields)
    }
}

/// A contingency: which entry it names.
#[derive(Clone, Debug)]
pub struct ContingencyTarget {
    /// Whether there is one.
    pub active: BoolTarget,
    /// The entry.
    pub dependency: Target,
}

/// Witnesses, and their chain behind another: each names network, height and state root of an entry of another network, not L1.
pub(super) fn contingencies(
    builder: &mut CircuitBuilder<F, D>,
    network: U32Target,
    dependencies: &DependenciesTarget,
    chain: &mut DigestTarget,
) -> Vec<ContingencyTarget> {
    (0..Step::CONTINGENCIES)
        .map(|_| {
            let active = builder.add_virtual_bool_target_safe();
            let at = builder.add_virtual_target();
            let on = dependencies.network(builder, at);
            let own = builder.is_equal(on.target(), network.target());
            let l1 = is_zero(builder, on.target());
            for refused in [own, l1] {
                let refused = builder.and(active, refused);
                builder.assert_zero(refused.target);
            }
            let mut word = |field: &dyn Fn(&HistoryEntryTarget) -> U32Target| {
                U32Target::new_unchecked(dependencies.look_up(builder, at, |entry| field(entry).target()))
            };
            let height =
                U64Target::from_words(std::array::from_fn(|i| word(&|entry| entry.height.words()[i])));
            let state_root = WordsTarget::<8>::from_words(std::array::from_fn(|i| {
                word(&|entry| entry.state_root.words()[i])
            }));
            let link = MessageTarget::new()
                .digest(*chain)
                .u32(on)
                .words(&height)
                .words(&state_root)
                .hash(builder, CONTINGENCY);
            *chain = select(builder, active, link.elements, chain.elements).into();
            ContingencyTarget {
                active,
                dependency: at,
            }
        })
        .collect()
}

fn slot(builder: &mut CircuitBuilder<F, D>, chain: &mut DigestTarget) -> DependencyTarget {
    let active = builder.add_virtual_bool_target_safe();
    let network = U32Target::new_unchecked(builder.add_virtual_target());
    let entry = HistoryEntryTarget::new_unchecked(builder);
    // L1 keeps no history: its entry is the shadow root of as many exits as the height says. Nothing is said of the entry's own count:
    // that it is the same gives an entry of L1 one reading.
    let l1 = is_zero(builder, network.target());
    let zero = builder.zero();
    let [upper, lower] = entry.height.targets();
    let counted = [zero, entry.exit_count.target(), zero, zero];
    connect_if(builder, l1.target, [upper, lower, zero, zero], counted);
    let hash = entry.hash(builder);
    let digest = select(builder, l1, entry.shadow_root.elements, hash.elements);
    let link = MessageTarget::new()
        .digest(*chain)
        .u32(network)
        .words(&entry.height)
        .digest(digest.into())
        .hash(builder, DEPENDENCY);
    *chain = select(builder, active, link.elements, chain.elements).into();
    DependencyTarget {
        active,
        network,
        entry,
    }
}
