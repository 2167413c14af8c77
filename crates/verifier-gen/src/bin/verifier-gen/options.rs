//! Arguments that several commands take.

use std::path::PathBuf;

use causeway_verifier_gen::groth16::{KeyStore, StoreError, Word};
use causeway_verifier_gen::last::Profile;
use clap::Args;

/// Which wrap.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ProfileOption {
    /// Parameters of the last plonky2 layer: default, small or conservative
    ///
    /// Each is a circuit of its own with its own key and contract: `default` takes the least time, `small` has the
    /// fewest constraints, `conservative` makes more queries. `verifier-gen info` tells what each is worth.
    #[arg(long, value_name = "NAME", default_value_t = Profile::Default)]
    pub(crate) profile: Profile,
}

/// Where keys are.
#[derive(Clone, Debug, Args)]
pub(crate) struct KeysOption {
    /// Folder of keys [default: $CAUSEWAY_KEYS, $XDG_CACHE_HOME/causeway/keys or ~/.cache/causeway/keys]
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

impl KeysOption {
    pub(crate) fn store(&self) -> Result<KeyStore, StoreError> {
        match &self.keys {
            Some(folder) => Ok(KeyStore::at(folder)),
            None => KeyStore::from_environment(),
        }
    }
}

/// A text that is not 32 bytes in hexadecimal digits.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum NotWord {
    /// Wrong number of digits.
    #[error("{digits} digits where 0x and 64 hexadecimal digits belong")]
    Length {
        /// Digits there are.
        digits: usize,
    },
    /// A character is no digit.
    #[error("{0}")]
    Digit(#[from] hex::FromHexError),
}

/// 32 bytes from 64 hexadecimal digits, with or without 0x.
pub(crate) fn word(text: &str) -> Result<Word, NotWord> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.chars().count() != 64 {
        return Err(NotWord::Length {
            digits: digits.chars().count(),
        });
    }
    let mut word = Word::default();
    hex::decode_to_slice(digits, &mut word)?;
    Ok(word)
}

/// A word as it is printed.
pub(crate) fn hex_word(word: &[u8]) -> String {
    format!("0x{}", hex::encode(word))
}
