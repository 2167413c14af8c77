//! What a file says in words.

use std::fmt;

use super::error::FileError;

/// Bytes of the longest title.
pub const MAX_TITLE: usize = 200;

/// A line that tells people what a file is: no control characters, at most [`MAX_TITLE`] bytes. Nothing depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// A title.
    ///
    /// # Errors
    /// [`FileError::Title`].
    pub fn new(text: impl Into<String>) -> Result<Self, FileError> {
        let text = text.into();
        let control = text.chars().any(char::is_control);
        if control || text.len() > MAX_TITLE {
            return Err(FileError::Title {
                bytes: text.len(),
                control,
            });
        }
        Ok(Self(text))
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
