//! Worlds of four EVMs: deposits, burns and mints, withdrawals, messages, odd tokens, stops. After every step all balances are
//! read from the EVMs and compared with what the bridges owe; see `causeway_tests::world`.

#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use alloy_sol_types::SolError;
use causeway_bindings::{
    GlobalExitRoot, GlobalExitRootL2, SharedBridge, SharedBridgeL2, WrappedToken, mocks::MockReceiver,
};
use causeway_ledger::{Because, Dependency};
use causeway_tests::world::{A, B, Broken, FORTUNE, G, L1, Local, MAX_STOP, Party, World, WorldError};
use causeway_types::{GlobalIndex, NetworkId, TokenId};

use Party::{Alice, Bob, Forwarder, Receiver, Refuser};

fn u(value: u64) -> U256 {
    U256::from(value)
}

#[track_caller]
fn assert_refused<T, E>(result: Result<T, WorldError>, expected: &E)
where
    T: std::fmt::Debug,
    E: SolError + PartialEq + std::fmt::Debug,
{
    let error = result.unwrap_err();
    assert_eq!(error.reverted_with::<E>().as_ref(), Some(expected), "{error}");
}

#[track_caller]
fn assert_balance(world: &mut World, network: NetworkId, token: TokenId, party: Party, expected: u64) {
    assert_eq!(world.balance(network, token, party).unwrap(), u(expected));
}

/// Deposits on Ethereum and lets the receiver claim.
fn deposit(world: &mut World, token: TokenId, to: (NetworkId, Party), amount: u64) -> GlobalIndex {
    let index = world
        .bridge_asset((L1, Alice), to, token, u(amount), true)
        .unwrap();
    world.inform(to.0).unwrap();
    world.claim(index).unwrap();
    index
}

#[test]
fn ether_and_tokens_go_to_l2s_and_come_back() {
    let mut world = World::new().unwrap();
    for token in [TokenId::ETH, world.token("USDC"), world.token("GAS")] {
        for network in [A, G] {
            deposit(&mut world, token, (network, Bob), 500);
            assert_balance(&mut world, network, token, Bob, 500);
            let back = world
                .bridge_asset((network, Bob), (L1, Bob), token, u(200), false)
                .unwrap();
            // Ethereum knows nothing of it before the L2 has settled.
            assert!(!world.is_covered(back));
            assert_eq!(world.settle(&[network]).unwrap().networks, [network]);
            world.claim(back).unwrap();
            assert_balance(&mut world, network, token, Bob, 300);
        }
        assert_balance(&mut world, L1, token, Alice, FORTUNE - 1_000);
        assert_balance(&mut world, L1, token, Bob, FORTUNE + 400);
    }
    world.check_claims().unwrap();
}

#[test]
fn what_is_burnt_on_a_is_minted_on_b() {
    let mut world = World::new().unwrap();
    let usdc = world.token("USDC");
    deposit(&mut world, usdc, (A, Alice), 100);
    let index = world
        .bridge_asset((A, Alice), (B, Bob), usdc, u(60), false)
        .unwrap();
    assert_eq!(world.chain(A).circulating(usdc).unwrap(), u(40));
    world.settle(&[A]).unwrap();
    world.inform(B).unwrap();
    world.claim(index).unwrap();
    assert_balance(&mut world, B, usdc, Bob, 60);
    assert_eq!(world.settle(&[B]).unwrap().networks, [B]);

    // B's tokens are Ethereum's, and Ethereum pays them out.
    let home = world
        .bridge_asset((B, Bob), (L1, Bob), usdc, u(60), false)
        .unwrap();
    world.settle(&[B]).unwrap();
    world.claim(home).unwrap();
    assert_balance(&mut world, L1, usdc, Bob, FORTUNE + 60);
    world.check_claims().unwrap();
}

/// Burn on A and mint on B before anything is final; one epoch then settles both or neither.
#[test]
fn b_mints_before_a_settles_and_both_settle_together() {
    let mut world = World::new().unwrap();
    deposit(&mut world, TokenId::ETH, (A, Alice), 100);
    let index = world
        .bridge_asset((A, Alice), (B, Bob), TokenId::ETH, u(70), false)
        .unwrap();
    world.inform_ahead(B).unwrap();
    world.claim(index).unwrap();
    assert_balance(&mut world, B, TokenId::ETH, Bob, 70);
    let onwards = world
        .bridge_asset((B, Bob), (A, Bob), TokenId::ETH, u(30), false)
        .unwrap();
    world.inform_ahead(A).unwrap();
    world.claim(onwards).unwrap();

    // B's import stands in a tree of A's that nobody offers.
    let alone = world.settle(&[B]).unwrap();
    assert!(alone.networks.is_empty());
    assert!(matches!(
        alone.left_out[0].because,
        Because::Missing(Dependency::Entry { network: A, .. })
    ));
    // Nor can A settle alone: it took in what B sent.
    let alone = world.settle(&[A]).unwrap();
    assert!(matches!(
        alone.left_out[0].because,
        Because::Missing(Dependency::Entry { network: B, .. })
    ));
    assert_eq!(world.settle(&[A, B]).unwrap().networks, [A, B]);
    world.check_claims().unwrap();
}

#[test]
fn messages_carry_value_and_call_their_receiver() {
    let mut world = World::new().unwrap();
    for network in [A, G] {
        let index = world
            .bridge_message((L1, Alice), (network, Receiver), u(11), b"hello")
            .unwrap();
        world.publish(L1).unwrap();
        world.inform(network).unwrap();
        world.claim(index).unwrap();
        let receiver = world.address(Receiver);
        let sender = world.address(Alice);
        let evm = world.chain(network).evm();
        let data = evm.view(receiver, &MockReceiver::dataCall {}).unwrap();
        assert_eq!(&data[..], b"hello");
        let origin = evm.view(receiver, &MockReceiver::originAddressCall {}).unwrap();
        assert_eq!(origin, sender);
        // Where the native token is another, ether comes as its token and not as value.
        let value = evm.view(receiver, &MockReceiver::valueCall {}).unwrap();
        assert_eq!(value, u(if network == A { 11 } else { 0 }));
        assert_balance(&mut world, network, TokenId::ETH, Receiver, 11);
    }
    // The forwarder bridges the value back while it takes the message.
    let index = world
        .bridge_message((L1, Alice), (A, Forwarder), u(5), b"")
        .unwrap();
    world.publish(L1).unwrap();
    world.inform(A).unwrap();
    world.claim(index).unwrap();
    let back = world.exit(GlobalIndex::new(A, 0)).unwrap().clone();
    assert_eq!(
        (back.exit.destination_network, back.exit.amount),
        (L1, u(5)),
        "{back:?}"
    );
    assert_eq!(world.settle(&[A, G]).unwrap().networks, [A, G]);
}

#[test]
fn weth_carries_messages_out_of_gas_token_networks() {
    let mut world = World::new().unwrap();
    deposit(&mut world, TokenId::ETH, (G, Bob), 50);
    let bridge = world.chain(G).bridge();
    let call = SharedBridge::bridgeMessageCall {
        destinationNetwork: L1.get(),
        destinationAddress: bridge,
        forceUpdateGlobalExitRoot: false,
        metadata: Default::default(),
    };
    let bob = world.address(Bob);
    let gas = world.token("GAS");
    deposit(&mut world, gas, (G, Bob), 7);
    let refused = world.chain(G).evm().pay_from(bob, bridge, u(1), &call);
    assert_refused(
        refused.map_err(WorldError::from),
        &SharedBridge::NoValueInMessagesOnGasTokenNetworks {},
    );
    let index = world
        .bridge_message((G, Bob), (L1, Receiver), u(20), b"out")
        .unwrap();
    world.settle(&[G]).unwrap();
    world.claim(index).unwrap();
    assert_balance(&mut world, G, TokenId::ETH, Bob, 30);
    assert_balance(&mut world, L1, TokenId::ETH, Receiver, 20);
}

#[test]
fn tokens_of_l2s_are_wrapped_elsewhere_at_one_address() {
    let mut world = World::new().unwrap();
    let (cat, dog) = (world.token("CAT"), world.token("DOG"));
    for (token, home) in [(cat, A), (dog, G)] {
        let mut exits = Vec::new();
        for network in [L1, A, B, G].into_iter().filter(|&network| network != home) {
            let index = world
                .bridge_asset((home, Alice), (network, Bob), token, u(10), false)
                .unwrap();
            exits.push((network, index));
        }
        world.settle(&[home]).unwrap();
        for (network, index) in exits {
            if network != L1 {
                world.inform(network).unwrap();
            }
            world.claim(index).unwrap();
            assert_balance(&mut world, network, token, Bob, 10);
        }
        let addresses = world.wrapped_addresses(token).unwrap();
        assert_eq!(addresses.len(), 3);
        assert!(addresses.iter().all(|&address| address == addresses[0]));

        // Home by way of Ethereum, which holds none of it.
        let index = world
            .bridge_asset((L1, Bob), (home, Bob), token, u(10), true)
            .unwrap();
        world.inform(home).unwrap();
        world.claim(index).unwrap();
        assert_balance(&mut world, home, token, Bob, FORTUNE + 10);
    }
    assert_eq!(world.settle(&[A, B, G]).unwrap().networks, [A, B, G]);
    world.check_claims().unwrap();
}

#[test]
fn the_gas_token_is_native_in_one_place_and_wrapped_in_another() {
    let mut world = World::new().unwrap();
    let gas = world.token("GAS");
    assert_eq!(world.chain(G).local(gas).unwrap(), Some(Local::Native));
    deposit(&mut world, gas, (G, Bob), 80);
    let index = world.bridge_asset((G, Bob), (A, Bob), gas, u(30), false).unwrap();
    world.settle(&[G]).unwrap();
    world.inform(A).unwrap();
    world.claim(index).unwrap();
    let Some(Local::Contract(wrapped)) = world.chain(A).local(gas).unwrap() else {
        panic!("no wrapped gas token on A");
    };
    let symbol = world
        .chain(A)
        .evm()
        .view(wrapped, &WrappedToken::symbolCall {})
        .unwrap();
    assert_eq!(symbol, "GAS");
    let index = world
        .bridge_asset((A, Bob), (G, Alice), gas, u(30), false)
        .unwrap();
    world.settle(&[A]).unwrap();
    world.inform(G).unwrap();
    world.claim(index).unwrap();
    assert_balance(&mut world, G, gas, Alice, 30);
}

#[test]
fn a_token_that_takes_fees_is_owed_as_it_arrived() {
    let mut world = World::new().unwrap();
    let fee = world.token("FEE");
    let index = deposit(&mut world, fee, (A, Bob), 1_000);
    assert_eq!(world.exit(index).unwrap().exit.amount, u(990));
    assert_balance(&mut world, A, fee, Bob, 990);
    let back = world
        .bridge_asset((A, Bob), (L1, Bob), fee, u(990), false)
        .unwrap();
    world.settle(&[A]).unwrap();
    world.claim(back).unwrap();
    // Another hundredth goes on the way out; the bridge has nothing left.
    assert_balance(&mut world, L1, fee, Bob, FORTUNE + 990 - 9);
}

#[test]
fn nothing_is_claimed_twice_or_by_halves() {
    let mut world = World::new().unwrap();
    let usdc = world.token("USDC");
    let index = deposit(&mut world, usdc, (A, Bob), 100);
    let claim = world.claim_of(index).unwrap();
    assert_refused(world.submit(&claim), &SharedBridge::AlreadyClaimed {});
    assert_refused(world.claim_many(&[index]), &SharedBridge::AlreadyClaimed {});

    let other = world
        .bridge_asset((L1, Alice), (A, Bob), usdc, u(1), true)
        .unwrap();
    let early = world.claim_under_newest(other).unwrap();
    assert_refused(world.submit(&early), &SharedBridge::GlobalExitRootInvalid {});
    world.inform(A).unwrap();
    let mut more = world.claim_of(other).unwrap();
    more.amount = u(2);
    assert_refused(world.submit(&more), &SharedBridge::InvalidSmtProof {});
    // One bad claim undoes the call that it is in.
    assert_refused(
        world.claim_many(&[other, index]),
        &SharedBridge::AlreadyClaimed {},
    );
    assert_balance(&mut world, A, usdc, Bob, 100);
    world.claim_many(&[other]).unwrap();
    assert_balance(&mut world, A, usdc, Bob, 101);
    world.check_claims().unwrap();
}

#[test]
fn many_claims_in_one_call() {
    let mut world = World::new().unwrap();
    let usdc = world.token("USDC");
    deposit(&mut world, TokenId::ETH, (A, Alice), 100);
    let exits = [
        world
            .bridge_asset((A, Alice), (B, Bob), TokenId::ETH, u(1), false)
            .unwrap(),
        world
            .bridge_message((A, Alice), (B, Receiver), u(2), b"two")
            .unwrap(),
        world
            .bridge_asset((L1, Alice), (B, Bob), usdc, u(3), true)
            .unwrap(),
    ];
    world.settle(&[A]).unwrap();
    world.inform(B).unwrap();
    world.claim_many(&exits).unwrap();
    assert_balance(&mut world, B, TokenId::ETH, Bob, 1);
    assert_balance(&mut world, B, TokenId::ETH, Receiver, 2);
    assert_balance(&mut world, B, usdc, Bob, 3);
    assert_eq!(world.settle(&[B]).unwrap().networks, [B]);
}

#[test]
fn what_a_receiver_refuses_stays_on_its_way() {
    let mut world = World::new().unwrap();
    let ether = world
        .bridge_asset((L1, Alice), (A, Refuser), TokenId::ETH, u(5), false)
        .unwrap();
    let message = world
        .bridge_message((L1, Alice), (A, Refuser), u(6), b"no")
        .unwrap();
    world.publish(L1).unwrap();
    world.inform(A).unwrap();
    assert_refused(world.claim(ether), &SharedBridge::EtherTransferFailed {});
    assert_refused(world.claim(message), &SharedBridge::MessageFailed {});
    world.check_claims().unwrap();
}

#[test]
fn a_bridge_in_emergency_stands_still_and_no_longer_than_it_may() {
    let mut world = World::new().unwrap();
    let usdc = world.token("USDC");
    let index = world
        .bridge_asset((L1, Alice), (A, Bob), usdc, u(10), true)
        .unwrap();
    world.inform(A).unwrap();
    let stopped = SharedBridge::OnlyNotEmergencyState {};
    for network in [L1, A] {
        world.stop(network).unwrap();
        assert_refused(world.stop(network), &stopped);
        let exit = world.bridge_asset((network, Alice), (B, Bob), TokenId::ETH, u(0), false);
        assert_refused(exit, &stopped);
        let message = world.bridge_message((network, Alice), (B, Bob), u(0), b"");
        assert_refused(message, &stopped);
    }
    assert_refused(world.claim(index), &stopped);
    assert_refused(world.claim_many(&[index]), &stopped);
    // The other networks go on.
    world
        .bridge_asset((B, Alice), (A, Bob), TokenId::ETH, u(0), false)
        .unwrap();

    world.resume(A).unwrap();
    world.claim(index).unwrap();
    assert_refused(world.resume(A), &SharedBridge::OnlyEmergencyState {});
    // Ethereum's starts by itself, and not again before as much time has passed.
    let ends = world.chain(L1).stop().1;
    world.wait(MAX_STOP);
    world
        .bridge_asset((L1, Alice), (B, Bob), TokenId::ETH, u(1), false)
        .unwrap();
    let too_soon = SharedBridge::EmergencyTooSoon {
        notBefore: u(ends + MAX_STOP),
    };
    assert_refused(world.stop(L1), &too_soon);
    world.wait(MAX_STOP);
    world.stop(L1).unwrap();
}

#[test]
fn roles_are_closed() {
    let mut world = World::new().unwrap();
    let usdc = world.token("USDC");
    deposit(&mut world, usdc, (A, Bob), 10);
    let bob = world.address(Bob);

    let manager = world.l1_manager();
    let call = GlobalExitRoot::updateExitRootCall {
        newRoot: Default::default(),
    };
    let refused = world.chain(L1).evm().call_from(bob, manager, &call);
    assert_refused(
        refused.map_err(WorldError::from),
        &GlobalExitRoot::OnlyAllowedContracts {},
    );

    let manager = world.chain(A).manager();
    let call = GlobalExitRootL2::insertGlobalExitRootCall {
        newRoot: Default::default(),
    };
    let refused = world.chain(A).evm().call_from(bob, manager, &call);
    assert_refused(
        refused.map_err(WorldError::from),
        &GlobalExitRootL2::OnlyGlobalExitRootUpdater {},
    );

    let Some(Local::Contract(wrapped)) = world.chain(A).local(usdc).unwrap() else {
        panic!("no wrapped token on A");
    };
    let call = WrappedToken::mintCall { to: bob, value: u(1) };
    let refused = world.chain(A).evm().call_from(bob, wrapped, &call);
    assert_refused(refused.map_err(WorldError::from), &WrappedToken::OnlyBridge {});

    for network in [L1, A] {
        let bridge = world.chain(network).bridge();
        let evm = world.chain(network).evm();
        let refused = evm.call_from(bob, bridge, &SharedBridge::activateEmergencyStateCall {});
        let refused = refused.map_err(WorldError::from);
        if network == L1 {
            assert_refused(refused, &SharedBridge::OnlyRollupManager {});
        } else {
            assert_refused(refused, &SharedBridge::OnlyEmergencyBridgePauser {});
        }
    }
    world.check().unwrap();
}

/// An L2 that gives out more than came in can hurt nobody else: the bridge counts, the ledger counts, Ethereum pays nothing.
#[test]
fn an_l2_with_too_much_ether_cannot_send_it_away() {
    let mut world = World::new().unwrap();
    deposit(&mut world, TokenId::ETH, (A, Bob), 10);
    let mallory = world.address(Alice);
    world.chain(A).evm().set_balance(mallory, u(1_000));
    let refused = world.bridge_asset((A, Alice), (L1, Alice), TokenId::ETH, u(11), false);
    let underflow = SharedBridgeL2::LocalBalanceTreeUnderflow {
        originNetwork: 0,
        originTokenAddress: TokenId::ETH.address,
        amount: u(11),
        localBalanceTreeAmount: u(10),
    };
    assert_refused(refused, &underflow);
}

/// The checks see what they are for.
#[test]
fn a_bridge_that_loses_money_is_noticed() {
    let mut world = World::new().unwrap();
    deposit(&mut world, TokenId::ETH, (A, Bob), 10);
    let bridge = world.chain(L1).bridge();
    let held = world.chain(L1).evm().balance(bridge);
    for (wrong, held) in [(held - u(1), 9), (held + u(1), 11)] {
        world.chain(L1).evm().set_balance(bridge, wrong);
        let Err(WorldError::Broken(broken)) = world.check() else {
            panic!("nobody noticed");
        };
        let expected = Broken::Unbacked {
            symbol: "ETH",
            held: u(held),
            abroad: u(10),
            in_flight: u(0),
        };
        assert_eq!(broken, expected);
    }
}

#[test]
fn donations_are_no_debt() {
    let mut world = World::new().unwrap();
    let usdc = world.token("USDC");
    deposit(&mut world, usdc, (A, Bob), 10);
    world.donate(Alice, usdc, u(7)).unwrap();
    let fee = world.token("FEE");
    world.donate(Alice, fee, u(700)).unwrap();
    let index = world
        .bridge_asset((A, Bob), (L1, Bob), usdc, u(10), false)
        .unwrap();
    world.settle(&[A]).unwrap();
    world.claim(index).unwrap();
    let bridge = world.chain(L1).bridge();
    assert_eq!(world.chain(L1).balance(usdc, bridge).unwrap(), u(7));
}
