#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use causeway_aggregation::check::{Trace, Violation};
use causeway_aggregation::{F, Security};
use plonky2::field::types::{Field, Field64};
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;

use super::tree::root;
use super::*;

fn program() -> &'static PaymentsProgram {
    static CELL: OnceLock<PaymentsProgram> = OnceLock::new();
    CELL.get_or_init(PaymentsProgram::build)
}

fn state() -> PaymentsState {
    PaymentsState::new(7, &[1000, 50, 0, 8]).unwrap()
}

fn batch() -> Batch {
    Batch::new(vec![
        Operation::Transfer {
            from: 0,
            to: 9,
            amount: 300,
        },
        Operation::Exit {
            from: 1,
            network: 3,
            recipient: [0xab; 20],
            amount: 50,
        },
        Operation::Transfer {
            from: 9,
            to: 9,
            amount: 300,
        },
    ])
    .unwrap()
}

fn violations(witness: &PartialWitness<F>, forged: &[(Target, F)]) -> usize {
    Trace::forged(program().data(), witness, forged)
        .violations()
        .len()
}

fn assert_rejected(witness: &PartialWitness<F>, forged: &[(Target, F)]) {
    assert_ne!(violations(witness, forged), 0);
}

#[test]
fn a_batch_conserves_the_sum_natively() {
    let transition = state().apply(&batch()).unwrap();
    let (before, after) = (state(), &transition.state);
    assert_eq!(
        after.total() + u128::from(transition.inputs.exited),
        before.total()
    );
    assert_eq!([0, 1, 9].map(|account| after.balance(account)), [700, 0, 300]);
    assert_eq!((transition.inputs.exited, transition.inputs.network), (50, 7));
    assert_eq!(
        (transition.inputs.old_root, transition.inputs.new_root),
        (before.root(), after.root())
    );
    for account in [0, 1, 9, (1 << DEPTH) - 1] {
        let balance = F::from_canonical_u64(after.balance(account));
        assert_eq!(
            root(account, balance, &after.accounts().path(account)),
            after.root()
        );
    }
}

#[test]
fn refusals_are_named() {
    let apply = |operation| state().apply(&Batch::new(vec![operation]).unwrap()).unwrap_err();
    let overspend = PaymentsError::Overspend {
        operation: 0,
        from: 1,
        balance: 50,
        amount: 51,
    };
    assert_eq!(
        apply(Operation::Transfer {
            from: 1,
            to: 0,
            amount: 51
        }),
        overspend
    );
    assert_eq!(
        apply(Operation::Transfer {
            from: 1,
            to: 1,
            amount: 51
        }),
        overspend
    );
    assert_eq!(
        apply(Operation::Exit {
            from: 1,
            network: 0,
            recipient: [0; 20],
            amount: 51
        }),
        overspend
    );
    assert_eq!(
        apply(Operation::Exit {
            from: 1,
            network: 7,
            recipient: [0; 20],
            amount: 50
        }),
        PaymentsError::ExitToSameNetwork {
            operation: 0,
            network: 7
        }
    );
    let nobody = PaymentsError::NoSuchAccount {
        index: 1 << 20,
        accounts: 1 << 20,
    };
    assert_eq!(
        apply(Operation::Transfer {
            from: 0,
            to: 1 << 20,
            amount: 1
        }),
        nobody
    );
    let large = PaymentsError::AmountTooLarge { amount: 1 << 60 };
    assert_eq!(
        apply(Operation::Transfer {
            from: 0,
            to: 1,
            amount: 1 << 60
        }),
        large
    );
    assert_eq!(PaymentsState::new(7, &[1 << 60]), Err(large));
    let rich = PaymentsState::new(7, &[(1 << 60) - 1, 1]).unwrap();
    assert_eq!(
        rich.apply(
            &Batch::new(vec![Operation::Transfer {
                from: 1,
                to: 0,
                amount: 1
            }])
            .unwrap()
        ),
        Err(PaymentsError::ReceiverFull {
            operation: 0,
            to: 0,
            balance: (1 << 60) - 1,
            amount: 1
        })
    );
    let five = vec![
        Operation::Transfer {
            from: 0,
            to: 1,
            amount: 1
        };
        5
    ];
    assert_eq!(
        Batch::new(five),
        Err(PaymentsError::TooManyOperations { got: 5, max: 4 })
    );
}

#[test]
fn the_digest_binds_network_order_and_every_field() {
    let transfer = |from, to, amount| Operation::Transfer { from, to, amount };
    let exit_to = |network, byte, amount| Operation::Exit {
        from: 1,
        network,
        recipient: [byte; 20],
        amount,
    };
    let exit = |byte, amount| exit_to(0, byte, amount);
    let digest = |network, operations: &[Operation]| Batch::new(operations.to_vec()).unwrap().digest(network);
    let digests = [
        digest(7, &[]),
        digest(8, &[]),
        digest(7, &[transfer(0, 0, 0)]),
        digest(7, &[transfer(1, 2, 3), exit(4, 5)]),
        digest(7, &[exit(4, 5), transfer(1, 2, 3)]),
        digest(7, &[transfer(2, 2, 3), exit(4, 5)]),
        digest(7, &[transfer(1, 1, 3), exit(4, 5)]),
        digest(7, &[transfer(1, 2, 4), exit(4, 5)]),
        digest(7, &[transfer(1, 2, 3), exit(5, 5)]),
        digest(7, &[transfer(1, 2, 3), exit(4, 6)]),
        digest(7, &[transfer(1, 2, 3), exit_to(3, 4, 5)]),
    ];
    for (i, digest) in digests.iter().enumerate() {
        assert!(!digests[..i].contains(digest), "{i}");
    }
}

#[test]
fn a_batch_is_proven() {
    assert!(Security::of_circuit(&program().data().common).bits() > 90.0);
    let (transition, proof) = program().prove(&state(), &batch()).unwrap();
    assert_eq!(proof.public_inputs, transition.inputs.to_vec());
    assert_eq!(
        PaymentsInputs::from_slice(&proof.public_inputs),
        Some(transition.inputs)
    );
    program().data().verify(proof).unwrap();
    let overspend = Batch::new(vec![Operation::Transfer {
        from: 2,
        to: 0,
        amount: 1,
    }])
    .unwrap();
    let refused = PaymentsError::Overspend {
        operation: 0,
        from: 2,
        balance: 0,
        amount: 1,
    };
    assert_eq!(program().prove(&state(), &overspend).unwrap_err(), refused);
}

#[test]
fn every_forged_field_breaks_a_constraint() {
    let transition = state().apply(&batch()).unwrap();
    let witness = program().witness(&transition);
    assert_eq!(violations(&witness, &[]), 0);
    let [transfer, exit, _, unused] = &program().slots[..] else {
        panic!("four slots")
    };
    let five = F::from_canonical_u64(5);
    for target in [
        transfer.operation.from,
        transfer.operation.to,
        transfer.payer_balance,
        transfer.receiver_balance,
        transfer.payer_path[3].elements[0],
        transfer.receiver_path[DEPTH - 1].elements[3],
        transfer.operation.recipient[4],
        transfer.operation.destination,
        exit.operation.to,
        exit.operation.amount,
        exit.operation.recipient[0],
        exit.operation.destination,
        unused.operation.from,
        unused.operation.to,
        unused.operation.amount,
        unused.operation.destination,
        unused.operation.recipient[2],
        unused.payer_balance,
        program().old_root.elements[1],
    ] {
        // Where an exit goes and to whom is free, but the public digest follows it: that is a different statement.
        if [exit.operation.recipient[0], exit.operation.destination].contains(&target) {
            let trace = Trace::forged(program().data(), &witness, &[(target, five)]);
            assert_ne!(trace.public_inputs(), transition.inputs.to_vec());
            assert_eq!(trace.violations(), vec![]);
        } else {
            assert_rejected(&witness, &[(target, five)]);
        }
    }
    // Kinds: neither bit, both bits, and a bit that is none.
    assert_rejected(&witness, &[(exit.operation.exit.target, F::ZERO)]);
    assert_rejected(&witness, &[(exit.operation.transfer.target, F::ONE)]);
    assert_rejected(&witness, &[(unused.operation.exit.target, F::TWO)]);
    // A network or a recipient's word beyond 32 bits.
    assert_rejected(&witness, &[(program().network, F::from_canonical_u64(1 << 32))]);
    assert_rejected(
        &witness,
        &[(exit.operation.recipient[0], F::from_canonical_u64(1 << 32))],
    );
    assert_rejected(
        &witness,
        &[(exit.operation.destination, F::from_canonical_u64(1 << 32))],
    );
    // An exit to the network itself.
    assert_rejected(
        &witness,
        &[(exit.operation.destination, F::from_canonical_u64(7))],
    );
    // Another network is another statement: the digest follows it.
    let trace = Trace::forged(program().data(), &witness, &[(program().network, five)]);
    assert_eq!(trace.violations(), vec![]);
    let public = PaymentsInputs::from_slice(&trace.public_inputs()).unwrap();
    assert_eq!((public.network, public.batch), (5, batch().digest(5)));
    // Public outputs that do not follow.
    for index in [4, 8, 12, 13] {
        let target = program().data().prover_only.public_inputs[index];
        assert_rejected(&witness, &[(target, F::from_canonical_u64(77))]);
    }
}

/// One slot as a dishonest prover fills it.
#[derive(Clone, Copy, Default)]
struct Made {
    transfer: bool,
    exit: bool,
    from: u32,
    to: u32,
    amount: F,
    destination: F,
    recipient: [F; 5],
}

/// The witness of made-up slots: the balances and paths in it follow from them by arithmetic in the field, so that
/// only the rules that the circuit itself holds them to can break.
fn made(balances: &[u64], slots: [Made; BATCH_SIZE]) -> PartialWitness<F> {
    let state = PaymentsState::new(7, balances).unwrap();
    let mut witness = PartialWitness::new();
    let values = &mut witness.target_values;
    values.insert(program().network, F::from_canonical_u32(7));
    values.extend(program().old_root.elements.into_iter().zip(state.root().elements));
    let mut tree = state.accounts().clone();
    let mut held: Vec<F> = (0..16)
        .map(|account| F::from_canonical_u64(state.balance(account)))
        .collect();
    for (target, slot) in program().slots.iter().zip(slots) {
        let (from, to) = (slot.from as usize, slot.to as usize);
        let kinds = [slot.transfer, slot.exit].map(F::from_bool);
        values.extend([
            (target.operation.transfer.target, kinds[0]),
            (target.operation.exit.target, kinds[1]),
            (target.operation.from, F::from_canonical_u32(slot.from)),
            (target.operation.to, F::from_canonical_u32(slot.to)),
            (target.operation.amount, slot.amount),
            (target.operation.destination, slot.destination),
            (target.payer_balance, held[from]),
        ]);
        values.extend(target.operation.recipient.into_iter().zip(slot.recipient));
        let mut open = |targets: &super::tree::PathTarget, path: super::tree::Path| {
            let elements = targets.iter().flat_map(|target| target.elements);
            values.extend(elements.zip(path.iter().flat_map(|hash| hash.elements)));
        };
        open(&target.payer_path, tree.path(slot.from));
        held[from] -= slot.amount;
        tree = tree.with(slot.from, held[from]);
        open(&target.receiver_path, tree.path(slot.to));
        values.insert(target.receiver_balance, held[to]);
        held[to] += kinds[0] * slot.amount;
        tree = tree.with(slot.to, held[to]);
    }
    witness
}

/// The slots of `batch()`, with one of them changed.
fn made_with(index: usize, change: impl FnOnce(&mut Made)) -> PartialWitness<F> {
    let made_slot = |transfer, exit, from, to, amount, word| Made {
        transfer,
        exit,
        from,
        to,
        amount: F::from_canonical_u64(amount),
        destination: F::ZERO,
        recipient: [F::from_canonical_u32(word); 5],
    };
    let mut slots = [
        made_slot(true, false, 0, 9, 300, 0),
        made_slot(false, true, 1, 0, 50, 0xabab_abab),
        made_slot(true, false, 9, 9, 300, 0),
        Made::default(),
    ];
    change(&mut slots[index]);
    made(&[1000, 50, 0, 8], slots)
}

#[test]
fn what_a_kind_has_not_is_zero() {
    assert_eq!(violations(&made_with(0, |_| ()), &[]), 0);
    assert_rejected(&made_with(0, |transfer| transfer.recipient[4] = F::ONE), &[]);
    assert_rejected(&made_with(0, |transfer| transfer.destination = F::ONE), &[]);
    assert_rejected(&made_with(1, |exit| exit.to = 5), &[]);
    assert_rejected(&made_with(3, |unused| unused.from = 5), &[]);
    assert_rejected(&made_with(3, |unused| unused.to = 5), &[]);
    assert_rejected(&made_with(3, |unused| unused.amount = F::ONE), &[]);
    assert_rejected(&made_with(3, |unused| unused.destination = F::ONE), &[]);
    assert_rejected(&made_with(3, |unused| unused.recipient[0] = F::ONE), &[]);
}

/// Asserts that exactly one range check breaks, and nothing else.
fn assert_one_range_check(witness: &PartialWitness<F>) {
    let found = Trace::honest(program().data(), witness).violations();
    let [Violation::Gate { gate, .. }] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(gate.starts_with("BaseSumGate"), "{gate}");
}

fn first_of(balances: &[u64], first: Made) -> PartialWitness<F> {
    made(
        balances,
        [first, Made::default(), Made::default(), Made::default()],
    )
}

#[test]
fn balances_never_go_below_zero() {
    let overspend = |amount| {
        let slot = Made {
            transfer: true,
            from: 1,
            to: 2,
            amount: F::from_canonical_u64(amount),
            ..Made::default()
        };
        first_of(&[5, 10, 0], slot)
    };
    assert_eq!(violations(&overspend(10), &[]), 0);
    assert_one_range_check(&overspend(11));
}

#[test]
fn an_amount_near_p_is_no_negative_transfer() {
    // Paying p - 1 is receiving one: the payer would gain what the receiver loses.
    let slot = Made {
        transfer: true,
        from: 1,
        to: 2,
        amount: F::from_canonical_u64(F::ORDER - 1),
        ..Made::default()
    };
    assert_one_range_check(&first_of(&[5, 10, 1], slot));
}

#[test]
fn no_balance_takes_more_than_its_bits() {
    let slot = |from, to| Made {
        transfer: true,
        from,
        to,
        amount: F::from_canonical_u64(1),
        ..Made::default()
    };
    let full = (1 << AMOUNT_BITS) - 1;
    assert_eq!(violations(&first_of(&[0, full, 0], slot(1, 2)), &[]), 0);
    assert_one_range_check(&first_of(&[0, 1, full], slot(1, 2)));
}
