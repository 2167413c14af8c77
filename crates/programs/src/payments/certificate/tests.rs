#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use alloy_primitives::{Address, U256};
use causeway_aggregation::check::Trace;
use causeway_ledger::{LedgerError, apply, draft, shadow_leaf};
use causeway_types::{
    EMPTY_METADATA_HASH, Exit, Expiry, LeafType, NetworkId, SettlementDomain, StateRoot, TokenId,
};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOut;
use plonky2::iop::target::Target;

use super::*;
use crate::payments::network::state_root;
use crate::payments::{Batch, Operation, PaymentsInputs, PaymentsNetwork, PaymentsState};

const NETWORK: u32 = 7;
const TOKEN: Address = Address::repeat_byte(0xc0);
const EXPIRY: Expiry = Expiry::new(1 << 33 | 5);

/// What is constrained beside the payments proof: that says whatever a test needs.
struct Laws {
    data: CircuitData<F, C, D>,
    inputs: Vec<Target>,
    targets: CertificateTargets,
}

fn accounts() -> PaymentsState {
    PaymentsState::new(NETWORK, &[1 << 50, 50, 0, 8]).unwrap()
}

fn laws() -> &'static Laws {
    static CELL: OnceLock<Laws> = OnceLock::new();
    CELL.get_or_init(|| {
        let genesis = PaymentsGenesis {
            token: TOKEN,
            accounts: accounts().root(),
        };
        let mut builder = CircuitBuilder::<F, D>::new(standard_config());
        let inputs = builder.add_virtual_targets(PaymentsInputs::LEN);
        let targets = circuit::constrain(&mut builder, &genesis, &inputs);
        builder.register_public_inputs(&targets.digest.elements);
        Laws {
            data: builder.build(),
            inputs,
            targets,
        }
    })
}

impl Laws {
    fn witness(&self, advance: &Advance) -> PartialWitness<F> {
        let mut witness = PartialWitness::new();
        let inputs = advance.payments.inputs.to_vec();
        witness.set_target_arr(&self.inputs, &inputs).unwrap();
        self.targets.set(&mut witness, advance).unwrap();
        witness
    }

    /// The digest that a prover exposes who writes some targets himself, if it can be proven.
    fn proven(&self, advance: &Advance, forged: &[(Target, F)]) -> Option<GoldilocksDigest> {
        let trace = Trace::forged(&self.data, &self.witness(advance), forged);
        let proven = trace.violations().is_empty() && trace.waiting().is_empty();
        proven.then(|| {
            let exposed: [F; 4] = trace.public_inputs().try_into().unwrap();
            GoldilocksDigest::reduced(exposed.map(|element| element.to_canonical_u64()))
        })
    }
}

fn number(number: u64) -> F {
    F::from_canonical_u64(number)
}

fn transfer(amount: u64) -> Operation {
    Operation::Transfer {
        from: 0,
        to: 5,
        amount,
    }
}

fn exit(network: u32, amount: u64) -> Operation {
    Operation::Exit {
        from: 0,
        network,
        recipient: [0xab; 20],
        amount,
    }
}

fn network() -> PaymentsNetwork {
    let domain = SettlementDomain {
        chain_id: 31_337,
        settlement: Address::repeat_byte(0x5e),
    };
    PaymentsNetwork::new(domain, TOKEN, accounts()).unwrap()
}

fn next(network: &PaymentsNetwork, operations: &[Operation]) -> Advance {
    let batch = Batch::new(operations.to_vec()).unwrap();
    network.advance(&batch, EXPIRY).unwrap()
}

/// A network that has settled two certificates and made three exits, and its third.
fn third() -> (PaymentsNetwork, Advance) {
    let mut network = network();
    for operations in [
        &[exit(0, 1), transfer(2), exit(3, 3)][..],
        &[transfer(1), exit(0, 9)],
    ] {
        let advance = next(&network, operations);
        network.follow(advance);
    }
    let advance = next(&network, &[transfer(4), exit(0, 1 << 40 | 5), transfer(6)]);
    (network, advance)
}

#[test]
fn digests_are_those_that_the_ledger_computes() {
    let mut network = network();
    let batches: [&[Operation]; 6] = [
        &[transfer(3), exit(0, 1)],
        &[],
        &[exit(0, 1), exit(0, 1), exit(3, 2), exit(u32::MAX, 0)],
        &[transfer(3)],
        &[exit(0, 1 << 40 | 5), transfer(1), transfer(2), exit(9, 7)],
        &[exit(1, 0xffff_ffff), exit(1, 1 << 32)],
    ];
    for (height, operations) in batches.into_iter().enumerate() {
        let advance = next(&network, operations);
        let certificate = advance.settlement.certificate();
        assert_eq!(certificate.height, height as u64);
        assert_eq!(
            laws().proven(&advance, &[]),
            Some(advance.settlement.digest()),
            "{height}"
        );
        network.follow(advance);
    }
    assert_eq!(network.settled().exits().count(), 9);
    let expected = state_root(network.accounts().root(), 9);
    assert_eq!(network.settled().state_root(), expected);
}

#[test]
fn exits_are_those_of_the_batch() {
    let (_, advance) = third();
    let exits = &advance.settlement.certificate().exits;
    let expected = Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: NetworkId::new(NETWORK),
            address: TOKEN,
        },
        destination_network: NetworkId::MAINNET,
        destination_address: Address::repeat_byte(0xab),
        amount: U256::from(1_u64 << 40 | 5),
        metadata_hash: EMPTY_METADATA_HASH,
    };
    assert_eq!(*exits, [expected]);

    let slots = &laws().targets.operations;
    let forgeries = [
        // Dropped, made one, or made a transfer.
        (slots[1].exit.target, F::ZERO),
        (slots[3].exit.target, F::ONE),
        (slots[1].transfer.target, F::ONE),
        (slots[0].exit.target, F::ONE),
        (slots[1].amount, number(1 << 40 | 6)),
        (slots[1].destination, F::TWO),
        (slots[1].recipient[0], F::ONE),
        (slots[1].recipient[4], F::ONE),
        (slots[1].from, F::ONE),
        (slots[0].amount, F::ONE),
        (slots[0].to, F::ONE),
    ];
    for (at, forgery) in forgeries.into_iter().enumerate() {
        assert_eq!(laws().proven(&advance, &[forgery]), None, "{at}");
    }
    // A batch that the payments proof does not name, or a network.
    for at in [0, 9, 12] {
        let forgery = (laws().inputs[at], number(77));
        assert_eq!(laws().proven(&advance, &[forgery]), None, "{at}");
    }
}

/// What the prover or the payments proof may choose, the digest follows.
#[test]
fn other_words_are_another_certificate() {
    let (_, advance) = third();
    let laws = laws();
    let statement = &laws.targets.statement;
    let targets = [
        // The accounts before and after.
        laws.inputs[1],
        laws.inputs[4],
        laws.inputs[5],
        laws.inputs[8],
        statement.domain.targets()[0],
        statement.domain.targets()[7],
        statement.expiry.targets()[0],
        statement.expiry.targets()[1],
        statement.height.targets()[0],
        statement.height.targets()[1],
        laws.targets.exit_count.target(),
        // Three exits before: the nodes at heights 0 and 1.
        laws.targets.frontier.nodes()[0][0],
        laws.targets.frontier.nodes()[1][3],
    ];
    let honest = advance.settlement.digest();
    for (at, target) in targets.into_iter().enumerate() {
        let got = laws.proven(&advance, &[(target, number(77))]);
        assert!(got.is_some_and(|digest| digest != honest), "{at}");
    }
    for (at, &word) in [
        statement.domain.targets()[3],
        statement.expiry.targets()[0],
        statement.height.targets()[1],
        laws.targets.exit_count.target(),
    ]
    .iter()
    .enumerate()
    {
        let got = laws.proven(&advance, &[(word, number(1 << 32))]);
        assert_eq!(got, None, "{at}");
    }
    // What does not count has no place: neither imports nor contingencies, nor nodes where there are none.
    let unread = laws.targets.frontier.nodes()[2][0];
    assert_eq!(laws.proven(&advance, &[(unread, number(77))]), Some(honest));
    assert_eq!(advance.settlement.statement().imports, GoldilocksDigest::ZERO);
    assert_eq!(
        advance.settlement.statement().contingencies,
        GoldilocksDigest::ZERO
    );
}

#[test]
fn a_chain_begins_with_its_genesis() {
    let first = next(&network(), &[exit(0, 1)]);
    assert_eq!(first.settlement.statement().old_state_root, StateRoot::EMPTY);
    let laws = laws();
    for target in [laws.inputs[1], laws.inputs[4]] {
        assert_eq!(laws.proven(&first, &[(target, number(77))]), None);
    }
    let count = laws.targets.exit_count.target();
    assert_eq!(laws.proven(&first, &[(count, F::ONE)]), None);
    // Elsewhere it is not the beginning, and the state root that no network has named is opened by nothing.
    let height = laws.targets.statement.height.targets()[1];
    let second = laws.proven(&first, &[(height, F::ONE)]);
    assert!(second.is_some_and(|digest| digest != first.settlement.digest()));

    let (_, third) = third();
    assert_eq!(laws.proven(&third, &[(height, F::ZERO)]), None);
}

/// A certificate in which an exit stands that no batch made, before those of the batch: everything that its digest says of the
/// chain's exits could be proven, but for the number of exits before.
#[test]
fn no_exit_stands_before_those_of_the_batch() {
    let (network, advance) = third();
    let certificate = advance.settlement.certificate();
    let mut stolen = certificate.exits[0];
    stolen.amount = U256::MAX;
    let exits = [&[stolen], &certificate.exits[..]].concat();
    let mut forged = draft(network.settled(), exits, Vec::new()).unwrap();
    forged.expiry = EXPIRY;
    forged.state_root = Some(state_root(advance.payments.inputs.new_root, 5));
    let wanted = apply(network.settled(), &forged).unwrap();

    let mut before = network.settled().shadow().clone();
    before.extend(&[shadow_leaf(&stolen)]).unwrap();
    let laws = laws();
    let mut writes = vec![(laws.targets.exit_count.target(), number(4))];
    let nodes = laws.targets.frontier.nodes().iter();
    for (targets, node) in nodes.zip(before.frontier().branch()) {
        writes.extend(targets.iter().copied().zip(node.words().map(number)));
    }
    let got = laws.proven(&advance, &writes).unwrap();
    assert_ne!(got, wanted.digest());
    // It is that of a network which had made four exits.
    let other = causeway_ledger::CertificateStatement {
        old_state_root: state_root(advance.payments.inputs.old_root, 4),
        ..*wanted.statement()
    };
    assert_eq!(got, other.hash());
}

#[test]
fn a_state_root_is_of_accounts_and_exits() {
    let accounts = |element| HashOut {
        elements: [1, 2, 3, element].map(F::from_canonical_u64),
    };
    let roots = [(4, 0), (4, 1), (5, 0)].map(|(element, exits)| state_root(accounts(element), exits));
    assert_ne!(roots[0], roots[1]);
    assert_ne!(roots[0], roots[2]);
}

#[test]
fn refusals_are_named() {
    let domain = *network().settled().domain();
    let nobody = PaymentsState::new(0, &[1]).unwrap();
    assert_eq!(
        PaymentsNetwork::new(domain, TOKEN, nobody).unwrap_err(),
        CertifyError::Ledger(LedgerError::MainnetHasNoState)
    );
    let batch = Batch::new(vec![exit(NETWORK, 1)]).unwrap();
    assert_eq!(
        network().advance(&batch, EXPIRY).unwrap_err(),
        CertifyError::Payments(PaymentsError::ExitToSameNetwork {
            operation: 0,
            network: NETWORK
        })
    );
    let tokenless = PaymentsNetwork::new(domain, Address::ZERO, accounts()).unwrap();
    let batch = Batch::new(vec![exit(0, 1)]).unwrap();
    assert_eq!(
        tokenless.advance(&batch, EXPIRY).unwrap_err(),
        CertifyError::Ledger(LedgerError::InvalidL1TokenInfo {
            exit: 0,
            leaf_type: LeafType::Transfer,
            origin: NetworkId::new(NETWORK)
        })
    );
}
