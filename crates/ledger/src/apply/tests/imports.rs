//! What imports are held to, whichever way they are backed.

use super::*;

#[test]
fn imports_by_history_are_checked() {
    let world = funded(&[u(5), u(7)]);
    let good = deposit(&world, 1, u(7));
    let refused = |change: &dyn Fn(&mut ImportedExit)| {
        let mut bad = good.clone();
        change(&mut bad);
        refusal(&world, vec![], vec![deposit(&world, 0, u(5)), bad])
    };
    let history = |import: &mut ImportedExit, change: &dyn Fn(&mut BackingEntry)| match &mut import.backing {
        Backing::History(history) => change(&mut history.entry),
        Backing::Claim(_) => unreachable!("backed by history"),
    };
    assert_eq!(
        refused(&|import| import.global_index = GlobalIndex::new(A, 1)),
        LedgerError::ImportFromSameNetwork { import: 1 }
    );
    assert_eq!(
        refused(&|import| import.exit.destination_network = B),
        LedgerError::InvalidExitNetwork {
            import: 1,
            destination: B
        }
    );
    assert_eq!(
        refused(&|import| import.global_index = GlobalIndex::new(B, 1)),
        LedgerError::MismatchHistoryNetwork {
            import: 1,
            source_network: B,
            entry: L1
        }
    );
    assert_eq!(
        refused(&|import| import.global_index = GlobalIndex::new(L1, 2)),
        LedgerError::ImportBeyondExitCount {
            import: 1,
            leaf_index: 2,
            exit_count: 2
        }
    );
    let path = |error| matches!(error, LedgerError::InvalidShadowPath { import: 1, .. });
    assert!(path(refused(&|import| import.exit.amount += u(1))));
    assert!(path(refused(&|import| history(import, &|entry| {
        if let BackingEntry::L1(entry) = entry {
            entry.shadow_root = GoldilocksDigest::ZERO;
        }
    }))));
    let twice = LedgerError::AlreadyImported {
        import: 1,
        global_index: GlobalIndex::new(L1, 0),
    };
    assert_eq!(refused(&|import| *import = deposit(&world, 0, u(5))), twice);
    // A larger count is another dependency, and nothing of this certificate's own.
    let mut larger = good.clone();
    history(&mut larger, &|entry| {
        if let BackingEntry::L1(entry) = entry {
            entry.exit_count += 1;
        }
    });
    let state = state(&world, A);
    let transition = apply(&state, &certificate(&state, vec![], vec![good, larger.clone()])).unwrap_err();
    assert!(matches!(
        transition,
        LedgerError::AlreadyImported { import: 1, .. }
    ));
    let transition = apply(&state, &certificate(&state, vec![], vec![larger])).unwrap();
    assert!(matches!(transition.dependencies(), [Dependency::L1(entry)] if entry.exit_count == 3));
}

#[test]
fn nothing_is_imported_twice() {
    let world = funded(&[u(5)]);
    let before = state(&world, A);
    let import = deposit(&world, 0, u(5));
    let transition = apply(&before, &certificate(&before, vec![], vec![import.clone()])).unwrap();
    let after = transition.after();
    let again = LedgerError::AlreadyImported {
        import: 0,
        global_index: GlobalIndex::new(L1, 0),
    };
    assert_eq!(
        apply(after, &certificate(after, vec![], vec![import])),
        Err(again)
    );
}
