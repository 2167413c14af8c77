//! Claims, as anybody may send them: right ones, and wrong ones for tests.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::SharedBridge;
use causeway_ledger::exit_tree::Keccak;
use causeway_ledger::tree::TreeKind;
use causeway_types::{GlobalIndex, LeafType, MerkleProof, NetworkId, RollupIndex, TREE_DEPTH};

use super::{KnownRoot, World, WorldError, place};
use crate::evm::{Receipt, SENDER};

/// What a claim says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where it is sent.
    pub at: NetworkId,
    /// Which function takes it.
    pub leaf_type: LeafType,
    /// Path in the source's exit tree.
    pub local: MerkleProof,
    /// Path in the rollup exit tree.
    pub rollup: MerkleProof,
    /// The word of the global index.
    pub global_index: U256,
    /// First half of the global exit root.
    pub mainnet_exit_root: B256,
    /// Second half.
    pub rollup_exit_root: B256,
    /// Network of the token or of the sender.
    pub origin_network: NetworkId,
    /// Token or sender.
    pub origin_address: Address,
    /// Where the exit goes.
    pub destination_network: NetworkId,
    /// To whom.
    pub destination_address: Address,
    /// How much.
    pub amount: U256,
    /// The metadata itself.
    pub metadata: Bytes,
}

impl World {
    /// Whether the destination knows a root that covers the exit.
    pub fn is_covered(&self, index: GlobalIndex) -> bool {
        self.exit(index)
            .is_ok_and(|sent| self.covering(sent.exit.destination_network, index).is_some())
    }

    /// Whether exits to one network can be claimed in one call, under the root of the first.
    pub fn share_a_root(&self, first: Option<GlobalIndex>, other: GlobalIndex) -> bool {
        let Some(first) = first else {
            return true;
        };
        let network = self.exit(first).map(|sent| sent.exit.destination_network);
        let root = network.ok().and_then(|network| self.covering(network, first));
        root.is_some_and(|root| self.roots[root].covers(other))
    }

    /// The newest root that a network knows and that covers an exit.
    fn covering(&self, network: NetworkId, index: GlobalIndex) -> Option<usize> {
        let known = self.chains[place(network)].known.iter().rev();
        known.copied().find(|&root| self.roots[root].covers(index))
    }

    /// The claim of an exit, under the newest root that its destination knows.
    ///
    /// # Errors
    /// [`WorldError::NoSuchExit`] or [`WorldError::NotCovered`].
    pub fn claim_of(&self, index: GlobalIndex) -> Result<Claim, WorldError> {
        let network = self.exit(index)?.exit.destination_network;
        let root = self
            .covering(network, index)
            .ok_or(WorldError::NotCovered { network, index })?;
        self.claim_under(index, &self.roots[root])
    }

    /// The claim of an exit under the newest root that anybody knows.
    ///
    /// # Errors
    /// [`WorldError::NoSuchExit`] or [`WorldError::NotCovered`].
    pub fn claim_under_newest(&self, index: GlobalIndex) -> Result<Claim, WorldError> {
        let network = self.exit(index)?.exit.destination_network;
        let root = self.roots.iter().rev().find(|root| root.covers(index));
        self.claim_under(index, root.ok_or(WorldError::NotCovered { network, index })?)
    }

    fn claim_under(&self, index: GlobalIndex, root: &KnownRoot) -> Result<Claim, WorldError> {
        let sent = self.exit(index)?;
        let source = index.source();
        let rollup = match RollupIndex::try_from(source) {
            Ok(rollup) => root.rollups.proof(rollup),
            Err(_) => MerkleProof::new([B256::ZERO; TREE_DEPTH]),
        };
        let exit = &sent.exit;
        Ok(Claim {
            at: exit.destination_network,
            leaf_type: exit.leaf_type,
            local: self.trees[place(source)].proof_at(index.leaf_index(), root.counts[place(source)]),
            rollup,
            global_index: index.into(),
            mainnet_exit_root: root.mainnet,
            rollup_exit_root: root.rollup.get(),
            origin_network: exit.token.network,
            origin_address: exit.token.address,
            destination_network: exit.destination_network,
            destination_address: exit.destination_address,
            amount: exit.amount,
            metadata: sent.metadata.clone(),
        })
    }

    /// Sends a claim.
    ///
    /// # Errors
    /// The bridge's.
    pub fn submit(&mut self, claim: &Claim) -> Result<Receipt<()>, WorldError> {
        let chain = self.chain(claim.at);
        let result = match claim.leaf_type {
            LeafType::Transfer => {
                let call = SharedBridge::claimAssetCall {
                    smtProofLocalExitRoot: *claim.local.siblings(),
                    smtProofRollupExitRoot: *claim.rollup.siblings(),
                    globalIndex: claim.global_index,
                    mainnetExitRoot: claim.mainnet_exit_root,
                    rollupExitRoot: claim.rollup_exit_root,
                    originNetwork: claim.origin_network.get(),
                    originTokenAddress: claim.origin_address,
                    destinationNetwork: claim.destination_network.get(),
                    destinationAddress: claim.destination_address,
                    amount: claim.amount,
                    metadata: claim.metadata.clone(),
                };
                chain.claims.push(call.abi_encode().into());
                chain.call(SENDER, U256::ZERO, &call).map(drop_output)
            }
            LeafType::Message => {
                let call = SharedBridge::claimMessageCall {
                    smtProofLocalExitRoot: *claim.local.siblings(),
                    smtProofRollupExitRoot: *claim.rollup.siblings(),
                    globalIndex: claim.global_index,
                    mainnetExitRoot: claim.mainnet_exit_root,
                    rollupExitRoot: claim.rollup_exit_root,
                    originNetwork: claim.origin_network.get(),
                    originAddress: claim.origin_address,
                    destinationNetwork: claim.destination_network.get(),
                    destinationAddress: claim.destination_address,
                    amount: claim.amount,
                    metadata: claim.metadata.clone(),
                };
                chain.claims.push(call.abi_encode().into());
                chain.call(SENDER, U256::ZERO, &call).map(drop_output)
            }
        };
        let claimed = [(
            claim.global_index,
            claim.mainnet_exit_root,
            claim.rollup_exit_root,
        )];
        self.after_claims(claim.at, result, &claimed)
    }

    /// Claims an exit.
    ///
    /// # Errors
    /// The bridge's, or what [`Self::claim_of`] says.
    pub fn claim(&mut self, index: GlobalIndex) -> Result<Receipt<()>, WorldError> {
        let claim = self.claim_of(index)?;
        let receipt = self.submit(&claim)?;
        let line = format!("{} is claimed on {}", self.place_of(index), self.name(claim.at));
        self.tell(line);
        Ok(receipt)
    }

    /// Claims exits in one call, under the newest root that covers the first of them, with short proofs.
    ///
    /// # Errors
    /// The bridge's, [`WorldError::NotOneDestination`], or what [`Self::claim_of`] says.
    pub fn claim_many(&mut self, indices: &[GlobalIndex]) -> Result<Receipt<()>, WorldError> {
        let first = *indices.first().ok_or(WorldError::NotOneDestination)?;
        let network = self.exit(first)?.exit.destination_network;
        let root = self.covering(network, first).ok_or(WorldError::NotCovered {
            network,
            index: first,
        })?;
        let root = self.roots[root].clone();
        let mut claims = Vec::new();
        let mut claimed = Vec::new();
        for &index in indices {
            if !root.covers(index) {
                return Err(WorldError::NotCovered { network, index });
            }
            let claim = self.claim_under(index, &root)?;
            if claim.at != network {
                return Err(WorldError::NotOneDestination);
            }
            claimed.push((claim.global_index, root.mainnet, root.rollup.get()));
            claims.push(SharedBridge::Claim {
                globalIndex: claim.global_index,
                leafType: claim.leaf_type as u8,
                originNetwork: claim.origin_network.get(),
                originAddress: claim.origin_address,
                destinationAddress: claim.destination_address,
                amount: claim.amount,
                metadata: claim.metadata,
                smtProofLocalExitRoot: short(&claim.local),
                smtProofRollupExitRoot: if index.source().is_mainnet() {
                    Vec::new()
                } else {
                    short(&claim.rollup)
                },
            });
        }
        let call = SharedBridge::claimManyCall {
            mainnetExitRoot: root.mainnet,
            rollupExitRoot: root.rollup.get(),
            claims,
        };
        let chain = self.chain(network);
        chain.claims.push(call.abi_encode().into());
        let result = chain.call(SENDER, U256::ZERO, &call).map(drop_output);
        let receipt = self.after_claims(network, result, &claimed)?;
        let places: Vec<_> = indices.iter().map(|&index| self.place_of(index)).collect();
        let line = format!(
            "{} are claimed on {} at once",
            places.join(", "),
            self.name(network)
        );
        self.tell(line);
        Ok(receipt)
    }
}

impl KnownRoot {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.mainnet, self.rollup) == (other.mainnet, other.rollup)
    }

    pub(super) fn covers(&self, index: GlobalIndex) -> bool {
        self.counts
            .get(place(index.source()))
            .is_some_and(|&count| index.leaf_index() < count)
    }
}

pub(super) fn drop_output<T>(receipt: Receipt<T>) -> Receipt<()> {
    Receipt {
        output: (),
        gas: receipt.gas,
        logs: receipt.logs,
    }
}

/// A path without the empty subtrees at its end.
fn short(proof: &MerkleProof) -> Vec<B256> {
    let siblings = proof.siblings();
    let empty = Keccak::empty();
    let rest = (0..siblings.len())
        .rev()
        .take_while(|&height| siblings[height] == empty[height])
        .count();
    siblings[..siblings.len() - rest].to_vec()
}
