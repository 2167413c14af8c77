//! The text of the contract.

use std::fmt::Write;

use super::{Contract, words::KeyWords};
use crate::{
    groth16::{Provenance, Word, scalar_modulus},
    r1cs::CircuitHash,
};

/// Line length of `forge fmt` in foundry.toml.
const MAX_WIDTH: usize = 110;

/// How `verify` receives its public inputs and what that changes in the text.
struct Inputs {
    /// The interface that the contract implements.
    interface: &'static str,
    /// The parameters before the proof.
    parameters: String,
    /// What stands above `verify`.
    documentation: &'static str,
    /// An expression for each input in Solidity, and one in assembly.
    expressions: Vec<[String; 2]>,
}

impl Inputs {
    fn new(num_public: usize) -> Self {
        if num_public == 2 {
            let names = ["programDigest", "statementDigest"];
            return Self {
                interface: "IProofVerifier",
                parameters: names.map(|name| format!("uint256 {name}")).join(", "),
                documentation: "/// @inheritdoc IProofVerifier",
                expressions: names.map(|name| [name.to_owned(), name.to_owned()]).to_vec(),
            };
        }
        let in_assembly = |index| match index {
            0 => "calldataload(publicInputs)".to_owned(),
            _ => format!("calldataload(add(publicInputs, {:#x}))", 32 * index),
        };
        Self {
            interface: "IVerifyingKey",
            parameters: format!("uint256[{num_public}] calldata publicInputs"),
            documentation: "/// @notice Returns if the proof, A, B, C in EIP-197 order, is valid and reverts otherwise.",
            expressions: (0..num_public)
                .map(|index| [format!("publicInputs[{index}]"), in_assembly(index)])
                .collect(),
        }
    }
}

pub(super) fn render(
    key: &KeyWords,
    contract: &Contract<'_>,
    origin: &Provenance,
    circuit: CircuitHash,
) -> String {
    // The first point belongs to the constant one.
    let inputs = Inputs::new(key.ic.len() - 1);
    let mut text = String::new();
    head(&mut text, contract, &inputs, origin, circuit);
    constants(&mut text, key);
    verify(&mut text, &inputs);
    text.push_str("}\n");
    text
}

/// Appends lines, each with its own end. Writing to a string cannot fail.
macro_rules! lines {
    ($text:expr, $($argument:tt)*) => { writeln!($text, $($argument)*).expect("a string takes any text") };
}

fn head(
    text: &mut String,
    contract: &Contract<'_>,
    inputs: &Inputs,
    origin: &Provenance,
    circuit: CircuitHash,
) {
    let Contract { name, interfaces } = contract;
    let (warning, provenance) = match origin {
        Provenance::Development(_) => (
            "KEY PROVENANCE: DEVELOPMENT. Anybody can forge proofs for this key: nothing of value may depend on it.",
            "Development",
        ),
        Provenance::Ceremony(_) => ("KEY PROVENANCE: CEREMONY.", "Ceremony"),
    };
    lines!(text, "// SPDX-License-Identifier: MIT OR Apache-2.0");
    lines!(
        text,
        "// Generated from a verifying key by verifier-gen; do not edit."
    );
    lines!(text, "pragma solidity ^0.8.30;\n");
    if inputs.interface == "IProofVerifier" {
        lines!(
            text,
            "import {{IProofVerifier}} from \"{interfaces}/IProofVerifier.sol\";"
        );
    }
    lines!(
        text,
        "import {{IVerifyingKey, KeyProvenance}} from \"{interfaces}/IVerifyingKey.sol\";\n"
    );
    lines!(text, "/// @title {name}");
    lines!(
        text,
        "/// @notice Verifies Groth16 proofs over BN254 under one key, which is part of the code."
    );
    lines!(text, "/// {warning}");
    lines!(text, "contract {name} is {} {{", inputs.interface);
    lines!(text, "    /// @inheritdoc IVerifyingKey");
    lines!(
        text,
        "    KeyProvenance public constant PROVENANCE = KeyProvenance.{provenance};\n"
    );
    lines!(text, "    /// @inheritdoc IVerifyingKey");
    lines!(text, "    bytes32 public constant CIRCUIT_HASH = 0x{circuit};\n");
}

fn constants(text: &mut String, key: &KeyWords) {
    let g1 = |name: &str, [x, y]: &[Word; 2]| [(format!("{name}_X"), *x), (format!("{name}_Y"), *y)];
    // EIP-197 puts the imaginary part of a coordinate first.
    let g2 = |name: &str, words: &[Word; 4]| {
        let [x1, x0, y1, y0] = *words;
        [("X1", x1), ("X0", x0), ("Y1", y1), ("Y0", y0)]
            .map(|(coordinate, word)| (format!("{name}_{coordinate}"), word))
    };
    let mut points: Vec<Vec<(String, Word)>> = vec![
        g1("ALPHA", &key.alpha).into(),
        g2("NEG_BETA", &key.neg_beta).into(),
        g2("NEG_GAMMA", &key.neg_gamma).into(),
        g2("NEG_DELTA", &key.neg_delta).into(),
    ];
    points.extend(
        key.ic
            .iter()
            .enumerate()
            .map(|(index, words)| g1(&format!("IC{index}"), words).into()),
    );

    lines!(text, "    /// @dev Order of the scalar field.");
    constant(text, "SCALAR_FIELD", &scalar_modulus());
    lines!(
        text,
        "\n    // The key. What stands on the other side of the pairing equation is negated."
    );
    for (name, word) in points.iter().flatten() {
        constant(text, name, word);
    }

    // From the constants themselves, so that the name cannot be another key's.
    lines!(text, "\n    /// @inheritdoc IVerifyingKey");
    lines!(text, "    function KEY_HASH() external pure returns (bytes32) {{");
    for (index, point) in points.iter().enumerate() {
        let names: Vec<_> = point.iter().map(|(name, _)| name.as_str()).collect();
        let encoded = format!("abi.encode({})", names.join(", "));
        match index {
            0 => lines!(text, "        bytes memory key = {encoded};"),
            _ => lines!(text, "        key = bytes.concat(key, {encoded});"),
        }
    }
    lines!(text, "        return keccak256(key);");
    lines!(text, "    }}\n");
}

/// A constant, broken as `forge fmt` breaks what is too long for a line.
fn constant(text: &mut String, name: &str, word: &Word) {
    let (declaration, value) = (
        format!("    uint256 internal constant {name} ="),
        hex::encode(word),
    );
    if declaration.len() + " 0x;".len() + value.len() <= MAX_WIDTH {
        lines!(text, "{declaration} 0x{value};");
    } else {
        lines!(text, "{declaration}\n        0x{value};");
    }
}

fn verify(text: &mut String, inputs: &Inputs) {
    lines!(text, "    {}", inputs.documentation);
    lines!(
        text,
        "    function verify({}, bytes calldata proof) external view {{",
        inputs.parameters
    );
    for (index, [input, _]) in inputs.expressions.iter().enumerate() {
        lines!(
            text,
            "        if ({input} >= SCALAR_FIELD) revert PublicInputNotInField({index}, {input});"
        );
    }
    text.push_str(BEFORE_INPUTS);
    for (index, [_, input]) in inputs.expressions.iter().enumerate() {
        let ic = index + 1;
        let and = |call: &str| match index {
            0 if call == MUL => format!("curve := {call}"),
            _ => format!("curve := and(curve, {call})"),
        };
        lines!(text, "            mstore(term, IC{ic}_X)");
        lines!(text, "            mstore(add(term, 0x20), IC{ic}_Y)");
        lines!(text, "            mstore(add(term, 0x40), {input})");
        lines!(text, "            {}", and(MUL));
        lines!(text, "            {}", and(WHOLE_POINT));
        lines!(text, "            {}", and(ADD));
        lines!(text, "            {}", and(WHOLE_POINT));
    }
    text.push_str(AFTER_INPUTS);
}

const MUL: &str = "staticcall(gas(), 0x07, term, 0x60, term, 0x40)";
const ADD: &str = "staticcall(gas(), 0x06, sum, 0x80, sum, 0x40)";
// A chain without the precompile answers a call to its address with success and no bytes. This stands in a statement
// of its own: Yul evaluates arguments from the right, so beside the call it would see the answer to an earlier one.
const WHOLE_POINT: &str = "eq(returndatasize(), 0x40)";

const BEFORE_INPUTS: &str = "        if (proof.length != 256) revert ProofLengthInvalid(proof.length, 256);

        bool curve;
        bool paired;
        bool valid;
        assembly (\"memory-safe\") {
            // Input of the pairing: (A, B), (C, -delta), (alpha, -beta), (sum, -gamma), 192 bytes each.
            let pairs := mload(0x40)
            let sum := add(pairs, 0x240)
            let term := add(pairs, 0x280)

            // sum = IC0 + input * IC1 + ..., made where the pairing reads it; each term where -gamma will stand.
            mstore(sum, IC0_X)
            mstore(add(sum, 0x20), IC0_Y)
";

const AFTER_INPUTS: &str = "
            calldatacopy(pairs, proof.offset, 0x100)
            mstore(add(pairs, 0x100), NEG_DELTA_X1)
            mstore(add(pairs, 0x120), NEG_DELTA_X0)
            mstore(add(pairs, 0x140), NEG_DELTA_Y1)
            mstore(add(pairs, 0x160), NEG_DELTA_Y0)
            mstore(add(pairs, 0x180), ALPHA_X)
            mstore(add(pairs, 0x1a0), ALPHA_Y)
            mstore(add(pairs, 0x1c0), NEG_BETA_X1)
            mstore(add(pairs, 0x1e0), NEG_BETA_X0)
            mstore(add(pairs, 0x200), NEG_BETA_Y1)
            mstore(add(pairs, 0x220), NEG_BETA_Y0)
            mstore(add(pairs, 0x280), NEG_GAMMA_X1)
            mstore(add(pairs, 0x2a0), NEG_GAMMA_X0)
            mstore(add(pairs, 0x2c0), NEG_GAMMA_Y1)
            mstore(add(pairs, 0x2e0), NEG_GAMMA_Y0)
            paired := staticcall(gas(), 0x08, pairs, 0x300, 0x00, 0x20)
            valid := and(eq(returndatasize(), 0x20), mload(0x00))
        }
        if (!curve) revert PrecompileFailed();
        if (!paired) revert ProofMalformed();
        if (!valid) revert ProofInvalid();
    }
";
