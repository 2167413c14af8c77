//! `causeway proof` as its users meet it. What aggregates for real is the demo; here nothing is proven but one small program.
#![cfg(feature = "binary")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use alloy_primitives::{Address, B256, Bytes, address};
use causeway_aggregation::F;
use causeway_aggregation::files::{CircuitFile, NormalizedFile, ProofFile, Title};
use causeway_programs::HashChainProgram;
use causeway_relayer::aggregation::{
    BlobReference, Claim, Inclusion, Kzg, Publication, Submission, VerifierId,
};
use causeway_types::aggregation::{
    AggregationBlob, AggregationDomain, AggregationStatement, AggregationTree,
};
use causeway_verifier_gen::groth16::{Provenance, VerifyingKey};
use causeway_verifier_gen::solidity::key_hash;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOut;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// Runs and returns exit code, stdout and stderr.
fn outcome(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .args(arguments)
        .output()
        .unwrap();
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

/// Holds a command to an exit code, and gives its JSON.
fn answered(arguments: &[&str], expected: i32) -> Value {
    let (code, out, err) = outcome(&[&["--json"], arguments].concat());
    assert_eq!(code, expected, "{arguments:?}: {err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["ok"], expected != 1, "{json}");
    json
}

/// `vectors/aggregation-proof.json`, a real aggregation of five proofs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    program_digest: B256,
    claims: Vec<Claim>,
    proof: Bytes,
}

struct Fixture {
    folder: TempDir,
    tree: AggregationTree,
    claims: Vec<Claim>,
    submission: Submission,
}

/// Where the vector was submitted to.
const CONTRACT: Address = address!("0c7f7040bbfc098538ff17e05c1863f213d11978");

impl Fixture {
    fn new(blobs: bool) -> Self {
        let vector: Vector =
            serde_json::from_slice(&fs::read(committed("vectors/aggregation-proof.json")).unwrap()).unwrap();
        let tree = AggregationTree::new(vector.claims.iter().map(Claim::commitment).collect()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let publication = if blobs {
            let blobs = AggregationBlob::encode(tree.commitments());
            fs::write(folder.path().join("blob-0.bin"), blobs[0].bytes()).unwrap();
            Publication::Blobs(vec![BlobReference {
                file: "blob-0.bin".to_owned(),
                versioned_hash: Kzg::ethereum().versioned_hash(0, &blobs[0]).unwrap(),
            }])
        } else {
            Publication::Calldata
        };
        let statement = AggregationStatement {
            domain: AggregationDomain {
                chain_id: 31_337,
                contract: CONTRACT,
            },
            record: tree.record(),
        };
        let submission = Submission::new(
            statement,
            vector.program_digest,
            verifier(),
            vector.proof,
            tree.commitments().to_vec(),
            publication,
        );
        let fixture = Self {
            folder,
            tree,
            claims: vector.claims,
            submission: submission.unwrap(),
        };
        fixture.write(&fixture.submission);
        fixture
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn write(&self, submission: &Submission) -> String {
        self.file("submission.json", serde_json::to_string(submission).unwrap())
    }

    /// Verifies with the committed key, for the vector's program.
    fn verify(&self, more: &[&str]) -> Vec<String> {
        let program = self.submission.program_digest.to_string();
        let vk = committed("vectors/verifying-key.json").display().to_string();
        let path = self.path("submission.json");
        let arguments = ["proof", "verify", &path, "--vk", &vk, "--program", &program];
        arguments.iter().chain(more).map(ToString::to_string).collect()
    }

    fn verify_refused(&self, more: &[&str], parts: &[&str]) {
        let arguments = self.verify(more);
        refused(
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
            1,
            parts,
        );
    }

    fn verified(&self, more: &[&str]) -> Value {
        let arguments = self.verify(more);
        answered(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), 0)
    }
}

fn committed(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Whose verifier accepts the vector.
fn verifier() -> VerifierId {
    let bytes = fs::read(committed("vectors/verifying-key.json")).unwrap();
    let key: VerifyingKey<Provenance> = serde_json::from_slice(&bytes).unwrap();
    VerifierId {
        key_hash: key_hash(&key).into(),
        circuit_hash: key.circuit().0.into(),
        provenance: key.origin().label().to_owned(),
    }
}

#[test]
fn every_command_explains_itself() {
    let (code, help, _) = outcome(&["proof", "--help"]);
    assert_eq!(code, 0);
    for command in ["normalize", "aggregate", "inclusion", "verify", "info"] {
        assert!(help.contains(command), "{command} is not listed");
        let (code, help, _) = outcome(&["help", "proof", command]);
        assert_eq!(code, 0);
        assert!(
            help.contains("Example") && help.contains("JSON:"),
            "{command}: {help}"
        );
    }
    let (_, help, _) = outcome(&["--help"]);
    assert!(help.contains("Exit codes"), "{help}");
}

#[test]
fn wrong_usage_has_an_exit_code_of_its_own() {
    refused(&["proof"], 2, &["Usage: causeway proof"]);
    refused(
        &["proof", "aggregate", "--chain-id", "1"],
        2,
        &["--contract <ADDRESS>", "<FILE|DIR>"],
    );
    refused(
        &["proof", "aggregate", "--chain-id", "1", "--contract", "0x12", "x"],
        2,
        &["invalid value '0x12'"],
    );
    refused(
        &["proof", "inclusion", "--claim", "0x12"],
        2,
        &["a claim is KEY:INPUTS"],
    );
}

#[test]
fn a_real_submission_verifies_and_says_what_was_compared() {
    let fixture = Fixture::new(false);
    let json = fixture.verified(&[]);
    assert_eq!(json["root"], fixture.tree.root().to_string());
    assert_eq!(
        (json["count"].as_u64(), json["depth"].as_u64()),
        (Some(5), Some(3))
    );
    assert_eq!(
        (&json["domain_compared"], &json["key_compared"]),
        (&false.into(), &false.into())
    );
    let key = fixture.submission.verifier.key_hash.to_string();
    let contract = CONTRACT.to_string();
    let json = fixture.verified(&["--chain-id", "31337", "--contract", &contract, "--key-hash", &key]);
    assert_eq!(
        (&json["domain_compared"], &json["key_compared"]),
        (&true.into(), &true.into())
    );
}

#[test]
fn what_is_wrong_with_a_submission_is_named() {
    let fixture = Fixture::new(false);
    fixture.verify_refused(
        &["--chain-id", "1"],
        &["chain id: the submission is for chain 31337, not 1"],
    );
    let zero = Address::ZERO.to_string();
    fixture.verify_refused(
        &["--contract", &zero],
        &["contract: the submission is for", &zero],
    );
    let zero = B256::ZERO.to_string();
    fixture.verify_refused(
        &["--key-hash", &zero],
        &["key hash: the submission is for", &zero],
    );

    // Made anew, so that all but the proof fits.
    let changed = |change: &dyn Fn(&mut Submission)| {
        let mut other = fixture.submission.clone();
        change(&mut other);
        let other = Submission::new(
            other.statement,
            other.program_digest,
            other.verifier,
            other.proof,
            other.commitments,
            other.publication,
        );
        fixture.write(&other.unwrap());
    };
    changed(&|other| other.statement.domain.chain_id = 1);
    fixture.verify_refused(&[], &["NOT valid", "does not prove these public inputs"]);
    changed(&|other| other.program_digest = B256::ZERO);
    fixture.verify_refused(&[], &["NOT valid", "the proof is of program 0x0000"]);
    changed(&|other| other.verifier.key_hash = B256::ZERO);
    fixture.verify_refused(&[], &["NOT valid", "key hash: the submission is for"]);
    changed(&|other| other.verifier.circuit_hash = B256::ZERO);
    fixture.verify_refused(&[], &["NOT valid", "circuit hash: the submission says"]);
    changed(&|other| other.verifier.provenance = "CEREMONY".to_owned());
    fixture.verify_refused(&[], &["NOT valid", "says its key is CEREMONY"]);
    changed(&|other| other.proof = vec![1; 256].into());
    fixture.verify_refused(&[], &["NOT valid", "proof element A"]);
    let mut other = fixture.submission.clone();
    other.commitments.swap(0, 1);
    fixture.write(&other);
    fixture.verify_refused(&[], &["is refused", "the commitments have the root"]);
    fixture.file("submission.json", b"{}");
    fixture.verify_refused(&[], &["is no submission"]);
}

#[test]
fn blobs_are_checked_with_their_submission() {
    let fixture = Fixture::new(true);
    assert_eq!(fixture.verified(&[])["blobs"], 1);
    let mut blob = fs::read(fixture.path("blob-0.bin")).unwrap();
    blob[1] ^= 1;
    fixture.file("blob-0.bin", &blob);
    fixture.verify_refused(&[], &["the blobs are refused", "blob 0 has the versioned hash"]);
    // The hash is the changed blob's, so that the tree is looked at.
    let mut other = fixture.submission.clone();
    let blob = AggregationBlob::try_from(Bytes::from(blob)).unwrap();
    let versioned_hash = Kzg::ethereum().versioned_hash(0, &blob).unwrap();
    other.publication = Publication::Blobs(vec![BlobReference {
        file: "blob-0.bin".to_owned(),
        versioned_hash,
    }]);
    fixture.write(&other);
    fixture.verify_refused(&[], &["the blobs are refused", "the commitments have the root"]);
    fs::remove_file(fixture.path("blob-0.bin")).unwrap();
    fixture.verify_refused(&[], &["blob-0.bin cannot be read"]);
}

#[test]
fn claims_are_found_and_their_inclusions_verify() {
    let fixture = Fixture::new(true);
    let claim = |claim: &Claim| {
        format!(
            "{}:{}",
            B256::from(claim.key),
            Bytes::from(claim.public_inputs.clone())
        )
    };
    let (first, last) = (claim(&fixture.claims[0]), claim(&fixture.claims[4]));
    let (submission, out) = (fixture.path("submission.json"), fixture.path("inclusion"));
    let json = answered(
        &[
            "proof",
            "inclusion",
            "--from",
            &submission,
            "--claim",
            &first,
            "--claim",
            &last,
            "--out",
            &out,
        ],
        0,
    );
    assert_eq!(
        (&json["inclusions"][0]["index"], &json["inclusions"][1]["index"]),
        (&0.into(), &4.into())
    );
    assert_eq!(fixture.verified(&["--inclusion", &out])["inclusions"], 2);

    // From the blob alone, with what a contract keeps.
    let (blob, contract, root) = (
        fixture.path("blob-0.bin"),
        CONTRACT.to_string(),
        fixture.tree.root().to_string(),
    );
    let kept = |root: &str, source: &[&str]| {
        let kept = [
            "--root",
            root,
            "--depth",
            "3",
            "--count",
            "5",
            "--chain-id",
            "31337",
            "--contract",
            &contract,
        ];
        let found = fixture.path("found");
        let arguments: Vec<String> = ["proof", "inclusion", "--claim", &last, "--out", &found]
            .iter()
            .chain(source)
            .chain(&kept)
            .map(ToString::to_string)
            .collect();
        arguments
    };
    let strings = |arguments: &[String]| -> Vec<&'static str> {
        arguments
            .iter()
            .map(|argument| &*Box::leak(argument.clone().into_boxed_str()))
            .collect()
    };
    let json = answered(&strings(&kept(&root, &["--blob", &blob])), 0);
    let file = json["inclusions"][0]["file"].as_str().unwrap();
    let found: Inclusion = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(
        found,
        Inclusion::find(
            fixture.submission.statement.domain,
            &fixture.tree,
            fixture.claims[4].clone()
        )
        .unwrap()
    );
    let zero = B256::ZERO.to_string();
    refused(
        &strings(&kept(&zero, &["--blob", &blob])),
        1,
        &["the blobs are refused", "not 0x0000"],
    );
    refused(
        &strings(&kept(&root, &[])),
        1,
        &["name what was published with --blob or --calldata"],
    );

    // From the call.
    let calldata = fixture.file("call.txt", Fixture::new(false).submission.call.data.to_string());
    answered(&strings(&kept(&root, &["--calldata", &calldata])), 0);
    refused(
        &strings(&kept(&zero, &["--calldata", &calldata])),
        1,
        &["call.txt is refused", "the commitments have the root"],
    );

    // A claim that is not in it is left out, and one alone is refused.
    let none = format!("{}:0x", B256::with_last_byte(1));
    let json = answered(
        &[
            "proof",
            "inclusion",
            "--from",
            &submission,
            "--claim",
            &first,
            "--claim",
            &none,
            "--out",
            &out,
        ],
        8,
    );
    assert!(
        json["left_out"][0]["error"]
            .as_str()
            .unwrap()
            .contains("no proof of the aggregation has")
    );
    refused(
        &[
            "proof",
            "inclusion",
            "--from",
            &submission,
            "--claim",
            &none,
            "--out",
            &out,
        ],
        1,
        &["no proof of the aggregation has the commitment"],
    );
}

#[test]
fn an_inclusion_of_something_else_is_named() {
    let fixture = Fixture::new(false);
    let mut inclusion = Inclusion::find(
        fixture.submission.statement.domain,
        &fixture.tree,
        fixture.claims[1].clone(),
    )
    .unwrap();
    let good = fixture.file("good.json", serde_json::to_string(&inclusion).unwrap());
    inclusion.path.siblings[0] = B256::ZERO;
    let bad = fixture.file("bad.json", serde_json::to_string(&inclusion).unwrap());
    fixture.verify_refused(
        &["--inclusion", &good, &bad],
        &["1 of 2 inclusions are refused", "bad.json: the path leads to"],
    );
}

#[test]
fn proofs_are_normalised_and_bad_ones_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let program = HashChainProgram::build();
    let title = Title::new("a chain").unwrap();
    fs::write(
        path("chain.circuit"),
        CircuitFile::write(&title, program.data()).unwrap(),
    )
    .unwrap();
    let start = HashOut {
        elements: [F::ONE; 4],
    };
    let proof = program.prove(start).unwrap();
    let good = ProofFile::write(&title, program.data(), &proof).unwrap();
    fs::create_dir(path("proofs")).unwrap();
    fs::write(path("proofs/a.proof"), &good).unwrap();
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(path("proofs/b.proof"), &damaged).unwrap();
    // Well-formed, and not a proof of what it says.
    let mut forged = proof.clone();
    forged.public_inputs[0] += F::ONE;
    fs::write(
        path("proofs/c.proof"),
        ProofFile::write(&title, program.data(), &forged).unwrap(),
    )
    .unwrap();
    fs::write(path("proofs/ignored.txt"), b"no proof").unwrap();

    let (circuit, proofs, out) = (path("chain.circuit"), path("proofs"), path("normalized"));
    let arguments = [
        "proof",
        "normalize",
        "--circuit",
        &circuit,
        "--out",
        &out,
        &proofs,
    ];
    let json = answered(&arguments, 8);
    let made = &json["normalized"];
    assert_eq!(
        (made.as_array().unwrap().len(), &made[0]["found"]),
        (1, &false.into())
    );
    let left: Vec<&str> = json["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|left| left["error"].as_str().unwrap())
        .collect();
    assert!(
        left[0].contains("checksum") && left[1].contains("does not verify under the program's key"),
        "{left:?}"
    );
    let written = NormalizedFile::from_bytes(&fs::read(path("normalized/a.normalized")).unwrap()).unwrap();
    assert_eq!(written.verify(), Ok(()));
    assert_eq!(made[0]["key"], format!("0x{}", written.key_digest()));

    // Begun again nothing is proven twice; what was damaged meanwhile is.
    assert_eq!(answered(&arguments, 8)["normalized"][0]["found"], true);
    fs::write(path("normalized/a.normalized"), b"damaged").unwrap();
    let json = answered(&[&arguments[..], &["--strict"]].concat(), 1);
    assert!(
        json["error"]
            .as_str()
            .unwrap()
            .contains("2 of the files cannot be used"),
        "{json}"
    );
    let again = NormalizedFile::from_bytes(&fs::read(path("normalized/a.normalized")).unwrap()).unwrap();
    assert_eq!(again.public_inputs, written.public_inputs);

    let contract = CONTRACT.to_string();
    // Nothing is aggregated of what cannot be, and what claims the same twice is taken once.
    let (copy, aggregation) = (path("normalized/copy.normalized"), path("aggregation"));
    fs::copy(path("normalized/a.normalized"), &copy).unwrap();
    let aggregate = [
        "proof",
        "aggregate",
        "--chain-id",
        "1",
        "--contract",
        &contract,
        "--strict",
        "--out",
    ];
    let aggregate = [&aggregate[..], &[&aggregation, &out]].concat();
    refused(
        &aggregate,
        1,
        &["copy.normalized: it claims the same as", "a.normalized"],
    );
    let aggregate = [
        "proof",
        "aggregate",
        "--chain-id",
        "1",
        "--contract",
        &contract,
        &circuit,
    ];
    refused(&aggregate, 1, &["not a normalised file but a circuit file"]);
    refused(
        &["proof", "normalize", "--circuit", &circuit, &path("none")],
        1,
        &["none cannot be read"],
    );
    refused(
        &["proof", "normalize", "--circuit", &circuit, &out],
        1,
        &["no file that ends in .proof"],
    );
    let same = path("a.proof");
    fs::write(&same, &good).unwrap();
    refused(
        &[
            "proof",
            "normalize",
            "--circuit",
            &circuit,
            "--out",
            &out,
            &same,
            &path("proofs/a.proof"),
        ],
        1,
        &["would both become"],
    );
}
