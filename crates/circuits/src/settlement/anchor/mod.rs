//! The anchor circuit: puts a transition at its place in an epoch.
//!
//! The network's leaf goes from the state before to the state after under the same authority, its exit root into the rollup exit
//! tree, and what the transition depends on is opened under the root that the epoch leaves: that root is the same for all items, so
//! certificates may depend on each other in a circle. The words of the state before were constrained when it was put here; those of
//! the state after are constrained now.

mod links;
mod witness;

use causeway_aggregation::{D, F, KeyDigest, Shape};
use causeway_ledger::inputs::Step;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::BoolTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;

pub use witness::AnchorInputs;

use super::error::{SettlementError, Stage};
use super::opening::{OpeningTarget, open_all};
use super::part::PartTarget;
use super::roles::one_of;
use super::rollup::{HeightTarget, LEVELS, LevelTarget, climb_target};
use super::run::{EpochRunTarget, SharedContextTarget};
use super::span::{ITEM, SpanTarget};
use super::statement::TransitionStatementTarget;
use crate::keccak::{DIGEST_LIMBS, DigestTarget as KeccakTarget, ListTarget};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect, connect_if, is_equal, is_zero, select};
use crate::targets::{
    AuthorityTarget, NetworkStateTarget, PathTarget, TreeTarget, U32Target, U64Target, is_below, keccak_limbs,
};

/// Dependencies that an anchor opens: those of one step of a certificate.
pub const MAX_OPENINGS: usize = Step::DEPENDENCIES;

/// What an anchor comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// An item: all dependencies are opened.
    Item,
    /// A part of one: there may be more.
    Part,
}

impl Ends {
    /// The circuit that comes to it.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Item => Stage::Anchor,
            Self::Part => Stage::AnchorPart,
        }
    }
}

/// The keys of circuits whose proofs state transitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionKeys {
    /// Those that hand their list on.
    pub threaded: Vec<KeyDigest>,
    /// Those whose list is closed.
    pub closed: Vec<KeyDigest>,
}

impl TransitionKeys {
    /// Whether a key is one of them, and if so, whether its list is closed.
    pub fn closed(&self, key: KeyDigest) -> Option<bool> {
        let closed = self.closed.contains(&key);
        (closed || self.threaded.contains(&key)).then_some(closed)
    }
}

/// Targets of the anchor circuit.
#[derive(Clone, Debug)]
pub struct AnchorTargets {
    /// The proof of the transition.
    pub inner: InnerTargets,
    /// What it says.
    pub statement: TransitionStatementTarget,
    /// What items share.
    pub shared: SharedContextTarget,
    /// The rollup height as flags.
    pub height: HeightTarget,
    /// What the epoch has done before.
    pub before: EpochRunTarget,
    /// The network before.
    pub old: NetworkStateTarget,
    /// The network after.
    pub new: NetworkStateTarget,
    /// Who speaks for it.
    pub authority: AuthorityTarget,
    /// The path of its leaf in the global tree.
    pub path: PathTarget,
    /// The levels of the rollup exit tree.
    pub levels: Vec<LevelTarget>,
    /// What the transition depends on.
    pub openings: Vec<OpeningTarget>,
    /// What the item states.
    pub span: SpanTarget,
}

/// The anchor circuit.
pub type Anchor = Circuit<AnchorTargets>;

impl Circuit<AnchorTargets> {
    /// Builds the circuit that comes to this, over the keys of transitions.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(ends: Ends, keys: &TransitionKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, (ends, keys));
        Self::build(builder, targets).map_err(ends.stage().unfit())
    }
}

/// The constraints of an anchor.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    (ends, keys): (Ends, &TransitionKeys),
) -> AnchorTargets {
    let inner = take_in(builder);
    let closed = closed(builder, &inner, keys);
    let statement = TransitionStatementTarget::new_unchecked(builder);
    let digest = statement.hash(builder);
    connect(builder, digest.elements, inner.public_inputs(4));
    let shared = SharedContextTarget::new_unchecked(builder);
    for (stated, shared) in statement
        .domain
        .targets()
        .into_iter()
        .zip(shared.domain.targets())
    {
        builder.connect(stated, shared);
    }

    // A transition whose list is closed stands behind whatever list there is, and so does one that hashes nothing: its list ends as it
    // begins.
    let nothing = is_equal(builder, statement.list_in.digest(), statement.list_out.digest());
    let closed = builder.or(closed, nothing);
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let threaded = builder.not(closed);
    let begins = statement.list_in.digest().elements;
    connect_if(builder, threaded.target, begins, list_in.digest().elements);
    let after = statement.list_out.digest().elements;
    let mut list = ListTarget::new(HashOutTarget {
        elements: select(builder, closed, list_in.digest().elements, after),
    });

    let before = EpochRunTarget::new(builder);
    let mut after = before;
    let leaf = LeafTarget::replace(builder, &statement, &mut after);
    let height = HeightTarget::new(builder, shared.rollup_height);
    let exit_roots = [&leaf.old, &leaf.new].map(|state| keccak_limbs(builder, &state.exit_root));
    let levels = rollup(builder, &mut list, &height, &leaf, &exit_roots, &mut after);
    after.payload = links::payload_target(
        builder,
        &mut list,
        &before.payload,
        &leaf.old.height,
        &leaf.new,
        &exit_roots[1],
    );
    after.authorisations = links::authorisation_target(
        builder,
        &mut list,
        &before.authorisations,
        &leaf.new,
        statement.certificate,
        &leaf.authority,
    );
    after.expiry = least(builder, &before.expiry, &statement.expiry);
    after.certificates = builder._true();
    let zero = builder.zero();
    let nothing = HashOutTarget { elements: [zero; 4] };
    let (openings, reached) = open_all(builder, MAX_OPENINGS, shared.global_root, nothing);

    let span = SpanTarget {
        context: shared.hash(builder),
        before: before.hash(builder),
        after: after.hash(builder),
        list_in,
        list_out: list,
    };
    match ends {
        Ends::Item => {
            connect(builder, reached.elements, statement.dependencies.elements);
            span.register(builder, ITEM);
        }
        Ends::Part => {
            let part = PartTarget {
                item: span.hash(builder, ITEM),
                global_root: shared.global_root,
                reached,
                wanted: statement.dependencies,
            };
            part.register(builder, nothing);
        }
    }
    AnchorTargets {
        inner,
        statement,
        shared,
        height,
        before,
        old: leaf.old,
        new: leaf.new,
        authority: leaf.authority,
        path: leaf.path,
        levels,
        openings,
        span,
    }
}

/// Holds a proof to being a transition's; whether its list is closed.
fn closed(builder: &mut CircuitBuilder<F, D>, inner: &InnerTargets, keys: &TransitionKeys) -> BoolTarget {
    let all = [keys.threaded.as_slice(), &keys.closed].concat();
    let roles = one_of(builder, inner, &all);
    let closed = roles[keys.threaded.len()..].iter().map(|role| role.target);
    BoolTarget::new_unsafe(builder.add_many(closed))
}

/// A network's leaf in the global tree, replaced.
struct LeafTarget {
    old: NetworkStateTarget,
    new: NetworkStateTarget,
    authority: AuthorityTarget,
    path: PathTarget,
}

impl LeafTarget {
    /// The transition's states under one authority, which a proof of the network's own satisfies if it asks for one.
    fn replace(
        builder: &mut CircuitBuilder<F, D>,
        statement: &TransitionStatementTarget,
        run: &mut EpochRunTarget,
    ) -> Self {
        let old = NetworkStateTarget::new_unchecked(builder);
        let new = NetworkStateTarget {
            network: old.network,
            ..NetworkStateTarget::new_unchecked(builder)
        };
        let [before, after] = [&old, &new].map(|state| state.hash(builder));
        connect(builder, before.elements, statement.old.elements);
        connect(builder, after.elements, statement.new.elements);
        let authority = AuthorityTarget::new_unchecked(builder);
        connect(builder, authority.validity.elements, statement.validity.elements);

        let path = PathTarget::new(builder, TreeTarget::Global);
        let network = old.network.bits(builder);
        let [before, after] = [before, after].map(|state| {
            let leaf = authority.leaf(builder, state);
            path.root(builder, leaf, &network)
        });
        connect(builder, before.elements, run.global_root.elements);
        run.global_root = after;
        Self {
            old,
            new,
            authority,
            path,
        }
    }
}

/// Takes the network's exit root up to the threaded node, if it changed.
fn rollup(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    height: &HeightTarget,
    leaf: &LeafTarget,
    exit_roots: &[KeccakTarget; 2],
    run: &mut EpochRunTarget,
) -> Vec<LevelTarget> {
    let counts = [&leaf.old, &leaf.new].map(|state| state.exit_count.target());
    let leaves: [KeccakTarget; 2] = std::array::from_fn(|i| {
        // What has exported nothing is zero.
        let none = is_zero(builder, counts[i]);
        let some = builder.not(none);
        exit_roots[i].map(|limb| builder.mul(limb, some.target))
    });
    // Exits are only ever appended: the root is another if and only if their number is.
    let same = builder.is_equal(counts[0], counts[1]);
    let changed = builder.not(same);

    // Network 1 is the first.
    let index = builder.add_const(leaf.old.network.target(), F::NEG_ONE);
    let index = builder.split_le(index, LEVELS);
    let levels: Vec<LevelTarget> = (0..LEVELS)
        .map(|level| LevelTarget {
            taken: height.below()[level],
            right: index[level],
            sibling: builder.add_virtual_target_arr(),
        })
        .collect();
    for level in &levels {
        let outside = builder.not(level.taken);
        let outside = builder.and(outside, level.right);
        builder.assert_zero(outside.target);
    }
    let nodes = climb_target(builder, list, changed, leaves, &levels);
    for (node, before) in nodes[0].into_iter().zip(run.rollup_node) {
        builder.conditional_assert_eq(changed.target, node, before);
    }
    run.rollup_node = select::<DIGEST_LIMBS>(builder, changed, nodes[1], run.rollup_node);
    levels
}

/// The lesser of two times. That of the run is one of those here or none; the transition's is checked here.
fn least(builder: &mut CircuitBuilder<F, D>, run: &U64Target, stated: &U64Target) -> U64Target {
    for word in stated.targets() {
        U32Target::range_checked(builder, word);
    }
    let earlier = is_below(builder, &stated.targets(), &run.targets());
    U64Target::select(builder, earlier, stated, run)
}
