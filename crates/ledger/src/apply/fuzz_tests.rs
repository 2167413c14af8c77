//! Certificates with random damage: whatever JSON comes in, nothing panics, nothing is lost, and nothing else is imported.
#![allow(clippy::unwrap_used)]

use causeway_types::{Authority, Certificate, CertificateJson, GoldilocksDigest, NetworkId, Prehash};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::apply;
use crate::authority::check_lxly_signer;
use crate::epoch::settle_epoch;
use crate::state::State;
use crate::testing::{DOMAIN, key, root};
use crate::world::World;

const VECTOR: &str = include_str!("../../../../vectors/lxly/cert_h0.json");

/// The first vector with all of Causeway's fields, and a second import of the other backing.
fn whole() -> Value {
    let mut value: Value = serde_json::from_str(VECTOR).unwrap();
    let digest = GoldilocksDigest::new([1, 2, 3, 4]).unwrap();
    value["state_root"] = json!(root(7));
    value["contingencies"] = json!([{"network": 3, "height": 7, "state_root": root(8)}]);
    value["expiry"] = json!(1_800_000_000_u64);
    value["custom_chain_data"] = json!([1, 2, 255]);
    value["l1_info_tree_leaf_count"] = json!(u32::MAX);
    value["authority"] = json!({"Both": {"signature": value["signature"], "key": key()}});
    let mut second = value["imported_bridge_exits"][0].clone();
    second.as_object_mut().unwrap().remove("claim_data");
    second["history"] =
        json!({"network": 0, "shadow_root": digest, "exit_count": 5, "path": {"siblings": vec![digest; 32]}});
    value["imported_bridge_exits"]
        .as_array_mut()
        .unwrap()
        .push(second);
    value
}

/// Every place in a document, the inner ones too.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                places(field, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                places(item, &format!("{pointer}/{position}"), found);
            }
        }
        _ => {}
    }
}

fn odd_values() -> Vec<Value> {
    let above = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(""),
        json!("0x"),
        json!("0x0"),
        json!("1_0"),
        json!(above),
        json!(format!("0x{}", "f".repeat(64))),
        json!(format!("0x{}", "0".repeat(64))),
        json!([]),
        json!({}),
        json!(vec![0; 32]),
        json!({ "Transfer": null }),
    ]
}

#[derive(Clone, Debug)]
enum Damage {
    Put(prop::sample::Index, prop::sample::Index),
    Copy(prop::sample::Index, prop::sample::Index),
    Remove(prop::sample::Index),
    Repeat(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(at, what)| Damage::Put(at, what)),
        any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(at, from)| Damage::Copy(at, from)),
        any::<prop::sample::Index>().prop_map(Damage::Remove),
        any::<prop::sample::Index>().prop_map(Damage::Repeat),
    ]
}

fn inflict(value: &mut Value, damage: &Damage) {
    let mut all = Vec::new();
    places(value, "", &mut all);
    match damage {
        Damage::Put(at, what) => {
            *value.pointer_mut(at.get::<String>(&all)).unwrap() = what.get::<Value>(&odd_values()).clone()
        }
        Damage::Copy(at, from) => {
            let copy = value.pointer(from.get::<String>(&all)).unwrap().clone();
            *value.pointer_mut(at.get::<String>(&all)).unwrap() = copy;
        }
        Damage::Remove(at) => {
            let at = at.get::<String>(&all);
            let Some((parent, name)) = at.rsplit_once('/') else {
                return;
            };
            match value.pointer_mut(parent).unwrap() {
                Value::Object(fields) => drop(fields.remove(name)),
                Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                _ => unreachable!("a place has a parent"),
            }
        }
        Damage::Repeat(at) => {
            if let Value::Array(items) = value.pointer_mut(at.get::<String>(&all)).unwrap() {
                items.extend(items.clone());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_certificates_do_no_harm(rich: bool, damages in prop::collection::vec(damage(), 1..4)) {
        let network = NetworkId::new(14);
        let state = State::new(DOMAIN, network).unwrap();
        let original: Certificate = serde_json::from_str(VECTOR).unwrap();
        let mut value = if rich { whole() } else { serde_json::from_str(VECTOR).unwrap() };
        damages.iter().for_each(|damage| inflict(&mut value, damage));
        let Ok(json) = serde_json::from_str::<CertificateJson>(&value.to_string()) else {
            return Ok(());
        };
        let Ok(certificate) = Certificate::try_from(json) else {
            return Ok(());
        };
        // What is written reads as the same, and is written as the same.
        let written = serde_json::to_string(&certificate).unwrap();
        let read: Certificate = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read, &certificate);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
        let _ = (certificate.id(), check_lxly_signer(&certificate, crate::testing::TOKEN.address));
        for version in [Prehash::V2, Prehash::V3, Prehash::V5] {
            let _ = certificate.recover_signer(version);
        }
        if let Ok(transition) = apply(&state, &certificate) {
            for import in &certificate.imports {
                let same = original.imports.iter().any(|other| (other.exit, other.global_index) == (import.exit, import.global_index));
                prop_assert!(same, "{:?}", import);
            }
            prop_assert!(transition.imports().len() <= 1);
        }
        let mut world = World::new(DOMAIN);
        world.register(network, Authority::validity(key()).unwrap()).unwrap();
        let outcome = settle_epoch(&world, std::slice::from_ref(&certificate));
        // L1 has no exits here: what imports does not settle.
        prop_assert!(outcome.admitted.is_empty() || certificate.imports.is_empty());
    }
}

#[test]
fn the_whole_document_reads() {
    let certificate: Certificate = serde_json::from_value(whole()).unwrap();
    assert_eq!(
        (certificate.imports.len(), certificate.contingencies.len()),
        (2, 1)
    );
}
