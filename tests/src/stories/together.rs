//! Networks that settle together, or not at all.

use alloy_primitives::{B256, U256};
use anyhow::{Result, ensure};
use causeway_ledger::{Because, CertificateRef, Dependency};
use causeway_types::{Certificate, Expiry, GlobalIndex, NetworkId, StateRoot};

use super::refusals::{admitted, holds, left_out, not_what_was_signed, rule};
use super::{Prover, authorised, holdings, of, of_a_and_b, on, settle};
use crate::world::{A, B, G, L1, Party, World};

/// Burn on A and mint on B before anything is final; one epoch settles both, and what B sends on is withdrawn on Ethereum.
///
/// # Errors
/// Whatever goes wrong, and whoever does not hold what he should.
pub fn burn_and_mint(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    burnt_and_minted(world, prover).map(|_| ())
}

/// The same, and the certificates that settled.
pub(super) fn burnt_and_minted(world: &mut World, prover: &mut dyn Prover) -> Result<Vec<Certificate>> {
    let cat = world.token("CAT");
    prover.tell("Alice has CAT on A, where it is at home.");
    prover.tell(&holdings(world, cat)?);
    let sent = world.bridge_asset((A, Party::Alice), (B, Party::Bob), cat, U256::from(60), false)?;
    world.inform_ahead(B)?;
    world.claim(sent)?;
    let home = world.bridge_asset((B, Party::Bob), (L1, Party::Bob), cat, U256::from(25), false)?;
    prover.tell("60 went to Bob on B, who has them already and sends 25 on to Ethereum. Nothing is settled:");
    prover.tell(&holdings(world, cat)?);
    ensure!(!world.is_covered(home), "Ethereum pays out what nobody settled");

    let certificates = world.certificates(&[A, B])?;
    settles(world, &[A, B], &certificates, prover)?;
    world.claim(home)?;
    prover.tell("One proof settled both networks, and Ethereum gave Bob his 25:");
    prover.tell(&holdings(world, cat)?);
    holds(world, B, cat, Party::Bob, 35)?;
    holds(world, L1, cat, Party::Bob, 25)?;
    world.check_claims()?;
    Ok(certificates)
}

/// Sends CAT from Alice on A to Bob on B.
pub(super) fn send(world: &mut World, amount: u64) -> Result<GlobalIndex> {
    let cat = world.token("CAT");
    let amount = U256::from(amount);
    Ok(world.bridge_asset((A, Party::Alice), (B, Party::Bob), cat, amount, false)?)
}

/// Certificates of A and B, each of which holds only with the other.
fn each_with_the_other(world: &mut World) -> Result<[Certificate; 2]> {
    let [mut of_a, mut of_b] = of_a_and_b(world)?;
    (of_a.contingencies, of_b.contingencies) = (vec![on(&of_b)?], vec![on(&of_a)?]);
    Ok([of_a, of_b].map(|certificate| authorised(world, certificate)))
}

/// A settles only with B, and B only with A: both or neither.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn contingent(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let cat = world.token("CAT");
    send(world, 10)?;
    let certificates = each_with_the_other(world)?;
    prover.tell("A's certificate holds only with B's, and B's only with A's.");
    prover.tell(&holdings(world, cat)?);
    for alone in &certificates {
        let epoch = world.judge(std::slice::from_ref(alone));
        let missing = Dependency::Contingency(alone.contingencies[0]);
        left_out(&epoch, 0, &Because::Missing(missing))?;
        admitted(&epoch, &[])?;
    }
    prover.tell("Alone, neither is admitted. Together:");
    settles(world, &[A, B], &certificates, prover)?;
    prover.tell("Both are settled, by one proof.");
    prover.tell(&holdings(world, cat)?);
    Ok(())
}

/// The same where first B's certificate is withheld, or A's: the other cannot settle, and whoever has nothing to do with it can.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn withheld(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    send(world, 10)?;
    let dog = world.token("DOG");
    world.bridge_asset((G, Party::Alice), (L1, Party::Bob), dog, U256::from(4), false)?;
    let of_g = of(world, G)?;
    let [of_a, of_b] = each_with_the_other(world)?;
    for alone in [&of_a, &of_b] {
        let epoch = world.judge(&[alone.clone(), of_g.clone()]);
        let missing = Dependency::Contingency(alone.contingencies[0]);
        left_out(&epoch, 0, &Because::Missing(missing))?;
        admitted(&epoch, &[G])?;
    }
    // One that the ledger refuses is as good as withheld.
    let mut unsigned = of_b.clone();
    unsigned.authority = None;
    let epoch = world.judge(&[of_a.clone(), unsigned, of_g.clone()]);
    let needs = Because::Needs {
        dependency: Dependency::Contingency(of_a.contingencies[0]),
        on: CertificateRef {
            network: B,
            height: of_b.height,
            position: 1,
        },
    };
    left_out(&epoch, 0, &needs)?;
    admitted(&epoch, &[G])?;

    prover.tell("A and B wait for each other, and B is late. G, who waits for nobody, settles:");
    let settled = settle(world, &[A, G], &[of_a.clone(), of_g], prover)?;
    ensure!(settled.networks == [G], "{:?}", settled.left_out);
    settles(world, &[A, B], &[of_a, of_b], prover)?;
    prover.tell("B came, and both are settled.");
    Ok(())
}

/// G on B on A, where G and B wait for the next epoch: what they depend on is settled by then, or with them.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn chain(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    send(world, 3)?;
    let [of_a, mut of_b] = of_a_and_b(world)?;
    let mut of_g = of(world, G)?;
    of_b.contingencies = vec![on(&of_a)?];
    of_g.contingencies = vec![on(&of_b)?];
    let [of_b, of_g] = [of_b, of_g].map(|certificate| authorised(world, certificate));
    prover.tell("G holds only with B, and B only with A.");
    let epoch = world.judge(&[of_b.clone(), of_g.clone()]);
    admitted(&epoch, &[])?;
    let missing = Dependency::Contingency(of_b.contingencies[0]);
    left_out(&epoch, 0, &Because::Missing(missing))?;
    settles(world, &[A], &[of_a], prover)?;
    settles(world, &[B, G], &[of_b, of_g], prover)?;
    prover.tell("A settled first, then B and G together.");
    Ok(())
}

/// A's certificate holds only with another state root of B's than B settles with; and then with what B has, where somebody strips it of
/// that, or adds an expiry. None of these settles, and B does.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn changed(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    send(world, 3)?;
    let [mut of_a, of_b] = of_a_and_b(world)?;
    let right = on(&of_b)?;
    let mut wrong = right;
    wrong.state_root = StateRoot::new(B256::repeat_byte(1));
    of_a.contingencies = vec![wrong];
    let waits = authorised(world, of_a.clone());
    let epoch = world.judge(&[waits, of_b.clone()]);
    let missing = Dependency::Contingency(wrong);
    left_out(&epoch, 0, &Because::Missing(missing))?;
    admitted(&epoch, &[B])?;
    prover.tell("A names a state root that B does not have, and does not settle.");

    of_a.contingencies = vec![right];
    let waits = authorised(world, of_a);
    admitted(&world.judge(&[waits.clone(), of_b.clone()]), &[A, B])?;
    let (mut stripped, mut redirected, mut expiring) = (waits.clone(), waits.clone(), waits);
    stripped.contingencies.clear();
    redirected.contingencies = vec![wrong];
    expiring.expiry = Expiry::new(u64::MAX - 1);
    for changed in [stripped, redirected, expiring] {
        let error = not_what_was_signed(world, &changed)?;
        rule(world, &of_b, changed, error)?;
    }
    prover.tell("Nobody strips A's certificate of what it holds with.");
    Ok(())
}

/// All of these settle.
pub(super) fn settles(
    world: &mut World,
    networks: &[NetworkId],
    certificates: &[Certificate],
    prover: &mut dyn Prover,
) -> Result<()> {
    let settled = settle(world, networks, certificates, prover)?;
    ensure!(settled.networks == networks, "{:?}", settled.left_out);
    Ok(())
}
