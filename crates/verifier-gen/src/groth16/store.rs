use std::{
    env,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::{
    Ceremony, Development, Origin, Progress, Provenance, ProvingKey, VerifyingKey, WrongOrigin,
    key_file::{KeyFileError, read_proving_key, write_proving_key},
};
use crate::r1cs::CircuitHash;

/// The folder of keys: for each circuit, under its hash, at most one development key and one ceremony key, each with
/// its verifying key beside it. Files appear whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStore {
    root: PathBuf,
}

/// Why the store does not give or take a key.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No folder is given by the environment.
    #[error("no folder for keys: set CAUSEWAY_KEYS, XDG_CACHE_HOME or HOME")]
    NoFolder,
    /// The store has no such key.
    #[error("no key for circuit {circuit} at {}: make one with `verifier-gen setup` or `verifier-gen import-zkey`", .path.display())]
    Missing {
        /// The circuit.
        circuit: CircuitHash,
        /// Where its key would be.
        path: PathBuf,
    },
    /// The file is damaged or foreign.
    #[error("{}: {source}; delete the file and make the key again with `verifier-gen setup` or `verifier-gen import-zkey`", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyFileError,
    },
    /// The file could not be written; what was there before is untouched.
    #[error("{}: the key could not be written: {source}", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: KeyFileError,
    },
    /// The file holds a key of the other kind.
    #[error("{}: {source}", .path.display())]
    WrongOrigin {
        /// The file.
        path: PathBuf,
        /// The kinds.
        source: WrongOrigin,
    },
}

impl KeyStore {
    /// The store in `root`, which is made when the first key is saved.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The store in `$CAUSEWAY_KEYS`, else `$XDG_CACHE_HOME/causeway/keys`, else `~/.cache/causeway/keys`.
    pub fn from_environment() -> Result<Self, StoreError> {
        Self::from_variables(|name| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        })
    }

    fn from_variables(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Self, StoreError> {
        let cache = || variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
        let root = variable("CAUSEWAY_KEYS").or_else(|| Some(cache()?.join("causeway").join("keys")));
        root.map(Self::at).ok_or(StoreError::NoFolder)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the proving key for `circuit` of the kind `label` (as [`Provenance::label`]) lies.
    pub fn proving_key_path(&self, circuit: CircuitHash, label: &str) -> PathBuf {
        self.root
            .join(circuit.to_string())
            .join(format!("{}.key", label.to_ascii_lowercase()))
    }

    /// Where the verifying key lies that belongs to [`Self::proving_key_path`].
    pub fn verifying_key_path(&self, circuit: CircuitHash, label: &str) -> PathBuf {
        self.proving_key_path(circuit, label).with_extension("vk.json")
    }

    /// Saves `key` and its verifying key, replacing a key of the same kind, and returns where the proving key lies.
    pub fn save<O: Origin>(
        &self,
        key: &ProvingKey<O>,
        progress: Progress<'_>,
    ) -> Result<PathBuf, StoreError> {
        let origin: Provenance = key.verifying_key.origin().clone().into();
        let path = self.proving_key_path(key.circuit(), origin.label());
        write_whole(&path, |out| write_proving_key(key, out, progress))?;
        let vk_path = self.verifying_key_path(key.circuit(), origin.label());
        write_whole(&vk_path, |out| {
            serde_json::to_writer_pretty(&mut *out, &key.verifying_key)?;
            Ok(out.write_all(b"\n")?)
        })?;
        Ok(path)
    }

    /// The ceremony key for `circuit`.
    pub fn load_ceremony(
        &self,
        circuit: CircuitHash,
        progress: Progress<'_>,
    ) -> Result<ProvingKey<Ceremony>, StoreError> {
        let path = self.proving_key_path(circuit, "CEREMONY");
        let key = load(&path, circuit, progress)?;
        key.into_ceremony()
            .map_err(|source| StoreError::WrongOrigin { path, source })
    }

    /// The development key for `circuit`.
    pub fn load_development(
        &self,
        circuit: CircuitHash,
        progress: Progress<'_>,
    ) -> Result<ProvingKey<Development>, StoreError> {
        let path = self.proving_key_path(circuit, "DEVELOPMENT");
        let key = load(&path, circuit, progress)?;
        key.into_development()
            .map_err(|source| StoreError::WrongOrigin { path, source })
    }

    /// The ceremony key for `circuit` if the store has one, else the development key; the origin tells which.
    pub fn load(
        &self,
        circuit: CircuitHash,
        progress: Progress<'_>,
    ) -> Result<ProvingKey<Provenance>, StoreError> {
        match self.load_ceremony(circuit, progress) {
            Err(StoreError::Missing { .. }) => {
                self.load_development(circuit, progress).map(ProvingKey::erase)
            }
            key => key.map(ProvingKey::erase),
        }
    }

    /// The verifying key for `circuit` of the kind `label`.
    pub fn load_verifying_key(
        &self,
        circuit: CircuitHash,
        label: &str,
    ) -> Result<VerifyingKey<Provenance>, StoreError> {
        let path = self.verifying_key_path(circuit, label);
        let file = open(&path, circuit)?;
        let unusable = |source| StoreError::Unusable {
            path: path.clone(),
            source,
        };
        let key: VerifyingKey<Provenance> =
            serde_json::from_reader(BufReader::new(file)).map_err(|error| unusable(error.into()))?;
        if key.circuit() != circuit {
            return Err(unusable(KeyFileError::OtherCircuit {
                found: key.circuit(),
                expected: circuit,
            }));
        }
        if key.origin().label() != label {
            return Err(unusable(KeyFileError::Label));
        }
        Ok(key)
    }
}

fn open(path: &Path, circuit: CircuitHash) -> Result<File, StoreError> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::Missing {
            circuit,
            path: path.into(),
        },
        _ => StoreError::Unusable {
            path: path.into(),
            source: error.into(),
        },
    })
}

fn load(
    path: &Path,
    circuit: CircuitHash,
    progress: Progress<'_>,
) -> Result<ProvingKey<Provenance>, StoreError> {
    let file = open(path, circuit)?;
    let read = |file: File| {
        let length = file.metadata()?.len();
        read_proving_key(BufReader::with_capacity(1 << 20, file), length, circuit, progress)
    };
    read(file).map_err(|source| StoreError::Unusable {
        path: path.into(),
        source,
    })
}

/// Writes a file beside its place and moves it there when all of it is on disk.
fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), KeyFileError>,
) -> Result<(), StoreError> {
    let attempt = || -> Result<(), KeyFileError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        let mut out = BufWriter::with_capacity(1 << 20, file.as_file_mut());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The name is on disk only once the folder is.
        Ok(File::open(folder)?.sync_all()?)
    };
    attempt().map_err(|source| StoreError::Unwritable {
        path: path.into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_folder_is_taken_from_the_environment() {
        let from = |pairs: &[(&str, &str)]| {
            let find = |name: &str| {
                pairs
                    .iter()
                    .find(|pair| pair.0 == name)
                    .map(|pair| PathBuf::from(pair.1))
            };
            KeyStore::from_variables(find).map(|store| store.root)
        };
        assert_eq!(
            from(&[("CAUSEWAY_KEYS", "/k"), ("HOME", "/h")]).unwrap(),
            Path::new("/k")
        );
        assert_eq!(
            from(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]).unwrap(),
            Path::new("/c/causeway/keys")
        );
        assert_eq!(
            from(&[("HOME", "/h")]).unwrap(),
            Path::new("/h/.cache/causeway/keys")
        );
        assert!(matches!(from(&[]), Err(StoreError::NoFolder)));
    }
}
