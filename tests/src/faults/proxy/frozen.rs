//! A node that stands still: it answers as it did, and knows no newer block.

use serde_json::{Value, json};

/// The newest blocks that it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frozen {
    pub(super) latest: u64,
    pub(super) safe: u64,
    pub(super) finalized: u64,
}

/// A number as nodes write it.
pub(super) fn number(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

impl Frozen {
    /// The number of the block that is meant, as the node knows it; none if it is newer than all that it knows.
    fn place(&self, block: &Value) -> Option<Value> {
        let number = match block.as_str() {
            Some("latest" | "pending") => self.latest,
            None if block.is_null() => self.latest,
            Some("safe") => self.safe,
            Some("finalized") => self.finalized,
            Some("earliest") => 0,
            // A block by its hash.
            None => return Some(block.clone()),
            Some(_) => number(block)?,
        };
        (number <= self.latest).then(|| json!(format!("{number:#x}")))
    }

    /// Changes a question into one about the blocks that it knows; or has the answer at once.
    pub(super) fn before(&self, method: &str, params: &mut Value) -> Option<Value> {
        let position = match method {
            "eth_blockNumber" => return Some(json!(format!("{:#x}", self.latest))),
            "eth_getBlockByNumber" => 0,
            "eth_call" | "eth_getBalance" | "eth_getTransactionCount" | "eth_getCode" | "eth_feeHistory" => 1,
            "eth_getLogs" => return self.logs(&mut params[0]),
            _ => return None,
        };
        let list = params.as_array_mut()?;
        while list.len() <= position {
            list.push(Value::Null);
        }
        match self.place(&list[position]) {
            Some(block) => {
                list[position] = block;
                None
            }
            None => Some(Value::Null),
        }
    }

    fn logs(&self, filter: &mut Value) -> Option<Value> {
        if filter.get("blockHash").is_some() {
            return None;
        }
        if number(&filter["fromBlock"]).is_some_and(|from| from > self.latest) {
            return Some(json!([]));
        }
        let to = self.place(&filter["toBlock"]);
        filter["toBlock"] = to.unwrap_or_else(|| json!(format!("{:#x}", self.latest)));
        None
    }

    /// Takes out of an answer what the node does not know.
    pub(super) fn after(&self, method: &str, result: &mut Value) {
        let newer = number(&result["blockNumber"]).is_some_and(|number| number > self.latest);
        match method {
            "eth_getTransactionReceipt" if newer => *result = Value::Null,
            "eth_getTransactionByHash" if newer => {
                for field in ["blockNumber", "blockHash", "transactionIndex"] {
                    result[field] = Value::Null;
                }
            }
            _ => {}
        }
    }
}
