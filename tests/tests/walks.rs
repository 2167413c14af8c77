//! Random walks of thousands of steps through worlds of four EVMs. After each step all balances are looked at.
//!
//! `PROPTEST_CASES=100 cargo test -p causeway-tests --test walks` walks longer.

#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use alloy_primitives::U256;
use causeway_tests::walk::{Step, Walk, WalkError, steps, walks};
use causeway_tests::world::{L1, World};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Walks, with something that happens after each step; in the end every claim is looked at.
fn walk(
    steps: &[Step],
    mut after: impl FnMut(&mut World) -> Result<(), WalkError>,
) -> Result<Walk, TestCaseError> {
    let mut walk = Walk::new().map_err(|error| TestCaseError::fail(error.to_string()))?;
    let result = steps
        .iter()
        .try_for_each(|&step| {
            walk.step(step)?;
            after(walk.world())
        })
        .and_then(|()| Ok(walk.world().check_claims()?));
    match result {
        Ok(()) => Ok(walk),
        Err(error) => {
            let story = walk.world().story().join("\n");
            Err(TestCaseError::fail(format!("{story}\n{error}")))
        }
    }
}

fn config(cases: u32) -> Config {
    Config {
        // The environment's number, if it says one.
        cases: if std::env::var_os("PROPTEST_CASES").is_some() {
            Config::default().cases
        } else {
            cases
        },
        failure_persistence: None,
        // Enough for whole walks to become a few lines.
        max_shrink_iters: 2_000,
        ..Config::default()
    }
}

#[derive(Default)]
struct Totals {
    steps: usize,
    claims: usize,
    refused: BTreeMap<&'static str, usize>,
}

#[test]
fn no_walk_breaks_a_promise() {
    let mut runner = TestRunner::new(config(3));
    let totals = RefCell::new(Totals::default());
    let result = runner.run(&walks(steps(), 1_000..2_000), |steps| {
        let mut walk = walk(&steps, |_| Ok(()))?;
        let mut totals = totals.borrow_mut();
        totals.steps += steps.len();
        totals.claims += walk.world().sent().filter(|sent| sent.claimed).count();
        for (&error, count) in walk.refused() {
            *totals.refused.entry(error).or_default() += count;
        }
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(story, steps)) => panic!("{story}\n\n{steps:?}"),
        Err(error) => panic!("{error}"),
    }
    let Totals {
        steps,
        claims,
        refused,
    } = totals.into_inner();
    println!("{steps} steps, {claims} claims, refused: {refused:#?}");
    // Walks that nothing happens in would prove nothing.
    assert!(claims * 20 > steps, "{claims} claims in {steps} steps");
    for error in ["AlreadyClaimed()", "InvalidSmtProof()", "GlobalExitRootInvalid()"] {
        assert!(refused.contains_key(error), "never refused: {error}");
    }
}

/// Were the bridge to lose a wei whenever it pays out, a walk would find it and tell how, in a few lines.
#[test]
fn a_leak_shrinks_to_a_short_story() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(256), rng);
    let result = runner.run(&walks(steps(), 300..600), |steps| {
        let leak = |world: &mut World| {
            let paid = world
                .story()
                .last()
                .is_some_and(|line| line.ends_with("is claimed on L1"));
            let bridge = world.chain(L1).bridge();
            let evm = world.chain(L1).evm();
            let held = evm.balance(bridge);
            if paid && !held.is_zero() {
                evm.set_balance(bridge, held - U256::ONE);
            }
            Ok(world.check()?)
        };
        walk(&steps, leak).map(drop)
    });
    let Err(TestError::Fail(story, _)) = result else {
        panic!("nobody noticed: {result:?}");
    };
    println!("{story}");
    let story = story.to_string();
    let lines: Vec<_> = story.lines().collect();
    assert!(lines.len() <= 6, "{story}");
    assert!(lines[lines.len() - 2].ends_with("is claimed on L1"), "{story}");
    assert!(
        lines[lines.len() - 1].starts_with("ETH: the bridge holds"),
        "{story}"
    );
}
