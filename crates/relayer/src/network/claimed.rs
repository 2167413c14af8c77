//! What was claimed on a network, and what a claim says of it.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolCall;
use causeway_bindings::{SharedBridge, SharedBridgeL2};
use causeway_ledger::exit_tree::Keccak;
use causeway_ledger::tree::TreeKind;
use causeway_types::{
    Exit, ExitRoot, GlobalIndex, LeafType, MerkleProof, NetworkId, RollupExitRoot, TREE_DEPTH, TokenId,
    TypesError, hash_pair,
};

/// A claim, as the bridge logged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The exit.
    pub index: GlobalIndex,
    /// Its token, or its sender.
    pub token: TokenId,
    /// To whom it went.
    pub destination_address: Address,
    /// How much.
    pub amount: U256,
    /// The transaction that made it, if the log says so.
    pub transaction: Option<B256>,
    /// The bridge's chain of claims before and after it; L1 has none.
    pub link: Option<(B256, B256)>,
    /// What the claim itself said, where that is known.
    pub details: Option<ClaimDetails>,
}

/// What a claim itself says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDetails {
    /// The exit.
    pub exit: Exit,
    /// Its path in its source's exit tree.
    pub local: MerkleProof,
    /// Its source's path in the rollup exit tree; of no meaning if that is L1.
    pub rollup: MerkleProof,
    /// First half of the global exit root.
    pub mainnet_exit_root: ExitRoot,
    /// Second half.
    pub rollup_exit_root: RollupExitRoot,
}

impl Claimed {
    /// Where the exit's leaf leads the chain of claims.
    pub(super) fn chain_with(&self, before: B256, exit: &Exit) -> B256 {
        let index: U256 = self.index.into();
        hash_pair(before, hash_pair(index.into(), exit.leaf()))
    }

    /// Whether an exit is what the log says was claimed.
    pub(super) fn is_of(&self, exit: &Exit) -> bool {
        (self.token, self.destination_address, self.amount)
            == (exit.token, exit.destination_address, exit.amount)
    }

    /// Whether the bridge's chain of claims has this exit here; unknown where there is no chain.
    pub(super) fn is_linked(&self, exit: &Exit) -> bool {
        self.link
            .is_none_or(|(before, after)| self.chain_with(before, exit) == after)
    }
}

impl ClaimDetails {
    /// Of a log that repeats a claim.
    pub(super) fn of_event(event: SharedBridgeL2::DetailedClaimEvent) -> Self {
        Self {
            exit: Exit {
                leaf_type: LeafType::Transfer,
                token: TokenId {
                    network: NetworkId::new(event.originNetwork),
                    address: event.originTokenAddress,
                },
                destination_network: NetworkId::new(event.destinationNetwork),
                destination_address: event.destinationAddress,
                amount: event.amount,
                metadata_hash: keccak256(&event.metadata),
            },
            local: MerkleProof::new(event.smtProofLocalExitRoot),
            rollup: MerkleProof::new(event.smtProofRollupExitRoot),
            mainnet_exit_root: ExitRoot::new(event.mainnetExitRoot),
            rollup_exit_root: RollupExitRoot::new(event.rollupExitRoot),
        }
    }

    /// Whether the paths lead from the exit to the half of the global exit root that is its source's.
    pub(super) fn leads(&self, index: GlobalIndex) -> bool {
        let root = self.local.root(self.exit.leaf(), index.leaf_index());
        match index.rollup_index() {
            None => root == self.mainnet_exit_root.get(),
            Some(rollup) => self.rollup.root(root, rollup.get()) == self.rollup_exit_root.get(),
        }
    }

    /// The claims that a call to a bridge of this network makes; none if it makes no claims.
    ///
    /// # Errors
    /// [`TypesError`] if a claim has a global index or a leaf type that no exit has.
    pub fn of_call(network: NetworkId, input: &[u8]) -> Result<Vec<(GlobalIndex, Self)>, TypesError> {
        if let Ok(call) = SharedBridge::claimAssetCall::abi_decode(input) {
            let details = Self::of_event(SharedBridgeL2::DetailedClaimEvent {
                smtProofLocalExitRoot: call.smtProofLocalExitRoot,
                smtProofRollupExitRoot: call.smtProofRollupExitRoot,
                globalIndex: call.globalIndex,
                mainnetExitRoot: call.mainnetExitRoot,
                rollupExitRoot: call.rollupExitRoot,
                originNetwork: call.originNetwork,
                originTokenAddress: call.originTokenAddress,
                destinationNetwork: call.destinationNetwork,
                destinationAddress: call.destinationAddress,
                amount: call.amount,
                metadata: call.metadata,
            });
            return Ok(vec![(GlobalIndex::try_from(call.globalIndex)?, details)]);
        }
        if let Ok(call) = SharedBridge::claimMessageCall::abi_decode(input) {
            let details = Self {
                exit: Exit {
                    leaf_type: LeafType::Message,
                    token: TokenId {
                        network: NetworkId::new(call.originNetwork),
                        address: call.originAddress,
                    },
                    destination_network: NetworkId::new(call.destinationNetwork),
                    destination_address: call.destinationAddress,
                    amount: call.amount,
                    metadata_hash: keccak256(&call.metadata),
                },
                local: MerkleProof::new(call.smtProofLocalExitRoot),
                rollup: MerkleProof::new(call.smtProofRollupExitRoot),
                mainnet_exit_root: ExitRoot::new(call.mainnetExitRoot),
                rollup_exit_root: RollupExitRoot::new(call.rollupExitRoot),
            };
            return Ok(vec![(GlobalIndex::try_from(call.globalIndex)?, details)]);
        }
        let Ok(call) = SharedBridge::claimManyCall::abi_decode(input) else {
            return Ok(Vec::new());
        };
        let claims = call.claims.into_iter().map(|claim| {
            let details = Self {
                exit: Exit {
                    leaf_type: LeafType::try_from(claim.leafType)?,
                    token: TokenId {
                        network: NetworkId::new(claim.originNetwork),
                        address: claim.originAddress,
                    },
                    destination_network: network,
                    destination_address: claim.destinationAddress,
                    amount: claim.amount,
                    metadata_hash: keccak256(&claim.metadata),
                },
                local: lengthened(&claim.smtProofLocalExitRoot),
                rollup: lengthened(&claim.smtProofRollupExitRoot),
                mainnet_exit_root: ExitRoot::new(call.mainnetExitRoot),
                rollup_exit_root: RollupExitRoot::new(call.rollupExitRoot),
            };
            Ok((GlobalIndex::try_from(claim.globalIndex)?, details))
        });
        claims.collect()
    }
}

/// A path whose last siblings are left out because they are empty subtrees.
fn lengthened(short: &[B256]) -> MerkleProof {
    let mut siblings = [B256::ZERO; TREE_DEPTH];
    for (height, sibling) in siblings.iter_mut().enumerate() {
        *sibling = short.get(height).copied().unwrap_or(Keccak::empty()[height]);
    }
    MerkleProof::new(siblings)
}
