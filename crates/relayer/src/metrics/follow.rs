//! What is counted by following the journal's events. It begins where the journal stands when it is first asked.

use causeway_journal::{AttemptOutcome, ClaimKey, Event, JournalError, Standing, View};
use causeway_types::NetworkId;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use serde_json::Value;

use super::labels::{Counters, Histograms, blocks, labels, long};
use super::names;

/// Events read at once.
const AT_ONCE: u32 = 1_000;

/// Counters and times of events.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    /// The last event that was counted.
    seen: Option<u64>,
    moves: Counters,
    stages: Histograms,
    total: Histogram,
    epochs: Counters,
    attempts: Counters,
    outcomes: Counters,
    inclusion: Histograms,
    holds: Counters,
    fees: Counters,
    proofs: Histograms,
    claims: Histograms,
    reorgs: Counter,
    reorg_depth: Histogram,
}

impl Followed {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let histograms = || Histograms::new_with_constructor(long);
        let followed = Self {
            seen: None,
            moves: Counters::default(),
            stages: histograms(),
            total: long(),
            epochs: Counters::default(),
            attempts: Counters::default(),
            outcomes: Counters::default(),
            inclusion: histograms(),
            holds: Counters::default(),
            fees: Counters::default(),
            proofs: histograms(),
            claims: histograms(),
            reorgs: Counter::default(),
            reorg_depth: blocks(),
        };
        names::register(registry, names::MOVES, &followed.moves);
        names::register(registry, names::STAGE_SECONDS, &followed.stages);
        names::register(registry, names::TOTAL_SECONDS, &followed.total);
        names::register(registry, names::EPOCHS, &followed.epochs);
        names::register(registry, names::ATTEMPTS, &followed.attempts);
        names::register(registry, names::OUTCOMES, &followed.outcomes);
        names::register(registry, names::INCLUSION, &followed.inclusion);
        names::register(registry, names::HOLDS, &followed.holds);
        names::register(registry, names::FEES, &followed.fees);
        names::register(registry, names::PROVER_SECONDS, &followed.proofs);
        names::register(registry, names::CLAIM_SECONDS, &followed.claims);
        names::register(registry, names::REORGS, &followed.reorgs);
        names::register(registry, names::REORG_DEPTH, &followed.reorg_depth);
        followed
    }

    /// Counts what happened since the last time.
    pub(super) fn catch_up(&mut self, view: &View<'_>) -> Result<(), JournalError> {
        let mut seen = match self.seen {
            Some(seen) => seen,
            None => view.newest_event()?,
        };
        loop {
            let events = view.events(seen, AT_ONCE)?;
            for event in &events {
                self.count(view, event)?;
                seen = event.seq;
                // Event by event: what was counted is not counted again after an error.
                self.seen = Some(seen);
            }
            if events.len() < AT_ONCE as usize {
                self.seen = Some(seen);
                return Ok(());
            }
        }
    }

    fn count(&self, view: &View<'_>, event: &Event) -> Result<(), JournalError> {
        match event.kind.as_str() {
            "certificate" => self.certificate(view, event),
            "epoch" => {
                let of = labels([("standing", text(&event.body, "standing"))]);
                self.epochs.get_or_create(&of).inc();
                Ok(())
            }
            "attempt" => self.attempt(view, event),
            "job" => {
                let hold = text(&event.body, "hold");
                if !hold.is_empty() {
                    self.holds.get_or_create(&labels([("hold", hold)])).inc();
                }
                Ok(())
            }
            "proof" => self.proof(view, event),
            "claim" => self.claim(view, event),
            "reorg" => {
                let depth = event.body.get("depth").and_then(Value::as_u64);
                self.reorgs.inc();
                self.reorg_depth.observe(depth.unwrap_or_default() as f64);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn certificate(&self, view: &View<'_>, event: &Event) -> Result<(), JournalError> {
        let standing = text(&event.body, "standing");
        self.moves.get_or_create(&labels([("standing", standing)])).inc();
        let before = view.events_of("certificate", &event.subject)?;
        let before: Vec<_> = before.iter().filter(|other| other.seq < event.seq).collect();
        if let Some(last) = before.last() {
            let of = labels([("standing", text(&last.body, "standing"))]);
            let took = event.at.since(last.at);
            self.stages.get_or_create(&of).observe(took.as_secs_f64());
        }
        if let Some(first) = before.first()
            && standing == Standing::Finalized.name()
        {
            self.total.observe(event.at.since(first.at).as_secs_f64());
        }
        Ok(())
    }

    fn attempt(&self, view: &View<'_>, event: &Event) -> Result<(), JournalError> {
        let outcome = text(&event.body, "outcome");
        let Some(job) = event.body.get("job").and_then(Value::as_u64) else {
            return Ok(());
        };
        let attempts = view.attempts(job)?;
        let first = attempts.first();
        if outcome == "signed" {
            let is_first = first.is_some_and(|first| first.hash.to_string() == event.subject);
            let kind = if is_first { "first" } else { "bump" };
            self.attempts.get_or_create(&labels([("kind", kind)])).inc();
            return Ok(());
        }
        self.outcomes.get_or_create(&labels([("outcome", outcome)])).inc();
        let kind = view.job(job)?.map_or("none", |job| job.kind.name());
        let fee = event.body.pointer("/mined/fee_paid").and_then(Value::as_f64);
        if let Some(fee) = fee {
            self.fees.get_or_create(&labels([("kind", kind)])).inc_by(fee);
        }
        if let Some(first) = first
            && outcome == AttemptOutcome::Success.name()
        {
            let took = event.at.since(first.signed_at).as_secs_f64();
            self.inclusion
                .get_or_create(&labels([("kind", kind)]))
                .observe(took);
        }
        Ok(())
    }

    fn proof(&self, view: &View<'_>, event: &Event) -> Result<(), JournalError> {
        let standing = text(&event.body, "standing");
        if !matches!(standing, "done" | "failed") {
            return Ok(());
        }
        let job = match event.subject.parse() {
            Ok(id) => view.proof(id)?,
            Err(_) => None,
        };
        if let Some(job) = job {
            let of = labels([("kind", job.kind.name()), ("standing", standing)]);
            let took = event.at.since(job.created_at);
            self.proofs.get_or_create(&of).observe(took.as_secs_f64());
        }
        Ok(())
    }

    fn claim(&self, view: &View<'_>, event: &Event) -> Result<(), JournalError> {
        if text(&event.body, "standing") != "claimed" {
            return Ok(());
        }
        let parts: Vec<u32> = event
            .subject
            .split(':')
            .filter_map(|part| part.parse().ok())
            .collect();
        let &[origin, destination, deposit] = parts.as_slice() else {
            return Ok(());
        };
        let key = ClaimKey {
            origin: NetworkId::new(origin),
            destination: NetworkId::new(destination),
            deposit,
        };
        if let Some(claim) = view.claim(key)? {
            let of = labels([("destination", &destination.to_string())]);
            let took = event.at.since(claim.seen_at);
            self.claims.get_or_create(&of).observe(took.as_secs_f64());
        }
        Ok(())
    }
}

fn text<'v>(body: &'v Value, field: &str) -> &'v str {
    body.get(field).and_then(Value::as_str).unwrap_or_default()
}
