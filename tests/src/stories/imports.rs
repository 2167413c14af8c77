//! Imports that somebody drops from a certificate, or adds to it.

use alloy_primitives::{B256, U256};
use anyhow::{Context, Result, ensure};
use causeway_circuits::settlement::{Attest, SettlementError, Stage};
use causeway_ledger::Because;
use causeway_types::{Backing, Certificate, GlobalIndex, ImportedExit, StateRoot};

use super::refusals::{holds, left_out, not_what_was_signed};
use super::{Payments, Prover, of};
use crate::world::{A, FORTUNE, L1, Party, World};

/// A took in two of three deposits, and says so. With one dropped or the third added, it is no longer what A signed; with an import
/// that a payments chain did not make, or another state root, a certificate is no longer what the chain proved. As they were made, both settle.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn imports(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let usdc = world.token("USDC");
    let mut payments = Payments::join(world)?;
    let network = payments.network();
    let deposit = |world: &mut World, to, amount: u64| {
        world.bridge_asset(
            (L1, Party::Alice),
            (to, Party::Bob),
            usdc,
            U256::from(amount),
            true,
        )
    };
    let [first, second] = [deposit(world, A, 50)?, deposit(world, A, 20)?];
    world.inform(A)?;
    world.claim(first)?;
    world.claim(second)?;
    let third = deposit(world, A, 7)?;
    let to_payments = deposit(world, network, 5)?;
    let of_a = of(world, A)?;
    ensure!(of_a.imports.len() == 2, "A took in {}", of_a.imports.len());

    let signed_otherwise = |world: &World, changed: Certificate| -> Result<()> {
        let because = Because::Refused(not_what_was_signed(world, &changed)?);
        left_out(&world.judge(&[changed]), 0, &because)
    };
    for dropped in [0, 1] {
        let mut changed = of_a.clone();
        changed.imports.remove(dropped);
        signed_otherwise(world, changed)?;
    }
    let mut changed = of_a.clone();
    changed.imports.push(settled_import(world, third)?);
    signed_otherwise(world, changed)?;
    let mut changed = of_a.clone();
    changed.imports.reverse();
    signed_otherwise(world, changed)?;
    prover.tell("Nobody drops an import from what A signed, or adds one.");

    let advance = payments.withdraw(world.address(Party::Bob), 3)?;
    let of_payments = payments.certificate(&advance);
    let mut added = of_payments.clone();
    added.imports.push(settled_import(world, to_payments)?);
    // Of a proof the ledger compares the key alone: who takes the certificate in verifies it, and so does the circuit.
    let epoch = world.judge(std::slice::from_ref(&added));
    ensure!(epoch.outcome.admitted.len() == 1, "{:?}", epoch.outcome.left_out);
    let mut lied = of_payments.clone();
    lied.state_root = Some(StateRoot::new(B256::repeat_byte(0x5a)));
    let own = payments.prove(&advance)?;
    let stage = Stage::Attest;
    for changed in [&added, &lied] {
        let refusal = Attest::check_own(&own, world.digest(changed)?);
        ensure!(
            refusal == Err(SettlementError::OtherStatement { stage }),
            "{refusal:?}"
        );
    }
    Attest::check_own(&own, world.digest(&of_payments)?)?;
    prover.tell("Nor to what the payments chain proved, and its state root is the one that it proved.");

    world.exported(network, &of_payments.exits)?;
    let epoch = world.judge(&[of_a, of_payments]);
    let proof = prover.prove(world, &epoch, &mut |id, _| {
        Ok((id == network).then(|| own.clone()))
    })?;
    let settled = world.record(&[A, network], &epoch, &proof)?;
    ensure!(settled.networks == [A, network], "{:?}", settled.left_out);
    payments.follow(advance);
    holds(world, A, usdc, Party::Bob, 70)?;
    holds(world, L1, usdc, Party::Bob, FORTUNE)?;
    world.check_claims()?;
    Ok(())
}

/// The import of a deposit that is consumed.
pub(super) fn settled_import(world: &World, index: GlobalIndex) -> Result<ImportedExit> {
    let backing = world.ledger().backing(index);
    Ok(ImportedExit {
        exit: world.exit(index)?.exit,
        global_index: index,
        backing: Backing::History(backing.context("it is not consumed")?),
    })
}
