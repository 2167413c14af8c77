//! Claims that the relayer pays for.

use std::time::Duration;

use alloy_primitives::{Address, Bytes, U256};
use anyhow::{Context, Result, ensure};
use causeway_bindings::{GlobalExitRoot, SharedBridge};
use causeway_relayer::state::exit_of;
use causeway_types::{Exit, NetworkId};
use serde_json::Value;

use super::{LIMIT, settle_one};
use crate::faults::certificates::Draft;
use crate::faults::kit::{Kit, Options};
use crate::faults::proxy::Fault;
use crate::faults::settings::LEAST;

const L1: NetworkId = NetworkId::MAINNET;
const A: NetworkId = NetworkId::new(1);
const B: NetworkId = NetworkId::new(2);

/// Two networks with chains.
pub(super) const fn two(options: &mut Options) {
    options.networks = 2;
    options.destinations = 2;
}

/// Two networks, on the first of which messages are paid for.
pub(super) const fn messages(options: &mut Options) {
    two(options);
    options.settings.messages = &[0, 1];
}

const fn receiver() -> Address {
    Address::repeat_byte(0xee)
}

/// Ether of L1 for a network; the claim of it.
async fn deposit(kit: &Kit, to: NetworkId, amount: u64) -> Result<String> {
    let (node, owner) = (kit.devnet().l1().node(), kit.devnet().owner());
    let bridge = kit.devnet().deployment().bridge;
    let sent = node
        .bridge_asset(owner, bridge, (to, receiver()), Address::ZERO, U256::from(amount))
        .await?;
    Ok(format!("0:{}:{}", to.get(), sent.index))
}

/// A message of one network to somebody on another, as its bridge tells it, and its place.
async fn message(kit: &Kit, from: NetworkId, to: (NetworkId, Address)) -> Result<(Exit, u32)> {
    let node = kit.devnet().node(from).context("it has a node")?;
    let call = SharedBridge::bridgeMessageCall {
        destinationNetwork: to.0.get(),
        destinationAddress: to.1,
        forceUpdateGlobalExitRoot: false,
        metadata: Bytes::from_static(b"hello"),
    };
    let bridge = kit.devnet().deployment().bridge;
    let bridge = bridge_of(kit, from).unwrap_or(bridge);
    let receipt = node
        .execute(kit.devnet().owner(), bridge, U256::ZERO, &call)
        .await?;
    let log = receipt
        .decoded_log::<SharedBridge::BridgeEvent>()
        .context("the bridge tells of it")?;
    Ok((exit_of(&log.data)?, log.data.depositCount))
}

fn bridge_of(kit: &Kit, network: NetworkId) -> Option<Address> {
    let known = kit.devnet().deployment().network(network)?;
    Some(known.chain.as_ref()?.bridge)
}

/// L1 records its exits, and networks are told the root.
async fn publish(kit: &Kit, to: &[NetworkId]) -> Result<()> {
    let (l1, owner) = (kit.devnet().l1().node(), kit.devnet().owner());
    let deployment = kit.devnet().deployment();
    l1.publish_exits(owner, deployment.bridge).await?;
    let root = l1
        .view(
            deployment.global_exit_root,
            &GlobalExitRoot::getLastGlobalExitRootCall {},
        )
        .await?;
    for &network in to {
        let known = deployment.network(network).context("it is registered")?;
        let contract = known.chain.as_ref().context("it has a chain")?.global_exit_root;
        let node = kit.devnet().node(network).context("it has a node")?;
        node.push_exit_root(owner, contract, root).await?;
    }
    Ok(())
}

async fn claim(kit: &Kit, id: &str) -> Result<Value> {
    Ok(kit.relayer()?.get(&format!("/v1/claims/{id}")).await?.body)
}

/// Waits until a claim stands somewhere for a reason.
async fn until(kit: &Kit, id: &str, standing: &str, code: &str) -> Result<()> {
    let waited = kit
        .until(
            &format!("claim {id} is {standing}: {code}"),
            LIMIT,
            async |kit: &Kit| {
                let claim = claim(kit, id).await?;
                Ok(claim["standing"] == standing && claim["code"] == code)
            },
        )
        .await;
    match waited {
        Err(error) => Err(error.context(claim(kit, id).await?.to_string())),
        Ok(()) => Ok(()),
    }
}

/// What whoever asks for the call of a claim is told.
async fn calldata(kit: &Kit, id: &str) -> Result<(u16, Value)> {
    let answer = kit.relayer()?.get(&format!("/v1/claims/{id}/calldata")).await?;
    Ok((answer.status, answer.body))
}

async fn until_answered(kit: &Kit, id: &str, code: &str) -> Result<()> {
    kit.until(
        &format!("the call of {id} is refused: {code}"),
        LIMIT,
        async |kit: &Kit| Ok(calldata(kit, id).await?.1["code"] == code),
    )
    .await
}

/// Exits of L1 to two networks, and of a network to L1: each is claimed once, by the relayer, and the call is there for anybody before.
pub(super) async fn paid(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let (a, b) = (deposit(kit, A, 5_000).await?, deposit(kit, B, 6_000).await?);
    let (exit, place) = message(kit, A, (L1, receiver())).await?;
    let back = format!("1:0:{place}");
    until_answered(kit, &a, "not_settled").await?;
    until_answered(kit, &back, "not_settled").await?;
    until_answered(kit, "1:0:9", "not_found").await?;
    until_answered(kit, "3:0:0", "not_followed").await?;
    publish(kit, &[]).await?;
    until_answered(kit, &a, "not_pushed").await?;
    publish(kit, &[A, B]).await?;
    until(kit, &a, "claimed", "paid").await?;
    until(kit, &b, "claimed", "paid").await?;
    until_answered(kit, &a, "already_claimed").await?;
    let draft = Draft {
        made: vec![exit],
        ..Draft::default()
    };
    let made = kit.maker().make(A, &draft)?;
    kit.submit(&made).await?;
    until(kit, &back, "claimed", "paid").await?;
    let cost = claim(kit, &a).await?["fee_paid"].clone();
    ensure!(cost != "0", "the claim was paid for, and cost {cost}");
    for (network, amount) in [(A, 5_000), (B, 6_000)] {
        let node = kit.devnet().node(network).context("it has a node")?;
        let held = node.balance(receiver()).await?;
        ensure!(
            held == U256::from(amount),
            "{held} wei arrived, and {amount} were sent"
        );
    }
    kit.finish(LIMIT).await
}

/// Ours waits in a pool, and somebody else claims first.
pub(super) async fn overtaken(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    kit.gate(A)?.fail("eth_sendRawTransaction", Fault::Hold);
    let id = deposit(kit, A, 5_000).await?;
    publish(kit, &[A]).await?;
    kit.until("a claim is broadcast", LIMIT, async |kit: &Kit| {
        Ok(!kit.gate(A)?.sent().is_empty())
    })
    .await?;
    let (status, call) = calldata(kit, &id).await?;
    ensure!(status == 200, "its call is answered with {status} {call}");
    let to: Address = call["to"].as_str().unwrap_or_default().parse()?;
    let data: Bytes = call["data"].as_str().unwrap_or_default().parse()?;
    let node = kit.devnet().node(A).context("it has a node")?;
    node.pay(kit.devnet().owner(), to, U256::ZERO, data).await?;
    kit.gate(A)?.heal();
    until(kit, &id, "claimed", "by_others").await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// The wallet of one destination is empty: the other and settlement go on, and so does it once it is funded.
pub(super) async fn unfunded(kit: &mut Kit) -> Result<()> {
    let node = kit.devnet().node(A).context("it has a node")?.clone();
    node.set_balance(kit.payer().address(), U256::ZERO).await?;
    kit.start().await?;
    let (a, b) = (deposit(kit, A, 5_000).await?, deposit(kit, B, 6_000).await?);
    publish(kit, &[A, B]).await?;
    until(kit, &a, "sending", "balance").await?;
    until(kit, &b, "claimed", "paid").await?;
    settle_one(kit).await?;
    let ether = U256::from(1_000_000_000_000_000_000_u128);
    node.set_balance(kit.payer().address(), ether).await?;
    until(kit, &a, "claimed", "paid").await?;
    kit.finish(LIMIT).await
}

/// One destination does not answer: the other and settlement go on, and so does it once it is back.
pub(super) async fn down(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.gate(A)?.fail("*", Fault::Hang);
    let (a, b) = (deposit(kit, A, 5_000).await?, deposit(kit, B, 6_000).await?);
    publish(kit, &[A, B]).await?;
    until(kit, &b, "claimed", "paid").await?;
    settle_one(kit).await?;
    kit.gate(A)?.heal();
    until(kit, &a, "claimed", "paid").await?;
    kit.finish(LIMIT).await
}

/// A message that reverts is tried so many times and given up; what the terms leave out is not tried at all.
pub(super) async fn refused(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let node = kit.devnet().node(A).context("it has a node")?.clone();
    // It reverts, whoever calls it with whatever.
    let reverts = Address::repeat_byte(0xdd);
    node.set_code(reverts, &Bytes::from_static(&[0x5f, 0x5f, 0xfd]))
        .await?;
    let (_, bad) = message(kit, L1, (A, reverts)).await?;
    let (_, unwanted) = message(kit, L1, (B, receiver())).await?;
    let little = deposit(kit, A, LEAST - 1).await?;
    let good = deposit(kit, A, LEAST).await?;
    publish(kit, &[A, B]).await?;
    let bad = format!("0:1:{bad}");
    until(kit, &good, "claimed", "paid").await?;
    until(kit, &little, "refused", "too_little").await?;
    until(kit, &format!("0:2:{unwanted}"), "refused", "message").await?;
    until(kit, &bad, "failed", "would_revert").await?;
    let told = claim(kit, &bad).await?;
    ensure!(
        told["tries"] == 3 && told["fee_paid"] == "0" && told["job"].is_null(),
        "it is tried three times and costs nothing: {told}"
    );
    // It is left alone from now on.
    let before = kit.gate(A)?.sent().len();
    tokio::time::sleep(Duration::from_secs(2)).await;
    ensure!(
        claim(kit, &bad).await?["tries"] == 3 && kit.gate(A)?.sent().len() == before,
        "it is tried again"
    );
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Killed while a claim is under way, at each point where something is written or sent.
pub(super) async fn killed(kit: &mut Kit) -> Result<()> {
    for (round, point) in [
        "settle::after_commit_before_send",
        "settle::after_send_before_record",
        "settle::after_mined_before_record",
    ]
    .into_iter()
    .enumerate()
    {
        let id = deposit(kit, A, 5_000 + round as u64).await?;
        publish(kit, &[A]).await?;
        kit.start_failing(&format!("{point}=return"))?;
        let mut ended = false;
        for _ in 0..200 {
            kit.mine(1).await?;
            tokio::time::sleep(Duration::from_millis(100)).await;
            if !kit.relayer_mut()?.is_running()? {
                ended = true;
                break;
            }
        }
        ensure!(ended, "it does not die at {point}");
        kit.start().await?;
        until(kit, &id, "claimed", "paid").await?;
        kit.kill()?;
    }
    kit.start().await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}
