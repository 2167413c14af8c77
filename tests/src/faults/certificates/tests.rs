//! Every shape settles whole or not at all.

use causeway_ledger::{Because, LedgerError};

use super::*;

const NETWORKS: [NetworkId; 4] = [
    NetworkId::new(1),
    NetworkId::new(2),
    NetworkId::new(3),
    NetworkId::new(4),
];

type Shape = fn(&mut Maker) -> Result<Vec<Made>>;

fn maker() -> Maker {
    let domain = SettlementDomain {
        chain_id: 31_337,
        settlement: Address::repeat_byte(0x5e),
    };
    Maker::new(domain, 4, 0, 7).expect("a maker")
}

fn certificates(made: &[Made]) -> Vec<Certificate> {
    made.iter().map(|made| made.certificate.clone()).collect()
}

#[test]
fn shapes_settle_whole_and_not_in_part() {
    let before = maker();
    let shapes: [Shape; 3] = [
        |maker| maker.chain(&NETWORKS),
        |maker| maker.diamond(NETWORKS),
        |maker| maker.cycle(&NETWORKS[..3]),
    ];
    for shape in shapes {
        let mut maker = before.clone();
        let made = shape(&mut maker).expect("a shape");
        let mut all = certificates(&made);
        all.reverse();
        let outcome = settle_epoch(before.world(), &all);
        assert_eq!(outcome.admitted.len(), made.len());
        assert_eq!(outcome.world.commitment(), maker.world().commitment());
        // Without the first, none of the others.
        let rest = &certificates(&made)[1..];
        assert!(settle_epoch(before.world(), rest).admitted.is_empty());
    }
}

#[test]
fn what_is_handed_in_reads_back() {
    let mut maker = maker();
    for made in maker.diamond(NETWORKS).expect("a diamond") {
        let text = serde_json::to_string(&made.json()).expect("JSON");
        let read: Certificate = serde_json::from_str(&text).expect("a certificate");
        assert_eq!((certificate_id(&read), &read), (made.id, &made.certificate));
    }
}

#[test]
fn poison_is_refused_for_what_it_takes() {
    let maker = maker();
    let poison = maker.poison(NETWORKS[0], NETWORKS[1]).expect("poison");
    let outcome = settle_epoch(maker.world(), &[poison.certificate]);
    let because = &outcome.left_out.first().expect("it is left out").because;
    assert!(
        matches!(because, Because::Refused(LedgerError::BalanceUnderflow { token, .. }) if *token == TokenId::ETH),
        "{because:?}"
    );
}

#[test]
fn a_proposal_leaves_its_height_free() {
    let mut maker = maker();
    let wanted = Draft::to(NETWORKS[1], 1);
    let proposed = maker.propose(NETWORKS[0], &wanted).expect("a proposal");
    let made = maker
        .make(NETWORKS[0], &Draft::to(NETWORKS[2], 2))
        .expect("a certificate");
    assert_eq!(proposed.certificate.height, made.certificate.height);
    assert_ne!(proposed.id, made.id);
}
