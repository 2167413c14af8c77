//! The relayer as a process: started, killed, asked to end, started again, and asked over HTTP.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use alloy_primitives::B256;
use anyhow::{Context, Result, bail, ensure};
use causeway_devnet::Guard;
use causeway_devnet::anvil::signal;
use causeway_types::CertificateJson;
use serde_json::Value;

use super::certificates::Made;
use super::settings::{FAILPOINTS, PROVER_LOG, PROVER_SCRIPT, Places};

/// The binary that is the relayer with the mock prover, beside the one that runs this.
const BINARY: &str = "causeway_mock";

/// An answer of its API.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null if it is no JSON.
    pub body: Value,
}

/// A relayer that runs. It is killed when this is dropped, or this process ends.
#[derive(Debug)]
pub struct Relayer {
    /// Let go before the process is waited for.
    guard: Option<Guard>,
    child: Child,
    public: String,
    admin: String,
    metrics: String,
    lines: Arc<Mutex<Vec<String>>>,
    client: reqwest::Client,
}

/// Where the binary is: in the folder of this one, or above it for tests, which lie in `deps`.
fn binary() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let found = this.ancestors().skip(1).take(2).map(|folder| folder.join(BINARY));
    found
        .into_iter()
        .find(|path| path.is_file())
        .with_context(|| format!("{BINARY} is not there: `cargo build --workspace --bin {BINARY}`"))
}

impl Relayer {
    /// Starts one. `failpoints` names points at which it dies, as the crate `fail` reads them; empty for none.
    ///
    /// # Errors
    /// If the binary is not there.
    pub fn start(places: &Places, failpoints: &str) -> Result<Self> {
        let log = |name: &str| -> Result<File> {
            let path = places.folder.join(name);
            Ok(OpenOptions::new().create(true).append(true).open(path)?)
        };
        // A file that may grow no longer is an error to whoever writes it, and not his end: see [`Self::limit_files`].
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
            .arg(binary()?)
            .arg("run")
            .arg("--config")
            .arg(places.config())
            .env(PROVER_LOG, places.prover_log())
            .env(PROVER_SCRIPT, places.prover_script())
            .current_dir(&places.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if failpoints.is_empty() {
            command.env_remove(FAILPOINTS);
        } else {
            command.env(FAILPOINTS, failpoints);
        }
        let mut child = command.spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let lines = Arc::new(Mutex::new(Vec::new()));
        listen(
            stdout.context("it is piped")?,
            log("relayer.stdout")?,
            Arc::clone(&lines),
        );
        listen(
            stderr.context("it is piped")?,
            log("relayer.stderr")?,
            Arc::clone(&lines),
        );
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()?;
        let url = |port| format!("http://127.0.0.1:{port}");
        Ok(Self {
            guard: Some(Guard::of(child.id())?),
            child,
            public: url(places.public),
            admin: url(places.admin),
            metrics: url(places.metrics),
            lines,
            client,
        })
    }

    /// Waits until it answers.
    ///
    /// # Errors
    /// If it ends, or takes longer than this.
    pub async fn wait_until_alive(&mut self, limit: Duration) -> Result<()> {
        let began = Instant::now();
        loop {
            if let Ok(answer) = self.get("/healthz").await
                && answer.status == 200
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the relayer ended with {status}: {}", self.last_words());
            }
            ensure!(
                began.elapsed() < limit,
                "the relayer does not answer: {}",
                self.last_words()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn last_words(&self) -> String {
        let lines = self.lines();
        lines[lines.len().saturating_sub(3)..].join(" | ")
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How much memory it has, in MiB.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn resident(&self) -> Result<u64> {
        resident(self.pid())
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// The system's.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Kills it (SIGKILL): nothing of it runs any longer, nothing is cleaned up.
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&mut self) -> Result<ExitStatus> {
        self.guard = None;
        // It may have died by itself, at a fail point.
        let _ = self.child.kill();
        Ok(self.child.wait()?)
    }

    /// Asks it to end (SIGTERM).
    ///
    /// # Errors
    /// If it is not there.
    pub fn terminate(&self) -> Result<()> {
        Ok(signal(self.pid(), "TERM")?)
    }

    /// Lets no file of it grow beyond so many bytes, as a full disk would; or lets them grow again.
    ///
    /// # Errors
    /// If the system does not let us.
    pub fn limit_files(&self, most: Option<u64>) -> Result<()> {
        let most = most.map_or("unlimited".to_owned(), |most| most.to_string());
        let status = Command::new("prlimit")
            .args([
                "--pid",
                &self.pid().to_string(),
                &format!("--fsize={most}:unlimited"),
            ])
            .status()?;
        ensure!(status.success(), "prlimit ended with {status}");
        Ok(())
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// If that takes longer than this.
    pub async fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(
                began.elapsed() < limit,
                "it still runs after {limit:?}: {}",
                self.last_words()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it said, line by line.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks its public API.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let response = self.client.get(format!("{}{path}", self.public)).send().await?;
        read(response).await
    }

    /// Asks its API for operators to do something.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn admin(&self, path: &str, body: &Value) -> Result<Answer> {
        let request = self.client.post(format!("{}{path}", self.admin)).json(body);
        read(request.send().await?).await
    }

    /// Its metrics, as text.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn metrics(&self) -> Result<String> {
        let response = self
            .client
            .get(format!("{}/metrics", self.metrics))
            .send()
            .await?;
        Ok(response.text().await?)
    }

    /// Hands a certificate in.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn submit(&self, certificate: &CertificateJson) -> Result<Answer> {
        let body = serde_json::to_vec(certificate)?;
        self.post_bytes("/v1/certificates", body).await
    }

    /// Hands a certificate in, with its network's own proof if it has one.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn hand_in(&self, made: &Made) -> Result<Answer> {
        self.post_bytes("/v1/certificates", made.handed_in()?).await
    }

    /// Hands in bytes, whatever they are.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Result<Answer> {
        self.post_by(&self.client, path, body).await
    }

    /// Hands in bytes as somebody who has another address.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn post_by(&self, client: &reqwest::Client, path: &str, body: Vec<u8>) -> Result<Answer> {
        let request = client
            .post(format!("{}{path}", self.public))
            .header("content-type", "application/json")
            .body(body);
        read(request.send().await?).await
    }

    /// A certificate as it stands; none if it is not known.
    ///
    /// # Errors
    /// If it does not answer, or with something else.
    pub async fn certificate(&self, id: B256) -> Result<Option<Value>> {
        let answer = self.get(&format!("/v1/certificates/{id}")).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => bail!(
                "the relayer answers a question for {id} with {status}: {}",
                answer.body
            ),
        }
    }

    /// Where a certificate stands; nothing if it is not known.
    ///
    /// # Errors
    /// As [`Self::certificate`].
    pub async fn standing(&self, id: B256) -> Result<String> {
        let certificate = self.certificate(id).await?.unwrap_or_default();
        Ok(certificate["standing"].as_str().unwrap_or_default().to_owned())
    }
}

/// How much memory a process has, in MiB.
///
/// # Errors
/// If the system does not say.
pub fn resident(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    let kib: u64 = kib.context("the system does not say how large it is")?.parse()?;
    Ok(kib >> 10)
}

/// Keeps what a process says, in memory and in a file.
fn listen(from: impl Read + Send + 'static, mut file: File, lines: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = writeln!(file, "{line}");
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}

async fn read(response: reqwest::Response) -> Result<Answer> {
    let status = response.status().as_u16();
    let body = response.bytes().await?;
    Ok(Answer {
        status,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

impl Drop for Relayer {
    fn drop(&mut self) {
        self.guard = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
