//! A network's own side as its operators meet it: the commands, with real nodes of L1 and of an L2.
#![cfg(feature = "binary")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::Command;

use alloy_primitives::{Address, B256, U256};
use causeway_bindings::Groth16Verifier;
use causeway_devnet::{Account, Devnet, DevnetOptions, Mining, NetworkPlan, VerifierCode};
use causeway_types::{Authority, Backing, Certificate, GlobalIndex, NetworkId};
use serde_json::Value;

const A: NetworkId = NetworkId::new(1);
const ETHER: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// A variable of the environment for commands, with a key.
const KEY: &str = "CAUSEWAY_TEST_KEY";

/// Runs a command with a key and returns its exit code, its JSON and its words.
fn run(key: B256, arguments: &[&str]) -> (i32, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .arg("--json")
        .args(arguments)
        .env(KEY, key.to_string())
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let json = serde_json::from_slice(&output.stdout);
    let code = output.status.code().unwrap();
    (
        code,
        json.unwrap_or_else(|_| panic!("no JSON: {arguments:?}: {err}")),
        err,
    )
}

fn answered(key: B256, arguments: &[&str]) -> Value {
    let (code, json, err) = run(key, arguments);
    assert_eq!(
        (code, &json["ok"]),
        (0, &Value::Bool(true)),
        "{arguments:?}: {err}"
    );
    json
}

/// Holds a command to an error, with the exit code of those that have none of their own.
fn refused(key: B256, arguments: &[&str], expected: &str) {
    failed(key, arguments, 1, expected);
}

fn failed(key: B256, arguments: &[&str], expected_code: i32, expected: &str) {
    let (code, json, err) = run(key, arguments);
    let outcome = (code, &json["ok"]);
    assert_eq!(
        outcome,
        (expected_code, &Value::Bool(false)),
        "{arguments:?}: {err}"
    );
    assert!(json.to_string().contains(expected), "{arguments:?}: {json}");
}

fn options(signer: Address) -> DevnetOptions {
    DevnetOptions {
        chain_id: 31_337,
        l1_mining: Mining::Auto,
        l2_mining: Mining::Auto,
        hardfork: None,
        verifier: VerifierCode {
            creation: Groth16Verifier::BYTECODE.clone(),
            program_digest: U256::ONE,
        },
        networks: vec![NetworkPlan {
            name: "A".to_owned(),
            authority: Authority::signer(signer).unwrap(),
            chain_id: Some(31_338),
        }],
    }
}

/// A deposit is claimed on A by commands alone, and A's certificate of it and of what leaves again is built and signed.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_claims_certifies_and_signs() {
    let signer = Account::named("signer of A");
    let devnet = Devnet::start(&options(signer.address())).await.unwrap();
    let deployment = devnet.deployment();
    let chain = deployment.networks[0].chain.clone().unwrap();
    let (l1, a) = (devnet.l1().node(), devnet.node(A).unwrap());
    let owner = devnet.owner().key();
    let alice = Account::named("alice");
    l1.set_balance(alice.address(), ETHER * U256::from(10))
        .await
        .unwrap();

    let addresses = [deployment.settlement, deployment.bridge, chain.bridge].map(|a| a.to_string());
    let [settlement, l1_bridge, bridge] = addresses.each_ref().map(String::as_str);
    let on_l1 = ["--l1-rpc", l1.url(), "--l1-bridge", l1_bridge];
    let of_l1 = [&on_l1[..], &["--settlement", settlement, "--l1-at", "latest"]].concat();
    let on_a = ["--rpc", a.url(), "--bridge", bridge];
    let with_key = ["--key-env", KEY];

    // Nothing was sent yet: there is no root to insert.
    let push = [&["ger", "push"], &on_l1[..], &on_a, &with_key].concat();
    l1.mine(4).await.unwrap();
    refused(owner, &push, "L1 has recorded no global exit root yet");
    l1.bridge_asset(
        &alice,
        deployment.bridge,
        (A, alice.address()),
        Address::ZERO,
        ETHER,
    )
    .await
    .unwrap();
    l1.publish_exits(&alice, deployment.bridge).await.unwrap();
    l1.mine(4).await.unwrap();

    let claim = [&["claim", "run", "0:1:0"], &of_l1[..], &on_a, &with_key].concat();
    refused(
        owner,
        &claim,
        "network 1 knows no global exit root that covers exit 0 of network 0 yet",
    );
    // Only the updater inserts: the contract says so before anything is sent.
    let stranger = Account::named("stranger").key();
    refused(stranger, &push, "the contract refuses");
    let pushed = answered(owner, &push);
    assert_eq!(pushed["known"], false);
    let again = answered(owner, &push);
    assert_eq!(
        (&again["known"], &again["root"]),
        (&Value::Bool(true), &pushed["root"])
    );

    let call = [&["claim", "calldata", "0:1:0"], &of_l1[..], &on_a].concat();
    let call = answered(owner, &call);
    assert_eq!(
        (&call["root"], &call["to"]),
        (&pushed["root"], &Value::from(bridge.to_lowercase()))
    );
    assert_eq!(answered(owner, &claim)["already_claimed"], false);
    assert_eq!(a.balance(alice.address()).await.unwrap(), ETHER);
    assert_eq!(answered(owner, &claim)["already_claimed"], true);
    // Each failure by its name, and by its exit code where it has one.
    let elsewhere = [&["claim", "run", "0:2:0"], &of_l1[..], &on_a, &with_key].concat();
    refused(
        owner,
        &elsewhere,
        "exit 0 of network 0 goes to network 1, not to 2",
    );

    let none = [&["claim", "run", "0:1:1"], &of_l1[..], &on_a, &with_key].concat();
    failed(
        owner,
        &none,
        7,
        "network 0 made no exit 1, as far as its logs are here",
    );
    let nowhere = ["--rpc", "http://127.0.0.1:1", "--bridge", bridge];
    let nobody = [&["claim", "run", "0:1:0"], &of_l1[..], &nowhere, &with_key].concat();
    failed(owner, &nobody, 4, "endpoint destination cannot be reached");

    let out = a
        .bridge_asset(
            &alice,
            chain.bridge,
            (NetworkId::MAINNET, alice.address()),
            Address::ZERO,
            ETHER / U256::from(4),
        )
        .await
        .unwrap();
    a.mine(4).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    let file = folder.path().join("next.json");
    let (state, file) = (state.to_str().unwrap(), file.to_str().unwrap());
    let build = [
        &["cert", "build", "--network", "1", "--state", state],
        &of_l1[..],
        &on_a,
    ]
    .concat();
    let contingent = format!("2:0:{}", B256::repeat_byte(7));
    let asked = ["--out", file, "--expires-in", "2h", "--contingent", &contingent];
    let built = answered(owner, &[&build[..], &asked].concat());
    assert_eq!(
        (&built["height"], &built["exits"], &built["imports"]),
        (&0.into(), &1.into(), &1.into())
    );
    let read = || serde_json::from_slice::<Certificate>(&fs::read(file).unwrap()).unwrap();
    let certificate = read();
    assert_eq!(certificate.exits[0].amount, out.event.amount);
    let import = &certificate.imports[0];
    assert_eq!(import.global_index, GlobalIndex::new(NetworkId::MAINNET, 0));
    assert!(matches!(import.backing, Backing::History(_)));
    assert_eq!(
        (certificate.contingencies.len(), certificate.authority),
        (1, None)
    );
    // LxLy's paths as well.
    let paths = answered(owner, &[&build[..], &["--prefer", "claim"]].concat());
    let paths: Certificate = serde_json::from_value(paths["certificate"].clone()).unwrap();
    assert!(matches!(paths.imports[0].backing, Backing::Claim(_)));

    let sign = [&["cert", "sign", file, "--state", state], &of_l1[..], &with_key].concat();
    refused(
        owner,
        &sign,
        &format!("network 1's signer is {}", signer.address()),
    );
    assert_eq!(read(), certificate);
    let signed = answered(signer.key(), &[&sign[..], &["--lxly", "v5"]].concat());
    assert_eq!(signed["digest"], built["digest"]);
    let certificate = read();
    let digest: B256 = serde_json::from_value(built["signing_hash"].clone()).unwrap();
    let signature = certificate.authority.unwrap().signature().unwrap();
    assert_eq!(signature.recover(digest), Ok(signer.address()));

    // Once it is kept as handed in, nothing is left to certify, and it is not signed again.
    fs::copy(file, format!("{state}/0.json")).unwrap();
    refused(owner, &build, "nothing happened since the last certificate");
    refused(signer.key(), &sign, "certificate of height 0, the next one is 1");
}
