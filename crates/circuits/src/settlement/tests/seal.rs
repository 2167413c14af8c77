use std::sync::OnceLock;

use causeway_aggregation::{Shape, ShapedProof, public_inputs_digest};

use super::*;
use crate::recursion::{Circuit, InnerTargets, KeccakKeys};
use crate::settlement::seal::{Seal, constrain, exposed_list};

const EPOCH: u64 = 3;
const KECCAK: u64 = 11;

fn seal() -> &'static Seal {
    static CELL: OnceLock<Seal> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = KeccakKeys::new(&[key(KECCAK)]).unwrap();
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, key_of(EPOCH), &keys);
        Circuit::build_small(builder, targets)
    })
}

fn limbs() -> [F; 4] {
    [5, 6, 7, 8].map(F::from_canonical_u64)
}

fn epoch(number: u64, list: List) -> ShapedProof {
    shaped(key(number), &[limbs(), list.elements()].concat())
}

fn closes(number: u64, list: List) -> ShapedProof {
    let digest = public_inputs_digest(&list.elements());
    shaped(key(number), &[[F::ONE; 4], digest].concat())
}

fn sealed(epoch: &ShapedProof, keccak: &ShapedProof) -> Option<Vec<F>> {
    proven(seal(), &seal().witness(epoch, keccak).unwrap())
}

#[test]
fn what_an_epoch_says_is_passed_on() {
    let proof = epoch(EPOCH, list(1));
    assert_eq!(exposed_list(&proof), Some(list(1)));
    assert_eq!(sealed(&proof, &closes(KECCAK, list(1))), Some(limbs().to_vec()));
}

#[test]
fn only_these_circuits_stand_here() {
    assert_eq!(sealed(&epoch(4, list(1)), &closes(KECCAK, list(1))), None);
    assert_eq!(sealed(&epoch(EPOCH, list(1)), &closes(12, list(1))), None);
    let mut cap = epoch(EPOCH, list(1));
    cap.key.constants_sigmas_cap.0[0].elements[0] += F::ONE;
    assert_eq!(sealed(&cap, &closes(KECCAK, list(1))), None);
}

#[test]
fn the_list_that_is_closed_is_the_epochs() {
    assert_eq!(sealed(&epoch(EPOCH, list(1)), &closes(KECCAK, list(2))), None);
}
