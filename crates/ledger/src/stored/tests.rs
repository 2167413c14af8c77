#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use causeway_types::{Authority, Certificate};

use super::*;
use crate::chains::RegistryChain;
use crate::epoch::settle_epoch;
use crate::global::{GlobalState, L1Log, Replay, SettledEpoch};
use crate::state::State;
use crate::testing::{A, B, C, DOMAIN, L1, TOKEN, certificate, exit, key, own, settled_import, state, world};
use crate::world::World;

/// Networks that hold, have imported and have sent things.
fn lived() -> World {
    let mut world = world();
    world
        .deposit(&[exit(TOKEN, A, U256::from(9)), exit(TOKEN, B, U256::from(8))])
        .unwrap();
    for round in 0..3 {
        let offered = offered(&world, round);
        let outcome = settle_epoch(&world, &offered);
        assert_eq!(outcome.left_out, []);
        world = outcome.world;
    }
    world
}

/// A certificate of each of two networks: exits of an own token, and an import in the first round.
fn offered(world: &World, round: u32) -> Vec<Certificate> {
    let pairs = [(A, B, 0), (B, C, 1)];
    let of = |(from, to, deposit)| {
        let sent = vec![
            exit(own(from), to, U256::from(round + 1)),
            exit(own(from), C, U256::MAX),
        ];
        let imports = match round {
            0 => vec![settled_import(
                world,
                exit(TOKEN, from, U256::from(9 - deposit)),
                L1,
                deposit,
            )],
            _ => Vec::new(),
        };
        certificate(&state(world, from), sent, imports)
    };
    pairs.map(of).to_vec()
}

fn bytes_of(value: &impl Stored) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.store(&mut bytes);
    bytes
}

fn read<T: Stored>(bytes: &[u8]) -> Result<T, StoredError> {
    let mut stream = Stream::new(bytes);
    let value = T::restore(&mut stream)?;
    stream.finish()?;
    Ok(value)
}

#[test]
fn a_world_that_is_read_back_goes_on_as_the_other() {
    let world = lived();
    let bytes = bytes_of(world.global());
    let global: GlobalState = read(&bytes).unwrap();
    assert_eq!(global, *world.global());
    assert_eq!(bytes_of(&global), bytes);
    let states: Vec<State> = [A, B, C]
        .iter()
        .map(|&network| {
            let before = state(&world, network);
            let history = &global.network(network).unwrap().history;
            let (mut beside, mut alone) = (Vec::new(), Vec::new());
            before.store_beside(Some(history), &mut beside);
            before.store_beside(None, &mut alone);
            assert!(beside.len() < alone.len());
            let read = State::restore_beside(None, &mut Stream::new(&alone)).unwrap();
            assert_eq!(read, before);
            // Its history is elsewhere.
            let refused = State::restore_beside(None, &mut Stream::new(&beside));
            assert_eq!(refused, Err(StoredError::Malformed { what: "history" }));
            let read = State::restore_beside(Some(history), &mut Stream::new(&beside)).unwrap();
            assert_eq!(read, before);
            read
        })
        .collect();
    let again = World::from_parts(DOMAIN, global, states).unwrap();
    let offered = offered(&world, 3);
    let [next, other] = [&world, &again].map(|world| settle_epoch(world, &offered));
    assert_eq!(next.left_out, []);
    assert_eq!(next.admitted.len(), 2);
    assert_eq!(next.world.commitment(), other.world.commitment());
    // What was imported stays imported, and what is held is held.
    let twice = certificate(
        &state(&again, A),
        Vec::new(),
        vec![settled_import(&again, exit(TOKEN, A, U256::from(9)), L1, 0)],
    );
    let [one, two] = [&world, &again].map(|world| settle_epoch(world, std::slice::from_ref(&twice)).left_out);
    assert_eq!(one.len(), 1);
    assert_eq!(one, two);
}

/// Logs of a registered network and two exits, one of which an epoch consumed.
fn replay() -> Replay {
    let mut logged = RegistryChain::new();
    let authority = Authority::validity(key()).unwrap();
    let mut register = |network| {
        logged.append(network, &authority).unwrap();
        L1Log::Registered {
            network,
            authority,
            hash: logged.hash(),
        }
    };
    let sent = exit(TOKEN, A, U256::from(9));
    let mut logs = vec![
        register(A),
        L1Log::Exited { index: 0, exit: sent },
        L1Log::Exited { index: 1, exit: sent },
    ];
    let mut after = GlobalState::genesis();
    after.register(A, authority).unwrap();
    after.deposit(&[sent]).unwrap();
    logs.push(L1Log::Settled(SettledEpoch {
        commitment: after.commitment().hash(),
        deposits: 1,
        registry_entries: 1,
        payload: Vec::new(),
    }));
    logs.push(register(B));
    Replay::of(logs).unwrap()
}

#[test]
fn a_replay_that_is_read_back_has_what_waits() {
    let before = replay();
    let bytes = bytes_of(&before);
    let mut after: Replay = read(&bytes).unwrap();
    assert_eq!(after.state(), before.state());
    assert_eq!(after.epochs(), 1);
    assert!(after.pending_exits().eq(before.pending_exits()));
    assert!(after.pending_entries().eq(before.pending_entries()));
    assert_eq!(
        (after.pending_exits().count(), after.pending_entries().count()),
        (1, 1)
    );
    // The next log is the next log.
    let sent = exit(TOKEN, A, U256::from(9));
    assert!(
        after
            .clone()
            .take(L1Log::Exited { index: 1, exit: sent })
            .is_err()
    );
    after.take(L1Log::Exited { index: 2, exit: sent }).unwrap();
    assert_eq!(bytes_of(&before), bytes);
}

#[test]
fn bytes_that_are_not_whole_are_refused() {
    let bytes = bytes_of(&replay());
    for length in 0..bytes.len() {
        let refused = read::<Replay>(&bytes[..length]).map(|_| ());
        assert!(
            matches!(refused, Err(StoredError::Short { missing: 1.. })),
            "{length}: {refused:?}"
        );
    }
    let longer = [&bytes[..], &[0; 3]].concat();
    let refused = read::<Replay>(&longer).map(|_| ());
    assert_eq!(refused, Err(StoredError::Long { more: 3 }));
}

fn malformed<T>(what: &'static str) -> Result<T, StoredError> {
    Err(StoredError::Malformed { what })
}

#[test]
fn values_that_cannot_be_are_refused() {
    assert_eq!(read::<bool>(&[2]), malformed("truth"));
    let digest = read::<causeway_types::GoldilocksDigest>(&[0xff; 32]);
    assert_eq!(digest, malformed("digest"));
    assert_eq!(read::<causeway_types::LeafType>(&[7]), malformed("leaf type"));
    assert_eq!(read::<Authority>(&[0; 53]), malformed("authority"));
    let entry = read::<crate::chains::PayloadEntry>(&[0xff; 208]);
    assert_eq!(entry, malformed("payload entry"));
    // One balance is said to be there, and the tree has none.
    let tree = read::<crate::balances::BalanceTree>(&[0, 0, 0, 1, 0]);
    assert_eq!(tree, malformed("balance tree"));
    // Of a list as long as all of memory not a byte is set aside.
    let list = read::<Vec<u64>>(&[0xff; 8]);
    assert_eq!(list, Err(StoredError::Short { missing: 8 }));
}

/// A byte that was changed may say something else, but whoever reads it goes on living.
#[test]
fn no_byte_that_was_changed_ends_the_process() {
    let bytes = bytes_of(&replay());
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0xff;
        drop(read::<Replay>(&changed));
    }
}
