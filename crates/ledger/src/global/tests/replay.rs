//! The logs of L1 are enough, and every part of them is needed.

use super::*;
use crate::chains::PayloadEntry;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn logs_rebuild_what_was_settled(plans in plans(), early: bool) {
        let epochs = live(&plans);
        let replay = Replay::of(logs(&epochs, early)).unwrap();
        assert_same(replay.state(), epochs.last().unwrap().outcome.world.global());
        prop_assert_eq!(replay.epochs(), epochs.len() as u64);
        prop_assert_eq!((replay.pending_entries().count(), replay.pending_exits().count()), (0, 0));
    }
}

/// A history of two epochs, in each of which every network does something.
fn history() -> Vec<L1Log> {
    let plan = |rotations| Plan {
        rotations,
        deposits: vec![(0, 3), (1, 4), (2, 5)],
        certificates: vec![(1, 1, true), (2, 0, true), (0, 2, true), (0, 1, false)],
    };
    logs(&live(&[plan(vec![]), plan(vec![(1, 9), (1, 8)])]), false)
}

/// A replay up to the last epoch, and that epoch.
fn last() -> (Replay, SettledEpoch) {
    let mut logs = history();
    let Some(L1Log::Settled(last)) = logs.pop() else {
        unreachable!("an epoch")
    };
    (Replay::of(logs).unwrap(), last)
}

fn refusal(replay: &Replay, good: &SettledEpoch, change: impl Fn(&mut SettledEpoch)) -> GlobalError {
    let (mut replay, before, mut epoch) = (replay.clone(), replay.state().clone(), good.clone());
    change(&mut epoch);
    let error = replay.take(L1Log::Settled(epoch)).unwrap_err();
    assert_same(replay.state(), &before);
    assert!(
        replay.take(L1Log::Settled(good.clone())).is_ok(),
        "refused, and the next one is taken"
    );
    error
}

#[test]
fn every_field_of_an_entry_is_needed() {
    let (replay, good) = last();
    let changes: [fn(&mut PayloadEntry); 7] = [
        |entry| entry.exit_count += 1,
        |entry| entry.exit_root = ExitRoot::new(B256::repeat_byte(0xee)),
        |entry| entry.state_root = root(0xee),
        |entry| entry.shadow_root = GoldilocksDigest::ZERO,
        |entry| entry.balance_root = GoldilocksDigest::ZERO,
        |entry| entry.nullifier_root = GoldilocksDigest::ZERO,
        |entry| entry.frontier = GoldilocksDigest::ZERO,
    ];
    let is_mismatch = |error: &GlobalError| match *error {
        GlobalError::ReplayMismatch { epoch, expected, got } => {
            (epoch, expected) == (1, good.commitment) && got != expected
        }
        _ => false,
    };
    // A certificate that another of its network follows leaves nothing but its history entry and its height.
    let last_of_network = |place: usize| {
        let network = good.payload[place].network;
        good.payload[place + 1..]
            .iter()
            .all(|later| later.network != network)
    };
    for place in 0..good.payload.len() {
        for (number, change) in changes.iter().enumerate() {
            if last_of_network(place) || matches!(number, 0 | 2 | 3) {
                let error = refusal(&replay, &good, |epoch| change(&mut epoch.payload[place]));
                assert!(is_mismatch(&error), "{place} {number}: {error}");
            }
        }
        let error = refusal(&replay, &good, |epoch| epoch.payload[place].height += 7);
        assert!(matches!(
            error,
            GlobalError::Ledger(LedgerError::MismatchHeight { .. })
        ));
        let nobody = |epoch: &mut SettledEpoch| epoch.payload[place].network = NetworkId::new(9);
        let error = refusal(&replay, &good, nobody);
        assert!(matches!(
            error,
            GlobalError::Ledger(LedgerError::UnknownNetwork { .. })
        ));
        let error = refusal(&replay, &good, |epoch| {
            epoch.payload.remove(place);
        });
        let followed = matches!(error, GlobalError::Ledger(LedgerError::MismatchHeight { .. }));
        assert_eq!(
            (is_mismatch(&error), followed),
            (last_of_network(place), !last_of_network(place))
        );
    }
    let error = refusal(&replay, &good, |epoch| epoch.deposits -= 1);
    assert!(is_mismatch(&error));
    let error = refusal(&replay, &good, |epoch| epoch.registry_entries -= 1);
    assert!(is_mismatch(&error));
}

#[test]
fn a_missing_log_is_missed_at_the_next_one_of_its_kind() {
    let logs = history();
    let without = |is: fn(&L1Log) -> bool, nth: usize| {
        let mut logs = logs.clone();
        let mut places = logs.iter().enumerate().filter(|(_, log)| is(log));
        let place = places.nth(nth).unwrap().0;
        logs.remove(place);
        Replay::of(logs).unwrap_err()
    };
    let registered = |log: &L1Log| matches!(log, L1Log::Registered { .. });
    let exited = |log: &L1Log| matches!(log, L1Log::Exited { .. });
    let settled = |log: &L1Log| matches!(log, L1Log::Settled(_));
    let error = without(registered, 0);
    assert!(matches!(error, GlobalError::RegistryLogMismatch { entry: 1, .. }));
    let later = GlobalError::ExitLogMismatch {
        index: 1,
        expected: 0,
    };
    assert_eq!(without(exited, 0), later);
    // With none after them, the epoch misses the last ones.
    let registry = GlobalError::RegistryNotLogged {
        epoch: 1,
        consumed: 5,
        settled: 3,
        logged: 4,
    };
    assert_eq!(without(registered, 4), registry);
    let deposits = GlobalError::DepositsNotLogged {
        epoch: 1,
        consumed: 6,
        settled: 3,
        logged: 5,
    };
    assert_eq!(without(exited, 5), deposits);
    let error = without(settled, 0);
    assert!(matches!(
        error,
        GlobalError::Ledger(LedgerError::MismatchHeight { .. })
    ));
}

#[test]
fn an_epoch_gives_nothing_back() {
    let (mut replay, good) = last();
    replay.take(L1Log::Settled(good.clone())).unwrap();
    let fewer = SettledEpoch {
        deposits: 5,
        ..good.clone()
    };
    let deposits = GlobalError::DepositsNotLogged {
        epoch: 2,
        consumed: 5,
        settled: 6,
        logged: 6,
    };
    assert_eq!(replay.take(L1Log::Settled(fewer)), Err(deposits));
    let fewer = SettledEpoch {
        registry_entries: 4,
        ..good
    };
    let registry = GlobalError::RegistryNotLogged {
        epoch: 2,
        consumed: 4,
        settled: 5,
        logged: 5,
    };
    assert_eq!(replay.take(L1Log::Settled(fewer)), Err(registry));
}

/// What no epoch has consumed waits for the next one, in order.
#[test]
fn what_is_logged_and_not_consumed_waits() {
    let mut logs = history();
    logs.pop();
    let replay = Replay::of(logs.clone()).unwrap();
    let waiting = logs
        .iter()
        .rev()
        .take_while(|log| !matches!(log, L1Log::Settled(_)));
    let (mut entries, mut exits) = (Vec::new(), Vec::new());
    for log in waiting {
        match *log {
            L1Log::Registered {
                network, authority, ..
            } => entries.insert(0, (network, authority)),
            L1Log::Exited { exit, .. } => exits.insert(0, exit),
            L1Log::Settled(_) => unreachable!("before these"),
        }
    }
    assert_eq!((entries.len(), exits.len()), (2, 3));
    assert!(replay.pending_entries().eq(&entries));
    assert!(replay.pending_exits().eq(&exits));
}

/// The commitment has only the number of entries: that one replaced within an epoch was another is seen by its log.
#[test]
fn a_rotation_that_was_replaced_is_compared_too() {
    let mut logs = history();
    let mut registered = logs.iter_mut().filter_map(|log| match log {
        L1Log::Registered { authority, .. } => Some(authority),
        _ => None,
    });
    *registered.nth(3).unwrap() = authority(7);
    let error = Replay::of(logs).unwrap_err();
    assert!(matches!(error, GlobalError::RegistryLogMismatch { entry: 4, .. }));
}

/// What registry and bridge could not have logged is refused by the rule that it breaks.
#[test]
fn impossible_logs_are_refused() {
    let mut replay = Replay::new();
    let of_l1 = L1Log::Registered {
        network: L1,
        authority: authority(1),
        hash: B256::ZERO,
    };
    let refused = GlobalError::Ledger(LedgerError::MainnetHasNoState);
    assert_eq!(replay.take(of_l1), Err(refused));
    let exit = exit(TOKEN, L1, U256::ZERO);
    replay.take(L1Log::Exited { index: 0, exit }).unwrap();
    let epoch = SettledEpoch {
        commitment: GoldilocksDigest::ZERO,
        deposits: 1,
        registry_entries: 0,
        payload: vec![],
    };
    let refused = GlobalError::Ledger(LedgerError::CannotExitToSameNetwork { exit: 0 });
    assert_eq!(replay.take(L1Log::Settled(epoch)), Err(refused));
}
