//! Epochs on four EVMs, settled by the real contract. A mock takes their statements for proofs here; `make demo` proves them.

#![allow(clippy::unwrap_used)]

use alloy_primitives::{B256, U256};
use causeway_bindings::Settlement;
use causeway_ledger::{Because, Dependency, LedgerError};
use causeway_tests::epochs::{Payments, burn_and_mint, contingent, mock, settle, validity_beside_signer};
use causeway_tests::world::{A, B, G, L1, Party, World};
use causeway_types::{Certificate, Contingency, Expiry, StateRoot};

const fn quietly(_: &str) {}

fn contingency(certificate: &Certificate) -> Contingency {
    Contingency {
        network: certificate.network,
        height: certificate.height,
        state_root: certificate.state_root.unwrap(),
    }
}

fn signed(world: &World, mut certificate: Certificate) -> Certificate {
    world.authorise(&mut certificate);
    certificate
}

fn send(world: &mut World, amount: u64) {
    let cat = world.token("CAT");
    world
        .bridge_asset((A, Party::Alice), (B, Party::Bob), cat, U256::from(amount), false)
        .unwrap();
}

#[test]
fn stories_settle() {
    let mut world = World::new().unwrap();
    burn_and_mint(&mut world, &mut mock, &mut quietly).unwrap();
    contingent(&mut world, &mut mock, &mut quietly).unwrap();
    let mut payments = Payments::join(&mut world).unwrap();
    let mut prove = |world: &World, epoch: &_, _: &_, _: &_| mock(world, epoch);
    validity_beside_signer(&mut world, &mut payments, &mut prove, &mut quietly).unwrap();
}

/// A second prover with an empty disk has what Ethereum logged, and that is all that the next epoch is proven from.
#[test]
fn the_state_is_rebuilt_from_ethereums_logs() {
    let mut world = World::new().unwrap();
    burn_and_mint(&mut world, &mut mock, &mut quietly).unwrap();
    let usdc = world.token("USDC");
    world
        .bridge_asset((L1, Party::Alice), (A, Party::Bob), usdc, U256::from(9), true)
        .unwrap();
    contingent(&mut world, &mut mock, &mut quietly).unwrap();
    let replay = world.source().rebuild(&world.logs()).unwrap();
    assert_eq!(replay.epochs(), 2);
    assert_eq!(replay.state().commitment(), world.state().commitment());
    let networks = |state: &causeway_ledger::GlobalState| -> Vec<_> {
        let networks = state.networks();
        networks.map(|known| (known.state, known.authority)).collect()
    };
    assert_eq!(networks(replay.state()), networks(world.state()));
}

/// G on B on A, where G and B wait for the next epoch: what they depend on is settled by then, or with them.
#[test]
fn a_chain_of_dependencies_spans_epochs() {
    let mut world = World::new().unwrap();
    send(&mut world, 3);
    let mut certificates = world.certificates(&[A, B, G]).unwrap();
    certificates[1].contingencies = vec![contingency(&certificates[0])];
    certificates[2].contingencies = vec![contingency(&certificates[1])];
    let certificates: Vec<_> = certificates
        .into_iter()
        .map(|certificate| signed(&world, certificate))
        .collect();
    // G needs B, and B needs A.
    assert!(world.judge(&certificates[1..]).outcome.admitted.is_empty());
    let settled = settle(&mut world, &[A], &certificates[..1], &mut mock).unwrap();
    assert_eq!(settled.networks, [A]);
    let settled = settle(&mut world, &[B, G], &certificates[1..], &mut mock).unwrap();
    assert_eq!(settled.networks, [B, G]);
}

/// Another state root than the one that settles, or a contingency that somebody strips, or an expiry that he adds, after it was
/// signed.
#[test]
fn what_is_named_wrong_or_changed_afterwards_does_not_settle() {
    let mut world = World::new().unwrap();
    send(&mut world, 3);
    let mut certificates = world.certificates(&[A, B]).unwrap();
    let mut wrong = contingency(&certificates[1]);
    wrong.state_root = StateRoot::new(B256::repeat_byte(1));
    certificates[0].contingencies = vec![wrong];
    let of_a = signed(&world, certificates[0].clone());
    let epoch = world.judge(&[of_a.clone(), certificates[1].clone()]);
    // The rest of the epoch settles.
    assert_eq!(epoch.outcome.admitted.len(), 1);
    assert!(matches!(
        epoch.outcome.left_out[0].because,
        Because::Missing(Dependency::Contingency(on)) if on == wrong
    ));
    let refused = |certificate: Certificate| {
        let epoch = world.judge(&[certificate]);
        assert!(epoch.outcome.admitted.is_empty());
        let because = &epoch.outcome.left_out[0].because;
        assert!(
            matches!(because, Because::Refused(LedgerError::InvalidSignature { .. })),
            "{because:?}"
        );
    };
    let mut stripped = of_a.clone();
    stripped.contingencies.clear();
    refused(stripped);
    let mut later = of_a;
    later.expiry = Expiry::new(7);
    refused(later);
}

/// What was settled is not settled again, nor anything that was proven beside it.
#[test]
fn an_epoch_settles_once() {
    let mut world = World::new().unwrap();
    send(&mut world, 3);
    let certificates = world.certificates(&[A]).unwrap();
    let epoch = world.judge(&certificates);
    let proof = mock(&world, &epoch).unwrap();
    world.record(&[A], &epoch, &proof).unwrap();
    let deployed = *world.deployed();
    let call = epoch.call(deployed.selector, &proof);
    let evm = world.chain(L1).evm();
    let error = evm.call(deployed.contract, &call).unwrap_err();
    let refusal = error.reverted_with::<Settlement::StateMismatch>().unwrap();
    let expected = Settlement::StateMismatch {
        expected: world.state().commitment().hash().into(),
        actual: epoch.old.commitment().hash().into(),
    };
    assert_eq!(refusal, expected);
}
