//! From Solidity to ABI and bytecode, with the compiler and the settings of forge.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::Bytes;
use anyhow::{Context, Result, bail};
use foundry_compilers::{
    Project, ProjectBuilder, ProjectPathsConfig,
    artifacts::{
        Ast, BytecodeObject, Contract as Compiled, Node, NodeType, Optimizer, Settings, SettingsMetadata,
        UserDoc, output_selection::OutputSelection,
    },
    solc::{Solc, SolcCompiler, SolcSettings},
    utils::source_files,
};
use serde::Deserialize;

use crate::foundry::Foundry;

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

/// Enums by `Name`, or by `Contract.Name` if a contract declares them.
pub(crate) type Enums = BTreeMap<String, Enum>;

/// An enum of Solidity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enum {
    pub(crate) notice: Option<String>,
    pub(crate) values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) notice: Option<String>,
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
    let mut declared = BTreeMap::new();
    let mut enums = BTreeMap::new();
    for (path, source) in asts.into_sources() {
        let ast = source
            .ast
            .with_context(|| format!("{}: no syntax tree", path.display()))?;
        read_declarations(&ast, &path, &mut declared, &mut enums)?;
    }

    let mut contracts = Vec::new();
    for (path, name, contract) in compiled.into_contracts_with_files() {
        let mock = path.starts_with(&mocks);
        let deployable = declared.get(&(path.clone(), name.clone())) == Some(&true);
        if !deployable || !(mock || path.starts_with(&sources)) {
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
            enums: enums.clone(),
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

#[derive(Deserialize)]
struct Member {
    name: String,
    documentation: Option<Documentation>,
}

#[derive(Deserialize)]
struct Documentation {
    text: String,
}

/// Which contracts of a file can be deployed, and the values of its enums: by name, or by contract and name.
fn read_declarations(
    ast: &Ast,
    path: &Path,
    declared: &mut BTreeMap<(PathBuf, String), bool>,
    enums: &mut Enums,
) -> Result<()> {
    for node in &ast.nodes {
        match node.node_type {
            NodeType::EnumDefinition => insert_enum(enums, attribute(node, "name")?, node)?,
            NodeType::ContractDefinition => {
                let contract: String = attribute(node, "name")?;
                let kind: String = attribute(node, "contractKind")?;
                let is_abstract: bool = attribute(node, "abstract")?;
                let nested = node
                    .nodes
                    .iter()
                    .filter(|node| node.node_type == NodeType::EnumDefinition);
                for node in nested {
                    let name: String = attribute(node, "name")?;
                    insert_enum(enums, format!("{contract}.{name}"), node)?;
                }
                declared.insert((path.to_path_buf(), contract), kind == "contract" && !is_abstract);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The ABI names no file, so two enums of one name could not be told apart.
fn insert_enum(enums: &mut Enums, name: String, node: &Node) -> Result<()> {
    let documentation: Option<Documentation> = node.attribute("documentation");
    let members: Vec<Member> = attribute(node, "members")?;
    let value = |member: Member| EnumValue {
        name: member.name,
        notice: member.documentation.and_then(notice),
    };
    let found = Enum {
        notice: documentation.and_then(notice),
        values: members.into_iter().map(value).collect(),
    };
    match enums.get(&name) {
        Some(other) if *other != found => bail!("two enums have the name {name}"),
        _ => enums.insert(name, found),
    };
    Ok(())
}

/// What a comment tells users: its text up to the first tag, or its notice.
fn notice(documentation: Documentation) -> Option<String> {
    let text = documentation.text.trim();
    let text = text.strip_prefix("@notice").unwrap_or(text);
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with('@'));
    let notice = lines.collect::<Vec<_>>().join(" ").trim().to_owned();
    (!notice.is_empty()).then_some(notice)
}

fn attribute<T: serde::de::DeserializeOwned>(node: &Node, key: &'static str) -> Result<T> {
    node.attribute(key)
        .with_context(|| format!("the compiler gives no {key} of a {:?}", node.node_type))
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

    /// A contract with an overload, an enum and a struct of a library.
    pub(crate) fn example() -> Contract {
        let abi = r#"[
            {"type": "constructor", "inputs": [{"name": "owner", "type": "address"}], "stateMutability": "payable"},
            {"type": "function", "name": "f", "stateMutability": "view", "outputs": [],
             "inputs": [{"name": "a", "type": "uint8", "internalType": "enum Kind"}]},
            {"type": "function", "name": "f", "stateMutability": "view", "outputs": [], "inputs": [
                {"name": "t", "type": "tuple", "internalType": "struct Tree.State",
                 "components": [{"name": "count", "type": "uint256"}]}]},
            {"type": "event", "name": "Seen", "anonymous": false, "inputs": []}
        ]"#;
        let notices = r#"{"notice": "A test.", "methods": {"f(uint8)": {"notice": "Of a kind."},
            "f((uint256))": {"notice": "Of a tree."}}, "events": {"Seen()": {"notice": "It was seen."}}}"#;
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

    #[test]
    fn takes_from_a_comment_what_it_tells_users() {
        let of = |text: &str| {
            notice(Documentation {
                text: text.to_owned(),
            })
        };
        assert_eq!(
            of("@notice Where a\n secret came from.\n @dev Zero is unsafe."),
            Some("Where a secret came from.".to_owned())
        );
        assert_eq!(of(" One."), Some("One.".to_owned()));
        assert_eq!(of("@dev Zero is unsafe."), None);
    }

    #[test]
    fn refuses_two_enums_of_one_name() {
        let node = |member: &str| -> Node {
            serde_json::from_value(serde_json::json!({
                "nodeType": "EnumDefinition", "src": "0:0:0", "members": [{ "name": member }]
            }))
            .unwrap()
        };
        let mut enums = Enums::new();
        insert_enum(&mut enums, "Kind".to_owned(), &node("One")).unwrap();
        insert_enum(&mut enums, "Kind".to_owned(), &node("One")).unwrap();
        let error = insert_enum(&mut enums, "Kind".to_owned(), &node("Two")).unwrap_err();
        assert_eq!(error.to_string(), "two enums have the name Kind");
    }
}
