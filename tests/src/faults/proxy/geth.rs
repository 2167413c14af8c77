//! What geth takes and anvil does not refuse: a replacement has to raise both fees by a tenth.

use std::collections::HashMap;

use alloy_consensus::transaction::SignerRecoverable;
use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes};
use serde_json::{Value, json};

use super::Shared;

/// The transactions that wait, by sender and nonce.
#[derive(Debug, Default)]
pub(super) struct Geth {
    pool: HashMap<(Address, u64), Waiting>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    hash: B256,
    max_fee: u128,
    tip: u128,
    /// Whether the node never heard of it.
    held: bool,
}

impl Geth {
    pub(super) fn forget_held(&mut self) {
        self.pool.retain(|_, waiting| !waiting.held);
    }
}

impl Waiting {
    /// core/txpool/legacypool/list.go: both fields greater, and at least old * 110 / 100.
    fn gives_way_to(&self, new: &Self) -> bool {
        let field = |old: u128, new: u128| new > old && new >= old * 110 / 100;
        field(self.max_fee, new.max_fee) && field(self.tip, new.tip)
    }
}

/// Geth's refusal, if it refuses and is asked to be geth.
pub(super) async fn judge(shared: &Shared, upstream: &str, raw: Option<Bytes>, held: bool) -> Option<Value> {
    shared.state().geth.as_ref()?;
    let transaction = TxEnvelope::decode_2718(&mut raw?.as_ref()).ok()?;
    let sender = transaction.recover_signer().ok()?;
    let place = (sender, transaction.nonce());
    let new = Waiting {
        hash: *transaction.tx_hash(),
        max_fee: transaction.max_fee_per_gas(),
        tip: transaction.max_priority_fee_per_gas().unwrap_or_default(),
        held,
    };
    let old = shared.state().geth.as_ref()?.pool.get(&place).copied();
    if let Some(old) = old {
        // What was thrown out of the pool, or is mined, waits no longer.
        let waits = old.held || {
            let known = shared
                .ask(upstream, "eth_getTransactionByHash", json!([old.hash]))
                .await
                .ok()?;
            !known.is_null() && known["blockNumber"].is_null()
        };
        if waits && old.hash == new.hash {
            return Some(json!({ "code": -32000, "message": "already known" }));
        }
        if waits && !old.gives_way_to(&new) {
            return Some(json!({ "code": -32000, "message": "replacement transaction underpriced" }));
        }
    }
    shared.state().geth.as_mut()?.pool.insert(place, new);
    None
}
