//! Three real certificates: they apply, and no value in them can be changed without a refusal that names it.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, U256, address};
use causeway_types::{Certificate, CertificateJson, NetworkId, Prehash, TokenId, TypesError};
use serde_json::{Value, json};

use super::apply;
use crate::authority::check_lxly_signer;
use crate::error::LedgerError;
use crate::state::State;
use crate::testing::DOMAIN;

const VECTORS: [&str; 3] = [
    include_str!("../../../../vectors/lxly/cert_h0.json"),
    include_str!("../../../../vectors/lxly/cert_h1.json"),
    include_str!("../../../../vectors/lxly/cert_h2.json"),
];

const SIGNER: Address = address!("c61109518a048b1adc094ba661a65f6898c360ff");

/// The certificates, each with the state that it applies to, and the state after all.
fn chain() -> (Vec<(State, Value)>, State) {
    let mut state = State::new(DOMAIN, NetworkId::new(14)).unwrap();
    let mut chain = Vec::new();
    for text in VECTORS {
        let certificate: Certificate = serde_json::from_str(text).unwrap();
        let transition = apply(&state, &certificate).unwrap();
        chain.push((state, serde_json::from_str(text).unwrap()));
        state = transition.after().clone();
    }
    (chain, state)
}

#[test]
fn the_vectors_apply_in_order() {
    let (chain, state) = chain();
    let token = TokenId {
        network: NetworkId::MAINNET,
        address: address!("aae0a1ab5eda004d7884c0c081f490d5a77e8c32"),
    };
    let own = TokenId {
        network: state.network(),
        address: address!("baff8973df466a7f620068a53975311eb31e931c"),
    };
    // 0.05 in, 0.04 out, 9.09 in; the network's own token is not tracked.
    assert_eq!(
        state.balances().get(token),
        U256::from(9_100_000_000_000_000_000_u64)
    );
    assert_eq!(state.balances().get(own), U256::ZERO);
    assert_eq!(
        (state.height(), state.exits().count(), state.balances().count()),
        (3, 3, 2)
    );
    let last: Certificate = serde_json::from_str(VECTORS[2]).unwrap();
    assert_eq!(state.exits().root(), last.new_local_exit_root);
    // Out of order, or twice.
    for (height, (before, value)) in chain.iter().enumerate() {
        let certificate: Certificate = serde_json::from_value(value.clone()).unwrap();
        for (other, (state, _)) in chain.iter().enumerate().filter(|(other, _)| *other != height) {
            let expected = LedgerError::MismatchHeight {
                declared: height as u64,
                expected: other as u64,
            };
            assert_eq!(apply(state, &certificate), Err(expected));
        }
        assert_eq!(check_lxly_signer(&certificate, SIGNER), Ok(Prehash::V2));
        assert!(apply(before, &certificate).is_ok());
    }
}

/// Every string, number and bool, by its pointer.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                leaves(field, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                leaves(item, &format!("{pointer}/{position}"), found);
            }
        }
        Value::Null => {}
        _ => found.push(pointer.to_owned()),
    }
}

/// Another value of the same kind.
fn change(value: &mut Value) {
    *value = match &*value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::String(text) if text == "Transfer" => json!("Message"),
        Value::String(text) => {
            let (rest, last) = text.split_at(text.len() - 1);
            json!(format!("{rest}{}", if last == "1" { "2" } else { "1" }))
        }
        _ => unreachable!("only leaves are changed"),
    };
}

/// What a change of this value is refused as.
fn expected(height: usize, pointer: &str) -> &'static str {
    let claim = "/imported_bridge_exits/0/claim_data/Mainnet/";
    if let Some(rest) = pointer.strip_prefix(claim) {
        return match rest {
            "l1_leaf/rer" | "l1_leaf/inner/global_exit_root" => "InconsistentGlobalExitRoot",
            "l1_leaf/mer" | "proof_leaf_mer/root" => "MismatchMER",
            _ if rest.starts_with("proof_leaf_mer/proof/siblings/") => "InvalidMerklePathLeafToLER",
            "l1_leaf/l1_info_tree_index" | "l1_leaf/inner/block_hash" | "l1_leaf/inner/timestamp" => {
                "InvalidMerklePathGERToL1Root"
            }
            _ if rest.starts_with("proof_ger_l1root/") => "InvalidMerklePathGERToL1Root",
            _ => panic!("{rest}"),
        };
    }
    match pointer {
        "/network_id" => "MismatchNetwork",
        "/height" => "MismatchHeight",
        "/prev_local_exit_root" => "MismatchPrevLocalExitRoot",
        // The first exit is of L1's token: as a message it would be L1's.
        "/bridge_exits/0/leaf_type" if height == 0 => "InvalidMessageOriginNetwork",
        "/new_local_exit_root" => "MismatchNewLocalExitRoot",
        _ if pointer.starts_with("/bridge_exits/0/") => "MismatchNewLocalExitRoot",
        "/imported_bridge_exits/0/bridge_exit/dest_network" => "InvalidExitNetwork",
        "/imported_bridge_exits/0/global_index/mainnet_flag" => "MismatchGlobalIndexInclusionProof",
        "/imported_bridge_exits/0/global_index/leaf_index" => "InvalidMerklePathLeafToLER",
        _ if pointer.starts_with("/imported_bridge_exits/0/bridge_exit/") => "InvalidMerklePathLeafToLER",
        _ => panic!("{pointer}"),
    }
}

#[test]
fn every_change_is_refused_by_name() {
    let mut changes = 0;
    for (height, (state, value)) in chain().0.into_iter().enumerate() {
        let original: Certificate = serde_json::from_value(value.clone()).unwrap();
        let mut pointers = Vec::new();
        leaves(&value, "", &mut pointers);
        for pointer in pointers {
            changes += 1;
            let mut changed = value.clone();
            change(changed.pointer_mut(&pointer).unwrap());
            let json: CertificateJson = serde_json::from_value(changed).unwrap();
            let parsed = Certificate::try_from(json);
            if pointer.ends_with("/global_index/rollup_index") {
                assert_eq!(
                    parsed,
                    Err(TypesError::MainnetWithRollupIndex { rollup_index: 1 })
                );
                continue;
            }
            let certificate = parsed.unwrap();
            assert_ne!(certificate, original, "{pointer}");
            let outcome = apply(&state, &certificate);
            if pointer == "/metadata" {
                assert!(outcome.is_ok());
                assert_ne!(certificate.id(), original.id());
            } else if pointer.starts_with("/signature/") {
                assert!(outcome.is_ok());
                assert_eq!(certificate.id(), original.id());
                let error = check_lxly_signer(&certificate, SIGNER).unwrap_err();
                let (other, nobody) = (
                    matches!(error, LedgerError::InvalidSignature { expected, recovered } if expected == SIGNER && recovered != SIGNER),
                    error == LedgerError::UnrecoverableSignature { expected: SIGNER },
                );
                assert!(other || nobody, "{pointer}: {error:?}");
            } else {
                let error = format!("{:?}", outcome.unwrap_err());
                let name = error.split(' ').next().unwrap();
                assert_eq!(name, expected(height, &pointer), "{pointer}");
            }
        }
    }
    assert_eq!(
        changes,
        3 * (5 + 7 + 7 + 32 * 2 + 2 + 6 + 3 + 3),
        "every value of all three"
    );
}
