//! What forge built, read from `contracts/out`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_primitives::{Bytes, hex};
use serde::Deserialize;

/// Why a contract's bytecode could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The file is not there or cannot be read.
    #[error("{}: {source}; `make contracts` builds it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no artifact of forge.
    #[error("{}: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What does not parse.
        source: serde_json::Error,
    },
    /// The bytecode is not hexadecimal: the contract waits for a library's address.
    #[error("{}: bytecode is not linked: {source}", path.display())]
    Bytecode {
        /// The file.
        path: PathBuf,
        /// Where decoding stops.
        source: hex::FromHexError,
    },
}

#[derive(Deserialize)]
struct ArtifactJson {
    bytecode: BytecodeJson,
}

#[derive(Deserialize)]
struct BytecodeJson {
    object: String,
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The creation code of `contract`, declared in a file of the same name.
pub fn creation_code(contract: &str) -> Result<Bytes, ArtifactError> {
    let path = repository().join(format!("contracts/out/{contract}.sol/{contract}.json"));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(ArtifactError::Read { path, source }),
    };
    let artifact: ArtifactJson = match serde_json::from_str(&text) {
        Ok(artifact) => artifact,
        Err(source) => return Err(ArtifactError::Parse { path, source }),
    };
    match hex::decode(artifact.bytecode.object) {
        Ok(code) => Ok(code.into()),
        Err(source) => Err(ArtifactError::Bytecode { path, source }),
    }
}
