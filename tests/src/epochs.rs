//! Stories of epochs: what people do on their networks, what settles, and who holds what before and after.

use alloy_primitives::{Bytes, U256};
use anyhow::{Context, Result, ensure};
use causeway_ledger::{Because, Dependency};
use causeway_types::{Certificate, Contingency, NetworkId, TokenId};

use crate::world::{A, B, Epoch, L1, Party, Settled, World};

/// Proves an epoch, or does as if.
pub type Prove<'a> = dyn FnMut(&World, &Epoch) -> Result<Bytes> + 'a;

/// Somebody who listens.
pub type Tell<'a> = dyn FnMut(&str) + 'a;

/// The mock's proofs, for worlds whose verifier is the mock.
///
/// # Errors
/// None.
pub fn mock(world: &World, epoch: &Epoch) -> Result<Bytes> {
    Ok(world.deployed().mock_proof(&epoch.public_values()))
}

/// Judges certificates and settles what the ledger admits.
///
/// # Errors
/// Whatever goes wrong on the way.
pub fn settle(
    world: &mut World,
    networks: &[NetworkId],
    certificates: &[Certificate],
    prove: &mut Prove<'_>,
) -> Result<Settled> {
    let epoch = world.judge(certificates);
    let proof = prove(world, &epoch)?;
    Ok(world.record(networks, &epoch, &proof)?)
}

/// Burn on A and mint on B before anything is final; one epoch settles both, and what B sends on is withdrawn on Ethereum.
///
/// # Errors
/// Whatever goes wrong, and whoever does not hold what he should.
pub fn burn_and_mint(world: &mut World, prove: &mut Prove<'_>, tell: &mut Tell<'_>) -> Result<()> {
    let cat = world.token("CAT");
    tell("Alice has CAT on A, where it is at home.");
    tell(&holdings(world, cat)?);
    let sent = world.bridge_asset((A, Party::Alice), (B, Party::Bob), cat, U256::from(60), false)?;
    world.inform_ahead(B)?;
    world.claim(sent)?;
    let home = world.bridge_asset((B, Party::Bob), (L1, Party::Bob), cat, U256::from(25), false)?;
    tell("60 went to Bob on B, who has them already and sends 25 on to Ethereum. Nothing is settled:");
    tell(&holdings(world, cat)?);
    ensure!(!world.is_covered(home), "Ethereum pays out what nobody settled");

    let certificates = world.certificates(&[A, B])?;
    let settled = settle(world, &[A, B], &certificates, prove)?;
    ensure!(settled.networks == [A, B], "{:?}", settled.left_out);
    world.claim(home)?;
    tell("One proof settled both networks, and Ethereum gave Bob his 25:");
    tell(&holdings(world, cat)?);
    for (network, party, expected) in [(B, Party::Bob, 35), (L1, Party::Bob, 25)] {
        let held = world.balance(network, cat, party)?;
        ensure!(held == U256::from(expected), "{held} instead of {expected}");
    }
    world.check_claims()?;
    Ok(())
}

/// A settles only with B, and B only with A: both or neither, and nobody else has to wait.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn contingent(world: &mut World, prove: &mut Prove<'_>, tell: &mut Tell<'_>) -> Result<()> {
    let cat = world.token("CAT");
    world.bridge_asset((A, Party::Alice), (B, Party::Bob), cat, U256::from(10), false)?;
    let mut certificates = world.certificates(&[A, B])?;
    let [of_a, of_b] = certificates.as_mut_slice() else {
        return Err(anyhow::anyhow!("two networks have two certificates"));
    };
    of_a.contingencies = vec![on(of_b)?];
    of_b.contingencies = vec![on(of_a)?];
    for certificate in &mut certificates {
        world.authorise(certificate);
    }
    tell("A's certificate holds only with B's, and B's only with A's.");
    tell(&holdings(world, cat)?);
    for (alone, other) in [(0, B), (1, A)] {
        let epoch = world.judge(&certificates[alone..=alone]);
        let left_out = epoch.outcome.left_out.first().context("it settles alone")?;
        let missing = matches!(
            left_out.because,
            Because::Missing(Dependency::Contingency(missing)) if missing.network == other
        );
        ensure!(missing && epoch.outcome.admitted.is_empty(), "{left_out:?}");
    }
    tell("Alone, neither is admitted. Together:");
    let settled = settle(world, &[A, B], &certificates, prove)?;
    ensure!(settled.networks == [A, B], "{:?}", settled.left_out);
    tell("Both are settled, by one proof.");
    tell(&holdings(world, cat)?);
    Ok(())
}

/// A contingency on a certificate.
fn on(certificate: &Certificate) -> Result<Contingency> {
    Ok(Contingency {
        network: certificate.network,
        height: certificate.height,
        state_root: certificate.state_root.context("it has a state root")?,
    })
}

/// Who holds how much of a token where.
///
/// # Errors
/// Whatever goes wrong with the token.
pub fn holdings(world: &mut World, token: TokenId) -> Result<String> {
    let mut lines = Vec::new();
    for network in [L1, A, B] {
        let mut cells = vec![format!("   {:<4}", world.name(network))];
        for (name, party) in [("Alice", Party::Alice), ("Bob", Party::Bob)] {
            cells.push(format!("{name} {:>9}", world.balance(network, token, party)?));
        }
        if token.network == network {
            let bridge = world.chain(network).bridge();
            let held = world.chain(network).balance(token, bridge)?;
            cells.push(format!("the bridge {held:>6}"));
        }
        lines.push(cells.join("   "));
    }
    Ok(lines.join("\n"))
}
