//! From a confirmed certificate to the broadcast of its settlement, with a prover that takes no time.

use std::time::Duration;

use alloy_primitives::B256;
use anyhow::{Context, Result};
use causeway_journal::{JobKind, Journal, Timestamp, View};
use causeway_tests::faults::kit::Options;
use causeway_tests::faults::settings::Settings;
use causeway_tests::faults::{Draft, Kit};

use super::{journal, median, start};
use crate::report::Report;
use crate::row::{Row, Unit};

/// Settlements one after the other.
const TIMES: usize = 5;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn run(report: &mut Report) -> Result<()> {
    eprintln!("relayer.latency ...");
    let mut kit = Kit::new(Options {
        settings: Settings {
            // As the example has it; an epoch is closed as soon as there is something.
            poll_ms: 4_000,
            max_wait_ms: 0,
            stall_after_s: 90,
            ..Settings::default()
        },
        ..Options::default()
    })
    .await?;
    start(&mut kit, LIMIT).await?;
    let networks = kit.networks();
    let mut seconds = Vec::new();
    for round in 0..TIMES {
        let draft = Draft::to(networks[1], 1 + round as u64);
        let made = kit.maker().make(networks[0], &draft)?;
        kit.submit(&made).await?;
        kit.until_standing(&[made.id], &["finalized"], Duration::from_secs(120))
            .await?;
        let took = of(&journal(&kit)?, made.id)?;
        eprintln!("settlement {round} was broadcast after {took:?}");
        seconds.push(took.as_secs_f64());
    }
    report.row(
        Row::new(
            "relayer.latency.confirmed_to_broadcast",
            median(seconds),
            Unit::Seconds,
        )
        .note(format!(
            "the middle of {TIMES}, l1.poll = 4s, a prover that takes no time"
        )),
    );
    Ok(())
}

/// What one settlement took by the journal's own times.
fn of(journal: &Journal, id: B256) -> Result<Duration> {
    // One moment: whoever reads the journal inside of a read waits for itself.
    journal.read(|view| {
        let confirmed = at(view, "certificate", &id.to_string(), "confirmed")?;
        let epoch = view.epoch_of(id)?.context("it is in an epoch")?.id.to_string();
        let job = view
            .job_of(JobKind::Settle, &epoch)?
            .context("its epoch is settled")?;
        let attempts = view.attempts(job.id)?;
        let sent = attempts
            .iter()
            .filter_map(|attempt| attempt.accepted_at)
            .min()
            .context("a node took it")?;
        Ok(sent.since(confirmed))
    })
}

/// When something came to stand somewhere.
fn at(view: &View<'_>, kind: &str, subject: &str, standing: &str) -> Result<Timestamp> {
    let events = view.events_of(kind, subject)?;
    let found = events.iter().find(|event| event.body["standing"] == standing);
    Ok(found
        .with_context(|| format!("{kind} {subject} was never {standing}: {events:?}"))?
        .at)
}
