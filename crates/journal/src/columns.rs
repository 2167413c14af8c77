//! Values in columns. What a column holds and its type does not take is a [`JournalError::Damaged`], by table and column.

use alloy_primitives::{Address, B256, U256};
use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::error::JournalError;
use crate::time::Timestamp;

/// A row and the table that it is of.
#[derive(Debug)]
pub(crate) struct Columns<'r, 's> {
    table: &'static str,
    row: &'r Row<'s>,
}

impl<'r, 's> Columns<'r, 's> {
    pub(crate) const fn of(table: &'static str, row: &'r Row<'s>) -> Self {
        Self { table, row }
    }

    /// The error of a column whose value its type does not take.
    pub(crate) fn damaged(&self, column: &'static str) -> JournalError {
        JournalError::Damaged {
            table: self.table,
            column,
            row: self.row.get::<_, i64>("rowid_").ok(),
        }
    }

    pub(crate) fn get<T: FromSql>(&self, column: &'static str) -> Result<T, JournalError> {
        self.row.get(column).map_err(|_| self.damaged(column))
    }

    pub(crate) fn parse<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, JournalError> {
        let text: String = self.get(column)?;
        parse(&text).ok_or_else(|| self.damaged(column))
    }

    pub(crate) fn parse_maybe<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, JournalError> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| parse(&text).ok_or_else(|| self.damaged(column)))
            .transpose()
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<u64, JournalError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| self.damaged(column))
    }

    pub(crate) fn number_maybe(&self, column: &'static str) -> Result<Option<u64>, JournalError> {
        let number: Option<i64> = self.get(column)?;
        number
            .map(|number| u64::try_from(number).map_err(|_| self.damaged(column)))
            .transpose()
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, JournalError> {
        self.number(column).map(Timestamp::from_millis)
    }

    pub(crate) fn time_maybe(&self, column: &'static str) -> Result<Option<Timestamp>, JournalError> {
        Ok(self.number_maybe(column)?.map(Timestamp::from_millis))
    }

    pub(crate) fn hash(&self, column: &'static str) -> Result<B256, JournalError> {
        let bytes: Vec<u8> = self.get(column)?;
        B256::try_from(bytes.as_slice()).map_err(|_| self.damaged(column))
    }

    pub(crate) fn hash_maybe(&self, column: &'static str) -> Result<Option<B256>, JournalError> {
        let bytes: Option<Vec<u8>> = self.get(column)?;
        bytes
            .map(|bytes| B256::try_from(bytes.as_slice()).map_err(|_| self.damaged(column)))
            .transpose()
    }

    pub(crate) fn address(&self, column: &'static str) -> Result<Address, JournalError> {
        let bytes: Vec<u8> = self.get(column)?;
        Address::try_from(bytes.as_slice()).map_err(|_| self.damaged(column))
    }

    pub(crate) fn wei(&self, column: &'static str) -> Result<u128, JournalError> {
        self.parse(column, |text| text.parse().ok())
    }

    pub(crate) fn word(&self, column: &'static str) -> Result<U256, JournalError> {
        Ok(U256::from_be_bytes(self.hash(column)?.0))
    }
}

/// A number as a column holds it.
///
/// # Errors
/// [`JournalError::TooLarge`]: columns hold 63 bits.
pub(crate) fn integer(number: u64) -> Result<i64, JournalError> {
    i64::try_from(number).map_err(|_| JournalError::TooLarge { number })
}

/// Names of an enum's variants as columns, events and the API have them: one list, read both ways.
macro_rules! names {
    ($type:ty { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one of this name.
            pub fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use names;
