use std::sync::OnceLock;

use super::*;
use crate::proofs::chunk::{Chunk, constrain};
use crate::recursion::{InnerTargets, KeccakError, KeccakKeys};

const NODE: u64 = 4;
const KECCAK: [u64; 2] = [11, 12];

fn keys() -> KeccakKeys {
    KeccakKeys::new(&KECCAK.map(key)).unwrap()
}

fn chunk() -> &'static Chunk {
    static CELL: OnceLock<Chunk> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, &keys());
        Circuit::build_small(builder, targets)
    })
}

fn closes(number: u64, list: List) -> ShapedProof {
    let inputs = [[F::ONE; 4], public_inputs_digest(&list.elements())];
    shaped(key(number), &inputs.concat())
}

#[test]
fn a_list_is_closed_under_any_of_the_keys() {
    let child = subtree(key(NODE), digest(NODE), full(4, list(1), list(2)));
    let state = Chunk::plan(&child.state);
    assert_eq!((state.count, state.height, state.root), (16, 4, child.state.root));
    for number in KECCAK {
        let witness = chunk().witness(&child, &closes(number, list(2))).unwrap();
        assert_eq!(proven(chunk(), &witness), Some(exposed(digest(NODE), &state)));
    }
}

#[test]
fn another_list_or_key_closes_nothing() {
    let child = subtree(key(NODE), digest(NODE), full(4, list(1), list(2)));
    for proof in [
        closes(KECCAK[0], list(1)),
        closes(KECCAK[0], List::EMPTY),
        closes(13, list(2)),
    ] {
        let witness = chunk().witness(&child, &proof).unwrap();
        assert_eq!(proven(chunk(), &witness), None);
    }
}

#[test]
fn a_child_carries_its_own_key() {
    for carried in [digest(5), NO_KEY] {
        let child = subtree(key(NODE), carried, full(4, list(1), list(2)));
        let witness = chunk().witness(&child, &closes(KECCAK[0], list(2))).unwrap();
        assert_eq!(proven(chunk(), &witness), None);
    }
}

#[test]
fn there_must_be_keys_of_the_right_form() {
    assert_eq!(KeccakKeys::new(&[]), Err(KeccakError::NoKeys));
    let mut short = key(1);
    short.constants_sigmas_cap.0.pop();
    assert!(matches!(
        KeccakKeys::new(&[key(1), short]),
        Err(KeccakError::KeyShape { index: 1, .. })
    ));
}
