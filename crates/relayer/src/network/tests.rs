#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolEvent, SolValue};
use causeway_bindings::{SharedBridge, SharedBridgeL2};
use causeway_ledger::ExitTree;
use causeway_types::{GlobalIndex, NetworkId, hash_pair};

use super::{BridgeLog, NetworkError};
use crate::state::LogJson;

const NETWORK: NetworkId = NetworkId::new(1);
const BRIDGE: Address = Address::repeat_byte(0xb1);

fn log(event: &impl SolEvent, block: u64) -> LogJson {
    let data = event.encode_log_data();
    LogJson {
        address: BRIDGE,
        topics: data.topics().to_vec(),
        data: data.data.clone(),
        block_number: block,
        block_hash: None,
        transaction_hash: None,
        log_index: 0,
        removed: false,
    }
}

fn exit(count: u32, metadata: &[u8]) -> SharedBridge::BridgeEvent {
    SharedBridge::BridgeEvent {
        leafType: 0,
        originNetwork: 1,
        originAddress: Address::repeat_byte(3),
        destinationNetwork: 2,
        destinationAddress: Address::repeat_byte(9),
        amount: U256::from(count),
        metadata: Bytes::copy_from_slice(metadata),
        depositCount: count,
    }
}

fn three_exits() -> Vec<LogJson> {
    (0..3)
        .map(|count| log(&exit(count, b"m"), count.into()))
        .collect()
}

fn roots(log: &BridgeLog, count: u32) -> B256 {
    log.tree().root_at(count).get()
}

#[test]
fn exits_that_are_taken_back_and_made_by_hand_are_followed() {
    let mut bridge = BridgeLog::of(NETWORK, BRIDGE, &three_exits()).unwrap();
    let backward = SharedBridgeL2::BackwardLET {
        previousDepositCount: U256::from(3),
        previousRoot: roots(&bridge, 3),
        newDepositCount: U256::from(1),
        newRoot: roots(&bridge, 1),
    };
    let wrong = SharedBridgeL2::BackwardLET {
        newRoot: roots(&bridge, 2),
        ..backward.clone()
    };
    let before = bridge.clone();
    let error = bridge.take(&log(&wrong, 5)).unwrap_err();
    assert!(
        matches!(error, NetworkError::ExitsRewritten { block: 5, declared, computed, .. }
            if declared == before.tree().root_at(2) && computed == before.tree().root_at(1)),
        "{error}"
    );
    let from_elsewhere = SharedBridgeL2::BackwardLET {
        previousDepositCount: U256::from(4),
        ..backward.clone()
    };
    let error = bridge.take(&log(&from_elsewhere, 5)).unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::ExitGap {
                got: 4,
                expected: 3,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(bridge.exits(), before.exits());

    bridge.take(&log(&backward, 5)).unwrap();
    assert_eq!(bridge.exits(), &before.exits()[..1]);
    let leaf = SharedBridgeL2::LeafData {
        leafType: 0,
        originNetwork: 1,
        originAddress: Address::repeat_byte(3),
        destinationNetwork: 2,
        destinationAddress: Address::repeat_byte(9),
        amount: U256::from(1),
        metadata: Bytes::from_static(b"m"),
    };
    let forward = SharedBridgeL2::ForwardLET {
        previousDepositCount: U256::from(1),
        previousRoot: roots(&bridge, 1),
        newDepositCount: U256::from(2),
        newRoot: roots(&before, 2),
        newLeaves: vec![leaf].abi_encode().into(),
    };
    bridge.take(&log(&forward, 6)).unwrap();
    assert_eq!(bridge.exits(), &before.exits()[..2]);
    // The next exit of somebody follows.
    bridge.take(&log(&exit(2, b"m"), 7)).unwrap();
    assert_eq!((bridge.exits(), bridge.cursor()), (before.exits(), Some((7, 0))));
}

#[test]
fn a_claim_that_is_unset_is_none() {
    let index = GlobalIndex::new(NetworkId::MAINNET, 4);
    let word: U256 = index.into();
    let chain = hash_pair(B256::ZERO, B256::repeat_byte(7));
    let announced = SharedBridge::UpdatedClaimedGlobalIndexHashChain {
        claimedGlobalIndex: word.into(),
        newClaimedGlobalIndexHashChain: chain,
    };
    let claim = SharedBridge::ClaimEvent {
        globalIndex: word,
        originNetwork: 0,
        originAddress: Address::ZERO,
        destinationAddress: Address::repeat_byte(9),
        amount: U256::from(5),
    };
    let mut bridge = BridgeLog::new(NETWORK, BRIDGE);
    bridge.take(&log(&announced, 1)).unwrap();
    bridge.take(&log(&claim, 2)).unwrap();
    assert_eq!(bridge.claims()[0].link, Some((B256::ZERO, chain)));
    // The bridge announces each claim by itself.
    let error = bridge.take(&log(&claim, 3)).unwrap_err();
    assert!(
        matches!(error, NetworkError::ClaimUnlinked { block: 3, index: 0 }),
        "{error}"
    );
    let unset = SharedBridgeL2::UpdatedUnsetGlobalIndexHashChain {
        unsetGlobalIndex: word.into(),
        newUnsetGlobalIndexHashChain: hash_pair(B256::ZERO, word.into()),
    };
    bridge.take(&log(&unset, 4)).unwrap();
    assert_eq!(bridge.claims(), []);
}

#[test]
fn logs_of_others_and_the_same_one_twice_change_nothing() {
    let logs = three_exits();
    let bridge = BridgeLog::of(NETWORK, BRIDGE, &logs).unwrap();
    let mut more = logs.clone();
    let mut other = logs[0].clone();
    other.address = Address::repeat_byte(1);
    more.extend([other, logs[2].clone()]);
    more.reverse();
    let same = BridgeLog::of(NETWORK, BRIDGE, &more).unwrap();
    assert_eq!(same.exits(), bridge.exits());
    let mut tree = ExitTree::new();
    for sent in bridge.exits() {
        assert_eq!(sent.exit.metadata_hash, keccak256(b"m"));
        tree.append(sent.exit.leaf()).unwrap();
    }
    assert_eq!(bridge.tree(), &tree);
}
