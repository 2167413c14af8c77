use causeway_aggregation::{EnvelopeError, Shape, ShapedProof};
use causeway_types::Expiry;

use super::*;

/// A proof of zeros that says a statement: right in form and in nothing else.
fn saying(statement: &causeway_circuits::settlement::TransitionStatement) -> ShapedProof {
    let mut bytes = b"CSWY-PRF\x01\0\0\0".to_vec();
    for element in Shape::Standard.digest() {
        bytes.extend(element.0.to_le_bytes());
    }
    let Err(EnvelopeError::Length { expected, .. }) = ShapedProof::from_bytes(&bytes) else {
        panic!("it ends with the header")
    };
    bytes.resize(expected, 0);
    let mut proof = ShapedProof::from_bytes(&bytes).unwrap();
    let said = statement.hash().words().map(F::from_canonical_u64);
    proof.proof.public_inputs[4..8].copy_from_slice(&said);
    proof
}

/// The second certificate of a network, which exports something and depends on two others.
fn arrived() -> (Story, Arrived) {
    let before = world(3);
    let exits = vec![exit(network(2), network(1)); 2];
    let first = [
        certificate(&before, 1, vec![], vec![]),
        certificate(&before, 2, exits.clone(), vec![]),
    ];
    let (before, _) = settle(&before, &first);
    let imports = vec![import(&before, exits[0], network(2), 0)];
    let mut second = certificate(&before, 1, vec![exit(network(1), network(3))], imports);
    second.contingencies = vec![on(3, 0)];
    second.expiry = Expiry::new(1 << 40);
    let third = certificate(&before, 3, vec![], vec![]);
    let story = Story::new(&before, &[second, third]);
    let certified = story.certified.iter().find(|one| one.new.network == network(1));
    let certified = certified.unwrap().clone();
    assert_eq!((certified.new.height, certified.dependencies.len()), (2, 2));
    let proof = saying(&certified.statement);
    (story, Arrived { proof, certified })
}

#[test]
fn what_is_read_is_what_was_written_and_its_epoch_is_the_same() {
    let (mut story, arrived) = arrived();
    let read = Arrived::read(&arrived.to_bytes().unwrap()).unwrap();
    assert_eq!(read, arrived);
    let planned = story.plan().unwrap();
    let of_network = |one: &&mut Certified| one.new.network == network(1);
    *story.certified.iter_mut().find(of_network).unwrap() = read.certified;
    let again = story.plan().unwrap();
    assert_eq!(
        (again.statement(), again.items()),
        (planned.statement(), planned.items())
    );
    assert_eq!(ids(&again), ids(&planned));
}

/// Header, nine fields of a statement, ten of a state, two dependencies; then the envelope.
const ENVELOPE: usize = 16 + 8 * 32 + 8 + 7 * 32 + 16 + 4 + 2 * 44;

#[test]
fn damage_is_named() {
    let (_, arrived) = arrived();
    let whole = arrived.to_bytes().unwrap();
    assert!(whole[ENVELOPE..].starts_with(b"CSWY-PRF"));
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        Arrived::read(&bytes).unwrap_err()
    };
    assert_eq!(read(&|bytes| bytes.clear()), ArrivedError::Magic);
    assert_eq!(read(&|bytes| bytes[3] ^= 1), ArrivedError::Magic);
    let version = ArrivedError::Version { got: 2, expected: 1 };
    assert_eq!(read(&|bytes| bytes[8] = 2), version);
    assert_eq!(read(&|bytes| bytes[10] = 1), ArrivedError::Damaged { at: 16 });
    // A word that is none.
    assert_eq!(
        read(&|bytes| bytes[16..24].fill(0xff)),
        ArrivedError::Damaged { at: 16 }
    );
    // Cut off within the state, and where dependencies are said to follow.
    assert_eq!(
        read(&|bytes| bytes.truncate(300)),
        ArrivedError::Damaged { at: 296 }
    );
    let count = ENVELOPE - 2 * 44 - 4;
    let more = read(&|bytes| bytes[count..count + 4].fill(0xff));
    assert!(
        matches!(more, ArrivedError::Damaged { at } if at > ENVELOPE),
        "{more}"
    );
    // A state and dependencies that are not those of the statement.
    assert_eq!(read(&|bytes| bytes[280] ^= 1), ArrivedError::OtherState);
    assert_eq!(
        read(&|bytes| bytes[ENVELOPE - 2] ^= 1),
        ArrivedError::OtherDependencies
    );
    let fewer = read(&|bytes| {
        bytes[count] = 1;
        bytes.drain(ENVELOPE - 44..ENVELOPE);
    });
    assert_eq!(fewer, ArrivedError::OtherDependencies);
    // Cut off in the proof, or with a tail.
    let expected = whole.len() - ENVELOPE;
    for got in [expected - 1, expected + 1] {
        let cut = read(&|bytes| bytes.resize(ENVELOPE + got, 0));
        assert_eq!(
            cut,
            ArrivedError::Envelope(EnvelopeError::Length { got, expected })
        );
    }
}

/// No byte in front of the proof is there for nothing: another one is refused, or the statement is another one and the proof not its own.
#[test]
fn every_byte_is_bound() {
    let (_, arrived) = arrived();
    let whole = arrived.to_bytes().unwrap();
    for at in 0..ENVELOPE {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        if let Ok(read) = Arrived::read(&bytes) {
            let (said, honest) = (read.certified.statement, arrived.certified.statement);
            assert_ne!(said.hash(), honest.hash(), "{at}");
            assert_eq!(read.proof, arrived.proof);
        }
    }
}
