//! What the compiler's syntax tree tells and an ABI does not: which contracts can be deployed, and the values of enums.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use foundry_compilers::artifacts::{Ast, Node, NodeType};
use serde::Deserialize;

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

#[derive(Deserialize)]
struct Member {
    name: String,
    documentation: Option<Documentation>,
}

#[derive(Deserialize)]
struct Documentation {
    text: String,
}

/// What some files declare.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    /// File and name of each contract that can be deployed: no interface, no library, not abstract.
    pub(crate) deployable: BTreeSet<(PathBuf, String)>,
    pub(crate) enums: Enums,
}

impl Declarations {
    /// Adds what the file at `path` declares.
    pub(crate) fn read(&mut self, path: &Path, ast: &Ast) -> Result<()> {
        for node in &ast.nodes {
            match node.node_type {
                NodeType::EnumDefinition => insert_enum(&mut self.enums, attribute(node, "name")?, node)?,
                NodeType::ContractDefinition => self.read_contract(path, node)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_contract(&mut self, path: &Path, contract: &Node) -> Result<()> {
        let name: String = attribute(contract, "name")?;
        let kind: String = attribute(contract, "contractKind")?;
        let is_abstract: bool = attribute(contract, "abstract")?;
        for node in &contract.nodes {
            if node.node_type == NodeType::EnumDefinition {
                let of_enum: String = attribute(node, "name")?;
                insert_enum(&mut self.enums, format!("{name}.{of_enum}"), node)?;
            }
        }
        if kind == "contract" && !is_abstract {
            self.deployable.insert((path.to_path_buf(), name));
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

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

    #[test]
    fn finds_what_can_be_deployed() {
        let contract = |name: &str, kind: &str, is_abstract: bool| {
            serde_json::json!({
                "nodeType": "ContractDefinition", "src": "0:0:0", "name": name, "contractKind": kind,
                "abstract": is_abstract, "nodes": [{
                    "nodeType": "EnumDefinition", "src": "0:0:0", "name": "Kind", "members": [{ "name": "One" }]
                }]
            })
        };
        let ast: Ast = serde_json::from_value(serde_json::json!({
            "absolutePath": "a.sol", "id": 0, "nodeType": "SourceUnit", "src": "0:0:0", "nodes": [
                contract("Whole", "contract", false), contract("Half", "contract", true),
                contract("Face", "interface", false), contract("Help", "library", false)
            ]
        }))
        .unwrap();
        let mut declarations = Declarations::default();
        declarations.read(Path::new("a.sol"), &ast).unwrap();
        let deployable = [("a.sol".into(), "Whole".to_owned())];
        assert_eq!(declarations.deployable, BTreeSet::from(deployable));
        let enums: Vec<&str> = declarations.enums.keys().map(String::as_str).collect();
        assert_eq!(enums, ["Face.Kind", "Half.Kind", "Help.Kind", "Whole.Kind"]);
    }
}
