//! The chain goes back on what it showed.

use alloy_primitives::{B256, Bytes, keccak256};
use anyhow::{Context, Result, ensure};

use super::endpoints::one_nonce_each;
use super::{LIMIT, broadcast, broadcast_one, one, settle_one};
use crate::faults::certificates::Made;
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
