//! Intake: how many certificates a second are taken in, checked, judged and on the disk, while no more than one in a hundred waits for
//! longer than 50 ms.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use causeway_tests::faults::kit::Options;
use causeway_tests::faults::{Draft, Kit};

use super::start;
use crate::report::Report;
use crate::row::{Row, Unit};

/// What one in a hundred may take.
const AIM: Duration = Duration::from_millis(50);
/// Networks that hand in at once.
const TOGETHER: [usize; 4] = [1, 2, 4, 8];
/// Certificates of each.
const EACH: usize = 125;

pub(super) async fn run(report: &mut Report) -> Result<()> {
    let mut best: Option<(f64, Duration, usize)> = None;
    for together in TOGETHER {
        let (rate, late) = measure(together).await?;
        report.row(
            Row::new(
                format!("relayer.intake.p99.together{together}"),
                late.as_secs_f64() * 1e3,
                Unit::Milliseconds,
            )
            .note(format!("{rate:.0} a second")),
        );
        if late < AIM && best.is_none_or(|(known, ..)| rate > known) {
            best = Some((rate, late, together));
        }
    }
    let (rate, note) = match best {
        Some((rate, late, together)) => (rate, format!("{together} networks at once, p99 {late:.1?}")),
        None => (
            0.0,
            "p99 was above 50 ms whatever the number of networks".to_owned(),
        ),
    };
    report.row(Row::new("relayer.intake.rate", rate, Unit::PerSecond).note(note));
    Ok(())
}

/// The rate, and what one in a hundred took at least.
async fn measure(together: usize) -> Result<(f64, Duration)> {
    let mut kit = Kit::new(Options {
        networks: together.max(2) as u32,
        ..Options::default()
    })
    .await?;
    let networks = kit.networks();
    let mut lists = Vec::new();
    for place in 0..together {
        let to = networks[(place + 1) % networks.len()];
        let mut list = Vec::new();
        for amount in 0..EACH as u64 {
            list.push(
                kit.maker()
                    .make(networks[place], &Draft::to(to, 1 + amount))?
                    .json(),
            );
        }
        lists.push(list);
    }
    start(&mut kit, Duration::from_secs(60)).await?;
    let relayer = kit.relayer()?;
    let began = Instant::now();
    let clients = lists.iter().map(|list| async move {
        let mut taken = Vec::new();
        for certificate in list {
            let asked = Instant::now();
            let answer = relayer.submit(certificate).await?;
            taken.push(asked.elapsed());
            ensure!(
                matches!(answer.status, 200..=202),
                "it is not taken in: {} {}",
                answer.status,
                answer.body
            );
        }
        Ok(taken)
    });
    let taken = futures_util::future::try_join_all(clients).await?;
    let rate = (together * EACH) as f64 / began.elapsed().as_secs_f64();
    let mut all: Vec<_> = taken.into_iter().flatten().collect();
    all.sort_unstable();
    Ok((rate, all[all.len() * 99 / 100]))
}
