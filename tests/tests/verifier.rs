//! The generated verifier and its gateway, deployed in revm, against a committed proof.

#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy_sol_types::{SolError, SolEvent, SolValue};
use causeway_bindings::{Groth16Verifier, VerifierGateway};
use causeway_tests::{
    artifact::creation_code,
    evm::{Evm, EvmError, LOCAL_CHAIN_ID, SENDER},
    gas::groth16_floor,
    vector::{KeyProvenance, ProofVector},
};
use revm::precompile::Precompiles;

struct World {
    evm: Evm,
    verifier: Address,
    gateway: Address,
    vector: ProofVector,
}

impl World {
    fn new() -> Self {
        let mut evm = Evm::new(LOCAL_CHAIN_ID);
        let verifier = evm
            .deploy(&creation_code("Groth16Verifier").unwrap(), &[])
            .unwrap()
            .output;
        let gateway = deploy_gateway(&mut evm, false);
        Self {
            evm,
            verifier,
            gateway,
            vector: ProofVector::read("wrap-proof").unwrap(),
        }
    }

    fn selector(&self) -> FixedBytes<4> {
        FixedBytes::from_slice(&self.vector.key_hash[..4])
    }

    fn direct(&self) -> Groth16Verifier::verifyCall {
        Groth16Verifier::verifyCall {
            programDigest: self.vector.public_inputs[0],
            statementDigest: self.vector.public_inputs[1],
            proof: self.vector.proof.clone(),
        }
    }

    fn routed(&self) -> VerifierGateway::verifyCall {
        VerifierGateway::verifyCall {
            programDigest: self.vector.public_inputs[0],
            statementDigest: self.vector.public_inputs[1],
            proof: [self.selector().as_slice(), &self.vector.proof].concat().into(),
        }
    }

    fn add_route(&mut self) {
        let call = VerifierGateway::addRouteCall {
            verifier: self.verifier,
        };
        let receipt = self.evm.call(self.gateway, &call).unwrap();
        let event = VerifierGateway::RouteAdded::decode_log(&receipt.logs[0]).unwrap();
        assert_eq!(
            (event.selector, event.verifier, event.keyHash),
            (self.selector(), self.verifier, self.vector.key_hash)
        );
    }
}

fn deploy_gateway(evm: &mut Evm, allows_development_keys: bool) -> Address {
    let arguments = (SENDER, allows_development_keys).abi_encode_params();
    evm.deploy(&creation_code("VerifierGateway").unwrap(), &arguments)
        .unwrap()
        .output
}

#[track_caller]
fn assert_reverts<T, E>(result: Result<T, EvmError>, expected: &E)
where
    T: std::fmt::Debug,
    E: SolError + PartialEq + std::fmt::Debug,
{
    assert_eq!(result.unwrap_err().reverted_with::<E>().as_ref(), Some(expected));
}

#[test]
fn says_what_its_key_is() {
    let World {
        mut evm,
        verifier,
        vector,
        ..
    } = World::new();
    let key_hash: B256 = evm
        .call(verifier, &Groth16Verifier::KEY_HASHCall {})
        .unwrap()
        .output;
    assert_eq!(key_hash, vector.key_hash);
    let circuit_hash: B256 = evm
        .call(verifier, &Groth16Verifier::CIRCUIT_HASHCall {})
        .unwrap()
        .output;
    assert_eq!(circuit_hash, vector.circuit_hash);
    let provenance = evm
        .call(verifier, &Groth16Verifier::PROVENANCECall {})
        .unwrap()
        .output;
    let expected = match vector.provenance {
        KeyProvenance::Development => Groth16Verifier::KeyProvenance::Development,
        KeyProvenance::Ceremony => Groth16Verifier::KeyProvenance::Ceremony,
    };
    assert_eq!(provenance, expected);
}

#[test]
fn accepts_a_committed_proof_within_one_percent_of_the_floor() {
    let mut world = World::new();
    let gas = world.evm.call(world.verifier, &world.direct()).unwrap().gas;
    let floor = gas.transaction + gas.calldata + groth16_floor(2);
    println!("direct {gas:?}, floor {floor}");
    assert!(
        gas.total * 100 <= floor * 101,
        "{} gas against a floor of {floor}",
        gas.total
    );
}

#[test]
fn routes_a_committed_proof_for_at_most_8000_gas_more() {
    let mut world = World::new();
    world.add_route();
    let direct = world.evm.call(world.verifier, &world.direct()).unwrap().gas;
    let routed = world.evm.call(world.gateway, &world.routed()).unwrap().gas;
    println!("direct {direct:?}, through the gateway {routed:?}");
    assert!(
        routed.total <= direct.total + 8_000,
        "{} against {}",
        routed.total,
        direct.total
    );
}

#[test]
fn refuses_what_is_not_the_proof() {
    let mut world = World::new();
    let (verifier, call) = (world.verifier, world.direct());
    let evm = &mut world.evm;

    let statement = Groth16Verifier::verifyCall {
        statementDigest: U256::ONE,
        ..call.clone()
    };
    assert_reverts(evm.call(verifier, &statement), &Groth16Verifier::ProofInvalid {});

    let mut proof = call.proof.to_vec();
    proof[31] ^= 1;
    let malformed = Groth16Verifier::verifyCall {
        proof: proof.into(),
        ..call.clone()
    };
    assert_reverts(
        evm.call(verifier, &malformed),
        &Groth16Verifier::ProofMalformed {},
    );

    let short = Groth16Verifier::verifyCall {
        proof: call.proof.slice(1..),
        ..call.clone()
    };
    let expected = Groth16Verifier::ProofLengthInvalid {
        actual: U256::from(255),
        expected: U256::from(256),
    };
    assert_reverts(evm.call(verifier, &short), &expected);

    let value = U256::MAX;
    let alias = Groth16Verifier::verifyCall {
        programDigest: value,
        ..call
    };
    let expected = Groth16Verifier::PublicInputNotInField {
        index: U256::ZERO,
        value,
    };
    assert_reverts(evm.call(verifier, &alias), &expected);
}

/// A call to an address without code succeeds with no answer: nothing may pass for one.
#[test]
fn refuses_on_a_chain_without_the_precompiles() {
    let mut evm = Evm::new(LOCAL_CHAIN_ID).with_precompiles(Precompiles::homestead());
    let verifier = evm
        .deploy(&creation_code("Groth16Verifier").unwrap(), &[])
        .unwrap()
        .output;
    let call = World::new().direct();
    assert_reverts(evm.call(verifier, &call), &Groth16Verifier::PrecompileFailed {});
}

#[test]
fn refuses_a_development_key_on_a_public_chain() {
    let vector = ProofVector::read("wrap-proof").unwrap();
    let chain_id = 10;
    let mut evm = Evm::new(chain_id);
    let verifier = evm
        .deploy(&creation_code("Groth16Verifier").unwrap(), &[])
        .unwrap()
        .output;
    let call = VerifierGateway::addRouteCall { verifier };

    let gateway = deploy_gateway(&mut evm, false);
    let refused = VerifierGateway::DevelopmentKeyRefused {
        verifier,
        chainId: U256::from(chain_id),
    };
    match vector.provenance {
        KeyProvenance::Development => assert_reverts(evm.call(gateway, &call), &refused),
        KeyProvenance::Ceremony => drop(evm.call(gateway, &call).unwrap()),
    }

    let gateway = deploy_gateway(&mut evm, true);
    assert!(
        evm.call(gateway, &VerifierGateway::ALLOWS_DEVELOPMENT_KEYSCall {})
            .unwrap()
            .output
    );
    evm.call(gateway, &call).unwrap();
}

#[test]
fn freezes_a_route_thirty_days_after_the_announcement() {
    let mut world = World::new();
    world.add_route();
    let (selector, gateway) = (world.selector(), world.gateway);
    world
        .evm
        .call(gateway, &VerifierGateway::freezeRouteCall { selector })
        .unwrap();

    let frozen_at = world.evm.timestamp() + U256::from(30 * 24 * 60 * 60);
    world.evm.set_timestamp(frozen_at - U256::ONE);
    let call = world.routed();
    world.evm.call(gateway, &call).unwrap();
    world.evm.set_timestamp(frozen_at);
    let expected = VerifierGateway::RouteFrozen {
        selector,
        frozenAt: frozen_at,
    };
    assert_reverts(world.evm.call(gateway, &call), &expected);
    let unknown = VerifierGateway::verifyCall {
        proof: Bytes::from_static(&[0xff; 4]),
        ..call
    };
    let expected = VerifierGateway::RouteNotFound {
        selector: FixedBytes([0xff; 4]),
    };
    assert_reverts(world.evm.call(gateway, &unknown), &expected);
}
