//! From Solidity to ABI and bytecode, with the compiler and the settings of forge.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    declarations::{Declarations, Enums},
    foundry::Foundry,
};
use alloy_json_abi::JsonAbi;
use alloy_primitives::Bytes;
use anyhow::{Context, Result, bail};
use foundry_compilers::{
    Project, ProjectBuilder, ProjectPathsConfig,
    artifacts::{
        BytecodeObject, Contract as Compiled, Optimizer, Settings, SettingsMetadata, UserDoc,
        output_selection::OutputSelection,
    },
    solc::{Solc, SolcCompiler, SolcSettings},
    utils::source_files,
};

/// A contract that can be deployed.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) name: String,
    /// The file that declares it, from the root.
    pub(crate) source: PathBuf,
    /// Whether it stands in for another in tests.
    pub(crate) mock: bool,
    pub(crate) abi: JsonAbi,
    pub(crate) creation_code: Bytes,
    pub(crate) notices: UserDoc,
    /// Every enum in sight, by name or by contract and name: the ABI knows an enum as a number.
    pub(crate) enums: Enums,
}

/// Compiles the contracts of `src` and the mocks of `test`; those that can be deployed come back, by name.
pub(crate) fn compile(foundry: &Foundry) -> Result<Vec<Contract>> {
    let sources = foundry.root.join(&foundry.profile.src);
    let mocks = foundry.root.join(&foundry.profile.test).join("mocks");
    let project = project(foundry)?;
    // By path, so that nothing depends on the order in which a file system lists them.
    let mut files = source_files(&sources, &["sol"]);
    files.extend(source_files(&mocks, &["sol"]));
    files.sort();
    if files.is_empty() {
        bail!("{}: no contracts", sources.display());
    }

    let output = project.compile_files(files)?;
    if output.has_compiler_errors() {
        bail!("{output}");
    }
    let (asts, compiled) = output.into_output().split();
    let mut declarations = Declarations::default();
    for (path, source) in asts.into_sources() {
        let ast = source
            .ast
            .with_context(|| format!("{}: no syntax tree", path.display()))?;
        declarations.read(&path, &ast)?;
    }

    let mut contracts = Vec::new();
    for (path, name, contract) in compiled.into_contracts_with_files() {
        let mock = path.starts_with(&mocks);
        let ours = mock || path.starts_with(&sources);
        if !ours || !declarations.deployable.contains(&(path.clone(), name.clone())) {
            continue;
        }
        let source = path.strip_prefix(&foundry.root)?.to_path_buf();
        let (abi, notices, creation_code) =
            parts(contract).with_context(|| format!("{name} in {}", source.display()))?;
        contracts.push(Contract {
            name,
            source,
            mock,
            abi,
            creation_code,
            notices,
            enums: declarations.enums.clone(),
        });
    }
    contracts.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(contracts)
}

fn project(foundry: &Foundry) -> Result<Project<SolcCompiler>> {
    let profile = &foundry.profile;
    let path = foundry.root.join(&profile.solc);
    let solc = Solc::new(&path)
        .with_context(|| format!("{}: does not run; `npm ci` makes it ready", path.display()))?;
    let settings = Settings {
        optimizer: Optimizer {
            enabled: Some(profile.optimizer),
            runs: Some(profile.optimizer_runs),
            details: None,
        },
        metadata: Some(SettingsMetadata::new(
            profile.bytecode_hash,
            profile.cbor_metadata,
        )),
        evm_version: Some(profile.evm_version),
        via_ir: Some(profile.via_ir),
        output_selection: output_selection(),
        ..Settings::default()
    };
    let paths = ProjectPathsConfig::builder()
        .sources(foundry.root.join(&profile.src))
        .tests(foundry.root.join(&profile.test))
        .libs(profile.libs.iter().map(|lib| foundry.root.join(lib)))
        .remappings(profile.remappings.clone())
        .build_with_root(&foundry.root);
    let project = ProjectBuilder::<SolcCompiler>::default()
        .paths(paths)
        .settings(SolcSettings {
            settings,
            ..SolcSettings::default()
        })
        .ephemeral()
        .no_artifacts()
        .offline()
        .build(SolcCompiler::Specific(solc))?;
    Ok(project)
}

fn output_selection() -> OutputSelection {
    let of_contract = ["abi", "userdoc", "evm.bytecode.object"]
        .map(str::to_owned)
        .to_vec();
    let of_file = vec!["ast".to_owned()];
    let outputs = BTreeMap::from([("*".to_owned(), of_contract), (String::new(), of_file)]);
    BTreeMap::from([("*".to_owned(), outputs)]).into()
}

fn parts(contract: Compiled) -> Result<(JsonAbi, UserDoc, Bytes)> {
    let abi = contract.abi.context("the compiler gives no ABI")?;
    let bytecode = contract.evm.and_then(|evm| evm.bytecode).map(|code| code.object);
    match bytecode {
        Some(BytecodeObject::Bytecode(code)) if !code.is_empty() => Ok((abi, contract.userdoc, code)),
        Some(BytecodeObject::Unlinked(_)) => bail!("its bytecode waits for a library's address"),
        _ => bail!("the compiler gives no bytecode"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::declarations::{Enum, EnumValue};

    /// A contract with an overload, an enum and structs, two of them of a library.
    pub(crate) fn example() -> Contract {
        let abi = r#"[
            {"type": "constructor", "inputs": [{"name": "owner", "type": "address"}], "stateMutability": "payable"},
            {"type": "function", "name": "f", "stateMutability": "view", "outputs": [],
             "inputs": [{"name": "a", "type": "uint8", "internalType": "enum Kind"}]},
            {"type": "function", "name": "f", "stateMutability": "view", "outputs": [], "inputs": [
                {"name": "t", "type": "tuple", "internalType": "struct Tree.State",
                 "components": [{"name": "count", "type": "uint256"}]},
                {"name": "l", "type": "tuple", "internalType": "struct Tree.Leaf",
                 "components": [{"name": "amount", "type": "uint256"}]},
                {"name": "r", "type": "tuple", "internalType": "struct Root",
                 "components": [{"name": "word", "type": "bytes32"}]}]},
            {"type": "event", "name": "Seen", "anonymous": false, "inputs": []}
        ]"#;
        let notices = r#"{"notice": "A test.", "methods": {"f(uint8)": {"notice": "Of a kind."},
            "f((uint256),(uint256),(bytes32))": {"notice": "Of a tree."}}, "events": {"Seen()": {"notice": "It was seen."}}}"#;
        Contract {
            name: "Example".to_owned(),
            source: "contracts/src/Example.sol".into(),
            mock: false,
            abi: serde_json::from_str(abi).unwrap(),
            creation_code: [0x60, 0x01].into(),
            notices: serde_json::from_str(notices).unwrap(),
            enums: BTreeMap::from([("Kind".to_owned(), kind())]),
        }
    }

    fn kind() -> Enum {
        let value = |name: &str, notice: Option<&str>| EnumValue {
            name: name.to_owned(),
            notice: notice.map(str::to_owned),
        };
        Enum {
            notice: Some("A kind.".to_owned()),
            values: vec![value("One", Some("The first.")), value("Two", None)],
        }
    }

    #[track_caller]
    fn assert_refused(object: &str, expected: &str) {
        let contract = serde_json::json!({ "abi": [], "evm": { "bytecode": { "object": object } } });
        let contract: Compiled = serde_json::from_value(contract).unwrap();
        assert_eq!(parts(contract).unwrap_err().to_string(), expected);
    }

    #[test]
    fn refuses_bytecode_that_cannot_be_deployed() {
        assert_refused(
            "6001__$53aea86b7d70b31448b230b20ae141a537$__",
            "its bytecode waits for a library's address",
        );
        assert_refused("", "the compiler gives no bytecode");
    }
}
