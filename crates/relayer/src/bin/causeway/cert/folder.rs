//! A network's earlier certificates, in a folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use causeway_types::Certificate;

use crate::chains::json;

/// All certificates of a folder: its files that end in `.json`.
pub(super) fn certificates(folder: &Path) -> Result<Vec<Certificate>> {
    let cannot = || format!("{} cannot be read", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| json(path)).collect()
}
