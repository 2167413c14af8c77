//! What the next epoch would have if it was closed now.

use std::collections::HashMap;

use alloy_primitives::{B256, U256};
use causeway_journal::{CertificateRecord, JournalError, Reason, Standing, Timestamp, View};
use causeway_ledger::{EpochOutcome, settle_epoch_with};
use causeway_types::Authority;

use super::epoch::{Ready, first_of, of};
use super::{Coordinator, CoordinatorError, EpochPlan};
use crate::desk::{Cause, Code, NextEpoch, PlannedCertificate, Refusal, WaitingCertificate};
use crate::judge;

/// How many certificates that wait are told.
const MOST: usize = 100;

/// What a settlement takes without any certificate, and for each that is proven by its network or signed: a little above what
/// `contracts/snapshots` has of them. What was left out here (approvals, certificates without exits) takes less.
const GAS: u64 = 338_500;
const GAS_PROVEN: u64 = 5_200;
const GAS_SIGNED: u64 = 11_000;

impl Coordinator {
    /// What the next epoch would have if it was closed now, and what keeps it from being closed. `program` is what is proven here.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn next_epoch(&self, program: U256, now: Timestamp) -> Result<NextEpoch, Refusal> {
        self.plan_next(program, now).map_err(|error| match error {
            CoordinatorError::NotReady => Refusal::new(Code::NotReady, error.to_string()).after(5),
            error => Refusal::new(Code::Storage, error.to_string()).after(5),
        })
    }

    fn plan_next(&self, program: U256, now: Timestamp) -> Result<NextEpoch, CoordinatorError> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let known = inner.known.as_ref().ok_or(CoordinatorError::NotReady)?;
        let memory = &mut inner.memory;
        let settings = &self.config.epochs;
        let (ready, assigned, earlier) = self.journal.read(|view| {
            let ready = Ready::read(view, settings, now)?;
            let assigned = view.certificates_at(Standing::Assigned)?;
            Ok::<_, JournalError>((ready, assigned, earlier(view)?))
        })?;
        let base = known.base(inner.heights.settled)?;
        // The open epoch settles before it, unless L1 has it already.
        let open = ready
            .open
            .as_ref()
            .filter(|open| known.commitment() == open.before);
        let (world, entries, exits) = match open {
            Some(open) => {
                let plan = EpochPlan::of(open)?;
                let offered: Vec<_> = assigned.iter().map(|record| &record.certificate).collect();
                (
                    settle_epoch_with(&base.world, &offered, 0, memory).world,
                    plan.entries,
                    plan.exits,
                )
            }
            None => (base.world, 0, 0),
        };
        let records = &ready.confirmed;
        let certificates: Vec<_> = records.iter().map(|record| &record.certificate).collect();
        let settles_at = inner.heights.settles_at(now, settings.proving_margin.0);
        let all = settle_epoch_with(&world, &certificates, settles_at, memory);
        let mut out: HashMap<B256, Reason> = HashMap::new();
        for left in &all.left_out {
            out.insert(records[left.certificate.position].id, judge::left_out(left));
        }
        let outcome = first_of(all, &world, &certificates, settles_at, ready.most, memory);
        let planned: Vec<_> = outcome
            .admitted
            .iter()
            .filter_map(|admitted| {
                let record = of(records, &admitted.certificate)?;
                Some(PlannedCertificate {
                    id: record.id,
                    network: record.certificate.network,
                    height: record.certificate.height,
                    group: admitted.group,
                    confirmed_at: record.standing_at,
                })
            })
            .collect();
        let takes = inner.program.map(|(takes, _)| takes);
        let holds = self.holds(
            &ready,
            planned.len(),
            takes.is_some_and(|takes| takes == program),
            now,
        );
        let waiting = waiting(&ready, earlier, &planned, &out);
        let expiry = (!planned.is_empty()).then(|| outcome.expiry().get());
        Ok(NextEpoch {
            holds,
            closes_at: ready.closes_at(settings),
            missing: ready.most.saturating_sub(records.len()),
            most: ready.most,
            deposits: base.deposits.len().saturating_sub(exits),
            registry_entries: base.registry.len().saturating_sub(entries),
            gas: (!planned.is_empty()).then(|| gas(&outcome)),
            expiry: expiry.filter(|expiry| *expiry != causeway_types::Expiry::NEVER.get()),
            certificates: planned,
            waiting_count: waiting.len(),
            waiting: waiting.into_iter().take(MOST).collect(),
        })
    }

    /// Everything that keeps it from being closed.
    fn holds(&self, ready: &Ready, planned: usize, proves: bool, now: Timestamp) -> Vec<Cause> {
        let mut holds = Vec::new();
        let mut hold = |code: &str, detail: String, about: Option<String>| {
            let code = code.to_owned();
            holds.push(Cause { code, detail, about });
        };
        if let Some(open) = &ready.open {
            let detail = format!(
                "epoch {} is {}, and one is open at a time",
                open.id,
                open.standing.name()
            );
            hold("epoch_open", detail, Some(format!("epoch {}", open.id)));
        }
        if let Some(pause) = &ready.paused {
            let detail = format!("{} paused {}: {}", pause.actor, pause.scope, pause.reason);
            hold("paused", detail, None);
        }
        if !proves {
            let detail =
                "settlement takes another program than is proven here, or it has not been read yet which";
            hold("program", detail.to_owned(), None);
        }
        let settings = &self.config.epochs;
        match ready.closes_at(settings) {
            None => hold("none_confirmed", "no certificate is confirmed".to_owned(), None),
            Some(at) if !ready.is_full() && at > now => {
                let (here, most) = (ready.confirmed.len(), ready.most);
                let detail = format!(
                    "{here} of {most} certificates are confirmed, and the oldest has not waited {} yet",
                    settings.max_wait
                );
                hold("not_full", detail, None);
            }
            Some(_) if planned == 0 => {
                let detail = "the ledger takes none of the confirmed certificates now";
                hold("none_admitted", detail.to_owned(), None);
            }
            Some(_) => {}
        }
        holds
    }
}

/// What L1 does not have and is not confirmed.
fn earlier(view: &View<'_>) -> Result<Vec<CertificateRecord>, JournalError> {
    let mut all = Vec::new();
    for standing in [Standing::Waiting, Standing::Accepted, Standing::Proven] {
        all.extend(view.certificates_at(standing)?);
    }
    Ok(all)
}

/// Every certificate that would not be in it, in order of arrival.
fn waiting(
    ready: &Ready,
    earlier: Vec<CertificateRecord>,
    planned: &[PlannedCertificate],
    out: &HashMap<B256, Reason>,
) -> Vec<WaitingCertificate> {
    let cause = |code: &str, detail: &str| Cause {
        code: code.to_owned(),
        detail: detail.to_owned(),
        about: None,
    };
    let mut all = Vec::new();
    let mut tell = |record: &CertificateRecord, because| {
        let told = WaitingCertificate {
            id: record.id,
            network: record.certificate.network,
            height: record.certificate.height,
            standing: record.standing,
            because,
        };
        all.push((record.seq, told));
    };
    for record in &earlier {
        let because = match (&record.reason, record.standing) {
            (Some(reason), _) => cause(&reason.code, &reason.detail),
            (None, Standing::Proven) => cause(
                "dependency_unproven",
                "something that it depends on is not proven yet",
            ),
            (None, _) => cause("unproven", "its transition is not proven yet"),
        };
        tell(record, because);
    }
    for (record, pause) in &ready.stopped {
        tell(
            record,
            cause("paused", &format!("{} paused it: {}", pause.actor, pause.reason)),
        );
    }
    for record in &ready.confirmed {
        if planned.iter().any(|planned| planned.id == record.id) {
            continue;
        }
        let full = || {
            cause(
                "epoch_full",
                "an epoch takes no more certificates: it comes into the one after",
            )
        };
        let because = out
            .get(&record.id)
            .map_or_else(full, |reason| cause(&reason.code, &reason.detail));
        tell(record, because);
    }
    all.sort_by_key(|(seq, _)| *seq);
    all.into_iter().map(|(_, told)| told).collect()
}

/// What its settlement takes, about.
fn gas(outcome: &EpochOutcome) -> u64 {
    let authorities = outcome.admitted.iter().map(|admitted| {
        let known = outcome.world.network(admitted.certificate.network);
        known.map(|known| known.authority)
    });
    estimate(authorities)
}

fn estimate(authorities: impl Iterator<Item = Option<Authority>>) -> u64 {
    let each = authorities.map(|authority| {
        let signs = authority.is_none_or(|authority| authority.signer_address().is_some());
        if signs { GAS_SIGNED } else { GAS_PROVEN }
    });
    GAS + each.sum::<u64>()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;
    use causeway_types::GoldilocksDigest;
    use serde_json::Value;

    use super::*;

    /// Within two in a hundred of what was measured, and not below it by more than a thousandth.
    #[test]
    fn gas_is_what_settlements_were_measured_to_take() {
        let measured = include_str!("../../../../contracts/snapshots/Settlement, transactions.json");
        let measured: Value = serde_json::from_str(measured).expect("figures");
        let signs = Authority::signer(Address::with_last_byte(1)).expect("a signer");
        let key = GoldilocksDigest::new([1, 2, 3, 4]).expect("a key");
        let proves = Authority::validity(key).expect("a key");
        for (name, count, authority) in [
            ("settle, 0 that prove", 0, proves),
            ("settle, 1 that prove", 1, proves),
            ("settle, 8 that prove", 8, proves),
            ("settle, 64 that prove", 64, proves),
            ("settle, 1 that sign", 1, signs),
            ("settle, 8 that sign", 8, signs),
            ("settle, 64 that sign", 64, signs),
        ] {
            let found = measured[name].as_str().and_then(|text| text.parse::<u64>().ok());
            let found = found.unwrap_or_else(|| panic!("{name} is measured"));
            let told = estimate(std::iter::repeat_n(Some(authority), count));
            assert!(
                told + found / 1_000 >= found && told <= found + found / 50,
                "{name}: {told}, measured {found}"
            );
        }
    }
}
