use alloy_primitives::Bytes;
use alloy_sol_types::SolValue;
use anyhow::Result;
use causeway_bindings::{Groth16Verifier, VerifierGateway};
use causeway_tests::artifact::creation_code;
use causeway_tests::evm::{Evm, LOCAL_CHAIN_ID, SENDER};
use causeway_tests::gas::{TxGas, groth16_floor};
use causeway_tests::vector::ProofVector;

use crate::Bench;
use crate::report::Report;
use crate::row::{Peer, Row, Unit};

/// Public inputs of the wrap.
const NUM_PUBLIC: u64 = 2;

/// `gas.verify.direct.*`, `gas.verify.gateway.*` and `gas.deploy.*`: what forge built against the committed proof.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let report = &mut bench.report;
    let vector = ProofVector::read("wrap-proof")?;
    let mut evm = Evm::new(LOCAL_CHAIN_ID);
    let verifier = evm.deploy(&creation_code("Groth16Verifier")?, &[])?;
    let arguments = (SENDER, false).abi_encode_params();
    let gateway = evm.deploy(&creation_code("VerifierGateway")?, &arguments)?;
    let add_route = VerifierGateway::addRouteCall {
        verifier: verifier.output,
    };
    let add_route = evm.call(gateway.output, &add_route)?.gas;

    let direct = Groth16Verifier::verifyCall {
        programDigest: vector.public_inputs[0],
        statementDigest: vector.public_inputs[1],
        proof: vector.proof.clone(),
    };
    let direct = evm.call(verifier.output, &direct)?.gas;
    let proof: Bytes = [&vector.key_hash[..4], &vector.proof].concat().into();
    let routed = VerifierGateway::verifyCall {
        programDigest: vector.public_inputs[0],
        statementDigest: vector.public_inputs[1],
        proof,
    };
    let routed = evm.call(gateway.output, &routed)?.gas;
    itemise(report, "gas.verify.direct", &direct, "aim 1");
    itemise(report, "gas.verify.gateway", &routed, "");
    let over = gas("gas.verify.gateway.over_direct", routed.total - direct.total);
    report.row(over.note("aim 8000"));

    for (name, deployed) in [("verifier", &verifier), ("gateway", &gateway)] {
        report.row(gas(format!("gas.deploy.{name}.total"), deployed.gas.total));
        let code = evm.code_size(deployed.output) as f64;
        report.row(Row::new(format!("gas.deploy.{name}.code"), code, Unit::Bytes));
    }
    report.row(gas("gas.deploy.route.total", add_route.total));
    Ok(())
}

fn gas(name: impl Into<String>, value: u64) -> Row {
    Row::new(name, value as f64, Unit::Gas)
}

/// Where the gas of a verification goes, beside the least that any contract pays: transaction, calldata and
/// precompiles.
fn itemise(report: &mut Report, name: &str, spent: &TxGas, aim: &str) {
    let precompiles = groth16_floor(NUM_PUBLIC);
    let floor = (spent.transaction + spent.calldata + precompiles) as f64;
    let total = gas(format!("{name}.total"), spent.total);
    report.row(total.beside(Peer::cited("floor by EIP-1108", floor)));
    for (part, value) in [
        ("transaction", spent.transaction),
        ("calldata", spent.calldata),
        ("precompiles", precompiles),
        ("rest", spent.execution - precompiles),
    ] {
        report.row(gas(format!("{name}.{part}"), value));
    }
    let over = (spent.total as f64 / floor - 1.0) * 100.0;
    let row = Row::new(format!("{name}.over_floor_percent"), over, Unit::Percent);
    report.row(if aim.is_empty() { row } else { row.note(aim) });
}
