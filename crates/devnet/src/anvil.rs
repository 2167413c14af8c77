//! Anvil as a process: started, stopped, killed.
//!
//! The binary is run itself. What npm calls `anvil` is a wrapper: killed or stopped, it leaves the node behind, serving.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::error::DevnetError;
use crate::guard::Guard;
use crate::node::Node;

/// Where the binary for this machine is, from the folder that has `node_modules`.
fn binary() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node_modules/@foundry-rs/anvil-{system}-{processor}/bin/anvil")
}

/// What names the binary if it is somewhere else.
const VARIABLE: &str = "CAUSEWAY_ANVIL";

/// How long a node has until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// When blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mining {
    /// When somebody asks for one.
    Manual,
    /// For each transaction.
    Auto,
    /// Every so many seconds.
    Every(u64),
}

/// How a node is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnvilOptions {
    /// The chain's id.
    pub chain_id: u64,
    /// When blocks are made.
    pub mining: Mining,
    /// The rules of the chain, by anvil's name; its newest if nothing is said.
    pub hardfork: Option<String>,
    /// Where it listens; anywhere if nothing is said.
    pub port: Option<u16>,
    /// How many blocks an epoch has: the chain is final two epochs behind its newest block.
    pub slots_in_an_epoch: u64,
    /// Another node and the block up to which its chain is this one's, if it is a fork.
    pub fork: Option<(String, u64)>,
}

impl AnvilOptions {
    /// A chain of this id, whose blocks are made when somebody asks for one.
    pub const fn manual(chain_id: u64) -> Self {
        Self {
            chain_id,
            mining: Mining::Manual,
            hardfork: None,
            port: None,
            slots_in_an_epoch: 1,
            fork: None,
        }
    }
}

/// A node as a process. It is killed when this is dropped, or this process ends.
#[derive(Debug)]
pub struct Anvil {
    options: AnvilOptions,
    /// Let go before the process is waited for.
    guard: Option<Guard>,
    child: Child,
    port: u16,
    node: Node,
}

impl Anvil {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// [`DevnetError::AnvilMissing`] with what to do about it; [`DevnetError::Ended`] if it does not start.
    pub async fn start(options: AnvilOptions) -> Result<Self, DevnetError> {
        let (child, port) = spawn(&options)?;
        let node = Node::new(&format!("http://127.0.0.1:{port}"), options.chain_id)?;
        let anvil = Self {
            options,
            guard: Some(Guard::of(child.id())?),
            child,
            port,
            node,
        };
        anvil.node.expect_chain().await?;
        Ok(anvil)
    }

    /// The node.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.node.url()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, as a machine that fails would: whoever asks is refused.
    ///
    /// # Errors
    /// [`DevnetError::Process`].
    pub fn kill(&mut self) -> Result<(), DevnetError> {
        let failed = |source| DevnetError::Process {
            what: "anvil cannot be killed",
            source,
        };
        self.guard = None;
        self.child.kill().map_err(failed)?;
        self.child.wait().map_err(failed)?;
        Ok(())
    }

    /// Starts it anew where it was: it has forgotten its chain and begins at genesis.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn restart(&mut self) -> Result<(), DevnetError> {
        self.kill()?;
        let options = AnvilOptions {
            port: Some(self.port),
            ..self.options.clone()
        };
        let (child, _) = spawn(&options)?;
        self.guard = Some(Guard::of(child.id())?);
        self.child = child;
        self.node.expect_chain().await
    }

    /// Stops it (SIGSTOP): whoever asks is let in and gets no answer.
    ///
    /// # Errors
    /// [`DevnetError::Process`].
    pub fn stop(&self) -> Result<(), DevnetError> {
        signal(self.pid(), "STOP")
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Errors
    /// [`DevnetError::Process`].
    pub fn go_on(&self) -> Result<(), DevnetError> {
        signal(self.pid(), "CONT")
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        self.guard = None;
        // It may be dead already; there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process of ours.
///
/// # Errors
/// [`DevnetError::Process`].
pub fn signal(pid: u32, name: &'static str) -> Result<(), DevnetError> {
    let failed = |source| DevnetError::Process {
        what: "a signal cannot be sent",
        source,
    };
    let status = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .stderr(Stdio::null())
        .status()
        .map_err(failed)?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(std::io::Error::from(std::io::ErrorKind::NotFound)))
    }
}

/// The binary: the one that the variable names, or the one under this folder or one above it.
///
/// # Errors
/// [`DevnetError::AnvilMissing`].
pub fn find_anvil(named: Option<PathBuf>, folder: &Path) -> Result<PathBuf, DevnetError> {
    if let Some(path) = named {
        return if path.is_file() {
            Ok(path)
        } else {
            Err(DevnetError::AnvilMissing { looked: path })
        };
    }
    let found = folder
        .ancestors()
        .map(|folder| folder.join(binary()))
        .find(|path| path.is_file());
    found.ok_or_else(|| DevnetError::AnvilMissing {
        looked: folder.join(binary()),
    })
}

fn spawn(options: &AnvilOptions) -> Result<(Child, u16), DevnetError> {
    let failed = |source| DevnetError::Process {
        what: "anvil cannot be started",
        source,
    };
    let folder = std::env::current_dir().map_err(failed)?;
    let path = find_anvil(std::env::var_os(VARIABLE).map(PathBuf::from), &folder)?;
    let mut command = Command::new(path);
    command
        .args(["--host", "127.0.0.1"])
        .args(["--slots-in-an-epoch", &options.slots_in_an_epoch.to_string()])
        .args(["--enable-tx-gas-limit", "--color", "never"])
        .args(["--port", &options.port.unwrap_or(0).to_string()])
        .args(["--chain-id", &options.chain_id.to_string()]);
    match options.mining {
        Mining::Manual => {
            command.arg("--no-mining");
        }
        Mining::Auto => {}
        Mining::Every(seconds) => {
            command.args(["--block-time", &seconds.to_string()]);
        }
    }
    if let Some((url, block)) = &options.fork {
        command.args(["--fork-url", url, "--fork-block-number", &block.to_string()]);
        command.arg("--no-rate-limit");
    }
    if let Some(hardfork) = &options.hardfork {
        command.args(["--hardfork", hardfork]);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let stdout = child.stdout.take().unwrap_or_else(|| unreachable!("it is piped"));
    let (sender, receiver) = mpsc::channel();
    // It says where it listens, and then much else: somebody has to read all of it, or it blocks.
    std::thread::spawn(move || {
        let mut last = String::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(address) = line.trim().strip_prefix("Listening on ") {
                let _ = sender.send(Ok(address.to_owned()));
            }
            if !line.trim().is_empty() {
                last = line;
            }
        }
        let _ = sender.send(Err(last));
    });
    let ended = |child: &mut Child, said: String| {
        let _ = child.kill();
        let _ = child.wait();
        DevnetError::Ended { said }
    };
    let address = match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(address)) => address,
        Ok(Err(said)) => return Err(ended(&mut child, said)),
        Err(_) => return Err(ended(&mut child, "nothing in time".to_owned())),
    };
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    match port {
        Some(port) => Ok((child, port)),
        None => Err(ended(&mut child, address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_that_is_not_there_is_told_with_what_to_do() {
        let nowhere = Path::new("/nonexistent/folder");
        let error = find_anvil(None, nowhere).expect_err("there is none");
        assert_eq!(
            error.to_string(),
            format!(
                "anvil is not at /nonexistent/folder/{}: run `npm ci`, or set CAUSEWAY_ANVIL to the binary itself (npm's \
                 wrapper does not do)",
                binary()
            )
        );
        let error = find_anvil(Some("/nonexistent/anvil".into()), nowhere).expect_err("there is none");
        assert!(
            matches!(error, DevnetError::AnvilMissing { looked } if looked == Path::new("/nonexistent/anvil"))
        );
    }

    #[test]
    fn a_signal_to_nobody_is_an_error() {
        // Above every process id of this system.
        let error = signal(1 << 30, "CONT").expect_err("there is no such process");
        assert_eq!(error.to_string(), "a signal cannot be sent: entity not found");
    }
}
