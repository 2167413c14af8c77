//! What has to be true after whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, U256};
use anyhow::{Context, Result, ensure};
use causeway_bindings::SharedBridge;
use causeway_chain::Tag;
use causeway_types::NetworkId;

use super::chain::{self, Sent, Settled};
use super::kit::Kit;

/// A certificate's place on L1: its epoch, and its place in it.
type Places = BTreeMap<(NetworkId, u64), (usize, usize)>;

impl Kit {
    /// All that has to be true once everything that should settle is settled.
    ///
    /// # Errors
    /// The first invariant that is broken, by its name.
    pub async fn check_invariants(&self) -> Result<()> {
        let node = self.devnet().l1().node();
        let epochs = chain::settled(node, self.devnet().deployment()).await?;
        let places = self
            .settled_once(&epochs)
            .context("I1: each certificate is settled exactly once")?;
        self.state_is_the_chains()
            .await
            .context("I4: the state is the chain's")?;
        self.nothing_before_what_it_needs(&places)
            .context("I5: nothing is settled before what it is contingent on")?;
        self.nothing_final_before_the_chain(&epochs, &places)
            .await
            .context("I5: nothing is final before the chain says so")?;
        self.all_is_told()
            .await
            .context("I3: no certificate is without state or reason")?;
        self.no_nonce_gap().await.context("I3: no nonce gap remains")?;
        self.paid_once()
            .await
            .context("I2: each exit is paid at most once")?;
        self.fees_are_below_the_ceiling()
            .await
            .context("I6: fees are below the ceiling")?;
        Ok(())
    }

    fn settled_once(&self, epochs: &[Settled]) -> Result<Places> {
        let mut places = Places::new();
        for (epoch, settled) in epochs.iter().enumerate() {
            for (place, entry) in settled.payload.iter().enumerate() {
                let height = (entry.network, entry.height);
                let before = places.insert(height, (epoch, place));
                ensure!(before.is_none(), "{height:?} is settled twice");
            }
        }
        let mut expected = 0;
        for made in self.expected() {
            let certificate = &made.certificate;
            let height = (certificate.network, certificate.height);
            let (epoch, place) = *places
                .get(&height)
                .with_context(|| format!("{height:?} is not settled"))?;
            let entry = &epochs[epoch].payload[place];
            ensure!(
                Some(entry.state_root) == certificate.state_root
                    && entry.exit_root == certificate.new_local_exit_root,
                "{height:?} is settled as another certificate"
            );
            expected += 1;
        }
        ensure!(
            places.len() == expected,
            "{} are settled and {expected} should be",
            places.len()
        );
        Ok(places)
    }

    async fn state_is_the_chains(&self) -> Result<()> {
        let (node, deployment) = (self.devnet().l1().node(), self.devnet().deployment());
        let stored = chain::commitment(node, deployment).await?;
        let rebuilt = B256::from(chain::replay(node, deployment).await?.state().commitment().hash());
        ensure!(
            stored == rebuilt,
            "settlement has {stored}, the logs give {rebuilt}"
        );
        let status = self.relayer()?.get("/v1/networks").await?;
        ensure!(
            status.status == 200,
            "/v1/networks is answered with {}",
            status.status
        );
        let networks = status.body.get("networks").unwrap_or(&status.body);
        for known in networks.as_array().into_iter().flatten() {
            let network = NetworkId::new(known["network"].as_u64().unwrap_or_default() as u32);
            let height = known["settled_height"].as_u64().unwrap_or_default();
            let expected = self.expected().filter(|made| made.network() == network).count() as u64;
            ensure!(
                height == expected,
                "network {} is at {height}, not {expected}",
                network.get()
            );
        }
        Ok(())
    }

    fn nothing_before_what_it_needs(&self, places: &Places) -> Result<()> {
        for made in self.expected() {
            let certificate = &made.certificate;
            let own = places
                .get(&(certificate.network, certificate.height))
                .context("it is settled")?;
            for on in &certificate.contingencies {
                let other = places
                    .get(&(on.network, on.height))
                    .context("what it needs is settled")?;
                ensure!(
                    other.0 <= own.0,
                    "{:?} is settled in epoch {}, and what it needs in {}",
                    (certificate.network, certificate.height),
                    own.0,
                    other.0
                );
            }
        }
        Ok(())
    }

    async fn nothing_final_before_the_chain(&self, epochs: &[Settled], places: &Places) -> Result<()> {
        let mut last = 0;
        for made in self.expected() {
            if self.relayer()?.standing(made.id).await? == "finalized" {
                let certificate = &made.certificate;
                let place = places
                    .get(&(certificate.network, certificate.height))
                    .context("it is settled")?;
                last = last.max(epochs[place.0].block);
            }
        }
        // Asked last: what is final stays so.
        let finalized = self.devnet().l1().node().head(Tag::Finalized).await?.number;
        ensure!(
            last <= finalized,
            "block {last} counts as final, and the chain is final up to {finalized}"
        );
        Ok(())
    }

    async fn all_is_told(&self) -> Result<()> {
        let relayer = self.relayer()?;
        for made in self.expected() {
            let standing = relayer.standing(made.id).await?;
            ensure!(
                standing == "finalized" || standing == "settled",
                "{} is {standing:?}",
                made.id
            );
        }
        for made in self.unexpected() {
            let Some(known) = relayer.certificate(made.id).await? else {
                continue;
            };
            let standing = known["standing"].as_str().unwrap_or_default();
            ensure!(
                [
                    "rejected",
                    "expired",
                    "superseded",
                    "waiting",
                    "accepted",
                    "proven"
                ]
                .contains(&standing),
                "{} is {standing:?} and should never settle",
                made.id
            );
            ensure!(
                !known["reason"].is_null(),
                "{} is {standing} without a reason",
                made.id
            );
        }
        Ok(())
    }

    /// Bridges refuse what is claimed twice; what the relayer says is claimed is, and it paid for none of its transactions twice.
    async fn paid_once(&self) -> Result<()> {
        let deployment = self.devnet().deployment();
        for destination in self.destinations() {
            let node = self.devnet().node(destination).context("it has a node")?;
            let chain = deployment
                .network(destination)
                .and_then(|known| known.chain.as_ref());
            let bridge = chain.map_or(deployment.bridge, |chain| chain.bridge);
            let mut claimed = BTreeSet::new();
            for (_, event) in node.events::<SharedBridge::ClaimEvent>(bridge).await? {
                ensure!(
                    claimed.insert(event.globalIndex),
                    "exit {} is claimed twice on network {}",
                    event.globalIndex,
                    destination.get()
                );
            }
            let path = format!("/v1/claims?limit=500&destination={}", destination.get());
            let listed = self.relayer()?.get(&path).await?;
            for claim in listed.body["claims"].as_array().into_iter().flatten() {
                let index: U256 = claim["global_index"].as_str().unwrap_or_default().parse()?;
                ensure!(
                    (claim["standing"] == "claimed") == claimed.contains(&index),
                    "claim {} is {}, and on chain it is not so",
                    claim["id"],
                    claim["standing"]
                );
            }
            let (paid, sent) = chain::paid(node, self.payer().address()).await?;
            let budget = U256::from(500_000_000_000_000_000_u128);
            ensure!(
                paid <= budget,
                "{paid} wei are paid for claims, and the budget is {budget}"
            );
            let wasted = sent.iter().filter(|(.., success)| !success).count();
            ensure!(
                wasted == 0,
                "{wasted} claims were reverted on network {}",
                destination.get()
            );
        }
        Ok(())
    }

    async fn no_nonce_gap(&self) -> Result<()> {
        let node = self.devnet().l1().node();
        let wallet = self.wallet().address();
        let (mined, pending) = chain::nonces(node, wallet).await?;
        let waiting = node.pending_of(wallet).await?;
        for (nonce, hash) in waiting {
            ensure!(
                nonce < pending,
                "{hash} waits with nonce {nonce} behind a gap: {mined} are mined"
            );
        }
        Ok(())
    }

    async fn fees_are_below_the_ceiling(&self) -> Result<()> {
        let ceiling = u128::from(self.settings().max_fee_gwei) * 1_000_000_000;
        for raw in self.sent() {
            let sent = Sent::read(&raw)?;
            ensure!(
                sent.max_fee <= ceiling,
                "{} offers {} wei per gas",
                sent.hash,
                sent.max_fee
            );
        }
        let (paid, _) = chain::paid(self.devnet().l1().node(), self.wallet().address()).await?;
        let budget = U256::from(1_000_000_000_000_000_000_u128);
        ensure!(paid <= budget, "{paid} wei are paid, and the budget is {budget}");
        Ok(())
    }
}
