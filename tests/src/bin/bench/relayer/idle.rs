//! What a relayer asks its nodes for, and what it holds, when nothing happens.

use std::time::Duration;

use anyhow::Result;
use causeway_tests::faults::kit::Options;
use causeway_tests::faults::settings::Settings;
use causeway_tests::faults::{Kit, Proxy};

use super::{memory, start};
use crate::report::Report;
use crate::row::{Row, Unit};

/// How long it is watched.
const WATCHED: Duration = Duration::from_secs(120);
/// Between two blocks.
const BLOCK: Duration = Duration::from_secs(12);

pub(super) async fn run(report: &mut Report) -> Result<()> {
    eprintln!("relayer.idle ...");
    let mut kit = Kit::new(Options {
        settings: Settings {
            // As the example has it.
            poll_ms: 4_000,
            stall_after_s: 90,
            ..Settings::default()
        },
        ..Options::default()
    })
    .await?;
    start(&mut kit, Duration::from_secs(60)).await?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = calls(&kit);
    let mut left = WATCHED;
    while !left.is_zero() {
        tokio::time::sleep(BLOCK).await;
        kit.mine(1).await?;
        left = left.saturating_sub(BLOCK);
    }
    let counted = (calls(&kit) - before) as f64;
    let hourly = counted * 3_600.0 / WATCHED.as_secs_f64();
    report.row(
        Row::new("relayer.idle.calls", hourly, Unit::PerHour).note(format!(
            "two endpoints, l1.poll = 4s, a block every {} s; counted for {} s",
            BLOCK.as_secs(),
            WATCHED.as_secs()
        )),
    );
    let [now, most] = memory(&kit)?.map(|bytes| bytes / f64::from(1 << 20));
    report.row(Row::new("relayer.idle.memory", now, Unit::Mebibytes).note(format!("at most {most:.0}")));
    Ok(())
}

/// How many calls the endpoints were asked.
fn calls(kit: &Kit) -> u64 {
    let counts = kit.endpoints().map(Proxy::counts);
    counts.flat_map(|counts| counts.into_values()).sum()
}
