//! The binary as its users meet it. Nothing here makes a key or a proof of the wrap: those take minutes.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ark_bn254::Fr;
use causeway_aggregation::{EnvelopeError, Shape, ShapedProof};
use causeway_verifier_gen::groth16::{Progress, development_setup, prove, scalar_to_word};
use causeway_verifier_gen::r1cs::{R1cs, Var};
use causeway_verifier_gen::wrapped_proof::{PROOF_VERSION, WrappedProof};
use plonky2::field::types::PrimeField64;
use serde_json::Value;
use tempfile::TempDir;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verifier-gen"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs and returns exit code, stdout and stderr.
fn outcome(arguments: &[&str]) -> (i32, String, String) {
    let output = run(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Holds a command to an exit code and to an error on stderr that contains every part.
fn refused(arguments: &[&str], expected: i32, parts: &[&str]) {
    let (code, out, err) = outcome(arguments);
    assert_eq!(code, expected, "{arguments:?}: {err}");
    assert_eq!(out, "", "{arguments:?}");
    for part in parts {
        assert!(err.contains(part), "{arguments:?}: no {part:?} in {err}");
    }
}

fn committed(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A folder with a proof that a tiny circuit's development key accepts, and that key.
struct Fixture {
    folder: TempDir,
    proof: WrappedProof,
}

impl Fixture {
    fn new() -> Self {
        let mut r1cs = R1cs::new(2);
        let one = Fr::from(1u64);
        r1cs.push(&[(Var(1), one)], &[(Var::ONE, one)], &[(Var(1), one)]);
        let inputs = [Fr::from(17u64), Fr::from(23u64)];
        let key = development_setup(&r1cs, [5; 32], Progress::none()).unwrap();
        let assignment = [one, inputs[0], inputs[1]];
        let proof = WrappedProof {
            version: PROOF_VERSION,
            circuit: key.circuit(),
            provenance: "DEVELOPMENT".to_owned(),
            program_digest: scalar_to_word(inputs[0]),
            statement_digest: scalar_to_word(inputs[1]),
            proof: prove(&key, &r1cs, &assignment, Progress::none()).unwrap(),
        };
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
            proof,
        };
        let json = serde_json::to_string_pretty(key.verifying_key()).unwrap();
        fixture.file("vk.json", json.as_bytes());
        fixture.file("proof.json", fixture.json().as_bytes());
        fixture
    }

    fn json(&self) -> String {
        serde_json::to_string_pretty(&self.proof).unwrap()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn verify_refused(&self, text: &str, parts: &[&str]) {
        assert_ne!(text, self.json(), "the text was changed");
        let path = self.file("changed.json", text.as_bytes());
        refused(&["verify", &path, "--vk", &self.path("vk.json")], 1, parts);
    }
}

#[test]
fn every_command_explains_itself() {
    let (code, help, _) = outcome(&["--help"]);
    assert_eq!(code, 0);
    assert!(
        help.contains("Exit codes") && help.contains("CAUSEWAY_KEYS"),
        "{help}"
    );
    let commands = [
        "setup",
        "export-r1cs",
        "import-zkey",
        "prove",
        "verify",
        "solidity",
        "info",
    ];
    for command in commands {
        assert!(help.contains(command), "{command} is not listed");
        let (code, help, _) = outcome(&[command, "--help"]);
        assert_eq!(code, 0);
        for part in ["Example:", "JSON:", "--json", "--quiet"] {
            assert!(help.contains(part), "{command}: no {part} in {help}");
        }
    }
}

#[test]
fn wrong_usage_exits_with_two() {
    refused(&[], 2, &["Usage"]);
    refused(
        &["info", "--profile", "tiny"],
        2,
        &["no profile is called tiny", "default, small and conservative"],
    );
    refused(
        &["prove", "x", "--program", "0x12"],
        2,
        &["2 digits where 0x and 64"],
    );
    let letters = format!("0x{}", "g".repeat(64));
    refused(&["prove", "x", "--program", &letters], 2, &["Invalid character"]);
    refused(&["setup", "--seed", &letters], 2, &["Invalid character"]);
    refused(
        &["verify", "x", "--vk", "y", "--profile", "small"],
        2,
        &["cannot be used with"],
    );
    refused(&["export-r1cs"], 2, &["--out"]);
}

#[test]
fn files_that_are_no_closed_proof_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file").display().to_string();
    refused(&["prove", &path], 1, &["cannot be read", "No such file"]);

    fs::write(&path, "no envelope").unwrap();
    refused(
        &["prove", &path],
        1,
        &["no proof envelope", "the first bytes are wrong"],
    );

    let zeros = |shape: Shape| {
        let mut bytes = b"CSWY-PRF\x01\x00".to_vec();
        bytes.extend([shape as u8, 0]);
        for element in shape.digest() {
            bytes.extend(element.to_canonical_u64().to_le_bytes());
        }
        let Err(EnvelopeError::Length { expected, .. }) = ShapedProof::from_bytes(&bytes) else {
            panic!("a header alone is no envelope");
        };
        bytes.resize(expected, 0);
        bytes
    };
    fs::write(&path, zeros(Shape::Standard)).unwrap();
    refused(
        &["prove", &path],
        1,
        &["Standard shape, not Closing", "TreeClosing::close"],
    );

    let mut closed = zeros(Shape::Closing);
    fs::write(&path, &closed).unwrap();
    refused(
        &["prove", &path],
        1,
        &["is refused", "does not verify under its own key"],
    );

    closed.pop();
    fs::write(&path, &closed).unwrap();
    refused(&["prove", &path], 1, &["cut off", "bytes, its shape"]);
    closed[8] = 2;
    fs::write(&path, &closed).unwrap();
    refused(&["prove", &path], 1, &["another release", "envelope version 2"]);
}

#[test]
fn a_missing_key_is_told_with_what_makes_it() {
    let fixture = Fixture::new();
    let keys = fixture.path("keys");
    let parts = ["there are no keys in", "verifier-gen setup --profile small"];
    refused(&["solidity", "--profile", "small", "--keys", &keys], 1, &parts);
    let proof = fixture.path("proof.json");
    refused(
        &["verify", &proof, "--profile", "small", "--keys", &keys],
        1,
        &parts,
    );

    // Another circuit's key is none of ours.
    fs::create_dir_all(Path::new(&keys).join("00")).unwrap();
    refused(
        &["--quiet", "solidity", "--profile", "small", "--keys", &keys],
        1,
        &["no key for circuit", "verifier-gen setup"],
    );
}

#[test]
fn a_valid_proof_is_accepted_and_development_is_told() {
    let fixture = Fixture::new();
    let (proof, vk) = (fixture.path("proof.json"), fixture.path("vk.json"));
    let (code, out, err) = outcome(&["--quiet", "verify", &proof, "--vk", &vk]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("valid under the DEVELOPMENT key"), "{out}");
    assert!(out.contains("not compared with any: --program does"), "{out}");
    assert!(err.contains("WARNING: this is a DEVELOPMENT key"), "{err}");

    let program = format!("0x{}", hex::encode(fixture.proof.program_digest));
    let statement = format!("0x{}", hex::encode(fixture.proof.statement_digest));
    let both = ["--program", &program, "--statement", &statement];
    let (code, out, _) = outcome(&[&["--json", "verify", &proof, "--vk", &vk], &both[..]].concat());
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["ok"], true);
    assert_eq!(report["command"], "verify");
    assert_eq!(report["provenance"], "DEVELOPMENT");
    assert_eq!(report["program_digest"], *program);
    assert_eq!(report["program_compared"], true);
    assert_eq!(report["statement_compared"], true);

    // Each other's digest.
    refused(
        &["verify", &proof, "--vk", &vk, "--program", &statement],
        1,
        &["NOT a valid proof", "the proof is of program"],
    );
    refused(
        &["verify", &proof, "--vk", &vk, "--statement", &program],
        1,
        &["is a valid proof of statement", "NOT of"],
    );
}

#[test]
fn changed_proofs_are_refused_by_name() {
    let fixture = Fixture::new();
    let json = fixture.json();
    let word = |word: &[u8]| format!("0x{}", hex::encode(word));
    let (program, statement) = (
        word(&fixture.proof.program_digest),
        word(&fixture.proof.statement_digest),
    );
    let not_proven = ["NOT a valid proof", "does not prove these public inputs"];
    fixture.verify_refused(&json.replace(&program, &statement), &not_proven);
    fixture.verify_refused(&json.replace(&statement, &program), &not_proven);
    let large = word(&[0xff; 32]);
    fixture.verify_refused(
        &json.replace(&statement, &large),
        &["statement_digest is not below"],
    );

    let x = word(&fixture.proof.proof.to_evm_words()[0]);
    fixture.verify_refused(
        &json.replace(&x, &program),
        &["one of its points is invalid", "not on the curve"],
    );
    let circuit = fixture.proof.circuit.to_string();
    fixture.verify_refused(
        &json.replace(&circuit, &"5c".repeat(32)),
        &["the proof is for circuit 5c5c"],
    );
    fixture.verify_refused(
        &json.replace("\"version\": 1", "\"version\": 2"),
        &["proof file of version 2"],
    );
    fixture.verify_refused(
        &json.replace("\"version\"", "\"edition\""),
        &["unknown field `edition`"],
    );

    // Of another format, and no key.
    let vector = committed("vectors/wrap-proof.json").display().to_string();
    let vk = fixture.path("vk.json");
    refused(
        &["verify", &vector, "--vk", &vk],
        1,
        &["is no proof of `verifier-gen prove`"],
    );
    let proof = fixture.path("proof.json");
    refused(&["verify", &proof, "--vk", &proof], 1, &["is no verifying key"]);
}

#[test]
fn a_failure_is_one_json_object_too() {
    let (code, out, err) = outcome(&["--json", "prove", "/nowhere/proof"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("error: /nowhere/proof cannot be read"), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["ok"], false);
    assert_eq!(report["error"], "/nowhere/proof cannot be read");
    assert!(report["causes"][0].as_str().unwrap().contains("No such file"));
}

#[test]
fn a_circuit_without_a_folder_is_refused_before_the_work() {
    refused(
        &["export-r1cs", "--out", "/nowhere/wrap.r1cs"],
        1,
        &["has no folder to stand in"],
    );
    refused(&["import-zkey", "/nowhere/wrap.zkey"], 1, &["is no file"]);
}

#[test]
fn security_is_told_as_document_and_as_numbers() {
    let (code, out, _) = outcome(&["info", "--security-doc"]);
    assert_eq!(code, 0);
    assert_eq!(out, fs::read_to_string(committed("docs/security.md")).unwrap());

    let (code, out, _) = outcome(&["--json", "info", "--security", "--profile", "conservative"]);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["profile"], "conservative");
    let layers = report["layers"].as_array().unwrap();
    assert_eq!(layers.iter().filter(|layer| layer["ours"] == true).count(), 5);
    assert!(report.get("keys").is_none());
}
