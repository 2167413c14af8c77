//! Copies of the journal.

use std::path::{Path, PathBuf};
use std::{fs, io};

use causeway_journal::{Journal, JournalError};

use crate::clock;

/// What the names of copies begin with.
const PREFIX: &str = "relayer-";

/// Copies a journal into a folder, under the time of day, and removes all but the newest copies.
///
/// # Errors
/// A [`JournalError`].
pub fn copy(journal: &Journal, folder: &Path, keep: usize) -> Result<PathBuf, JournalError> {
    let failed = |source: io::Error| JournalError::File {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join(format!("{PREFIX}{}.db", clock::now().millis()));
    journal.back_up(&path)?;
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with(PREFIX) && name.ends_with(".db") {
            copies.push(path);
        }
    }
    copies.sort();
    let surplus = copies.len().saturating_sub(keep.max(1));
    for old in &copies[..surplus] {
        fs::remove_file(old).map_err(failed)?;
    }
    Ok(path)
}
