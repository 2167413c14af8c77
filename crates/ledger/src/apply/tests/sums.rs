//! Accounting, and the openings that lead from one state to the next.

use super::*;

#[test]
fn sums_are_wide_and_over_the_whole_certificate() {
    let max = U256::MAX;
    let world = funded(&[max, max]);
    let both = || vec![deposit(&world, 0, max), deposit(&world, 1, max)];
    let overflow = LedgerError::BalanceOverflow {
        token: TOKEN,
        sums: Box::new(Sums {
            initial: U256::ZERO,
            imported: U512::from(max) << 1,
            exported: U512::from(max - u(1)),
        }),
    };
    assert_eq!(
        refusal(&world, vec![exit(TOKEN, B, max - u(1))], both()),
        overflow
    );
    assert_eq!(overflow.class(), Class::Operator);
    let state = state(&world, A);
    let transition = apply(&state, &certificate(&state, vec![exit(TOKEN, B, max)], both())).unwrap();
    assert_eq!(transition.after().balances().get(TOKEN), max);
    let underflow = LedgerError::BalanceUnderflow {
        token: TOKEN,
        sums: Box::new(Sums {
            initial: max,
            imported: U512::ZERO,
            exported: U512::from(max) + U512::from(1),
        }),
    };
    let after = transition.after();
    let exits = vec![exit(TOKEN, B, max), exit(TOKEN, C, u(1))];
    assert_eq!(apply(after, &certificate(after, exits, vec![])), Err(underflow));
}

/// A network has of a foreign token what it took in and nothing else, whoever issues the token.
#[test]
fn what_was_never_held_is_not_sent() {
    let world = funded(&[u(5)]);
    let short = |token, exported| LedgerError::BalanceUnderflow {
        token,
        sums: Box::new(Sums {
            initial: U256::ZERO,
            imported: U512::ZERO,
            exported,
        }),
    };
    for token in [TOKEN, TokenId::ETH, own(B), own(NetworkId::new(u32::MAX))] {
        let sent = vec![exit(token, B, u(1))];
        assert_eq!(refusal(&world, sent, vec![]), short(token, U512::from(1)));
        // Sums do not wrap, neither at 256 bits nor to zero.
        let sent = vec![exit(token, B, U256::MAX), exit(token, C, u(1))];
        assert_eq!(refusal(&world, sent, vec![]), short(token, U512::from(1) << 256));
        // Nothing of it is what anyone has.
        let state = state(&world, A);
        let nothing = certificate(&state, vec![exit(token, B, U256::ZERO)], vec![]);
        let transition = apply(&state, &nothing).unwrap();
        assert_eq!(transition.after().balances().get(token), U256::ZERO);
    }
    assert_eq!(
        refusal(&world, vec![message(A, B, 1)], vec![]),
        short(TokenId::ETH, U512::from(1))
    );
    // What comes in and goes out again need not be held before.
    let (came, sent) = (vec![deposit(&world, 0, u(5))], vec![exit(TOKEN, C, u(6))]);
    let sums = Sums {
        initial: U256::ZERO,
        imported: U512::from(5),
        exported: U512::from(6),
    };
    let expected = LedgerError::BalanceUnderflow {
        token: TOKEN,
        sums: Box::new(sums),
    };
    assert_eq!(refusal(&world, sent, came), expected);
}

/// What comes back to its home is no balance there: a network's own tokens are its own business.
#[test]
fn own_tokens_come_home() {
    let world = world();
    let (a, b) = (state(&world, A), state(&world, B));
    let out = certificate(&a, vec![exit(own(A), B, u(9))], vec![]);
    let world = settle_epoch(&world, std::slice::from_ref(&out)).world;
    let back = certificate(
        &b,
        vec![exit(own(A), A, u(4))],
        vec![settled_import(&world, out.exits[0], A, 0)],
    );
    let world = settle_epoch(&world, std::slice::from_ref(&back)).world;
    let a = state(&world, A);
    let home = certificate(&a, vec![], vec![settled_import(&world, back.exits[0], B, 0)]);
    let outcome = settle_epoch(&world, &[home]);
    let a = state(&outcome.world, A);
    assert_eq!((outcome.admitted.len(), a.balances().count()), (1, 1));
    assert_eq!(state(&outcome.world, B).balances().get(own(A)), u(5));
}

#[test]
fn own_tokens_are_not_tracked_and_messages_are_eth() {
    let mut world = world();
    let eth = exit(TokenId::ETH, A, u(10));
    world.deposit(&[eth]).unwrap();
    let state = state(&world, A);
    let exits = vec![exit(own(A), B, U256::MAX), message(A, B, 7)];
    let imports = vec![settled_import(&world, eth, L1, 0)];
    let transition = apply(&state, &certificate(&state, exits, imports)).unwrap();
    let balances = transition.after().balances();
    assert_eq!((balances.count(), balances.get(TokenId::ETH)), (1, u(3)));
    let underflow = LedgerError::BalanceUnderflow {
        token: TokenId::ETH,
        sums: Box::new(Sums {
            initial: u(3),
            imported: U512::ZERO,
            exported: U512::from(4),
        }),
    };
    let after = transition.after();
    assert_eq!(
        apply(after, &certificate(after, vec![message(A, B, 4)], vec![])),
        Err(underflow)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Sums are kept per token, and every opening leads from the old root to the new one.
    #[test]
    fn a_transition_keeps_sums_and_follows(
        amounts in prop::collection::vec((0..3_u8, 0..100_u64), 1..8),
        picks in prop::collection::vec(any::<bool>(), 8),
        spends in prop::collection::vec((0..4_u8, 0..60_u64), 0..5),
    ) {
        let token = |seed: u8| TokenId {
            network: NetworkId::new(u32::from(seed % 2) * 3),
            address: Address::with_last_byte(seed + 1),
        };
        let mut world = world();
        let deposits: Vec<_> = amounts.iter().map(|&(seed, amount)| exit(token(seed), A, u(amount))).collect();
        world.deposit(&deposits).unwrap();
        let imports = |picked: bool| {
            let picks = &picks;
            let chosen = deposits.iter().enumerate().filter(move |(at, _)| picks[*at] == picked);
            chosen.map(|(at, &exit)| settled_import(&world, exit, L1, at as u32)).collect::<Vec<_>>()
        };
        let start = state(&world, A);
        let first = apply(&start, &certificate(&start, vec![], imports(true))).unwrap();
        let old = first.after();
        let exits: Vec<_> = spends.iter().map(|&(seed, amount)| exit(token(seed), B, u(amount))).collect();
        let certificate = certificate(old, exits.clone(), imports(false));
        let sum = |seed, exits: &mut dyn Iterator<Item = &Exit>| -> U256 {
            exits.filter(|exit| exit.token == token(seed)).map(|exit| exit.amount).sum()
        };
        let imported = |seed| sum(seed, &mut certificate.imports.iter().map(|import| &import.exit));
        match apply(old, &certificate) {
            Ok(transition) => {
                let new = transition.after();
                for seed in 0..4 {
                    let (before, after) = (old.balances().get(token(seed)), new.balances().get(token(seed)));
                    prop_assert_eq!(before + imported(seed), after + sum(seed, &mut exits.iter()));
                }
                let (mut count, mut root) = (old.balances().count(), old.balances().tree_root());
                for opening in transition.balances() {
                    let left = U512::from(opening.access.initial()) + opening.imported - opening.exported;
                    prop_assert_eq!(left, U512::from(opening.balance));
                    (count, root) = opening.access.follow(opening.token, opening.balance, count, root).unwrap();
                }
                prop_assert_eq!((count, root), (new.balances().count(), new.balances().tree_root()));
                let mut root = old.nullifiers().root();
                for (import, path) in certificate.imports.iter().zip(transition.nullifier_paths()) {
                    root = nullify(import.global_index, &path, root).unwrap();
                }
                prop_assert_eq!(root, new.nullifiers().root());
                prop_assert_eq!(new.history().get(certificate.height), Some(transition.entry()));
                prop_assert_eq!(new.exits().count(), new.shadow().count());
                let outcome = settle_epoch(&world, &[first.certificate().clone(), certificate.clone()]);
                prop_assert_eq!(outcome.admitted.len(), 2);
            }
            Err(LedgerError::BalanceUnderflow { token: short, sums }) => {
                prop_assert_eq!(sums.initial, old.balances().get(short));
                prop_assert!(U512::from(sums.initial) + sums.imported < sums.exported);
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
