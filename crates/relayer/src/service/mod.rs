//! The relayer as it runs: tasks that look after each other, and a way to end them.

mod backup;
mod claims;
mod desk;
mod error;
mod logs;
mod operate;
mod relay;
mod signer;
mod tasks;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use causeway_chain::{CallObserver, EndpointConfig, Pool, PoolConfig, Roles, SigningError, Timeouts};
use causeway_journal::{Fingerprint, Journal};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use backup::copy as copy_journal;
pub use error::ServiceError;
pub use logs::write_logs;
pub use relay::{refuse, relay, relay_until};
pub use signer::signer;
pub use tasks::{Task, Tasks};

use crate::clock;
use crate::config::Config;
use crate::config::schema::{EndpointSettings, Role, Rpc};
use crate::coordinator::Coordinator;
use crate::metrics::Metrics;
use crate::outbox::{Account, Outbox, Round};
use crate::prove::{OwnProofs, Prover};
use crate::settle::Settler;
use crate::watch::{Seen, Watcher};
use crate::worker::Worker;

/// How a run differs from the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Everything but signing.
    pub dry_run: bool,
    /// Until nothing is left to do, and no longer.
    pub once: bool,
    /// Nothing is settled.
    pub no_settle: bool,
}

/// The relayer as it runs.
#[expect(missing_debug_implementations, reason = "a signer has none")]
pub struct Service {
    coordinator: Arc<Coordinator>,
    pool: Arc<Pool>,
    outbox: Arc<Outbox>,
    settler: Arc<Settler>,
    claims: claims::Claims,
    watcher: Arc<Watcher>,
    tasks: Tasks,
    metrics: Metrics,
    seen: Mutex<Latest>,
    options: RunOptions,
    program: alloy_primitives::U256,
}

/// What was seen last, for whoever asks how it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latest {
    /// Of L1.
    pub(crate) l1: Option<Seen>,
    /// Why L1 was not read the last time.
    pub(crate) trouble: Option<String>,
    /// Whether a person has to see to that.
    pub(crate) operator: bool,
    /// Of the wallet.
    pub(crate) wallet: Option<Round>,
}

/// What a round of planning may have made.
#[derive(Clone, Copy, Debug, Default)]
struct Planned {
    /// Work for a prover.
    to_prove: bool,
    /// Something to send.
    to_send: bool,
}

impl Service {
    /// Opens everything that a configuration names. Nodes need not answer.
    ///
    /// # Errors
    /// A [`ServiceError`].
    pub fn open(
        config: Arc<Config>,
        options: RunOptions,
        program: alloy_primitives::U256,
        own_proofs: Arc<dyn OwnProofs>,
    ) -> Result<Arc<Self>, ServiceError> {
        let fingerprint = Fingerprint {
            chain_id: config.l1.chain_id,
            genesis: None,
            settlement: config.contracts.settlement,
            bridge: config.contracts.bridge,
        };
        let journal = Arc::new(Journal::open(&config.storage.path, &fingerprint)?);
        let metrics = Metrics::new();
        let committed = metrics.clone();
        journal.observe(move |took| committed.committed(took));
        let mut nodes = pool(&config.l1.endpoint, &config.l1.rpc)?;
        let observer: Arc<dyn CallObserver> = Arc::new(metrics.clone());
        nodes.observe(&observer);
        let pool = Arc::new(nodes);
        let coordinator = Arc::new(Coordinator::new(config.clone(), journal.clone(), own_proofs));
        let signer = signer("settlement", &config.signer.settlement)?;
        let account = Account::new(pool.clone(), config.l1.chain_id, signer, config.fees.clone());
        let settler = Settler::new(coordinator.clone(), account.wallet());
        let claims = claims::Claims::open(&config, &journal, &pool, &observer, options.dry_run)?;
        // Two outboxes of one wallet would take each other's nonces.
        let wallet = account.wallet();
        let shared = claims
            .wallets()
            .into_iter()
            .find(|other| (other.chain, other.address) == (wallet.chain, wallet.address));
        if let Some(other) = shared {
            return Err(ServiceError::SameWallet {
                signer: other.name,
                address: other.address,
            });
        }
        Ok(Arc::new(Self {
            watcher: Arc::new(Watcher::new(coordinator.clone(), pool.clone())),
            outbox: Arc::new(Outbox::new(journal, account, options.dry_run)),
            settler: Arc::new(settler),
            claims,
            tasks: Tasks::default(),
            metrics,
            seen: Mutex::default(),
            coordinator,
            pool,
            options,
            program,
        }))
    }

    /// Asks the signer whether it has the key that is meant. One that does not answer is waited for once something is to be signed.
    ///
    /// # Errors
    /// [`ServiceError::Signing`] if it has others' keys alone.
    pub async fn check_signer(&self) -> Result<(), ServiceError> {
        match self.outbox.account().check_signer().await {
            Ok(()) => Ok(()),
            Err(SigningError::Call(error)) => {
                warn!(%error, "the signer does not answer; nothing is signed until it does");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is counted.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The coordinator.
    pub const fn coordinator(&self) -> &Arc<Coordinator> {
        &self.coordinator
    }

    /// Runs until it is told to stop: reads L1, judges, proves, settles.
    ///
    /// # Errors
    /// A [`ServiceError`] if a task cannot be begun; what goes wrong later is told and tried again.
    pub async fn run<P: Prover>(
        self: &Arc<Self>,
        prover: P,
        stop: CancellationToken,
    ) -> Result<(), ServiceError> {
        let worker = self.work(prover, &stop)?;
        let poll = self.coordinator.config().l1.poll.0;
        let l1 = self.tasks.task("l1", limit(poll));
        let this = self.clone();
        let reading = self.tasks.spawn(&l1, poll, &stop, move || {
            let this = this.clone();
            async move { this.read().await }
        });
        let plan = self.tasks.task("plan", limit(Duration::from_secs(1)));
        let wallet = self.tasks.task("wallet", limit(poll));
        // What was taken in or proven is planned with at once, and what is planned is proven and sent at once.
        let prover = worker.thread().clone();
        let (woken, idle) = (plan.clone(), prover.clone());
        self.coordinator.observe(move || {
            woken.wake();
            idle.unpark();
        });
        let (this, sender) = (self.clone(), wallet.clone());
        let planning = self
            .tasks
            .spawn(&plan, Duration::from_millis(500), &stop, move || {
                let (this, sender, prover) = (this.clone(), sender.clone(), prover.clone());
                async move {
                    let planned = this.plan().await?;
                    if planned.to_prove {
                        prover.unpark();
                    }
                    if planned.to_send {
                        sender.wake();
                    }
                    Ok(())
                }
            });
        let this = self.clone();
        let sending = self.tasks.spawn(&wallet, poll, &stop, move || {
            let this = this.clone();
            async move { this.send().await }
        });
        let claiming = self.claims.spawn(self, &stop);
        info!(chain = self.coordinator.config().l1.chain_id, "running");
        stop.cancelled().await;
        for task in [reading, planning, sending].into_iter().chain(claiming) {
            // It ends with its round.
            if task.await.is_err() {
                warn!("a task fell while it was ended");
            }
        }
        let joined = tokio::task::spawn_blocking(move || worker.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            warn!("the prover fell while it was ended");
        }
        Ok(())
    }

    fn work<P: Prover>(
        &self,
        prover: P,
        stop: &CancellationToken,
    ) -> Result<thread::JoinHandle<()>, ServiceError> {
        let (coordinator, stop) = (self.coordinator.clone(), stop.clone());
        let task = self
            .tasks
            .task("prover", self.coordinator.config().prover.timeout.0);
        let worker = Worker::new(coordinator, prover, "local".to_owned(), stop);
        thread::Builder::new()
            .name("prover".to_owned())
            .spawn(move || worker.run(|| task.tick()))
            .map_err(ServiceError::Thread)
    }

    async fn read(&self) -> Result<(), String> {
        let outcome = self.watcher.round(clock::now()).await;
        self.see(|latest| match &outcome {
            Ok(seen) => {
                latest.l1 = Some(*seen);
                latest.trouble = None;
                latest.operator = false;
            }
            Err(error) => {
                latest.trouble = Some(error.to_string());
                latest.operator = error.is_of_configuration();
            }
        });
        outcome.map_err(|error| error.to_string())?;
        let coordinator = self.coordinator.clone();
        let kept = tokio::task::spawn_blocking(move || coordinator.keep_snapshot(KEPT_EVERY, clock::now()));
        match kept.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Judges, closes and arranges; what may be new by that.
    async fn plan(&self) -> Result<Planned, String> {
        let (coordinator, settler) = (self.coordinator.clone(), self.settler.clone());
        let settles = !self.options.no_settle;
        let program = self.program;
        let planned = tokio::task::spawn_blocking(move || {
            let now = clock::now();
            let mut planned = Planned {
                to_prove: coordinator.renew(now)?,
                to_send: false,
            };
            if let Some(epoch) = coordinator.review_epoch(now)? {
                warn!(epoch, "given up");
            }
            // What another program proves, settlement does not take.
            let proves = coordinator.program().is_some_and(|(pinned, _)| pinned == program);
            if proves && let Some(epoch) = coordinator.close_epoch(now)? {
                info!(epoch, "closed");
                planned.to_prove = true;
            }
            planned.to_send = settles && settler.arrange(now)?;
            Ok::<_, crate::coordinator::CoordinatorError>(planned)
        });
        match planned.await {
            Ok(Ok(planned)) => Ok(planned),
            Ok(Err(crate::coordinator::CoordinatorError::NotReady)) => Ok(Planned::default()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn send(&self) -> Result<(), String> {
        if !self.l1_is_known() {
            return Ok(());
        }
        let round = self.outbox.round(&*self.settler, clock::now()).await;
        match round {
            Ok(round) => {
                self.see(|latest| latest.wallet = Some(round));
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// Nothing is signed for a chain that was not seen to be the one that is meant.
    fn l1_is_known(&self) -> bool {
        self.coordinator.deployment().is_some() && !self.see(|latest| latest.operator)
    }

    pub(crate) fn see<T>(&self, with: impl FnOnce(&mut Latest) -> T) -> T {
        with(
            &mut self
                .seen
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }
}

/// How many logs and settled certificates may come to be read again at a start before what they came to is kept.
const KEPT_EVERY: u64 = 512;

/// How long a round may take before it counts as stuck.
fn limit(period: Duration) -> Duration {
    period.saturating_mul(10).max(Duration::from_secs(120))
}

/// The nodes that a configuration names.
///
/// # Errors
/// A [`ServiceError`].
pub fn pool(endpoints: &[EndpointSettings], rpc: &Rpc) -> Result<Pool, ServiceError> {
    let mut members = Vec::new();
    for settings in endpoints {
        let url = settings.url.read().map_err(|source| ServiceError::Secret {
            setting: format!("endpoint {}", settings.name),
            source,
        })?;
        let roles = settings.roles.as_deref().map_or(Roles::BOTH, |roles| Roles {
            read: roles.contains(&Role::Read),
            submit: roles.contains(&Role::Submit),
        });
        let endpoint = EndpointConfig {
            name: settings.name.clone(),
            // It is not shown: it may hold a key.
            url: url.trim().parse().map_err(|_| ServiceError::Url {
                setting: format!("endpoint {}", settings.name),
            })?,
        };
        members.push((endpoint, roles, settings.priority));
    }
    let config = PoolConfig {
        timeouts: Timeouts {
            connect: rpc.connect_timeout.0,
            call: rpc.call_timeout.0,
        },
        stall_after: rpc.stall_after.0,
        most_lag: rpc.most_lag,
    };
    Ok(Pool::new(members, config)?)
}

/// Ends a run when the system asks for it: once to end in order, twice to end at once.
pub async fn signals(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        error!("signals cannot be heard: only SIGKILL ends this");
        return;
    };
    let mut wait = async || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    wait().await;
    info!("ending; a second signal ends at once");
    stop.cancel();
    wait().await;
    std::process::exit(1);
}
