//! The relayer as a process, on a real chain, with a prover that takes no time.

mod history;
mod idle;
mod intake;
mod latency;
mod recovery;

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use causeway_journal::Journal;
use causeway_tests::faults::Kit;

use crate::Bench;

/// `relayer.recovery.*`: from the start of a process after SIGKILL until it is ready, by how much its journal has.
pub(crate) fn recovery(bench: &mut Bench) -> Result<()> {
    block_on(recovery::run(&mut bench.report))
}

/// `relayer.intake.*`: certificates taken in per second.
pub(crate) fn intake(bench: &mut Bench) -> Result<()> {
    block_on(intake::run(&mut bench.report))
}

/// `relayer.latency.*`: from a confirmed certificate to its settlement's broadcast.
pub(crate) fn latency(bench: &mut Bench) -> Result<()> {
    block_on(latency::run(&mut bench.report))
}

/// `relayer.idle.*`: what it costs when nothing happens.
pub(crate) fn idle(bench: &mut Bench) -> Result<()> {
    block_on(idle::run(&mut bench.report))
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)
}

/// Between two blocks while a relayer begins. A chain that stands still is none that anybody is ready for.
const BLOCK: Duration = Duration::from_secs(1);

/// Starts the kit's relayer and waits until it says that it is ready; how long that takes.
async fn start(kit: &mut Kit, limit: Duration) -> Result<Duration> {
    let began = Instant::now();
    let mut blocks = 0;
    kit.start_failing("")?;
    loop {
        if let Ok(answer) = kit.relayer()?.get("/readyz").await
            && answer.status == 200
        {
            return Ok(began.elapsed());
        }
        if began.elapsed() > limit || !kit.relayer_mut()?.is_running()? {
            let lines = kit.relayer()?.lines();
            bail!("it is not ready after {:?}: {:?}", began.elapsed(), lines.last());
        }
        if began.elapsed() > BLOCK * (blocks + 1) {
            kit.mine(1).await?;
            blocks += 1;
        }
        // Looking costs too: what takes long is not looked at as closely.
        tokio::time::sleep(Duration::from_millis(2).max(began.elapsed() / 100)).await;
    }
}

/// The kit's journal, beside the relayer that writes it.
fn journal(kit: &Kit) -> Result<Journal> {
    Ok(Journal::open_read_only(&kit.places().journal())?)
}

/// How much memory the relayer holds, in bytes: now, and at most so far.
fn memory(kit: &Kit) -> Result<[f64; 2]> {
    let path: PathBuf = format!("/proc/{}/status", kit.relayer()?.pid()).into();
    let text = std::fs::read_to_string(path)?;
    let field = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        1024.0 * number.and_then(|number| number.parse().ok()).unwrap_or(0.0)
    };
    Ok([field("VmRSS:"), field("VmHWM:")])
}

/// The middle one of some figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
