//! The folder of generated files: what belongs there against what is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// A file that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// It is missing or says something else.
    Write { path: PathBuf, text: String },
    /// Nothing generates it.
    Remove { path: PathBuf },
}

impl Difference {
    /// The file, from the folder.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Write { path, .. } | Self::Remove { path } => path,
        }
    }
}

/// What differs between `folder` and `files`, by path.
pub(crate) fn differences(folder: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Vec<Difference>> {
    let present = present(folder)?;
    let mut differences = Vec::new();
    for path in present.iter().filter(|path| !files.contains_key(*path)) {
        differences.push(Difference::Remove { path: path.clone() });
    }
    for (path, text) in files {
        let same = present.contains(path) && read(&folder.join(path))? == text.as_bytes();
        if !same {
            differences.push(Difference::Write {
                path: path.clone(),
                text: text.clone(),
            });
        }
    }
    differences.sort_by(|left, right| left.path().cmp(right.path()));
    Ok(differences)
}

/// Makes `folder` as it should be.
pub(crate) fn write(folder: &Path, differences: &[Difference]) -> Result<()> {
    for difference in differences {
        let path = folder.join(difference.path());
        let done = match difference {
            Difference::Write { text, .. } => write_file(&path, text),
            Difference::Remove { .. } => fs::remove_file(&path),
        };
        done.with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

/// Every file under `folder`, from there; none if it does not exist.
fn present(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| next.display().to_string())?,
        };
        for entry in entries {
            let path = entry.with_context(|| next.display().to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn files(texts: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        let file = |(path, text): &(&str, &str)| (PathBuf::from(path), (*text).to_owned());
        texts.iter().map(file).collect()
    }

    #[test]
    fn finds_and_mends_what_is_missing_changed_or_stale() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("generated");
        let first = files(&[("same.rs", "1"), ("changed.rs", "2"), ("deep/stale.rs", "3")]);
        write(&folder, &differences(&folder, &first).unwrap()).unwrap();
        assert_eq!(differences(&folder, &first).unwrap(), []);

        let second = files(&[("same.rs", "1"), ("changed.rs", "4"), ("deep/new.rs", "5")]);
        let found = differences(&folder, &second).unwrap();
        let write_of = |path: &str, text: &str| Difference::Write {
            path: path.into(),
            text: text.to_owned(),
        };
        let stale = Difference::Remove {
            path: "deep/stale.rs".into(),
        };
        assert_eq!(
            found,
            [write_of("changed.rs", "4"), write_of("deep/new.rs", "5"), stale]
        );

        write(&folder, &found).unwrap();
        assert_eq!(differences(&folder, &second).unwrap(), []);
    }
}
