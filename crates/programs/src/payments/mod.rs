//! A payments chain: accounts in a Poseidon tree, batches of transfers and exits that conserve the sum.
//!
//! A proof says: from `old_root`, this batch of operations in this order leads to `new_root`; no balance went below
//! zero; the sum of all balances fell by exactly `exited`; no exit goes to the chain itself. Who may spend is the chain's own rule, applied by its
//! sequencer before it makes a batch, and not part of the statement.

pub mod certificate;
mod circuit;
pub mod network;
mod operation;
mod state;
#[cfg(test)]
mod tests;
mod tree;

use causeway_aggregation::F;
use causeway_aggregation::domain::Domain;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::HashOut;

pub use certificate::PaymentsCertifier;
pub use circuit::PaymentsProgram;
pub use network::{Advance, CertifyError, PaymentsGenesis, PaymentsNetwork, state_root};
pub use state::{PaymentsError, PaymentsState, Transition};

/// Levels of the account tree.
pub const DEPTH: usize = 20;
/// Operations in a batch; fewer leave slots unused.
pub const BATCH_SIZE: usize = 4;
/// Bits of balances and amounts: sums of a whole batch stay far below p.
pub const AMOUNT_BITS: usize = 60;

/// Tag of the chain over a batch's operations.
const BATCH: Domain = Domain::new("pay.bat");

/// One operation of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Moves an amount from one account to another, or to itself.
    Transfer {
        /// Index of the paying account.
        from: u32,
        /// Index of the receiving account.
        to: u32,
        /// The amount.
        amount: u64,
    },
    /// Takes an amount out of the chain.
    Exit {
        /// Index of the paying account.
        from: u32,
        /// The network where it goes.
        network: u32,
        /// The receiver there, an Ethereum address.
        recipient: [u8; 20],
        /// The amount.
        amount: u64,
    },
}

/// At most [`BATCH_SIZE`] operations, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch(Vec<Operation>);

impl Batch {
    /// Makes a batch.
    ///
    /// # Errors
    /// [`PaymentsError::TooManyOperations`].
    pub fn new(operations: Vec<Operation>) -> Result<Self, PaymentsError> {
        if operations.len() > BATCH_SIZE {
            return Err(PaymentsError::TooManyOperations {
                got: operations.len(),
                max: BATCH_SIZE,
            });
        }
        Ok(Self(operations))
    }

    /// The operations.
    pub fn operations(&self) -> &[Operation] {
        &self.0
    }

    /// All slots, used and unused.
    fn slots(&self) -> [Slot; BATCH_SIZE] {
        std::array::from_fn(|i| self.0.get(i).map_or_else(Slot::default, Slot::of))
    }

    /// Digest of the network and the operations in order: a hash chain over all slots.
    pub fn digest(&self, network: u32) -> HashOut<F> {
        let head = BATCH.hash(&[F::from_canonical_u32(network)]);
        self.slots().iter().fold(head, |digest, slot| {
            BATCH.hash(&[&digest.elements[..], &slot.fields()].concat())
        })
    }
}

/// An operation as the circuit reads it; an unused slot is all zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slot {
    transfer: bool,
    exit: bool,
    from: u32,
    to: u32,
    amount: u64,
    /// Where an exit goes.
    destination: u32,
    /// Big-endian words of the recipient.
    recipient: [u32; 5],
}

impl Slot {
    fn of(operation: &Operation) -> Self {
        match *operation {
            Operation::Transfer { from, to, amount } => Self {
                transfer: true,
                from,
                to,
                amount,
                ..Self::default()
            },
            Operation::Exit {
                from,
                network,
                recipient,
                amount,
            } => {
                let mut words = recipient
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|word| u32::from_be_bytes(*word));
                let recipient = std::array::from_fn(|_| words.next().unwrap_or(0));
                Self {
                    exit: true,
                    from,
                    amount,
                    destination: network,
                    recipient,
                    ..Self::default()
                }
            }
        }
    }

    /// What the batch digest covers: transfer, exit, from, to, amount, destination, recipient.
    fn fields(&self) -> Vec<F> {
        let mut fields = vec![
            F::from_bool(self.transfer),
            F::from_bool(self.exit),
            F::from_canonical_u32(self.from),
            F::from_canonical_u32(self.to),
            F::from_canonical_u64(self.amount),
            F::from_canonical_u32(self.destination),
        ];
        fields.extend(self.recipient.map(F::from_canonical_u32));
        fields
    }
}

/// Public inputs of a payments proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentsInputs {
    /// The network.
    pub network: u32,
    /// Root of the account tree before the batch.
    pub old_root: HashOut<F>,
    /// And after it.
    pub new_root: HashOut<F>,
    /// Digest of network and operations, see [`Batch::digest`].
    pub batch: HashOut<F>,
    /// Sum of all exits.
    pub exited: u64,
}

impl PaymentsInputs {
    /// Number of public inputs.
    pub const LEN: usize = 14;

    /// The field elements, in the circuit's order.
    pub fn to_vec(&self) -> Vec<F> {
        let mut inputs = vec![F::from_canonical_u32(self.network)];
        for hash in [self.old_root, self.new_root, self.batch] {
            inputs.extend(hash.elements);
        }
        inputs.push(F::from_canonical_u64(self.exited));
        inputs
    }

    /// Reads them back; `None` unless there are [`Self::LEN`] and the network is a number of 32 bits.
    pub fn from_slice(inputs: &[F]) -> Option<Self> {
        let inputs: &[F; Self::LEN] = inputs.try_into().ok()?;
        let hash = |at: usize| HashOut {
            elements: [inputs[at], inputs[at + 1], inputs[at + 2], inputs[at + 3]],
        };
        Some(Self {
            network: u32::try_from(inputs[0].to_canonical_u64()).ok()?,
            old_root: hash(1),
            new_root: hash(5),
            batch: hash(9),
            exited: inputs[13].to_canonical_u64(),
        })
    }
}
