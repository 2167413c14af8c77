//! The chain's state and its one transition function, natively.

use causeway_aggregation::{F, ProveError};
use plonky2::hash::hash_types::HashOut;

use super::tree::{AccountTree, Path};
use super::{AMOUNT_BITS, Batch, DEPTH, PaymentsInputs, Slot};

/// Why a state or batch is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentsError {
    /// A batch has too many operations.
    #[error("{got} operations, a batch has room for {max}")]
    TooManyOperations {
        /// Operations given.
        got: usize,
        /// Operations a batch has room for.
        max: usize,
    },
    /// An account index is beyond the tree.
    #[error("account {index} does not exist, the tree has {accounts}")]
    NoSuchAccount {
        /// The index.
        index: u32,
        /// Accounts in the tree.
        accounts: u32,
    },
    /// An amount or balance takes too many bits.
    #[error("{amount} takes more than {AMOUNT_BITS} bits")]
    AmountTooLarge {
        /// The amount.
        amount: u64,
    },
    /// An account would go below zero.
    #[error("operation {operation}: account {from} holds {balance}, less than {amount}")]
    Overspend {
        /// Index of the operation in its batch.
        operation: usize,
        /// The paying account.
        from: u32,
        /// What it holds.
        balance: u64,
        /// What it would pay.
        amount: u64,
    },
    /// An account would hold more than fits.
    #[error(
        "operation {operation}: account {to} would hold {balance} + {amount}, more than {AMOUNT_BITS} bits"
    )]
    ReceiverFull {
        /// Index of the operation in its batch.
        operation: usize,
        /// The receiving account.
        to: u32,
        /// What it holds.
        balance: u64,
        /// What it would receive.
        amount: u64,
    },
    /// An exit goes where it comes from.
    #[error("operation {operation}: an exit to the network itself, {network}")]
    ExitToSameNetwork {
        /// Index of the operation in its batch.
        operation: usize,
        /// The network.
        network: u32,
    },
    /// The witness of a batch was not proven.
    #[error("the batch: {0}")]
    Prover(#[from] ProveError),
}

/// Balances of one network's accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentsState {
    network: u32,
    accounts: AccountTree,
}

/// What a batch does to a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state after the batch.
    pub state: PaymentsState,
    /// What a proof of it says.
    pub inputs: PaymentsInputs,
    /// What the circuit opens, slot by slot.
    pub(super) steps: Vec<Step>,
}

/// Openings of one slot: the payer before it, the receiver after the payer was debited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) slot: Slot,
    pub(super) payer_balance: u64,
    pub(super) payer_path: Path,
    pub(super) receiver_balance: u64,
    pub(super) receiver_path: Path,
}

impl PaymentsState {
    /// A network with these balances in its first accounts.
    ///
    /// # Errors
    /// [`PaymentsError::NoSuchAccount`] or [`PaymentsError::AmountTooLarge`].
    pub fn new(network: u32, balances: &[u64]) -> Result<Self, PaymentsError> {
        let mut accounts = AccountTree::new();
        for (index, &amount) in balances.iter().enumerate() {
            let index = check_account(u32::try_from(index).unwrap_or(u32::MAX))?;
            check_amount(amount)?;
            accounts.set(index, amount);
        }
        Ok(Self { network, accounts })
    }

    /// The network.
    pub const fn network(&self) -> u32 {
        self.network
    }

    /// The account tree, for tests that open it.
    #[cfg(test)]
    pub(super) const fn accounts(&self) -> &AccountTree {
        &self.accounts
    }

    /// Root of the account tree.
    pub fn root(&self) -> HashOut<F> {
        self.accounts.root()
    }

    /// Balance of an account; zero for one never used.
    pub fn balance(&self, index: u32) -> u64 {
        self.accounts.balance(index)
    }

    /// Sum of all balances.
    pub fn total(&self) -> u128 {
        self.accounts.balances().values().copied().map(u128::from).sum()
    }

    /// Applies a batch, all of it or none.
    ///
    /// # Errors
    /// A [`PaymentsError`] that names the operation.
    pub fn apply(&self, batch: &Batch) -> Result<Transition, PaymentsError> {
        let mut accounts = self.accounts.clone();
        let mut steps = Vec::new();
        let mut exited = 0;
        for (operation, slot) in batch.slots().into_iter().enumerate() {
            let (from, to, amount) = (check_account(slot.from)?, check_account(slot.to)?, slot.amount);
            check_amount(amount)?;
            if slot.exit && slot.destination == self.network {
                return Err(PaymentsError::ExitToSameNetwork {
                    operation,
                    network: self.network,
                });
            }
            let (payer_balance, payer_path) = (accounts.balance(from), accounts.path(from));
            let rest = payer_balance
                .checked_sub(amount)
                .ok_or(PaymentsError::Overspend {
                    operation,
                    from,
                    balance: payer_balance,
                    amount,
                })?;
            accounts.set(from, rest);
            let (receiver_balance, receiver_path) = (accounts.balance(to), accounts.path(to));
            let received = if slot.transfer { amount } else { 0 };
            let balance = receiver_balance + received;
            if balance >> AMOUNT_BITS != 0 {
                return Err(PaymentsError::ReceiverFull {
                    operation,
                    to,
                    balance: receiver_balance,
                    amount,
                });
            }
            accounts.set(to, balance);
            exited += amount - received;
            steps.push(Step {
                slot,
                payer_balance,
                payer_path,
                receiver_balance,
                receiver_path,
            });
        }
        let state = Self {
            network: self.network,
            accounts,
        };
        let inputs = PaymentsInputs {
            network: self.network,
            old_root: self.root(),
            new_root: state.root(),
            batch: batch.digest(self.network),
            exited,
        };
        Ok(Transition { state, inputs, steps })
    }
}

fn check_account(index: u32) -> Result<u32, PaymentsError> {
    let accounts = 1 << DEPTH;
    if index < accounts {
        Ok(index)
    } else {
        Err(PaymentsError::NoSuchAccount { index, accounts })
    }
}

fn check_amount(amount: u64) -> Result<(), PaymentsError> {
    if amount >> AMOUNT_BITS == 0 {
        Ok(())
    } else {
        Err(PaymentsError::AmountTooLarge { amount })
    }
}
