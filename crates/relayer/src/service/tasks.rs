//! Tasks that run for ever: each says when it finished a round, and is begun again if it falls.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use causeway_journal::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::clock;
use crate::desk::TaskStatus;

/// The longest pause after trouble.
const LONGEST: Duration = Duration::from_secs(30);

/// A task.
#[derive(Debug)]
pub struct Task {
    name: String,
    limit: Duration,
    last: AtomicU64,
    restarts: AtomicU64,
    woken: Notify,
}

impl Task {
    /// Its next round begins at once, or when the one under way is finished.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// A round is finished.
    pub fn tick(&self) {
        self.last.store(clock::now().millis(), Ordering::Relaxed);
    }

    fn status(&self) -> TaskStatus {
        let last = self.last.load(Ordering::Relaxed);
        TaskStatus {
            name: self.name.clone(),
            last_tick: (last > 0).then(|| Timestamp::from_millis(last)),
            limit_s: self.limit.as_secs(),
            restarts: self.restarts.load(Ordering::Relaxed),
        }
    }
}

/// All tasks.
#[derive(Debug, Default)]
pub struct Tasks(Mutex<Vec<Arc<Task>>>);

impl Tasks {
    /// A new task, and how long one of its rounds may take.
    pub fn task(&self, name: impl Into<String>, limit: Duration) -> Arc<Task> {
        let task = Arc::new(Task {
            name: name.into(),
            limit,
            last: AtomicU64::new(clock::now().millis()),
            restarts: AtomicU64::new(0),
            woken: Notify::new(),
        });
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(task.clone());
        task
    }

    /// How they are.
    pub fn status(&self) -> Vec<TaskStatus> {
        let tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().map(|task| task.status()).collect()
    }

    /// Runs rounds until it is told to stop, with longer pauses after trouble. A round that panics is one more that failed.
    pub fn spawn<F, R>(
        &self,
        task: &Arc<Task>,
        period: Duration,
        stop: &CancellationToken,
        round: F,
    ) -> JoinHandle<()>
    where
        F: Fn() -> R + Send + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let (task, stop) = (task.clone(), stop.clone());
        tokio::spawn(async move {
            let (mut failed, mut told) = (0_u32, None);
            while !stop.is_cancelled() {
                let outcome = tokio::spawn(round()).await;
                // Trouble is told once, and when it is over.
                match outcome {
                    Ok(Ok(())) => {
                        if told.take().is_some() {
                            warn!(task = task.name, "goes on");
                        }
                        failed = 0;
                    }
                    Ok(Err(trouble)) => {
                        failed = failed.saturating_add(1);
                        if told.as_ref() != Some(&trouble) {
                            warn!(task = task.name, trouble, "it is tried again");
                        }
                        told = Some(trouble);
                    }
                    Err(fallen) => {
                        failed = failed.saturating_add(1);
                        task.restarts.fetch_add(1, Ordering::Relaxed);
                        error!(task = task.name, %fallen, "it fell and is begun again");
                    }
                }
                task.tick();
                let pause = period
                    .saturating_mul(2_u32.saturating_pow(failed.min(4)))
                    .min(LONGEST.max(period));
                // After trouble the pause is kept: what wakes it may be what troubles it.
                let woken = async {
                    match failed {
                        0 => task.woken.notified().await,
                        _ => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => {}
                    () = woken => {}
                }
            }
        })
    }
}
