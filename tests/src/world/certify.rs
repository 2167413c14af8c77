//! What L2s say happened, and what the ledger makes of it.

use alloy_primitives::{Bytes, U256};
use causeway_ledger::{LeftOut, ShadowTree, draft, settle_epoch, shadow_leaf};
use causeway_types::{
    Backing, BackingEntry, Certificate, ClaimData, ClaimProof, Exit, HistoryBacking, HistoryEntry,
    ImportedExit, L1Entry, NetworkId, RollupIndex, StateRoot,
};

use super::settlement::{Epoch, settle};
use super::sign::authorise;
use super::{Broken, L1, Uncertified, World, WorldError, place};

/// What became of the certificates of an epoch.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The networks whose certificates settled, in their order.
    pub networks: Vec<NetworkId>,
    /// Why the others did not.
    pub left_out: Vec<LeftOut>,
}

/// A network's exits as they will be once its certificate settles.
struct Preview {
    shadow: ShadowTree,
    entry: HistoryEntry,
}

impl World {
    /// Lets these L2s certify all they did and the ledger judge; Ethereum learns the roots of those it admits.
    ///
    /// Imports claimed under a root that Ethereum knows carry LxLy's paths, others a path to their source's entry: a settled
    /// one, or the one that the source's certificate of this very epoch makes.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract, and promises of the ledger that are broken.
    pub fn settle(&mut self, networks: &[NetworkId]) -> Result<Settled, WorldError> {
        let certificates = self.certificates(networks)?;
        let epoch = self.judge(&certificates);
        let proof = self.settlement.mock_proof(&epoch.public_values());
        self.record(networks, &epoch, &proof)
    }

    /// What these L2s certify: all they did. Ethereum's exits so far are consumed with it.
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

    /// Lets a network authorise its certificate, once nothing more is written into it.
    pub fn authorise(&self, certificate: &mut Certificate) {
        certificate.authority = authorise(&self.ledger, certificate);
    }

    /// What the ledger makes of certificates.
    pub fn judge(&self, certificates: &[Certificate]) -> Epoch {
        let consumed = self.state.l1().exit_count as usize;
        let until = self.ledger.l1().exit_count as usize;
        Epoch {
            old: self.state.clone(),
            registered: self.registered.clone(),
            deposits: self.sent[0][consumed..until]
                .iter()
                .map(|sent| sent.exit)
                .collect(),
            outcome: settle_epoch(&self.ledger, certificates),
            domain: *self.ledger.domain(),
        }
    }

    /// Settles an epoch of certificates of these L2s.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract, and promises of the ledger that are broken.
    pub fn record(
        &mut self,
        networks: &[NetworkId],
        epoch: &Epoch,
        proof: &Bytes,
    ) -> Result<Settled, WorldError> {
        let outcome = &epoch.outcome;
        let settled: Vec<_> = networks
            .iter()
            .copied()
            .filter(|&network| {
                let mut admitted = outcome.admitted.iter();
                admitted.any(|admitted| admitted.certificate.network == network)
            })
            .collect();
        let names: Vec<_> = settled.iter().map(|&network| self.name(network)).collect();
        let line = match names[..] {
            [] => "nothing settles".into(),
            [name] => format!("{name} settles"),
            _ => format!("{} settle together", names.join(", ")),
        };
        self.tell(line);
        self.ledger = outcome.world.clone();
        for &network in &settled {
            self.advance(network)?;
        }
        if !epoch.is_empty() {
            let receipt = settle(&mut self.chains[0].evm, &self.settlement, epoch, proof)?;
            self.state = outcome.world.global().clone();
            self.registered.clear();
            self.observe(L1, &receipt.logs)?;
        }
        for &network in &settled {
            self.check_tracked(network)?;
        }
        self.check()?;
        Ok(Settled {
            networks: settled,
            left_out: outcome.left_out.clone(),
        })
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

    /// What of a network is settled with its certificate.
    fn advance(&mut self, network: NetworkId) -> Result<(), WorldError> {
        if let Some(chain) = self.chains.get_mut(place(network)) {
            chain.uncertified.clear();
        }
        self.settled[place(network)] = self.trees[place(network)].count();
        let frontier = &self.frontiers[place(network)];
        let exit_root = frontier.rollup_leaf();
        let ledger = self.ledger.rollups().leaf(RollupIndex::try_from(network)?);
        self.agree(network, "settled exit root", exit_root, ledger)?;
        self.rollups.set(RollupIndex::try_from(network)?, frontier);
        Ok(())
    }

    /// Compares the ledger with what circulates on a network.
    fn check_tracked(&mut self, network: NetworkId) -> Result<(), WorldError> {
        if place(network) >= self.chains.len() {
            return Ok(());
        }
        for token in self.tokens.clone() {
            if token.id.network == network {
                continue;
            }
            let circulating = self.chain(network).circulating(token.id)?;
            let known = self.ledger.network(network);
            let tracked = known.map_or(U256::ZERO, |known| known.state.balances().get(token.id));
            if tracked != circulating {
                return Err(Broken::Mistracked {
                    network: self.name(network),
                    symbol: token.symbol,
                    tracked,
                    circulating,
                }
                .into());
            }
        }
        Ok(())
    }
}
