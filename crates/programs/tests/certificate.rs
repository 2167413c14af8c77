//! A payments network that is authorised by nothing but proofs.
#![allow(clippy::unwrap_used)]

use alloy_primitives::Address;
use causeway_aggregation::{ProveError, prove};
use causeway_circuits::keccak::List;
use causeway_circuits::settlement::transition::Transition;
use causeway_circuits::settlement::{Attest, SettlementError, Stage};
use causeway_ledger::inputs::TransitionInputs;
use causeway_ledger::{GlobalState, check_authority};
use causeway_programs::payments::Advance;
use causeway_programs::{
    Batch, Operation, PaymentsCertifier, PaymentsGenesis, PaymentsNetwork, PaymentsState,
};
use causeway_types::{Expiry, SettlementDomain};

const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 31_337,
    settlement: Address::repeat_byte(0x5e),
};
const TOKEN: Address = Address::repeat_byte(0xc0);
/// Who changes a circuit on the way, changes what networks are registered under.
const KEY: [u64; 4] = [
    6_523_923_384_811_773_075,
    10_545_007_031_711_117_206,
    6_298_237_704_931_911_972,
    12_885_896_652_545_467_359,
];

fn exit(amount: u64) -> Batch {
    Batch::new(vec![
        Operation::Transfer {
            from: 0,
            to: 3,
            amount: 20,
        },
        Operation::Exit {
            from: 3,
            network: 0,
            recipient: [0xab; 20],
            amount,
        },
    ])
    .unwrap()
}

fn inputs(advance: &Advance) -> TransitionInputs {
    TransitionInputs::new(&advance.settlement, &GlobalState::genesis()).unwrap()
}

#[test]
fn a_network_is_authorised_by_its_proof() {
    let accounts = PaymentsState::new(7, &[100, 0, 0]).unwrap();
    let genesis = PaymentsGenesis {
        token: TOKEN,
        accounts: accounts.root(),
    };
    let certifier = PaymentsCertifier::build(&genesis).unwrap();
    assert_eq!(certifier.data().common.degree_bits(), 12);
    assert_eq!(certifier.authority_key().words(), KEY);
    let network = PaymentsNetwork::new(DOMAIN, TOKEN, accounts.clone()).unwrap();
    let advance = network.advance(&exit(5), Expiry::NEVER).unwrap();
    let digest = advance.settlement.digest();

    let proof = certifier.prove(&advance).unwrap();
    let elements = proof.public_inputs.iter().map(|element| element.0);
    assert_eq!(elements.collect::<Vec<_>>(), digest.words());
    let own = certifier.normalised(&proof).unwrap();
    assert_eq!(Attest::check_own(&own, digest), Ok(()));
    // It is the proof of this certificate alone.
    let later = network.advance(&exit(5), Expiry::new(9)).unwrap();
    let stage = Stage::Attest;
    assert_eq!(
        Attest::check_own(&own, later.settlement.digest()),
        Err(SettlementError::OtherStatement { stage })
    );
    assert_eq!(
        own.key_digest().elements().map(|element| element.0),
        certifier.authority_key().words()
    );
    let authority = certifier.authority().unwrap();
    let certificate = advance.certificate(certifier.authorisation());
    assert_eq!(
        check_authority(&authority, &certificate, digest, &DOMAIN, false),
        Ok(())
    );

    let transitions = Transition::new().unwrap();
    let attest = Attest::new(&[transitions.key_digest()]).unwrap();
    let transition = transitions
        .prove_certificate(&inputs(&advance), List::EMPTY)
        .unwrap();
    let attested = attest.attest(&transition, &own).unwrap();
    assert_eq!(Some(attested.statement.validity), authority.validity_key());
    attested.verify(Stage::Anchor).unwrap();

    // A batch that was not proven, beside the proof of another one.
    let (_, mut claimed) = certifier.payments().prove(&accounts, &exit(5)).unwrap();
    let larger = network.advance(&exit(6), Expiry::NEVER).unwrap();
    claimed.public_inputs = larger.payments.inputs.to_vec();
    let witness = certifier.witness(&larger, &claimed).unwrap();
    assert!(matches!(
        prove(certifier.data(), &witness),
        Err(ProveError::Unsatisfied { .. })
    ));
}
