//! Fees, nonces, money and rivals.

use std::time::Duration;

use alloy_primitives::{Bytes, U256};
use anyhow::{Context, Result, ensure};
use causeway_chain::{Fees, Unsigned};

use super::endpoints::one_nonce_each;
use super::{LIMIT, broadcast, broadcast_one, one, settle_one};
use crate::faults::chain;
use crate::faults::kit::Kit;
use crate::faults::proxy::Fault;

const GWEI: u128 = 1_000_000_000;

/// The base fee is above the ceiling for a while: the pool forgets our transaction, nobody pays more, and it lands when fees are as before.
pub(super) async fn spike(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let made = broadcast_one(kit).await?;
    let node = kit.devnet().l1().node().clone();
    for _ in 0..6 {
        node.set_next_base_fee(400 * GWEI).await?;
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    let standing = kit.relayer()?.standing(made.id).await?;
    ensure!(
        standing == "assigned",
        "fees are above the ceiling, and it is {standing}"
    );
    node.set_next_base_fee(GWEI).await?;
    kit.mine(1).await?;
    kit.mine_while_waiting(true);
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

/// Blocks are made without our transaction: it is raised, and each raise is one that geth takes.
pub(super) async fn geth_rules(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    for endpoint in kit.endpoints() {
        endpoint.judge_as_geth();
        endpoint.fail("eth_sendRawTransaction", Fault::Hold);
    }
    let before = broadcast(kit)?.len();
    broadcast_one(kit).await?;
    kit.mine_while_waiting(true);
    kit.until("it is raised three times", LIMIT, async |kit: &Kit| {
        Ok(broadcast(kit)?.len() >= before + 4)
    })
    .await?;
    let raised = broadcast(kit)?.split_off(before);
    for pair in raised.windows(2) {
        ensure!(
            pair[0].nonce == pair[1].nonce,
            "a raise took another nonce: {pair:?}"
        );
        let field = |old: u128, new: u128| new > old && new >= old * 110 / 100;
        ensure!(
            field(pair[0].max_fee, pair[1].max_fee) && field(pair[0].tip, pair[1].tip),
            "geth refuses {:?} after {:?}",
            pair[1],
            pair[0]
        );
    }
    for endpoint in kit.endpoints() {
        endpoint.heal();
    }
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

/// The pool forgets our transaction.
pub(super) async fn pool_drop(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    broadcast_one(kit).await?;
    let node = kit.devnet().l1().node().clone();
    let waiting = node.pending_of(kit.wallet().address()).await?;
    ensure!(!waiting.is_empty(), "nothing waits in the pool");
    for (_, hash) in waiting {
        ensure!(node.drop_transaction(hash).await?, "{hash} was not in the pool");
    }
    kit.mine_while_waiting(true);
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

/// A transaction of the wallet that the relayer knows nothing of.
async fn foreign(kit: &Kit, nonce: u64, max_fee: u128) -> Result<Bytes> {
    let unsigned = Unsigned {
        chain_id: kit.devnet().deployment().chain_id,
        nonce,
        to: kit.devnet().owner().address(),
        value: U256::from(1),
        data: Bytes::new(),
        gas: 21_000,
        fees: Fees {
            max_fee,
            tip: 50 * GWEI,
        },
    };
    Ok(unsigned.sign(kit.wallet().signer()).await?.raw)
}

/// Somebody else has our key, and uses it before and after we broadcast.
pub(super) async fn foreign_nonce(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let (node, wallet) = (kit.devnet().l1().node().clone(), kit.wallet().address());
    let raw = foreign(kit, node.nonce(wallet).await?, 400 * GWEI).await?;
    node.send_raw(&raw).await?;
    kit.mine(1).await?;
    settle_one(kit).await?;

    broadcast_one(kit).await?;
    let raw = foreign(kit, node.nonce(wallet).await?, 400 * GWEI).await?;
    node.send_raw(&raw).await?;
    kit.mine(1).await?;
    kit.mine_while_waiting(true);
    kit.until_final(LIMIT).await?;
    kit.check_invariants().await
}

/// The chain counts more transactions of ours than we know.
pub(super) async fn nonce_ahead(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let (node, wallet) = (kit.devnet().l1().node().clone(), kit.wallet().address());
    let ahead = node.nonce(wallet).await? + 5;
    node.set_nonce(wallet, ahead).await?;
    kit.mine(1).await?;
    let before = broadcast(kit)?.len();
    settle_one(kit).await?;
    // The chain says where to go on: nothing is signed that no block can take.
    let after: Vec<u64> = broadcast(kit)?
        .iter()
        .skip(before)
        .map(|sent| sent.nonce)
        .collect();
    ensure!(
        after == [ahead],
        "the chain is at nonce {ahead}, and these were broadcast: {after:?}"
    );
    kit.finish(LIMIT).await
}

/// Nothing to pay with, and then something.
pub(super) async fn empty_wallet(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let (node, wallet) = (kit.devnet().l1().node().clone(), kit.wallet().address());
    let balance = node.balance(wallet).await?;
    node.set_balance(wallet, U256::ZERO).await?;
    let made = one(kit)?;
    kit.submit(&made).await?;
    kit.until("it says that it is not ready", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.get("/readyz").await?.status == 503)
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let standing = kit.relayer()?.standing(made.id).await?;
    ensure!(
        ["confirmed", "assigned"].contains(&standing.as_str()),
        "there is no money, and it is {standing}"
    );
    node.set_balance(wallet, balance).await?;
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

/// Somebody else settles what we wanted to settle: it is adopted, and nothing is paid for a transaction that does nothing.
pub(super) async fn competitor(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.script_prover("epoch slow:2500 1\n")?;
    let made = one(kit)?;
    kit.submit(&made).await?;
    kit.until("the epoch is being proven", LIMIT, async |kit: &Kit| {
        let all = kit.proofs("epoch")?;
        Ok(all.iter().any(|(_, begun, proven)| begun > proven))
    })
    .await?;
    let rival = kit.rival_settlement().await?;
    let node = kit.devnet().l1().node().clone();
    let hash = node.send_raw(&rival).await?;
    kit.mine(1).await?;
    let receipt = node.receipt(hash).await?.context("it is mined")?;
    ensure!(receipt.status(), "the competitor's settlement was reverted");
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await?;
    let (_, ours) = chain::paid(&node, kit.wallet().address()).await?;
    ensure!(
        ours.iter().all(|(.., done)| *done),
        "a revert was paid for: {ours:?}"
    );
    Ok(())
}
