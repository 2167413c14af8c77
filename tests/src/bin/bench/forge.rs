//! What forge measures.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use causeway_tests::artifact::repository;
use serde::de::DeserializeOwned;

/// Where forge leaves what it measures, below the repository's root.
const MEASURED: &str = "target/bench-snapshots";

/// Lets forge measure, and write what it measures where nothing else is.
pub(crate) fn measure(tests: &str) -> Result<()> {
    let folder = repository().join(MEASURED);
    if folder.exists() {
        fs::remove_dir_all(&folder).context(MEASURED)?;
    }
    let forge = std::env::var("FORGE").unwrap_or_else(|_| "node_modules/.bin/forge".to_owned());
    let output = Command::new(forge)
        .args(["test", "--match-contract", tests])
        .current_dir(repository())
        .env("FOUNDRY_SNAPSHOTS", MEASURED)
        .env("FORGE_SNAPSHOT_CHECK", "false")
        .env("FORGE_SNAPSHOT_EMIT", "true")
        .output()
        .context("forge; `make setup` installs it")?;
    ensure!(
        output.status.success(),
        "{tests}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// What forge measured under a group's name. It writes numbers as strings.
pub(crate) fn snapshot(group: &str) -> Result<BTreeMap<String, u64>> {
    let figures: BTreeMap<String, String> =
        read(&repository().join(MEASURED).join(group).with_extension("json"))?;
    let number = |(name, figure): (String, String)| {
        let figure = figure.parse().with_context(|| format!("{group}: {name}"))?;
        Ok((name, figure))
    };
    figures.into_iter().map(number).collect()
}

/// Reads a file of JSON.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
