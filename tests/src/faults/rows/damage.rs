//! One row of the journal is damaged on the disk: it is set aside or made anew, everything else goes on.

use std::fs;
use std::time::Duration;

use alloy_primitives::Bytes;
use anyhow::{Context, Result, ensure};
use causeway_journal::Journal;

use super::{LIMIT, broadcast_one, settle_one};
use crate::faults::certificates::Draft;
use crate::faults::kit::Kit;

/// How long it may take to end.
const SOON: Duration = Duration::from_secs(10);

/// A certificate that waits, the bytes of a transaction that is out, a log of L1.
pub(super) async fn rows(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    certificate(kit).await.context("a certificate")?;
    attempt(kit).await.context("a transaction")?;
    log(kit).await.context("a log")?;
    kit.finish(LIMIT).await
}

/// Ends the relayer and changes one byte of its journal: the last one of what is looked for, which is there once.
async fn damage(kit: &mut Kit, what: &[u8], to: u8) -> Result<()> {
    let relayer = kit.relayer_mut()?;
    relayer.terminate()?;
    let status = relayer.wait(SOON).await?;
    ensure!(status.code() == Some(0), "asked to end, it ended with {status}");
    let path = kit.places().journal();
    let mut bytes = fs::read(&path)?;
    let found: Vec<_> = bytes
        .windows(what.len())
        .enumerate()
        .filter(|(_, window)| *window == what)
        .map(|(at, _)| at)
        .collect();
    ensure!(
        found.len() == 1,
        "what is to be damaged is in the file {} times",
        found.len()
    );
    let byte = &mut bytes[found[0] + what.len() - 1];
    ensure!(*byte != to, "it is so already");
    *byte = to;
    Ok(fs::write(&path, bytes)?)
}

fn said(kit: &Kit, words: &str) -> Result<bool> {
    Ok(kit.relayer()?.lines().iter().any(|line| line.contains(words)))
}

/// It is set aside with the reason, the others settle, and it goes on once its network hands it in again.
async fn certificate(kit: &mut Kit) -> Result<()> {
    let networks = kit.networks();
    kit.script_prover("transition:2 slow:60000\n")?;
    let amount = 987_654_321_987;
    let made = kit.maker().make(networks[1], &Draft::to(networks[2], amount))?;
    kit.submit(&made).await?;
    // The digit becomes another: still a certificate, and another one.
    let amount = format!("\"{amount}");
    damage(kit, amount.as_bytes(), b'8').await?;
    kit.script_prover("")?;
    kit.start().await?;
    let other = kit.maker().make(networks[0], &Draft::to(networks[3], 3))?;
    kit.submit(&other).await?;
    kit.until_standing(&[other.id], &["finalized"], LIMIT).await?;
    ensure!(
        said(kit, "column payload cannot be read")?,
        "it does not say what is damaged"
    );
    let aside = set_aside(kit).await?;
    ensure!(aside == 1, "{aside} certificates are set aside");
    kit.submit(&made).await?;
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await?;
    let aside = set_aside(kit).await?;
    ensure!(aside == 0, "it is whole again, and {aside} are set aside");
    Ok(())
}

async fn set_aside(kit: &Kit) -> Result<u64> {
    let status = kit.relayer()?.get("/v1/status").await?.body;
    let counts = status["quarantined"].as_array().into_iter().flatten();
    let its = counts.filter(|count| count["name"] == "certificates");
    Ok(its.filter_map(|count| count["count"].as_u64()).sum())
}

/// Its bytes are signed again, as they were; the damaged ones are never sent.
async fn attempt(kit: &mut Kit) -> Result<()> {
    broadcast_one(kit).await?;
    let raw: Bytes = kit.sent().last().cloned().context("it is broadcast")?;
    let node = kit.devnet().l1().node().clone();
    for (_, hash) in node.pending_of(kit.wallet().address()).await? {
        node.drop_transaction(hash).await?;
    }
    let end = &raw[raw.len() - 32..];
    damage(kit, end, !end[31]).await?;
    let before = kit.sent().len();
    kit.start().await?;
    kit.until("it is sent again", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().len() > before)
    })
    .await?;
    let again = kit.sent().split_off(before);
    ensure!(
        again.iter().all(|sent| *sent == raw),
        "other bytes are sent than were signed"
    );
    ensure!(
        said(kit, "its bytes are damaged and are signed again")?,
        "it does not say what is damaged"
    );
    kit.mine_while_waiting(true);
    kit.until_final(LIMIT).await
}

/// L1 is read again.
async fn log(kit: &mut Kit) -> Result<()> {
    let deployment = kit.devnet().deployment().clone();
    let journal = Journal::open_read_only(&kit.places().journal())?;
    let logs = journal.read(|view| view.logs_above(deployment.chain_id, None, u32::MAX))?;
    let of_settlement = logs.iter().rev().find(|log| log.address == deployment.settlement);
    let text = &of_settlement.context("an epoch is settled")?.log;
    let digit = text.rfind(|letter: char| letter.is_ascii_digit());
    let until = &text[..=digit.context("it has a digit")?];
    let other = if until.ends_with('1') { b'2' } else { b'1' };
    damage(kit, until.as_bytes(), other).await?;
    kit.start().await?;
    settle_one(kit).await?;
    ensure!(
        said(kit, "what is kept of L1 does not read: it is read again")?,
        "it does not say what is damaged"
    );
    Ok(())
}
