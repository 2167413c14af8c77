//! The failure matrix as a file and as a page, both held to the rows that there are.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use super::rows::ROWS;

/// What has to be true after whatever happened, by name.
const INVARIANTS: [(&str, &str); 7] = [
    ("I1", "each certificate is settled exactly once"),
    ("I2", "each exit is claimed at most once"),
    (
        "I3",
        "no nonce gap remains, and no certificate is without state or reason",
    ),
    ("I4", "the state is that of L1's logs"),
    (
        "I5",
        "nothing is settled before what it is contingent on, or final before L1 has finalized it",
    ),
    ("I6", "fees are below the ceiling and within the budget"),
    ("I7", "it recovers with no step by hand"),
];

/// A row as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Its name.
    name: String,
    /// What happens.
    what: String,
    /// Which invariants it asserts.
    asserts: Vec<String>,
    /// What it asserts besides.
    shows: String,
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// The entries of the file, held to the rows.
fn entries() -> Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path("tests/fault-matrix.json"))?;
    let entries: Vec<Entry> = serde_json::from_str(&text)?;
    let there: Vec<_> = ROWS.iter().map(|row| (row.name, row.what)).collect();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.what.as_str()))
        .collect();
    ensure!(
        told == there,
        "tests/fault-matrix.json tells of {told:?}, and the rows are {there:?}"
    );
    for entry in &entries {
        ensure!(
            !entry.shows.is_empty(),
            "{} does not say what it shows",
            entry.name
        );
        for asserted in &entry.asserts {
            ensure!(
                INVARIANTS.iter().any(|(name, _)| name == asserted),
                "{} asserts {asserted}, which is none",
                entry.name
            );
        }
    }
    Ok(entries)
}

/// The page of documentation.
fn page(entries: &[Entry]) -> String {
    let mut text = String::from(
        "# Faults\n\nWhat `make faults` does to the relayer, on real nodes and the real process, and what has to be true after it. Made of\n\
         [tests/fault-matrix.json](../tests/fault-matrix.json) by a test, which holds both to the rows that there are.\n\n",
    );
    for (name, what) in INVARIANTS {
        let _ = writeln!(text, "- **{name}**: {what}.");
    }
    text += "\n| row | what happens | asserts | and shows |\n| --- | --- | --- | --- |\n";
    for entry in entries {
        let asserts = entry.asserts.join(" ");
        let _ = writeln!(
            text,
            "| {} | {} | {asserts} | {} |",
            entry.name, entry.what, entry.shows
        );
    }
    text
}

#[test]
fn committed_page_of_faults_is_current() {
    let current = page(&entries().expect("the file tells of the rows"));
    let path = path("docs/faults.md");
    if std::env::var_os("CAUSEWAY_REGENERATE").is_some() {
        std::fs::write(&path, &current).expect("the page is written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == current,
        "docs/faults.md is not what the rows are: run the test with CAUSEWAY_REGENERATE=1"
    );
}
