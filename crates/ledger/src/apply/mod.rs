//! What a certificate does to its network's state.

mod claims;
mod draft;
#[cfg(test)]
mod fuzz_tests;
mod sums;
#[cfg(test)]
mod tests;
mod transition;
#[cfg(test)]
mod vector_tests;

use std::collections::HashSet;

use causeway_types::{Certificate, Exit, HistoryEntry, LeafType, NetworkId};

pub use draft::draft;
pub use sums::BalanceOpening;
pub use transition::{Dependency, Transition};

use crate::digest::{CertificateStatement, contingencies_digest, imports_digest};
use crate::error::LedgerError;
use crate::shadow::shadow_leaf;
use crate::state::State;

/// Applies a certificate to the state of its network, all of it or none.
///
/// Whether the network made the certificate is [`crate::check_authority`]'s question; whether what it depends on is
/// settled is [`crate::settle_epoch`]'s.
///
/// # Errors
/// The first rule that the certificate breaks: its place, its imports in order, its exits in order, the new exit root,
/// the balances in the order of their tokens, the contingencies.
pub fn apply(state: &State, certificate: &Certificate) -> Result<Transition, LedgerError> {
    check_place(state, certificate)?;
    let mut new = state.clone();
    let (imports, mut dependencies) = claims::check_imports(state, certificate)?;
    new.nullifiers
        .insert(certificate.imports.iter().map(|import| import.global_index));
    append_exits(&mut new, certificate)?;
    let balances = sums::settle_balances(&mut new, certificate)?;
    check_contingencies(certificate)?;
    let contingencies = certificate.contingencies.iter();
    dependencies.extend(contingencies.map(|&contingency| Dependency::Contingency(contingency)));
    new.state_root = certificate.state_root.unwrap_or(state.state_root);
    let entry = HistoryEntry {
        height: certificate.height,
        state_root: new.state_root,
        shadow_root: new.shadow.root(),
        exit_count: new.shadow.count(),
    };
    new.history.append(entry)?;
    let statement = CertificateStatement {
        domain: state.domain().digest(),
        network: certificate.network,
        height: certificate.height,
        expiry: certificate.expiry,
        old_state_root: state.state_root,
        new_state_root: new.state_root,
        exit_count: entry.exit_count,
        shadow_root: entry.shadow_root,
        imports: imports_digest(&imports),
        contingencies: contingencies_digest(&certificate.contingencies),
    };
    Ok(Transition {
        old: state.clone(),
        new,
        certificate: certificate.clone(),
        statement,
        entry,
        imports,
        balances,
        dependencies,
    })
}

fn check_place(state: &State, certificate: &Certificate) -> Result<(), LedgerError> {
    if certificate.network != state.network() {
        return Err(LedgerError::MismatchNetwork {
            declared: certificate.network,
            expected: state.network(),
        });
    }
    if certificate.height != state.height() {
        return Err(LedgerError::MismatchHeight {
            declared: certificate.height,
            expected: state.height(),
        });
    }
    if certificate.prev_local_exit_root != state.exits.root() {
        return Err(LedgerError::MismatchPrevLocalExitRoot {
            declared: certificate.prev_local_exit_root,
            expected: state.exits.root(),
        });
    }
    Ok(())
}

/// The rules for one exit of a network, L1 included.
pub(crate) fn check_exit(network: NetworkId, position: usize, exit: &Exit) -> Result<(), LedgerError> {
    let origin = exit.token.network;
    if exit.destination_network == network {
        return Err(LedgerError::CannotExitToSameNetwork { exit: position });
    }
    if exit.leaf_type == LeafType::Message && origin != network {
        return Err(LedgerError::InvalidMessageOriginNetwork {
            exit: position,
            origin,
        });
    }
    if exit.token.address.is_zero() && !origin.is_mainnet() {
        return Err(LedgerError::InvalidL1TokenInfo {
            exit: position,
            leaf_type: exit.leaf_type,
            origin,
        });
    }
    Ok(())
}

fn append_exits(new: &mut State, certificate: &Certificate) -> Result<(), LedgerError> {
    let mut leaves = Vec::with_capacity(certificate.exits.len());
    for (position, exit) in certificate.exits.iter().enumerate() {
        check_exit(new.network(), position, exit)?;
        new.exits.append(exit.leaf())?;
        leaves.push(shadow_leaf(exit));
    }
    let computed = new.exits.root();
    if certificate.new_local_exit_root != computed {
        return Err(LedgerError::MismatchNewLocalExitRoot {
            declared: certificate.new_local_exit_root,
            computed,
        });
    }
    new.shadow.extend(&leaves)
}

fn check_contingencies(certificate: &Certificate) -> Result<(), LedgerError> {
    let mut named = HashSet::new();
    for (position, on) in certificate.contingencies.iter().enumerate() {
        if on.network == certificate.network {
            return Err(LedgerError::ContingencyOnSelf {
                contingency: position,
            });
        }
        if on.network.is_mainnet() {
            return Err(LedgerError::ContingencyOnMainnet {
                contingency: position,
            });
        }
        if !named.insert((on.network, on.height)) {
            return Err(LedgerError::DuplicateContingency {
                contingency: position,
                network: on.network,
                height: on.height,
            });
        }
    }
    Ok(())
}
