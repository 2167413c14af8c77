//! An epoch, circuit by circuit: each says what was computed natively, and what the next one takes is what it exposed.

use causeway_aggregation::{ShapedProof, StatementDigest};
use causeway_ledger::inputs::TransitionInputs;
use causeway_ledger::{
    Admitted, AnchorOpening, AuthorisationEntry, DependencyOpening, DepositOpening, L1Opening,
    authorisations_chain, rollup_height,
};
use plonky2::field::types::PrimeField64;
use plonky2::iop::witness::PartialWitness;

use super::circuits::{KECCAK, circuits};
use super::draw::{NETWORKS, Settled, own_key};
use super::*;
use crate::keccak::Entry;
use crate::recursion::Circuit;
use crate::settlement::span::{DEPOSITS, Family, SEGMENT};
use crate::settlement::tests::deposit_shut::closes;
use crate::settlement::transition::{SegmentPlan, statement};
use crate::settlement::{
    AnchorInputs, Attest, Deposit, DepositShut, Epoch, Fold, L1Inputs, MAX_MORE, MAX_OPENINGS, PartProof,
    Registry, SharedContext, TransitionProof, TransitionStatement,
};

/// What a circuit exposes of a witness, as a proof; none if the witness does not hold.
pub(super) fn made<T>(circuit: &Circuit<T>, witness: Option<PartialWitness<F>>) -> Option<ShapedProof> {
    let exposed = proven(circuit, &witness?)?;
    Some(shaped(circuit.key().clone(), &exposed))
}

/// The same of a witness that holds: the proof carries this key and says this.
fn saying<T>(
    circuit: &Circuit<T>,
    witness: Option<PartialWitness<F>>,
    (carried, said): (KeyDigest, GoldilocksDigest),
) -> ShapedProof {
    let proof = made(circuit, witness).expect("what the ledger admits holds");
    let expected = [carried.elements(), elements(said)].concat();
    assert_eq!(proof.public_inputs()[..8], expected);
    proof
}

fn item<T>(circuit: &Circuit<T>, witness: Option<PartialWitness<F>>, span: Span) -> Item {
    let proof = saying(circuit, witness, (NO_KEY, span.hash(ITEM)));
    Item { proof, span }
}

fn joined(circuit: &Fold, family: Family, left: &Item, right: &Item) -> Item {
    let span = Fold::plan(family, &left.span, &right.span).unwrap();
    let said = (circuit.key_digest(), span.hash(family.domain()));
    let proof = saying(circuit, circuit.witness(left, right), said);
    Item { proof, span }
}

/// A certificate as it arrives.
pub(super) struct Arrived {
    pub(super) inputs: TransitionInputs,
    pub(super) authority: Authority,
    /// What its network authorised.
    pub(super) digest: GoldilocksDigest,
    pub(super) list_in: List,
    /// Of its steps alone.
    pub(super) transition: TransitionProof,
    /// With its network's own proof and its list closed, if they are.
    pub(super) whole: TransitionProof,
}

impl Arrived {
    fn new(admitted: &Admitted, settled: &Settled, (list_in, closed): (List, bool)) -> Self {
        let c = circuits();
        let world = &settled.outcome.world;
        let inputs = TransitionInputs::new(&admitted.transition, world).unwrap();
        let network = inputs.old.network;
        let authority = world.network(network).unwrap().authority;
        let digest = admitted.transition.digest();
        let stated = statement(&inputs, list_in);
        assert_eq!(stated.certificate, digest);
        let transition = TransitionProof {
            proof: certificate(&inputs, list_in, stated),
            statement: stated,
        };
        let mut whole = transition.clone();
        if let Some(validity) = authority.validity_key() {
            let witness = c.attest.witness(&whole, &own(network, digest));
            whole.statement.validity = validity;
            whole.proof = saying(&c.attest, witness, (NO_KEY, whole.statement.hash()));
        }
        if closed && !inputs.exits.is_empty() {
            let witness = c.shut.witness(&whole, &closes(KECCAK, whole.statement.list_out));
            (whole.statement.list_in, whole.statement.list_out) = (List::EMPTY, List::EMPTY);
            whole.proof = saying(&c.shut, witness, (NO_KEY, whole.statement.hash()));
        }
        Self {
            inputs,
            authority,
            digest,
            list_in,
            transition,
            whole,
        }
    }
}

/// A network's normalised proof of a certificate.
pub(super) fn own(network: NetworkId, certificate: GoldilocksDigest) -> ShapedProof {
    let at = NETWORKS.iter().position(|known| *known == network).unwrap();
    shaped(
        key(own_key(at)),
        &[[F::ONE; 4], Attest::exposed(certificate)].concat(),
    )
}

/// The proof of a certificate, of as many steps as it has.
fn certificate(inputs: &TransitionInputs, list_in: List, stated: TransitionStatement) -> ShapedProof {
    let c = circuits();
    let says = (NO_KEY, stated.hash());
    if inputs.steps.len() == 1 {
        return saying(&c.transition, c.transition.witness(inputs, list_in), says);
    }
    let plans = SegmentPlan::of(inputs).unwrap();
    let mut list = list_in;
    let segments = plans.iter().map(|plan| {
        let witness = c.segment.witness(inputs, plan, list);
        let span = plan.span(inputs.old.network, list);
        list = span.list_out;
        let proof = saying(&c.segment, witness, (NO_KEY, span.hash(SEGMENT)));
        Item { proof, span }
    });
    let whole = segments.reduce(|left, right| joined(&c.segments, Family::Segments, &left, &right));
    let witness = c.close.witness(inputs, plans.last().unwrap(), &whole.unwrap());
    saying(&c.close, witness, says)
}

/// A certificate at its place.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) shared: SharedContext,
    pub(super) before: EpochRun,
    pub(super) opening: AnchorOpening,
    pub(super) dependencies: Vec<DependencyOpening>,
    pub(super) behind: Option<List>,
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

    fn item(&self, transition: &TransitionProof, span: Span) -> Item {
        let (c, inputs) = (circuits(), self.inputs());
        let all = self.dependencies.len();
        if all <= MAX_OPENINGS {
            return item(&c.anchor, c.anchor.witness(transition, &inputs, all), span);
        }
        let mut opened = MAX_OPENINGS;
        let says = |opened| inputs.part(&span, &transition.statement, opened);
        let witness = c.anchor_part.witness(transition, &inputs, opened);
        let mut part = PartProof {
            proof: saying(&c.anchor_part, witness, (NO_KEY, says(opened).hash())),
            part: says(opened),
            span,
        };
        while opened + MAX_MORE < all {
            let witness = c
                .more
                .witness(&part, &self.dependencies[opened..opened + MAX_MORE]);
            opened += MAX_MORE;
            part.part = says(opened);
            part.proof = saying(&c.more, witness, (c.more.key_digest(), part.part.hash()));
        }
        item(&c.open, c.open.witness(&part, &self.dependencies[opened..]), span)
    }
}

/// Exits of L1, consumed.
pub(super) struct Deposited {
    pub(super) run: DepositOpening,
    pub(super) list_in: List,
    pub(super) single: Item,
}

/// An epoch that circuits have followed.
pub(super) struct Followed {
    pub(super) opening: EpochOpening,
    pub(super) registry: Vec<RegistryOpening>,
    pub(super) deposited: Option<Deposited>,
    pub(super) arrived: Vec<(Arrived, Place)>,
    pub(super) items: Vec<Item>,
    pub(super) whole: Item,
    pub(super) end: EpochRun,
}

/// What is followed so far.
struct Run {
    state: GlobalState,
    run: EpochRun,
    list: List,
    items: Vec<Item>,
}

impl Followed {
    /// Follows an epoch to what Ethereum is told, and holds that to the ledger.
    pub(super) fn new(settled: &Settled) -> Self {
        let outcome = &settled.outcome;
        let after = outcome.world.global();
        let networks = outcome
            .admitted
            .iter()
            .map(|admitted| admitted.certificate.network);
        let height = u8::try_from(rollup_height(networks)).unwrap();
        let opening = EpochOpening::between(settled.before.global(), after, domain(), height);
        let shared = opening.shared();
        let mut run = Run {
            state: settled.before.global().clone(),
            run: opening.before,
            list: List::EMPTY.append(&Entry::dummy()),
            items: Vec::new(),
        };
        let registry = run.register(settled, &shared);
        let deposited = run.deposit(settled, &shared);
        let admitted = outcome.admitted.iter();
        let arrived = admitted
            .map(|admitted| run.anchor(settled, admitted, shared))
            .collect();
        assert_eq!(run.state, *after);
        let whole = run.fold();
        let followed = Self {
            opening,
            registry,
            deposited,
            arrived,
            items: run.items,
            whole,
            end: run.run,
        };
        followed.tell(settled, run.list);
        followed
    }

    /// What Ethereum is told is what the ledger says.
    fn tell(&self, settled: &Settled, list: List) {
        let c = circuits();
        let (outcome, after) = (&settled.outcome, settled.outcome.world.commitment());
        let values = self.opening.public_values(&self.end);
        assert_eq!(values.old_commitment, settled.before.commitment().hash());
        assert_eq!(values.new_commitment, after.hash());
        assert_eq!(values.rollup_exit_root, after.rollup_exit_root);
        assert_eq!(
            (values.deposits, values.deposit_root),
            (after.deposits, outcome.world.l1().exit_root)
        );
        let registry = outcome.world.global().registry();
        assert_eq!(
            (values.registry_entries, values.registry_hash),
            (registry.count(), registry.hash())
        );
        assert_eq!(
            (values.expiry, values.payload_chain),
            (outcome.expiry(), outcome.payload_chain())
        );
        let signers = self.arrived.iter().filter_map(|(arrived, _)| {
            Some(AuthorisationEntry {
                network: arrived.inputs.old.network,
                digest: arrived.digest,
                signer: arrived.authority.signer_address()?,
            })
        });
        assert_eq!(
            values.authorisations_chain,
            authorisations_chain(&signers.collect::<Vec<_>>())
        );

        let list = list.extend(&Epoch::plan(&self.opening, &self.end).unwrap());
        let epoch = made(&c.epoch, c.epoch.witness(&self.whole, &self.opening, &self.end)).unwrap();
        let limbs = StatementDigest::low_bits(values.statement().0).limbs();
        let exposed = |proof: &ShapedProof| -> Vec<u64> {
            let first = proof.public_inputs()[..4].iter();
            first.map(|limb| limb.to_canonical_u64()).collect()
        };
        assert_eq!(exposed(&epoch), limbs);
        assert_eq!(epoch.public_inputs()[4..8], list.elements());
        let seal = made(&c.seal, c.seal.witness(&epoch, &closes(KECCAK, list))).unwrap();
        assert_eq!(exposed(&seal), limbs);
    }
}

impl Run {
    fn register(&mut self, settled: &Settled, shared: &SharedContext) -> Vec<RegistryOpening> {
        let entries = settled.registry.iter();
        let entries = entries.map(|(network, authority)| self.state.register(*network, *authority).unwrap());
        let openings: Vec<_> = entries.collect();
        if !openings.is_empty() {
            let (circuit, context) = (&circuits().registry, shared.hash());
            let plan = Registry::plan(context, &self.run, &openings, self.list).unwrap();
            let witness = circuit.witness(context, &self.run, &openings, self.list);
            self.join(item(circuit, witness, plan.span), plan.after);
        }
        openings
    }

    fn deposit(&mut self, settled: &Settled, shared: &SharedContext) -> Option<Deposited> {
        let c = circuits();
        let (first, second) = settled.deposits.split_at(settled.deposits.len() / 2);
        if second.is_empty() {
            return None;
        }
        let runs = [first, second].map(|exits| self.state.deposit(exits).unwrap());
        let before = if settled.deposits_closed {
            List::EMPTY
        } else {
            self.list
        };
        let mut list = before;
        let [left, right] = [&runs[0], &runs[1]].map(|run| {
            let span = Deposit::plan(run, list).unwrap().span;
            let witness = c.deposit.witness(run, list);
            list = span.list_out;
            let proof = saying(&c.deposit, witness, (NO_KEY, span.hash(DEPOSITS)));
            Item { proof, span }
        });
        let mut all = joined(&c.deposits, Family::Deposits, &left, &right);
        if settled.deposits_closed {
            let fold = c.deposits.key_digest();
            let closed = closes(KECCAK, all.span.list_out);
            let witness = c.deposit_shut.witness(fold, &all, &closed, self.list);
            all.span = DepositShut::plan(&all.span, self.list);
            all.proof = saying(&c.deposit_shut, witness, (fold, all.span.hash(DEPOSITS)));
        }
        let opening = L1Opening::over(&runs).unwrap();
        let inputs = L1Inputs {
            context: shared.hash(),
            before: &self.run,
            opening: &opening,
            exits: &self.state.l1_frontiers().exits,
        };
        let plan = inputs.plan(&all.span).unwrap();
        let item = item(&c.l1, c.l1.witness(&all, &inputs), plan.span);
        self.join(item, plan.after);
        let [_, run] = runs;
        Some(Deposited {
            list_in: left.span.list_out,
            run,
            single: right,
        })
    }

    fn anchor(&mut self, settled: &Settled, admitted: &Admitted, shared: SharedContext) -> (Arrived, Place) {
        let closed = settled.closed[admitted.certificate.position];
        let list_in = if closed { List::EMPTY } else { self.list };
        let arrived = Arrived::new(admitted, settled, (list_in, closed));
        let payload = admitted.transition.payload();
        let opening = self.state.anchor(&payload, shared.rollup_height.into()).unwrap();
        let after = settled.outcome.world.global();
        let dependencies = arrived.inputs.dependency_entries();
        let place = Place {
            shared,
            before: self.run,
            opening,
            dependencies: dependencies
                .iter()
                .map(|entry| after.open(entry).unwrap())
                .collect(),
            behind: closed.then_some(self.list),
        };
        let plan = place.inputs().plan(&arrived.whole.statement).unwrap();
        self.join(place.item(&arrived.whole, plan.span), plan.after);
        (arrived, place)
    }

    fn join(&mut self, item: Item, after: EpochRun) {
        self.list = item.span.list_out;
        self.run = after;
        self.items.push(item);
    }

    /// Neighbours in pairs, until one is left.
    fn fold(&self) -> Item {
        let mut items = self.items.clone();
        while items.len() > 1 {
            let pairs = items.chunks(2).map(|pair| match pair {
                [left, right] => joined(&circuits().fold, Family::Items, left, right),
                _ => pair[0].clone(),
            });
            items = pairs.collect();
        }
        items.remove(0)
    }
}
