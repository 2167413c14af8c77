//! An L2's global exit roots: what its users can claim against.
//!
//! The final one is L1's own, once L1 has finalized it. A network that trusts others' certificates before they settle can have
//! [`GlobalRoot::of`] what they will lead to: if one of them never settles, neither can what was claimed under that root.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::{GlobalExitRoot as OnL1, GlobalExitRootL2 as OnL2};
use causeway_chain::{CallError, Pool, Tag};
use causeway_types::GlobalExitRoot;

use super::error::NetworkError;
use super::send::{Mined, SendError, Sender};

#[cfg(doc)]
use super::roots::GlobalRoot;

/// What became of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The network knew it.
    Known,
    /// It was inserted.
    Inserted(Mined),
}

/// L1's newest global exit root at a tag.
///
/// # Errors
/// [`NetworkError::Call`].
pub async fn final_root(l1: &Pool, tag: Tag, contract: Address) -> Result<GlobalExitRoot, NetworkError> {
    let call = OnL1::getLastGlobalExitRootCall {};
    let pinned = l1.pin(tag).await?;
    let answer = pinned.call(contract, &call.abi_encode()).await?;
    let root = OnL1::getLastGlobalExitRootCall::abi_decode_returns(&answer);
    let root = root.map_err(|error| not_answered(pinned.endpoint(), &error))?;
    Ok(GlobalExitRoot::new(root))
}

/// Whether a network knows a global exit root: those of L1 are asked in the same way.
///
/// # Errors
/// [`NetworkError::Call`].
pub async fn is_known(chain: &Pool, contract: Address, root: GlobalExitRoot) -> Result<bool, NetworkError> {
    let call = OnL2::globalExitRootMapCall {
        globalExitRoot: root.get(),
    };
    let pinned = chain.pin(Tag::Latest).await?;
    let answer = pinned.call(contract, &call.abi_encode()).await?;
    let since = OnL2::globalExitRootMapCall::abi_decode_returns(&answer);
    let since = since.map_err(|error| not_answered(pinned.endpoint(), &error))?;
    Ok(!since.is_zero())
}

/// The call that inserts a root.
pub fn insertion(root: GlobalExitRoot) -> Bytes {
    let call = OnL2::insertGlobalExitRootCall { newRoot: root.get() };
    call.abi_encode().into()
}

/// Inserts a root, unless the network knows it.
///
/// # Errors
/// [`SendError`].
pub async fn push(
    chain: &Pool,
    contract: Address,
    root: GlobalExitRoot,
    sender: &Sender<'_>,
) -> Result<Pushed, SendError> {
    if is_known(chain, contract, root).await? {
        return Ok(Pushed::Known);
    }
    let mined = sender.send(contract, U256::ZERO, insertion(root)).await?;
    Ok(Pushed::Inserted(mined))
}

/// The contract is another, or none at all.
pub(crate) fn not_answered(endpoint: &str, error: &alloy_sol_types::Error) -> CallError {
    CallError::Malformed {
        endpoint: endpoint.to_owned(),
        method: "eth_call",
        detail: format!("{error}: is that the address of the contract?"),
    }
}
