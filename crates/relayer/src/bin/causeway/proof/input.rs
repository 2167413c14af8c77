//! Files and folders in, and what is left out of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use causeway_aggregation::files::FileKind;
use causeway_console::{Console, files};
use causeway_relayer::aggregation::Submission;
use clap::Args;
use serde::Serialize;

/// Files and folders.
#[derive(Clone, Debug, Args)]
pub(crate) struct Input {
    /// Files, and folders of them; of a folder every file with the usual ending is taken, in the order of names
    #[arg(value_name = "FILE|DIR", required = true)]
    paths: Vec<PathBuf>,
}

impl Input {
    /// The files, of which a folder has those with the usual ending of a kind.
    pub(crate) fn files(&self, kind: FileKind) -> Result<Vec<PathBuf>> {
        files(&self.paths, kind.extension())
    }
}

/// The files at these paths; of a folder those with an ending, in the order of names.
pub(crate) fn files(paths: &[PathBuf], ending: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let unreadable = || format!("{} cannot be read", path.display());
        if !fs::metadata(path).with_context(unreadable)?.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(path).with_context(unreadable)? {
            let file = entry.with_context(unreadable)?.path();
            if file.extension().is_some_and(|found| found == ending) && file.is_file() {
                found.push(file);
            }
        }
        if found.is_empty() {
            bail!("{} has no file that ends in .{ending}", path.display());
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// Bytes of the longest submission: a million commitments, in the list and once more in the call.
const MAX_SUBMISSION: u64 = 256 << 20;

/// Bytes of the longest calldata: a million commitments and a proof.
pub(crate) const MAX_CALLDATA: u64 = 33 << 20;

/// Reads a submission, and checks nothing but its form.
pub(crate) fn submission(path: &Path) -> Result<Submission> {
    serde_json::from_slice(&files::read_at_most(path, MAX_SUBMISSION)?).with_context(|| {
        format!(
            "{} is no submission, or one of its fields is invalid",
            path.display()
        )
    })
}

/// What a file is called without folder and ending: what is made of it is named after that.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// What was left out, and why.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct LeftOut(Vec<Left>);

#[derive(Debug, Serialize)]
struct Left {
    file: String,
    error: String,
}

impl LeftOut {
    /// Leaves a file out.
    pub(crate) fn push(&mut self, console: &Console, file: &Path, error: &anyhow::Error) {
        let left = Left {
            file: file.display().to_string(),
            error: format!("{error:#}"),
        };
        console.warn(&format!("{} is left out: {}", left.file, left.error));
        self.0.push(left);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The end of a report.
    pub(crate) fn text(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|left| format!("\nleft out: {}: {}", left.file, left.error));
        lines.collect()
    }

    /// With --strict nothing may be left out.
    pub(crate) fn refuse(&self, strict: bool) -> Result<()> {
        match self.0.first() {
            Some(first) if strict => bail!(
                "{} of the files cannot be used, the first is {}: {}",
                self.0.len(),
                first.file,
                first.error
            ),
            _ => Ok(()),
        }
    }
}
