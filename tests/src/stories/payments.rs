//! A network whose certificates are proven.

use alloy_primitives::{Address, U256};
use anyhow::{Result, ensure};
use causeway_aggregation::ShapedProof;
use causeway_ledger::TransitionInputs;
use causeway_programs::payments::Advance;
use causeway_programs::{
    Batch, Operation, PaymentsCertifier, PaymentsGenesis, PaymentsNetwork, PaymentsState,
};
use causeway_types::{Authority, Certificate, Expiry, GoldilocksDigest, NetworkId, TokenId};

use super::refusals::holds;
use super::{Prover, of};
use crate::world::{A, L1, Party, World, signer};

/// A payments chain.
#[derive(Debug)]
pub struct Payments {
    certifier: PaymentsCertifier,
    network: PaymentsNetwork,
    token: TokenId,
}

impl Payments {
    /// Builds the chain's circuits and lets it join the world. Nobody signs for it.
    ///
    /// # Errors
    /// Whatever goes wrong with circuits or settlement.
    pub fn join(world: &mut World) -> Result<Self> {
        Self::join_as(world, |_, key| Ok(Authority::validity(key)?))
    }

    /// The same where its sequencer signs beside the proof.
    ///
    /// # Errors
    /// Whatever goes wrong with circuits or settlement.
    pub fn join_signed(world: &mut World) -> Result<Self> {
        Self::join_as(world, |id, key| Ok(Authority::both(signer(id), key)?))
    }

    fn join_as(
        world: &mut World,
        authority: impl Fn(NetworkId, GoldilocksDigest) -> Result<Authority>,
    ) -> Result<Self> {
        // Its number is in its accounts, which are in its key.
        let id = world.next_network();
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
        let joined = world.join(authority(id, certifier.authority_key())?)?;
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

    /// Its token.
    pub const fn token(&self) -> TokenId {
        self.token
    }

    /// Digest of the key under which its certificates are proven.
    pub fn key(&self) -> GoldilocksDigest {
        self.certifier.authority_key()
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

    /// The certificate of a batch, as the chain authorises it where nobody signs.
    pub fn certificate(&self, advance: &Advance) -> Certificate {
        advance.certificate(self.certifier.authorisation())
    }

    /// The normalised proof of a batch's certificate.
    ///
    /// # Errors
    /// If the batch is not the chain's.
    pub fn prove(&self, advance: &Advance) -> Result<ShapedProof> {
        Ok(self.certifier.normalised(&self.certifier.prove(advance)?)?)
    }

    /// What a prover asks for the chain's own proof.
    pub fn own<'a>(
        &'a self,
        advance: &'a Advance,
    ) -> impl FnMut(NetworkId, &TransitionInputs) -> Result<Option<ShapedProof>> + 'a {
        |network, _| {
            (network == self.network())
                .then(|| self.prove(advance))
                .transpose()
        }
    }

    /// Goes on from a batch that settled.
    pub fn follow(&mut self, advance: Advance) {
        self.network.follow(advance);
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
    prover: &mut dyn Prover,
) -> Result<()> {
    let network = payments.network();
    let cat = world.token("CAT");
    world.bridge_asset((A, Party::Bob), (L1, Party::Alice), cat, U256::from(5), false)?;
    let advance = payments.withdraw(world.address(Party::Bob), 7)?;
    let of_payments = payments.certificate(&advance);
    let withdrawn = world.exported(network, &of_payments.exits)?;
    prover.tell(
        "A payments chain pays 7 of its tokens out to Bob on Ethereum, with a proof that its batch is right; A signs, as always.",
    );
    let certificates = [of(world, A)?, of_payments];
    let epoch = world.judge(&certificates);
    let proof = prover.prove(world, &epoch, &mut payments.own(&advance))?;
    let settled = world.record(&[A, network], &epoch, &proof)?;
    ensure!(settled.networks == [A, network], "{:?}", settled.left_out);
    payments.follow(advance);
    world.claim(withdrawn)?;
    holds(world, L1, payments.token(), Party::Bob, 7)?;
    prover.tell("One proof settled both, and Bob has his 7 on Ethereum.");
    Ok(())
}
