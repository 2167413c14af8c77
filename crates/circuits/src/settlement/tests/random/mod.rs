//! Random epochs, natively and circuit by circuit, and provers who lie about them.
//!
//! `PROPTEST_CASES=50 cargo test -p causeway-circuits --lib random` draws more worlds; with `CAUSEWAY_SEED` the number that a run
//! prints draws the same ones again.

mod case;
mod circuits;
mod draw;
mod follow;
mod lies;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use self::case::Case;
use self::draw::{EpochDraw, Walk, epochs};
use self::follow::Followed;
use self::lies::LIES;
use super::*;

/// Worlds that are drawn if the environment does not say how many.
const CASES: u32 = 6;

/// A runner, and the number of what it draws.
fn runner() -> (u64, TestRunner) {
    let named = std::env::var("CAUSEWAY_SEED").map(|text| text.parse().unwrap());
    let seed = named.unwrap_or_else(|_| RandomState::new().hash_one(0));
    let said = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config {
        cases: if said { Config::default().cases } else { CASES },
        failure_persistence: None,
        max_shrink_iters: 40,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed.to_le_bytes(); 4].concat());
    (seed, TestRunner::new_with_rng(config, rng))
}

#[derive(Default)]
struct Totals {
    certificates: usize,
    lies: BTreeMap<&'static str, usize>,
}

/// Follows the epochs of a world, and tells every lie of each certificate.
fn follow(draws: &[EpochDraw], totals: &mut Totals) {
    let (mut walk, mut fates) = (Walk::new(), Vec::new());
    for draw in draws {
        let settled = walk.step(draw);
        let followed = Followed::new(&settled);
        totals.certificates += followed.arrived.len();
        for (at, (name, expected, lie)) in LIES.into_iter().enumerate() {
            let case = Case {
                settled: &settled,
                followed: &followed,
                // Each about somebody else.
                pick: draw.whom.rotate_left(at as u32) as usize,
            };
            let Some(fate) = lie(&case) else { continue };
            if fate != expected {
                fates.push((name, fate));
            }
            *totals.lies.entry(name).or_default() += 1;
        }
    }
    assert_eq!(fates, [], "lies that came to something else than they should");
}

#[test]
fn random_epochs_hold_and_lies_about_them_do_not() {
    let (seed, mut runner) = runner();
    println!("CAUSEWAY_SEED={seed}");
    let totals = RefCell::new(Totals::default());
    let result = runner.run(&epochs(), |draws| {
        follow(&draws, &mut totals.borrow_mut());
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, draws)) => panic!("CAUSEWAY_SEED={seed}: {why}\n{draws:#?}"),
        Err(error) => panic!("CAUSEWAY_SEED={seed}: {error}"),
    }
    let totals = totals.into_inner();
    println!("{} certificates, lies: {:#?}", totals.certificates, totals.lies);
    // Worlds in which nothing happens would prove nothing.
    assert!(totals.lies.len() > LIES.len() / 2, "{:#?}", totals.lies);
}
