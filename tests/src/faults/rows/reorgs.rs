//! The chain goes back on what it showed.

use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use anyhow::{Context, Result, ensure};
use causeway_chain::Tag;
use causeway_devnet::Bridged;
use causeway_relayer::state::exit_of;
use causeway_types::{GlobalIndex, NetworkId};

use super::endpoints::one_nonce_each;
use super::{LIMIT, broadcast, broadcast_one, one, settle_one};
use crate::faults::certificates::{Draft, Made};
use crate::faults::chain;
use crate::faults::kit::{Kit, Options};

/// Nothing is final before thirty-two blocks stand on it, and the relayer counts a settlement from one on.
pub(super) fn deep(options: &mut Options) {
    options.slots_in_an_epoch = 16;
}

/// Hands in a certificate, has it settled and makes blocks until it is so deep; the bytes that settled it.
async fn settled_at_depth(kit: &mut Kit, depth: u64) -> Result<(Made, Bytes)> {
    let made = broadcast_one(kit).await?;
    kit.mine(1).await?;
    let node = kit.devnet().l1().node();
    let epochs = chain::settled(node, kit.devnet().deployment()).await?;
    let last = epochs.last().context("an epoch is settled")?.transaction;
    let raw = kit.sent().into_iter().find(|raw| keccak256(raw) == last);
    let raw = raw.context("an endpoint was sent it")?;
    noticed(kit, last).await?;
    if depth > 1 {
        kit.mine(depth - 1).await?;
        kit.until_standing(&[made.id], &["settled"], LIMIT).await?;
    }
    Ok((made, raw))
}

/// The relayer has seen that a block has its transaction.
async fn noticed(kit: &Kit, hash: B256) -> Result<()> {
    let hash = hash.to_string();
    kit.until("it knows that it is mined", LIMIT, async |kit: &Kit| {
        let lines = kit.relayer()?.lines();
        Ok(lines
            .iter()
            .any(|line| line.contains("\"mined\"") && line.contains(&hash)))
    })
    .await
}

/// Our transaction is in a block and then in none: it is sent again, byte for byte.
pub(super) async fn dropped(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    for depth in [1, 3, 20] {
        dropped_at(kit, depth)
            .await
            .with_context(|| format!("at depth {depth}"))?;
    }
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

async fn dropped_at(kit: &mut Kit, depth: u64) -> Result<()> {
    let (made, raw) = settled_at_depth(kit, depth).await?;
    let before = kit.sent().iter().filter(|sent| **sent == raw).count();
    kit.devnet().l1().node().reorg(depth, &[]).await?;
    kit.until("it is sent again", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().iter().filter(|sent| **sent == raw).count() > before)
    })
    .await?;
    kit.until_standing(&[made.id], &["assigned"], LIMIT).await?;
    kit.mine_while_waiting(true);
    kit.until_final(LIMIT).await
}

/// Our transaction is in another block than before: nothing is sent.
pub(super) async fn moved(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let (made, raw) = settled_at_depth(kit, 3).await?;
    let before = broadcast(kit)?.len();
    kit.devnet().l1().node().reorg(3, &[(raw, 1)]).await?;
    kit.mine_while_waiting(true);
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await?;
    kit.finish(LIMIT).await?;
    let after = broadcast(kit)?.len();
    ensure!(
        after == before,
        "{before} transactions were broadcast before it, {after} after"
    );
    Ok(())
}

/// Our transaction did what it should, and in the new chain it does not: another settled the same before it.
pub(super) async fn inverted(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    // Made before ours is mined: it settles what ours does.
    kit.mine_while_waiting(false);
    let made = one(kit)?;
    kit.expect(&made);
    let rival = kit.rival_settlement().await?;
    kit.submit(&made).await?;
    let before = kit.sent().len();
    kit.until("a settlement is broadcast", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().len() > before)
    })
    .await?;
    kit.mine(2).await?;
    kit.until_standing(&[made.id], &["settled"], LIMIT).await?;
    let node = kit.devnet().l1().node();
    let ours = chain::settled(node, kit.devnet().deployment()).await?;
    let ours = ours.last().context("an epoch is settled")?.transaction;
    let raw = kit.sent().into_iter().find(|raw| keccak256(raw) == ours);
    let node = kit.devnet().l1().node();
    node.reorg(2, &[(rival, 0), (raw.context("an endpoint was sent it")?, 1)])
        .await?;
    kit.mine_while_waiting(true);
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// The chain goes back behind what it had called final: nothing is settled any more until a person has seen to it.
pub(super) async fn beyond_final(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.mine(4).await?;
    kit.until("it has seen that", LIMIT, async |kit: &Kit| {
        let status = kit.relayer()?.get("/v1/status").await?;
        Ok(status.status == 200)
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    kit.devnet().l1().node().reorg(8, &[]).await?;
    kit.until("settlement is paused", LIMIT, async |kit: &Kit| {
        let status = kit.relayer()?.get("/v1/status").await?.body;
        let pauses = status["pauses"].as_array().cloned().unwrap_or_default();
        Ok(pauses
            .iter()
            .any(|pause| pause["scope"] == "settlement" && pause["actor"] == "causeway"))
    })
    .await
}

/// A reorg takes away the deposit that a certificate takes in: it waits until L1 has it again.
pub(super) async fn lost_deposit(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let network = kit.networks()[0];
    let bridged = deposit(kit, network).await?;
    kit.maker().deposit(&[exit_of(&bridged.event)?])?;
    kit.script_prover("transition slow:4000 1\n")?;
    let wanted = Draft::default().taking(GlobalIndex::new(NetworkId::MAINNET, bridged.index));
    let made = kit.maker().make(network, &wanted)?;
    // L1 has to be read up to the deposit first.
    kit.until("it is taken in", LIMIT, async |kit: &Kit| {
        let answer = kit.relayer()?.submit(&made.json()).await?;
        Ok(matches!(answer.status, 200..=202))
    })
    .await?;
    kit.expect(&made);
    kit.until_standing(&[made.id], &["accepted"], LIMIT).await?;
    let head = kit.devnet().l1().node().head(Tag::Latest).await?.number;
    kit.devnet()
        .l1()
        .node()
        .reorg(head - bridged.block + 1, &[])
        .await?;
    kit.until_standing(&[made.id], &["waiting"], LIMIT).await?;
    let again = deposit(kit, network).await?;
    ensure!(
        (again.index, &again.event) == (bridged.index, &bridged.event),
        "it is another deposit"
    );
    kit.finish(LIMIT).await
}

async fn deposit(kit: &Kit, network: NetworkId) -> Result<Bridged> {
    let (node, bridge) = (kit.devnet().l1().node(), kit.devnet().deployment().bridge);
    let owner = kit.devnet().owner();
    let (to, amount) = ((network, owner.address()), U256::from(1_000_000));
    let bridged = node
        .bridge_asset(owner, bridge, to, Address::ZERO, amount)
        .await?;
    node.publish_exits(owner, bridge).await?;
    Ok(bridged)
}

/// The node has forgotten its chain and begins anew: nothing is signed for that one.
pub(super) async fn lost_chain(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.devnet_mut().l1_mut().restart().await?;
    kit.mine(3).await?;
    kit.until("it says that it is not ready", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.get("/readyz").await?.status == 503)
    })
    .await?;
    let sent = kit.sent().len();
    let made = one(kit)?;
    // Taken in or not: it is not settled there.
    kit.relayer()?.submit(&made.json()).await?;
    for _ in 0..15 {
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ensure!(
        kit.sent().len() == sent,
        "something was broadcast to another chain"
    );
    ensure!(kit.relayer_mut()?.is_running()?, "it fell");
    Ok(())
}

/// The clock of L1 is an hour ahead: nothing that waits expires by that alone.
pub(super) async fn ahead(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let networks = kit.networks();
    let pair = kit.maker().cycle(&networks[..2])?;
    kit.submit(&pair[0]).await?;
    kit.until_standing(&[pair[0].id], &["waiting"], LIMIT).await?;
    kit.devnet().l1().node().increase_time(3_700).await?;
    kit.mine(2).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let standing = kit.relayer()?.standing(pair[0].id).await?;
    ensure!(
        standing == "waiting",
        "it waits ten minutes by every clock, and it is {standing}"
    );
    kit.submit(&pair[1]).await?;
    kit.finish(LIMIT).await
}
