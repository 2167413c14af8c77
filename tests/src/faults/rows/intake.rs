//! Whatever people hand in.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{LIMIT, one_each, settle_one};
use crate::faults::certificates::Draft;
use crate::faults::kit::{Kit, Options};

/// A network may hand in five at once, and two more each second.
pub(super) fn limited(options: &mut Options) {
    options.settings.rate_per_second = 2.0;
    options.settings.rate_burst = 5;
}

/// The same twice, others at the same height, rubbish, too much, too slowly, too often; other networks notice nothing.
pub(super) async fn flood(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let networks = kit.networks();
    let (first, other) = (networks[0], networks[1]);
    let conflicting = kit.maker().propose(first, &Draft::to(other, 77))?;
    let made = one_each(kit)?;
    kit.submit_all(&made).await?;
    let again = kit.relayer()?.submit(&made[0].json()).await?;
    ensure!(
        again.status == 200 && again.body["known"] == true,
        "the same again: {} {}",
        again.status,
        again.body
    );
    let conflict = kit.relayer()?.submit(&conflicting.json()).await?;
    ensure!(
        conflict.status == 409,
        "another at its height: {} {}",
        conflict.status,
        conflict.body
    );

    for (rubbish, statuses) in [
        (b"{".to_vec(), &[400, 422][..]),
        (b"{\"network_id\":1}".to_vec(), &[400, 422]),
        (vec![b' '; 11 << 20], &[413]),
    ] {
        let answer = kit.relayer()?.post_bytes("/v1/certificates", rubbish).await?;
        ensure!(
            statuses.contains(&answer.status),
            "rubbish is answered with {} {}",
            answer.status,
            answer.body
        );
    }

    // Connections that say nothing more.
    let address = format!("127.0.0.1:{}", kit.places().public);
    let mut slow = Vec::new();
    for _ in 0..64 {
        let mut stream = TcpStream::connect(&address).await?;
        stream
            .write_all(b"POST /v1/certificates HTTP/1.1\r\nhost: a\r\ncontent-length: 9000\r\n\r\n{")
            .await?;
        slow.push(stream);
    }

    let mut refused = 0;
    for _ in 0..40 {
        let answer = kit.relayer()?.submit(&conflicting.json()).await?;
        refused += usize::from(answer.status == 429);
    }
    ensure!(refused >= 20, "of 40 in no time, {refused} were too many");
    let wanted = Draft::to(first, 5);
    let calm = kit.maker().make(other, &wanted)?;
    kit.submit(&calm).await?;
    kit.until_final(LIMIT).await?;
    drop(slow);
    tokio::time::sleep(Duration::from_secs(3)).await;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}
