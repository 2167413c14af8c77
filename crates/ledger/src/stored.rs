//! States in bytes, digests and all: whoever kept one reads it back without hashing anything.
//!
//! They are for whoever wrote them. Nothing here finds out whether bytes were changed meanwhile: keep a checksum beside them. Numbers are
//! big-endian, lists have their length in front, and every value is read back by its type's own rules.

#[cfg(test)]
mod tests;
mod values;

/// Why bytes are not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// They end too early.
    #[error("{missing} more bytes are needed")]
    Short {
        /// How many more at least.
        missing: usize,
    },
    /// They go on after what they should have.
    #[error("{more} bytes are left over")]
    Long {
        /// How many.
        more: usize,
    },
    /// They say what cannot be.
    #[error("there is no such {what}")]
    Malformed {
        /// What they are read as.
        what: &'static str,
    },
}

/// What is read of bytes, from the front.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a>(&'a [u8]);

impl<'a> Stream<'a> {
    /// Of bytes of which nothing was read.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next bytes.
    ///
    /// # Errors
    /// [`StoredError::Short`].
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], StoredError> {
        let (first, rest) = self.0.split_first_chunk().ok_or(StoredError::Short {
            missing: N.saturating_sub(self.0.len()),
        })?;
        self.0 = rest;
        Ok(*first)
    }

    /// Holds the bytes to an end here.
    ///
    /// # Errors
    /// [`StoredError::Long`].
    pub const fn finish(self) -> Result<(), StoredError> {
        match self.0.len() {
            0 => Ok(()),
            more => Err(StoredError::Long { more }),
        }
    }
}

/// What can be kept as bytes.
pub trait Stored: Sized {
    /// Appends the bytes.
    fn store(&self, to: &mut Vec<u8>);

    /// Reads them back.
    ///
    /// # Errors
    /// A [`StoredError`].
    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError>;
}

/// Fields one after the other.
macro_rules! stored_fields {
    ($type:ty, $($field:ident),+) => {
        impl $crate::stored::Stored for $type {
            fn store(&self, to: &mut Vec<u8>) {
                $(self.$field.store(to);)+
            }

            fn restore(
                from: &mut $crate::stored::Stream<'_>,
            ) -> Result<Self, $crate::stored::StoredError> {
                Ok(Self { $($field: $crate::stored::Stored::restore(from)?),+ })
            }
        }
    };
}

pub(crate) use stored_fields;
