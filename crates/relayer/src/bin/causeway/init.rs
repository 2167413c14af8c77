//! `causeway init`: what a relayer needs before it runs.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use alloy_primitives::Address;
use anyhow::{Context, Result};
use causeway_chain::{new_keystore, new_secret};
use causeway_console::{Console, Report};
use causeway_relayer::config::{EXAMPLE, Loaded};
use clap::Args;
use serde_json::json;

use crate::Answer;
use crate::exit::{self, Failure};

/// Make a configuration and a keystore
///
/// Nothing that is there is written over. The password of the keystore is made too, and stands in a file beside it that nobody but its
/// owner reads; so does a token for operators.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway init --chain-id 1 --settlement 0x... --bridge 0x... --deploy-block 21000000
  export L1_RPC_URL=https://...
  causeway config check --online

JSON: config, keystore, address, password_file, admin_token_file.")]
pub(crate) struct Init {
    /// The folder in which all of it is made
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Chain id of L1
    #[arg(long, value_name = "N")]
    chain_id: u64,
    /// Address of `Settlement`
    #[arg(long, value_name = "ADDRESS")]
    settlement: Address,
    /// Address of `SharedBridge` on L1
    #[arg(long, value_name = "ADDRESS")]
    bridge: Address,
    /// The block in which the first of them was deployed
    #[arg(long, value_name = "N", default_value_t = 0)]
    deploy_block: u64,
    /// The variable that holds the address of a node
    #[arg(long, value_name = "NAME", default_value = "L1_RPC_URL")]
    rpc_variable: String,
}

impl Init {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let out = std::path::absolute(&self.out).context("the folder has no path")?;
        let [config, keystore, password, token] =
            ["causeway.toml", "key.json", "key.password", "admin.token"].map(|name| out.join(name));
        // Before anything is made: half of it is none.
        for path in [&config, &keystore, &password, &token] {
            if path.exists() {
                let message = format!("{} is there already: nothing was made", path.display());
                return Err(Failure::new(exit::CONFLICT, message).into());
            }
        }
        std::fs::create_dir_all(&out).with_context(|| format!("{} cannot be made", out.display()))?;
        let text = self.text(&out)?;
        // What is written has to be read again.
        Loaded::parse(&config, &text, [])?;
        let secret = new_secret().to_string();
        write_secret(&password, &secret)?;
        write_secret(&token, &new_secret().to_string())?;
        let address = console.work("making a keystore", || new_keystore(&keystore, &secret))?;
        causeway_console::files::write_text(&config, &text)?;
        let text = format!(
            "wrote {}\nkeystore {} of {address}: send it what settlements cost\nset {} to the address of a node, then: causeway config check --online",
            config.display(),
            keystore.display(),
            self.rpc_variable,
        );
        let fields = json!({
            "config": config, "keystore": keystore, "address": address, "password_file": password,
            "admin_token_file": token,
        });
        Ok(Answer {
            report: Report::new("init", text, &fields)?,
            left_out: false,
        })
    }

    /// The example, with what was said.
    fn text(&self, out: &Path) -> Result<String> {
        let quoted = |path: &Path| toml_text(&path.display().to_string());
        let mut text = EXAMPLE.to_owned();
        let storage = out.join("state");
        for (line, instead) in [
            ("chain_id = 1", format!("chain_id = {}", self.chain_id)),
            (
                "url = { env = \"L1_RPC_URL\" }",
                format!("url = {{ env = {} }}", toml_text(&self.rpc_variable)),
            ),
            (
                "settlement = \"0x1111111111111111111111111111111111111111\"",
                format!("settlement = \"{}\"", self.settlement),
            ),
            (
                "bridge = \"0x2222222222222222222222222222222222222222\"",
                format!("bridge = \"{}\"", self.bridge),
            ),
            (
                "deploy_block = 21000000",
                format!("deploy_block = {}", self.deploy_block),
            ),
            (
                "path = \"/etc/causeway/key.json\"",
                format!("path = {}", quoted(&out.join("key.json"))),
            ),
            (
                "password = { file = \"/run/secrets/key_password\" }",
                format!("password = {{ file = {} }}", quoted(&out.join("key.password"))),
            ),
            (
                "path = \"causeway/relayer.db\"",
                format!("path = {}", quoted(&storage.join("relayer.db"))),
            ),
            (
                "proofs = \"causeway/proofs\"",
                format!("proofs = {}", quoted(&storage.join("proofs"))),
            ),
            (
                "backup_dir = \"causeway/backups\"",
                format!("backup_dir = {}", quoted(&storage.join("backups"))),
            ),
            (
                "admin = \"127.0.0.1:9091\"",
                format!(
                    "admin = \"127.0.0.1:9091\"\nadmin_token = {{ file = {} }}",
                    quoted(&out.join("admin.token"))
                ),
            ),
        ] {
            let found = text.matches(&format!("{line}\n")).count();
            anyhow::ensure!(found == 1, "the example has `{line}` {found} times");
            text = text.replacen(&format!("{line}\n"), &format!("{instead}\n"), 1);
        }
        Ok(text)
    }
}

/// A text as TOML has it.
fn toml_text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// Writes what nobody but its owner reads.
fn write_secret(path: &Path, secret: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(path)?;
        writeln!(file, "{secret}")?;
        file.sync_all()
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read_and_nothing_is_wrong_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let init = Init {
            out: folder.path().join("new"),
            chain_id: 11_155_111,
            settlement: Address::with_last_byte(1),
            bridge: Address::with_last_byte(2),
            deploy_block: 77,
            rpc_variable: "MY_NODE".to_owned(),
        };
        let console = Console::new(true);
        init.run(&console).expect("made");
        let path = init.out.join("causeway.toml");
        let loaded = Loaded::read(&path, []).expect("a configuration");
        assert_eq!(causeway_relayer::config::check::problems(&loaded.config), []);
        assert_eq!(loaded.config.l1.chain_id, 11_155_111);
        assert_eq!(loaded.config.contracts.bridge, Address::with_last_byte(2));
        super::super::config::online::signer(&loaded.config).expect("the keystore opens with its password");

        let error = init.run(&console).expect_err("it is there");
        assert_eq!(exit::code_of(&error), exit::CONFLICT);
        assert!(
            error
                .to_string()
                .ends_with("causeway.toml is there already: nothing was made")
        );
    }
}
