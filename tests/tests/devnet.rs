//! Chains of developers: real nodes, every contract, people.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolValue;
use causeway_bindings::mocks::{MockStatementVerifier, MockToken};
use causeway_bindings::{GlobalExitRoot, Settlement, SharedBridge};
use causeway_devnet::{Account, Devnet, DevnetError, DevnetOptions, Mining, NetworkPlan, VerifierCode};
use causeway_tests::world::{MOCK_PROGRAM, signer};
use causeway_types::{Authority, NetworkId};

const A: NetworkId = NetworkId::new(1);

fn options() -> DevnetOptions {
    let plan = |id: u32, name: &str| NetworkPlan {
        name: name.to_owned(),
        authority: Authority::signer(signer(NetworkId::new(id))).expect("a signer"),
        chain_id: Some(31_337 + u64::from(id)),
    };
    let code = [
        &MockStatementVerifier::BYTECODE[..],
        &B256::repeat_byte(0xab).abi_encode(),
    ];
    DevnetOptions {
        chain_id: 31_337,
        l1_mining: Mining::Manual,
        l2_mining: Mining::Auto,
        hardfork: None,
        verifier: VerifierCode {
            creation: code.concat().into(),
            program_digest: MOCK_PROGRAM,
        },
        networks: vec![plan(1, "A"), plan(2, "B")],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_deployed_and_people_bridge() {
    let devnet = Devnet::start(&options()).await.expect("a devnet");
    let deployment = devnet.deployment();
    let (l1, owner) = (devnet.l1().node(), devnet.owner());

    let settled = l1
        .events::<Settlement::RegistryEntryAdded>(deployment.settlement)
        .await
        .expect("logs");
    let entries: Vec<_> = settled
        .iter()
        .map(|(_, event)| (event.count, event.network, event.signer))
        .collect();
    assert_eq!(entries, [(1, 1, signer(A)), (2, 2, signer(NetworkId::new(2)))]);
    for network in &deployment.networks {
        let chain = network.chain.as_ref().expect("a chain");
        assert_eq!(chain.bridge, deployment.bridge, "one address everywhere");
        let node = devnet.node(network.network).expect("a node");
        let id = node
            .view(chain.bridge, &SharedBridge::networkIDCall {})
            .await
            .expect("an id");
        assert_eq!(id, network.network.get());
    }
    // What is written down is read back, for whoever configures a relayer.
    let text = serde_json::to_string(deployment).expect("JSON");
    assert_eq!(
        &serde_json::from_str::<causeway_devnet::Deployment>(&text).expect("a deployment"),
        deployment
    );

    // Ether and a token leave L1 for A; what they leave in is the bridge.
    let alice = Account::named("alice");
    let ether = U256::from(1_000_000_000_000_000_000_u128);
    l1.set_balance(alice.address(), ether * U256::from(10))
        .await
        .expect("balance");
    let bridged = l1
        .bridge_asset(
            &alice,
            deployment.bridge,
            (A, alice.address()),
            Address::ZERO,
            ether,
        )
        .await
        .expect("an exit");
    assert_eq!(
        (
            bridged.index,
            bridged.event.amount,
            bridged.event.destinationNetwork
        ),
        (0, ether, 1)
    );
    let token = l1
        .deploy_token(owner, &MockToken::BYTECODE, ("USD coin", "USDC", 6))
        .await
        .expect("a token");
    let (to, value) = (alice.address(), U256::from(700));
    l1.execute(owner, token, U256::ZERO, &MockToken::mintCall { to, value })
        .await
        .expect("mint");
    l1.approve(&alice, token, deployment.bridge)
        .await
        .expect("approve");
    let bridged = l1
        .bridge_asset(
            &alice,
            deployment.bridge,
            (A, alice.address()),
            token,
            U256::from(500),
        )
        .await
        .expect("an exit");
    assert_eq!((bridged.index, bridged.event.originAddress), (1, token));
    assert_eq!(l1.balance(deployment.bridge).await.expect("balance"), ether);
    assert_eq!(
        l1.token_balance(token, deployment.bridge).await.expect("balance"),
        U256::from(500)
    );
    assert_eq!(
        l1.token_balance(token, alice.address()).await.expect("balance"),
        U256::from(200)
    );

    // Epochs may consume them once they are published.
    l1.publish_exits(&alice, deployment.bridge)
        .await
        .expect("publish");
    let checkpoints = l1
        .events::<GlobalExitRoot::DepositsCheckpointed>(deployment.global_exit_root)
        .await
        .expect("logs");
    assert_eq!(checkpoints.last().expect("one").1.depositCount, U256::from(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_revert_is_not_sent() {
    let options = DevnetOptions {
        networks: Vec::new(),
        ..options()
    };
    let devnet = Devnet::start(&options).await.expect("a devnet");
    let (l1, stranger) = (devnet.l1().node(), Account::named("stranger"));
    l1.set_balance(stranger.address(), U256::from(1_000_000_000_000_000_000_u128))
        .await
        .expect("balance");
    let call = Settlement::addNetworkCall {
        kind: 1,
        signer: stranger.address(),
        key: B256::ZERO,
        admin: stranger.address(),
    };
    let refused = l1
        .execute(&stranger, devnet.deployment().settlement, U256::ZERO, &call)
        .await;
    let expected = Settlement::OnlyRegistrar {
        caller: stranger.address(),
        registrar: devnet.owner().address(),
    };
    let Err(DevnetError::Call(error)) = refused else {
        panic!("it is refused: {refused:?}");
    };
    let data = error
        .refusal()
        .and_then(|refusal| refusal.revert_data())
        .expect("revert data");
    assert_eq!(
        <Settlement::OnlyRegistrar as alloy_sol_types::SolError>::abi_decode(&data).expect("an error"),
        expected
    );
    assert_eq!(l1.nonce(stranger.address()).await.expect("a nonce"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_stopped_killed_and_forgets() {
    let options = DevnetOptions {
        networks: Vec::new(),
        ..options()
    };
    let mut devnet = Devnet::start(&options).await.expect("a devnet");
    let somebody = Account::named("somebody");
    let l1 = devnet.l1().node().clone();
    let head = l1.head(causeway_chain::Tag::Latest).await.expect("a head");
    assert!(head.number > 0);

    devnet.l1().stop().expect("stop");
    let asked = tokio::time::timeout(
        std::time::Duration::from_millis(300),
        l1.nonce(somebody.address()),
    )
    .await;
    assert!(asked.is_err(), "it does not answer: {asked:?}");
    devnet.l1().go_on().expect("go on");
    assert_eq!(l1.nonce(somebody.address()).await.expect("a nonce"), 0);

    devnet.l1_mut().kill().expect("kill");
    let refused = l1.nonce(somebody.address()).await;
    assert!(
        matches!(
            &refused,
            Err(DevnetError::Call(causeway_chain::CallError::Unreachable { .. }))
        ),
        "{refused:?}"
    );
    devnet.l1_mut().restart().await.expect("restart");
    assert_eq!(
        l1.head(causeway_chain::Tag::Latest).await.expect("a head").number,
        0
    );
}
