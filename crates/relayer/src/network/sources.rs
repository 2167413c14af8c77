//! Where imports come from, and what shows them to settlement.

use std::collections::BTreeMap;

use causeway_ledger::ShadowTree;
use causeway_types::{
    Backing, BackingEntry, Certificate, ClaimData, ClaimProof, Exit, ExitRoot, GlobalExitRoot, GlobalIndex,
    HistoryBacking, HistoryEntry, L1Entry, NetworkId,
};

use super::bridge::{BridgeLog, Sent};
use super::build::Prefer;
use super::claimed::{ClaimDetails, Claimed};
use super::error::NetworkError;
use super::ethereum::Ethereum;
use super::roots::GlobalRoot;

/// A network whose exits are known.
#[derive(Clone, Debug)]
struct Source {
    log: BridgeLog,
    shadow: ShadowTree,
    /// Entries that certificates will make which are not settled.
    ahead: Vec<HistoryEntry>,
}

/// Everything that imports come from: L1, and other networks as far as their logs are here.
#[derive(Clone, Debug)]
pub struct Sources<'e> {
    ethereum: &'e Ethereum,
    deposits: ShadowTree,
    networks: BTreeMap<NetworkId, Source>,
}

impl<'e> Sources<'e> {
    /// L1 alone.
    ///
    /// # Errors
    /// Those of [`BridgeLog::shadow`].
    pub fn new(ethereum: &'e Ethereum) -> Result<Self, NetworkError> {
        Ok(Self {
            ethereum,
            deposits: ethereum.bridge().shadow()?,
            networks: BTreeMap::new(),
        })
    }

    /// L1.
    pub const fn ethereum(&self) -> &'e Ethereum {
        self.ethereum
    }

    /// Another network, by its bridge's logs.
    ///
    /// # Errors
    /// [`NetworkError::UnknownNetwork`], or [`NetworkError::OtherSource`] if its exits are not those that it settled.
    pub fn add(&mut self, log: BridgeLog) -> Result<(), NetworkError> {
        let network = log.network();
        let settled = self.ethereum.network(network)?.state;
        let count = settled.exit_count;
        let shadow = log.shadow()?;
        if shadow.count() < count
            || shadow.root_at(count) != settled.shadow_root
            || log.tree().root_at(count) != settled.exit_root
        {
            return Err(NetworkError::OtherSource { network, count });
        }
        let source = Source {
            log,
            shadow,
            ahead: Vec::new(),
        };
        self.networks.insert(network, source);
        Ok(())
    }

    /// A certificate of another network that is to settle with ours or before it, the next one after its settled ones and those that
    /// were handed in before. Its network's exits have to be here.
    ///
    /// # Errors
    /// [`NetworkError::NotToBuildOn`] or [`NetworkError::PastMissing`].
    pub fn ahead(&mut self, certificate: &Certificate) -> Result<(), NetworkError> {
        let network = certificate.network;
        let settled = self.ethereum.network(network)?.state;
        let refused = NetworkError::NotToBuildOn { network };
        let Some(source) = self.networks.get_mut(&network) else {
            return Err(refused);
        };
        let last = source.ahead.last();
        let (height, before, state_root) = match last {
            Some(last) => (last.height + 1, last.exit_count, last.state_root),
            None => (settled.height, settled.exit_count, settled.state_root),
        };
        if certificate.height != height {
            return Err(NetworkError::PastMissing { network, height });
        }
        let count = u32::try_from(certificate.exits.len())
            .ok()
            .and_then(|new| before.checked_add(new))
            .filter(|&count| count <= source.shadow.count());
        let exit_count = count.ok_or(refused)?;
        if source.log.tree().root_at(exit_count) != certificate.new_local_exit_root {
            return Err(NetworkError::OtherSource {
                network,
                count: exit_count,
            });
        }
        source.ahead.push(HistoryEntry {
            height,
            state_root: certificate.state_root.unwrap_or(state_root),
            shadow_root: source.shadow.root_at(exit_count),
            exit_count,
        });
        Ok(())
    }

    /// A network's bridge, if its logs are here.
    pub fn log(&self, network: NetworkId) -> Option<&BridgeLog> {
        if network.is_mainnet() {
            return Some(self.ethereum.bridge());
        }
        self.networks.get(&network).map(|source| &source.log)
    }

    /// An exit, if its source's logs are here and have it.
    pub fn sent(&self, index: GlobalIndex) -> Option<&Sent> {
        self.log(index.source())?.exits().get(index.leaf_index() as usize)
    }

    /// What was claimed, by the claim itself or by its source; both say the same.
    pub(super) fn exit(&self, claim: &Claimed) -> Result<Exit, NetworkError> {
        let index = claim.index;
        let sent = self.sent(index).map(|sent| sent.exit);
        let said = claim.details.as_ref().map(|details| details.exit);
        let exit = said.or(sent).ok_or(NetworkError::UnknownExit { index })?;
        if sent.is_some_and(|sent| sent != exit) || !claim.is_of(&exit) {
            return Err(NetworkError::OtherExit { index });
        }
        match claim.link {
            Some((before, expected)) if !claim.is_linked(&exit) => Err(NetworkError::ClaimChain {
                index,
                expected,
                got: claim.chain_with(before, &exit),
            }),
            _ => Ok(exit),
        }
    }

    /// What shows a claimed exit to settlement.
    pub(super) fn backing(
        &self,
        claim: &Claimed,
        exit: &Exit,
        prefer: Prefer,
    ) -> Result<Backing, NetworkError> {
        let history = || self.history(claim.index).map(Backing::History);
        let paths = || self.claim_data(claim, exit).map(Backing::Claim);
        let backing = match prefer {
            Prefer::History => history().or_else(paths),
            Prefer::Claim => paths().or_else(history),
        };
        backing.ok_or(NetworkError::Unbacked { index: claim.index })
    }

    /// An exit under its source's newest settled entry, or under the first that will cover it.
    fn history(&self, index: GlobalIndex) -> Option<HistoryBacking> {
        let (network, leaf) = (index.source(), index.leaf_index());
        if network.is_mainnet() {
            let exit_count = self.ethereum.recorded();
            let covered = leaf < exit_count && exit_count <= self.deposits.count();
            return covered.then(|| HistoryBacking {
                entry: BackingEntry::L1(L1Entry {
                    exit_count,
                    shadow_root: self.deposits.root_at(exit_count),
                }),
                path: self.deposits.path_at(leaf, exit_count),
            });
        }
        let source = self.networks.get(&network)?;
        let settled = self.ethereum.replay().state().network(network);
        let newest = settled.and_then(|known| known.history.get(known.history.height().checked_sub(1)?));
        let mut entries = newest.into_iter().chain(&source.ahead);
        let entry = *entries.find(|entry| leaf < entry.exit_count)?;
        Some(HistoryBacking {
            entry: BackingEntry::Network { network, entry },
            path: source.shadow.path_at(leaf, entry.exit_count),
        })
    }

    /// LxLy's paths from an exit to the newest L1 info root: those of its claim if L1 knows the root that it was claimed under, and
    /// others from its source's exits if they are here.
    fn claim_data(&self, claim: &Claimed, exit: &Exit) -> Option<ClaimData> {
        let said = claim
            .details
            .as_ref()
            .and_then(|details| self.as_claimed(claim, details));
        said.or_else(|| {
            let root = self.ethereum.roots_covering(claim.index).next()?;
            self.under(claim.index, exit, &root)
        })
    }

    fn as_claimed(&self, claim: &Claimed, details: &ClaimDetails) -> Option<ClaimData> {
        let root = GlobalExitRoot::of(details.mainnet_exit_root, details.rollup_exit_root);
        let (l1_leaf, proof_ger_l1root) = self.ethereum.info_leaf(root)?;
        let index = claim.index;
        let local = details.local.root(details.exit.leaf(), index.leaf_index());
        let local = ClaimProof {
            root: ExitRoot::new(local),
            proof: details.local.clone(),
        };
        Some(if index.source().is_mainnet() {
            ClaimData::Mainnet {
                proof_leaf_mer: local,
                proof_ger_l1root,
                l1_leaf,
            }
        } else {
            ClaimData::Rollup {
                proof_leaf_ler: local,
                proof_ler_rer: ClaimProof {
                    root: details.rollup_exit_root,
                    proof: details.rollup.clone(),
                },
                proof_ger_l1root,
                l1_leaf,
            }
        })
    }

    fn under(&self, index: GlobalIndex, exit: &Exit, root: &GlobalRoot) -> Option<ClaimData> {
        let tree = self.log(index.source())?.tree();
        let (l1_leaf, proof_ger_l1root) = self.ethereum.info_leaf(root.global())?;
        let count = root.count(index.source());
        let proof = (count <= tree.count()).then(|| tree.proof_at(index.leaf_index(), count))?;
        let local = ClaimProof {
            root: ExitRoot::new(proof.root(exit.leaf(), index.leaf_index())),
            proof,
        };
        Some(if index.source().is_mainnet() {
            ClaimData::Mainnet {
                proof_leaf_mer: local,
                proof_ger_l1root,
                l1_leaf,
            }
        } else {
            ClaimData::Rollup {
                proof_leaf_ler: local,
                proof_ler_rer: ClaimProof {
                    root: root.rollup(),
                    proof: root.rollup_proof(index.source()),
                },
                proof_ger_l1root,
                l1_leaf,
            }
        })
    }
}
