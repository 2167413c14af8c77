//! The prover does everything wrong that it can.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{LIMIT, broadcast, one, settle_one};
use crate::faults::kit::Kit;

/// A prover that failed is asked again after ten seconds, and then after twice as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Slow, failing, falling, wrong: each once, and then it is well.
pub(super) async fn faults(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    for script in [
        "transition slow:1500 1",
        "transition machine 1",
        "transition panic 1",
        "epoch slow:1500 1",
        "epoch machine 1",
        "epoch panic 1",
        "epoch wrong 1",
        "transition wrong 1",
    ] {
        let before = broadcast(kit)?.len();
        kit.script_prover(&format!("{script}\n"))?;
        let made = one(kit)?;
        kit.submit(&made).await?;
        kit.until_final(PATIENCE)
            .await
            .with_context(|| script.to_owned())?;
        let sent = broadcast(kit)?.len() - before;
        ensure!(
            sent == 1,
            "{script}: {sent} settlements were broadcast for one epoch"
        );
    }
    // The machine falls with it.
    for script in ["transition abort 1", "epoch abort 1"] {
        kit.script_prover(&format!("{script}\n"))?;
        let made = one(kit)?;
        kit.submit(&made).await?;
        let ended = kit.relayer_mut()?.wait(LIMIT).await?;
        ensure!(!ended.success(), "{script}: it ended with {ended}");
        kit.start().await?;
        kit.until_final(PATIENCE)
            .await
            .with_context(|| script.to_owned())?;
    }
    kit.finish(LIMIT).await
}
