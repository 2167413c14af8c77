//! Each fault, on a real node.

use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use causeway_chain::{CallError, Endpoint, EndpointConfig, Fees, Head, Tag, Timeouts, Unsigned};
use causeway_devnet::{Account, Anvil, AnvilOptions};
use serde_json::Value;

use super::*;

async fn anvil() -> Anvil {
    Anvil::start(AnvilOptions::manual(31_337)).await.expect("a node")
}

fn endpoint(url: &str) -> Endpoint {
    let config = EndpointConfig {
        name: "a".to_owned(),
        url: url.parse().expect("a URL"),
    };
    let timeouts = Timeouts {
        connect: Duration::from_secs(1),
        call: Duration::from_millis(500),
    };
    Endpoint::new(config, timeouts).expect("an endpoint")
}

async fn class(endpoint: &Endpoint) -> &'static str {
    let asked: Result<U64, CallError> = endpoint.call("eth_chainId", ()).await;
    asked.map_or_else(|error| error.class(), |_| "answered")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_what_it_is_called() {
    let anvil = anvil().await;
    let proxy = Proxy::start(anvil.url()).await.expect("a proxy");
    let endpoint = endpoint(proxy.url());
    assert_eq!(class(&endpoint).await, "answered");
    for (fault, expected) in [
        (Fault::Delay(Duration::from_millis(50)), "answered"),
        (Fault::Delay(Duration::from_secs(2)), "timeout"),
        (Fault::Hang, "timeout"),
        (Fault::DropBefore, "unreachable"),
        (Fault::DropAfter, "unreachable"),
        (Fault::Status(503), "status"),
        (Fault::Status(401), "unauthorised"),
        (Fault::Html, "malformed"),
        (Fault::Truncated, "unreachable"),
        (Fault::refusal(-32_000, "no"), "refused"),
        (Fault::Null, "missing"),
    ] {
        proxy.fail("eth_chainId", fault.clone());
        assert_eq!(class(&endpoint).await, expected, "{fault:?}");
        proxy.heal();
        assert_eq!(class(&endpoint).await, "answered", "after {fault:?}");
    }
    // Others are answered meanwhile, and a fault ends by itself.
    proxy.fail_times("eth_blockNumber", Fault::Status(500), 1);
    assert_eq!(class(&endpoint).await, "answered");
    let number = async || -> Result<U64, CallError> { endpoint.call("eth_blockNumber", ()).await };
    assert_eq!(number().await.expect_err("a fault").class(), "status");
    assert_eq!(number().await.expect("a number"), U64::ZERO);
    assert_eq!(
        (proxy.count("eth_blockNumber"), proxy.count("eth_gasPrice")),
        (2, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stands_still_knows_nothing_newer() {
    let anvil = anvil().await;
    let (node, proxy) = (anvil.node(), Proxy::start(anvil.url()).await.expect("a proxy"));
    let endpoint = endpoint(proxy.url());
    let somebody = Account::named("somebody");
    node.mine(3).await.expect("blocks");
    proxy.freeze_head().await.expect("frozen");
    let rich = U256::from(1_000_000_000_000_000_000_u128);
    node.set_balance(somebody.address(), rich)
        .await
        .expect("a balance");
    let receipt = node
        .pay(&somebody, Address::ZERO, U256::ONE, Bytes::new())
        .await
        .expect("a payment");

    let latest: Head = endpoint
        .call("eth_getBlockByNumber", (Tag::Latest, false))
        .await
        .expect("a block");
    assert_eq!(latest.number, 3);
    let finalized: Head = endpoint
        .call("eth_getBlockByNumber", (Tag::Finalized, false))
        .await
        .expect("a block");
    assert_eq!(finalized.number, 1);
    let newer: Option<Head> = endpoint
        .call("eth_getBlockByNumber", (Tag::Number(4), false))
        .await
        .expect("an answer");
    assert_eq!(newer, None);
    let nonce: U64 = endpoint
        .call("eth_getTransactionCount", (somebody.address(), "latest"))
        .await
        .expect("a nonce");
    assert_eq!(nonce, U64::ZERO);
    let hash = receipt.transaction_hash;
    let unknown: Option<Value> = endpoint
        .call("eth_getTransactionReceipt", [hash])
        .await
        .expect("an answer");
    assert_eq!(unknown, None);

    proxy.heal();
    let known: Option<Value> = endpoint
        .call("eth_getTransactionReceipt", [hash])
        .await
        .expect("an answer");
    assert!(known.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_lost_and_a_replacement_is_judged() {
    const GWEI: u128 = 1_000_000_000;
    let anvil = anvil().await;
    let (node, proxy) = (anvil.node(), Proxy::start(anvil.url()).await.expect("a proxy"));
    let endpoint = endpoint(proxy.url());
    let somebody = Account::named("somebody");
    let rich = U256::from(1_000_000_000_000_000_000_u128);
    node.set_balance(somebody.address(), rich)
        .await
        .expect("a balance");
    let transaction = async |max_fee: u128, tip: u128| {
        let unsigned = Unsigned {
            chain_id: 31_337,
            nonce: 0,
            to: Address::ZERO,
            value: U256::ONE,
            data: Bytes::new(),
            gas: 21_000,
            fees: Fees { max_fee, tip },
        };
        unsigned.sign(somebody.signer()).await.expect("signed")
    };
    let send = async |raw: &Bytes| -> Result<B256, CallError> {
        endpoint.call("eth_sendRawTransaction", [raw]).await
    };
    let words = |answer: Result<B256, CallError>| {
        let error = answer.expect_err("it is refused");
        error.refusal().expect("a refusal").message.clone()
    };

    // The node has it, and nobody is told.
    let first = transaction(20 * GWEI, 10).await;
    proxy.judge_as_geth();
    proxy.fail_times("eth_sendRawTransaction", Fault::DropAfter, 1);
    assert_eq!(
        send(&first.raw).await.expect_err("it is lost").class(),
        "unreachable"
    );
    assert_eq!(
        node.pending_of(somebody.address()).await.expect("a pool"),
        [(0, first.hash)]
    );

    assert_eq!(words(send(&first.raw).await), "already known");
    // Anvil would take both.
    for (max_fee, tip) in [(21 * GWEI, 20), (30 * GWEI, 10)] {
        let low = transaction(max_fee, tip).await;
        assert_eq!(words(send(&low.raw).await), "replacement transaction underpriced");
    }
    let enough = transaction(22 * GWEI, 11).await;
    assert_eq!(send(&enough.raw).await.expect("it is taken"), enough.hash);

    // What is held waits where no block is made of it.
    proxy.fail("eth_sendRawTransaction", Fault::Hold);
    let held = transaction(40 * GWEI, 40).await;
    assert_eq!(send(&held.raw).await.expect("a hash"), held.hash);
    assert_eq!(
        node.pending_of(somebody.address()).await.expect("a pool"),
        [(0, enough.hash)]
    );
    let low = transaction(41 * GWEI, 80).await;
    assert_eq!(words(send(&low.raw).await), "replacement transaction underpriced");
    assert_eq!(proxy.sent().len(), 7);
    assert_eq!(proxy.sent().first(), Some(&first.raw));
}
