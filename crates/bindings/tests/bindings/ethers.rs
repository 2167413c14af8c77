//! alloy and ethers read and write the same bytes.

use alloy_primitives::{Address, B256, Bytes, LogData, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolEvent, SolValue};
use causeway_bindings::{GlobalExitRoot, Groth16Verifier, SharedBridge, VerifierGateway, ethers};
use ethers_contract::{EthError, EthEvent};
use ethers_core::{
    abi::{AbiDecode, AbiEncode, RawLog},
    types::{H160, H256, U256 as EthersU256},
};

/// A log from its parts, as a node sends it to either.
fn logs(topics: &[B256], data: Vec<u8>) -> (LogData, RawLog) {
    let raw = RawLog {
        topics: topics.iter().map(|topic| H256(topic.0)).collect(),
        data: data.clone(),
    };
    (LogData::new_unchecked(topics.to_vec(), data.into()), raw)
}

fn h160(address: Address) -> H160 {
    H160(address.into_array())
}

#[test]
fn decode_the_same_log() {
    let verifier = Address::repeat_byte(0x44);
    let mut selector = B256::ZERO;
    selector[..4].copy_from_slice(&[1, 2, 3, 4]);
    let key_hash = B256::repeat_byte(0x55);
    let topics = [
        keccak256("RouteAdded(bytes4,address,bytes32,uint8)"),
        selector,
        verifier.into_word(),
    ];
    let (log, raw) = logs(&topics, (key_hash, U256::ONE).abi_encode_params());

    let alloy = VerifierGateway::RouteAdded::decode_log_data(&log).unwrap();
    let ethers = ethers::verifier_gateway::RouteAddedFilter::decode_log(&raw).unwrap();
    assert_eq!(
        (alloy.selector.0, alloy.verifier, alloy.keyHash, alloy.provenance),
        (
            [1, 2, 3, 4],
            verifier,
            key_hash,
            VerifierGateway::KeyProvenance::Ceremony
        )
    );
    assert_eq!(
        (
            ethers.selector,
            ethers.verifier,
            ethers.key_hash,
            ethers.provenance
        ),
        ([1, 2, 3, 4], h160(verifier), key_hash.0, 1)
    );
}

/// With bytes of any length, which the encoding puts behind the words.
#[test]
fn decode_the_same_log_of_the_bridge() {
    let (origin, destination) = (Address::repeat_byte(0x66), Address::repeat_byte(0x77));
    let (amount, metadata) = (U256::MAX, Bytes::from_static(b"metadata"));
    let topic = keccak256("BridgeEvent(uint8,uint32,address,uint32,address,uint256,bytes,uint32)");
    let data = (
        0u32,
        1u32,
        origin,
        2u32,
        destination,
        amount,
        metadata.clone(),
        3u32,
    )
        .abi_encode_params();
    let (log, raw) = logs(&[topic], data);

    let alloy = SharedBridge::BridgeEvent::decode_log_data(&log).unwrap();
    let ethers = ethers::shared_bridge::BridgeEventFilter::decode_log(&raw).unwrap();
    let expected = SharedBridge::BridgeEvent {
        leafType: 0,
        originNetwork: 1,
        originAddress: origin,
        destinationNetwork: 2,
        destinationAddress: destination,
        amount,
        metadata: metadata.clone(),
        depositCount: 3,
    };
    assert_eq!(alloy, expected);
    let expected = ethers::shared_bridge::BridgeEventFilter {
        leaf_type: 0,
        origin_network: 1,
        origin_address: h160(origin),
        destination_network: 2,
        destination_address: h160(destination),
        amount: EthersU256::MAX,
        metadata: metadata.to_vec().into(),
        deposit_count: 3,
    };
    assert_eq!(ethers, expected);
}

#[test]
fn refuse_the_same_log() {
    let unknown = keccak256("RouteAdded(bytes4,address,bytes32)");
    let topics = [unknown, B256::ZERO, B256::ZERO];
    let (log, raw) = logs(&topics, vec![0; 64]);
    let refused = VerifierGateway::RouteAdded::decode_log_data(&log).unwrap_err();
    let alloy_sol_types::Error::InvalidEventSignatureHash { got, expected, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!(
        (got, expected),
        (unknown, VerifierGateway::RouteAdded::SIGNATURE_HASH)
    );
    let refused = ethers::verifier_gateway::RouteAddedFilter::decode_log(&raw).unwrap_err();
    assert!(
        matches!(refused, ethers_core::abi::Error::InvalidData),
        "{refused}"
    );
}

#[test]
fn encode_the_same_call() {
    let proof = vec![0xab; 260];
    let alloy = VerifierGateway::verifyCall {
        programDigest: U256::from(5),
        statementDigest: U256::MAX,
        proof: proof.clone().into(),
    };
    let ethers = ethers::verifier_gateway::VerifyCall {
        program_digest: 5.into(),
        statement_digest: EthersU256::MAX,
        proof: proof.into(),
    };
    assert_eq!(alloy.abi_encode(), ethers.clone().encode());
    let decoded = ethers::verifier_gateway::VerifyCall::decode(alloy.abi_encode()).unwrap();
    assert_eq!(decoded, ethers);
}

#[test]
fn decode_the_same_error() {
    let alloy = Groth16Verifier::ProofLengthInvalid {
        actual: U256::from(255),
        expected: U256::from(256),
    };
    let ethers =
        ethers::groth16_verifier::ProofLengthInvalid::decode_with_selector(&alloy.abi_encode()).unwrap();
    assert_eq!((ethers.actual, ethers.expected), (255.into(), 256.into()));
}

#[test]
fn hold_the_same_bytecode() {
    let pairs = [
        (
            &Groth16Verifier::BYTECODE,
            &ethers::groth16_verifier::GROTH16VERIFIER_BYTECODE,
        ),
        (
            &VerifierGateway::BYTECODE,
            &ethers::verifier_gateway::VERIFIERGATEWAY_BYTECODE,
        ),
        (
            &GlobalExitRoot::BYTECODE,
            &ethers::global_exit_root::GLOBALEXITROOT_BYTECODE,
        ),
        (
            &SharedBridge::BYTECODE,
            &ethers::shared_bridge::SHAREDBRIDGE_BYTECODE,
        ),
    ];
    for (alloy, ethers) in pairs {
        assert_eq!(alloy.as_ref(), ethers.as_ref());
    }
}
