//! The settlement program with real proofs, from certificates to what Ethereum is told.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use causeway_aggregation::{C, D, F, Normalizer, Options, ProofError, Shape, ShapedProof, StatementDigest};
use causeway_circuits::keccak::{Entry, List};
use causeway_circuits::recursion::KeccakKeys;
use causeway_circuits::settlement::span::Family;
use causeway_circuits::settlement::transition::SegmentPlan;
use causeway_circuits::settlement::{
    AnchorInputs, Epoch, EpochOpening, EpochRun, Item, L1Inputs, MAX_OPENINGS, Registry, SettlementError,
    SettlementProgram, Stage, TransitionProof,
};
use causeway_ledger::inputs::{Step, TransitionInputs};
use causeway_ledger::{
    DependencyOpening, DepositOpening, GlobalState, L1Opening, Transition, World, apply, draft, settle_epoch,
};
use causeway_types::{
    Authority, Backing, BackingEntry, Certificate, EMPTY_METADATA_HASH, Exit, GlobalIndex, HistoryBacking,
    ImportedExit, L1Entry, LeafType, NetworkId, SettlementDomain, TokenId,
};
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};

const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 31_337,
    settlement: Address::repeat_byte(0x5e),
};
const A: NetworkId = NetworkId::new(1);
const B: NetworkId = NetworkId::new(2);
/// Both networks are below the node of this height.
const HEIGHT: u8 = 1;

/// Stands in for the circuits that close lists: it believes anything.
struct FakeKeccak {
    data: CircuitData<F, C, D>,
    inputs: Vec<Target>,
    normalizer: Normalizer<C>,
}

impl FakeKeccak {
    fn new() -> Self {
        let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
        let inputs: Vec<Target> = (0..4).map(|_| builder.add_virtual_public_input()).collect();
        let data = builder.build::<C>();
        let normalizer = Normalizer::new(&data.common, &data.verifier_only, Options::default()).unwrap();
        Self {
            data,
            inputs,
            normalizer,
        }
    }

    fn close(&self, list: List) -> ShapedProof {
        let mut witness = PartialWitness::new();
        witness.set_target_arr(&self.inputs, &list.elements()).unwrap();
        let proof = self.data.prove(witness).unwrap();
        self.normalizer.normalize(&proof).unwrap()
    }
}

/// An epoch in the making: what is proven, and where it stands.
struct Run<'a> {
    program: &'a SettlementProgram,
    opening: EpochOpening,
    state: GlobalState,
    run: EpochRun,
    list: List,
    item: Option<Item>,
}

impl<'a> Run<'a> {
    fn new(program: &'a SettlementProgram, old: &GlobalState, new: &GlobalState) -> Self {
        let opening = EpochOpening::between(old, new, DOMAIN, HEIGHT);
        Self {
            program,
            state: old.clone(),
            run: opening.before,
            list: List::EMPTY.append(&Entry::dummy()),
            opening,
            item: None,
        }
    }

    fn register(&mut self, networks: &[(NetworkId, Authority)]) {
        let openings: Vec<_> = networks
            .iter()
            .map(|(network, authority)| self.state.register(*network, *authority).unwrap())
            .collect();
        let context = self.opening.shared().hash();
        let plan = Registry::plan(context, &self.run, &openings, self.list).unwrap();
        let item = self
            .program
            .registry()
            .prove_item(context, &self.run, &openings, self.list)
            .unwrap();
        assert_eq!(item.span, plan.span);
        self.join(item, plan.after);
    }

    fn anchor(
        &mut self,
        new: &GlobalState,
        transition: &Transition,
        proof: &TransitionProof,
        inputs: &TransitionInputs,
    ) {
        let opening = self.state.anchor(&transition.payload(), HEIGHT.into()).unwrap();
        let dependencies = self.dependencies(new, inputs);
        let shared = self.opening.shared();
        let inputs = AnchorInputs {
            shared: &shared,
            before: &self.run,
            opening: &opening,
            dependencies: &dependencies,
            behind: None,
        };
        let plan = inputs.plan(&proof.statement).unwrap();
        let item = self.program.prove_anchor(proof, &inputs).unwrap();
        assert_eq!(item.span, plan.span);
        self.join(item, plan.after);
    }

    fn dependencies(&self, new: &GlobalState, inputs: &TransitionInputs) -> Vec<DependencyOpening> {
        let entries = inputs.steps.iter().flat_map(Step::dependency_entries);
        entries.map(|entry| new.open(&entry).unwrap()).collect()
    }

    /// Of three runs of deposits the list of the first two is closed before the third is there.
    fn deposit(&mut self, keccak: &FakeKeccak, runs: [&[Exit]; 3]) {
        let program = self.program;
        let runs = runs.map(|exits| self.state.deposit(exits).unwrap());
        let prove = |run: &DepositOpening, list: List| program.prove_deposits(run, list).unwrap();
        let first = prove(&runs[0], List::EMPTY);
        let second = prove(&runs[1], first.span.list_out);
        let both = program.fold_deposits(&first, &second).unwrap();
        let closed = keccak.close(both.span.list_out);
        let shut = program.shut_deposits(&both, &closed, self.list).unwrap();
        let third = prove(&runs[2], self.list);
        let all = program.fold_deposits(&shut, &third).unwrap();

        let opening = L1Opening::over(&runs).unwrap();
        let inputs = L1Inputs {
            context: self.opening.shared().hash(),
            before: &self.run,
            opening: &opening,
            exits: &self.state.l1_frontiers().exits,
        };
        let plan = inputs.plan(&all.span).unwrap();
        let item = program.prove_l1(&all, &inputs).unwrap();
        assert_eq!(item.span, plan.span);
        self.refuse(keccak, &shut, &item);
        self.join(item, plan.after);
    }

    /// What is closed is not closed again, and no item of an epoch is a deposit, nor the other way round.
    fn refuse(&self, keccak: &FakeKeccak, shut: &Item, item: &Item) {
        let program = self.program;
        let closed = keccak.close(shut.span.list_out);
        let stage = Stage::DepositShut;
        assert_eq!(
            program.shut_deposits(shut, &closed, self.list),
            Err(SettlementError::ForeignKey {
                stage,
                got: program.deposit_shut().key_digest()
            })
        );
        let other = |stage| Err(SettlementError::OtherStatement { stage });
        assert_eq!(program.fold_deposits(shut, item), other(Stage::Deposits));
        assert_eq!(program.prove_fold(shut, item), other(Stage::Fold));
    }

    fn join(&mut self, item: Item, after: EpochRun) {
        self.list = item.span.list_out;
        self.run = after;
        self.item = Some(match self.item.take() {
            None => item,
            Some(before) => self.program.prove_fold(&before, &item).unwrap(),
        });
    }

    /// Seals and closes: what is stated is what Ethereum computes.
    fn close(self, keccak: &FakeKeccak) {
        let item = self.item.unwrap();
        let program = self.program;
        let entries = Epoch::plan(&self.opening, &self.run).unwrap();
        let epoch = program.prove_epoch(&item, &self.opening, &self.run).unwrap();
        let closed = keccak.close(self.list.extend(&entries));
        let seal = program.prove_seal(&epoch, &closed).unwrap();
        let proof = program.close(&seal).unwrap();
        proof.verify_as(Shape::Closing).unwrap();
        let limbs: Vec<u64> = proof.public_inputs().iter().map(|limb| limb.0).collect();
        let stated = StatementDigest::try_from(<[u64; 4]>::try_from(limbs).unwrap()).unwrap();
        let expected = self.opening.public_values(&self.run).statement();
        assert_eq!(stated.to_be_bytes(), expected.0);
    }
}

fn exit(from: NetworkId, to: NetworkId) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: from,
            address: Address::repeat_byte(0x71),
        },
        destination_network: to,
        destination_address: Address::repeat_byte(0xaa),
        amount: U256::from(7),
        metadata_hash: EMPTY_METADATA_HASH,
    }
}

fn signer(network: NetworkId) -> Address {
    Address::repeat_byte(0x10 + u8::try_from(network.get()).unwrap())
}

/// What certificates of these networks do, each approved by its signer; and the world after them.
fn settle(world: &World, certificates: &[Certificate]) -> (World, Vec<Arc<Transition>>) {
    let mut approving = world.clone();
    for certificate in certificates {
        let state = world.network(certificate.network).unwrap().state.clone();
        let digest = apply(&state, certificate).unwrap().digest();
        approving.approve(signer(certificate.network), digest);
    }
    let outcome = settle_epoch(&approving, certificates);
    assert_eq!(outcome.left_out, []);
    let transitions = outcome.admitted.into_iter().map(|admitted| admitted.transition);
    (outcome.world, transitions.collect())
}

#[test]
#[ignore = "some thirty proofs, minutes: what the circuits constrain is tested without"]
fn three_epochs_become_three_statements() {
    let keccak = FakeKeccak::new();
    let program =
        SettlementProgram::new(KeccakKeys::new(&[keccak.normalizer.key().clone()]).unwrap()).unwrap();

    // Two networks, and no certificate.
    let genesis = World::new(DOMAIN);
    let mut world = genesis.clone();
    let networks = [A, B].map(|network| (network, Authority::signer(signer(network)).unwrap()));
    for (network, authority) in networks {
        world.register(network, authority).unwrap();
    }
    let mut run = Run::new(&program, genesis.global(), world.global());
    run.register(&networks);
    run.close(&keccak);

    // Each exports something to the other.
    let state = |world: &World, network| world.network(network).unwrap().state.clone();
    let certificates =
        [(A, B), (B, A)].map(|(from, to)| draft(&state(&world, from), vec![exit(from, to)], vec![]).unwrap());
    let after = epoch(&program, &keccak, &world, &certificates);

    // Each imports what it has got, which depends on the other one's history, and A exports more.
    let import = |exit: Exit, source| {
        let global_index = GlobalIndex::new(source, 0);
        ImportedExit {
            exit,
            global_index,
            backing: Backing::History(after.backing(global_index).unwrap()),
        }
    };
    let certificates = [
        draft(&state(&after, A), vec![exit(A, B)], vec![import(exit(B, A), B)]).unwrap(),
        draft(&state(&after, B), vec![], vec![import(exit(A, B), A)]).unwrap(),
    ];
    epoch(&program, &keccak, &after, &certificates);
}

#[test]
#[ignore = "some fifteen proofs, a minute: what the circuits constrain is tested without"]
fn deposits_become_a_statement() {
    let keccak = FakeKeccak::new();
    let program =
        SettlementProgram::new(KeccakKeys::new(&[keccak.normalizer.key().clone()]).unwrap()).unwrap();
    let genesis = World::new(DOMAIN);
    let mut world = genesis.clone();
    let deposits = [exit(NetworkId::MAINNET, A); 6];
    world.deposit(&deposits).unwrap();
    let authority = Authority::signer(signer(A)).unwrap();
    world.register(A, authority).unwrap();

    let mut run = Run::new(&program, genesis.global(), world.global());
    run.deposit(&keccak, [&deposits[..3], &deposits[3..4], &deposits[4..]]);
    run.register(&[(A, authority)]);
    run.close(&keccak);
}

/// Proves an epoch of certificates; the world after it.
fn epoch(
    program: &SettlementProgram,
    keccak: &FakeKeccak,
    world: &World,
    certificates: &[Certificate],
) -> World {
    let (after, transitions) = settle(world, certificates);
    let mut run = Run::new(program, world.global(), after.global());
    for transition in &transitions {
        let inputs = TransitionInputs::new(transition, &after).unwrap();
        let proof = program.transition().prove_certificate(&inputs, run.list).unwrap();
        assert_eq!(program.check_transition(&proof), Ok(false));
        run.anchor(after.global(), transition, &proof, &inputs);
    }
    // What does not verify is not taken.
    let mut broken = run.item.clone().unwrap();
    broken.proof.proof.public_inputs[4] = broken.proof.proof.public_inputs[5];
    assert_eq!(
        program.check_item(&broken, Stage::Epoch),
        Err(SettlementError::Inner {
            stage: Stage::Epoch,
            source: ProofError::Invalid
        })
    );
    run.close(keccak);
    after
}

/// Imports of seventeen exits of L1, each under the root of another number of exits: two steps, and more than an anchor opens.
#[test]
#[ignore = "some fifteen proofs, minutes: what the circuits constrain is tested without"]
fn a_certificate_that_depends_on_much_is_anchored_in_parts() {
    let keccak = FakeKeccak::new();
    let program =
        SettlementProgram::new(KeccakKeys::new(&[keccak.normalizer.key().clone()]).unwrap()).unwrap();
    let mut world = World::new(DOMAIN);
    world.register(A, Authority::signer(signer(A)).unwrap()).unwrap();
    let exits = [exit(NetworkId::MAINNET, A); 17];
    world.deposit(&exits).unwrap();
    let shadow = world.l1_shadow();
    let import = |leaf_index: u32| {
        let entry = L1Entry {
            exit_count: leaf_index + 1,
            shadow_root: shadow.root_at(leaf_index + 1),
        };
        ImportedExit {
            exit: exits[0],
            global_index: GlobalIndex::new(NetworkId::MAINNET, leaf_index),
            backing: Backing::History(HistoryBacking {
                entry: BackingEntry::L1(entry),
                path: shadow.path_at(leaf_index, leaf_index + 1),
            }),
        }
    };
    let state = world.network(A).unwrap().state.clone();
    let certificate = draft(&state, vec![], (0..17).map(import).collect()).unwrap();
    let (after, transitions) = settle(&world, &[certificate]);
    let inputs = TransitionInputs::new(&transitions[0], &after).unwrap();

    let mut run = Run::new(&program, world.global(), after.global());
    let plans = SegmentPlan::of(&inputs).unwrap();
    let [first, last] = &plans[..] else {
        panic!("two steps")
    };
    let left = program.segment().prove_segment(&inputs, first, run.list).unwrap();
    let right = program
        .segment()
        .prove_segment(&inputs, last, left.span.list_out)
        .unwrap();
    let segments = program
        .segments()
        .prove_item(Family::Segments, &left, &right)
        .unwrap();
    let transition = program
        .close_circuit()
        .prove_certificate(&inputs, last, &segments)
        .unwrap();

    let opening = run
        .state
        .anchor(&transitions[0].payload(), HEIGHT.into())
        .unwrap();
    let dependencies = run.dependencies(after.global(), &inputs);
    assert_eq!(dependencies.len(), MAX_OPENINGS + 1);
    let shared = run.opening.shared();
    let before = run.run;
    let anchor = AnchorInputs {
        shared: &shared,
        before: &before,
        opening: &opening,
        dependencies: &dependencies,
        behind: None,
    };
    let plan = anchor.plan(&transition.statement).unwrap();
    assert_eq!(
        program.prove_anchor(&transition, &anchor),
        Err(SettlementError::TooMany {
            stage: Stage::Anchor,
            got: MAX_OPENINGS + 1,
            max: MAX_OPENINGS
        })
    );
    let part = program.prove_anchor_part(&transition, &anchor).unwrap();
    // A circuit in between may open nothing.
    let part = program.prove_more(&part, &[]).unwrap();
    let item = program.prove_open(&part, &dependencies[MAX_OPENINGS..]).unwrap();
    assert_eq!(item.span, plan.span);
    run.join(item, plan.after);
    run.close(&keccak);
}
