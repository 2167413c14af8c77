//! Stories of epochs: what people do on their networks, what settles, and who holds what before and after; and what somebody tries
//! who should not, and who refuses it, by name.
//!
//! Each is written once and told with whatever proves: `cargo test` tells all with the [`Mock`], `make e2e` with circuits.

mod deposits;
mod hostile;
mod imports;
mod keys;
mod payments;
mod refusals;
mod takeover;
mod together;
mod withdrawn;

use alloy_primitives::Bytes;
use anyhow::{Context, Result};
use causeway_types::{Certificate, Contingency, NetworkId, TokenId};

pub use deposits::deposits;
pub use hostile::hostile;
pub use imports::imports;
pub use keys::{outsider, rotation};
pub use payments::{Payments, validity_beside_signer};
pub use takeover::takeover;
pub use together::{burn_and_mint, chain, changed, contingent, withheld};
pub use withdrawn::withdrawn;

use crate::settler::OwnProof;
use crate::world::{A, B, Epoch, L1, Party, Settled, Verifier, World};

/// Who proves the epochs of a story, and hears what happens.
pub trait Prover {
    /// What checks the proofs.
    fn verifier(&self) -> Verifier;

    /// Proves an epoch; `own` has the proofs of networks that prove their certificates themselves.
    ///
    /// # Errors
    /// Whatever goes wrong.
    fn prove(&mut self, world: &World, epoch: &Epoch, own: &mut OwnProof<'_>) -> Result<Bytes>;

    /// Gives way to another who has proven nothing and has nothing on his disk.
    ///
    /// # Errors
    /// If he has no room for it.
    fn give_way(&mut self) -> Result<()>;

    /// Hears a line of the story.
    fn tell(&mut self, _line: &str) {}
}

/// The mock's proofs, which are the statements themselves.
#[derive(Clone, Copy, Debug)]
pub struct Mock;

impl Prover for Mock {
    fn verifier(&self) -> Verifier {
        Verifier::Mock
    }

    fn prove(&mut self, world: &World, epoch: &Epoch, _: &mut OwnProof<'_>) -> Result<Bytes> {
        Ok(world.deployed().mock_proof(&epoch.public_values()))
    }

    fn give_way(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A story: where it happens, and who proves.
pub type Story = fn(&mut World, &mut dyn Prover) -> Result<()>;

/// All stories, by their names. Each begins in a world of its own in which nothing has happened and everybody signs.
pub const STORIES: [(&str, Story); 13] = [
    ("burn-and-mint", burn_and_mint),
    ("contingent", contingent),
    ("withheld", withheld),
    ("chain", chain),
    ("changed", changed),
    ("validity", validity),
    ("deposits", deposits),
    ("imports", imports),
    ("withdrawn", withdrawn),
    ("hostile", hostile),
    ("outsider", outsider),
    ("rotation", rotation),
    ("takeover", takeover),
];

/// [`validity_beside_signer`], of a chain that has yet to join.
///
/// # Errors
/// Whatever goes wrong, and whoever does not hold what he should.
pub fn validity(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let mut payments = Payments::join(world)?;
    validity_beside_signer(world, &mut payments, prover)
}

/// Judges certificates and settles what the ledger admits.
///
/// # Errors
/// Whatever goes wrong on the way.
pub fn settle(
    world: &mut World,
    networks: &[NetworkId],
    certificates: &[Certificate],
    prover: &mut dyn Prover,
) -> Result<Settled> {
    let epoch = world.judge(certificates);
    let proof = prover.prove(world, &epoch, &mut nobodys)?;
    Ok(world.record(networks, &epoch, &proof)?)
}

/// Of networks that only sign.
fn nobodys(
    _: NetworkId,
    _: &causeway_ledger::TransitionInputs,
) -> Result<Option<causeway_aggregation::ShapedProof>> {
    Ok(None)
}

/// A contingency on a certificate.
fn on(certificate: &Certificate) -> Result<Contingency> {
    Ok(Contingency {
        network: certificate.network,
        height: certificate.height,
        state_root: certificate.state_root.context("it has a state root")?,
    })
}

/// The certificates of A and B, in this order.
fn of_a_and_b(world: &mut World) -> Result<[Certificate; 2]> {
    let certificates = world.certificates(&[A, B])?;
    let pair = <[Certificate; 2]>::try_from(certificates);
    pair.ok().context("two networks have two certificates")
}

/// The certificate of a network.
fn of(world: &mut World, network: NetworkId) -> Result<Certificate> {
    let mut certificates = world.certificates(&[network])?;
    certificates.pop().context("a network has a certificate")
}

/// A certificate as its network authorises it.
fn authorised(world: &World, mut certificate: Certificate) -> Certificate {
    world.authorise(&mut certificate);
    certificate
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
