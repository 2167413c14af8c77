//! What imports claimed by LxLy's paths are held to.

use super::*;

/// An exit of B to A under a global exit root, claimed as LxLy does.
fn claimed() -> (State, Certificate) {
    let world = world();
    let state = state(&world, A);
    let (mut exits, mut rollups, mut info) = (ExitTree::new(), RollupExitTree::new(), L1InfoTree::new());
    let mut frontier = crate::ExitFrontier::new();
    let mut made = Vec::new();
    for amount in 1..=3 {
        let exit = exit(own(B), A, u(amount));
        exits.append(exit.leaf()).unwrap();
        frontier.append(exit.leaf()).unwrap();
        made.push(exit);
    }
    let index = B.try_into().unwrap();
    rollups.set(index, &frontier);
    let inner = L1InfoLeafInner {
        global_exit_root: GlobalExitRoot::of(ExitRoot::EMPTY, rollups.root()),
        block_hash: B256::repeat_byte(1),
        timestamp: 2,
    };
    for timestamp in 0..4 {
        info.append(&L1InfoLeafInner { timestamp, ..inner }).unwrap();
    }
    let imports = [0, 2].map(|leaf| ImportedExit {
        exit: made[leaf as usize],
        global_index: GlobalIndex::new(B, leaf),
        backing: Backing::Claim(ClaimData::Rollup {
            proof_leaf_ler: ClaimProof {
                root: exits.root(),
                proof: exits.proof(leaf),
            },
            proof_ler_rer: ClaimProof {
                root: rollups.root(),
                proof: rollups.proof(index),
            },
            proof_ger_l1root: ClaimProof {
                root: info.root(),
                proof: info.proof(2),
            },
            l1_leaf: L1InfoLeaf {
                l1_info_tree_index: 2,
                rer: rollups.root(),
                mer: ExitRoot::EMPTY,
                inner,
            },
        }),
    });
    let certificate = certificate(&state, vec![], imports.to_vec());
    (state, certificate)
}

/// Claims of L1's exits share one L1 info root too, whichever networks the ones before them are of.
#[test]
fn claims_of_l1_share_the_root_of_the_others() {
    let (state, mut certificate) = claimed();
    let sent = exit(TOKEN, A, u(9));
    let (mut exits, mut info) = (ExitTree::new(), L1InfoTree::new());
    exits.append(sent.leaf()).unwrap();
    let rer = RollupExitRoot::EMPTY;
    let inner = L1InfoLeafInner {
        global_exit_root: GlobalExitRoot::of(exits.root(), rer),
        block_hash: B256::repeat_byte(1),
        timestamp: 2,
    };
    info.append(&inner).unwrap();
    let claim = ImportedExit {
        exit: sent,
        global_index: GlobalIndex::new(L1, 0),
        backing: Backing::Claim(ClaimData::Mainnet {
            proof_leaf_mer: ClaimProof {
                root: exits.root(),
                proof: exits.proof(0),
            },
            proof_ger_l1root: ClaimProof {
                root: info.root(),
                proof: info.proof(0),
            },
            l1_leaf: L1InfoLeaf {
                l1_info_tree_index: 0,
                rer,
                mer: exits.root(),
                inner,
            },
        }),
    };
    let alone = Certificate {
        imports: vec![claim.clone()],
        ..certificate.clone()
    };
    assert!(apply(&state, &alone).is_ok());
    let first = parts(&mut certificate.imports[0]).2.root;
    certificate.imports.push(claim);
    let multiple = LedgerError::MultipleL1InfoRoot {
        import: 2,
        first,
        got: info.root(),
    };
    assert_eq!(apply(&state, &certificate), Err(multiple));
}

/// An exit taken in by one kind of backing is taken in for the other.
#[test]
fn the_two_backings_are_one_exit() {
    let (mut state, certificate) = claimed();
    let made: Vec<_> = (1..=3).map(|amount| exit(own(B), A, u(amount))).collect();
    let mut shadow = crate::ShadowTree::new();
    let leaves: Vec<_> = made.iter().map(crate::shadow_leaf).collect();
    shadow.extend(&leaves).unwrap();
    let history = crate::testing::import(
        made[2],
        B,
        2,
        causeway_types::HistoryBacking {
            entry: BackingEntry::Network {
                network: B,
                entry: causeway_types::HistoryEntry {
                    height: 0,
                    state_root: causeway_types::StateRoot::EMPTY,
                    shadow_root: shadow.root(),
                    exit_count: 3,
                },
            },
            path: shadow.path(2),
        },
    );
    let again = |import| LedgerError::AlreadyImported {
        import,
        global_index: GlobalIndex::new(B, 2),
    };
    let mut both = certificate.clone();
    both.imports.push(history.clone());
    assert_eq!(apply(&state, &both), Err(again(2)));
    both.imports.reverse();
    assert_eq!(apply(&state, &both), Err(again(1)));
    state = apply(&state, &certificate).unwrap().after().clone();
    let next = crate::testing::certificate(&state, vec![], vec![history]);
    assert_eq!(apply(&state, &next), Err(again(0)));
}

type Parts<'a> = (
    &'a mut ClaimProof<ExitRoot>,
    &'a mut ClaimProof<RollupExitRoot>,
    &'a mut ClaimProof<L1InfoRoot>,
    &'a mut L1InfoLeaf,
);

fn parts(import: &mut ImportedExit) -> Parts<'_> {
    match &mut import.backing {
        Backing::Claim(ClaimData::Rollup {
            proof_leaf_ler,
            proof_ler_rer,
            proof_ger_l1root,
            l1_leaf,
        }) => (proof_leaf_ler, proof_ler_rer, proof_ger_l1root, l1_leaf),
        _ => unreachable!("a rollup claim"),
    }
}

#[test]
fn rollup_claims_are_checked() {
    let (state, good) = claimed();
    let transition = apply(&state, &good).unwrap();
    assert_eq!(transition.after().balances().get(own(B)), u(4));
    assert_eq!(transition.dependencies().len(), 2);
    let refused = |change: fn(&mut ImportedExit)| {
        let mut bad = good.clone();
        change(&mut bad.imports[1]);
        let error = format!("{:?}", apply(&state, &bad).unwrap_err());
        assert!(error.contains("import: 1"), "{error}");
        error.split(' ').next().unwrap().to_owned()
    };
    let other = |import: &mut ImportedExit| parts(import).2.root = L1InfoRoot::EMPTY;
    assert_eq!(refused(other), "MultipleL1InfoRoot");
    assert_eq!(
        refused(|import| parts(import).0.root = ExitRoot::EMPTY),
        "InvalidMerklePathLeafToLER"
    );
    assert_eq!(
        refused(|import| parts(import).1.root = RollupExitRoot::EMPTY),
        "MismatchRER"
    );
    assert_eq!(
        refused(|import| parts(import).3.rer = RollupExitRoot::EMPTY),
        "MismatchRER"
    );
    assert_eq!(
        refused(|import| parts(import).3.mer = ExitRoot::new(B256::ZERO)),
        "InconsistentGlobalExitRoot"
    );
    assert_eq!(
        refused(|import| parts(import).1.proof = parts(import).0.proof.clone()),
        "InvalidMerklePathLERToRER"
    );
    assert_eq!(
        refused(|import| parts(import).3.l1_info_tree_index = 1),
        "InvalidMerklePathGERToL1Root"
    );
    assert_eq!(
        refused(|import| parts(import).3.inner.timestamp = 9),
        "InvalidMerklePathGERToL1Root"
    );
    assert_eq!(
        refused(|import| import.global_index = GlobalIndex::new(C, 2)),
        "InvalidMerklePathLERToRER"
    );
    assert_eq!(
        refused(|import| import.global_index = GlobalIndex::new(L1, 2)),
        "MismatchGlobalIndexInclusionProof"
    );
    assert_eq!(
        refused(|import| import.global_index = GlobalIndex::new(B, 1)),
        "InvalidMerklePathLeafToLER"
    );
    let mut counted = good.clone();
    counted.l1_info_tree_leaf_count = Some(3);
    assert!(apply(&state, &counted).is_ok());
    counted.l1_info_tree_leaf_count = Some(2);
    let beyond = LedgerError::L1InfoLeafBeyondCount {
        import: 0,
        index: 2,
        declared: 2,
    };
    assert_eq!(apply(&state, &counted), Err(beyond));
}
