//! A whole process: the service, its interfaces, and an end in order.

use std::sync::Arc;
use std::time::Duration;

use causeway_journal::{Job, JobKind, JobStanding, ProofStanding, Standing};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{RunOptions, Service, ServiceError, signals};
use crate::api::{Api, Listeners, Settings};
use crate::clock;
use crate::config::Loaded;
use crate::config::check::problems;
use crate::metrics::Metrics;
use crate::prove::Prover;

/// Runs a relayer until it is told to end, or, with [`RunOptions::once`], until nothing is left to do. It ends within
/// `shutdown.drain`, whatever is under way: what is begun is in the journal.
///
/// # Errors
/// A [`ServiceError`] if it cannot begin.
pub fn relay<P: Prover>(loaded: Loaded, options: RunOptions, prover: P) -> Result<(), ServiceError> {
    relay_until(loaded, options, prover, CancellationToken::new())
}

/// Whether a configuration may be run with.
///
/// # Errors
/// [`ServiceError::Config`] with everything that is wrong, and where it was set.
pub fn refuse(loaded: &Loaded) -> Result<(), ServiceError> {
    let problems = problems(&loaded.config);
    let told: Vec<_> = problems
        .iter()
        .map(|problem| {
            let origin = loaded.provenance.nearest(&problem.setting);
            format!("{origin}: {}: {}", problem.setting, problem.detail)
        })
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    Err(ServiceError::Config {
        problems: told.join("\n"),
    })
}

/// [`relay`] that whoever holds the token can end too.
///
/// # Errors
/// As [`relay`].
pub fn relay_until<P: Prover>(
    loaded: Loaded,
    options: RunOptions,
    prover: P,
    stop: CancellationToken,
) -> Result<(), ServiceError> {
    refuse(&loaded)?;
    let config = Arc::new(loaded.config);
    super::write_logs(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServiceError::Thread)?;
    let drain = config.shutdown.drain.0;
    let service = Service::open(
        config.clone(),
        options,
        prover.program_digest(),
        prover.own_proofs(),
    )?;
    let settings = Settings::of(&config).map_err(|source| ServiceError::Secret {
        setting: "api.admin_token".to_owned(),
        source,
    })?;
    let outcome = runtime.block_on(async {
        service.check_signer().await?;
        let listeners = Listeners::bind(&config.api).await?;
        let journal = service.coordinator().journal().clone();
        let metrics = service.metrics().clone();
        let api = Api::new(service.clone(), journal, metrics.clone(), settings, stop.clone());
        tokio::spawn(signals(stop.clone()));
        let answering = tokio::spawn(listeners.serve(api));
        if options.once {
            tokio::spawn(until_idle(service.clone(), stop.clone()));
        }
        let backups = tokio::spawn(back_up(service.clone(), metrics, stop.clone()));
        service.run(prover, stop.clone()).await?;
        // Whoever reads his answer slowly holds nothing up.
        if !matches!(tokio::time::timeout(drain, answering).await, Ok(Ok(Ok(())))) {
            warn!("the interfaces did not end in order");
        }
        let _ = backups.await;
        Ok::<_, ServiceError>(())
    });
    // What blocks longer than that is cut off: it is in the journal.
    runtime.shutdown_timeout(drain);
    if let Err(error) = service.coordinator().journal().fold_log() {
        warn!(%error, "the journal's log stays beside it");
    }
    info!("ended");
    outcome
}

/// Ends a run in which nothing is left to do.
async fn until_idle(service: Arc<Service>, stop: CancellationToken) {
    let mut idle = 0;
    while !stop.is_cancelled() {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let journal = service.coordinator().journal().clone();
        let busy = tokio::task::spawn_blocking(move || {
            journal.read(|view| {
                let pending = [
                    Standing::Accepted,
                    Standing::Proven,
                    Standing::Confirmed,
                    Standing::Assigned,
                ];
                for standing in pending {
                    if !view.certificates_at(standing)?.is_empty() {
                        return Ok(true);
                    }
                }
                let jobs = view.open_jobs()?;
                let proofs = view.proofs_at(ProofStanding::Queued)?;
                // A claim that waits for money or a better price may wait for days.
                let waits = |job: &Job| job.kind == JobKind::Claim && job.hold.is_some();
                let unfinished = jobs
                    .iter()
                    .any(|job| job.standing != JobStanding::Included && !waits(job));
                Ok::<_, causeway_journal::JournalError>(unfinished || !proofs.is_empty())
            })
        });
        let begun = service.coordinator().deployment().is_some();
        let busy = busy.await.ok().and_then(Result::ok).unwrap_or(true);
        idle = if begun && !busy { idle + 1 } else { 0 };
        if idle >= 4 {
            stop.cancel();
        }
    }
}

/// Copies the journal now and then, and keeps the newest copies.
async fn back_up(service: Arc<Service>, metrics: Metrics, stop: CancellationToken) {
    let settings = service.coordinator().config().storage.clone();
    let mut every = tokio::time::interval(settings.backup_every.0.max(Duration::from_secs(1)));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        let journal = service.coordinator().journal().clone();
        let (folder, keep) = (settings.backup_dir.clone(), settings.keep_backups);
        let copied = tokio::task::spawn_blocking(move || super::backup::copy(&journal, &folder, keep)).await;
        match copied {
            Ok(Ok(path)) => {
                metrics.backed_up(clock::now());
                info!(path = %path.display(), "the journal is copied");
            }
            Ok(Err(error)) => warn!(%error, "the journal is not copied"),
            Err(error) => warn!(%error, "the journal is not copied"),
        }
    }
}
