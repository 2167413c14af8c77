//! Whoever may stop things stops them.

use std::time::Duration;

use alloy_primitives::U256;
use anyhow::{Result, ensure};
use causeway_bindings::Settlement;
use serde_json::json;

use super::endpoints::one_nonce_each;
use super::{LIMIT, one, settle_one};
use crate::faults::kit::Kit;

/// Long enough for a relayer that goes on all the same to be seen.
const WATCH: Duration = Duration::from_secs(3);

/// The guardian stops settlement, and lets it go on: meanwhile nothing is sent that would do nothing.
pub(super) async fn stopped(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let (node, settlement) = (
        kit.devnet().l1().node().clone(),
        kit.devnet().deployment().settlement,
    );
    let owner = kit.devnet().owner().clone();
    node.execute(&owner, settlement, U256::ZERO, &Settlement::stopSettlementCall {})
        .await?;
    let made = one(kit)?;
    kit.submit(&made).await?;
    watch(kit, &made).await?;
    node.execute(
        &owner,
        settlement,
        U256::ZERO,
        &Settlement::resumeSettlementCall {},
    )
    .await?;
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await
}

/// For a while, a certificate is not settled.
async fn watch(kit: &Kit, made: &crate::faults::certificates::Made) -> Result<()> {
    let began = std::time::Instant::now();
    while began.elapsed() < WATCH {
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let standing = kit.relayer()?.standing(made.id).await?;
        ensure!(
            !["settled", "finalized"].contains(&standing.as_str()),
            "it is {standing}"
        );
    }
    Ok(())
}

/// An operator pauses one thing after the other.
pub(super) async fn paused(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    for scope in ["settlement", "proving", "intake", "network:1"] {
        let body = json!({ "scope": scope, "reason": "a row of the matrix" });
        let answer = kit.relayer()?.admin("/v1/admin/pause", &body).await?;
        ensure!(
            answer.status == 200,
            "a pause of {scope}: {} {}",
            answer.status,
            answer.body
        );
        let made = one(kit)?;
        if ["intake", "network:1"].contains(&scope) {
            let refused = kit.relayer()?.submit(&made.json()).await?;
            ensure!(
                refused.body["code"] == "paused",
                "all is paused, and intake says {}",
                refused.body
            );
        } else {
            kit.submit(&made).await?;
            watch(kit, &made).await?;
        }
        let answer = kit.relayer()?.admin("/v1/admin/resume", &body).await?;
        ensure!(
            answer.status == 200,
            "a resumption of {scope}: {} {}",
            answer.status,
            answer.body
        );
        kit.submit(&made).await?;
        kit.until_final(LIMIT).await?;
    }
    kit.finish(LIMIT).await
}
