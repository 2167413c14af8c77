//! `bindings-gen`: Rust bindings of the contracts, from their source.

mod bindings;
mod compile;
mod declarations;
mod ethers;
mod folder;
mod foundry;
mod names;
mod solidity;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use foundry::Foundry;

/// Generate crates/bindings/src/generated from the contracts
///
/// Compiles every contract under `src` of foundry.toml, with the compiler and the settings that forge uses, and writes
/// one file of bindings a contract: for alloy, and for ethers in the folder `ethers`. Interfaces, libraries and abstract
/// contracts have no bindings of their own. What lies in `mocks` of the `test` folder goes to the folder `mocks`. A
/// contract that is new is picked up, and the file of one that is gone is removed.
#[derive(Debug, Parser)]
#[command(name = "bindings-gen", version, after_long_help = AFTER_HELP)]
struct Cli {
    /// Write nothing; fail and name the files that differ
    #[arg(long)]
    check: bool,
    /// Folder of foundry.toml: the root of the repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Where the bindings lie, from the root
    #[arg(long, value_name = "DIR", default_value = "crates/bindings/src/generated")]
    out: PathBuf,
}

const AFTER_HELP: &str = "\
The compiler is tools/solc, which `npm ci` (or `make setup`) makes ready. Nothing is downloaded.

Exit codes:
  0  written, or nothing differs
  1  a contract does not compile, a setting is unknown, or --check found a difference
  2  wrong usage

Examples:
  bindings-gen
  bindings-gen --check";

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    let foundry = Foundry::read(&cli.root)?;
    let contracts = compile::compile(&foundry)?;
    let files = bindings::files(&contracts)?;
    let out = cli.root.join(&cli.out);
    let differences = folder::differences(&out, &files)?;
    if !cli.check {
        folder::write(&out, &differences)?;
        println!(
            "{} contracts, {} files, {} changed",
            contracts.len(),
            files.len(),
            differences.len()
        );
        return Ok(());
    }
    if differences.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = differences
        .iter()
        .map(|difference| format!("  {}", cli.out.join(difference.path()).display()))
        .collect();
    bail!(
        "{} files differ from the contracts; `make gen` writes them:\n{}",
        names.len(),
        names.join("\n")
    );
}
