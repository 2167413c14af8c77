//! Somebody else who settles.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolValue;
use anyhow::{Result, ensure};
use causeway_chain::{Fees, Unsigned};
use causeway_ledger::{World, settle_epoch};

use super::chain;
use super::kit::Kit;
use crate::world::{Epoch, MOCK_PROGRAM};

/// More than any relayer here offers: it comes first in its block.
const FEES: Fees = Fees {
    max_fee: 400_000_000_000,
    tip: 50_000_000_000,
};

impl Kit {
    /// A transaction of somebody else's that settles everything that was handed in and is not settled yet. Nobody is sent it.
    ///
    /// # Errors
    /// If the node does not answer, or the ledger leaves something out.
    pub async fn rival_settlement(&mut self) -> Result<Bytes> {
        let (node, deployment) = (
            self.devnet().l1().node().clone(),
            self.devnet().deployment().clone(),
        );
        let replay = chain::replay(&node, &deployment).await?;
        let domain = *self.maker().world().domain();
        let mut world = World::new(domain);
        for network in self.maker().world().networks() {
            world.register(network.state.network(), network.authority)?;
        }
        let (mut settled, mut rest) = (Vec::new(), Vec::new());
        for made in self.expected() {
            let known = replay.state().network(made.network());
            let is_settled = known.is_some_and(|known| made.certificate.height < known.state.height);
            let list = if is_settled { &mut settled } else { &mut rest };
            list.push(made.certificate.clone());
        }
        let before = settle_epoch(&world, &settled).world;
        let outcome = settle_epoch(&before, &rest);
        ensure!(
            outcome.left_out.is_empty(),
            "the ledger leaves out {:?}",
            outcome.left_out
        );
        let epoch = Epoch {
            old: replay.state().clone(),
            registered: replay.pending_entries().copied().collect(),
            deposits: Vec::new(),
            outcome,
            domain,
        };
        let statement = epoch.public_values().statement();
        let proof = (MOCK_PROGRAM, U256::from_be_bytes(statement.0)).abi_encode();
        let call = epoch.call(deployment.selector, &proof.into());
        let owner = self.devnet().owner();
        let unsigned = Unsigned {
            chain_id: deployment.chain_id,
            nonce: node.nonce(owner.address()).await?,
            to: deployment.settlement,
            value: U256::ZERO,
            data: chain::bytes_of(&call),
            gas: 5_000_000,
            fees: FEES,
        };
        Ok(unsigned.sign(owner.signer()).await?.raw)
    }
}
