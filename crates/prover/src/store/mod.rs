//! Finished stages on disk.
//!
//! A stage is known by a digest of all that its outcome depends on, so that what is found under a digest is what would be proven
//! again. A file is written beside its place, brought to disk and moved: it is whole or not there. What is found is held to its
//! checksum here, and verified by whoever asked for it: a store is a cache and is trusted with nothing.

mod file;
mod lock;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::graph::Kind;

pub use file::{Damage, StageId};
use lock::Lock;

/// How unfinished files end; a run removes what another left.
const UNFINISHED: &str = ".unfinished";
/// How finished ones end.
const FINISHED: &str = ".stage";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process works in it.
    #[error(
        "{} is in use by {}: wait for it, or name another folder",
        folder.display(),
        match holder { Some(id) => format!("process {id}"), None => "another process".to_owned() }
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The process, if it says so.
        holder: Option<u32>,
    },
    /// The file system refuses.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What is found of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: it was never finished.
    Nothing,
    /// Its outcome, whole, and not yet verified.
    Outcome(Vec<u8>),
    /// A file that is not its outcome. It is proven again, and the file is replaced.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
    },
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Files.
    pub files: usize,
    /// Bytes that they had.
    pub bytes: u64,
}

/// A folder of stages, held by one process at a time.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    _lock: Lock,
}

impl Store {
    /// Opens the store in a folder, which is made if it is not there, and removes what was left unfinished.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another process has it open, or [`StoreError::Io`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let lock = Lock::take(&folder)?;
        let store = Self { folder, _lock: lock };
        for path in store.files(UNFINISHED)? {
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(store)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a stage's outcome is, or will be.
    pub fn path(&self, kind: impl Kind, id: StageId) -> PathBuf {
        self.folder.join(format!("{}-{id}{FINISHED}", kind.name()))
    }

    /// Whether there is a file of a stage.
    pub fn has(&self, kind: impl Kind, id: StageId) -> bool {
        self.path(kind, id).exists()
    }

    /// What there is of a stage.
    ///
    /// # Errors
    /// [`StoreError::Io`] for a file that cannot be read.
    pub fn read(&self, kind: impl Kind, id: StageId) -> Result<Found, StoreError> {
        let path = self.path(kind, id);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            file => file.map_err(at(&path))?,
        };
        Ok(match file::read(file, kind, id).map_err(at(&path))? {
            Ok(outcome) => Found::Outcome(outcome),
            Err(damage) => Found::Damaged { path, damage },
        })
    }

    /// Keeps a stage's outcome. When this returns it outlives a crash.
    ///
    /// # Errors
    /// [`StoreError::Io`]; there is no file of the stage then, or the one there was.
    pub fn write(&self, kind: impl Kind, id: StageId, outcome: &[u8]) -> Result<(), StoreError> {
        let unfinished = self.write_unfinished(kind, id, outcome)?;
        self.finish(kind, id, &unfinished)
    }

    /// The first half of [`Self::write`]: all of the file is on disk, in another place.
    fn write_unfinished(&self, kind: impl Kind, id: StageId, outcome: &[u8]) -> Result<PathBuf, StoreError> {
        let path = self.path(kind, id).with_extension(&UNFINISHED[1..]);
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            file::write(&mut file, kind, id, outcome)?;
            file.sync_all()
        };
        write().map_err(at(&path))?;
        Ok(path)
    }

    /// The other half.
    fn finish(&self, kind: impl Kind, id: StageId, unfinished: &Path) -> Result<(), StoreError> {
        let path = self.path(kind, id);
        fs::rename(unfinished, &path).map_err(at(&path))?;
        // The name is on disk only once the folder is.
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(at(&self.folder))
    }

    /// Removes a stage's outcome, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn remove(&self, kind: impl Kind, id: StageId) -> Result<Pruned, StoreError> {
        remove(&self.path(kind, id))
    }

    /// Removes the outcome of every stage but these.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn prune(&self, keep: &[(impl Kind, StageId)]) -> Result<Pruned, StoreError> {
        let keep: HashSet<PathBuf> = keep.iter().map(|(kind, id)| self.path(*kind, *id)).collect();
        let mut pruned = Pruned::default();
        for path in self.files(FINISHED)? {
            if !keep.contains(&path) {
                let removed = remove(&path)?;
                pruned.files += removed.files;
                pruned.bytes += removed.bytes;
            }
        }
        Ok(pruned)
    }

    /// Bytes of all outcomes.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for path in self.files(FINISHED)? {
            bytes += fs::metadata(&path).map_err(at(&path))?.len();
        }
        Ok(bytes)
    }

    fn files(&self, ending: &str) -> Result<Vec<PathBuf>, StoreError> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let path = entry.map_err(at(&self.folder))?.path();
            let named = path.file_name().and_then(|name| name.to_str());
            if named.is_some_and(|name| name.ends_with(ending)) {
                files.push(path);
            }
        }
        Ok(files)
    }
}

fn remove(path: &Path) -> Result<Pruned, StoreError> {
    let bytes = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Pruned::default()),
        metadata => metadata.map_err(at(path))?.len(),
    };
    fs::remove_file(path).map_err(at(path))?;
    Ok(Pruned { files: 1, bytes })
}

fn at(path: &Path) -> impl Fn(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::Io {
        path: path.clone(),
        source,
    }
}
