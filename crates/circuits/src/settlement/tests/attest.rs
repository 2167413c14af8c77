use std::sync::OnceLock;

use alloy_primitives::B256;
use causeway_aggregation::{Shape, ShapedProof};
use causeway_types::{Expiry, GoldilocksDigest};

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::attest::{Attest, constrain};
use crate::settlement::{TransitionProof, TransitionStatement};
use crate::targets::digest_of;

const TRANSITION: u64 = 3;
const OWN: u64 = 77;

fn attest() -> &'static Attest {
    static CELL: OnceLock<Attest> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = [TRANSITION, 4].map(key_of);
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, &keys);
        Circuit::build_small(builder, targets)
    })
}

pub(super) fn statement(validity: GoldilocksDigest) -> TransitionStatement {
    TransitionStatement {
        old: digest(1),
        new: digest(2),
        certificate: digest(3),
        domain: B256::repeat_byte(0xd0),
        expiry: Expiry::new(9),
        validity,
        dependencies: digest(4),
        list_in: list(5),
        list_out: list(6),
    }
}

pub(super) fn transition(number: u64, statement: TransitionStatement) -> TransitionProof {
    let exposed = [[F::ZERO; 4], elements(statement.hash())].concat();
    TransitionProof {
        proof: shaped(key(number), &exposed),
        statement,
    }
}

/// A network's normalised proof of a certificate.
fn own(number: u64, certificate: GoldilocksDigest) -> ShapedProof {
    shaped(key(number), &[[F::ONE; 4], Attest::exposed(certificate)].concat())
}

fn attested(transition: &TransitionProof, own: &ShapedProof) -> Option<Vec<F>> {
    proven(attest(), &attest().witness(transition, own).unwrap())
}

#[test]
fn the_key_that_was_verified_is_stated_and_nothing_else_changes() {
    let inner = statement(GoldilocksDigest::ZERO);
    for number in [OWN, 78] {
        let expected = TransitionStatement {
            validity: digest_of(key_of(number).elements()),
            ..inner
        };
        let exposed = [[F::ZERO; 4], elements(expected.hash())].concat();
        let got = attested(&transition(TRANSITION, inner), &own(number, inner.certificate));
        assert_eq!(got, Some(exposed));
    }
}

/// What a proof says of its own key is not asked.
#[test]
fn a_claimed_key_is_nobodys() {
    let inner = statement(GoldilocksDigest::ZERO);
    let mut claims = own(OWN, inner.certificate);
    let honest = attested(&transition(TRANSITION, inner), &claims).unwrap();
    claims.proof.public_inputs[..4].copy_from_slice(&key_of(78).elements());
    assert_eq!(attested(&transition(TRANSITION, inner), &claims), Some(honest));
}

#[test]
fn the_proof_is_of_this_certificate() {
    let inner = statement(GoldilocksDigest::ZERO);
    assert_eq!(
        attested(&transition(TRANSITION, inner), &own(OWN, digest(8))),
        None
    );
    // The certificate digest where its digest should be.
    let plain = shaped(key(OWN), &[[F::ONE; 4], elements(inner.certificate)].concat());
    assert_eq!(attested(&transition(TRANSITION, inner), &plain), None);
}

#[test]
fn only_transitions_are_attested() {
    let inner = statement(GoldilocksDigest::ZERO);
    let own = own(OWN, inner.certificate);
    assert_eq!(attested(&transition(5, inner), &own), None);
    let mut cap = transition(TRANSITION, inner);
    cap.proof.key.constants_sigmas_cap.0[0].elements[0] += F::ONE;
    assert_eq!(attested(&cap, &own), None);
    // Of another statement than the proof's.
    let mut other = transition(TRANSITION, inner);
    other.statement.new = digest(7);
    assert_eq!(attested(&other, &own), None);
}
