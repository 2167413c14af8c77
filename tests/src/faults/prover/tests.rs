//! It says what the ledger says, and does what its script says.

use alloy_primitives::Address;
use causeway_ledger::{World, settle_epoch};
use causeway_types::{NetworkId, SettlementDomain};

use super::*;
use crate::faults::certificates::Maker;
use crate::world::Epoch;

const NETWORKS: [NetworkId; 4] = [
    NetworkId::new(1),
    NetworkId::new(2),
    NetworkId::new(3),
    NetworkId::new(4),
];

fn go_on(_: &str) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// An epoch of a diamond, and the work that it is for a prover.
fn diamond(prover: &mut MockProver) -> (Epoch, EpochWork) {
    let domain = SettlementDomain {
        chain_id: 31_337,
        settlement: Address::repeat_byte(0x5e),
    };
    let mut maker = Maker::new(domain, 4, 0, 1).expect("a maker");
    let registered = maker.world().clone();
    let made = maker.diamond(NETWORKS).expect("a diamond");
    let certificates: Vec<_> = made.into_iter().map(|made| made.certificate).collect();
    let outcome = settle_epoch(&registered, &certificates);
    let transitions = outcome.admitted.iter().map(|admitted| {
        let inputs = TransitionInputs::new(&admitted.transition, &outcome.world).expect("inputs");
        prover
            .prove_transition(&inputs, None, &mut go_on)
            .expect("a transition")
    });
    let transitions = transitions.collect();
    let registry = registered
        .networks()
        .map(|network| (network.state.network(), network.authority));
    let work = EpochWork {
        domain,
        before: World::new(domain).global().clone(),
        registry: registry.collect(),
        deposits: Vec::new(),
        transitions,
    };
    let epoch = Epoch {
        old: work.before.clone(),
        registered: work.registry.clone(),
        deposits: Vec::new(),
        outcome,
        domain,
    };
    (epoch, work)
}

#[test]
fn it_says_of_an_epoch_what_the_ledger_says() {
    let mut prover = MockProver::default();
    let (epoch, work) = diamond(&mut prover);
    let proof = prover.prove_epoch(&work, &mut go_on).expect("a proof");
    assert_eq!(proof.statement, epoch.public_values().statement());
    let expected = (MOCK_PROGRAM, U256::from_be_bytes(proof.statement.0)).abi_encode();
    assert_eq!(proof.proof, expected);
}

#[test]
fn a_script_is_obeyed_as_often_as_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, script) = (folder.path().join("log"), folder.path().join("script"));
    let mut prover = MockProver {
        log: Some(log.clone()),
        script: Some(script.clone()),
    };
    let (epoch, work) = diamond(&mut prover);
    fs::write(&script, "transition impossible\nepoch wrong 1\nepoch machine 1\n").expect("a script");
    let wrong = prover.prove_epoch(&work, &mut go_on).expect("a proof");
    assert_eq!(wrong.statement, B256::with_last_byte(1));
    let error = prover
        .prove_epoch(&work, &mut go_on)
        .expect_err("it is told to fail");
    assert!(matches!(error, ProverError::Machine(said) if said == "the script says so"));
    let right = prover.prove_epoch(&work, &mut go_on).expect("a proof");
    assert_eq!(right.statement, epoch.public_values().statement());
    let log = fs::read_to_string(&log).expect("a log");
    let epochs = |word: &str| {
        log.lines()
            .filter(|line| *line == format!("{word} epoch:1.0:2.0:3.0:4.0"))
            .count()
    };
    assert_eq!((epochs("begin"), epochs("proven")), (3, 2));
}

#[test]
fn it_stops_when_it_is_told_to() {
    let mut prover = MockProver::default();
    let (_, work) = diamond(&mut prover);
    let error = prover
        .prove_epoch(&work, &mut |_| ControlFlow::Break(()))
        .expect_err("it is told to stop");
    assert!(matches!(error, ProverError::Stopped));
}
