//! A claim that somebody pays for.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::SharedBridge;
use causeway_chain::{Pool, Tag};
use causeway_ledger::ExitTree;
use causeway_types::{GlobalIndex, NetworkId};

use super::calldata::{ClaimCall, calldata};
use super::error::ClaimsError;
use crate::network::{GlobalRoot, Mined, NetworkError, Sender, Sent, Sources, is_known};

/// Where a claim is sent.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'p> {
    /// The network: 0 is L1.
    pub network: NetworkId,
    /// Its nodes.
    pub pool: &'p Pool,
    /// Its bridge.
    pub bridge: Address,
    /// Its contract of global exit roots.
    pub global_exit_root: Address,
}

/// Which exit is claimed, and under which roots besides L1's own it may be.
#[derive(Clone, Copy, Debug)]
pub struct Claiming<'r> {
    /// The exit.
    pub index: GlobalIndex,
    /// Roots that L1 does not know and the destination may, the best first.
    pub ahead: &'r [GlobalRoot],
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// The destination shows the exit claimed, by whomever.
    AlreadyClaimed,
    /// It was sent, and is mined.
    Claimed(Mined),
}

/// Whether an exit is claimed at its destination.
///
/// # Errors
/// [`NetworkError::Call`].
pub async fn is_claimed(destination: &Destination<'_>, index: GlobalIndex) -> Result<bool, NetworkError> {
    let call = SharedBridge::isClaimedCall {
        leafIndex: index.leaf_index(),
        sourceBridgeNetwork: index.source().get(),
    };
    let pinned = destination.pool.pin(Tag::Latest).await?;
    let answer = pinned.call(destination.bridge, &call.abi_encode()).await?;
    SharedBridge::isClaimedCall::abi_decode_returns(&answer)
        .map_err(|error| crate::network::not_answered(pinned.endpoint(), &error).into())
}

impl Claiming<'_> {
    /// The exit, with its source's others.
    fn sent<'s>(
        &self,
        sources: &'s Sources<'_>,
        destination: &Destination<'_>,
    ) -> Result<(&'s Sent, &'s ExitTree), ClaimsError> {
        let index = self.index;
        let log = sources.log(index.source());
        let log = log.ok_or(ClaimsError::NoSuchExit { index })?;
        let sent = sources.sent(index).ok_or(ClaimsError::NoSuchExit { index })?;
        let (goes, asked) = (sent.exit.destination_network, destination.network);
        if goes != asked {
            return Err(ClaimsError::OtherDestination { index, goes, asked });
        }
        Ok((sent, log.tree()))
    }

    /// The claim under the newest root that covers the exit and that its destination knows.
    ///
    /// # Errors
    /// A [`ClaimsError`].
    pub async fn call(
        &self,
        sources: &Sources<'_>,
        destination: &Destination<'_>,
    ) -> Result<ClaimCall, ClaimsError> {
        let (sent, exits) = self.sent(sources, destination)?;
        let index = self.index;
        let ahead = self.ahead.iter().filter(|root| root.covers(index)).cloned();
        for root in sources.ethereum().roots_covering(index).chain(ahead) {
            if is_known(destination.pool, destination.global_exit_root, root.global()).await? {
                return calldata(sent, exits, &root);
            }
        }
        Err(ClaimsError::NotClaimableYet {
            network: destination.network,
            index,
        })
    }
}

/// Claims an exit, unless it is claimed already. It is simulated first.
///
/// # Errors
/// A [`ClaimsError`].
pub async fn run(
    claiming: &Claiming<'_>,
    sources: &Sources<'_>,
    destination: &Destination<'_>,
    sender: &Sender<'_>,
) -> Result<Ran, ClaimsError> {
    claiming.sent(sources, destination)?;
    if is_claimed(destination, claiming.index).await? {
        return Ok(Ran::AlreadyClaimed);
    }
    let call = claiming.call(sources, destination).await?;
    let mined = sender.send(destination.bridge, U256::ZERO, call.calldata).await?;
    Ok(Ran::Claimed(mined))
}
