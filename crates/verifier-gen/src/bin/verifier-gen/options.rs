//! Arguments that several commands take.

use causeway_verifier_gen::groth16::Word;
pub(crate) use causeway_verifier_gen::options::{KeysOption, ProfileOption};

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
