use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use alloy_primitives::{Bytes, U256, hex};
use alloy_sol_types::sol;
use anyhow::{Context, Result, ensure};
use causeway_bindings::Groth16Verifier;
use causeway_tests::artifact::repository;
use causeway_tests::evm::{Evm, LOCAL_CHAIN_ID};
use causeway_verifier_gen::groth16::{
    Progress, SnarkjsVerifyingKey, development_setup, prove, scalar_to_word,
};
use causeway_verifier_gen::solidity;
use serde_json::{Value, json};

use crate::Bench;
use crate::row::{Peer, Row, Unit};
use crate::synthetic::Synthetic;

sol! {
    interface ISnarkjsVerifier {
        function verifyProof(uint256[2] calldata a, uint256[2][2] calldata b, uint256[2] calldata c, uint256[2] calldata inputs)
            external view returns (bool);
    }
}

/// Where each contract stands for the compiler.
const OURS: &str = "contracts/src/verifier/Groth16Verifier.sol";
const INTERFACES: [&str; 2] = [
    "contracts/src/interfaces/IProofVerifier.sol",
    "contracts/src/interfaces/IVerifyingKey.sol",
];
const THEIRS: &str = "snarkjs.sol";

/// `gas.verify.snarkjs.*`: our verifier beside the one that snarkjs makes of the same key, with the same proof, compiled
/// alike. The key is of a small circuit with two public inputs, which verification costs the same as any other.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let circuit = Synthetic::new(6);
    let key = development_setup(&circuit.r1cs, [2; 32], Progress::none())?;
    let proof = prove(&key, &circuit.r1cs, &circuit.assignment, Progress::none())?;
    let words = proof.to_evm_words();
    let inputs: [U256; 2] = std::array::from_fn(|i| U256::from_be_bytes(scalar_to_word(circuit.public()[i])));

    eprintln!("compiling both verifiers ...");
    let theirs = node(
        "tools/snarkjs-verifier",
        &[],
        &serde_json::to_vec(&SnarkjsVerifyingKey::from(key.verifying_key()))?,
    )?;
    let output = compile(&solidity::generate_verifier(key.verifying_key())?, &theirs)?;
    let mut evm = Evm::new(LOCAL_CHAIN_ID);
    let ours = evm.deploy(&bytecode(&output, OURS)?, &[])?;
    let theirs = evm.deploy(&bytecode(&output, THEIRS)?, &[])?;

    let call = Groth16Verifier::verifyCall {
        programDigest: inputs[0],
        statementDigest: inputs[1],
        proof: Bytes::from(words.concat()),
    };
    let our_gas = evm.call(ours.output, &call)?.gas;
    let [ax, ay, bx1, bx0, by1, by0, cx, cy] = words.map(U256::from_be_bytes);
    let call = ISnarkjsVerifier::verifyProofCall {
        a: [ax, ay],
        b: [[bx1, bx0], [by1, by0]],
        c: [cx, cy],
        inputs,
    };
    let answer = evm.call(theirs.output, &call)?;
    ensure!(answer.output, "snarkjs's verifier refuses the proof");

    let peer = format!("snarkjs {}", version()?);
    for (part, ours, theirs, unit) in [
        ("total", our_gas.total, answer.gas.total, Unit::Gas),
        ("calldata", our_gas.calldata, answer.gas.calldata, Unit::Gas),
        ("execution", our_gas.execution, answer.gas.execution, Unit::Gas),
        ("deploy", ours.gas.total, theirs.gas.total, Unit::Gas),
        (
            "code",
            evm.code_size(ours.output) as u64,
            evm.code_size(theirs.output) as u64,
            Unit::Bytes,
        ),
    ] {
        let row = Row::new(format!("gas.verify.snarkjs.{part}"), ours as f64, unit);
        bench.report.row(row.beside(Peer::run(&peer, theirs as f64)));
    }
    Ok(())
}

/// Both contracts, compiled with the settings of foundry.toml.
fn compile(ours: &str, theirs: &[u8]) -> Result<Value> {
    let mut sources = serde_json::Map::new();
    let mut add = |path: &str, content: &str| sources.insert(path.to_owned(), json!({ "content": content }));
    add(OURS, ours);
    add(THEIRS, std::str::from_utf8(theirs)?);
    for path in INTERFACES {
        add(path, &fs::read_to_string(repository().join(path)).context(path)?);
    }
    let input = json!({
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "evmVersion": "prague",
            "optimizer": { "enabled": true, "runs": 1_000_000 },
            "metadata": { "bytecodeHash": "none", "appendCBOR": false },
            "outputSelection": { "*": { "*": ["evm.bytecode.object"] } },
        },
    });
    let output = node("tools/solc", &["--standard-json"], &serde_json::to_vec(&input)?)?;
    Ok(serde_json::from_slice(&output)?)
}

/// The creation code of the contract in `source`; both have one name.
fn bytecode(output: &Value, source: &str) -> Result<Vec<u8>> {
    let object = &output["contracts"][source]["Groth16Verifier"]["evm"]["bytecode"]["object"];
    let object = object
        .as_str()
        .with_context(|| format!("{source} does not compile: {}", output["errors"]))?;
    Ok(hex::decode(object)?)
}

/// What a script of the repository makes of `input`.
fn node(script: &str, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("node")
        .arg(repository().join(script))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("node")?;
    // Both scripts read everything before they write anything. Closing the pipe ends their input.
    let mut stdin = child.stdin.take().context("no standard input")?;
    stdin.write_all(input).context(script.to_owned())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "{script}: {}; `make setup` installs what it needs",
        output.status
    );
    Ok(output.stdout)
}

/// The installed version.
fn version() -> Result<String> {
    let path = repository().join("node_modules/snarkjs/package.json");
    let package: Value =
        serde_json::from_str(&fs::read_to_string(path).context("snarkjs is not installed")?)?;
    Ok(package["version"]
        .as_str()
        .context("snarkjs has no version")?
        .to_owned())
}
