use std::fmt;

use serde::Serialize;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Unit {
    /// Gas of the EVM.
    #[serde(rename = "gas")]
    Gas,
    /// Bytes.
    #[serde(rename = "bytes")]
    Bytes,
    /// Rows of a constraint system.
    #[serde(rename = "constraints")]
    Constraints,
    /// Entries of its matrices that are not zero.
    #[serde(rename = "entries")]
    Entries,
    /// Permutations of Keccak.
    #[serde(rename = "permutations")]
    Permutations,
    /// Wall-clock seconds.
    #[serde(rename = "s")]
    Seconds,
    /// 2^20 bytes of memory, the most that the process held.
    #[serde(rename = "MiB")]
    Mebibytes,
    /// 10^-9 seconds.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// 10^-3 seconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// So many an hour.
    #[serde(rename = "/h")]
    PerHour,
    /// So many a second.
    #[serde(rename = "/s")]
    PerSecond,
    /// Parts in a hundred.
    #[serde(rename = "%")]
    Percent,
}

impl Unit {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Gas => "gas",
            Self::Bytes => "bytes",
            Self::Constraints => "constraints",
            Self::Entries => "entries",
            Self::Permutations => "permutations",
            Self::Seconds => "s",
            Self::Mebibytes => "MiB",
            Self::Nanoseconds => "ns",
            Self::Milliseconds => "ms",
            Self::PerHour => "/h",
            Self::PerSecond => "/s",
            Self::Percent => "%",
        }
    }

    const fn decimals(self) -> usize {
        match self {
            Self::Seconds | Self::Milliseconds | Self::PerSecond | Self::Percent | Self::Permutations => 2,
            _ => 0,
        }
    }
}

/// Where a peer's figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// It was measured in this run.
    Run,
    /// It was read or computed.
    Cited,
}

/// What a figure is compared with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Peer {
    /// Who.
    pub(crate) name: String,
    /// Their figure, in the row's unit.
    pub(crate) value: f64,
    /// Where it comes from.
    pub(crate) source: Source,
}

impl Peer {
    /// A peer that ran beside.
    pub(crate) fn run(name: impl Into<String>, value: f64) -> Self {
        Self {
            name: name.into(),
            value,
            source: Source::Run,
        }
    }

    /// A figure that did not come from this run.
    pub(crate) fn cited(name: impl Into<String>, value: f64) -> Self {
        Self {
            name: name.into(),
            value,
            source: Source::Cited,
        }
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    /// Its name: parts with dots between, the general ones first.
    pub(crate) name: String,
    /// The figure.
    pub(crate) value: f64,
    /// What it counts.
    pub(crate) unit: Unit,
    /// What it is compared with.
    pub(crate) peer: Option<Peer>,
    /// [`Self::value`] over the peer's.
    pub(crate) ratio: Option<f64>,
    /// What else a reader has to know.
    pub(crate) note: Option<String>,
}

impl Row {
    /// A figure with nothing beside it.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            peer: None,
            ratio: None,
            note: None,
        }
    }

    /// The same figure beside a peer's.
    pub(crate) fn beside(mut self, peer: Peer) -> Self {
        self.ratio = (peer.value > 0.0).then(|| self.value / peer.value);
        self.peer = Some(peer);
        self
    }

    /// The same figure with a note.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// The line above the rows.
pub(crate) const HEAD: &str = "name                                                    value unit        peer                               ratio";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.unit.decimals();
        let peer = self.peer.as_ref().map_or_else(
            || "-".to_owned(),
            |peer| {
                let cited = if peer.source == Source::Cited {
                    "cited: "
                } else {
                    ""
                };
                format!("{:.decimals$} {cited}{}", peer.value, peer.name)
            },
        );
        let ratio = self
            .ratio
            .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}"));
        write!(
            f,
            "{:<51} {:>9.decimals$} {:<11} {peer:<33} {ratio:>6}",
            self.name,
            self.value,
            self.unit.symbol()
        )?;
        match &self.note {
            Some(note) => write!(f, "  {note}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(row: &Row) -> Vec<String> {
        row.to_string().split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_row_is_name_value_unit_peer_ratio() {
        let row = Row::new("gas.total", 220.0, Unit::Gas);
        assert_eq!(words(&row), ["gas.total", "220", "gas", "-", "-"]);
        let row = row.beside(Peer::run("other", 200.0)).note("twice");
        assert_eq!(
            words(&row),
            ["gas.total", "220", "gas", "200", "other", "1.100", "twice"]
        );
        let row = Row::new("t", 1.5, Unit::Seconds).beside(Peer::cited("paper", 3.0));
        assert_eq!(
            words(&row),
            ["t", "1.50", "s", "3.00", "cited:", "paper", "0.500"]
        );
    }

    #[test]
    fn a_peer_of_nothing_has_no_ratio() {
        let row = Row::new("x", 1.0, Unit::Bytes).beside(Peer::run("y", 0.0));
        assert_eq!(row.ratio, None);
    }

    #[test]
    fn columns_stand_under_their_heads() {
        let row = Row::new("n", 1.0, Unit::Gas)
            .beside(Peer::run("p", 2.0))
            .to_string();
        let head = |name| HEAD.find(name).map(|start| start..start + str::len(name));
        assert_eq!(head("value").map(|at| at.end), row.find("1 ").map(|at| at + 1));
        assert_eq!(head("unit").map(|at| at.start), row.find("gas"));
        assert_eq!(head("peer").map(|at| at.start), row.find("2 p"));
        assert_eq!(head("ratio").map(|at| at.end), Some(row.len()));
    }

    #[test]
    fn a_unit_is_written_as_it_is_printed() {
        for unit in [
            Unit::Gas,
            Unit::Bytes,
            Unit::Constraints,
            Unit::Entries,
            Unit::Seconds,
            Unit::Mebibytes,
            Unit::Nanoseconds,
            Unit::Milliseconds,
            Unit::PerHour,
            Unit::Percent,
        ] {
            assert_eq!(serde_json::to_value(unit).ok(), Some(unit.symbol().into()));
        }
    }
}
