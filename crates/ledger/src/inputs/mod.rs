//! Everything that the circuit of a transition opens.

#[cfg(test)]
pub(crate) mod follow;
mod resolve;
mod steps;
#[cfg(test)]
mod tests;

use alloy_primitives::B256;
use causeway_types::{
    Backing, BackingEntry, Contingency, Exit, Expiry, GoldilocksDigest, HistoryEntry, NetworkId, ShadowPath,
};

pub use resolve::Sources;
pub use steps::Step;

use crate::apply::{BalanceOpening, Dependency, Transition};
use crate::chains::PayloadEntry;
use crate::commitment::NetworkState;
use crate::digest::DependencyEntry;
use crate::error::LedgerError;
use crate::exit_tree::ExitFrontier;
use crate::frontier::Frontier;
use crate::shadow::{Shadow, shadow_root};

use resolve::Resolved;

/// A transition as its circuit opens it. Paths are siblings, the leaf's own first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionInputs {
    /// Digest of the deployment.
    pub domain: B256,
    /// Until when the certificate can settle.
    pub expiry: Expiry,
    /// The network before.
    pub old: NetworkState,
    /// The network after.
    pub new: NetworkState,
    /// What appending to the exit tree needs: the nodes behind the old frontier digest.
    pub exit_frontier: ExitFrontier,
    /// What appending to the shadow tree needs: the nodes that give the old shadow root.
    pub shadow_frontier: Frontier<Shadow>,
    /// The exits, in order.
    pub exits: Vec<Exit>,
    /// The imports, in order.
    pub imports: Vec<ImportInputs>,
    /// How many tokens had leaves before: with the root below, the preimage of the old balance root.
    pub balance_count: u32,
    /// Root of the balance tree before, without the count.
    pub balance_tree: GoldilocksDigest,
    /// One opening for each token that is moved, ascending, each in the tree that the ones before it left.
    pub balances: Vec<BalanceOpening>,
    /// The contingencies, in order.
    pub contingencies: Vec<ContingencyInputs>,
    /// The 32 siblings of the history's next place: empty before, then the certificate's own entry.
    pub history: Vec<GoldilocksDigest>,
    /// Which of all this each step takes, and the dependencies of each.
    pub steps: Vec<Step>,
}

/// An import as a circuit opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportInputs {
    /// The exit.
    pub exit: Exit,
    /// The network that made it.
    pub source: NetworkId,
    /// Its place among that network's exits.
    pub leaf_index: u32,
    /// The entry under which it is opened.
    pub entry: BackingEntry,
    /// Its path to the entry's shadow root.
    pub shadow: ShadowPath,
    /// The 64 siblings of its place in the nullifier tree that the imports before it left.
    pub nullifier: Vec<GoldilocksDigest>,
}

/// A contingency as a circuit opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContingencyInputs {
    /// The contingency.
    pub contingency: Contingency,
    /// The entry that has the state root.
    pub entry: HistoryEntry,
}

impl TransitionInputs {
    /// Of a transition, with the help of whoever knows what its imports and contingencies point at.
    ///
    /// # Errors
    /// Those of [`Transition::steps`], and [`LedgerError::InvalidShadowPath`] if an entry of the sources does not have the
    /// shadow root that their tree has.
    pub fn new(transition: &Transition, sources: &impl Sources) -> Result<Self, LedgerError> {
        let resolved = Resolved::of(transition, sources)?;
        let (before, certificate) = (transition.before(), transition.certificate());
        let mut imports = Vec::with_capacity(certificate.imports.len());
        let all = certificate.imports.iter().zip(transition.imports());
        let all = all.zip(&resolved.imports).zip(transition.nullifier_paths());
        for (import, (((imported, id), entry), nullifier)) in all.enumerate() {
            let shadow = match &imported.backing {
                Backing::History(history) => history.path.clone(),
                Backing::Claim(_) => {
                    let dependency = Dependency::Exit(*id);
                    let tree = sources.shadow(id.source);
                    let tree = tree.ok_or(LedgerError::MissingDependency { dependency })?;
                    tree.path_at(id.leaf_index, entry.exit_count())
                }
            };
            let (declared, computed) = (
                entry.shadow_root(),
                shadow_root(id.shadow_leaf, id.leaf_index, &shadow),
            );
            if declared != computed {
                return Err(LedgerError::InvalidShadowPath {
                    import,
                    declared,
                    computed,
                });
            }
            imports.push(ImportInputs {
                exit: imported.exit,
                source: id.source,
                leaf_index: id.leaf_index,
                entry: *entry,
                shadow,
                nullifier,
            });
        }
        let contingencies = certificate.contingencies.iter().zip(&resolved.contingencies);
        let contingencies =
            contingencies.map(|(&contingency, &entry)| ContingencyInputs { contingency, entry });
        let old = before.summary();
        Ok(Self {
            domain: before.domain().digest(),
            expiry: certificate.expiry,
            old,
            new: transition.after().summary(),
            exit_frontier: before.exits().clone(),
            shadow_frontier: before.shadow().frontier(),
            exits: certificate.exits.clone(),
            imports,
            balance_count: before.balances().count(),
            balance_tree: before.balances().tree_root(),
            balances: transition.balances().to_vec(),
            contingencies: contingencies.collect(),
            history: before.history().next_path(),
            steps: resolved.steps(transition),
        })
    }

    /// What an epoch publishes of it.
    pub const fn payload(&self) -> PayloadEntry {
        let new = &self.new;
        PayloadEntry {
            network: new.network,
            height: self.old.height,
            exit_count: new.exit_count,
            exit_root: new.exit_root,
            state_root: new.state_root,
            shadow_root: new.shadow_root,
            balance_root: new.balance_root,
            nullifier_root: new.nullifier_root,
            frontier: new.frontier,
        }
    }

    /// What it depends on, in the order in which that is chained.
    pub fn dependency_entries(&self) -> Vec<DependencyEntry> {
        self.steps.iter().flat_map(Step::dependency_entries).collect()
    }
}
