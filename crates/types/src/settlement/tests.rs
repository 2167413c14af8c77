//! Public values as contracts read them.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::{env, fs};

use alloy_primitives::{Address, B256, hex, keccak256};
use serde::Serialize;

use super::PublicValues;
use crate::authority::SettlementDomain;
use crate::certificate::Expiry;
use crate::goldilocks::{GOLDILOCKS_ORDER, GoldilocksDigest};
use crate::roots::{ExitRoot, RollupExitRoot};

/// Every word is another, and every number as long as it can be.
fn values() -> PublicValues {
    let digest = |last| GoldilocksDigest::new([GOLDILOCKS_ORDER - 1, 1, 2, last]).unwrap();
    PublicValues {
        domain: SettlementDomain {
            chain_id: 31337,
            settlement: Address::repeat_byte(0x5e),
        },
        old_commitment: digest(3),
        new_commitment: digest(4),
        rollup_exit_root: RollupExitRoot::new(B256::repeat_byte(0xa1)),
        deposits: 0xfeff_fff0,
        deposit_root: ExitRoot::new(B256::repeat_byte(0xa2)),
        registry_entries: 0xfeff_fff1,
        registry_hash: B256::repeat_byte(0xa3),
        expiry: Expiry::new(0xfeff_ffff_ffff_fff2),
        authorisations_chain: B256::repeat_byte(0xa4),
        payload_chain: B256::repeat_byte(0xa5),
    }
}

#[test]
fn every_field_is_in_the_statement() {
    let statement = values().statement();
    assert_eq!(statement[0], 0);
    assert_eq!(statement[1..], keccak256(values().encode())[1..]);
    let changes: [fn(&mut PublicValues); 12] = [
        |changed| changed.domain.chain_id = 1,
        |changed| changed.domain.settlement = Address::ZERO,
        |changed| changed.old_commitment = GoldilocksDigest::ZERO,
        |changed| changed.new_commitment = GoldilocksDigest::ZERO,
        |changed| changed.rollup_exit_root = RollupExitRoot::EMPTY,
        |changed| changed.deposits -= 1,
        |changed| changed.deposit_root = ExitRoot::EMPTY,
        |changed| changed.registry_entries -= 1,
        |changed| changed.registry_hash = B256::ZERO,
        |changed| changed.expiry = Expiry::NEVER,
        |changed| changed.authorisations_chain = B256::ZERO,
        |changed| changed.payload_chain = B256::ZERO,
    ];
    for change in changes {
        let mut changed = values();
        change(&mut changed);
        assert_ne!(changed.statement(), statement, "{changed:?}");
    }
}

#[test]
fn a_word_is_what_solidity_calls_it() {
    for ((kind, name), word) in PublicValues::FIELDS.into_iter().zip(values().words()) {
        let used = match kind {
            "bytes32" => 32,
            "uint32" => 4,
            "uint64" => 8,
            _ => unreachable!("{kind} of {name}"),
        };
        assert_eq!(word[..32 - used], [0; 32][used..], "{name}");
        assert_ne!(word[32 - used], 0, "{name}");
    }
}

/// As forge reads them. A type of its own: the order of a JSON map depends on features of other crates.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    chain_id: u64,
    settlement: Address,
    domain: B256,
    old_commitment: B256,
    new_commitment: B256,
    rollup_exit_root: B256,
    deposits: u32,
    deposit_root: B256,
    registry_entries: u32,
    registry_hash: B256,
    /// As text: a JSON number of 64 bits is not everywhere one.
    expiry: String,
    authorisations_chain: B256,
    payload_chain: B256,
    encoding: String,
    statement: B256,
}

/// CAUSEWAY_REGENERATE=1 writes the file.
#[test]
fn committed_public_values_are_current() {
    let values = values();
    let vector = Vector {
        chain_id: values.domain.chain_id,
        settlement: values.domain.settlement,
        domain: values.domain.digest(),
        old_commitment: values.old_commitment.into(),
        new_commitment: values.new_commitment.into(),
        rollup_exit_root: values.rollup_exit_root.into(),
        deposits: values.deposits,
        deposit_root: values.deposit_root.into(),
        registry_entries: values.registry_entries,
        registry_hash: values.registry_hash,
        expiry: values.expiry.get().to_string(),
        authorisations_chain: values.authorisations_chain,
        payload_chain: values.payload_chain,
        encoding: hex::encode_prefixed(values.encode()),
        statement: values.statement(),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/public-values.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&vector).unwrap());
    if env::var_os("CAUSEWAY_REGENERATE").is_some() {
        fs::write(&path, text).unwrap();
    } else {
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            text,
            "vectors/public-values.json is stale: make gen"
        );
    }
}
