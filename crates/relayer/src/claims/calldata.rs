//! The calldata of a claim.

use alloy_primitives::Bytes;
use alloy_sol_types::SolCall;
use causeway_bindings::SharedBridge;
use causeway_ledger::ExitTree;
use causeway_types::{ExitRoot, GlobalExitRoot, GlobalIndex, LeafType, NetworkId, RollupIndex};

use super::error::ClaimsError;
use crate::network::{GlobalRoot, Sent};

/// A claim, ready to be sent to its destination's bridge by anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimCall {
    /// The exit.
    pub index: GlobalIndex,
    /// The network whose bridge takes it.
    pub destination: NetworkId,
    /// The root under which it is claimed: the destination has to know it.
    pub root: GlobalExitRoot,
    /// The call of `claimAsset` or `claimMessage`.
    pub calldata: Bytes,
}

/// The claim of an exit under a root that covers it. `exits` are its source's, as far as the root covers them at least.
///
/// # Errors
/// [`ClaimsError::NotCovered`] or [`ClaimsError::OtherExits`].
pub fn calldata(sent: &Sent, exits: &ExitTree, root: &GlobalRoot) -> Result<ClaimCall, ClaimsError> {
    let (index, exit) = (sent.index, &sent.exit);
    let source = index.source();
    let covered = root.count(source);
    if !root.covers(index) {
        return Err(ClaimsError::NotCovered {
            index,
            root: root.global(),
            covered,
        });
    }
    let local = exits.proof_at(index.leaf_index(), covered.min(exits.count()));
    let rollup = root.rollup_proof(source);
    let computed = local.root(exit.leaf(), index.leaf_index());
    let is_right = match RollupIndex::try_from(source) {
        Ok(rollup_index) => rollup.root(computed, rollup_index.get()) == root.rollup().get(),
        Err(_) => computed == root.mainnet().get(),
    };
    if !is_right {
        return Err(ClaimsError::OtherExits {
            index,
            computed: ExitRoot::new(computed),
            expected: root.exit_root(source),
        });
    }
    let calldata = match exit.leaf_type {
        LeafType::Transfer => SharedBridge::claimAssetCall {
            smtProofLocalExitRoot: *local.siblings(),
            smtProofRollupExitRoot: *rollup.siblings(),
            globalIndex: index.into(),
            mainnetExitRoot: root.mainnet().get(),
            rollupExitRoot: root.rollup().get(),
            originNetwork: exit.token.network.get(),
            originTokenAddress: exit.token.address,
            destinationNetwork: exit.destination_network.get(),
            destinationAddress: exit.destination_address,
            amount: exit.amount,
            metadata: sent.metadata.clone(),
        }
        .abi_encode(),
        LeafType::Message => SharedBridge::claimMessageCall {
            smtProofLocalExitRoot: *local.siblings(),
            smtProofRollupExitRoot: *rollup.siblings(),
            globalIndex: index.into(),
            mainnetExitRoot: root.mainnet().get(),
            rollupExitRoot: root.rollup().get(),
            originNetwork: exit.token.network.get(),
            originAddress: exit.token.address,
            destinationNetwork: exit.destination_network.get(),
            destinationAddress: exit.destination_address,
            amount: exit.amount,
            metadata: sent.metadata.clone(),
        }
        .abi_encode(),
    };
    Ok(ClaimCall {
        index,
        destination: exit.destination_network,
        root: root.global(),
        calldata: calldata.into(),
    })
}
