//! The payments chain as a network of the bridge: its batches as certificates.

use alloy_primitives::{Address, B256, U256};
use causeway_aggregation::domain::Domain;
use causeway_aggregation::{F, NormalizeError, ProveError};
use causeway_ledger::{LedgerError, State, apply, draft};
use causeway_types::{
    Authorisation, Certificate, EMPTY_METADATA_HASH, Exit, Expiry, GoldilocksDigest, LeafType, NetworkId,
    SettlementDomain, StateRoot, TokenId, TypesError,
};
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::HashOut;

use super::{Batch, Operation, PaymentsError, PaymentsState, Transition};

/// Tag of a state root.
pub(super) const STATE: Domain = Domain::new("pay.sta");

/// Why a batch is not made a certificate, or not proven.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CertifyError {
    /// The chain refuses the batch.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// Settlement would refuse the certificate.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The certificate is not proven: it is of a chain with another genesis.
    #[error("the certificate: {0}")]
    Prover(#[from] ProveError),
    /// Its proof is not normalised.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// The key is none that a registry takes.
    #[error(transparent)]
    Authority(#[from] TypesError),
}

/// What a chain begins with. It is in the key of its certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentsGenesis {
    /// Address of the chain's one token, which the chain itself issues. Zero is no address of a token: with it nothing leaves.
    pub token: Address,
    /// Root of the account tree.
    pub accounts: HashOut<F>,
}

/// The chain's own state root as settlement knows it: the accounts, and how many exits were made.
///
/// A certificate says how many exits there are after it and not how many there were before. Without their number here, a prover
/// could let others stand between those that are settled and those of his batch.
pub fn state_root(accounts: HashOut<F>, exits: u32) -> StateRoot {
    let message = [&accounts.elements[..], &[F::from_canonical_u32(exits)]].concat();
    let elements = STATE.hash(&message).elements;
    let digest = GoldilocksDigest::reduced(elements.map(|element| element.to_canonical_u64()));
    StateRoot::new(B256::from(digest))
}

/// A payments chain and what is settled of it.
#[derive(Clone, Debug)]
pub struct PaymentsNetwork {
    token: Address,
    accounts: PaymentsState,
    settled: State,
}

/// The next certificate of a chain, with what its proof opens.
#[derive(Clone, Debug)]
pub struct Advance {
    /// What the batch does to the accounts.
    pub payments: Transition,
    /// What the certificate does to settlement's state.
    pub settlement: causeway_ledger::Transition,
    pub(super) batch: Batch,
}

impl PaymentsNetwork {
    /// A chain that has done nothing, of a deployment. The network is that of the accounts.
    ///
    /// # Errors
    /// [`CertifyError::Ledger`] for network 0.
    pub fn new(
        domain: SettlementDomain,
        token: Address,
        accounts: PaymentsState,
    ) -> Result<Self, CertifyError> {
        let settled = State::new(domain, NetworkId::new(accounts.network()))?;
        Ok(Self {
            token,
            accounts,
            settled,
        })
    }

    /// The accounts.
    pub const fn accounts(&self) -> &PaymentsState {
        &self.accounts
    }

    /// What is settled.
    pub const fn settled(&self) -> &State {
        &self.settled
    }

    /// The certificate of a batch, which everybody can compute. It says nothing of imports and contingencies.
    ///
    /// # Errors
    /// [`CertifyError::Payments`] if the chain refuses the batch, [`CertifyError::Ledger`] if settlement would.
    pub fn advance(&self, batch: &Batch, expiry: Expiry) -> Result<Advance, CertifyError> {
        let payments = self.accounts.apply(batch)?;
        let exits: Vec<Exit> = batch
            .operations()
            .iter()
            .filter_map(|operation| self.exit(operation))
            .collect();
        let mut certificate = draft(&self.settled, exits, Vec::new())?;
        // Never more than a certificate can say: drafting it has counted.
        let made = u32::try_from(certificate.exits.len()).map_err(|_| LedgerError::TreeFull)?;
        let exits = self.settled.exits().count().checked_add(made);
        let exits = exits.ok_or(LedgerError::TreeFull)?;
        certificate.state_root = Some(state_root(payments.inputs.new_root, exits));
        certificate.expiry = expiry;
        Ok(Advance {
            payments,
            settlement: apply(&self.settled, &certificate)?,
            batch: batch.clone(),
        })
    }

    /// Goes on from a certificate that settled.
    pub fn follow(&mut self, advance: Advance) {
        self.accounts = advance.payments.state;
        self.settled = advance.settlement.after().clone();
    }

    /// An operation as a leaf of the network's exit tree.
    fn exit(&self, operation: &Operation) -> Option<Exit> {
        match *operation {
            Operation::Transfer { .. } => None,
            Operation::Exit {
                network,
                recipient,
                amount,
                ..
            } => Some(Exit {
                leaf_type: LeafType::Transfer,
                token: TokenId {
                    network: self.settled.network(),
                    address: self.token,
                },
                destination_network: NetworkId::new(network),
                destination_address: Address::from(recipient),
                amount: U256::from(amount),
                metadata_hash: EMPTY_METADATA_HASH,
            }),
        }
    }
}

impl Advance {
    /// The certificate with whatever authorises it. Its digest does not depend on that.
    pub fn certificate(&self, authorisation: Authorisation) -> Certificate {
        Certificate {
            authority: Some(authorisation),
            ..self.settlement.certificate().clone()
        }
    }
}
