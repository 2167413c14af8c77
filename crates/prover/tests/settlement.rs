//! Settlement with the real circuits, up to what the last layer takes.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use alloy_primitives::{Address, U256};
use causeway_aggregation::{
    C, ClosedProof, D, F, Normalizer, Options, ProofError, Shape, ShapedProof, StatementDigest,
};
use causeway_circuits::keccak::List;
use causeway_circuits::settlement::transition::SegmentPlan;
use causeway_circuits::settlement::{SettlementError, SettlementProgram, Stage};
use causeway_ledger::{TransitionInputs, World, apply, draft, settle_epoch};
use causeway_prover::settlement::{
    ArrivalError, ArrivalPlan, Arrived, ArrivedError, EpochError, EpochPlan, StageError, identities,
};
use causeway_prover::{
    EpochInputs, Event, Found, Graph, Keep, ProvingError, RunError, SettlementKind, SettlementProver, Store,
    Wrapping, WrappingError,
};
use causeway_types::{
    Authorisation, Authority, Certificate, Contingency, EMPTY_METADATA_HASH, Exit, Expiry, GoldilocksDigest,
    LeafType, NetworkId, SettlementDomain, StateRoot, TokenId,
};
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};

const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 31_337,
    settlement: Address::repeat_byte(0x5e),
};
/// Signs its certificates.
const A: NetworkId = NetworkId::new(1);
const SIGNER: Address = Address::repeat_byte(0x11);
/// Proves them.
const B: NetworkId = NetworkId::new(2);

/// Ends a run before the last layer.
#[derive(Debug, Default)]
struct NoWrap {
    closed: Option<ClosedProof>,
}

impl Wrapping for NoWrap {
    fn identity(&self) -> Vec<u8> {
        Vec::new()
    }

    fn wrap(&mut self, closed: &ClosedProof) -> Result<WrappedProof, WrappingError> {
        self.closed = Some(closed.clone());
        Err(WrappingError::OtherStatement)
    }

    fn check(&mut self, _: &WrappedProof, _: [u64; 4]) -> Result<(), WrappingError> {
        Err(WrappingError::OtherStatement)
    }
}

/// A network's own program: it takes every certificate.
struct Own {
    data: CircuitData<F, C, D>,
    inputs: Vec<Target>,
    normalizer: Normalizer<C>,
}

impl Own {
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

    fn key(&self) -> GoldilocksDigest {
        let words = self.normalizer.key_digest().elements();
        GoldilocksDigest::reduced(words.map(|word| word.to_canonical_u64()))
    }

    fn prove(&self, certificate: GoldilocksDigest) -> ShapedProof {
        let mut witness = PartialWitness::new();
        let elements = certificate.words().map(F::from_canonical_u64);
        witness.set_target_arr(&self.inputs, &elements).unwrap();
        let proof = self.data.prove(witness).unwrap();
        self.normalizer.normalize(&proof).unwrap()
    }
}

fn certificate(world: &World, network: NetworkId, exits: Vec<Exit>) -> Certificate {
    let state = world.network(network).unwrap().state;
    let mut certificate = draft(state, exits, vec![]).unwrap();
    certificate.state_root = Some(root(network));
    certificate
}

fn root(network: NetworkId) -> StateRoot {
    StateRoot::new(U256::from(network.get()).into())
}

fn on(network: NetworkId) -> Contingency {
    Contingency {
        network,
        height: 0,
        state_root: root(network),
    }
}

fn exit(from: NetworkId) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: from,
            address: Address::repeat_byte(0x71),
        },
        destination_network: B,
        destination_address: Address::repeat_byte(0xaa),
        amount: U256::from(7),
        metadata_hash: EMPTY_METADATA_HASH,
    }
}

fn print(event: Event<'_, SettlementKind>) -> ControlFlow<()> {
    println!("{event:?}");
    ControlFlow::Continue(())
}

fn ends_before_the_wrap(ended: Result<causeway_prover::ProvenEpoch, ProvingError>) {
    let Err(ProvingError::Run(error)) = ended else {
        panic!("{ended:?}");
    };
    assert!(
        matches!(
            *error,
            RunError::Stage {
                kind: SettlementKind::Wrap,
                source: StageError::Wrapping(WrappingError::OtherStatement),
                ..
            }
        ),
        "{error:?}"
    );
}

/// What the closing proof states.
fn stated(prover: &SettlementProver<'_, NoWrap>) -> [u8; 32] {
    let closed = prover.wrapping().closed.as_ref().unwrap();
    closed.verify_as(Shape::Closing).unwrap();
    let limbs: Vec<u64> = closed
        .public_inputs()
        .iter()
        .map(|limb| limb.to_canonical_u64())
        .collect();
    StatementDigest::try_from(<[u64; 4]>::try_from(limbs).unwrap())
        .unwrap()
        .to_be_bytes()
}

#[test]
#[ignore = "some twenty proofs and five closed lists, minutes: plans and runs are tested without"]
fn certificates_and_epochs_are_proven() {
    let program = SettlementProgram::pinned().unwrap();
    let own = Own::new();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut prover = SettlementProver::new(&program, store, NoWrap::default()).keeping(Keep::All);

    // Two networks, and something for one of them.
    let genesis = World::new(DOMAIN);
    let mut world = genesis.clone();
    let registry = vec![
        (A, Authority::signer(SIGNER).unwrap()),
        (B, Authority::validity(own.key()).unwrap()),
    ];
    for (network, authority) in &registry {
        world.register(*network, *authority).unwrap();
    }
    let deposits = vec![exit(NetworkId::MAINNET)];
    world.deposit(&deposits).unwrap();
    let mut inputs = EpochInputs {
        domain: DOMAIN,
        registry,
        deposits,
        certificates: Vec::new(),
    };
    ends_before_the_wrap(prover.prove_epoch(genesis.global(), &inputs, &mut print));
    let plan = |inputs: &EpochInputs, world: &World| EpochPlan::new(world.global(), &inputs.contents());
    let first = plan(&inputs, &genesis).unwrap();
    assert_eq!(stated(&prover), first.public_values().statement().0);
    assert_eq!(first.after(), world.global());
    // Begun again, it goes on where it ended.
    let again = prover.prove_epoch(genesis.global(), &inputs, &mut |event| match event {
        Event::Found { done, total, .. } => {
            assert_eq!(done, total - 1);
            ControlFlow::Continue(())
        }
        Event::Started { .. } => ControlFlow::Continue(()),
        other => panic!("{other:?}"),
    });
    ends_before_the_wrap(again);

    // They need each other: the one exports and is signed, the other is proven.
    let mut of_a = certificate(&world, A, vec![exit(A)]);
    of_a.contingencies = vec![on(B)];
    let mut of_b = certificate(&world, B, vec![]);
    of_b.contingencies = vec![on(A)];
    of_b.authority = Some(Authorisation::Validity { key: own.key() });
    let mut approving = world.clone();
    let digest = apply(world.network(A).unwrap().state, &of_a).unwrap().digest();
    approving.approve(SIGNER, digest);
    let outcome = settle_epoch(&approving, &[of_a, of_b]);
    assert_eq!(outcome.left_out, []);
    let [of_a, of_b] = &outcome.admitted[..] else {
        panic!("{:?}", outcome.admitted);
    };
    let inputs_of = |admitted: &causeway_ledger::Admitted| {
        TransitionInputs::new(&admitted.transition, &outcome.world).unwrap()
    };
    let (inputs_a, inputs_b) = (inputs_of(of_a), inputs_of(of_b));
    let own_proof = own.prove(of_b.transition.digest());

    // A proof of another certificate is refused before anything is proven.
    let refused = prover.prove_certificate(&inputs_a, Some(&own_proof), &mut |event| panic!("{event:?}"));
    let other = SettlementError::OtherStatement { stage: Stage::Attest };
    match refused {
        Err(ProvingError::Arrival(ArrivalError::Program(error))) => assert_eq!(error, other),
        refused => panic!("{refused:?}"),
    }
    let arrived_a = prover.prove_certificate(&inputs_a, None, &mut print).unwrap();
    let arrived_b = prover
        .prove_certificate(&inputs_b, Some(&own_proof), &mut print)
        .unwrap();

    // Where another proof is in the file of a stage, it is refused and the stage is proven again: of a foreign circuit, of this one and
    // of another certificate, of this certificate and by other circuits of the program, or none at all.
    let plan_a = ArrivalPlan::new(&inputs_a, None).unwrap();
    let plan_b = ArrivalPlan::new(&inputs_b, Some(own_proof.key_digest())).unwrap();
    let (ids, last) = (identities(&program, &plan_b), plan_b.stages() - 1);
    let found = prover
        .store()
        .read(plan_a.kind(0), identities(&program, &plan_a)[0]);
    let Found::Outcome(of_a) = found.unwrap() else {
        panic!("{}", prover.store().folder().display());
    };
    let segments = SegmentPlan::of(&inputs_b).unwrap();
    let segment = program
        .segment()
        .prove_segment(&inputs_b, &segments[0], List::EMPTY)
        .unwrap();
    let closed = program
        .close_circuit()
        .prove_certificate(&inputs_b, &segments[0], &segment)
        .unwrap();
    let mut broken = arrived_b.proof.clone();
    broken.proof.public_inputs[15] = F::ONE;
    let strangers = [
        (last, own_proof.clone(), StageError::Outcome { stage: last }),
        (last, broken, StageError::Proof(ProofError::Invalid)),
        (
            0,
            ShapedProof::from_bytes(&of_a).unwrap(),
            StageError::Outcome { stage: 0 },
        ),
        (0, closed.proof, StageError::Outcome { stage: 0 }),
    ];
    for (stage, stranger, expected) in strangers {
        prover.store().remove(plan_b.kind(last), ids[last]).unwrap();
        let bytes = stranger.to_bytes().unwrap();
        prover
            .store()
            .write(plan_b.kind(stage), ids[stage], &bytes)
            .unwrap();
        let (mut refused, mut proven) = (Vec::new(), 0);
        let again = prover.prove_certificate(&inputs_b, Some(&own_proof), &mut |event| {
            match event {
                Event::Refused { reason, .. } => refused.push(reason.to_string()),
                Event::Proven { .. } => proven += 1,
                _ => {}
            }
            ControlFlow::Continue(())
        });
        assert_eq!(again.unwrap().certified, arrived_b.certified);
        let stages = if stage == last { 1 } else { 2 };
        assert_eq!((refused, proven), (vec![expected.to_string()], stages));
    }

    // Written down they outlive whoever proved them: read and verified they are the same, and changed they are refused.
    let files = [&arrived_a, &arrived_b].map(|arrived| arrived.to_bytes().unwrap());
    let stage = Stage::Anchor;
    let refused = |change: &dyn Fn(&mut Arrived)| {
        let mut other = arrived_b.clone();
        change(&mut other);
        Arrived::from_bytes(&other.to_bytes().unwrap(), &program)
    };
    let other = refused(&|other| other.certified.statement.expiry = Expiry::new(7));
    let expected = SettlementError::OtherStatement { stage };
    assert_eq!(other, Err(ArrivedError::Proof(expected)));
    let broken = refused(&|other| other.proof.proof.public_inputs[15] = F::ONE);
    let source = ProofError::Invalid;
    let expected = SettlementError::Inner { stage, source };
    assert_eq!(broken, Err(ArrivedError::Proof(expected)));
    let read = files.map(|file| Arrived::from_bytes(&file, &program).unwrap());
    assert_eq!(read, [arrived_a, arrived_b]);

    // The epoch, by another prover.
    drop(prover);
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut prover = SettlementProver::new(&program, store, NoWrap::default());
    inputs.registry.clear();
    inputs.deposits.clear();
    inputs.certificates = read.to_vec();
    ends_before_the_wrap(prover.prove_epoch(world.global(), &inputs, &mut print));
    let second = plan(&inputs, &world).unwrap();
    assert_eq!(stated(&prover), second.public_values().statement().0);
    assert_eq!(second.after(), outcome.world.global());
    // A proof of no transition is refused by its certificate.
    inputs.certificates[1].proof = own_proof;
    let refused = prover.prove_epoch(world.global(), &inputs, &mut print);
    let Err(ProvingError::Epoch(error)) = refused else {
        panic!("{refused:?}");
    };
    let stage = Stage::Anchor;
    let expected = EpochError::Certificate {
        certificate: inputs.certificates[1].certified.reference(1),
        source: SettlementError::OtherStatement { stage },
    };
    assert_eq!(*error, expected);
}
