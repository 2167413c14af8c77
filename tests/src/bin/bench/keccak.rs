use std::time::Instant;

use anyhow::Result;
use causeway_circuits::keccak::closing::Stage;
use causeway_circuits::keccak::{Entry, ListClosing, Size};

use crate::Bench;
use crate::row::{Peer, Row, Unit};

/// What is said of the peer, whose figures were measured on two free cores before this code was written.
const PEER: &str = "2,431 columns at rate 1/2, two challenges";
/// The peer's verification in plonky2, 85 permutations.
const PEER_CIRCUIT_SECONDS: f64 = 36.0;
/// The peer's table of 85 permutations.
const PEER_TABLE_SECONDS: f64 = 2.6;
/// All in: 340 permutations; 1,365.
const AIMS: [(Size, f64); 2] = [(Size::Medium, 60.0), (Size::Large, 110.0)];

/// `keccak.*`: full lists of each size, closed.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let report = &mut bench.report;
    let mut fixed = None;
    for size in Size::ALL {
        let name = format!("keccak.{}", format!("{size:?}").to_lowercase());
        if !(report.wants(&name) || report.wants("keccak.marginal")) {
            continue;
        }
        let closing = report.stage(&format!("{name}.build"), || Ok(ListClosing::new(size)?))?;
        for (index, (rows, degree)) in closing.rows().into_iter().enumerate() {
            let row = Row::new(format!("{name}.rows.{index}"), rows as f64, Unit::Constraints);
            report.row(row.note(format!("2^{degree} in all")));
        }
        let entries: Vec<Entry> = (0..size.entries() as u32)
            .flat_map(|i| Entry::of_message(&i.to_be_bytes()).0)
            .collect();
        let mut ends = Vec::new();
        let (stage, _) = report.timed(&format!("{name}.close"), || {
            let start = Instant::now();
            Ok(closing.close(&entries, |stage| {
                ends.push((stage, start.elapsed().as_secs_f64()))
            })?)
        })?;
        let mut before = 0.0;
        for (stage, end) in ends {
            let (part, peer) = match stage {
                Stage::Table => ("table", (size == Size::Small).then_some(PEER_TABLE_SECONDS)),
                Stage::Circuit => ("circuit", Some(PEER_CIRCUIT_SECONDS)),
                Stage::Shape => ("shape", None),
            };
            let row = Row::new(format!("{name}.{part}.seconds"), end - before, Unit::Seconds);
            report.row(match peer {
                Some(peer) => row.beside(Peer::cited(PEER, peer)),
                None => row,
            });
            before = end;
        }
        let aim = AIMS.iter().find(|(of, _)| *of == size);
        report.figures(
            &format!("{name}.close"),
            &stage,
            aim.map(|(_, aim)| format!("aim: at most {aim} s, under 6 GB"))
                .as_deref(),
        );
        let seconds = stage.time.as_secs_f64();
        report.row(Row::new(
            format!("{name}.permutations_per_second"),
            size.entries() as f64 / seconds,
            Unit::PerSecond,
        ));
        if let Some((entries, before)) = fixed {
            let marginal = (seconds - before) / (size.entries() - entries) as f64;
            let row = Row::new(
                format!("keccak.marginal.{}", format!("{size:?}").to_lowercase()),
                marginal,
                Unit::Seconds,
            );
            report.row(row.note("a permutation more, between this size and the one below"));
        }
        fixed = Some((size.entries(), seconds));
    }
    Ok(())
}
