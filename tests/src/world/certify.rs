//! What L2s say happened.

use causeway_ledger::{ShadowTree, draft, shadow_leaf};
use causeway_types::{
    Backing, BackingEntry, Certificate, ClaimData, ClaimProof, Exit, HistoryBacking, HistoryEntry,
    ImportedExit, L1Entry, NetworkId, RollupIndex, StateRoot,
};

use super::{L1, Uncertified, World, WorldError, place};

/// A network's exits as they will be once its certificate settles.
struct Preview {
    shadow: ShadowTree,
    entry: HistoryEntry,
}

impl World {
    /// What these L2s certify: all they did. Ethereum's exits so far are consumed with it.
    ///
    /// Imports claimed under a root that Ethereum knows carry LxLy's paths, others a path to their source's entry: a settled
    /// one, or the one that the source's certificate of this very epoch makes.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn certificates(&mut self, networks: &[NetworkId]) -> Result<Vec<Certificate>, WorldError> {
        // Ethereum records its exits when it publishes them.
        if self.chains[0].published as usize != self.sent[0].len() {
            self.publish(L1)?;
        }
        let consumed = self.ledger.l1().exit_count as usize;
        let deposits: Vec<Exit> = self.sent[0][consumed..].iter().map(|sent| sent.exit).collect();
        self.ledger.deposit(&deposits)?;
        let mut previews = Vec::new();
        for network in self.networks() {
            previews.push(self.preview(network)?);
        }
        let certificates = networks
            .iter()
            .map(|&network| self.certificate(network, &previews));
        certificates.collect()
    }

    /// What a network's next certificate will leave.
    fn preview(&self, network: NetworkId) -> Result<Preview, WorldError> {
        if network == L1 {
            let shadow = self.ledger.l1_shadow().clone();
            let entry = HistoryEntry {
                height: 0,
                state_root: StateRoot::EMPTY,
                shadow_root: shadow.root(),
                exit_count: shadow.count(),
            };
            return Ok(Preview { shadow, entry });
        }
        let known = self
            .ledger
            .network(network)
            .ok_or(causeway_ledger::LedgerError::UnknownNetwork { network })?;
        let mut shadow = known.state.shadow().clone();
        let leaves: Vec<_> = self.unsettled(network).map(|exit| shadow_leaf(&exit)).collect();
        shadow.extend(&leaves)?;
        let entry = HistoryEntry {
            height: known.state.height(),
            state_root: self.state_root(network),
            shadow_root: shadow.root(),
            exit_count: shadow.count(),
        };
        Ok(Preview { shadow, entry })
    }

    fn unsettled(&self, network: NetworkId) -> impl Iterator<Item = Exit> {
        let settled = self.settled[place(network)] as usize;
        self.sent[place(network)][settled..].iter().map(|sent| sent.exit)
    }

    /// A network's own state root, which nobody here looks into: that of its exits will do.
    fn state_root(&self, network: NetworkId) -> StateRoot {
        StateRoot::new(self.trees[place(network)].root().get())
    }

    fn certificate(&self, network: NetworkId, previews: &[Preview]) -> Result<Certificate, WorldError> {
        let known = self
            .ledger
            .network(network)
            .ok_or(causeway_ledger::LedgerError::UnknownNetwork { network })?;
        let mut imports = Vec::new();
        for claim in &self.chains[place(network)].uncertified {
            imports.push(self.import(claim, previews)?);
        }
        let exits = self.unsettled(network).collect();
        let mut certificate = Certificate {
            state_root: Some(self.state_root(network)),
            ..draft(known.state, exits, imports)?
        };
        self.authorise(&mut certificate);
        Ok(certificate)
    }

    fn import(&self, claim: &Uncertified, previews: &[Preview]) -> Result<ImportedExit, WorldError> {
        let index = claim.index;
        let exit = self.exit(index)?.exit;
        let root = &self.roots[claim.root];
        let source = index.source();
        let Some(info_index) = root.info_index else {
            if let Some(backing) = self.ledger.backing(index) {
                return Ok(ImportedExit {
                    exit,
                    global_index: index,
                    backing: Backing::History(backing),
                });
            }
            let Preview { shadow, entry } = &previews[place(source)];
            let entry = if source == L1 {
                BackingEntry::L1(L1Entry {
                    exit_count: entry.exit_count,
                    shadow_root: entry.shadow_root,
                })
            } else {
                BackingEntry::Network {
                    network: source,
                    entry: *entry,
                }
            };
            let path = shadow.path(index.leaf_index());
            return Ok(ImportedExit {
                exit,
                global_index: index,
                backing: Backing::History(HistoryBacking { entry, path }),
            });
        };
        let l1_leaf = self.info_leaves[info_index as usize];
        let proof_ger_l1root = ClaimProof {
            root: self.info_tree.root(),
            proof: self.info_tree.proof(info_index),
        };
        let tree = &self.trees[place(source)];
        let count = root.counts[place(source)];
        let local = ClaimProof {
            root: tree.root_at(count),
            proof: tree.proof_at(index.leaf_index(), count),
        };
        let data = match RollupIndex::try_from(source) {
            Err(_) => ClaimData::Mainnet {
                proof_leaf_mer: local,
                proof_ger_l1root,
                l1_leaf,
            },
            Ok(rollup) => ClaimData::Rollup {
                proof_leaf_ler: local,
                proof_ler_rer: ClaimProof {
                    root: root.rollup,
                    proof: root.rollups.proof(rollup),
                },
                proof_ger_l1root,
                l1_leaf,
            },
        };
        Ok(ImportedExit {
            exit,
            global_index: index,
            backing: Backing::Claim(data),
        })
    }
}
