//! What the ledger makes of certificates, and what Ethereum makes of that.

use alloy_primitives::{Bytes, U256};
use causeway_bindings::Settlement;
use causeway_ledger::{EpochOutcome, LeftOut, apply, settle_epoch, settle_epoch_at};
use causeway_types::{Certificate, GoldilocksDigest, NetworkId, RollupIndex};

use super::settlement::{Epoch, settle};
use super::{Broken, L1, World, WorldError, place};
use crate::evm::EvmError;

/// What became of the certificates of an epoch.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The networks whose certificates settled, in their order.
    pub networks: Vec<NetworkId>,
    /// Why the others did not.
    pub left_out: Vec<LeftOut>,
}

impl World {
    /// Lets these L2s certify all they did and the ledger judge; Ethereum learns the roots of those it admits.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract, and promises of the ledger that are broken.
    pub fn settle(&mut self, networks: &[NetworkId]) -> Result<Settled, WorldError> {
        let certificates = self.certificates(networks)?;
        let epoch = self.judge(&certificates);
        let proof = self.settlement.mock_proof(&epoch.public_values());
        self.record(networks, &epoch, &proof)
    }

    /// The digest of a certificate that is its network's next one.
    ///
    /// # Errors
    /// The ledger's, if it is not.
    pub fn digest(&self, certificate: &Certificate) -> Result<GoldilocksDigest, WorldError> {
        let network = certificate.network;
        let known = self
            .ledger
            .network(network)
            .ok_or(causeway_ledger::LedgerError::UnknownNetwork { network })?;
        Ok(apply(known.state, certificate)?.digest())
    }

    /// What the ledger makes of certificates.
    pub fn judge(&self, certificates: &[Certificate]) -> Epoch {
        self.epoch(settle_epoch(&self.ledger, certificates))
    }

    /// The same of an epoch that settles at a time, in seconds, or later.
    pub fn judge_at(&self, certificates: &[Certificate], settles_at: u64) -> Epoch {
        self.epoch(settle_epoch_at(&self.ledger, certificates, settles_at))
    }

    /// What a prover makes of certificates who does not ask whether their signers agreed.
    ///
    /// # Errors
    /// The ledger's, of a certificate that is not its network's next one.
    pub fn judge_unsigned(&self, certificates: &[Certificate]) -> Result<Epoch, WorldError> {
        let mut ledger = self.ledger.clone();
        for certificate in certificates {
            let known = ledger.network(certificate.network);
            if let Some(signer) = known.and_then(|known| known.authority.signer_address()) {
                ledger.approve(signer, self.digest(certificate)?);
            }
        }
        Ok(self.epoch(settle_epoch(&ledger, certificates)))
    }

    fn epoch(&self, outcome: EpochOutcome) -> Epoch {
        let consumed = self.state.l1().exit_count as usize;
        let until = self.ledger.l1().exit_count as usize;
        Epoch {
            old: self.state.clone(),
            registered: self.registered.clone(),
            deposits: self.sent[0][consumed..until]
                .iter()
                .map(|sent| sent.exit)
                .collect(),
            outcome,
            domain: *self.ledger.domain(),
        }
    }

    /// What settlement says to a call; nothing comes of it.
    ///
    /// # Errors
    /// The contract's.
    pub fn ask(&mut self, call: &Settlement::settleCall) -> Result<(), EvmError> {
        self.chains[0].evm.view(self.settlement.contract, call)?;
        Ok(())
    }

    /// What it would say at another time, in seconds.
    ///
    /// # Errors
    /// The contract's.
    pub fn ask_at(&mut self, call: &Settlement::settleCall, time: u64) -> Result<(), EvmError> {
        let now = self.chains[0].evm.timestamp();
        self.chains[0].evm.set_timestamp(U256::from(time));
        let answer = self.ask(call);
        self.chains[0].evm.set_timestamp(now);
        answer
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
            self.registered.drain(..epoch.registered.len());
            self.observe(L1, &receipt.logs)?;
        }
        // What the registry took in since the epoch was made.
        for &(network, authority) in &self.registered {
            self.ledger.register(network, authority)?;
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
        for token in self.tokens.clone() {
            if token.id.network == network {
                continue;
            }
            let circulating = if place(network) < self.chains.len() {
                self.chain(network).circulating(token.id)?
            } else {
                let held = self.outside.get(&(network, token.id));
                held.copied().unwrap_or_default()
            };
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
