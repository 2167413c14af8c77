use anyhow::{Context, Result};
use causeway_aggregation::{ClosedProof, Root};
use causeway_tests::story::{Leaf, Samples, Tree};

use crate::Bench;
use crate::report::Report;

/// What the programs prove until a closed proof is there: made once, when something needs it, and measured then.
#[derive(Default)]
pub(crate) struct Stages {
    leaves: Option<Vec<Leaf>>,
    tree: Option<Tree>,
    root: Option<Root>,
    closed: Option<ClosedProof>,
}

/// `wrap.normalize.*`, `wrap.node.*` and `wrap.closing.*`.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let (report, stages) = (&mut bench.report, &mut bench.stages);
    if report.wants("wrap.normalize") {
        stages.leaves(report)?;
    }
    if report.wants("wrap.node") {
        stages.root(report)?;
    }
    if report.wants("wrap.closing") {
        stages.closed(report)?;
    }
    Ok(())
}

impl Stages {
    /// A normalised proof of each program.
    fn leaves(&mut self, report: &mut Report) -> Result<&[Leaf]> {
        if self.leaves.is_none() {
            let samples = report.stage("wrap.normalize.build", Samples::new)?;
            let mut leaves = Vec::new();
            for (index, name) in ["payments", "hash_chain"].into_iter().enumerate() {
                let index = u32::try_from(index)?;
                let (_, sample) = report.timed(&format!("proof of {name}"), || samples.prove(index))?;
                let name = format!("wrap.normalize.{name}");
                leaves.push(report.stage(&name, || samples.normalize(&sample))?);
            }
            self.leaves = Some(leaves);
        }
        self.leaves.as_deref().context("no leaves")
    }

    /// Node and closing circuits.
    pub(crate) fn tree(&mut self, report: &mut Report) -> Result<&Tree> {
        if self.tree.is_none() {
            // One function builds both; closing takes a small part of it.
            self.tree = Some(report.stage("wrap.node.build", Tree::new)?);
        }
        self.tree.as_ref().context("no tree")
    }

    /// The node above the leaves.
    fn root(&mut self, report: &mut Report) -> Result<()> {
        if self.root.is_none() {
            self.leaves(report)?;
            self.tree(report)?;
            let leaves = self.leaves.as_deref().context("no leaves")?;
            let tree = self.tree.as_ref().context("no tree")?;
            self.root = Some(report.stage("wrap.node.prove", || tree.aggregate(leaves, |_| {}))?);
        }
        Ok(())
    }

    /// What a node takes and makes: the circuits, leaves, and the root above them.
    pub(crate) fn tree_and_root(&mut self, report: &mut Report) -> Result<(&Tree, &[Leaf], &Root)> {
        self.root(report)?;
        Ok((
            self.tree.as_ref().context("no tree")?,
            self.leaves.as_deref().context("no leaves")?,
            self.root.as_ref().context("no root")?,
        ))
    }

    /// The circuits and a closed proof.
    pub(crate) fn closed(&mut self, report: &mut Report) -> Result<(&Tree, &ClosedProof)> {
        if self.closed.is_none() {
            self.root(report)?;
            let tree = self.tree.as_ref().context("no tree")?;
            let root = self.root.as_ref().context("no root")?;
            self.closed = Some(report.stage("wrap.closing.prove", || tree.close(root))?);
        }
        let tree = self.tree.as_ref().context("no tree")?;
        Ok((tree, self.closed.as_ref().context("no closed proof")?))
    }
}
