//! The chains that are followed for claims, and who pays for some of them: a task for each, so that none waits for another.

use std::sync::{Arc, Mutex, PoisonError};

use causeway_chain::{CallObserver, EndpointStatus, Pool};
use causeway_journal::{ClaimKey, Journal};
use causeway_types::NetworkId;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Service, ServiceError, limit, pool, signer};
use crate::claims::{Book, Chain, Payer, Place, Trees, Unclaimable};
use crate::clock;
use crate::config::Config;
use crate::config::schema::{ClaimDestination, EndpointSettings, FeeSettings, NetworkSettings};
use crate::desk::{ClaimCall, Code, Refusal, WalletStatus};
use crate::outbox::{Account, Outbox, Round};

/// The chains that are followed, and the claims on them.
pub(super) struct Claims {
    trees: Arc<Trees>,
    destinations: Vec<Arc<Destination>>,
}

/// The claims on one network.
struct Destination {
    book: Arc<Book>,
    payer: Option<Payer>,
    latest: Mutex<Option<Round>>,
}

impl Claims {
    /// Everything that a configuration names; nothing is followed if it names no chain.
    pub(super) fn open(
        config: &Config,
        journal: &Arc<Journal>,
        l1: &Arc<Pool>,
        observer: &Arc<dyn CallObserver>,
        dry_run: bool,
    ) -> Result<Self, ServiceError> {
        let mut chains = Vec::new();
        for settings in &config.networks {
            chains.extend(chain(config, settings, journal, observer)?);
        }
        let trees = Arc::new(Trees::new(journal.clone(), chains));
        let mut destinations = Vec::new();
        if trees.chains().next().is_some() {
            for network in trees.networks() {
                let book = Arc::new(Book::new(network, trees.clone(), journal.clone()));
                let terms = config
                    .claims
                    .destination
                    .iter()
                    .find(|terms| config.claims.enabled && terms.network == network.get());
                let payer = match terms {
                    Some(terms) => Some(payer(config, terms, &book, l1, dry_run)?),
                    None => None,
                };
                destinations.push(Arc::new(Destination {
                    book,
                    payer,
                    latest: Mutex::default(),
                }));
            }
        }
        Ok(Self { trees, destinations })
    }

    /// Begins a task for each chain and each destination.
    pub(super) fn spawn(&self, service: &Arc<Service>, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let poll = service.coordinator.config().l1.poll.0;
        let mut spawned = Vec::new();
        if self.destinations.is_empty() {
            return spawned;
        }
        let (task, owner) = (service.tasks.task("exits", limit(poll)), service.clone());
        spawned.push(service.tasks.spawn(&task, poll, stop, move || {
            let owner = owner.clone();
            async move { owner.read_exits().await }
        }));
        for chain in self.trees.chains() {
            let name = format!("network-{}", chain.place().network.get());
            let (task, chain) = (service.tasks.task(name, limit(poll)), chain.clone());
            spawned.push(service.tasks.spawn(&task, poll, stop, move || {
                let chain = chain.clone();
                async move { chain.round(clock::now()).await.map_err(|error| error.to_string()) }
            }));
        }
        for destination in &self.destinations {
            let name = format!("claims-{}", destination.book.destination().get());
            let task = service.tasks.task(name, limit(poll));
            let (owner, destination) = (service.clone(), destination.clone());
            spawned.push(service.tasks.spawn(&task, poll, stop, move || {
                let (owner, destination) = (owner.clone(), destination.clone());
                async move { destination.round(&owner).await }
            }));
        }
        spawned
    }

    /// Who pays for claims.
    pub(super) fn wallets(&self) -> Vec<WalletStatus> {
        let mut wallets = Vec::new();
        for destination in &self.destinations {
            let Some(payer) = &destination.payer else {
                continue;
            };
            let wallet = payer.outbox().account().wallet();
            let latest = destination.latest(|latest| latest.clone());
            wallets.push(WalletStatus {
                name: payer.terms().signer.clone(),
                chain: wallet.chain,
                address: wallet.address,
                balance: latest.as_ref().map(|round| round.balance),
                low_below: alloy_primitives::U256::from(payer.terms().low_balance.0),
                nonce: latest.as_ref().map(|round| round.nonce),
            });
        }
        wallets
    }

    /// The nodes of the chains that are followed.
    pub(super) fn endpoints(&self) -> Vec<EndpointStatus> {
        let pools = self.trees.chains().map(|chain| chain.pool().status());
        pools.flatten().collect()
    }

    /// The call that claims an exit.
    pub(super) fn call(&self, claim: ClaimKey, config: &Config) -> Result<ClaimCall, Refusal> {
        if self.destinations.is_empty() {
            let detail = "this relayer follows no chains: no [[network]] of its configuration has rpc, bridge and chain_id";
            return Err(Refusal::new(Code::NotFollowed, detail));
        }
        let call = self.trees.call(claim).map_err(refusal)?;
        let to = match self.trees.chain(claim.destination) {
            Some(chain) => chain.place().bridge,
            None => config.contracts.bridge,
        };
        Ok(ClaimCall {
            network: claim.destination,
            to,
            data: call.calldata,
            value: alloy_primitives::U256::ZERO,
        })
    }
}

impl Destination {
    fn latest<T>(&self, with: impl FnOnce(&mut Option<Round>) -> T) -> T {
        with(&mut self.latest.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn round(&self, service: &Service) -> Result<(), String> {
        let book = self.book.clone();
        let written = tokio::task::spawn_blocking(move || book.round(clock::now())).await;
        written
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        let Some(payer) = &self.payer else {
            return Ok(());
        };
        // Nothing is signed for a chain that was not seen to be the one that is meant.
        let network = self.book.destination();
        let is_known = if network.is_mainnet() {
            service.l1_is_known()
        } else {
            self.book.trees().bridge(network, |_| ()).is_some()
        };
        if !is_known {
            return Ok(());
        }
        let round = payer.round(clock::now()).await;
        let round = round.map_err(|error| error.to_string())?;
        self.latest(|latest| *latest = Some(round));
        Ok(())
    }
}

impl Service {
    /// Takes in what the journal has of L1's exits, roots and claims.
    async fn read_exits(&self) -> Result<(), String> {
        let Some(deployment) = self.coordinator.deployment() else {
            return Ok(());
        };
        let trees = self.claims.trees.clone();
        let read = tokio::task::spawn_blocking(move || trees.refresh(deployment)).await;
        read.map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }
}

/// A network's chain, if it is configured.
fn chain(
    config: &Config,
    settings: &NetworkSettings,
    journal: &Arc<Journal>,
    observer: &Arc<dyn CallObserver>,
) -> Result<Option<Arc<Chain>>, ServiceError> {
    let (Some(url), Some(bridge), Some(chain_id)) = (&settings.rpc, settings.bridge, settings.chain_id)
    else {
        return Ok(None);
    };
    let endpoint = EndpointSettings {
        name: format!("network-{}", settings.id),
        url: url.clone(),
        roles: None,
        priority: 0,
    };
    let mut nodes = pool(std::slice::from_ref(&endpoint), &config.l1.rpc)?;
    nodes.observe(observer);
    let place = Place {
        network: NetworkId::new(settings.id),
        chain_id,
        bridge,
        first: settings.deploy_block,
        range: config.l1.log_range,
        window: u32::try_from(config.l1.reorg_window).unwrap_or(u32::MAX),
    };
    Ok(Some(Arc::new(Chain::new(
        place,
        Arc::new(nodes),
        journal.clone(),
    ))))
}

/// Who pays for the claims of a destination.
fn payer(
    config: &Config,
    terms: &ClaimDestination,
    book: &Arc<Book>,
    l1: &Arc<Pool>,
    dry_run: bool,
) -> Result<Payer, ServiceError> {
    let unknown = || ServiceError::NoSigner {
        signer: terms.signer.clone(),
    };
    let settings = config.signer.claims.get(&terms.signer).ok_or_else(unknown)?;
    let key = signer(&format!("claims.{}", terms.signer), settings)?;
    let (pool, chain, bridge) = match book.trees().chain(book.destination()) {
        Some(chain) => {
            let place = chain.place();
            (chain.pool().clone(), place.chain_id, place.bridge)
        }
        None => (l1.clone(), config.l1.chain_id, config.contracts.bridge),
    };
    let fees = FeeSettings {
        gas_max: terms.max_gas,
        budget_day: terms.budget_day,
        low_balance: terms.low_balance,
        ..config.fees.clone()
    };
    let account = Account::new(pool, chain, key, fees).each(terms.max_fee_per_claim.0);
    let outbox = Outbox::new(book.journal().clone(), account, dry_run).patient(terms.retry_after.0);
    Ok(Payer::new(book.clone(), terms.clone(), bridge, outbox))
}

fn refusal(why: Unclaimable) -> Refusal {
    let code = match why {
        Unclaimable::NotFollowed { .. } => Code::NotFollowed,
        Unclaimable::NotRead { .. } | Unclaimable::Behind { .. } => Code::NotReady,
        Unclaimable::NoSuchExit { .. } | Unclaimable::OtherDestination { .. } => Code::NotFound,
        Unclaimable::AlreadyClaimed { .. } => Code::AlreadyClaimed,
        Unclaimable::NotSettled { .. } => Code::NotSettled,
        Unclaimable::NotPushed { .. } => Code::NotPushed,
        Unclaimable::Other(_) => Code::OtherExits,
    };
    Refusal::new(code, why.to_string())
}
