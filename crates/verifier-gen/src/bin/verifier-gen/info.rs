use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use anyhow::Result;
use causeway_aggregation::Security;
use causeway_verifier_gen::groth16::{KeyStore, Provenance, domain_log2};
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::r1cs::CircuitHash;
use causeway_verifier_gen::security_doc::{layers, security_doc};
use causeway_verifier_gen::solidity::{key_hash, selector};
use causeway_verifier_gen::wrap::Synthesis;
use clap::Args;
use serde::Serialize;

use crate::circuit::{self, CEREMONY, DEVELOPMENT};
use crate::import::contributions;
use crate::options::{KeysOption, ProfileOption, hex_word};
use causeway_console::{Console, Report};

/// Tell what a profile is: circuit, sizes, keys, bits of security
///
/// Without a choice everything is told; --security alone takes no time, since it needs no circuit.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  verifier-gen info --profile small --key

JSON: profile, circuit (hash, constraints, columns, non_zero_entries, domain_log2, parts), keys, layers (name, ours,
rows_log2, config, security in bits), each as far as chosen, or security_doc.")]
pub(crate) struct Info {
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// Tell the bits of security of every layer
    #[arg(long)]
    security: bool,
    /// Tell the circuit's hash and the keys in the store
    #[arg(long)]
    key: bool,
    /// Print docs/security.md, which is generated from the configurations themselves
    #[arg(long, conflicts_with_all = ["security", "key", "profile", "keys"])]
    security_doc: bool,
}

#[derive(Default, Serialize)]
struct Fields {
    profile: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    circuit: Option<CircuitFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<KeyFields>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<LayerFields>>,
}

#[derive(Serialize)]
struct CircuitFields {
    hash: CircuitHash,
    constraints: usize,
    columns: usize,
    non_zero_entries: usize,
    domain_log2: u32,
    parts: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct KeyFields {
    origin: Provenance,
    path: String,
    /// None if the proving key is not there beside its verifying key.
    bytes: Option<u64>,
    key_hash: String,
    selector: String,
}

#[derive(Serialize)]
struct LayerFields {
    name: String,
    ours: bool,
    rows_log2: usize,
    config: plonky2::plonk::circuit_data::CircuitConfig,
    bits: f64,
    security: Security,
}

#[derive(Serialize)]
struct Document {
    security_doc: String,
}

impl Info {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        if self.security_doc {
            let security_doc = security_doc();
            return Report::new("info", security_doc.clone(), &Document { security_doc });
        }
        let everything = !self.security && !self.key;
        let mut fields = Fields {
            profile: self.profile.profile.to_string(),
            ..Fields::default()
        };
        let mut text = format!("profile {}\n", self.profile.profile);
        if everything || self.key {
            let synthesis = circuit::synthesize(console, self.profile.profile)?;
            let circuit = describe_circuit(console, &synthesis)?;
            let keys = keys(&self.keys.store()?, circuit.hash)?;
            text += &circuit_text(&circuit, everything);
            text += &keys_text(&keys, self.profile.profile);
            (fields.circuit, fields.keys) = (Some(circuit), Some(keys));
        }
        if everything || self.security {
            let (layers, table) = security();
            text += &table;
            fields.layers = Some(layers);
        }
        Report::new("info", text, &fields)
    }
}

fn describe_circuit(console: &Console, synthesis: &Synthesis) -> Result<CircuitFields> {
    let r1cs = &synthesis.r1cs;
    Ok(CircuitFields {
        hash: circuit::hash(console, r1cs),
        constraints: r1cs.num_constraints(),
        columns: r1cs.num_variables(),
        non_zero_entries: r1cs.num_non_zero(),
        domain_log2: domain_log2(r1cs)?,
        parts: synthesis.sections.clone(),
    })
}

fn circuit_text(circuit: &CircuitFields, parts: bool) -> String {
    let mut text = format!(
        "\ncircuit       {}\nconstraints   {} (domain 2^{})\ncolumns       {}\nnot zero      {}\n",
        circuit.hash, circuit.constraints, circuit.domain_log2, circuit.columns, circuit.non_zero_entries
    );
    if parts {
        let mut parts: Vec<_> = circuit.parts.iter().collect();
        parts.sort_by_key(|&(_, constraints)| std::cmp::Reverse(constraints));
        text += "\nconstraints by part\n";
        for (name, constraints) in parts {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<24} {constraints:>9}");
        }
    }
    text
}

fn keys(store: &KeyStore, circuit: CircuitHash) -> Result<Vec<KeyFields>> {
    let mut keys = Vec::new();
    for label in [CEREMONY, DEVELOPMENT] {
        if let Some(key) = circuit::find(store, circuit, label)? {
            let path = store.proving_key_path(circuit, label);
            keys.push(KeyFields {
                bytes: fs::metadata(&path).ok().map(|metadata| metadata.len()),
                path: path.display().to_string(),
                key_hash: hex_word(&key_hash(&key)),
                selector: hex_word(&selector(&key)),
                origin: key.origin().clone(),
            });
        }
    }
    Ok(keys)
}

fn keys_text(keys: &[KeyFields], profile: Profile) -> String {
    if keys.is_empty() {
        return format!(
            "\nno key in the store: make one with `verifier-gen setup --profile {profile}` or `verifier-gen import-zkey`\n"
        );
    }
    let mut text = String::new();
    for key in keys {
        let size = match key.bytes {
            Some(bytes) => format!("{:.1} MB", bytes as f64 / 1e6),
            None => "MISSING: verifies only, make it again to prove".to_owned(),
        };
        let origin = match &key.origin {
            Provenance::Development(origin) => {
                format!(
                    "  seed      {}\n  anybody can forge proofs for this key",
                    hex_word(&origin.seed)
                )
            }
            Provenance::Ceremony(ceremony) => contributions(ceremony),
        };
        let _ = write!(
            text,
            "\n{} key\n  file      {} ({size})\n  key hash  {}\n  selector  {}\n{origin}\n",
            key.origin.label(),
            key.path,
            key.key_hash,
            key.selector
        );
    }
    text
}

fn security() -> (Vec<LayerFields>, String) {
    let mut table = format!("\nsecurity in bits\n{}\n", Security::TABLE_HEAD);
    let mut fields = Vec::new();
    for layer in layers() {
        let _ = writeln!(table, "| {} {}", layer.name, layer.security);
        fields.push(LayerFields {
            name: layer.name,
            ours: layer.ours,
            rows_log2: layer.degree_bits,
            config: layer.config,
            bits: layer.security.bits(),
            security: layer.security,
        });
    }
    (fields, table)
}
