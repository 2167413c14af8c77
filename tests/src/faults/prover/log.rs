//! What the prover wrote down.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

/// How often the mock prover began and finished a piece of work, by its name, of those whose name begins so.
///
/// # Errors
/// If its log cannot be read.
pub fn proofs(log: &Path, prefix: &str) -> Result<Vec<(String, usize, usize)>> {
    let text = match std::fs::read_to_string(log) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        other => other?,
    };
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for line in text.lines() {
        if let Some((word, work)) = line.split_once(' ')
            && work.starts_with(prefix)
        {
            let count = counts.entry(work.to_owned()).or_default();
            match word {
                "begin" => count.0 += 1,
                "proven" => count.1 += 1,
                _ => {}
            }
        }
    }
    Ok(counts
        .into_iter()
        .map(|(work, (begun, proven))| (work, begun, proven))
        .collect())
}
