//! What depends on what.

use std::time::Duration;

use anyhow::{Result, ensure};
use causeway_types::{Contingency, StateRoot};

use super::endpoints::one_nonce_each;
use super::{LIMIT, one_each, settle_one};
use crate::faults::certificates::Draft;
use crate::faults::chain;
use crate::faults::kit::{Kit, Options};

pub(super) fn sixteen(options: &mut Options) {
    options.networks = 16;
    options.settings.max_wait_ms = 2_000;
}

/// Sixteen certificates, and gas for a few of them in one transaction.
pub(super) fn little_gas(options: &mut Options) {
    sixteen(options);
    options.settings.gas_max = 620_000;
}

/// More certificates are confirmed than L1 has gas for, by the setting and then by its blocks: they are parted before anything is proven.
pub(super) async fn parted(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let made = one_each(kit)?;
    kit.submit_all(&made).await?;
    kit.until_final(LIMIT).await?;
    let by_setting = parts(kit).await?;
    kit.settings_mut().gas_max = 5_000_000;
    kit.write_config()?;
    kit.kill()?;
    kit.devnet().l1().node().set_gas_limit(620_000).await?;
    kit.mine(1).await?;
    kit.start().await?;
    let made = one_each(kit)?;
    kit.submit_all(&made).await?;
    kit.finish(LIMIT).await?;
    let by_blocks = parts(kit).await? - by_setting;
    ensure!(
        by_setting > 1 && by_blocks > 1,
        "sixteen are settled by {by_setting} epochs and then by {by_blocks}"
    );
    let (_, ours) = chain::paid(kit.devnet().l1().node(), kit.wallet().address()).await?;
    ensure!(
        ours.iter().all(|(.., done)| *done),
        "a revert was paid for: {ours:?}"
    );
    one_nonce_each(kit).await
}

/// How many epochs are settled: as many as were proven.
async fn parts(kit: &Kit) -> Result<usize> {
    let epochs = chain::settled(kit.devnet().l1().node(), kit.devnet().deployment()).await?;
    let proven: usize = kit.proofs("epoch")?.iter().map(|(_, _, proven)| proven).sum();
    ensure!(
        proven == epochs.len(),
        "{proven} epochs were proven, and {} settled",
        epochs.len()
    );
    Ok(epochs.len())
}

/// One of sixteen cannot be proven: the others settle.
pub(super) async fn poison(kit: &mut Kit) -> Result<()> {
    kit.script_prover("transition:7:0 impossible\n")?;
    kit.start().await?;
    let made = one_each(kit)?;
    kit.submit_all(&made).await?;
    let poison = &made[6];
    kit.expect_never(poison);
    kit.until_standing(&[poison.id], &["rejected"], LIMIT).await?;
    // And one that breaks a rule is not taken in at all.
    let networks = kit.networks();
    let broken = kit.maker().poison(networks[0], networks[1])?;
    let answer = kit.relayer()?.submit(&broken.json()).await?;
    ensure!(
        answer.status == 422,
        "a poison certificate is answered with {} {}",
        answer.status,
        answer.body
    );
    kit.finish(LIMIT).await
}

/// Every shape, handed in with what depends before what it depends on.
pub(super) async fn shapes(kit: &mut Kit) -> Result<()> {
    kit.settings_mut().contingency_timeout_s = 4;
    kit.write_config()?;
    kit.start().await?;
    settle_one(kit).await?;
    let networks = kit.networks();
    let all = [networks[0], networks[1], networks[2], networks[3]];
    for shape in 0..3 {
        let mut made = match shape {
            0 => kit.maker().chain(&networks)?,
            1 => kit.maker().diamond(all)?,
            _ => kit.maker().cycle(&networks[..3])?,
        };
        made.reverse();
        kit.submit_all(&made).await?;
        kit.until_final(LIMIT).await?;
    }
    // Late: what it waits for comes after a while.
    let pair = kit.maker().cycle(&networks[..2])?;
    kit.submit(&pair[0]).await?;
    kit.until_standing(&[pair[0].id], &["waiting"], LIMIT).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    kit.submit(&pair[1]).await?;
    kit.until_final(LIMIT).await?;

    // On itself: refused. On what never comes: expired, and its height is free again.
    let network = networks[2];
    let itself = kit.maker().propose(network, &Draft::to(networks[3], 1))?;
    let mut certificate = itself.certificate.clone();
    certificate.contingencies = vec![Contingency {
        network,
        height: certificate.height,
        state_root: StateRoot::EMPTY,
    }];
    let answer = kit.relayer()?.submit(&certificate.into()).await?;
    ensure!(
        answer.status == 422,
        "one that waits for itself is answered with {} {}",
        answer.status,
        answer.body
    );
    let never = kit
        .maker()
        .propose(network, &Draft::to(networks[3], 2).with(networks[0]))?;
    kit.submit(&never).await?;
    kit.expect_never(&never);
    kit.until_standing(&[never.id], &["expired"], LIMIT).await?;
    let instead = kit.maker().make(network, &Draft::to(networks[3], 3))?;
    kit.submit(&instead).await?;
    kit.finish(LIMIT).await
}
