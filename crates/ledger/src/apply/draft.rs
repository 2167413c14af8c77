//! A certificate in the making.

use alloy_primitives::B256;
use causeway_types::{Certificate, Exit, Expiry, ImportedExit, LxlyAuthorisation};

use crate::error::LedgerError;
use crate::state::State;

/// The next certificate of a network, with its place and exit roots filled in and nothing else: no new state root, no
/// contingencies, no expiry, nobody's authorisation. It may still break rules.
///
/// # Errors
/// [`LedgerError::TreeFull`].
pub fn draft(
    state: &State,
    exits: Vec<Exit>,
    imports: Vec<ImportedExit>,
) -> Result<Certificate, LedgerError> {
    let mut frontier = state.exits.clone();
    for exit in &exits {
        frontier.append(exit.leaf())?;
    }
    Ok(Certificate {
        network: state.network(),
        height: state.height(),
        prev_local_exit_root: state.exits.root(),
        new_local_exit_root: frontier.root(),
        exits,
        imports,
        metadata: B256::ZERO,
        lxly: LxlyAuthorisation::None,
        custom_chain_data: Vec::new(),
        l1_info_tree_leaf_count: None,
        state_root: None,
        contingencies: Vec::new(),
        expiry: Expiry::NEVER,
        authority: None,
    })
}
