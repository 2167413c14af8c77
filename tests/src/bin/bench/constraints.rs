use anyhow::Result;
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::wrapper::wrap_circuit;

use crate::Bench;
use crate::rates::Rate;
use crate::report::Report;
use crate::row::{Peer, Row, Unit};

/// What we expected of a profile, by adding up the prices of single operations before the circuit was there: with
/// three challenges, 15 % either way.
const fn expected(profile: Profile) -> Option<f64> {
    match profile {
        Profile::Default => Some(1_270_000.0),
        Profile::Small => Some(1_050_000.0),
        Profile::Conservative => None,
    }
}

/// What the profile is held to.
const fn aim(profile: Profile) -> Option<&'static str> {
    match profile {
        Profile::Default => Some("aim 1300000"),
        Profile::Small => Some("aim 1100000"),
        Profile::Conservative => None,
    }
}

/// `wrap.constraints.*` and `wrap.nonzeros.*`.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    for profile in Profile::ALL {
        let names = ["constraints", "nonzeros"].map(|kind| format!("wrap.{kind}.{profile}"));
        if names.iter().any(|name| bench.report.wants(name)) {
            profile_rows(&mut bench.report, profile, &names)?;
        }
    }
    for rate in Rate::all() {
        let name = format!("wrap.constraints.{}.total", rate.name());
        if bench.report.wants(&name) {
            let work = || Ok(rate.wrap()?.synthesize_blank());
            let (_, synthesis) = bench
                .report
                .timed(&format!("constraints of {}", rate.name()), work)?;
            let count = synthesis.r1cs.num_constraints() as f64;
            bench
                .report
                .row(Row::new(name, count, Unit::Constraints).note(rate.note()));
        }
    }
    Ok(())
}

fn profile_rows(report: &mut Report, profile: Profile, [constraints, nonzeros]: &[String; 2]) -> Result<()> {
    let (_, synthesis) = report.timed(&format!("constraints of profile {profile}"), || {
        Ok(wrap_circuit(profile)?.synthesize_blank())
    })?;
    let total = synthesis.r1cs.num_constraints() as f64;
    let mut row = Row::new(format!("{constraints}.total"), total, Unit::Constraints);
    if let Some(expected) = expected(profile) {
        row = row.beside(Peer::cited("cost model", expected));
    }
    if let Some(aim) = aim(profile) {
        row = row.note(aim);
    }
    report.row(row);
    for (section, &count) in &synthesis.sections {
        let share = count as f64 / total * 100.0;
        let row = Row::new(
            format!("{constraints}.{section}"),
            count as f64,
            Unit::Constraints,
        );
        report.row(row.note(format!("{share:.1} % of the total")));
    }
    let r1cs = &synthesis.r1cs;
    for (name, count) in [
        ("total", r1cs.num_non_zero()),
        ("a", r1cs.a.num_non_zero()),
        ("b", r1cs.b.num_non_zero()),
        ("c", r1cs.c.num_non_zero()),
    ] {
        report.row(Row::new(
            format!("{nonzeros}.{name}"),
            count as f64,
            Unit::Entries,
        ));
    }
    Ok(())
}
