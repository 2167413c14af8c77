//! Certificates that their network gave up.

use alloy_primitives::U256;
use anyhow::Result;
use causeway_bindings::Settlement;
use causeway_ledger::{Because, Dependency, LedgerError};
use causeway_types::{Certificate, Expiry};

use super::refusals::{admitted, lacks_only_proof, left_out, refused, unproven};
use super::together::{send, settles};
use super::{Prover, authorised, of_a_and_b, on};
use crate::world::{A, B, L1, World};

/// A's certificate holds only with one of B's that does not come, so A settles another at its height. Then B comes, and somebody shows
/// the first one again: it is dead. A second one that was withdrawn without a successor dies at its expiry.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn withdrawn(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    send(world, 12)?;
    let [of_a, of_b] = of_a_and_b(world)?;
    let mut given_up = of_a.clone();
    given_up.contingencies = vec![on(&of_b)?];
    let given_up = authorised(world, given_up);
    let missing = Because::Missing(Dependency::Contingency(given_up.contingencies[0]));
    left_out(&world.judge(std::slice::from_ref(&given_up)), 0, &missing)?;
    // Whoever has both proves them, and keeps the proof to himself.
    let both = [given_up.clone(), of_b.clone()];
    let kept = world.judge(&both);
    admitted(&kept, &[A, B])?;
    let call = unproven(world, &kept);
    lacks_only_proof(world.ask(&call))?;

    prover.tell("A waits for B in vain, gives its certificate up and settles without B.");
    settles(world, &[A], &[of_a], prover)?;
    let epoch = world.judge(&both);
    let taken = LedgerError::MismatchHeight {
        declared: 0,
        expected: 1,
    };
    left_out(&epoch, 0, &Because::Refused(taken))?;
    let stale = Settlement::StateMismatch {
        expected: world.state().commitment().hash().into(),
        actual: kept.old.commitment().hash().into(),
    };
    refused(world.ask(&call), &stale)?;
    prover.tell("B comes, and with it what A gave up: B settles, and A is where it was.");
    settles(world, &[B], &[of_b], prover)?;

    expired(world, prover)
}

/// A's next certificate waits for B's next one, until a time.
fn expired(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    send(world, 1)?;
    let now: u64 = world.chain(L1).evm().timestamp().saturating_to();
    let until = now + 600;
    let [of_a, of_b] = of_a_and_b(world)?;
    let mut waits = Certificate {
        contingencies: vec![on(&of_b)?],
        expiry: Expiry::new(until),
        ..of_a.clone()
    };
    world.authorise(&mut waits);
    let both = [waits, of_b];
    let kept = world.judge_at(&both, until);
    admitted(&kept, &[A, B])?;
    world.wait(601);

    let epoch = world.judge_at(&both, until + 1);
    let late = LedgerError::ExpiresTooSoon {
        expiry: Expiry::new(until),
        settles_at: until + 1,
    };
    left_out(&epoch, 0, &Because::Refused(late))?;
    admitted(&epoch, &[B])?;
    let call = unproven(world, &kept);
    let expired = Settlement::EpochExpired {
        expiry: U256::from(until),
        timestamp: U256::from(until + 1),
    };
    refused(world.ask(&call), &expired)?;
    lacks_only_proof(world.ask_at(&call, until))?;
    prover.tell("What expires dies of itself.");
    Ok(())
}
