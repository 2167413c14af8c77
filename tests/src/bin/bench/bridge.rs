use std::collections::BTreeMap;

use anyhow::Result;
use causeway_tests::artifact::repository;
use serde::Deserialize;

use crate::Bench;
use crate::forge::{measure, read, snapshot};
use crate::row::{Peer, Row, Unit};

/// LxLy's figures under the names of ours, written down once for this table and for the tests that hold ours below.
const PEER: &str = "vectors/lxly-gas.json";
/// The tests that measure.
const TESTS: &str = "SharedBridgeGasTest";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Lxly {
    /// Whose they are.
    peer: String,
    /// How they were measured, for who reads the file.
    #[serde(rename = "measured")]
    _measured: String,
    /// Of a call alone.
    execution: BTreeMap<String, u64>,
    /// Of a whole transaction.
    transactions: BTreeMap<String, u64>,
    /// What EIP-7623 asks at least for the calldata of a claim with two full proofs.
    floor_of_two_proofs: u64,
    /// Bytes of runtime code, under the names of our contracts.
    code_sizes: BTreeMap<String, u64>,
}

/// `gas.bridge.*`: what exits and claims cost, as forge measures them in this run, beside LxLy's figures.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let lxly: Lxly = read(&repository().join(PEER))?;
    measure(TESTS)?;
    let mut rows = Vec::new();
    for (name, gas) in snapshot("SharedBridge, execution")? {
        let row = Row::new(format!("{}.execution", row_name(&name)), gas as f64, Unit::Gas);
        let theirs = lxly.execution.get(&name);
        rows.push(beside(
            row,
            theirs.map(|&gas| Peer::cited(&lxly.peer, gas as f64)),
        ));
    }
    for (name, gas) in snapshot("SharedBridge, transactions")? {
        let row = Row::new(format!("{}.total", row_name(&name)), gas as f64, Unit::Gas);
        let theirs = lxly.transactions.get(&name);
        let theirs = theirs.map(|&gas| Peer::cited(&lxly.peer, gas as f64));
        rows.push(beside(
            row,
            theirs.or_else(|| floor(&name, lxly.floor_of_two_proofs)),
        ));
    }
    for (name, bytes) in snapshot("bytecode sizes")? {
        let row = Row::new(format!("gas.bridge.code.{name}"), bytes as f64, Unit::Bytes);
        let theirs = lxly.code_sizes.get(&name);
        rows.push(beside(
            row,
            theirs.map(|&bytes| Peer::cited(&lxly.peer, bytes as f64)),
        ));
    }
    rows.sort_by(|left, right| left.name.cmp(&right.name));
    for row in rows {
        bench.report.row(row);
    }
    Ok(())
}

/// Short proofs are LxLy's claims without the siblings that everybody knows: they are held against the calldata that those
/// have.
fn floor(name: &str, floor: u64) -> Option<Peer> {
    let claims = match name.strip_prefix("claimMany")? {
        more if more.ends_with("ten at once") => 10,
        _ => 1,
    };
    let whose = if claims == 1 {
        "floor of two proofs".to_owned()
    } else {
        format!("{claims} floors of two proofs")
    };
    Some(Peer::cited(whose, (claims * floor) as f64))
}

fn beside(row: Row, peer: Option<Peer>) -> Row {
    match peer {
        Some(peer) => row.beside(peer),
        None => row,
    }
}

/// The row's name of a snapshot's: "claimAsset of a wrapped token, first" is `gas.bridge.claimAsset.wrapped_token.first`.
fn row_name(snapshot: &str) -> String {
    let general_first = snapshot.replacen(" of a ", ".", 1).replacen(" of ", ".", 1);
    format!(
        "gas.bridge.{}",
        general_first.replace(", ", ".").replace(' ', "_")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshots_name_becomes_a_rows() {
        for (snapshot, row) in [
            ("bridgeMessage", "bridgeMessage"),
            (
                "bridgeAsset of ether, forced update",
                "bridgeAsset.ether.forced_update",
            ),
            (
                "claimAsset of a wrapped token, first",
                "claimAsset.wrapped_token.first",
            ),
        ] {
            assert_eq!(row_name(snapshot), format!("gas.bridge.{row}"));
        }
    }

    #[test]
    fn short_proofs_are_held_against_full_ones() {
        for (name, gas) in [
            ("claimMany of ether", 100.0),
            ("claimMany of ether, ten at once", 1000.0),
        ] {
            assert_eq!(floor(name, 100).map(|peer| peer.value), Some(gas));
        }
        assert_eq!(floor("claimMessage", 100), None);
    }

    /// Each of LxLy's figures has one of ours beside it, under the same name.
    #[test]
    fn lxlys_figures_are_of_what_is_measured() -> Result<()> {
        let lxly: Lxly = read(&repository().join(PEER))?;
        for (group, theirs) in [
            ("SharedBridge, execution", lxly.execution),
            ("SharedBridge, transactions", lxly.transactions),
            ("bytecode sizes", lxly.code_sizes),
        ] {
            let path = repository().join("contracts/snapshots").join(group);
            let ours: BTreeMap<String, String> = read(&path.with_extension("json"))?;
            for name in theirs.keys() {
                assert!(ours.contains_key(name), "{group}: {name}");
            }
        }
        Ok(())
    }
}
