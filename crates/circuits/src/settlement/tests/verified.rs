//! Each proof that a circuit takes in is verified by it: one that is none is refused beside others that are.

use causeway_aggregation::{ShapedProof, public_inputs_digest};

use super::*;
use crate::recursion::KeccakKeys;
use crate::recursion::testing::{each_is_verified, parrots_digest, parrots_key, real_proof};
use crate::settlement::span::{DEPOSITS, Family};
use crate::settlement::{
    Anchor, Attest, DepositShut, Ends, Epoch, Fold, L1, More, Open, PartProof, Seal, Shut, TransitionKeys,
    TransitionProof, TransitionStatement,
};

const NOTHING: [F; 4] = [F::ZERO; 4];

/// Whatever stands anywhere may be a parrot's, but nothing joined.
fn keys() -> ItemKeys {
    ItemKeys {
        single: vec![parrots_digest()],
        fold: key_of(9),
        shut: None,
    }
}

fn keccak() -> KeccakKeys {
    KeccakKeys::new(&[parrots_key()]).unwrap()
}

/// A proof that closes a list.
fn closes(list: List) -> ShapedProof {
    real_proof(NOTHING, public_inputs_digest(&list.elements()))
}

fn as_transition(statement: TransitionStatement) -> impl Fn(&ShapedProof) -> TransitionProof {
    move |proof| TransitionProof {
        proof: proof.clone(),
        statement,
    }
}

fn as_item(span: Span) -> impl Fn(&ShapedProof) -> Item {
    move |proof| Item {
        proof: proof.clone(),
        span,
    }
}

#[test]
fn an_anchor_verifies_its_transition() {
    let keys = TransitionKeys {
        threaded: vec![parrots_digest()],
        closed: vec![],
    };
    let place = anchor::place(1, 1, 0, &[]);
    let transition = as_transition(place.statement);
    for ends in [Ends::Item, Ends::Part] {
        let circuit = Anchor::new(ends, &keys).unwrap();
        each_is_verified(
            [real_proof(NOTHING, elements(place.statement.hash()))],
            |[proof]| {
                let witness = circuit.witness(&transition(proof), &place.inputs(), 0)?;
                proven(&circuit, &witness)
            },
        );
    }
}

#[test]
fn attest_verifies_the_transition_and_the_networks_own_proof() {
    let statement = attest::statement(GoldilocksDigest::ZERO);
    let transition = as_transition(statement);
    let circuit = Attest::new(&[parrots_digest()]).unwrap();
    let proofs = [elements(statement.hash()), Attest::exposed(statement.certificate)];
    each_is_verified(
        proofs.map(|exposed| real_proof(NOTHING, exposed)),
        |[proof, own]| proven(&circuit, &circuit.witness(&transition(proof), own)?),
    );
}

#[test]
fn shut_verifies_the_transition_and_its_list() {
    let statement = attest::statement(GoldilocksDigest::ZERO);
    let transition = as_transition(statement);
    let circuit = Shut::new(&[parrots_digest()], &keccak()).unwrap();
    let proofs = [
        real_proof(NOTHING, elements(statement.hash())),
        closes(statement.list_out),
    ];
    each_is_verified(proofs, |[proof, keccak]| {
        proven(&circuit, &circuit.witness(&transition(proof), keccak)?)
    });
}

#[test]
fn openings_verify_what_came_before() {
    let (part, openings) = open::begun();
    let before = |proof: &ShapedProof| PartProof {
        proof: proof.clone(),
        part,
        span: open::span(),
    };
    let proof = real_proof(NOTHING, elements(part.hash()));
    let more = More::new(parrots_digest()).unwrap();
    each_is_verified([proof.clone()], |[proof]| {
        proven(&more, &more.witness(&before(proof), &openings)?)
    });
    let open = Open::new(&keys()).unwrap();
    each_is_verified([proof], |[proof]| {
        proven(&open, &open.witness(&before(proof), &openings)?)
    });
}

#[test]
fn a_fold_verifies_both() {
    let spans = [1, 2].map(fold::span);
    let circuit = Fold::new(Family::Items, &keys().single, None).unwrap();
    let proofs = spans.map(|span| real_proof(NOTHING, elements(span.hash(ITEM))));
    each_is_verified(proofs, |[left, right]| {
        let witness = circuit.witness(&as_item(spans[0])(left), &as_item(spans[1])(right))?;
        proven(&circuit, &witness)
    });
}

#[test]
fn an_epoch_verifies_its_items() {
    let (opening, after, span) = epoch::registering(3);
    let circuit = Epoch::new(&keys()).unwrap();
    each_is_verified([real_proof(NOTHING, elements(span.hash(ITEM)))], |[proof]| {
        let witness = circuit.witness(&as_item(span)(proof), &opening, &after)?;
        proven(&circuit, &witness)
    });
}

#[test]
fn a_seal_verifies_the_epoch_and_its_list() {
    let circuit = Seal::new(parrots_digest(), &keccak()).unwrap();
    let limbs = [5, 6, 7, 8].map(F::from_canonical_u64);
    let proofs = [real_proof(limbs, list(1).elements()), closes(list(1))];
    each_is_verified(proofs, |[epoch, keccak]| {
        proven(&circuit, &circuit.witness(epoch, keccak)?)
    });
}

#[test]
fn deposits_are_verified_and_so_is_their_list() {
    let case = l1::Case::new(&mut l1::state(), &[2]);
    let deposits = as_item(case.deposits);
    let proof = real_proof(NOTHING, elements(case.deposits.hash(DEPOSITS)));
    let l1 = L1::new(&keys()).unwrap();
    each_is_verified([proof.clone()], |[proof]| {
        proven(&l1, &l1.witness(&deposits(proof), &case.inputs())?)
    });
    let shut = DepositShut::new(&keys().single, &keccak()).unwrap();
    each_is_verified([proof, closes(case.deposits.list_out)], |[proof, keccak]| {
        let witness = shut.witness(key_of(9), &deposits(proof), keccak, List::EMPTY)?;
        proven(&shut, &witness)
    });
}
