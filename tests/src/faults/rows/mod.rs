//! The rows of the failure matrix.

mod claims;
mod crashes;
mod damage;
mod endpoints;
mod intake;
mod operators;
mod ordering;
mod own_proofs;
mod proving;
mod reorgs;
mod signing;
mod storage;
mod transactions;

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::certificates::{Draft, Made};
use super::chain::Sent;
use super::kit::{Kit, Options};

/// How long a row may wait for anything that takes a relayer no more than seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// A row while it runs.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A row.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What happens.
    pub what: &'static str,
    /// What it begins with.
    pub options: fn(&mut Options),
    /// What it does.
    pub run: for<'a> fn(&'a mut Kit) -> Running<'a>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

const fn plain(_: &mut Options) {}

/// Tips of a few wei, of which a tenth is none.
const fn small_tips(options: &mut Options) {
    options.settings.tip_floor_wei = 5;
}

macro_rules! row {
    ($name:literal, $what:literal, $run:path) => {
        row!($name, $what, plain, $run)
    };
    ($name:literal, $what:literal, $options:expr, $run:path) => {
        Row {
            name: $name,
            what: $what,
            options: $options,
            run: |kit| Box::pin($run(kit)),
        }
    };
}

/// Every row, in order.
pub const ROWS: &[Row] = &[
    row!("F0", "nothing happens", crashes::nothing),
    row!("F1", "killed at each fail point", crashes::killed_at_points),
    row!("F2", "killed at random", crashes::killed_at_random),
    row!("F3", "asked to end in each state", crashes::terminated),
    row!("F4", "endpoint refuses connections", endpoints::refused),
    row!("F5", "endpoint does not answer", endpoints::black_hole),
    row!("F6", "all endpoints down, then back", endpoints::all_down),
    row!("F7", "all endpoints down at the start", endpoints::down_at_start),
    row!("F8", "statuses, pages and halves of answers", endpoints::statuses),
    row!("F9", "the answer to a broadcast is lost", endpoints::lost_answer),
    row!("F10", "the head of an endpoint stands still", endpoints::frozen),
    row!(
        "F10b",
        "all heads stand still while ours is mined",
        endpoints::all_frozen
    ),
    row!("F11", "an endpoint is on another fork", endpoints::forked),
    row!("F12", "an endpoint has no receipts", endpoints::no_receipts),
    row!("F13", "refusals in the words of every node", endpoints::dialects),
    row!(
        "F14",
        "a reorg drops our transaction",
        reorgs::deep,
        reorgs::dropped
    ),
    row!(
        "F15",
        "a reorg moves our transaction",
        reorgs::deep,
        reorgs::moved
    ),
    row!(
        "F16",
        "a reorg inverts our transaction",
        reorgs::deep,
        reorgs::inverted
    ),
    row!("F14b", "a reorg goes behind what was final", reorgs::beyond_final),
    row!(
        "F17",
        "a reorg takes a deposit away",
        reorgs::deep,
        reorgs::lost_deposit
    ),
    row!("F18", "the node loses its chain", reorgs::lost_chain),
    row!("F36", "the clock of L1 is ahead", reorgs::ahead),
    row!("F19", "the base fee jumps and falls", transactions::spike),
    row!(
        "F20",
        "replacements are judged as geth does",
        small_tips,
        transactions::geth_rules
    ),
    row!(
        "F21",
        "our transaction is dropped from the pool",
        transactions::pool_drop
    ),
    row!("F22", "our key is used elsewhere", transactions::foreign_nonce),
    row!("F23", "our nonce is ahead", transactions::nonce_ahead),
    row!(
        "F24",
        "the wallet is empty, then funded",
        transactions::empty_wallet
    ),
    row!("F25", "a competitor settles first", transactions::competitor),
    row!("F26", "settlement is stopped, then goes on", operators::stopped),
    row!(
        "F27",
        "a poison certificate among sixteen",
        ordering::sixteen,
        ordering::poison
    ),
    row!("F28", "chain, diamond, cycle; missing and late", ordering::shapes),
    row!("F29", "prover slow, failing, wrong, falling", proving::faults),
    row!("F30", "the service that signs is ill", signing::ill),
    row!("F31", "the disk is full", storage::disk_full),
    row!("F32", "the journal's file is damaged", storage::damaged),
    row!("F32b", "single rows of the journal are damaged", damage::rows),
    row!("F33", "an old backup is restored", storage::old_backup),
    row!(
        "F34",
        "a second instance on one journal",
        storage::second_instance
    ),
    row!(
        "F35",
        "the journal of another deployment",
        storage::other_deployment
    ),
    row!(
        "F37",
        "duplicates, conflicts, rubbish and a flood",
        intake::limited,
        intake::flood
    ),
    row!(
        "F38",
        "claims are paid for on L1 and two networks",
        claims::two,
        claims::paid
    ),
    row!(
        "F38b",
        "somebody else claims before ours is mined",
        claims::two,
        claims::overtaken
    ),
    row!(
        "F38c",
        "the wallet of one destination is empty, then funded",
        claims::two,
        claims::unfunded
    ),
    row!(
        "F38d",
        "one destination is down, then back",
        claims::two,
        claims::down
    ),
    row!(
        "F38e",
        "a message reverts, and what the terms leave out",
        claims::messages,
        claims::refused
    ),
    row!(
        "F38f",
        "killed while a claim is under way",
        claims::two,
        claims::killed
    ),
    row!(
        "F39",
        "more certificates than L1 has gas for",
        ordering::little_gas,
        ordering::parted
    ),
    row!("F40", "paused and resumed", operators::paused),
    row!(
        "F41",
        "a network that only proves",
        own_proofs::proving,
        own_proofs::proven
    ),
];

/// One certificate of each network, each to the next.
fn one_each(kit: &mut Kit) -> Result<Vec<Made>> {
    let networks = kit.networks();
    let mut made = Vec::new();
    for (place, &network) in networks.iter().enumerate() {
        let to = networks[(place + 1) % networks.len()];
        made.push(kit.maker().make(network, &Draft::to(to, 1 + place as u64))?);
    }
    Ok(made)
}

/// One certificate of one network.
fn one(kit: &mut Kit) -> Result<Made> {
    let networks = kit.networks();
    kit.maker().make(networks[0], &Draft::to(networks[1], 1))
}

/// Hands in one certificate and waits until it is final.
async fn settle_one(kit: &mut Kit) -> Result<()> {
    let made = one(kit)?;
    kit.submit(&made).await?;
    kit.until_final(LIMIT).await
}

/// Hands in one certificate and waits until its settlement is broadcast, of which no block is made.
async fn broadcast_one(kit: &mut Kit) -> Result<Made> {
    kit.mine_while_waiting(false);
    let (made, before) = (one(kit)?, kit.sent().len());
    kit.submit(&made).await?;
    kit.until("a settlement is broadcast", LIMIT, async |kit: &Kit| {
        Ok(kit.sent().len() > before)
    })
    .await?;
    Ok(made)
}

/// Every transaction that was broadcast, each once.
fn broadcast(kit: &Kit) -> Result<Vec<Sent>> {
    let mut all: Vec<Sent> = Vec::new();
    for raw in kit.sent() {
        let sent = Sent::read(&raw)?;
        if all.iter().all(|known| known.hash != sent.hash) {
            all.push(sent);
        }
    }
    Ok(all)
}

/// No piece of work was proven twice.
fn proven_once(kit: &Kit) -> Result<()> {
    for (work, begun, proven) in kit.proofs("")? {
        ensure!(
            proven <= 1,
            "{work} was begun {begun} times and proven {proven} times"
        );
    }
    Ok(())
}
