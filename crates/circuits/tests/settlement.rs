//! The settlement program with real proofs, from certificates to what Ethereum is told.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, U256};
use causeway_aggregation::{C, D, F, Normalizer, Options, ProofError, Shape, ShapedProof, StatementDigest};
use causeway_circuits::keccak::{Entry, List};
use causeway_circuits::recursion::KeccakKeys;
use causeway_circuits::settlement::{
    AnchorInputs, Epoch, EpochOpening, EpochRun, Item, Registry, SettlementError, SettlementProgram, Stage,
    TransitionProof,
};
use causeway_ledger::inputs::TransitionInputs;
use causeway_ledger::{GlobalState, Transition, World, apply, draft, settle_epoch};
use causeway_types::{
    Authority, Backing, Certificate, EMPTY_METADATA_HASH, Exit, GlobalIndex, ImportedExit, LeafType,
    NetworkId, SettlementDomain, TokenId,
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
            .prove_registry(context, &self.run, &openings, self.list)
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
        let dependencies: Vec<_> = inputs
            .steps
            .iter()
            .flat_map(|step| step.dependency_entries())
            .map(|dependency| new.open(&dependency).unwrap())
            .collect();
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
fn settle(world: &World, certificates: &[Certificate]) -> (World, Vec<Transition>) {
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
        let proof = program.prove_transition(&inputs, run.list).unwrap();
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
