//! The process ends, by force or by request.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use causeway_journal::Journal;
use rand::Rng;

use super::endpoints::one_nonce_each;
use super::{LIMIT, broadcast, broadcast_one, one, one_each, proven_once, settle_one};
use crate::faults::certificates::{Draft, Made};
use crate::faults::chain;
use crate::faults::kit::Kit;
use crate::faults::proxy::Fault;

/// How long a process may take to end when it is asked to.
const DRAIN: Duration = Duration::from_secs(10);

/// Nothing happens, and everything settles.
pub(super) async fn nothing(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let networks = kit.networks();
    let mut made = one_each(kit)?;
    made.extend(kit.maker().chain(&networks)?);
    kit.submit_all(&made).await?;
    kit.finish(LIMIT).await?;
    ends_as_undisturbed(kit).await?;
    proven_once(kit)
}

/// Where the process may die, each between two things that belong together.
const POINTS: [&str; 7] = [
    "intake::before_commit",
    "prove::after_result_before_store",
    "settle::after_commit_before_send",
    "settle::after_send_before_record",
    "bump::after_commit_before_send",
    "settle::after_mined_before_record",
    "finalize::before_commit",
];

/// Killed at each of these points, and started again.
pub(super) async fn killed_at_points(kit: &mut Kit) -> Result<()> {
    for point in POINTS {
        die_at(kit, point).await.with_context(|| point.to_owned())?;
    }
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await?;
    ends_as_undisturbed(kit).await?;
    for (work, begun, proven) in kit.proofs("")? {
        // Only what was lost before it was kept is made again.
        ensure!(
            proven <= 2,
            "{work} was begun {begun} times and proven {proven} times"
        );
    }
    Ok(())
}

async fn die_at(kit: &mut Kit, point: &str) -> Result<()> {
    kit.mine_while_waiting(true);
    kit.start_failing(&format!("{point}=return"))?;
    let made = one(kit)?;
    kit.expect(&made);
    let is_bump = point.starts_with("bump");
    if is_bump {
        for endpoint in kit.endpoints() {
            endpoint.fail("eth_sendRawTransaction", Fault::Hold);
        }
    }
    let began = std::time::Instant::now();
    let mut handed_in = false;
    while kit.relayer_mut()?.is_running()? {
        ensure!(began.elapsed() < LIMIT, "it is not reached");
        // The answer may be lost with the process.
        handed_in = handed_in || kit.offer(&made).await;
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    written_before_sent(kit)?;
    for endpoint in kit.endpoints() {
        endpoint.heal();
    }
    kit.start().await?;
    kit.submit(&made).await?;
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await
}

/// Whatever left the house is in the journal that the dead process left.
fn written_before_sent(kit: &Kit) -> Result<()> {
    let journal = Journal::open_read_only(&kit.places().journal())?;
    for sent in broadcast(kit)? {
        let written = journal.read(|view| view.attempt(sent.hash))?;
        ensure!(
            written.is_some(),
            "{} was sent and is not written down",
            sent.hash
        );
    }
    Ok(())
}

/// L1 has the state that the networks reckon with.
async fn ends_as_undisturbed(kit: &mut Kit) -> Result<()> {
    let expected = alloy_primitives::B256::from(kit.maker().world().commitment().hash());
    let stored = chain::commitment(kit.devnet().l1().node(), kit.devnet().deployment()).await?;
    ensure!(
        stored == expected,
        "settlement has {stored}, undisturbed it would have {expected}"
    );
    Ok(())
}

/// Killed again and again while certificates come in.
pub(super) async fn killed_at_random(kit: &mut Kit) -> Result<()> {
    let networks = kit.networks();
    let mut all: Vec<Made> = Vec::new();
    for kill in 0..kit.kills() {
        // One that depends on another network's, every third time.
        let (from, to) = (networks[kill as usize % 4], networks[(kill as usize + 1) % 4]);
        let mut wanted = Draft::to(to, 1);
        if kill % 3 == 2
            && let Some(last) = all.last()
        {
            wanted = wanted.taking(last.index(kit.maker(), 0));
        }
        all.push(kit.maker().make(from, &wanted)?);
        kit.start_failing("")?;
        let time = Duration::from_millis(kit.random().gen_range(0..1_500));
        let began = std::time::Instant::now();
        let mut handed_in = 0;
        while began.elapsed() < time {
            // It may not listen yet; whatever is lost is handed in again.
            for made in &all[handed_in..] {
                if !kit.offer(made).await {
                    break;
                }
                handed_in += 1;
            }
            kit.mine(1).await?;
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        kit.kill()?;
    }
    kit.start().await?;
    kit.submit_all(&all).await?;
    kit.finish(LIMIT * 2).await?;
    ends_as_undisturbed(kit).await?;
    for (work, begun, proven) in kit.proofs("transition")? {
        // A proof may be finished and the process die before it is kept; what is kept is never made again.
        ensure!(
            proven <= 1 + kit.kills() as usize && begun >= proven,
            "{work}: {begun} begun, {proven} proven"
        );
    }
    Ok(())
}

/// Asked to end while idle, while it proves, while a transaction waits, and after all is done.
pub(super) async fn terminated(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    end(kit).await?;

    kit.start().await?;
    kit.script_prover("transition slow:3000 1\n")?;
    let made = one(kit)?;
    kit.submit(&made).await?;
    kit.until("a proof is begun", LIMIT, async |kit: &Kit| {
        Ok(kit.proofs("transition")?.iter().any(|(_, begun, _)| *begun > 0))
    })
    .await?;
    end(kit).await?;

    kit.start().await?;
    kit.until_final(LIMIT).await?;
    let made = broadcast_one(kit).await?;
    end(kit).await?;
    kit.mine_while_waiting(true);
    kit.start().await?;
    kit.until_standing(&[made.id], &["finalized"], LIMIT).await?;

    settle_one(kit).await?;
    end(kit).await?;
    kit.start().await?;
    kit.finish(LIMIT).await
}

async fn end(kit: &mut Kit) -> Result<()> {
    let relayer = kit.relayer_mut()?;
    relayer.terminate()?;
    let status = relayer.wait(DRAIN).await?;
    ensure!(status.code() == Some(0), "asked to end, it ended with {status}");
    Ok(())
}
