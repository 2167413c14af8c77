//! Settles an epoch of 1,000 certificates with 100,000 exits and 100,000 imports, all from each other in the same epoch, and
//! prints what it takes: `cargo run --example epoch [NETWORKS] [EXITS]`.

use std::error::Error;
use std::time::Instant;

use alloy_primitives::{Address, U256};
use causeway_ledger::{State, World, apply, draft, settle_epoch};
use causeway_types::{
    Authorisation, Authority, Backing, BackingEntry, Certificate, EMPTY_METADATA_HASH, Exit, GlobalIndex,
    GoldilocksDigest, HistoryBacking, ImportedExit, LeafType, NetworkId, SettlementDomain, TokenId,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u32>());
    let networks = arguments.next().transpose()?.unwrap_or(1000).max(2);
    let exits = arguments.next().transpose()?.unwrap_or(100);

    let key = GoldilocksDigest::new([1, 2, 3, 4])?;
    let domain = SettlementDomain {
        chain_id: 1,
        settlement: Address::repeat_byte(0x5e),
    };
    let start = Instant::now();
    let mut world = World::new(domain);
    for network in 1..=networks {
        world.register(NetworkId::new(network), Authority::validity(key)?)?;
    }
    println!("{networks} networks registered in {:.2?}", start.elapsed());

    // Every network sends its own token to the next one and imports what the one before sends: one ring.
    let start = Instant::now();
    let mut sent: Vec<(HistoryBacking, State)> = Vec::new();
    for network in 1..=networks {
        let state = State::new(domain, NetworkId::new(network))?;
        let certificate = draft(&state, made(network, networks, exits), Vec::new())?;
        let transition = apply(&state, &certificate)?;
        let backing = HistoryBacking {
            entry: BackingEntry::Network {
                network: state.network(),
                entry: *transition.entry(),
            },
            path: transition.after().shadow().path(0),
        };
        sent.push((backing, transition.after().clone()));
    }
    let mut certificates = Vec::new();
    for network in 1..=networks {
        let source = (network + networks - 2) % networks + 1;
        let (backing, settled) = &sent[source as usize - 1];
        let imports = made(source, networks, exits)
            .into_iter()
            .zip(0..)
            .map(|(exit, leaf)| ImportedExit {
                exit,
                global_index: GlobalIndex::new(NetworkId::new(source), leaf),
                backing: Backing::History(HistoryBacking {
                    path: settled.shadow().path(leaf),
                    ..backing.clone()
                }),
            });
        let state = State::new(domain, NetworkId::new(network))?;
        let certificate = draft(&state, made(network, networks, exits), imports.collect())?;
        certificates.push(Certificate {
            authority: Some(Authorisation::Validity { key }),
            ..certificate
        });
    }
    drop(sent);
    println!(
        "{} certificates of {exits} exits and {exits} imports made in {:.2?}, {}",
        certificates.len(),
        start.elapsed(),
        peak_memory()
    );

    let start = Instant::now();
    let outcome = settle_epoch(&world, &certificates);
    println!(
        "epoch of {} certificates, {} left out, {} group(s), settled in {:.2?}, {}",
        outcome.admitted.len(),
        outcome.left_out.len(),
        outcome.admitted.last().map_or(0, |last| last.group + 1),
        start.elapsed(),
        peak_memory()
    );
    println!("payload chain {}", outcome.payload_chain());
    Ok(())
}

fn made(network: u32, networks: u32, exits: u32) -> Vec<Exit> {
    let exit = |amount| Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: NetworkId::new(network),
            address: Address::repeat_byte(0x71),
        },
        destination_network: NetworkId::new(network % networks + 1),
        destination_address: Address::repeat_byte(0xaa),
        amount: U256::from(amount),
        metadata_hash: EMPTY_METADATA_HASH,
    };
    (1..=exits).map(exit).collect()
}

/// The process's peak memory, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(
        || "peak memory unknown".to_owned(),
        |peak| format!("peak memory {}", peak.trim()),
    )
}
