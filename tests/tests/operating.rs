//! The commands of docs/operating.md as they stand there, one after the other: on a chain of developers, with a prover that takes no time.
//!
//! A block `sh` is run. One that no test can run is marked `sh no-test`, with the reason beside it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use alloy_primitives::{Address, U256};
use anyhow::{Context, Result, ensure};
use causeway_tests::faults::kit::{Kit, Options};

/// The relayer with the mock prover; what is written of `causeway` lies beside it.
const RELAYER: &str = env!("CARGO_BIN_EXE_causeway_mock");

/// A shell in which one block is run after the other.
struct Shell {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl Shell {
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        let beside = Path::new(RELAYER)
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default();
        let path = format!(
            "{}:{}",
            beside.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("PATH", path)
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs a block, and stays where it led.
    fn run(&mut self, block: &str) -> Result<Output> {
        let output = self
            .command("sh", &["-euc", &format!("{block}\npwd >&2")])
            .output()?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(
            output.status.success(),
            "{block}ended with {}: {}{stderr}",
            output.status,
            String::from_utf8_lossy(&output.stdout)
        );
        self.folder = stderr.lines().last().context("a folder")?.into();
        Ok(output)
    }
}

/// A process that is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Blocks of a document: what they are called, and what they hold.
fn blocks(document: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in document.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(name)) => open = Some((name.to_owned(), String::new())),
            (Some((_, text)), None) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_operators_handbook_do_what_they_say() -> Result<()> {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operating.md"))?;
    let kit = Kit::new(Options::default()).await?;
    // Some of it is final.
    kit.mine(8).await?;
    let (deployment, places) = (kit.devnet().deployment(), kit.places());
    let address = |port: u16| format!("127.0.0.1:{port}");
    let variables = [
        ("CHAIN_ID", deployment.chain_id.to_string()),
        ("SETTLEMENT", deployment.settlement.to_string()),
        ("BRIDGE", deployment.bridge.to_string()),
        ("DEPLOY_BLOCK", deployment.deploy_block.to_string()),
        ("L1_RPC_URL", kit.devnet().l1().url().to_owned()),
        ("CAUSEWAY__API__PUBLIC", address(places.public)),
        ("CAUSEWAY__API__ADMIN", address(places.admin)),
        ("CAUSEWAY__API__METRICS", address(places.metrics)),
        ("CAUSEWAY__L1__POLL", "150ms".to_owned()),
        // A chain on which nobody sends anything stands still.
        ("CAUSEWAY__L1__RPC__STALL_AFTER", "1h".to_owned()),
        ("USER", "operator".to_owned()),
    ];
    let mut shell = Shell {
        folder: kit.folder().to_owned(),
        variables: variables.map(|(name, value)| (name.to_owned(), value)).to_vec(),
    };
    let (mut ran, mut relayer) = (0, None);
    for (name, text) in blocks(&document) {
        match name.as_str() {
            "sh" => {
                shell.run(&text)?;
                ran += 1;
                if ran == 1 {
                    // "Send the wallet what settlements cost."
                    let told = shell.command("causeway", &["--json", "wallet"]).output()?;
                    let told: serde_json::Value = serde_json::from_slice(&told.stdout)?;
                    let wallet: Address = told["address"].as_str().context("an address")?.parse()?;
                    let ether = U256::from(1_000_000_000_000_000_000_u128);
                    kit.devnet().l1().node().set_balance(wallet, ether).await?;
                }
            }
            "text" if text == "causeway run\n" => relayer = Some(start(&shell)?),
            _ => {}
        }
    }
    ensure!(relayer.is_some(), "the document says how to run it");
    ensure!(ran >= 6, "{ran} blocks were run");
    Ok(())
}

/// Starts the relayer, and waits until it says that all is well.
fn start(shell: &Shell) -> Result<Running> {
    let mut command = shell.command(RELAYER, &["run", "--config", "causeway.toml"]);
    let running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let began = Instant::now();
    loop {
        let told = shell.command("causeway", &["status"]).output()?;
        if told.status.success() {
            return Ok(running);
        }
        ensure!(
            began.elapsed() < Duration::from_secs(30),
            "it is not well: {}",
            String::from_utf8_lossy(&told.stdout)
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}
