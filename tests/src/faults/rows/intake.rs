//! Whatever people hand in.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::join_all;
use reqwest::Client;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use super::{LIMIT, one_each, settle_one};
use crate::faults::certificates::{Draft, Made};
use crate::faults::kit::{Kit, Options};

/// By how much the process may grow under whatever is handed in, in MiB.
const MOST_GROWTH: u64 = 384;

/// Who floods, from how many addresses.
const FLOODERS: u8 = 4;

/// Connections of a flooder on which nothing more is said; nobody has more than 256.
const SLOW: usize = 300;

/// How long a network may wait until one of its own is taken in, whatever others do.
const PATIENCE: Duration = Duration::from_secs(10);

/// A network may hand in five at once and two more each second, an address thirty and five.
pub(super) fn limited(options: &mut Options) {
    options.settings.rate_per_second = 2.0;
    options.settings.rate_burst = 5;
    options.settings.sender_rate_per_second = 5.0;
    options.settings.sender_rate_burst = 30;
}

/// The same twice, others at the same height, rubbish, too much, too slowly, too often; other networks notice nothing.
pub(super) async fn flood(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    let networks = kit.networks();
    let (first, other) = (networks[0], networks[1]);
    let conflicting = kit.maker().propose(first, &Draft::to(other, 77))?;
    let made = one_each(kit)?;
    kit.submit_all(&made).await?;
    answered(kit, &made[0], &conflicting).await?;
    kit.until_final(LIMIT).await?;

    let before = kit.relayer()?.resident()?;
    let slow = slow_connections(kit).await?;
    let mut most = before;
    for round in 0..3 {
        let calm = kit.maker().make(other, &Draft::to(first, 5 + round))?;
        // Both at once: the flood is there while the others are served.
        let relayer = kit.relayer()?;
        let flood = async {
            let peak = watch(
                relayer.pid(),
                join_all((1..=FLOODERS).map(|who| pour(kit, who, &conflicting))),
            );
            let (poured, peak) = peak.await?;
            poured
                .into_iter()
                .collect::<Result<Vec<_>>>()
                .map(|refused| (refused, peak))
        };
        let (poured, taken) = tokio::join!(flood, taken_in(kit, &calm));
        let (refused, peak) = poured?;
        taken?;
        kit.expect(&calm);
        most = most.max(peak);
        for refused in refused {
            ensure!(
                refused >= 20,
                "of 60 in no time from one address, {refused} were too many"
            );
        }
    }
    ensure!(
        most <= before + MOST_GROWTH,
        "it grew from {before} MiB to {most} MiB, and {MOST_GROWTH} are allowed"
    );
    kit.until_final(LIMIT).await?;
    drop(slow);
    too_often(kit).await?;
    kit.until_final(LIMIT).await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// The same again, another at its height, and what is no certificate.
async fn answered(kit: &Kit, made: &Made, conflicting: &Made) -> Result<()> {
    let again = kit.relayer()?.submit(&made.json()).await?;
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
    Ok(())
}

fn address(who: u8) -> IpAddr {
    IpAddr::from([127, 0, 66, who])
}

/// Connections that say nothing more, from each flooder's address, as many as are let in.
async fn slow_connections(kit: &Kit) -> Result<Vec<TcpStream>> {
    let to = SocketAddr::from(([127, 0, 0, 1], kit.places().public));
    let mut slow = Vec::new();
    for who in 1..=FLOODERS {
        for _ in 0..SLOW / usize::from(FLOODERS) {
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(address(who), 0))?;
            let mut stream = socket.connect(to).await?;
            let head = b"POST /v1/certificates HTTP/1.1\r\nhost: a\r\ncontent-length: 900000\r\n\r\n";
            // Whoever has too many is cut off.
            let _ = stream.write_all(&[&head[..], &[b' '; 20_000]].concat()).await;
            slow.push(stream);
        }
    }
    Ok(slow)
}

/// Hands in, from one address, long bodies of both kinds and short ones of others' networks; how many were too many.
async fn pour(kit: &Kit, who: u8, conflicting: &Made) -> Result<usize> {
    let client = Client::builder()
        .local_address(address(who))
        .timeout(Duration::from_secs(60))
        .build()?;
    let relayer = kit.relayer()?;
    // As a value each of these zeros takes many times its length.
    let zeros = "0,".repeat((9 << 20) / 2);
    let certificate = format!("{{\"network_id\":{},\"x\":[{zeros}0]}}", 1 + u32::from(who) % 4);
    let call = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"interop_sendCertificate\",\"params\":[{certificate}]}}"
    );
    let long = (0..8).map(|place| {
        let (path, body) = if place % 2 == 0 {
            ("/v1/certificates", &certificate)
        } else {
            ("/rpc", &call)
        };
        relayer.post_by(&client, path, body.clone().into_bytes())
    });
    // Some are cut off before their end: that is an answer too.
    let _ = join_all(long).await;
    let short = serde_json::to_vec(&conflicting.json())?;
    let mut refused = 0;
    for _ in 0..60 {
        let answer = relayer
            .post_by(&client, "/v1/certificates", short.clone())
            .await?;
        refused += usize::from(answer.status == 429);
    }
    Ok(refused)
}

/// A network's own certificate is taken in soon, although others name the network and fill whatever they can.
async fn taken_in(kit: &Kit, made: &Made) -> Result<()> {
    let began = Instant::now();
    loop {
        let answer = kit.relayer()?.submit(&made.json()).await?;
        if matches!(answer.status, 200..=202) {
            return Ok(());
        }
        ensure!(
            began.elapsed() < PATIENCE,
            "a network that floods nobody is not taken in: {} {}",
            answer.status,
            answer.body
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for something, and looks meanwhile how large a process gets, in MiB.
async fn watch<T>(pid: u32, what: impl Future<Output = T>) -> Result<(T, u64)> {
    let mut what = std::pin::pin!(what);
    let mut most = 0;
    loop {
        tokio::select! {
            done = &mut what => return Ok((done, most)),
            () = tokio::time::sleep(Duration::from_millis(20)) => most = most.max(crate::faults::relayer::resident(pid)?),
        }
    }
}

/// What a network made itself is counted as its own: after five it waits, and all the others do not.
async fn too_often(kit: &mut Kit) -> Result<()> {
    let networks = kit.networks();
    let mut refused = 0;
    for amount in 0..8 {
        let made = kit
            .maker()
            .make(networks[2], &Draft::to(networks[3], 1 + amount))?;
        let answer = kit.relayer()?.submit(&made.json()).await?;
        match answer.status {
            200..=202 => kit.expect(&made),
            429 => {
                refused += 1;
                let named = answer.body["message"].as_str().unwrap_or_default();
                ensure!(named.starts_with("network 3 "), "it names {named}");
                let other = kit
                    .maker()
                    .make(networks[3], &Draft::to(networks[0], 1 + amount))?;
                kit.submit(&other).await.context("another network's")?;
                taken_in(kit, &made).await?;
                kit.expect(&made);
            }
            other => bail!(
                "one of many of a network is answered with {other} {}",
                answer.body
            ),
        }
    }
    ensure!(refused > 0, "eight in no time, and none was too many");
    Ok(())
}
