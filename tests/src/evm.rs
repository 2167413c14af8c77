//! A small chain in memory: one transaction a block, no fees, the EVM version of foundry.toml.

use std::convert::Infallible;

use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U256, address};
use alloy_sol_types::{SolCall, SolError};
use revm::{
    Context, ExecuteCommitEvm, ExecuteEvm, MainBuilder, MainContext, MainnetEvm,
    context::{BlockEnv, CfgEnv, Journal, TxEnv, transaction::TransactionType},
    context_interface::result::{EVMError, ExecutionResult, HaltReason, Output},
    database::{AccountState, InMemoryDB},
    precompile::Precompiles,
    primitives::hardfork::SpecId,
};

use crate::gas::TxGas;

/// Who sends a transaction unless told otherwise.
pub const SENDER: Address = address!("0x00000000000000000000000000000000000a11ce");

/// The chain id that local development chains use.
pub const LOCAL_CHAIN_ID: u64 = 31337;

/// Gas limit of a transaction. It bounds what a malformed point can burn.
const GAS_LIMIT: u64 = 16_000_000;

type LocalContext = Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB, Journal<InMemoryDB>, ()>;

/// Why a transaction did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum EvmError {
    /// The contract refused. [`Self::reverted_with`] decodes the output.
    #[error("reverted with {output}")]
    Reverted {
        /// The selector of the contract's error and its values.
        output: Bytes,
        /// Gas used.
        gas: TxGas,
    },
    /// Execution stopped for a reason of the EVM's own.
    #[error("halted: {reason:?}")]
    Halted {
        /// The reason.
        reason: HaltReason,
        /// Gas used.
        gas: TxGas,
    },
    /// The chain did not take the transaction.
    #[error("transaction refused: {0}")]
    Refused(#[from] EVMError<Infallible>),
    /// The answer is not what the function returns.
    #[error("unexpected output: {0}")]
    Output(#[from] alloy_sol_types::Error),
    /// The transaction succeeded and created no contract.
    #[error("no contract was created")]
    NotCreated,
}

impl EvmError {
    /// The contract's error, if this is a revert with an error of type `E`.
    pub fn reverted_with<E: SolError>(&self) -> Option<E> {
        match self {
            Self::Reverted { output, .. } => E::abi_decode(output).ok(),
            _ => None,
        }
    }
}

/// What a transaction left behind.
#[derive(Clone, Debug)]
pub struct Receipt<T> {
    /// What it returned; the contract's address for a deployment.
    pub output: T,
    /// The gas it used.
    pub gas: TxGas,
    /// The events it emitted.
    pub logs: Vec<Log>,
}

/// A chain in memory.
#[derive(Debug)]
pub struct Evm {
    inner: MainnetEvm<LocalContext>,
}

impl Evm {
    /// An empty chain.
    pub fn new(chain_id: u64) -> Self {
        let inner = Context::mainnet()
            .with_db(InMemoryDB::default())
            .modify_cfg_chained(|cfg| {
                cfg.chain_id = chain_id;
                cfg.set_spec_and_mainnet_gas_params(SpecId::PRAGUE);
                // Nonces are the chain's business here: no two transactions are ever in flight.
                cfg.disable_nonce_check = true;
            })
            // There is a block before, whose hash contracts may ask for.
            .modify_block_chained(|block| block.number = U256::ONE)
            .build_mainnet();
        Self { inner }
    }

    /// The same chain with other precompiles, such as a chain may have that lacks some.
    #[must_use]
    pub fn with_precompiles(mut self, precompiles: &'static Precompiles) -> Self {
        self.inner.precompiles.precompiles = precompiles;
        self
    }

    /// Time of the next block in seconds.
    pub const fn timestamp(&self) -> U256 {
        self.inner.ctx.block.timestamp
    }

    /// Sets the time of the next block in seconds.
    pub const fn set_timestamp(&mut self, timestamp: U256) {
        self.inner.ctx.block.timestamp = timestamp;
    }

    /// What an account has of the chain's native token, in wei.
    pub fn balance(&self, address: Address) -> U256 {
        let accounts = &self.inner.ctx.journaled_state.database.cache.accounts;
        accounts
            .get(&address)
            .map_or(U256::ZERO, |account| account.info.balance)
    }

    /// Sets what an account has of the chain's native token, in wei.
    pub fn set_balance(&mut self, address: Address, balance: U256) {
        let database = &mut self.inner.ctx.journaled_state.database;
        let Ok(account) = database.load_account(address);
        account.info.balance = balance;
        if account.account_state == AccountState::NotExisting {
            account.account_state = AccountState::None;
        }
    }

    /// Bytes of code at an address, zero if there is none.
    pub fn code_size(&self, address: Address) -> usize {
        let cache = &self.inner.ctx.journaled_state.database.cache;
        let code_hash = cache.accounts.get(&address).map(|account| account.info.code_hash);
        let code = code_hash.and_then(|hash| cache.contracts.get(&hash));
        code.map_or(0, |code| code.original_byte_slice().len())
    }

    /// Creates a contract from its creation code and the ABI encoding of its constructor's arguments.
    pub fn deploy(&mut self, code: &[u8], arguments: &[u8]) -> Result<Receipt<Address>, EvmError> {
        self.deploy_from(SENDER, code, arguments)
    }

    /// The same from another account, whose first contract is at `creator.create(0)`.
    pub fn deploy_from(
        &mut self,
        creator: Address,
        code: &[u8],
        arguments: &[u8],
    ) -> Result<Receipt<Address>, EvmError> {
        let receipt = self.transact(
            creator,
            TxKind::Create,
            U256::ZERO,
            [code, arguments].concat().into(),
        )?;
        match receipt.output {
            Output::Create(_, Some(address)) => Ok(Receipt {
                output: address,
                gas: receipt.gas,
                logs: receipt.logs,
            }),
            _ => Err(EvmError::NotCreated),
        }
    }

    /// Sends a call from [`SENDER`] in a transaction of its own.
    pub fn call<C: SolCall>(&mut self, to: Address, call: &C) -> Result<Receipt<C::Return>, EvmError> {
        self.call_from(SENDER, to, call)
    }

    /// Sends a call in a transaction of its own.
    pub fn call_from<C: SolCall>(
        &mut self,
        sender: Address,
        to: Address,
        call: &C,
    ) -> Result<Receipt<C::Return>, EvmError> {
        self.pay_from(sender, to, U256::ZERO, call)
    }

    /// Sends a call with some of the chain's native token, in wei, in a transaction of its own.
    pub fn pay_from<C: SolCall>(
        &mut self,
        sender: Address,
        to: Address,
        value: U256,
        call: &C,
    ) -> Result<Receipt<C::Return>, EvmError> {
        let receipt = self.transact(sender, TxKind::Call(to), value, call.abi_encode().into())?;
        let output = C::abi_decode_returns(receipt.output.data())?;
        Ok(Receipt {
            output,
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// Sends a call from [`SENDER`] in a transaction that carries blobs of these versioned hashes, at the least price a blob can have.
    pub fn call_with_blobs<C: SolCall>(
        &mut self,
        to: Address,
        call: &C,
        blob_hashes: Vec<B256>,
    ) -> Result<Receipt<C::Return>, EvmError> {
        let receipt = self.send(to, call.abi_encode().into(), blob_hashes)?;
        Ok(Receipt {
            output: C::abi_decode_returns(&receipt.output)?,
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// Sends calldata from [`SENDER`] as they are, in a transaction that carries blobs of these versioned hashes, if there are any, at
    /// the least price a blob can have.
    pub fn send(
        &mut self,
        to: Address,
        data: Bytes,
        blob_hashes: Vec<B256>,
    ) -> Result<Receipt<Bytes>, EvmError> {
        let mut tx = self.tx(SENDER, TxKind::Call(to), U256::ZERO, data.clone());
        if !blob_hashes.is_empty() {
            // One wei for each of a blob's bytes.
            self.set_balance(SENDER, U256::from(u64::MAX));
            tx.tx_type = TransactionType::Eip4844 as u8;
            tx.gas_priority_fee = Some(0);
            tx.blob_hashes = blob_hashes;
            tx.max_fee_per_blob_gas = u128::from(u32::MAX);
        }
        let result = self.inner.transact_commit(tx)?;
        self.inner.ctx.block.number += U256::ONE;
        let receipt = outcome(result, &data, false)?;
        Ok(Receipt {
            output: receipt.output.into_data(),
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// What a call would answer, without a transaction.
    pub fn view<C: SolCall>(&mut self, to: Address, call: &C) -> Result<C::Return, EvmError> {
        let data: Bytes = call.abi_encode().into();
        let tx = self.tx(SENDER, TxKind::Call(to), U256::ZERO, data.clone());
        let result = self.inner.transact(tx)?.result;
        let output = outcome(result, &data, false)?.output;
        Ok(C::abi_decode_returns(output.data())?)
    }

    fn transact(
        &mut self,
        caller: Address,
        kind: TxKind,
        value: U256,
        data: Bytes,
    ) -> Result<Receipt<Output>, EvmError> {
        let result = self
            .inner
            .transact_commit(self.tx(caller, kind, value, data.clone()))?;
        self.inner.ctx.block.number += U256::ONE;
        outcome(result, &data, kind.is_create())
    }

    fn tx(&self, caller: Address, kind: TxKind, value: U256, data: Bytes) -> TxEnv {
        TxEnv {
            caller,
            kind,
            value,
            data,
            gas_limit: GAS_LIMIT,
            chain_id: Some(self.inner.ctx.cfg.chain_id),
            ..TxEnv::default()
        }
    }
}

fn outcome(result: ExecutionResult, data: &[u8], create: bool) -> Result<Receipt<Output>, EvmError> {
    let gas = TxGas::new(result.tx_gas_used(), data, create);
    match result {
        ExecutionResult::Success { logs, output, .. } => Ok(Receipt { output, gas, logs }),
        ExecutionResult::Revert { output, .. } => Err(EvmError::Reverted { output, gas }),
        ExecutionResult::Halt { reason, .. } => Err(EvmError::Halted { reason, gas }),
    }
}
