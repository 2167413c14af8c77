//! The commands of whoever runs a relayer, as a script runs them: what they answer and with which exit code they end.

#![cfg(feature = "binary")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use alloy_primitives::{address, b256};
use causeway_journal::{Fingerprint, Journal};
use serde_json::{Value, json};
use tempfile::TempDir;

const SETTLEMENT: &str = "0x1111111111111111111111111111111111111111";
const BRIDGE: &str = "0x2222222222222222222222222222222222222222";

/// Runs a command in a folder: its exit code and its JSON.
fn causeway(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .args(["--json", "--quiet"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("CAUSEWAY_CONFIG")
        .env_remove("CAUSEWAY_API")
        .env("L1_RPC_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (output.status.code().unwrap(), json)
}

/// A folder in which `init` was run for a chain of developers.
fn made() -> TempDir {
    let folder = TempDir::new().unwrap();
    let arguments = [
        "init",
        "--chain-id",
        "31337",
        "--settlement",
        SETTLEMENT,
        "--bridge",
        BRIDGE,
    ];
    let (code, answer) = causeway(folder.path(), &arguments);
    assert_eq!(code, 0, "{answer}");
    folder
}

/// Makes the journal that the configuration of a folder names.
fn journal(folder: &Path) -> Journal {
    let fingerprint = Fingerprint {
        chain_id: 31_337,
        genesis: Some(b256!(
            "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
        )),
        settlement: address!("1111111111111111111111111111111111111111"),
        bridge: address!("2222222222222222222222222222222222222222"),
    };
    Journal::open(&folder.join("state/relayer.db"), &fingerprint).unwrap()
}

/// Answers each request in turn and gives back what was asked.
fn answering(answers: Vec<(u16, Value)>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let answer = |(status, body): (u16, Value)| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            // To the end of the head, and of the body that it announces.
            loop {
                let length = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..length]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, rest)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let announced = head
                    .lines()
                    .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
                    .unwrap_or(0);
                if rest.len() >= announced {
                    let body = body.to_string();
                    let length = body.len();
                    write!(
                        stream,
                        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    )
                    .unwrap();
                    return text;
                }
            }
        };
        answers.into_iter().map(answer).collect()
    });
    (address, asked)
}

#[test]
fn what_init_makes_is_good_and_is_not_made_over() {
    let folder = made();
    let (code, answer) = causeway(folder.path(), &["config", "check"]);
    assert_eq!((code, &answer["ok"]), (0, &json!(true)), "{answer}");
    let (code, _) = causeway(
        folder.path(),
        &[
            "init",
            "--chain-id",
            "1",
            "--settlement",
            SETTLEMENT,
            "--bridge",
            BRIDGE,
        ],
    );
    assert_eq!(code, 6);
    let (code, answer) = causeway(folder.path(), &["config", "show"]);
    let settings = answer["settings"].as_array().unwrap();
    let chain = settings
        .iter()
        .find(|setting| setting["name"] == "l1.chain_id")
        .unwrap();
    assert_eq!((code, &chain["value"]), (0, &json!(31_337)));
    assert_eq!(chain["origin"]["kind"], "file");
}

#[test]
fn a_configuration_that_is_wrong_is_named_setting_by_setting() {
    let folder = made();
    let path = folder.path().join("causeway.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text
        .replace("bump_percent = 12.5", "bump_percent = 5.0")
        .replace("gas_max = 5000000", "gas_max = 50000000");
    fs::write(&path, text.clone()).unwrap();
    let (code, answer) = causeway(folder.path(), &["config", "check"]);
    assert_eq!(code, 3);
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("fees.bump_percent: 5 is below the 10"), "{error}");
    assert!(error.contains("fees.gas_max: 50000000 is above"), "{error}");
    fs::write(&path, text.replace("max_wait", "max_wiat")).unwrap();
    let (code, answer) = causeway(folder.path(), &["config", "check"]);
    assert_eq!(code, 3);
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .ends_with("is `max_wait` meant?"),
        "{answer}"
    );
}

#[test]
fn nodes_that_do_not_answer_are_another_thing_than_a_wrong_configuration() {
    let folder = made();
    let (code, answer) = causeway(folder.path(), &["config", "check", "--online"]);
    assert_eq!(code, 4, "{answer}");
    let (code, _) = causeway(folder.path(), &["wallet"]);
    assert_eq!(code, 4);
}

#[test]
fn the_journal_is_checked_copied_and_put_back() {
    let folder = made();
    let path = folder.path();
    let (code, answer) = causeway(path, &["db", "check"]);
    assert_eq!(code, 5);
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .starts_with("there is no journal at ")
    );
    let open = journal(path);
    let (code, answer) = causeway(path, &["db", "check"]);
    assert_eq!((code, &answer["findings"]), (0, &json!([])));
    let (code, answer) = causeway(path, &["db", "backup"]);
    assert_eq!(code, 0);
    let copy = answer["copy"].as_str().unwrap().to_owned();
    let (code, answer) = causeway(path, &["db", "restore", &copy]);
    assert_eq!(code, 5, "it is in use: {answer}");
    drop(open);
    let (code, _) = causeway(path, &["db", "restore", &copy]);
    assert_eq!(code, 0);
    fs::write(&copy, "no database").unwrap();
    let (code, _) = causeway(path, &["db", "restore", &copy]);
    assert_eq!(code, 5);
}

#[test]
fn status_reads_the_journal_if_nobody_answers() {
    let folder = made();
    let nobody = ["status", "--api", "http://127.0.0.1:9"];
    let (code, answer) = causeway(folder.path(), &nobody);
    assert_eq!(code, 5, "there is no journal either: {answer}");
    let _open = journal(folder.path());
    let (code, answer) = causeway(folder.path(), &nobody);
    assert_eq!(code, 8);
    assert_eq!(
        (&answer["source"], &answer["ready"]),
        (&json!("journal"), &json!(false))
    );
    let elsewhere = TempDir::new().unwrap();
    let (code, _) = causeway(elsewhere.path(), &nobody);
    assert_eq!(code, 4);
}

#[test]
fn a_certificate_is_handed_in_as_it_stands_in_its_file() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("certificate.json"), "{\"network_id\": 7}").unwrap();
    let told = json!({ "id": "0x01", "standing": "accepted", "tier": "pre_confirmed", "known": false });
    let (address, asked) = answering(vec![(202, told.clone())]);
    let (code, answer) = causeway(
        folder.path(),
        &["cert", "submit", "certificate.json", "--api", &address],
    );
    assert_eq!((code, &answer["certificates"]), (0, &json!([told])));
    let asked = asked.join().unwrap();
    assert!(
        asked[0].starts_with("POST /v1/certificates HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[0].ends_with("{\"network_id\": 7}"));
}

#[test]
fn a_refusal_says_what_to_do_and_ends_with_its_code() {
    let folder = TempDir::new().unwrap();
    let cases = [
        (404, "not_found", "rebuild", 7),
        (409, "height_conflict", "rebuild", 6),
        (503, "storage", "retry", 5),
        (503, "not_ready", "retry", 8),
    ];
    for (status, code, class, exit) in cases {
        let refusal = json!({ "code": code, "class": class, "message": "a reason" });
        let (address, asked) = answering(vec![(status, refusal)]);
        let (found, answer) = causeway(folder.path(), &["cert", "get", "0x01", "--api", &address]);
        assert_eq!((found, &answer["error"]), (exit, &json!("a reason")));
        asked.join().unwrap();
    }
}

#[test]
fn an_operator_says_why_and_shows_the_token() {
    let folder = made();
    let token = fs::read_to_string(folder.path().join("admin.token")).unwrap();
    let acted = json!({ "changed": true, "before": "running", "after": "paused", "audit_seq": 3 });
    let (address, asked) = answering(vec![(200, acted.clone())]);
    let pause = [
        "pause",
        "settlement",
        "--for",
        "2h",
        "--by",
        "ann",
        "--admin",
        &address,
    ];
    let (code, _) = causeway(folder.path(), &pause);
    assert_eq!(code, 2, "no reason is said");
    let (code, answer) = causeway(folder.path(), &[&pause[..], &["--reason", "upgrade"]].concat());
    assert_eq!((code, &answer["audit_seq"]), (0, &acted["audit_seq"]));
    let asked = asked.join().unwrap();
    assert!(asked[0].contains(&format!("authorization: Bearer {}\r\n", token.trim())));
    let (_, body) = asked[0].split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = json!({ "scope": "settlement", "for_s": 7200, "reason": "upgrade", "by": "ann" });
    assert_eq!(body, expected);
}

#[test]
fn a_doctor_names_what_is_ill_and_bundles_no_secret() {
    let folder = made();
    let secret = fs::read_to_string(folder.path().join("key.password")).unwrap();
    let (code, answer) = causeway(folder.path(), &["doctor", "--bundle", "bundle.json"]);
    assert_eq!(code, 8);
    let ill: Vec<_> = answer["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        ill,
        ["l1.endpoint.own-node", "wallet", "backups", "journal", "relayer"]
    );
    let bundle = fs::read_to_string(folder.path().join("bundle.json")).unwrap();
    assert!(bundle.contains("fees.max_fee"));
    assert!(!bundle.contains(secret.trim()));
    assert!(
        !bundle.contains("127.0.0.1:9\""),
        "the address of a node is a secret"
    );
}

#[test]
fn completions_and_version_need_nothing() {
    let folder = TempDir::new().unwrap();
    let (code, answer) = causeway(folder.path(), &["completions", "bash"]);
    assert_eq!(code, 0);
    assert!(answer["script"].as_str().unwrap().contains("causeway"));
    let (code, answer) = causeway(folder.path(), &["version"]);
    assert_eq!((code, &answer["version"]), (0, &json!(env!("CARGO_PKG_VERSION"))));
}

/// What `config check` names is not run with: it is refused before anything is built or opened.
#[test]
fn what_must_not_be_run_with_is_not() {
    let folder = made();
    let path = folder.path().join("causeway.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("[claims]\nenabled = false", "[claims]\nenabled = true"),
    )
    .unwrap();
    let (code, answer) = causeway(folder.path(), &["run"]);
    assert_eq!(code, 3, "{answer}");
    let error = answer["error"].as_str().unwrap();
    assert!(
        error.contains("claims.destination") && error.contains("says where and by whom"),
        "{error}"
    );
    assert!(!folder.path().join("state/relayer.db").exists());
}
