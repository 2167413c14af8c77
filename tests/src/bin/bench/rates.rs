use anyhow::Result;
use causeway_aggregation::Shape;
use causeway_verifier_gen::groth16::{Progress, Step, development_setup, prove};
use causeway_verifier_gen::last::{self, LEAST_BITS, common_data, config};
use causeway_verifier_gen::wrap::WrapCircuit;
use causeway_verifier_gen::wrapper::{DEVELOPMENT_SEED, Layers};
use plonky2::plonk::circuit_data::CircuitConfig;

use crate::Bench;
use crate::row::{Row, Unit};

/// Binary logarithms of one over the rate.
const RATE_BITS: [usize; 4] = [4, 5, 6, 7];
/// Bits of grinding, at each rate.
const PROOF_OF_WORK_BITS: u32 = 18;
/// The rate whose last layer and proof are held to an aim.
const DEFAULT_RATE_BITS: usize = 4;

/// `wrap.last.*`, `wrap.setup.*` and `wrap.proof.*`, for each rate with the fewest queries that reach 100 bits.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Rate::all().try_for_each(|rate| measure_rate(bench, rate))
}

/// A rate of the last layer with the queries that it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    bits: usize,
    queries: usize,
}

impl Rate {
    /// All rates, each with the fewest queries that reach the target.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        RATE_BITS.into_iter().filter_map(|bits| {
            let mut rates = (1..=100).map(|queries| Self { bits, queries });
            rates.find(|rate| rate.security() >= LEAST_BITS)
        })
    }

    /// How it is called in the names of rows.
    pub(crate) fn name(self) -> String {
        format!("rate{}", 1 << self.bits)
    }

    /// What a row says of it.
    pub(crate) fn note(self) -> String {
        format!("{} queries, {:.1} bits", self.queries, self.security())
    }

    /// The wrap circuit.
    pub(crate) fn wrap(self) -> Result<WrapCircuit> {
        Ok(WrapCircuit::new(&common_data(
            self.config(),
            Shape::Closing.common(),
        )?)?)
    }

    fn config(self) -> CircuitConfig {
        config(self.bits, self.queries, PROOF_OF_WORK_BITS)
    }

    fn security(self) -> f64 {
        last::security(&self.config()).bits()
    }
}

fn measure_rate(bench: &mut Bench, rate: Rate) -> Result<()> {
    let [last, setup, proof] =
        ["last", "setup", "proof"].map(|stage| format!("wrap.{stage}.{}", rate.name()));
    let report = &mut bench.report;
    let [wants_last, wants_setup, wants_proof] = [&last, &setup, &proof].map(|name| report.wants(name));
    if !wants_last && !wants_setup && !wants_proof {
        return Ok(());
    }
    let note = rate.note();
    let note = Some(note.as_str());
    let mut seconds = 0.0;
    let synthesis = if wants_last || wants_proof {
        let (tree, closed) = bench.stages.closed(report)?;
        let key = tree.closing().circuit().key();
        let name = format!("{last}.build");
        let (stage, layers) = report.timed(&name, || Ok(Layers::new(rate.config(), key)?))?;
        report.figures(&name, &stage, note);
        let name = format!("{last}.prove");
        let (stage, last_proof) = report.timed(&name, || Ok(layers.prove_last(closed)?))?;
        report.figures(&name, &stage, note);
        seconds += stage.time.as_secs_f64();
        let name = format!("{last}.witness");
        let (stage, synthesis) = report.timed(&name, || Ok(layers.synthesize(&last_proof)?))?;
        report.figures(&name, &stage, note);
        seconds += stage.time.as_secs_f64();
        synthesis
    } else {
        // A setup needs no proof.
        rate.wrap()?.synthesize_blank()
    };
    if !wants_setup && !wants_proof {
        return Ok(());
    }

    let progress = |step: Step| {
        if step.done == 0 {
            eprintln!("    {} ...", step.stage);
        }
    };
    let progress = Progress::new(&progress);
    let work = || Ok(development_setup(&synthesis.r1cs, DEVELOPMENT_SEED, progress)?);
    let (stage, key) = report.timed(&setup, work)?;
    report.figures(&setup, &stage, note);
    if wants_proof {
        let work = || Ok(prove(&key, &synthesis.r1cs, &synthesis.assignment, progress)?);
        let (stage, _) = report.timed(&proof, work)?;
        report.figures(&proof, &stage, note);
        seconds += stage.time.as_secs_f64();
        let row = Row::new(format!("{proof}.with_last.seconds"), seconds, Unit::Seconds);
        report.row(if rate.bits == DEFAULT_RATE_BITS {
            row.note("aim 60 on two free cores")
        } else {
            row
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use causeway_verifier_gen::last::Profile;

    use super::*;

    #[test]
    fn every_rate_reaches_the_target_and_wastes_no_query() {
        let rates: Vec<Rate> = Rate::all().collect();
        assert_eq!(rates.len(), RATE_BITS.len());
        for Rate { bits, queries } in rates {
            let fewer = Rate {
                bits,
                queries: queries - 1,
            };
            assert!(fewer.security() < LEAST_BITS, "{fewer:?}");
        }
    }

    #[test]
    fn profiles_are_among_the_rates() {
        for (profile, bits) in [(Profile::Default, DEFAULT_RATE_BITS), (Profile::Small, 6)] {
            let rate = Rate::all().find(|rate| rate.bits == bits);
            assert_eq!(rate.map(Rate::config), Some(profile.config()));
        }
    }
}
