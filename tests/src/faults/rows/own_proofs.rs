//! A network that signs nothing: its own proofs come with its certificates.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::{LIMIT, proven_once};
use crate::faults::certificates::{Draft, Made};
use crate::faults::kit::{Kit, Options};

/// The last network proves.
pub(super) fn proving(options: &mut Options) {
    options.proving = 1;
}

/// What it proves settles with what others take in of it; what others write down in its name is refused, is never there, and is no offence of
/// its. A process that dies while it takes one in has the certificate and its proof, or neither.
pub(super) async fn proven(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let networks = kit.networks();
    let (itself, other) = (networks[networks.len() - 1], networks[0]);
    let forged = kit.maker().propose(itself, &Draft::to(other, 1_000))?;
    let made = kit.maker().make(itself, &Draft::to(other, 5))?;
    ensure!(made.own_proof.is_some(), "its network makes no proof");
    let taken = Draft::to(itself, 3).taking(made.index(kit.maker(), 0));
    let taken = kit.maker().make(other, &taken)?;
    // Of a proof there is only what anybody can write down.
    let forgeries = [
        (None, &["unsigned"][..]),
        (Some(b"rubbish".to_vec()), &["unauthorised"]),
        (made.own_proof.clone(), &["unauthorised"]),
    ];
    kit.until("it has read L1", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.hand_in(&forged_with(&forged, None)).await?.status != 503)
    })
    .await?;
    refused(kit, &forged, &forgeries).await?;

    // The answer to the first try is lost with the process.
    kit.kill()?;
    kit.start_failing("intake::before_commit=return")?;
    let began = std::time::Instant::now();
    while kit.relayer_mut()?.is_running()? {
        ensure!(began.elapsed() < LIMIT, "it takes nothing in");
        kit.offer(&made).await;
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    kit.start().await?;
    ensure!(
        kit.relayer()?.certificate(made.id).await?.is_none(),
        "it is here, and was not written down"
    );
    kit.submit(&made).await?;
    let here = kit.relayer()?.certificate(made.id).await?.unwrap_or_default();
    ensure!(here["own_proof"] == true, "its proof is not here: {here}");
    kit.submit(&taken).await?;
    // Once it is in an epoch nobody looks at a rival's proof any more.
    let rivals = [
        (None, &["height_conflict"][..]),
        (Some(b"rubbish".to_vec()), &["unauthorised", "height_conflict"]),
    ];
    refused(kit, &forged, &rivals).await?;
    kit.until_final(LIMIT).await?;

    // Nothing of that was its offence: more of it is taken in.
    let next = kit.maker().make(itself, &Draft::to(other, 7))?;
    kit.submit(&next).await?;
    kit.until_final(LIMIT).await?;
    proven_once(kit)?;
    kit.finish(LIMIT).await
}

fn forged_with(forged: &Made, proof: Option<Vec<u8>>) -> Made {
    Made {
        own_proof: proof,
        ..forged.clone()
    }
}

/// With each of these in place of its proof a certificate is refused with one of the codes, and is not here afterwards.
async fn refused(kit: &Kit, forged: &Made, proofs: &[(Option<Vec<u8>>, &[&str])]) -> Result<()> {
    for (proof, codes) in proofs {
        let answer = kit
            .relayer()?
            .hand_in(&forged_with(forged, proof.clone()))
            .await?;
        ensure!(
            codes.iter().any(|code| answer.body["code"] == *code),
            "a forged one with {proof:?} is answered with {} {}",
            answer.status,
            answer.body
        );
        ensure!(
            kit.relayer()?.certificate(forged.id).await?.is_none(),
            "a forged one is here"
        );
    }
    Ok(())
}
