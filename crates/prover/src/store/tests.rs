#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;
use crate::plan::StageKind;

const KIND: StageKind = StageKind::Node;

fn id(name: &str) -> StageId {
    StageId::of(&[name.as_bytes()])
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("stages")).unwrap();
    (folder, store)
}

#[test]
fn what_is_kept_is_found_by_the_next_process() {
    let (_folder, store) = store();
    assert_eq!(store.read(KIND, id("a")).unwrap(), Found::Nothing);
    store.write(KIND, id("a"), b"outcome").unwrap();
    let path = store.folder().to_path_buf();
    drop(store);
    let store = Store::open(path).unwrap();
    assert_eq!(
        store.read(KIND, id("a")).unwrap(),
        Found::Outcome(b"outcome".to_vec())
    );
    assert_eq!(store.read(StageKind::Leaf, id("a")).unwrap(), Found::Nothing);
    assert_eq!(store.read(KIND, id("b")).unwrap(), Found::Nothing);
    store.write(KIND, id("a"), b"").unwrap();
    assert_eq!(store.read(KIND, id("a")).unwrap(), Found::Outcome(Vec::new()));
}

#[test]
fn parts_of_a_digest_do_not_run_together() {
    assert_ne!(StageId::of(&[b"ab", b"c"]), StageId::of(&[b"a", b"bc"]));
    assert_ne!(StageId::of(&[b"a"]), StageId::of(&[b"a", b""]));
}

#[test]
fn killed_between_writing_and_moving_there_is_nothing() {
    let (_folder, store) = store();
    let unfinished = store.write_unfinished(KIND, id("a"), b"outcome").unwrap();
    // A kill in the midst of writing leaves half a file, one before moving it a whole one.
    let half = store.write_unfinished(KIND, id("b"), b"outcome").unwrap();
    let bytes = fs::read(&half).unwrap();
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let path = store.folder().to_path_buf();
    drop(store);
    let store = Store::open(path).unwrap();
    assert!(!unfinished.exists() && !half.exists());
    for stage in ["a", "b"] {
        assert_eq!(store.read(KIND, id(stage)).unwrap(), Found::Nothing);
    }
}

#[test]
fn a_file_that_is_not_the_stages_outcome_is_refused_by_name() {
    let (_folder, store) = store();
    store.write(KIND, id("a"), b"outcome").unwrap();
    store.write(KIND, id("b"), b"other").unwrap();
    let path = store.path(KIND, id("a"));
    let whole = fs::read(&path).unwrap();
    let damage = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        match store.read(KIND, id("a")).unwrap() {
            Found::Damaged { path: found, damage } => {
                assert_eq!(found, path);
                damage
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(damage(&[]), Damage::Magic);
    assert_eq!(
        damage(b"a file of somebody else's that is longer than the header of the file of any stage of ours"),
        Damage::Magic
    );
    let mut newer = whole.clone();
    newer[8] = 2;
    assert_eq!(damage(&newer), Damage::Version { got: 2, expected: 1 });
    let other = fs::read(store.path(KIND, id("b"))).unwrap();
    assert_eq!(damage(&other), Damage::OtherStage);
    let mut kind = whole.clone();
    kind[10] = StageKind::Leaf as u8;
    assert_eq!(damage(&kind), Damage::OtherStage);
    assert_eq!(
        damage(&whole[..whole.len() - 1]),
        Damage::Length { got: 6, expected: 7 }
    );
    assert_eq!(
        damage(&[&whole[..], b"x"].concat()),
        Damage::Length { got: 8, expected: 7 }
    );
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(damage(&changed), Damage::Checksum);
    // And what is proven again takes its place.
    store.write(KIND, id("a"), b"outcome").unwrap();
    assert_eq!(
        store.read(KIND, id("a")).unwrap(),
        Found::Outcome(b"outcome".to_vec())
    );
}

#[test]
fn a_second_process_is_told_who_holds_the_folder() {
    let (_folder, store) = store();
    match Store::open(store.folder()) {
        Err(StoreError::Locked { folder, holder }) => {
            assert_eq!(
                (&folder, holder),
                (&store.folder().to_path_buf(), Some(std::process::id()))
            );
        }
        other => panic!("{other:?}"),
    }
    let path = store.folder().to_path_buf();
    drop(store);
    Store::open(path).unwrap();
}

/// Another process that holds a folder until it is killed: this test binary, run again.
#[test]
fn a_killed_process_holds_nothing() {
    const FOLDER: &str = "CAUSEWAY_TEST_HOLD";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let store = Store::open(PathBuf::from(folder)).unwrap();
        store.write(KIND, id("child"), b"its outcome").unwrap();
        std::fs::write(store.folder().join("ready"), "").unwrap();
        std::thread::sleep(std::time::Duration::from_secs(60));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::a_killed_process_holds_nothing"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !folder.path().join("ready").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    match Store::open(folder.path()) {
        Err(StoreError::Locked { holder, .. }) => assert_eq!(holder, Some(child.id())),
        other => panic!("{other:?}"),
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(
        store.read(KIND, id("child")).unwrap(),
        Found::Outcome(b"its outcome".to_vec())
    );
}

#[test]
fn what_is_no_longer_needed_is_removed() {
    let (_folder, store) = store();
    for stage in ["a", "b", "c"] {
        store.write(KIND, id(stage), &[7; 100]).unwrap();
    }
    fs::write(store.folder().join("notes.txt"), "not ours").unwrap();
    let each = store.bytes().unwrap() / 3;
    let removed = store.remove(KIND, id("c")).unwrap();
    assert_eq!(
        removed,
        Pruned {
            files: 1,
            bytes: each
        }
    );
    assert_eq!(store.remove(KIND, id("c")).unwrap(), Pruned::default());
    let pruned = store.prune(&[(KIND, id("a"))]).unwrap();
    assert_eq!(
        pruned,
        Pruned {
            files: 1,
            bytes: each
        }
    );
    assert!(store.has(KIND, id("a")) && !store.has(KIND, id("b")));
    assert!(store.folder().join("notes.txt").exists());
}

proptest! {
    #[test]
    fn no_file_makes_a_store_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_folder, store) = store();
        fs::write(store.path(KIND, id("a")), &bytes).unwrap();
        let damaged = matches!(store.read(KIND, id("a")).unwrap(), Found::Damaged { .. });
        prop_assert!(damaged);
    }
}
