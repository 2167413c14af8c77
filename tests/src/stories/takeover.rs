//! Provers come and go.

use alloy_primitives::U256;
use anyhow::{Context, Result, ensure};
use causeway_ledger::{L1Log, Replay, World as Ledger, settle_epoch};
use causeway_types::{Authority, Certificate};

use super::together::burnt_and_minted;
use super::{Prover, authorised, nobodys, of_a_and_b, on};
use crate::world::{A, B, Epoch, L1, Party, World, signer};

/// Whoever proved the first epochs is gone. Another, who has nothing but Ethereum's logs and the networks' certificates, proves the next
/// one from the state that these give: with a deposit, a new network, and a certificate that depends on one of before.
///
/// # Errors
/// Whatever goes wrong, and if the state that the logs give is another.
pub fn takeover(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let first = burnt_and_minted(world, prover)?;
    let usdc = world.token("USDC");
    let deposit = world.bridge_asset((L1, Party::Alice), (A, Party::Bob), usdc, U256::from(6), true)?;
    world.inform(A)?;
    world.claim(deposit)?;
    world.join(Authority::signer(signer(world.next_network()))?)?;
    let [of_a, mut of_b] = of_a_and_b(world)?;
    of_b.contingencies = vec![on(&first[0])?];
    let certificates = [of_a, authorised(world, of_b)];

    prover.give_way()?;
    prover.tell("Another prover comes, with an empty disk, and reads what Ethereum logged.");
    let (replay, ledger) = read(world, &[&first])?;
    ensure!(replay.epochs() == 1, "{} epochs", replay.epochs());
    let epoch = Epoch {
        old: replay.state().clone(),
        registered: replay.pending_entries().copied().collect(),
        deposits: replay.pending_exits().copied().collect(),
        outcome: settle_epoch(&ledger, &certificates),
        domain: *world.domain(),
    };
    ensure!((epoch.registered.len(), epoch.deposits.len()) == (1, 1));
    ensure!(
        epoch.public_values() == world.judge(&certificates).public_values(),
        "the logs give another epoch"
    );
    let proof = prover.prove(world, &epoch, &mut nobodys)?;
    let settled = world.record(&[A, B], &epoch, &proof)?;
    ensure!(settled.networks == [A, B], "{:?}", settled.left_out);
    prover.tell("He proved the next epoch, and it settled.");
    Ok(())
}

/// What Ethereum's logs tell, and what the ledger makes of it with the certificates of each epoch.
fn read(world: &World, epochs: &[&[Certificate]]) -> Result<(Replay, Ledger)> {
    let source = world.source();
    let replay = source.rebuild(&world.logs())?;
    let mut ledger = Ledger::new(*world.domain());
    let (mut entries, mut exits) = (Vec::new(), Vec::new());
    let mut epochs = epochs.iter();
    for log in world.logs() {
        match source.read(&log)? {
            Some(L1Log::Registered {
                network, authority, ..
            }) => entries.push((network, authority)),
            Some(L1Log::Exited { exit, .. }) => exits.push(exit),
            Some(L1Log::Settled(epoch)) => {
                let consumed = ledger.commitment();
                let entries = entries.drain(..(epoch.registry_entries - consumed.registry_entries) as usize);
                for (network, authority) in entries {
                    ledger.register(network, authority)?;
                }
                let exits: Vec<_> = exits
                    .drain(..(epoch.deposits - consumed.deposits) as usize)
                    .collect();
                ledger.deposit(&exits)?;
                let certificates = epochs.next().context("an epoch nobody has certificates of")?;
                ledger = settle_epoch(&ledger, certificates).world;
            }
            None => {}
        }
    }
    ensure!(
        ledger.commitment() == replay.state().commitment(),
        "the certificates give another state than the logs"
    );
    for (network, authority) in entries {
        ledger.register(network, authority)?;
    }
    ledger.deposit(&exits)?;
    Ok((replay, ledger))
}
