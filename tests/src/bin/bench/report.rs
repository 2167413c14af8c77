use std::{fs, io, path::Path};

use anyhow::{Context, Result};
use causeway_tests::stage::{Stage, measure};

use crate::row::{Peer, Row, Unit};

/// What was asked for: the figures whose names begin with a prefix.
#[derive(Clone, Debug)]
pub(crate) struct Selection(String);

impl Selection {
    /// Everything that begins with `prefix`.
    pub(crate) const fn new(prefix: String) -> Self {
        Self(prefix)
    }

    /// The prefix.
    pub(crate) fn prefix(&self) -> &str {
        &self.0
    }

    /// Whether the figure of this name was asked for, and with it all whose names begin so.
    pub(crate) fn takes(&self, name: &str) -> bool {
        name.starts_with(&self.0)
    }

    /// Whether nothing but figures that begin with `prefix` was asked for.
    pub(crate) fn names(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix)
    }

    /// Whether some figure that begins with `prefix` may have been asked for.
    pub(crate) fn overlaps(&self, prefix: &str) -> bool {
        self.takes(prefix) || self.names(prefix)
    }
}

/// The rows so far.
#[derive(Debug)]
pub(crate) struct Report {
    selection: Selection,
    rows: Vec<Row>,
}

impl Report {
    /// A report of what is selected.
    pub(crate) const fn new(selection: Selection) -> Self {
        Self {
            selection,
            rows: Vec::new(),
        }
    }

    /// What is reported.
    pub(crate) const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// The rows so far.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether a figure that begins with `prefix` may have been asked for: if not, it need not be measured.
    pub(crate) fn wants(&self, prefix: &str) -> bool {
        self.selection.overlaps(prefix)
    }

    /// Prints and keeps a row, if it was asked for.
    pub(crate) fn row(&mut self, row: Row) {
        if self.selection.takes(&row.name) {
            println!("{row}");
            self.rows.push(row);
        }
    }

    /// Does `work` and reports its `.seconds` and `.memory`. A stage that others need runs even if nobody asked for
    /// its figures.
    pub(crate) fn stage<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (stage, result) = self.timed(name, work)?;
        self.figures(name, &stage, None);
        Ok(result)
    }

    /// Reports the `.seconds` and `.memory` of a stage.
    pub(crate) fn figures(&mut self, name: &str, stage: &Stage, note: Option<&str>) {
        for (part, value, unit) in figures(stage) {
            let mut row = Row::new(format!("{name}.{part}"), value, unit);
            row.note = note.map(str::to_owned);
            self.row(row);
        }
    }

    /// Does `work`, which nobody asked to be measured, or whose figures go elsewhere.
    pub(crate) fn timed<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<(Stage, T)> {
        eprintln!("{name} ...");
        let (stage, result) = measure(name, work);
        Ok((stage, result.with_context(|| name.to_owned())?))
    }

    /// Reports the `.seconds` and `.memory` of a stage beside those of a peer.
    pub(crate) fn compare(&mut self, name: &str, ours: &Stage, peer: &str, theirs: &Stage) {
        for ((part, value, unit), (_, other, _)) in figures(ours).into_iter().zip(figures(theirs)) {
            self.row(Row::new(format!("{name}.{part}"), value, unit).beside(Peer::run(peer, other)));
        }
    }

    /// Writes the rows as a JSON array, whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(&self.rows)? + "\n";
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let partial = path.with_extension("json.partial");
        fs::write(&partial, text)?;
        fs::rename(partial, path)
    }
}

fn figures(stage: &Stage) -> [(&'static str, f64, Unit); 2] {
    let memory = stage.peak_memory as f64 / f64::from(1 << 20);
    [
        ("seconds", stage.time.as_secs_f64(), Unit::Seconds),
        ("memory", memory, Unit::Mebibytes),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_keeps_what_was_asked_for() -> Result<()> {
        let mut report = Report::new(Selection::new("a.b".into()));
        assert!(report.wants("a") && report.wants("a.b.c") && !report.wants("a.c"));
        for name in ["a.b", "a.b.c", "a.bc", "a", "a.c"] {
            report.row(Row::new(name, 1.0, Unit::Gas));
        }
        report.stage("a.c", || Ok(()))?;
        report.stage("a.b.stage", || Ok(()))?;
        let names: Vec<&str> = report.rows().iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            ["a.b", "a.b.c", "a.bc", "a.b.stage.seconds", "a.b.stage.memory"]
        );
        Ok(())
    }

    #[test]
    fn everything_is_asked_for_by_nothing() {
        let all = Selection::new(String::new());
        assert!(all.takes("a.b") && all.overlaps("a"));
        assert!(!all.names("a"));
    }
}
