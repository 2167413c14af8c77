//! Measurements: one row a figure, printed as soon as it is known and written to `target/bench.json`.
//!
//! A new group is a function that gives rows and an entry of [`GROUPS`].

mod aggregate;
mod bridge;
mod check;
mod constraints;
mod epoch;
mod forge;
mod gas;
mod groth16;
mod keccak;
mod poseidon2;
mod rates;
mod relayer;
mod report;
mod row;
mod snarkjs;
mod sweep;
mod synthetic;
mod tree;

use anyhow::{Context, Result, bail};
use causeway_tests::artifact::repository;

use report::{Report, Selection};
use tree::Stages;

/// What groups share while they run.
struct Bench {
    report: Report,
    stages: Stages,
}

/// Figures that are measured together.
struct Group {
    /// What the names of its rows begin with.
    prefixes: &'static [&'static str],
    /// What it measures.
    about: &'static str,
    /// Whether it runs only if its prefix is given.
    only_when_named: bool,
    run: fn(&mut Bench) -> Result<()>,
}

/// All groups, the cheap ones first.
const GROUPS: &[Group] = &[
    Group {
        prefixes: &["gas.verify.direct", "gas.verify.gateway", "gas.deploy"],
        about: "a committed proof in an EVM, itemised; deployment and code size",
        only_when_named: false,
        run: gas::run,
    },
    Group {
        prefixes: &["gas.bridge"],
        about: "exits and claims beside LxLy's figures",
        only_when_named: false,
        run: bridge::run,
    },
    Group {
        prefixes: &["gas.verify.snarkjs"],
        about: "our verifier beside snarkjs's, one key and one proof",
        only_when_named: false,
        run: snarkjs::run,
    },
    Group {
        prefixes: &["wrap.constraints", "wrap.nonzeros"],
        about: "the wrap's constraints, by profile and part",
        only_when_named: false,
        run: constraints::run,
    },
    Group {
        prefixes: &["wrap.poseidon2"],
        about: "the permutations of the last layer",
        only_when_named: false,
        run: poseidon2::run,
    },
    Group {
        prefixes: &["wrap.sweep"],
        about: "what other hashes and widths would cost there",
        only_when_named: false,
        run: sweep::run,
    },
    Group {
        prefixes: &["wrap.groth16.rows2e16"],
        about: "setup and proof of 2^16 synthetic rows beside ark-groth16",
        only_when_named: false,
        run: |bench| groth16::run(bench, 16),
    },
    Group {
        prefixes: &["wrap.groth16.rows2e20"],
        about: "the same of 2^20 rows",
        only_when_named: true,
        run: |bench| groth16::run(bench, 20),
    },
    Group {
        prefixes: &["wrap.normalize", "wrap.node", "wrap.closing"],
        about: "from two programs' proofs to a closed one",
        only_when_named: false,
        run: tree::run,
    },
    Group {
        prefixes: &["aggregate"],
        about: "gas of aggregated proofs by their number; seconds to aggregate 4, 16 and 64",
        only_when_named: false,
        run: aggregate::run_group,
    },
    Group {
        prefixes: &["settle"],
        about: "gas of an epoch by the number of its networks and how they are authorised",
        only_when_named: false,
        run: epoch::gas,
    },
    Group {
        prefixes: &["epoch"],
        about: "an epoch of eight networks, from certificates to the Groth16 proof",
        only_when_named: false,
        run: epoch::seconds,
    },
    Group {
        prefixes: &["relayer.idle"],
        about: "what the relayer asks its nodes for and holds when nothing happens",
        only_when_named: false,
        run: relayer::idle,
    },
    Group {
        prefixes: &["relayer.latency"],
        about: "from a confirmed certificate to its settlement's broadcast",
        only_when_named: false,
        run: relayer::latency,
    },
    Group {
        prefixes: &["relayer.intake"],
        about: "certificates taken in per second",
        only_when_named: false,
        run: relayer::intake,
    },
    Group {
        prefixes: &["relayer.recovery"],
        about: "a killed relayer until it is ready, with 0, 1,000 and 100,000 certificates in its journal",
        only_when_named: false,
        run: relayer::recovery,
    },
    Group {
        prefixes: &["keccak"],
        about: "lists of keccak blocks closed, in three sizes",
        only_when_named: false,
        run: keccak::run,
    },
    Group {
        prefixes: &["check"],
        about: "the constraint check beside plonky2's prover on the same witness",
        only_when_named: false,
        run: check::run,
    },
    Group {
        prefixes: &["wrap.last", "wrap.setup", "wrap.proof"],
        about: "last layer, setup and Groth16 proof at four rates of the last layer",
        only_when_named: false,
        run: rates::run,
    },
];

impl Group {
    fn is_selected(&self, selection: &Selection) -> bool {
        if self.only_when_named {
            self.prefixes.iter().any(|prefix| selection.names(prefix))
        } else {
            self.prefixes.iter().any(|prefix| selection.overlaps(prefix))
        }
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (first, more) = (arguments.next().unwrap_or_default(), arguments.next());
    if more.is_some() || (first.starts_with('-') && first != "--list") {
        bail!("usage: bench [--list | PREFIX]");
    }
    if first == "--list" {
        list();
        return Ok(());
    }
    run(Selection::new(first))
}

fn list() {
    for group in GROUPS {
        let condition = if group.only_when_named {
            " (only when named)"
        } else {
            ""
        };
        println!("{:<52} {}{condition}", group.prefixes.join(" "), group.about);
    }
}

/// Runs what is selected. A group that fails does not keep the others from running.
fn run(selection: Selection) -> Result<()> {
    let groups: Vec<&Group> = GROUPS
        .iter()
        .filter(|group| group.is_selected(&selection))
        .collect();
    if groups.is_empty() {
        let prefixes: Vec<&str> = GROUPS.iter().flat_map(|group| group.prefixes).copied().collect();
        bail!(
            "no figure begins with {:?}; there are {}",
            selection.prefix(),
            prefixes.join(", ")
        );
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    eprintln!("{threads} threads");
    println!("{}", row::HEAD);
    let mut bench = Bench {
        report: Report::new(selection),
        stages: Stages::default(),
    };
    let mut failed = Vec::new();
    for group in groups {
        if let Err(error) = (group.run)(&mut bench) {
            eprintln!("{} failed: {error:#}", group.prefixes.join(", "));
            failed.push(group.prefixes[0]);
        }
    }
    if failed.is_empty() && bench.report.rows().is_empty() {
        bail!("no figure begins with {:?}", bench.report.selection().prefix());
    }
    let path = repository().join("target/bench.json");
    bench
        .report
        .write(&path)
        .with_context(|| path.display().to_string())?;
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(prefix: &str) -> Vec<&'static str> {
        let selection = Selection::new(prefix.into());
        let groups = GROUPS.iter().filter(|group| group.is_selected(&selection));
        groups.map(|group| group.prefixes[0]).collect()
    }

    #[test]
    fn a_prefix_runs_the_groups_that_have_rows_under_it() {
        assert_eq!(
            selected("gas"),
            ["gas.verify.direct", "gas.bridge", "gas.verify.snarkjs"]
        );
        assert_eq!(selected("wrap.constraints.small"), ["wrap.constraints"]);
        assert_eq!(selected("wrap.proof.rate32"), ["wrap.last"]);
        assert_eq!(selected("gas.verify.gateway.total"), ["gas.verify.direct"]);
        assert!(selected("gsa").is_empty());
    }

    #[test]
    fn a_dear_group_runs_only_when_named() {
        let dear = "wrap.groth16.rows2e20";
        for prefix in ["", "wrap", "wrap.groth16", "wrap.groth16.rows2e"] {
            assert!(!selected(prefix).contains(&dear), "{prefix}");
        }
        for prefix in [dear, "wrap.groth16.rows2e20.proof"] {
            assert_eq!(selected(prefix), [dear]);
        }
    }

    #[test]
    fn no_prefix_of_a_group_is_part_of_another() {
        let prefixes: Vec<&str> = GROUPS.iter().flat_map(|group| group.prefixes).copied().collect();
        for (index, prefix) in prefixes.iter().enumerate() {
            let same = |other: &&str| format!("{other}.").starts_with(&format!("{prefix}."));
            assert_eq!(prefixes.iter().position(same), Some(index), "{prefix}");
            assert_eq!(prefixes.iter().filter(|other| same(other)).count(), 1, "{prefix}");
        }
    }
}
