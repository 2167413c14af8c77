//! What operators stopped.

use std::fmt;

use causeway_types::NetworkId;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::time::Timestamp;

/// What can be stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// No certificate is taken in.
    Intake,
    /// No proof is begun.
    Proving,
    /// Nothing is sent to L1.
    Settlement,
    /// No claim is sent.
    Claims,
    /// A network's certificates are neither taken in nor settled.
    Network(NetworkId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intake => f.write_str("intake"),
            Self::Proving => f.write_str("proving"),
            Self::Settlement => f.write_str("settlement"),
            Self::Claims => f.write_str("claims"),
            Self::Network(network) => write!(f, "network:{}", network.get()),
        }
    }
}

/// A name that is no scope's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is none of intake, proving, settlement, claims and network:N")]
pub struct UnknownScope {
    name: String,
}

impl TryFrom<String> for Scope {
    type Error = UnknownScope;

    fn try_from(name: String) -> Result<Self, UnknownScope> {
        let network = || {
            let id = name.strip_prefix("network:")?.parse().ok()?;
            Some(Self::Network(NetworkId::new(id)))
        };
        match name.as_str() {
            "intake" => Ok(Self::Intake),
            "proving" => Ok(Self::Proving),
            "settlement" => Ok(Self::Settlement),
            "claims" => Ok(Self::Claims),
            _ => network().ok_or(UnknownScope { name }),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

/// Something that an operator stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What.
    pub scope: Scope,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, if it ends by itself.
    pub until: Option<Timestamp>,
}

impl Change<'_> {
    /// Stops something, until a time or until it is resumed, and says who did and why.
    ///
    /// # Errors
    /// One of the database.
    pub fn pause(
        &self,
        scope: Scope,
        actor: &str,
        reason: &str,
        until: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        let before = self.view().pause(scope, self.at())?;
        self.sql().execute(
            "INSERT OR REPLACE INTO pauses(scope, actor, reason, since, until) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                scope.to_string(),
                actor,
                reason,
                integer(self.at().millis())?,
                until.map(|at| integer(at.millis())).transpose()?
            ],
        )?;
        let before = before.map_or("running", |_| "paused");
        self.audit(
            actor,
            "pause",
            &scope.to_string(),
            reason,
            Some(before),
            Some("paused"),
        )?;
        self.tell("pause", &scope.to_string(), &"paused")
    }

    /// Lets something go on; whether it had been stopped.
    ///
    /// # Errors
    /// One of the database.
    pub fn resume(&self, scope: Scope, actor: &str, reason: &str) -> Result<bool, JournalError> {
        let was = self
            .sql()
            .execute("DELETE FROM pauses WHERE scope = ?1", [scope.to_string()])?
            > 0;
        let before = if was { "paused" } else { "running" };
        self.audit(
            actor,
            "resume",
            &scope.to_string(),
            reason,
            Some(before),
            Some("running"),
        )?;
        if was {
            self.tell("pause", &scope.to_string(), &"running")?;
        }
        Ok(was)
    }
}

impl View<'_> {
    /// Whether something is stopped at a time, by whom and why.
    ///
    /// # Errors
    /// One of the database.
    pub fn pause(&self, scope: Scope, now: Timestamp) -> Result<Option<Pause>, JournalError> {
        let pauses = self.pauses(now)?;
        Ok(pauses.into_iter().find(|pause| pause.scope == scope))
    }

    /// Everything that is stopped at a time.
    ///
    /// # Errors
    /// One of the database.
    pub fn pauses(&self, now: Timestamp) -> Result<Vec<Pause>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT rowid AS rowid_, * FROM pauses WHERE until IS NULL OR until > ?1 ORDER BY scope",
        )?;
        let mut rows = select.query([integer(now.millis())?])?;
        let mut pauses = Vec::new();
        while let Some(row) = rows.next()? {
            pauses.push(record(row)?);
        }
        Ok(pauses)
    }
}

fn record(row: &Row<'_>) -> Result<Pause, JournalError> {
    let columns = Columns::of("pauses", row);
    Ok(Pause {
        scope: columns.parse("scope", |text| Scope::try_from(text.to_owned()).ok())?,
        actor: columns.get("actor")?,
        reason: columns.get("reason")?,
        since: columns.time("since")?,
        until: columns.time_maybe("until")?,
    })
}
