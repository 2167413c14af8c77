//! The service, for whoever speaks with it.

use std::time::Duration;

use alloy_primitives::B256;
use causeway_journal::{CertificateRecord, ClaimKey};
use causeway_types::{CertificateJson, NetworkId};

use super::Service;
use crate::clock;
use crate::desk::{
    Acted, Cause, ClaimCall, Component, Desk, NetworkStatus, NextEpoch, Operator, Refusal, Status, Submitted,
    WalletStatus,
};

/// How those who pay for claims are, if there are some. It keeps nobody from handing certificates in: claims do not stop settlement.
fn claim_wallets(payers: &[WalletStatus]) -> Option<Component> {
    let told: Vec<_> = payers
        .iter()
        .map(|payer| {
            let (name, chain, low) = (&payer.name, payer.chain, payer.low_below);
            match payer.balance {
                Some(balance) if payer.is_low() => {
                    format!("{name} on chain {chain} is low: {balance} wei, low below {low}")
                }
                Some(balance) => format!("{name} on chain {chain} has {balance} wei"),
                None => format!("{name} on chain {chain} has not been looked at yet"),
            }
        })
        .collect();
    (!told.is_empty()).then(|| Component {
        name: "claim_wallets",
        ready: true,
        detail: told.join("; "),
    })
}

impl Desk for Service {
    fn submit(
        &self,
        certificate: CertificateJson,
        own_proof: Option<&[u8]>,
        source: &str,
    ) -> Result<Submitted, Refusal> {
        self.coordinator
            .submit_with_proof(certificate, own_proof, source, clock::now())
    }

    fn submit_own_proof(&self, certificate: B256, proof: &[u8]) -> Result<Submitted, Refusal> {
        self.coordinator
            .submit_own_proof(certificate, proof, clock::now())
    }

    fn explain(&self, certificate: &CertificateRecord) -> Vec<Cause> {
        self.coordinator.explain(certificate)
    }

    fn network(&self, network: NetworkId) -> Option<NetworkStatus> {
        self.coordinator.network(network, clock::now())
    }

    fn networks(&self) -> Vec<NetworkStatus> {
        self.coordinator.networks(clock::now())
    }

    fn next_epoch(&self) -> Result<NextEpoch, Refusal> {
        self.coordinator.next_epoch(self.program, clock::now())
    }

    fn status(&self) -> Status {
        let config = self.coordinator.config();
        let latest = self.see(|latest| latest.clone());
        let now = clock::now();
        let mut endpoints = self.pool.status();
        let account = self.outbox.account();
        let tasks = self.tasks.status();
        let late: Vec<_> = tasks
            .iter()
            .filter(|task| {
                let limit = Duration::from_secs(task.limit_s);
                task.last_tick.is_none_or(|last| last.after(limit) < now)
            })
            .map(|task| task.name.as_str())
            .collect();
        let low = config.fees.low_balance.0;
        let balance = latest.wallet.as_ref().map(|round| round.balance);
        let program = self.coordinator.program();
        let component = |name, ready: bool, detail: String| Component { name, ready, detail };
        let writable = self
            .coordinator
            .journal()
            .change(now, |_| Ok::<_, causeway_journal::JournalError>(()));
        let mut components = vec![
            component(
                "journal",
                writable.is_ok(),
                writable.map_or_else(|error| error.to_string(), |()| "it can be written".to_owned()),
            ),
            component(
                "l1",
                latest.trouble.is_none()
                    && latest.l1.is_some()
                    && endpoints.iter().any(|endpoint| endpoint.well),
                latest.trouble.clone().unwrap_or_else(|| match latest.l1 {
                    Some(_) => "it is read".to_owned(),
                    None => "it has not been read yet".to_owned(),
                }),
            ),
            component(
                "wallet",
                balance.is_some_and(|balance| balance >= alloy_primitives::U256::from(low)),
                balance.map_or("it has not been looked at yet".to_owned(), |balance| {
                    format!("{balance} wei, low below {low}")
                }),
            ),
            component(
                "prover",
                program.is_none_or(|(pinned, _)| pinned == self.program),
                match program {
                    Some((pinned, _)) if pinned != self.program => format!(
                        "it proves program {:#x}, settlement takes {pinned:#x}: use the release of that program",
                        self.program
                    ),
                    _ => "it proves what settlement takes".to_owned(),
                },
            ),
            component(
                "tasks",
                late.is_empty(),
                if late.is_empty() {
                    "all are in time".to_owned()
                } else {
                    format!("late: {}", late.join(", "))
                },
            ),
        ];
        endpoints.extend(self.claims.endpoints());
        let mut wallets = vec![WalletStatus {
            name: "settlement".to_owned(),
            chain: account.wallet().chain,
            address: account.wallet().address,
            balance,
            low_below: alloy_primitives::U256::from(low),
            nonce: latest.wallet.as_ref().map(|round| round.nonce),
        }];
        let payers = self.claims.wallets();
        components.extend(claim_wallets(&payers));
        wallets.extend(payers);
        Status {
            chain_id: config.l1.chain_id,
            settlement: config.contracts.settlement,
            block: latest
                .l1
                .and_then(|seen| seen.heights.head)
                .map(|(block, _)| block),
            commitment: self.coordinator.commitment(),
            components,
            endpoints,
            wallets,
            tasks,
        }
    }

    fn claim_call(&self, claim: ClaimKey) -> Result<ClaimCall, Refusal> {
        self.claims.call(claim, self.coordinator.config())
    }

    fn retry_job(&self, job: u64, by: &Operator) -> Result<Acted, Refusal> {
        self.retry(job, by)
    }

    fn abort_job(&self, job: u64, by: &Operator) -> Result<Acted, Refusal> {
        self.abort(job, by)
    }

    fn reject_certificate(&self, certificate: B256, by: &Operator) -> Result<Acted, Refusal> {
        self.reject(certificate, by)
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};

    use super::*;

    #[test]
    fn a_payer_of_claims_that_is_low_is_named_and_stops_nothing() {
        assert_eq!(claim_wallets(&[]), None);
        let payer = |chain, balance: Option<u64>| WalletStatus {
            name: "payer".to_owned(),
            chain,
            address: Address::ZERO,
            balance: balance.map(U256::from),
            low_below: U256::from(7),
            nonce: None,
        };
        let payers = [payer(1, Some(6)), payer(2, Some(7)), payer(3, None)];
        assert_eq!(payers.each_ref().map(WalletStatus::is_low), [true, false, false]);
        let told = Component {
            name: "claim_wallets",
            ready: true,
            detail: "payer on chain 1 is low: 6 wei, low below 7; payer on chain 2 has 7 wei; \
                     payer on chain 3 has not been looked at yet"
                .to_owned(),
        };
        assert_eq!(claim_wallets(&payers), Some(told));
    }
}
