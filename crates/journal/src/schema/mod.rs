//! The tables, and the steps that lead to them.
//!
//! A step never changes once it is released: a journal of any age walks them in order, each in one transaction.

use rusqlite::Connection;

use crate::error::JournalError;

/// The steps. The schema's number is how many of them were taken.
const STEPS: &[&str] = &[include_str!("0001.sql")];

/// The newest schema.
pub(crate) const NEWEST: u32 = STEPS.len() as u32;

/// The schema of a database; 0 if it has none yet.
pub(crate) fn version(connection: &Connection) -> Result<u32, JournalError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Takes the steps that are missing.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    for number in version(connection)?..NEWEST {
        let transaction = connection.transaction()?;
        transaction.execute_batch(STEPS[number as usize])?;
        transaction.pragma_update(None, "user_version", number + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
