//! Recovery: how long a process that was killed takes until it is ready again, whatever its journal has.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use causeway_journal::Journal;
use causeway_relayer::clock;
use causeway_tests::faults::Kit;
use causeway_tests::faults::kit::Options;

use super::{history, journal, median, memory, start};
use crate::report::Report;
use crate::row::{Peer, Row, Unit};

/// How often each is killed and started.
const TIMES: usize = 5;

/// How long the first start may take, which reads all of L1.
const LIMIT: Duration = Duration::from_secs(1_800);

pub(super) async fn run(report: &mut Report) -> Result<()> {
    for (size, certificates) in [("none", 0), ("thousand", 1_000), ("hundred_thousand", 100_000)] {
        let name = format!("relayer.recovery.{size}");
        if report.wants(&name) {
            row(report, &name, certificates).await?;
        }
    }
    Ok(())
}

async fn row(report: &mut Report, name: &str, certificates: u32) -> Result<()> {
    eprintln!("{name} ...");
    let mut kit = Kit::new(Options {
        networks: 8,
        ..Options::default()
    })
    .await?;
    history::grow(&mut kit, certificates).await?;
    // The first one reads L1 and keeps what it came to.
    let first = start(&mut kit, LIMIT).await?;
    eprintln!("{name}: L1 is read in {first:?}");
    let chain = kit.devnet().deployment().chain_id;
    if certificates > 0 {
        // Another block with a log, and final: what is kept is what is known after one.
        kit.until("what is known is kept", LIMIT, async |kit: &Kit| {
            let newest = journal(kit)?.read(|view| view.newest_snapshot(chain))?;
            Ok(newest.is_some())
        })
        .await?;
    }
    let mut seconds = Vec::new();
    for _ in 0..TIMES {
        kit.kill()?;
        seconds.push(start(&mut kit, LIMIT).await?.as_secs_f64());
    }
    let height = heights(&kit).await?;
    ensure!(height == u64::from(certificates), "{height} are settled");
    let [now, most] = memory(&kit)?;
    kit.kill()?;
    let recovery = Row::new(format!("{name}.seconds"), median(seconds), Unit::Seconds);
    let row = if certificates == 0 {
        recovery
    } else {
        recovery.beside(Peer::run("all logs read again", reread(&mut kit, chain).await?))
    };
    report.row(row.note(format!(
        "the middle of {TIMES}, from SIGKILL's restart to /readyz"
    )));
    let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
    report.row(
        Row::new(format!("{name}.memory"), mebibytes(now), Unit::Mebibytes)
            .note(format!("at most {:.0}", mebibytes(most))),
    );
    let bytes = std::fs::metadata(kit.places().journal())?.len();
    report.row(Row::new(format!("{name}.journal"), bytes as f64, Unit::Bytes));
    Ok(())
}

/// How many certificates of all networks the relayer knows to be settled.
async fn heights(kit: &Kit) -> Result<u64> {
    let answer = kit.relayer()?.get("/v1/networks").await?;
    let networks = answer.body["networks"].as_array().context("networks")?;
    Ok(networks
        .iter()
        .filter_map(|network| network["settled_height"].as_u64())
        .sum())
}

/// The same start if nothing had been kept.
async fn reread(kit: &mut Kit, chain: u64) -> Result<f64> {
    let deployment = kit.devnet().deployment().clone();
    let journal = Journal::open(
        &kit.places().journal(),
        &causeway_journal::Fingerprint {
            chain_id: chain,
            genesis: None,
            settlement: deployment.settlement,
            bridge: deployment.bridge,
        },
    )?;
    while let Some(snapshot) = journal.read(|view| view.newest_snapshot(chain))? {
        journal.change(clock::now(), |change| change.drop_snapshot(chain, snapshot.block))?;
    }
    drop(journal);
    let seconds = start(kit, LIMIT).await?.as_secs_f64();
    kit.kill()?;
    Ok(seconds)
}
