#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolEvent;
use causeway_bindings::{Settlement, SharedBridge};
use causeway_ledger::{GlobalError, GlobalState, RegistryChain};
use causeway_types::{Authority, NetworkId};

use super::{LogJson, Source, StateError};

const SOURCE: Source = Source {
    settlement: Address::repeat_byte(0x5e),
    bridge: Address::repeat_byte(0xb1),
};

fn log(address: Address, event: &impl SolEvent, block: u64, index: u64) -> LogJson {
    let data = event.encode_log_data();
    LogJson {
        address,
        topics: data.topics().to_vec(),
        data: data.data.clone(),
        block_number: block,
        block_hash: None,
        transaction_hash: None,
        log_index: index,
        removed: false,
    }
}

/// An entry for network 1, a deposit, and the epoch that consumes both.
fn logs() -> Vec<LogJson> {
    let authority = Authority::signer(Address::repeat_byte(7)).unwrap();
    let mut chain = RegistryChain::new();
    chain.append(NetworkId::new(1), &authority).unwrap();
    let registered = Settlement::RegistryEntryAdded {
        count: 1,
        network: 1,
        kind: 1,
        signer: Address::repeat_byte(7),
        key: B256::ZERO,
        hash: chain.hash(),
    };
    let bridged = SharedBridge::BridgeEvent {
        leafType: 0,
        originNetwork: 0,
        originAddress: Address::ZERO,
        destinationNetwork: 1,
        destinationAddress: Address::repeat_byte(9),
        amount: U256::from(5),
        metadata: Bytes::new(),
        depositCount: 0,
    };
    let mut logs = vec![
        log(SOURCE.settlement, &registered, 1, 0),
        log(SOURCE.bridge, &bridged, 1, 1),
    ];
    let (mut state, pending) = (GlobalState::genesis(), SOURCE.rebuild(&logs).unwrap());
    let old = state.commitment().hash();
    state.register(NetworkId::new(1), authority).unwrap();
    let exits: Vec<_> = pending.pending_exits().copied().collect();
    state.deposit(&exits).unwrap();
    let settled = Settlement::EpochSettled {
        oldCommitment: old.into(),
        newCommitment: state.commitment().hash().into(),
        rollupExitRoot: state.commitment().rollup_exit_root.into(),
        deposits: 1,
        registryEntries: 1,
        payload: Bytes::new(),
    };
    logs.push(log(SOURCE.settlement, &settled, 2, 0));
    logs
}

#[test]
fn a_state_is_rebuilt_from_logs_in_any_order_and_others_among_them() {
    let mut logs = logs();
    let expected = logs[2].topics[2];
    let mut other = logs[1].clone();
    other.address = Address::repeat_byte(1);
    logs.extend([
        other,
        LogJson {
            topics: vec![],
            ..logs[0].clone()
        },
    ]);
    logs.reverse();
    let replay = SOURCE.rebuild(&logs).unwrap();
    assert_eq!(B256::from(replay.state().commitment().hash()), expected);
    assert_eq!((replay.epochs(), replay.pending_exits().count()), (1, 0));
}

#[test]
fn logs_are_read_as_nodes_write_them() {
    let text = r#"[{"address":"0x5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e","topics":[],"data":"0x",
        "blockNumber":"0x10","transactionHash":"0x00000000000000000000000000000000000000000000000000000000000000aa","logIndex":"0x2","removed":false}]"#;
    let logs: Vec<LogJson> = serde_json::from_str(text).unwrap();
    assert_eq!((logs[0].block_number, logs[0].log_index), (16, 2));
}

#[test]
fn what_is_missing_changed_or_removed_is_named() {
    let whole = logs();
    let without = |at: usize| {
        let mut logs = whole.clone();
        logs.remove(at);
        SOURCE.rebuild(&logs).unwrap_err()
    };
    assert!(matches!(
        without(0),
        StateError::Replay {
            block: 2,
            index: 0,
            source: GlobalError::RegistryNotLogged { .. }
        }
    ));
    assert!(matches!(
        without(1),
        StateError::Replay {
            block: 2,
            index: 0,
            source: GlobalError::DepositsNotLogged { .. }
        }
    ));
    let changed = |at: usize, change: &dyn Fn(&mut LogJson)| {
        let mut logs = whole.clone();
        change(&mut logs[at]);
        SOURCE.rebuild(&logs).unwrap_err()
    };
    assert!(matches!(
        changed(1, &|log| log.removed = true),
        StateError::Removed { block: 1, index: 1 }
    ));
    assert!(matches!(
        changed(1, &|log| log.data = Bytes::from(vec![1; 31])),
        StateError::Malformed {
            block: 1,
            index: 1,
            ..
        }
    ));
    assert!(matches!(
        changed(2, &|log| log.topics[2] = B256::repeat_byte(0xff)),
        StateError::Value {
            block: 2,
            index: 0,
            ..
        }
    ));
    assert!(matches!(
        changed(2, &|log| log.topics[2] = B256::ZERO),
        StateError::Replay {
            block: 2,
            index: 0,
            source: GlobalError::ReplayMismatch { .. }
        }
    ));
}
