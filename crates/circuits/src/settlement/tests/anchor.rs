use std::sync::OnceLock;

use causeway_aggregation::Shape;
use causeway_aggregation::check::Trace;
use causeway_ledger::poseidon::NETWORK;
use causeway_ledger::{
    AnchorOpening, DependencyEntry, DependencyOpening, dependencies_digest, history_entry,
};
use causeway_types::Expiry;
use plonky2::iop::target::Target;

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::anchor::{Anchor, AnchorInputs, Ends, MAX_OPENINGS, TransitionKeys, constrain};
use crate::settlement::statement::TRANSITION;
use crate::settlement::{ItemPlan, SettlementError, SharedContext, TransitionProof, TransitionStatement};

const THREADED: [u64; 2] = [1, 2];
const CLOSED: u64 = 3;

fn keys() -> TransitionKeys {
    TransitionKeys {
        threaded: THREADED.map(key_of).to_vec(),
        closed: vec![key_of(CLOSED)],
    }
}

fn anchor() -> &'static Anchor {
    static CELL: OnceLock<Anchor> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, (Ends::Item, &keys()));
        Circuit::build_small(builder, targets)
    })
}

/// A certificate at its place.
#[derive(Clone)]
pub(super) struct Place {
    shared: SharedContext,
    before: EpochRun,
    opening: AnchorOpening,
    dependencies: Vec<DependencyOpening>,
    behind: Option<List>,
    pub(super) statement: TransitionStatement,
}

impl Place {
    pub(super) fn inputs(&self) -> AnchorInputs<'_> {
        AnchorInputs {
            shared: &self.shared,
            before: &self.before,
            opening: &self.opening,
            dependencies: &self.dependencies,
            behind: self.behind,
        }
    }

    fn plan(&self) -> Result<ItemPlan, SettlementError> {
        self.inputs().plan(&self.statement)
    }

    /// The transition's proof under a key.
    fn proof(&self, number: u64) -> TransitionProof {
        let exposed = [[F::ZERO; 4], elements(self.statement.hash())].concat();
        TransitionProof {
            proof: shaped(key(number), &exposed),
            statement: self.statement,
        }
    }

    fn states(&self, number: u64, values: &[(Target, F)]) -> Option<Vec<F>> {
        let witness = anchor().witness(&self.proof(number), &self.inputs(), self.dependencies.len())?;
        forged(anchor(), &witness, values)
    }

    /// What it states under the first key.
    fn stated(&self) -> Option<Vec<F>> {
        self.states(THREADED[0], &[])
    }
}

/// Three networks, one of each kind of authority, some with a past.
fn state() -> GlobalState {
    let mut state = GlobalState::genesis();
    register(&mut state, &[1, 2, 6]);
    let exits: Vec<Exit> = (0..20).map(deposit).collect();
    state.deposit(&exits).unwrap();
    for network in [1, 2] {
        let entry = publish(&state, network, 3);
        state.anchor(&entry, 32).unwrap();
    }
    state
}

/// A network's next certificate, in an epoch of this height that it ends.
pub(super) fn place(network: u32, exits: u32, height: u8, dependencies: &[Dependency]) -> Place {
    let mut state = state();
    let mut before = EpochOpening::between(&state, &state, domain(), height).before;
    before.expiry = Expiry::new(5 << 32 | 7);
    before.payload = B256::repeat_byte(0x33);
    before.authorisations = B256::repeat_byte(0x44);
    let entry = publish(&state, network, exits);
    let opening = state.anchor(&entry, height.into()).unwrap();
    let dependencies: Vec<DependencyEntry> = dependencies.iter().map(|on| on.entry(&state)).collect();
    let statement = TransitionStatement {
        old: opening.old.hash(),
        new: opening.new.hash(),
        certificate: some(50),
        domain: domain().digest(),
        expiry: Expiry::new(5 << 32 | 6),
        validity: opening.authority.validity_key().unwrap_or(GoldilocksDigest::ZERO),
        dependencies: dependencies_digest(&dependencies),
        list_in: list(1),
        list_out: list(2),
    };
    let shared = SharedContext {
        global_root: state.root(),
        domain: domain().digest(),
        rollup_height: height,
    };
    let dependencies = dependencies.iter().map(|on| state.open(on).unwrap()).collect();
    Place {
        shared,
        before,
        opening,
        dependencies,
        behind: None,
        statement,
    }
}

/// What a certificate depends on.
#[derive(Clone, Copy)]
pub(super) enum Dependency {
    Network(u32, u64),
    L1(u32),
}

impl Dependency {
    fn entry(self, state: &GlobalState) -> DependencyEntry {
        match self {
            Self::Network(network, height) => {
                let network = NetworkId::new(network);
                let entry = state.network(network).unwrap().history.get(height).unwrap();
                DependencyEntry {
                    network,
                    index: height,
                    entry: history_entry(entry),
                }
            }
            Self::L1(count) => DependencyEntry {
                network: NetworkId::MAINNET,
                index: count.into(),
                entry: state.l1_shadow().root_at(count),
            },
        }
    }
}

#[test]
fn transitions_are_put_at_their_places_as_in_the_ledger() {
    use Dependency::{L1, Network};
    let full: Vec<Dependency> = (1..=16).map(L1).collect();
    let cases: [(u32, u32, u8, &[Dependency]); 6] = [
        (1, 2, 0, &[]),
        (2, 1, 3, &[L1(20)]),
        // Its first exit; on the entry that it makes itself possible in a circle.
        (6, 1, 3, &[L1(1), Network(1, 0), Network(2, 0)]),
        (6, 0, 32, &[L1(7)]),
        (1, 0, 3, &full),
        (1, 5, 32, &[Network(2, 0)]),
    ];
    for (at, (network, exits, height, dependencies)) in cases.into_iter().enumerate() {
        let mut place = place(network, exits, height, dependencies);
        let plan = place.plan().unwrap();
        let signs = usize::from(place.opening.authority.signer_address().is_some());
        let levels = if exits == 0 { 0 } else { 2 * usize::from(height) };
        assert_eq!(plan.entries.len(), levels + 2 + signs, "{at}");
        assert_eq!(plan.after.global_root, place.opening.global_roots()[1]);
        assert_eq!(plan.after.rollup_node, place.opening.rollup_nodes()[1]);
        assert_eq!(plan.after.expiry, place.statement.expiry);
        for number in THREADED {
            assert_eq!(place.states(number, &[]), Some(exposed(&plan.span)), "{at}");
        }
        assert_eq!((plan.span.list_in, place.statement.list_out), (list(1), list(2)));
        // Behind another list, its own closed.
        place.behind = Some(list(9));
        let plan = place.plan().unwrap();
        assert_eq!(plan.span.list_in, list(9));
        assert_eq!(plan.span.list_out, list(9).extend(&plan.entries));
        assert_eq!(place.states(CLOSED, &[]), Some(exposed(&plan.span)), "{at}");
        assert_eq!(place.states(THREADED[0], &[]), None);
    }
}

/// Of every kind of transition, since there is nothing that its list says.
#[test]
fn a_transition_that_hashes_nothing_stands_behind_any_list() {
    let mut place = place(1, 0, 3, &[]);
    place.statement.list_out = place.statement.list_in;
    place.behind = Some(list(9));
    let plan = place.plan().unwrap();
    assert_eq!(plan.span.list_out, list(9).extend(&plan.entries));
    for number in [THREADED[0], THREADED[1], CLOSED] {
        assert_eq!(place.states(number, &[]), Some(exposed(&plan.span)));
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let place = place(1, 1, 3, &[]);
    assert!(place.stated().is_some());
    assert_eq!(place.states(4, &[]), None);
    let mut proof = place.proof(THREADED[0]);
    proof.proof.key.constants_sigmas_cap.0[3].elements[1] += F::ONE;
    let witness = anchor().witness(&proof, &place.inputs(), 0).unwrap();
    assert_eq!(proven(anchor(), &witness), None);
}

#[test]
fn a_transition_says_what_it_is_anchored_as() {
    let place = place(2, 1, 3, &[Dependency::L1(3)]);
    let said = place.proof(THREADED[0]);
    let changes: [fn(&mut TransitionStatement); 9] = [
        |statement| statement.old = some(0),
        |statement| statement.new = some(0),
        |statement| statement.certificate = some(0),
        |statement| statement.domain = B256::ZERO,
        |statement| statement.expiry = Expiry::NEVER,
        |statement| statement.validity = some(0),
        |statement| statement.dependencies = some(0),
        |statement| statement.list_in = list(0),
        |statement| statement.list_out = list(0),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let mut other = place.clone();
        change(&mut other.statement);
        let lying = TransitionProof {
            statement: other.statement,
            ..said.clone()
        };
        let witness = anchor().witness(&lying, &other.inputs(), 1).unwrap();
        assert_eq!(proven(anchor(), &witness), None, "{at}");
    }
}

/// Everything that a true statement is held to.
#[test]
fn what_does_not_fit_is_refused_by_name() {
    let good = place(2, 1, 3, &[Dependency::L1(3)]);
    let (stage, mut other) = (Stage::Anchor, good.clone());
    let refused = |place: &Place, error: SettlementError| {
        assert_eq!(place.plan(), Err(error));
        assert_eq!(place.stated(), None);
    };
    // Made for another deployment.
    other.statement.domain = B256::ZERO;
    refused(&other, SettlementError::OtherStatement { stage });
    // Under another key than the authority's, or under none.
    for key in [some(0), GoldilocksDigest::ZERO] {
        other = good.clone();
        other.statement.validity = key;
        refused(&other, SettlementError::OtherStatement { stage });
    }
    // A network that only signs, with a proof of whatever key.
    let mut signer = place(1, 1, 3, &[]);
    signer.statement.validity = some(0);
    refused(&signer, SettlementError::OtherStatement { stage });
    // From another state, to another state.
    other = good.clone();
    other.opening.old.height += 1;
    refused(&other, SettlementError::OtherStatement { stage });
    other = good.clone();
    other.opening.new.state_root = StateRoot::new(B256::ZERO);
    refused(&other, SettlementError::OtherStatement { stage });
    other = good.clone();
    other.statement.old = some(0);
    refused(&other, SettlementError::OtherStatement { stage });
    other = good.clone();
    other.statement.new = some(0);
    refused(&other, SettlementError::OtherStatement { stage });
    // To a state of another network.
    other = good.clone();
    other.opening.new.network = NetworkId::new(1);
    other.statement.new = other.opening.new.hash();
    refused(&other, SettlementError::OtherStatement { stage });
    // Of its dependencies one is not opened, or one more, or another.
    other = good.clone();
    other.dependencies.clear();
    refused(&other, SettlementError::OtherStatement { stage });
    other = good.clone();
    other.dependencies.push(other.dependencies[0].clone());
    refused(&other, SettlementError::OtherStatement { stage });
    // The epoch stands elsewhere.
    for change in [(|run| run.global_root = some(0)) as fn(&mut EpochRun), |run| {
        run.rollup_node = B256::ZERO
    }] {
        other = good.clone();
        change(&mut other.before);
        refused(&other, SettlementError::NotThreaded { stage });
    }
    // Another authority than the leaf's.
    other = good.clone();
    other.opening.authority = authority(0);
    other.statement.validity = GoldilocksDigest::ZERO;
    refused(&other, SettlementError::NotThreaded { stage });
    // Opened under another root than the epoch's.
    other = good.clone();
    other.shared.global_root = some(0);
    assert_eq!(other.stated(), None);
}

/// A circuit of a part opens the first of them, and says how far it came.
#[test]
fn a_part_of_a_place_is_no_item() {
    static CELL: OnceLock<Anchor> = OnceLock::new();
    let circuit = CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, (Ends::Part, &keys()));
        Circuit::build_small(builder, targets)
    });
    let many: Vec<Dependency> = (1..=20).map(Dependency::L1).collect();
    let place = place(1, 1, 3, &many);
    let (proof, inputs) = (place.proof(THREADED[0]), place.inputs());
    assert!(anchor().witness(&proof, &inputs, 20).is_none());
    let span = place.plan().unwrap().span;
    for opened in [0, 5, MAX_OPENINGS] {
        let part = inputs.part(&span, &place.statement, opened);
        let expected = [[F::ZERO; 4], elements(part.hash())].concat();
        let witness = circuit.witness(&proof, &inputs, opened).unwrap();
        assert_eq!(proven(circuit, &witness), Some(expected), "{opened}");
        assert_ne!(part.hash(), span.hash(ITEM));
        // The circuit of whole items does not end so.
        let witness = anchor().witness(&proof, &inputs, opened).unwrap();
        assert_eq!(proven(anchor(), &witness), None);
    }
    let program_error = SettlementError::TooMany {
        stage: Stage::Anchor,
        got: 20,
        max: MAX_OPENINGS,
    };
    assert_eq!(anchor().prove_item(&proof, &inputs), Err(program_error));
}

#[test]
fn a_network_without_exits_changes_no_node() {
    let mut place = place(6, 0, 3, &[]);
    // Whatever the node is.
    place.before.rollup_node = B256::repeat_byte(0x77);
    let plan = place.plan().unwrap();
    assert_eq!(plan.after.rollup_node, place.before.rollup_node);
    assert_eq!(place.stated(), Some(exposed(&plan.span)));
}

#[test]
fn a_place_beyond_the_node_is_none() {
    // Network 6 has place 5: three levels.
    for height in [3, 31, 32] {
        assert!(place(6, 1, height, &[]).stated().is_some());
    }
    let mut low = place(6, 1, 3, &[]);
    low.shared.rollup_height = 2;
    low.opening.rollup.pop();
    low.before.rollup_node = low.opening.rollup_nodes()[0];
    assert_eq!(low.stated(), None);
}

#[test]
fn the_least_expiry_is_threaded() {
    let times = [
        (7, 6),
        (6, 7),
        (7, 7),
        (1 << 32, u64::MAX),
        (u64::MAX, 1 << 32),
        (u64::MAX, u64::MAX),
    ];
    for (run, stated) in times {
        let mut place = place(1, 1, 0, &[]);
        place.before.expiry = Expiry::new(run);
        place.statement.expiry = Expiry::new(stated);
        let plan = place.plan().unwrap();
        assert_eq!(plan.after.expiry, Expiry::new(run.min(stated)));
        assert_eq!(place.stated(), Some(exposed(&plan.span)), "{run} {stated}");
    }
}

/// A prover's transition with a word that is none, in digests that are right.
fn with_word(place: &Place, target: Target, value: F) -> Option<Vec<F>> {
    let targets = anchor().targets();
    let witness = anchor().witness(
        &place.proof(THREADED[0]),
        &place.inputs(),
        place.dependencies.len(),
    )?;
    let trace = Trace::honest(anchor().data(), &witness);
    let read = |targets: Vec<Target>, forged: &[(Target, F)]| -> Vec<F> {
        let value = |target: &Target| {
            let written = forged.iter().find(|(written, _)| written == target);
            written.map_or_else(|| trace.get(*target).unwrap(), |(_, value)| *value)
        };
        targets.iter().map(value).collect()
    };
    let mut forged = vec![(target, value)];
    let state = NETWORK.hash(&read(targets.new.targets(), &forged));
    forged.extend(targets.statement.new.elements.into_iter().zip(elements(state)));
    let statement = TRANSITION.hash(&read(targets.statement.targets(), &forged));
    let exposed = targets.inner.public_inputs(4).into_iter();
    forged.extend(exposed.zip(elements(statement)));
    place.states(THREADED[0], &forged)
}

#[test]
fn words_are_words() {
    let place = place(1, 1, 0, &[]);
    let targets = anchor().targets();
    let mut chosen = targets.statement.expiry.targets().to_vec();
    chosen.extend(targets.new.state_root.targets());
    chosen.extend(targets.new.exit_root.targets());
    chosen.push(targets.new.exit_count.target());
    for (at, target) in chosen.into_iter().enumerate() {
        assert!(
            with_word(&place, target, F::from_canonical_u64(1 << 30)).is_some(),
            "{at}"
        );
        assert_eq!(
            with_word(&place, target, F::from_canonical_u64(1 << 32)),
            None,
            "{at}"
        );
    }
}

#[test]
fn every_part_of_a_place_is_bound() {
    let place = place(2, 1, 3, &[Dependency::L1(3), Dependency::Network(1, 0)]);
    let honest = place.stated().unwrap();
    let targets = anchor().targets();
    let witness = anchor()
        .witness(
            &place.proof(THREADED[0]),
            &place.inputs(),
            place.dependencies.len(),
        )
        .unwrap();
    let trace = Trace::honest(anchor().data(), &witness);
    let flags = |flags: &[plonky2::iop::target::BoolTarget]| -> Vec<Target> {
        flags.iter().map(|flag| flag.target).collect()
    };
    let mut chosen = [
        targets.statement.targets(),
        targets.shared.targets(),
        flags(&targets.height.below()[1..5]),
        targets.before.targets(),
        targets.old.targets(),
        targets.new.targets(),
        targets.authority.targets(),
        targets.span.targets(),
    ]
    .concat();
    for sibling in targets.path.siblings() {
        chosen.push(sibling.elements[0]);
    }
    for level in &targets.levels[..3] {
        chosen.extend(level.sibling);
    }
    for opening in &targets.openings[..3] {
        chosen.push(opening.active.target);
    }
    for (at, target) in chosen.into_iter().enumerate() {
        let value = trace.get(target).unwrap();
        let flipped = if value == F::ZERO { F::ONE } else { value - F::ONE };
        let got = place.states(THREADED[0], &[(target, flipped)]);
        assert_ne!(got, Some(honest.clone()), "{at}");
    }
}
