//! Stories of epochs on four EVMs, settled by the real contract. A mock takes their statements for proofs here; `make e2e` proves them.

#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use causeway_bindings::Settlement;
use causeway_tests::stories::{
    Mock, Payments, STORIES, Story, burn_and_mint, chain, changed, contingent, deposits, hostile, imports,
    outsider, rotation, takeover, validity, validity_beside_signer, withdrawn, withheld,
};
use causeway_tests::world::{A, B, Broken, L1, Party, Verifier, World, WorldError, signer};
use causeway_types::Authority;

fn told(story: Story) {
    let mut world = World::signing(Verifier::Mock).unwrap();
    story(&mut world, &mut Mock).unwrap();
}

macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            #[test]
            fn is_told() {
                super::told(super::$name);
            }
        })*

        /// Each story that `make e2e` proves is told here.
        #[test]
        fn all_stories_are_told() {
            let told: &[(&str, Story)] = &[$((stringify!($name), $name)),*];
            let told: Vec<_> = told.iter().map(|(name, _)| name.replace('_', "-")).collect();
            assert_eq!(told, STORIES.map(|(name, _)| name));
        }
    };
}

stories!(
    burn_and_mint,
    contingent,
    withheld,
    chain,
    changed,
    validity,
    deposits,
    imports,
    withdrawn,
    hostile,
    outsider,
    rotation,
    takeover,
);

/// One after the other in one world, where A signs, B proves and G does both, as far as the ledger compares that.
#[test]
fn stories_follow_each_other() {
    let mut world = World::new().unwrap();
    burn_and_mint(&mut world, &mut Mock).unwrap();
    contingent(&mut world, &mut Mock).unwrap();
    let mut payments = Payments::join(&mut world).unwrap();
    validity_beside_signer(&mut world, &mut payments, &mut Mock).unwrap();
}

fn send(world: &mut World, amount: u64) {
    let cat = world.token("CAT");
    world
        .bridge_asset((A, Party::Alice), (B, Party::Bob), cat, U256::from(amount), false)
        .unwrap();
}

/// A second prover with an empty disk has what Ethereum logged, and that is all that the next epoch is proven from.
#[test]
fn the_state_is_rebuilt_from_ethereums_logs() {
    let mut world = World::new().unwrap();
    burn_and_mint(&mut world, &mut Mock).unwrap();
    let usdc = world.token("USDC");
    world
        .bridge_asset((L1, Party::Alice), (A, Party::Bob), usdc, U256::from(9), true)
        .unwrap();
    contingent(&mut world, &mut Mock).unwrap();
    let replay = world.source().rebuild(&world.logs()).unwrap();
    assert_eq!(replay.epochs(), 2);
    assert_eq!(replay.state().commitment(), world.state().commitment());
    let networks = |state: &causeway_ledger::GlobalState| -> Vec<_> {
        let networks = state.networks();
        networks.map(|known| (known.state, known.authority)).collect()
    };
    assert_eq!(networks(replay.state()), networks(world.state()));
}

/// What was settled is not settled again, nor anything that was proven beside it.
#[test]
fn an_epoch_settles_once() {
    let mut world = World::new().unwrap();
    send(&mut world, 3);
    let certificates = world.certificates(&[A]).unwrap();
    let epoch = world.judge(&certificates);
    let proof = world.deployed().mock_proof(&epoch.public_values());
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

/// What a network without an EVM has is owed like what circulates on the others.
#[test]
fn what_outsiders_hold_is_counted() {
    let mut world = World::new().unwrap();
    let network = world.next_network();
    let joined = world.join(Authority::signer(signer(network)).unwrap()).unwrap();
    assert_eq!(joined, network);
    let usdc = world.token("USDC");
    let deposit = world
        .bridge_asset(
            (L1, Party::Alice),
            (network, Party::Bob),
            usdc,
            U256::from(9),
            true,
        )
        .unwrap();
    world.imported(network, deposit).unwrap();
    world.check().unwrap();
    let error = world.imported(network, deposit).unwrap_err();
    let WorldError::Broken(Broken::WrongClaimed { actual: false, .. }) = error else {
        panic!("{error}");
    };
    let mut home = world.exit(deposit).unwrap().exit;
    home.destination_network = L1;
    home.amount = U256::from(10);
    let WorldError::Broken(broken) = world.exported(network, &[home]).unwrap_err() else {
        panic!("nobody noticed");
    };
    let expected = Broken::Overdrawn {
        network: "a network that is no EVM",
        symbol: "USDC",
        held: U256::from(9),
        sent: U256::from(10),
    };
    assert_eq!(broken, expected);
    home.amount = U256::from(9);
    world.exported(network, &[home]).unwrap();
    world.check().unwrap();
}
