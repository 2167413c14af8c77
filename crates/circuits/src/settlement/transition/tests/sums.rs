//! Balances: any order of moves, no token twice or too many, no sum that wraps.

use causeway_types::goldilocks::GOLDILOCKS_ORDER;

use super::*;
use crate::settlement::transition::moves::amount_words;
use crate::settlement::transition::tokens::TokenSum;

/// The story with the balance of a token after it, and how it gets there, of the forger's choice.
fn forged_balance(token: TokenId, balance: U256) -> TransitionInputs {
    let world = world();
    let mut inputs = inputs(&world, &story(&world));
    let mut tree = state(&world, A).balances().clone();
    for opening in &mut inputs.balances {
        if opening.token == token {
            opening.balance = balance;
        }
        opening.access = tree.set(opening.token, opening.balance).unwrap();
    }
    inputs
}

#[test]
fn the_balance_is_what_was_there_and_came_less_what_went() {
    // 1000 + 24 - 300.
    assert!(holds(&forged_balance(TOKEN, U256::from(724)), &[]));
    for other in [
        U256::from(723),
        U256::from(725),
        U256::ZERO,
        U256::MAX,
        U256::from(1) << 32,
    ] {
        assert!(!holds(&forged_balance(TOKEN, other), &[]), "{other}");
    }
}

#[test]
fn more_than_there_is_does_not_go_out() {
    let world = world();
    let mut inputs = inputs(&world, &story(&world));
    inputs.exits[0].amount = U256::from(1025);
    let at = inputs
        .balances
        .iter()
        .position(|opening| opening.token == TOKEN)
        .unwrap();
    // 1024 - 1025 is -1: 2^256 - 1 if the uppermost word may borrow.
    for balance in [U256::ZERO, U256::MAX, U256::from(u32::MAX)] {
        let mut tree = state(&world, A).balances().clone();
        let mut inputs = inputs.clone();
        inputs.balances[at].balance = balance;
        for opening in &mut inputs.balances {
            opening.access = tree.set(opening.token, opening.balance).unwrap();
        }
        assert!(!holds(&inputs, &[]), "{balance}");
    }
}

/// What cannot be held is not imported, even if words are enough for it in any other order.
#[test]
fn a_sum_above_what_a_balance_holds_is_refused_and_one_in_between_is_not() {
    let mut world = World::new(DOMAIN);
    world.register(A, Authority::validity(key()).unwrap()).unwrap();
    let deposits = [exit(TOKEN, A, U256::MAX); 2];
    world.deposit(&deposits).unwrap();
    let imports: Vec<_> = (0..)
        .zip(deposits)
        .map(|(at, exit)| import(&world, exit, L1, at))
        .collect();
    let out = vec![exit(TOKEN, L1, U256::MAX)];
    let honest = inputs(&world, &certificate(&state(&world, A), out, imports.clone()));
    assert!(holds(&honest, &[]));
    // The same without the exit: 2^257 - 2 is 2^256 - 2 if the uppermost word may carry.
    let mut surplus = inputs(
        &world,
        &certificate(&state(&world, A), vec![], imports[..1].to_vec()),
    );
    surplus.imports = honest.imports.clone();
    surplus.steps = honest.steps.clone();
    surplus.steps[0].exits = 0..0;
    let mut tree = state(&world, A).balances().clone();
    surplus.balances[0].balance = U256::MAX - U256::ONE;
    surplus.balances[0].access = tree.set(TOKEN, surplus.balances[0].balance).unwrap();
    assert!(!holds(&surplus, &[]));
}

#[test]
fn carries_have_one_reading() {
    let world = world();
    let inputs = inputs(&world, &story(&world));
    let token = &circuit().targets().body.tokens[0];
    for (at, &carry) in token.carries.iter().enumerate() {
        for value in [F::ONE, F::from_canonical_u64(1 << 29), F::NEG_ONE] {
            assert!(!holds(&inputs, &[(carry, value)]), "{at}");
        }
    }
}

/// Of a token of the story: what it had and what moves, the balance of the forger's choice, and what each word of it would have to
/// carry for the sum to come out in the field.
fn carries_in_the_field(inputs: &TransitionInputs, at: usize, balance: [F; 8]) -> ([F; 7], bool) {
    let words = TokenSum::of(inputs)[at].words.map(F::from_noncanonical_i64);
    let mut carry = F::ZERO;
    let carries = std::array::from_fn(|place| {
        let word = 7 - place;
        carry = (words[word] + carry - balance[word]) / F::from_canonical_u64(1 << 32);
        carry
    });
    (carries, words[0] + carry == balance[0])
}

fn words_of(balance: U256) -> [F; 8] {
    amount_words(balance).map(F::from_canonical_u32)
}

/// A carry that may be any element makes whatever is the same modulo p of a balance.
#[test]
fn a_balance_is_no_remainder() {
    let at = 1;
    let order = U256::from(GOLDILOCKS_ORDER);
    for (balance, honest) in [(724, true), (724 + 32, false)]
        .map(|(least, honest)| (U256::from(least), honest))
        .into_iter()
        .chain((1..=3).map(|times| (U256::from(724) + order * U256::from(times), false)))
    {
        let inputs = forged_balance(TOKEN, balance);
        assert_eq!(inputs.balances[at].token, TOKEN);
        let (carries, comes_out) = carries_in_the_field(&inputs, at, words_of(balance));
        assert_eq!(comes_out, honest || balance > order, "the forger's sum");
        let targets = circuit().targets().body.tokens[at].carries;
        let forged: Vec<_> = targets.into_iter().zip(carries).collect();
        assert_eq!(holds(&inputs, &forged), honest, "{balance}");
    }
}

/// A leaf with a word that is none would be one that its network cannot read.
#[test]
fn the_words_of_a_balance_are_words() {
    let world = world();
    let inputs = inputs(&world, &story(&world));
    // The last one: nothing is opened in the tree behind it.
    let at = 2;
    let token = &circuit().targets().body.tokens[at];
    let honest = words_of(U256::from(5));
    let mut borrowed = honest;
    borrowed[6] += F::ONE;
    borrowed[7] -= F::from_canonical_u64(1 << 32);
    for (balance, stands) in [(honest, true), (borrowed, false)] {
        let (carries, comes_out) = carries_in_the_field(&inputs, at, balance);
        assert!(comes_out);
        let targets = token.balance.targets().into_iter().zip(balance);
        let forged: Vec<_> = targets.chain(token.carries.into_iter().zip(carries)).collect();
        assert_eq!(holds(&inputs, &forged), stands);
    }
}

/// What a token's moves come to is theirs, word by word, and so is their number.
#[test]
fn sums_and_numbers_are_those_of_the_moves() {
    let world = world();
    let inputs = inputs(&world, &story(&world));
    let tokens = &circuit().targets().body.tokens;
    for (at, token) in tokens[..3].iter().enumerate() {
        for &target in token.words.iter().chain([&token.moves]) {
            let value = Trace::honest(
                circuit().data(),
                &circuit().witness(&inputs, List::EMPTY).unwrap(),
            )
            .get(target)
            .unwrap();
            assert!(!holds(&inputs, &[(target, value + F::ONE)]), "{at}");
        }
    }
}

/// A token that nothing moves is not listed: it would get a leaf that its network does not know of.
#[test]
fn a_token_without_moves_has_no_place() {
    let world = world();
    let mut inputs = inputs(&world, &certificate(&state(&world, A), vec![], vec![]));
    assert!(holds(&inputs, &[]));
    let mut tree = state(&world, A).balances().clone();
    inputs.balances.push(causeway_ledger::BalanceOpening {
        token: TOKEN,
        imported: Default::default(),
        exported: Default::default(),
        balance: U256::ZERO,
        access: tree.set(TOKEN, U256::ZERO).unwrap(),
    });
    let list = &circuit().targets().body.tokens[0];
    // The prover's own sums have no such token: he writes it himself, with a number of his choice.
    for moves in [F::ZERO, F::ONE, F::NEG_ONE] {
        let mut forged = vec![(list.active.target, F::ONE), (list.moves, moves)];
        forged.extend(listed(list, &inputs.balances[0]));
        let mut unlisted = inputs.clone();
        unlisted.balances.clear();
        assert!(!holds(&unlisted, &forged), "{moves}");
    }
}

/// Nor does a place without a token take what a token's moves come to: it would go out and be missing nowhere.
#[test]
fn where_no_token_is_nothing_moves() {
    let world = world();
    let honest = inputs(&world, &story(&world));
    let (at, sum) = (1, TokenSum::of(&honest)[1]);
    assert_eq!(honest.balances[at].token, TOKEN);
    let mut inputs = honest.clone();
    let mut tree = state(&world, A).balances().clone();
    inputs.balances.remove(at);
    inputs.steps[0].tokens = 0..2;
    for opening in &mut inputs.balances {
        opening.access = tree.set(opening.token, opening.balance).unwrap();
    }
    let idle = &circuit().targets().body.tokens[2];
    let mut witness = plonky2::iop::witness::PartialWitness::new();
    idle.token.set(&mut witness, &TOKEN).unwrap();
    let sums = idle.words.into_iter().zip(sum.elements());
    let forged: Vec<_> = witness
        .target_values
        .into_iter()
        .chain(sums)
        .chain([(idle.moves, sum.number())])
        .collect();
    assert!(!holds(&inputs, &forged));
}

/// Everything of a listed token but its sum and number.
fn listed(list: &TokenSumTarget, opening: &causeway_ledger::BalanceOpening) -> Vec<(Target, F)> {
    let mut witness = plonky2::iop::witness::PartialWitness::new();
    list.token.set(&mut witness, &opening.token).unwrap();
    list.access.set(&mut witness, &opening.access).unwrap();
    witness.target_values.into_iter().collect()
}

/// A token is listed once, and the order of the list is no prover's choice: places in the balance tree follow from it.
#[test]
fn tokens_ascend() {
    let world = world();
    let honest = inputs(&world, &story(&world));
    assert_eq!(honest.balances.len(), 3);
    for swapped in [[1, 0, 2], [0, 2, 1]] {
        let mut inputs = honest.clone();
        let mut tree = state(&world, A).balances().clone();
        inputs.balances = swapped.map(|at: usize| honest.balances[at].clone()).to_vec();
        for opening in &mut inputs.balances {
            opening.access = tree.set(opening.token, opening.balance).unwrap();
        }
        assert!(!holds(&inputs, &[]), "{swapped:?}");
    }
}

/// Nor in two parts, which together are what moves.
#[test]
fn a_token_is_listed_once() {
    let world = world();
    let imports =
        [(0, 1000), (2, 24)].map(|(at, amount)| import(&world, exit(TOKEN, A, U256::from(amount)), L1, at));
    let mut inputs = inputs(&world, &certificate(&state(&world, A), vec![], imports.to_vec()));
    assert!(holds(&inputs, &[]));
    let mut tree = state(&world, A).balances().clone();
    let whole = inputs.balances[0].clone();
    inputs.balances = [1000, 1024]
        .map(|balance| {
            let balance = U256::from(balance);
            causeway_ledger::BalanceOpening {
                balance,
                access: tree.set(TOKEN, balance).unwrap(),
                ..whole.clone()
            }
        })
        .to_vec();
    inputs.steps[0].tokens = 0..2;
    let tokens = &circuit().targets().body.tokens;
    let parts = tokens.iter().zip([1000, 24]);
    let forged: Vec<_> = parts
        .flat_map(|(token, amount)| {
            [
                (token.words[7], F::from_canonical_u64(amount)),
                (token.moves, F::ONE),
            ]
        })
        .collect();
    assert!(!holds(&inputs, &forged));
}
