#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, address};
use serde_json::{Value, json};

use super::*;
use crate::error::TypesError;
use crate::goldilocks::GoldilocksDigest;

const VECTORS: [&str; 3] = [
    include_str!("../../../../vectors/lxly/cert_h0.json"),
    include_str!("../../../../vectors/lxly/cert_h1.json"),
    include_str!("../../../../vectors/lxly/cert_h2.json"),
];

const SIGNER: Address = address!("c61109518a048b1adc094ba661a65f6898c360ff");

fn vectors() -> [Certificate; 3] {
    VECTORS.map(|text| serde_json::from_str(text).unwrap())
}

fn value() -> Value {
    serde_json::from_str(VECTORS[0]).unwrap()
}

/// A certificate that reads as JSON but is refused.
fn refusal(value: Value) -> TypesError {
    let json: CertificateJson = serde_json::from_value(value).unwrap();
    Certificate::try_from(json).unwrap_err()
}

#[test]
fn vectors_round_trip_exactly() {
    for (height, text) in VECTORS.into_iter().enumerate() {
        let certificate: Certificate = serde_json::from_str(text).unwrap();
        assert_eq!(
            (certificate.network.get(), certificate.height),
            (14, height as u64)
        );
        let read: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&certificate).unwrap(), read);
    }
}

#[test]
fn vectors_are_signed_by_v2() {
    for certificate in vectors() {
        assert_eq!(certificate.recover_signer(Prehash::V2), Ok(SIGNER));
        for version in [Prehash::V3, Prehash::V5] {
            assert_ne!(certificate.recover_signer(version), Ok(SIGNER));
        }
        let unsigned = Certificate {
            lxly: LxlyAuthorisation::None,
            ..certificate
        };
        let error = Err(TypesError::SignatureUnrecoverable);
        assert_eq!(unsigned.recover_signer(Prehash::V2), error);
    }
}

#[test]
fn claims_of_the_vectors_hold() {
    for certificate in vectors() {
        let [import] = &certificate.imports[..] else {
            panic!("one import each")
        };
        let Backing::Claim(ClaimData::Mainnet {
            proof_leaf_mer,
            proof_ger_l1root,
            l1_leaf,
        }) = &import.backing
        else {
            panic!("from L1")
        };
        let index = import.global_index.leaf_index();
        assert_eq!(
            proof_leaf_mer.proof.root(import.exit.leaf(), index),
            l1_leaf.mer.get()
        );
        assert_eq!(l1_leaf.global_exit_root(), l1_leaf.inner.global_exit_root);
        let root = proof_ger_l1root
            .proof
            .root(l1_leaf.hash(), l1_leaf.l1_info_tree_index);
        assert_eq!(root, proof_ger_l1root.root.get());
    }
}

#[test]
fn causeways_fields_round_trip_beside_lxlys() {
    let mut value = value();
    let digest = GoldilocksDigest::new([1, 2, 3, 4]).unwrap();
    let path = json!({ "siblings": vec![digest; 32] });
    let root = B256::repeat_byte(9);
    value["state_root"] = json!(root);
    value["contingencies"] = json!([{"network": 3, "height": 7, "state_root": root}]);
    value["expiry"] = json!(1_800_000_000_u64);
    value["custom_chain_data"] = json!([1, 2, 255]);
    value["l1_info_tree_leaf_count"] = json!(53783);
    let signature = value["signature"].clone();
    let mut second = value["imported_bridge_exits"][0].clone();
    second.as_object_mut().unwrap().remove("claim_data");
    second["history"] = json!({"network": 3, "height": 7, "state_root": root, "shadow_root": digest,
        "exit_count": 5, "path": path});
    second["global_index"] = json!({"mainnet_flag": false, "rollup_index": 2, "leaf_index": 4});
    let mut third = second.clone();
    third["history"] = json!({"network": 0, "shadow_root": digest, "exit_count": 5, "path": path});
    value["imported_bridge_exits"]
        .as_array_mut()
        .unwrap()
        .extend([second, third]);
    for authority in [
        json!({"Signer": {"signature": signature}}),
        json!({"Validity": {"key": digest}}),
        json!({"Both": {"signature": signature, "key": digest}}),
    ] {
        value["authority"] = authority;
        let certificate: Certificate = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&certificate).unwrap(), value);
    }
    value["multisig"] = json!([signature, null]);
    value.as_object_mut().unwrap().remove("signature");
    let certificate: Certificate = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&certificate).unwrap(), value);
}

#[test]
fn json_that_would_lose_something_is_refused() {
    let with = |changes: &[(&str, Value)], removed: &[&str]| {
        let mut value = value();
        for (field, content) in changes {
            value[*field] = content.clone();
        }
        for field in removed {
            value.as_object_mut().unwrap().remove(*field);
        }
        refusal(value)
    };
    let proof = json!({"SP1Stark": [1, 2, 3]});
    let params = json!(B256::ZERO);
    let signatures = json!([null]);
    let beside_signature = TypesError::ProofBesideSignature;
    assert_eq!(with(&[("proof", proof.clone())], &[]), beside_signature);
    assert_eq!(
        with(&[("aggchain_params", params.clone())], &[]),
        beside_signature
    );
    assert_eq!(with(&[("public_values", params.clone())], &[]), beside_signature);
    assert_eq!(with(&[("aggchain_proof", proof.clone())], &[]), beside_signature);
    assert_eq!(
        with(
            &[
                ("multisig", signatures.clone()),
                ("aggchain_proof", proof.clone())
            ],
            &["signature"]
        ),
        TypesError::ProofBesideMultisig
    );
    assert_eq!(
        with(&[("multisig", signatures)], &[]),
        TypesError::SignatureBesideMultisig
    );
    assert_eq!(
        with(&[("proof", proof), ("aggchain_params", params)], &["signature"]),
        TypesError::ProofUnsupported
    );
}

#[test]
fn unknown_and_missing_fields_are_named() {
    for pointer in [
        "",
        "/bridge_exits/0",
        "/imported_bridge_exits/0/claim_data/Mainnet",
        "/signature",
    ] {
        let mut value = value();
        value.pointer_mut(pointer).unwrap()["memo"] = json!(1);
        let error = serde_json::from_value::<Certificate>(value)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("unknown field `memo`"), "{error}");
    }
    for field in [
        "network_id",
        "height",
        "new_local_exit_root",
        "bridge_exits",
        "metadata",
    ] {
        let mut value = value();
        value.as_object_mut().unwrap().remove(field);
        let error = serde_json::from_value::<Certificate>(value)
            .unwrap_err()
            .to_string();
        assert_eq!(error, format!("missing field `{field}`"));
    }
}

#[test]
fn an_import_has_one_backing_of_its_networks_kind() {
    let path = json!({ "siblings": vec![GoldilocksDigest::ZERO; 32] });
    let l1 = json!({"network": 0, "shadow_root": GoldilocksDigest::ZERO, "exit_count": 5, "path": path});
    let mut twice = value();
    twice["imported_bridge_exits"][0]["history"] = l1.clone();
    assert_eq!(refusal(twice), TypesError::ImportBackedTwice { import: 0 });
    let mut none = value();
    none["imported_bridge_exits"][0]
        .as_object_mut()
        .unwrap()
        .remove("claim_data");
    assert_eq!(refusal(none.clone()), TypesError::ImportUnbacked { import: 0 });
    for (network, height) in [(0, json!(1)), (5, Value::Null)] {
        let mut history = l1.clone();
        history["network"] = json!(network);
        history["height"] = height;
        none["imported_bridge_exits"][0]["history"] = history;
        let network = NetworkId::new(network);
        assert_eq!(
            refusal(none.clone()),
            TypesError::HistoryFieldsMismatch { network }
        );
    }
}

#[test]
fn amounts_as_numbers_are_refused() {
    for pointer in ["/bridge_exits/0", "/imported_bridge_exits/0/bridge_exit"] {
        let mut value = value();
        value.pointer_mut(pointer).unwrap()["amount"] = json!(40000000000000000_u64);
        assert_eq!(refusal(value), TypesError::AmountIsNumber);
    }
}

#[test]
fn the_id_binds_everything_but_authorisation() {
    let [certificate, ..] = vectors();
    let id = certificate.id();
    let changes: [fn(&mut Certificate); 8] = [
        |certificate| certificate.network = NetworkId::new(15),
        |certificate| certificate.height += 1,
        |certificate| certificate.prev_local_exit_root = ExitRoot::new(B256::ZERO),
        |certificate| certificate.new_local_exit_root = ExitRoot::EMPTY,
        |certificate| certificate.exits.clear(),
        |certificate| certificate.imports[0].global_index = GlobalIndex::new(NetworkId::MAINNET, 1),
        |certificate| certificate.imports[0].exit.destination_network = NetworkId::MAINNET,
        |certificate| certificate.metadata = B256::ZERO,
    ];
    for change in changes {
        let mut changed = certificate.clone();
        change(&mut changed);
        assert_ne!(changed.id(), id, "{changed:?}");
    }
    let mut same = certificate.clone();
    same.lxly = LxlyAuthorisation::None;
    same.custom_chain_data = vec![1];
    same.l1_info_tree_leaf_count = Some(1);
    same.state_root = Some(StateRoot::new(B256::repeat_byte(1)));
    assert_eq!(same.id(), id);
    // The commitments that no import is in: keccak of nothing.
    same.imports.clear();
    assert_eq!(same.imports_commitment_v2(), crate::exit::EMPTY_METADATA_HASH);
    assert_eq!(same.imports_commitment_v3(), crate::exit::EMPTY_METADATA_HASH);
}
