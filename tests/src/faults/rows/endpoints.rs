//! Nodes fail, lag and contradict each other.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use causeway_chain::Tag;
use causeway_devnet::{Anvil, AnvilOptions};

use super::{LIMIT, broadcast, broadcast_one, settle_one};
use crate::faults::chain;
use crate::faults::kit::Kit;
use crate::faults::proxy::Fault;

/// Nobody listens at endpoint a any longer.
pub(super) async fn refused(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.lose_a();
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Endpoint a takes questions and answers none.
pub(super) async fn black_hole(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.a()?.fail("*", Fault::Hang);
    settle_one(kit).await?;
    kit.finish(LIMIT).await?;
    kit.a()?.heal();
    Ok(())
}

/// The chain's only node stands still: both endpoints are black holes.
pub(super) async fn all_down(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.devnet().l1().stop()?;
    kit.mine_while_waiting(false);
    kit.until("it says that it is not ready", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.get("/readyz").await?.status == 503)
    })
    .await?;
    let alive = kit.relayer()?.get("/healthz").await?.status;
    ensure!(alive == 200, "it is alive, and /healthz says {alive}");
    kit.devnet().l1().go_on()?;
    kit.mine_while_waiting(true);
    kit.until("it says that it is ready", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.get("/readyz").await?.status == 200)
    })
    .await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Nothing answers when it starts: it comes up all the same, and works once something does.
pub(super) async fn down_at_start(kit: &mut Kit) -> Result<()> {
    for endpoint in kit.endpoints() {
        endpoint.fail("*", Fault::Hang);
    }
    kit.start().await?;
    let ready = kit.relayer()?.get("/readyz").await?.status;
    ensure!(ready == 503, "nothing answers, and /readyz says {ready}");
    for endpoint in kit.endpoints() {
        endpoint.heal();
    }
    kit.until("it says that it is ready", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.get("/readyz").await?.status == 200)
    })
    .await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Whatever endpoint a says instead of an answer, b is asked.
pub(super) async fn statuses(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let statuses = [401, 403, 408, 429, 500, 502, 503, 504].map(Fault::Status);
    let others = [Fault::Html, Fault::Truncated, Fault::DropBefore, Fault::Null];
    for fault in statuses.into_iter().chain(others) {
        kit.a()?.fail("*", fault.clone());
        settle_one(kit).await.with_context(|| format!("{fault:?}"))?;
        kit.a()?.heal();
    }
    kit.finish(LIMIT).await
}

/// Both nodes take a transaction, and neither's answer arrives.
pub(super) async fn lost_answer(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    for endpoint in kit.endpoints() {
        endpoint.fail_times("eth_sendRawTransaction", Fault::DropAfter, 1);
    }
    settle_one(kit).await?;
    kit.finish(LIMIT).await?;
    let all = broadcast(kit)?;
    ensure!(
        all.len() == 1,
        "one settlement, and these were broadcast: {all:?}"
    );
    Ok(())
}

/// Endpoint a answers as ever and sees no newer block.
pub(super) async fn frozen(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.a()?.freeze_head().await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await?;
    kit.a()?.heal();
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Both endpoints show an old head while our transaction is mined: they refuse the same bytes for a nonce that is used up, which is
/// nobody's fault and no reason for another transaction.
pub(super) async fn all_frozen(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let before = broadcast(kit)?.len();
    let made = broadcast_one(kit).await?;
    for endpoint in kit.endpoints() {
        endpoint.freeze_head().await?;
    }
    kit.mine(2).await?;
    let sent = kit.sent().len();
    kit.until("it is sent again", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().len() >= sent + 4)
    })
    .await?;
    for endpoint in kit.endpoints() {
        endpoint.heal();
    }
    kit.mine_while_waiting(true);
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await?;
    kit.finish(LIMIT).await?;
    let after = broadcast(kit)?.len() - before;
    ensure!(
        after == 1,
        "{after} transactions were broadcast for one settlement"
    );
    Ok(())
}

/// Endpoint b shows a chain that left ours some blocks ago.
pub(super) async fn forked(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let head = kit.devnet().l1().node().head(Tag::Latest).await?.number;
    let options = AnvilOptions {
        fork: Some((kit.devnet().l1().url().to_owned(), head - 1)),
        ..AnvilOptions::manual(kit.devnet().deployment().chain_id)
    };
    let other = Anvil::start(options).await?;
    other.node().mine(2).await?;
    kit.b()?.fork(other.url());
    settle_one(kit).await?;
    kit.finish(LIMIT).await?;
    kit.b()?.fork(kit.devnet().l1().url());
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Endpoint a has no receipt of anything.
pub(super) async fn no_receipts(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    for method in ["eth_getTransactionReceipt", "eth_getTransactionByHash"] {
        kit.a()?.fail(method, Fault::Null);
    }
    settle_one(kit).await?;
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

/// Every settlement took one nonce.
pub(super) async fn one_nonce_each(kit: &Kit) -> Result<()> {
    let node = kit.devnet().l1().node();
    let epochs = chain::settled(node, kit.devnet().deployment()).await?.len() as u64;
    let (mined, _) = chain::nonces(node, kit.wallet().address()).await?;
    ensure!(
        mined == epochs,
        "{epochs} epochs are settled, and {mined} transactions are mined"
    );
    Ok(())
}

/// Endpoint a says in the words of each kind of node why it does not take a transaction that b takes.
pub(super) async fn dialects(kit: &mut Kit) -> Result<()> {
    const WORDS: [(i64, &str); 9] = [
        (-32_000, "already known"),
        (-32_000, "ALREADY_EXISTS: already known"),
        (-32_010, "AlreadyKnown"),
        (-32_003, "transaction already imported"),
        (-32_000, "txpool is full"),
        (-32_000, "nonce too low: next nonce 7, tx nonce 6"),
        (-32_003, "replacement transaction underpriced"),
        (-32_603, "Internal error: nonce too low"),
        (-32_005, "daily request count exceeded, request rate limited"),
    ];
    kit.start().await?;
    for (code, words) in WORDS {
        kit.a()?
            .fail_times("eth_sendRawTransaction", Fault::refusal(code, words), 1);
        settle_one(kit)
            .await
            .with_context(|| format!("{words} ({code})"))?;
        kit.a()?.heal();
    }
    // And when none takes it, it is sent again.
    for endpoint in kit.endpoints() {
        endpoint.fail_times(
            "eth_sendRawTransaction",
            Fault::refusal(-32_000, "txpool is full"),
            1,
        );
    }
    broadcast_one(kit).await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    kit.mine_while_waiting(true);
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}
