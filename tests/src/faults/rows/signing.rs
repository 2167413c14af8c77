//! The service that signs is ill.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use causeway_devnet::Account;
use serde_json::Value;

use super::endpoints::one_nonce_each;
use super::{LIMIT, broadcast, one, settle_one};
use crate::faults::kit::Kit;
use crate::faults::proxy::Fault;
use crate::faults::signing::{Ill, SigningService};

/// The exit code of a relayer whose configuration must not be run with.
const REFUSED: i32 = 3;

/// How long it may take to say so.
const SOON: Duration = Duration::from_secs(10);

/// Long enough for a relayer that sends all the same to be seen.
const WATCH: u32 = 8;

/// Silent, busy, another's signature, a signature that chains refuse, another transaction: nothing of it is sent, and it goes on by itself.
pub(super) async fn ill(kit: &mut Kit) -> Result<()> {
    let service = SigningService::start(kit.wallet().clone()).await?;
    kit.settings_mut().signer = Some(service.url().to_owned());
    kit.write_config()?;
    kit.start().await?;
    settle_one(kit).await?;
    let (ours, others) = (kit.wallet().address(), Account::named("somebody else").address());
    for (ill, why) in [
        (Ill::Hangs, "gave no answer to eth_signTransaction".to_owned()),
        (
            Ill::Status(429),
            "answers eth_signTransaction with status 429".to_owned(),
        ),
        (Ill::OtherKey, format!("signed as {others}, and {ours} was asked")),
        (Ill::HighS, "signed with a high s".to_owned()),
        (
            Ill::OtherTransaction,
            "signed another transaction than it was asked to".to_owned(),
        ),
    ] {
        held_while(kit, &service, ill, &format!("signer.settlement {why}"))
            .await
            .with_context(|| format!("{ill:?}"))?;
    }
    raised_later(kit, &service).await.context("while it is raised")?;
    kit.finish(LIMIT).await?;
    one_nonce_each(kit).await?;

    // Asked at the start whose key it has.
    end(kit).await?;
    service.take_key(Account::named("somebody else"));
    kit.start_failing("")?;
    let status = kit.relayer_mut()?.wait(SOON).await?;
    ensure!(
        status.code() == Some(REFUSED),
        "the service has another key, and it ended with {status}"
    );
    let said = format!("signer.settlement has no key of {ours}");
    ensure!(
        kit.relayer()?.lines().iter().any(|line| line.contains(&said)),
        "it does not say why"
    );
    // Silent at the start: it comes up, and waits.
    service.take_key(kit.wallet().clone());
    service.fall(Ill::Hangs);
    kit.start().await?;
    service.fall(None);
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Why the newest job is held, and by what.
async fn held(kit: &Kit) -> Result<(String, String)> {
    let jobs = kit.relayer()?.get("/v1/jobs?limit=1").await?.body;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let newest = &jobs["jobs"][0];
    Ok((text(&newest["hold"]), text(&newest["detail"])))
}

async fn held_while(kit: &mut Kit, service: &SigningService, ill: Ill, why: &str) -> Result<()> {
    service.fall(ill);
    let sent = kit.sent().len();
    let made = one(kit)?;
    kit.submit(&made).await?;
    let mut last = None;
    let waited = kit
        .until("its signer holds the job", LIMIT, async |kit: &Kit| {
            let (hold, detail) = held(kit).await?;
            let is_so = hold == "signer" && detail.contains(why);
            last = Some((hold, detail));
            Ok(is_so)
        })
        .await;
    waited.with_context(|| format!("it says {last:?}"))?;
    let asked = service.asked();
    for _ in 0..WATCH {
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ensure!(service.asked() > asked, "it is not asked again");
    ensure!(
        kit.sent().len() == sent,
        "something was sent that nobody signed as he should"
    );
    service.fall(None);
    kit.until_final(LIMIT).await
}

/// What is signed goes on while the signer is silent, and is raised when he is not.
async fn raised_later(kit: &mut Kit, service: &SigningService) -> Result<()> {
    for endpoint in kit.endpoints() {
        endpoint.fail("eth_sendRawTransaction", Fault::Hold);
    }
    let (before, sent) = (broadcast(kit)?.len(), kit.sent().len());
    let made = one(kit)?;
    kit.submit(&made).await?;
    kit.mine_while_waiting(false);
    kit.until("it is broadcast", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().len() > sent)
    })
    .await?;
    service.fall(Ill::Status(503));
    kit.mine_while_waiting(true);
    kit.until("its signer holds it", LIMIT, async |kit: &Kit| {
        Ok(held(kit).await?.0 == "signer")
    })
    .await?;
    let again = kit.sent().len();
    kit.until("the same bytes go on", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().len() > again + 1)
    })
    .await?;
    let different = broadcast(kit)?.len() - before;
    ensure!(different <= 2, "{different} were signed while nobody signs");
    service.fall(None);
    kit.until("it is raised", LIMIT, async |kit: &Kit| {
        Ok(broadcast(kit)?.len() - before > different)
    })
    .await?;
    for endpoint in kit.endpoints() {
        endpoint.heal();
    }
    kit.until_final(LIMIT).await
}

async fn end(kit: &mut Kit) -> Result<()> {
    let relayer = kit.relayer_mut()?;
    relayer.terminate()?;
    let status = relayer.wait(SOON).await?;
    ensure!(status.code() == Some(0), "asked to end, it ended with {status}");
    Ok(())
}
