//! Whether imports are addressed to the network, new to it, and backed.

use std::collections::HashSet;

use alloy_primitives::B256;
use causeway_types::{
    Backing, BackingEntry, Certificate, ClaimData, ClaimProof, ExitRoot, GlobalIndex, HistoryBacking,
    ImportedExit, L1InfoLeaf, L1InfoRoot, RollupExitRoot,
};

use super::Dependency;
use crate::digest::ImportId;
use crate::error::LedgerError;
use crate::known_paths::KnownPaths;
use crate::shadow::shadow_leaf;
use crate::state::State;

/// Checks the imports in order: what they are, and what has to be settled for them.
pub(super) fn check_imports(
    state: &State,
    certificate: &Certificate,
) -> Result<(Vec<ImportId>, Vec<Dependency>), LedgerError> {
    let mut ids = Vec::with_capacity(certificate.imports.len());
    let (mut dependencies, mut known, mut taken) = (Vec::new(), HashSet::new(), HashSet::new());
    let (mut first_root, mut paths) = (None, KnownPaths::default());
    for (import, imported) in certificate.imports.iter().enumerate() {
        let index = imported.global_index;
        let id = ImportId {
            source: index.source(),
            leaf_index: index.leaf_index(),
            shadow_leaf: shadow_leaf(&imported.exit),
        };
        check_networks(state, import, imported)?;
        let dependency = match &imported.backing {
            Backing::Claim(claim) => {
                check_claim(import, imported, claim, &mut first_root)?;
                check_leaf_count(import, claim.l1_leaf(), certificate.l1_info_tree_leaf_count)?;
                Dependency::Exit(id)
            }
            Backing::History(history) => check_history(import, &id, history, &mut paths)?,
        };
        if state.nullifiers.contains(index) || !taken.insert(index) {
            return Err(LedgerError::AlreadyImported {
                import,
                global_index: index,
            });
        }
        if known.insert(dependency) {
            dependencies.push(dependency);
        }
        ids.push(id);
    }
    Ok((ids, dependencies))
}

fn check_networks(state: &State, import: usize, imported: &ImportedExit) -> Result<(), LedgerError> {
    if imported.global_index.source() == state.network() {
        return Err(LedgerError::ImportFromSameNetwork { import });
    }
    let destination = imported.exit.destination_network;
    if destination != state.network() {
        return Err(LedgerError::InvalidExitNetwork { import, destination });
    }
    Ok(())
}

/// LxLy's claim: paths from the exit to its exit root, from there to the L1 info leaf's roots, from that leaf to the L1
/// info root, which all claims share.
fn check_claim(
    import: usize,
    imported: &ImportedExit,
    claim: &ClaimData,
    first_root: &mut Option<L1InfoRoot>,
) -> Result<(), LedgerError> {
    let index = imported.global_index;
    let mismatch = LedgerError::MismatchGlobalIndexInclusionProof {
        import,
        source_network: index.source(),
    };
    let got = claim.proof_ger_l1root().root;
    let first = *first_root.get_or_insert(got);
    match (claim, index.rollup_index()) {
        (
            ClaimData::Mainnet {
                proof_leaf_mer,
                l1_leaf,
                ..
            },
            None,
        ) => {
            same_info_root(import, first, got)?;
            if proof_leaf_mer.root != l1_leaf.mer {
                return Err(LedgerError::MismatchMER {
                    import,
                    proof: proof_leaf_mer.root,
                    leaf: l1_leaf.mer,
                });
            }
            check_leaf(import, imported.exit.leaf(), index, proof_leaf_mer)?;
        }
        (
            ClaimData::Rollup {
                proof_leaf_ler,
                proof_ler_rer,
                l1_leaf,
                ..
            },
            Some(rollup),
        ) => {
            same_info_root(import, first, got)?;
            if proof_ler_rer.root != l1_leaf.rer {
                return Err(LedgerError::MismatchRER {
                    import,
                    proof: proof_ler_rer.root,
                    leaf: l1_leaf.rer,
                });
            }
            check_leaf(import, imported.exit.leaf(), index, proof_leaf_ler)?;
            let computed = proof_ler_rer.proof.root(proof_leaf_ler.root.get(), rollup.get());
            if computed != proof_ler_rer.root.get() {
                return Err(LedgerError::InvalidMerklePathLERToRER {
                    import,
                    declared: proof_ler_rer.root,
                    computed: RollupExitRoot::new(computed),
                });
            }
        }
        _ => return Err(mismatch),
    }
    check_info_leaf(import, claim.l1_leaf(), claim.proof_ger_l1root())
}

fn same_info_root(import: usize, first: L1InfoRoot, got: L1InfoRoot) -> Result<(), LedgerError> {
    if first == got {
        Ok(())
    } else {
        Err(LedgerError::MultipleL1InfoRoot { import, first, got })
    }
}

fn check_leaf(
    import: usize,
    leaf: B256,
    index: GlobalIndex,
    proof: &ClaimProof<ExitRoot>,
) -> Result<(), LedgerError> {
    let computed = proof.proof.root(leaf, index.leaf_index());
    if computed == proof.root.get() {
        return Ok(());
    }
    Err(LedgerError::InvalidMerklePathLeafToLER {
        import,
        declared: proof.root,
        computed: ExitRoot::new(computed),
    })
}

fn check_info_leaf(
    import: usize,
    leaf: &L1InfoLeaf,
    proof: &ClaimProof<L1InfoRoot>,
) -> Result<(), LedgerError> {
    let (declared, computed) = (leaf.inner.global_exit_root, leaf.global_exit_root());
    if declared != computed {
        return Err(LedgerError::InconsistentGlobalExitRoot {
            import,
            declared,
            computed,
        });
    }
    let root = proof.proof.root(leaf.hash(), leaf.l1_info_tree_index);
    if root != proof.root.get() {
        return Err(LedgerError::InvalidMerklePathGERToL1Root {
            import,
            declared: proof.root,
            computed: L1InfoRoot::new(root),
        });
    }
    Ok(())
}

fn check_leaf_count(import: usize, leaf: &L1InfoLeaf, declared: Option<u32>) -> Result<(), LedgerError> {
    match declared {
        Some(declared) if leaf.l1_info_tree_index >= declared => Err(LedgerError::L1InfoLeafBeyondCount {
            import,
            index: leaf.l1_info_tree_index,
            declared,
        }),
        _ => Ok(()),
    }
}

/// Causeway's backing: the exit's shadow leaf under the shadow root of an entry of its source.
fn check_history(
    import: usize,
    id: &ImportId,
    history: &HistoryBacking,
    paths: &mut KnownPaths,
) -> Result<Dependency, LedgerError> {
    let entry = &history.entry;
    if entry.network() != id.source {
        return Err(LedgerError::MismatchHistoryNetwork {
            import,
            source_network: id.source,
            entry: entry.network(),
        });
    }
    if id.leaf_index >= entry.exit_count() {
        return Err(LedgerError::ImportBeyondExitCount {
            import,
            leaf_index: id.leaf_index,
            exit_count: entry.exit_count(),
        });
    }
    let declared = entry.shadow_root();
    paths
        .check(declared, id.shadow_leaf, id.leaf_index, &history.path)
        .map_err(|computed| LedgerError::InvalidShadowPath {
            import,
            declared,
            computed,
        })?;
    Ok(match *entry {
        BackingEntry::Network { network, entry } => Dependency::Entry { network, entry },
        BackingEntry::L1(entry) => Dependency::L1(entry),
    })
}
