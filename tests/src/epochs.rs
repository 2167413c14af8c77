//! Stories of epochs: what people do on their networks, what settles, and who holds what before and after.

use alloy_primitives::{Address, Bytes, U256};
use anyhow::{Context, Result, ensure};
use causeway_aggregation::ShapedProof;
use causeway_ledger::{Because, Dependency};
use causeway_programs::payments::Advance;
use causeway_programs::{
    Batch, Operation, PaymentsCertifier, PaymentsGenesis, PaymentsNetwork, PaymentsState,
};
use causeway_types::{Certificate, Contingency, Expiry, NetworkId, TokenId};

use crate::world::{A, B, Epoch, L1, Party, Settled, World};

/// Proves an epoch, or does as if.
pub type Prove<'a> = dyn FnMut(&World, &Epoch) -> Result<Bytes> + 'a;

/// Proves an epoch in which a payments chain proves its own certificate, or does as if.
pub type ProveBeside<'a> = dyn FnMut(&World, &Epoch, &Payments, &Advance) -> Result<Bytes> + 'a;

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

/// A network that nobody signs for: a payments chain whose certificates are proven.
#[derive(Debug)]
pub struct Payments {
    certifier: PaymentsCertifier,
    network: PaymentsNetwork,
    token: TokenId,
}

impl Payments {
    /// Builds the chain's circuits and lets it join the world.
    ///
    /// # Errors
    /// Whatever goes wrong with circuits or settlement.
    pub fn join(world: &mut World) -> Result<Self> {
        // Its number is in its accounts, which are in its key: it is the next one.
        let id = NetworkId::new(world.networks().count() as u32);
        let token = TokenId {
            network: id,
            address: Address::repeat_byte(0xc0),
        };
        let accounts = PaymentsState::new(id.get(), &[100, 0, 0])?;
        let genesis = PaymentsGenesis {
            token: token.address,
            accounts: accounts.root(),
        };
        let certifier = PaymentsCertifier::build(&genesis)?;
        let joined = world.join(certifier.authority()?)?;
        ensure!(joined == id, "it is network {}", joined.get());
        let network = PaymentsNetwork::new(*world.domain(), token.address, accounts)?;
        Ok(Self {
            certifier,
            network,
            token,
        })
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.token.network
    }

    /// A batch of the chain: a payment, and a withdrawal to an address on Ethereum.
    ///
    /// # Errors
    /// If the chain refuses it.
    pub fn withdraw(&self, recipient: Address, amount: u64) -> Result<Advance> {
        let batch = Batch::new(vec![
            Operation::Transfer {
                from: 0,
                to: 2,
                amount: 2 * amount,
            },
            Operation::Exit {
                from: 2,
                network: L1.get(),
                recipient: recipient.into_array(),
                amount,
            },
        ])?;
        Ok(self.network.advance(&batch, Expiry::NEVER)?)
    }

    /// The normalised proof of a batch's certificate.
    ///
    /// # Errors
    /// If the batch is not the chain's.
    pub fn prove(&self, advance: &Advance) -> Result<ShapedProof> {
        Ok(self.certifier.normalised(&self.certifier.prove(advance)?)?)
    }
}

/// A network that proves its certificates beside one that signs them: one epoch settles both, and Ethereum pays out the first one's
/// token.
///
/// # Errors
/// Whatever goes wrong, and whoever does not hold what he should.
pub fn validity_beside_signer(
    world: &mut World,
    payments: &mut Payments,
    prove: &mut ProveBeside<'_>,
    tell: &mut Tell<'_>,
) -> Result<()> {
    let network = payments.token.network;
    world.bridge_asset(
        (A, Party::Bob),
        (L1, Party::Alice),
        world.token("CAT"),
        U256::from(5),
        false,
    )?;
    let advance = payments.withdraw(world.address(Party::Bob), 7)?;
    let of_payments = advance.certificate(payments.certifier.authorisation());
    let withdrawn = world.exported(network, &of_payments.exits)?;
    let mut certificates = world.certificates(&[A])?;
    certificates.push(of_payments);
    tell(
        "A payments chain pays 7 of its tokens out to Bob on Ethereum, with a proof that its batch is right; A signs, as always.",
    );
    let epoch = world.judge(&certificates);
    let proof = prove(world, &epoch, payments, &advance)?;
    let settled = world.record(&[A, network], &epoch, &proof)?;
    ensure!(settled.networks == [A, network], "{:?}", settled.left_out);
    payments.network.follow(advance);
    world.claim(withdrawn)?;
    let held = world.balance(L1, payments.token, Party::Bob)?;
    ensure!(held == U256::from(7), "Bob has {held}");
    tell("One proof settled both, and Bob has his 7 on Ethereum.");
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
