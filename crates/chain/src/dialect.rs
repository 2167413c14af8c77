//! What nodes say to a transaction, and what it means.
//!
//! Only what is listed means something; anything else, a fault of the transport included, means that nobody knows: the same bytes go out
//! again. Each kind of node has its own words (geth, reth, erigon, nethermind, besu, anvil), and some providers wrap them.

use alloy_primitives::Bytes;

use crate::error::{CallError, RpcError};

/// What became of a transaction that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendAnswer {
    /// The node has it: from now on, or since before.
    Accepted,
    /// Its nonce is used up: by itself, by a sibling, or by somebody else. The receipts tell.
    NonceTooLow,
    /// Its nonce is too far ahead for the node.
    NonceGap,
    /// It pays less than the node wants of it: more than a sibling in its pool, or than the block's base fee.
    Underpriced,
    /// Its sender cannot pay for it.
    InsufficientFunds,
    /// Its gas limit is above what the chain lets one transaction have.
    GasLimit,
    /// It would pay more than the node lets anybody pay, by the node's own configuration.
    NodeFeeCap,
    /// It was executed and reverted.
    Reverted(Option<Bytes>),
    /// Nobody knows.
    Unknown,
}

/// Words without case and punctuation, and what they mean. The first that matches counts.
const WORDS: &[(&str, SendAnswer)] = &[
    ("alreadyknown", SendAnswer::Accepted),
    ("alreadyimported", SendAnswer::Accepted),
    ("knowntransaction", SendAnswer::Accepted),
    ("alreadyexists", SendAnswer::Accepted),
    ("noncetoolow", SendAnswer::NonceTooLow),
    ("oldnonce", SendAnswer::NonceTooLow),
    ("noncetoohigh", SendAnswer::NonceGap),
    ("noncegap", SendAnswer::NonceGap),
    ("noncetoofarinfuture", SendAnswer::NonceGap),
    ("exceedstheconfiguredcap", SendAnswer::NodeFeeCap),
    ("gaslimittoohigh", SendAnswer::GasLimit),
    ("exceedsblockgaslimit", SendAnswer::GasLimit),
    ("txgaslimitcap", SendAnswer::GasLimit),
    ("gaslimitexceed", SendAnswer::GasLimit),
    ("gaslimitexceeds", SendAnswer::GasLimit),
    ("intrinsicgastoohigh", SendAnswer::GasLimit),
    ("insufficientfunds", SendAnswer::InsufficientFunds),
    ("insufficientbalance", SendAnswer::InsufficientFunds),
    ("upfrontcostexceeds", SendAnswer::InsufficientFunds),
    ("feepergaslessthanblockbasefee", SendAnswer::Underpriced),
    ("feecaplessthanblockbasefee", SendAnswer::Underpriced),
    ("basefeeexceedsgaslimit", SendAnswer::Underpriced),
    ("underpriced", SendAnswer::Underpriced),
    ("replacementnotallowed", SendAnswer::Underpriced),
    ("couldnotreplace", SendAnswer::Underpriced),
    ("feetoolow", SendAnswer::Underpriced),
    ("gaspricetoolow", SendAnswer::Underpriced),
];

/// What a node's refusal of a transaction means.
pub fn answer(error: &RpcError) -> SendAnswer {
    let text = match &error.data {
        None => error.message.clone(),
        Some(data) => format!("{} {data}", error.message),
    };
    let plain: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    if let Some((_, answer)) = WORDS.iter().find(|(words, _)| plain.contains(words)) {
        return answer.clone();
    }
    if error.code == 3 || plain.contains("executionreverted") {
        return SendAnswer::Reverted(error.revert_data());
    }
    SendAnswer::Unknown
}

/// What the outcome of a call that sent a transaction means.
pub fn outcome<T>(outcome: &Result<T, CallError>) -> SendAnswer {
    match outcome {
        Ok(_) => SendAnswer::Accepted,
        Err(error) => error.refusal().map_or(SendAnswer::Unknown, answer),
    }
}

impl SendAnswer {
    /// Of two nodes' answers to the same bytes, the one that says more: that it is accepted, then that it never can be, then why not
    /// now.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let rank = |answer: &Self| match answer {
            Self::Accepted => 0,
            Self::NonceTooLow => 1,
            Self::Underpriced => 2,
            Self::InsufficientFunds => 3,
            Self::GasLimit => 4,
            Self::Reverted(_) => 5,
            Self::NodeFeeCap => 6,
            Self::NonceGap => 7,
            Self::Unknown => 8,
        };
        if rank(&other) < rank(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::bytes;

    use super::*;

    fn said(code: i64, message: &str, data: Option<&str>) -> SendAnswer {
        answer(&RpcError {
            code,
            message: message.to_owned(),
            data: data.map(ToOwned::to_owned),
        })
    }

    #[test]
    fn every_dialect_is_understood() {
        let spoken = [
            // geth
            (-32000, "already known", SendAnswer::Accepted),
            (
                -32000,
                "nonce too low: next nonce 21052, tx nonce 21050",
                SendAnswer::NonceTooLow,
            ),
            (-32000, "nonce too high", SendAnswer::NonceGap),
            (
                -32000,
                "replacement transaction underpriced",
                SendAnswer::Underpriced,
            ),
            (
                -32000,
                "transaction underpriced: tip needed 1, tip permitted 0",
                SendAnswer::Underpriced,
            ),
            (
                -32000,
                "max fee per gas less than block base fee: address 0x00, maxFeePerGas: 1, baseFee: 7",
                SendAnswer::Underpriced,
            ),
            (
                -32000,
                "insufficient funds for gas * price + value: balance 0, tx cost 1, overshot 1",
                SendAnswer::InsufficientFunds,
            ),
            (-32000, "exceeds block gas limit", SendAnswer::GasLimit),
            (
                -32000,
                "transaction gas limit too high (cap: 16777216, tx: 20000000)",
                SendAnswer::GasLimit,
            ),
            (
                -32000,
                "tx fee (1.20 ether) exceeds the configured cap (1.00 ether)",
                SendAnswer::NodeFeeCap,
            ),
            // reth
            (
                -32003,
                "replacement transaction underpriced",
                SendAnswer::Underpriced,
            ),
            // erigon
            (-32000, "ALREADY_EXISTS: already known", SendAnswer::Accepted),
            (-32000, "INTERNAL_ERROR: nonce too low", SendAnswer::NonceTooLow),
            (-32000, "could not replace existing tx", SendAnswer::Underpriced),
            (
                -32000,
                "fee cap less than block base fee",
                SendAnswer::Underpriced,
            ),
            // nethermind
            (-32010, "AlreadyKnown", SendAnswer::Accepted),
            (
                -32010,
                "OldNonce, Current nonce: 7, nonce of rejected tx: 6",
                SendAnswer::NonceTooLow,
            ),
            (-32010, "ReplacementNotAllowed", SendAnswer::Underpriced),
            (-32010, "FeeTooLowToCompete", SendAnswer::Underpriced),
            (
                -32010,
                "InsufficientFunds, Balance is 0 less than sending value",
                SendAnswer::InsufficientFunds,
            ),
            (
                -32010,
                "NonceGap, Future nonce. Expected nonce: 4",
                SendAnswer::NonceGap,
            ),
            (
                -32010,
                "GasLimitExceeded, Gas limit: 30000000",
                SendAnswer::GasLimit,
            ),
            // besu
            (-32000, "Known transaction", SendAnswer::Accepted),
            (-32001, "Nonce too low", SendAnswer::NonceTooLow),
            (
                -32004,
                "Upfront cost exceeds account balance",
                SendAnswer::InsufficientFunds,
            ),
            (-32006, "Nonce too far in the future", SendAnswer::Unknown),
            // anvil
            (-32003, "transaction already imported", SendAnswer::Accepted),
            (-32003, "nonce too low", SendAnswer::NonceTooLow),
            (
                -32000,
                "intrinsic gas too high -- tx.gas_limit > env.cfg.tx_gas_limit_cap",
                SendAnswer::GasLimit,
            ),
            (
                -32003,
                "Insufficient funds for gas * price + value",
                SendAnswer::InsufficientFunds,
            ),
            // nobody's
            (-32603, "Internal error", SendAnswer::Unknown),
            (
                -32601,
                "the method eth_sendRawTransaction does not exist",
                SendAnswer::Unknown,
            ),
        ];
        for (code, message, expected) in spoken {
            assert_eq!(said(code, message, None), expected, "{message}");
        }
    }

    #[test]
    fn wrapped_words_are_found() {
        let wrapped = r#"{"code":-32000,"message":"nonce too low"}"#;
        assert_eq!(
            said(-32603, "Internal error", Some(wrapped)),
            SendAnswer::NonceTooLow
        );
        assert_eq!(
            said(3, "execution reverted: custom error", Some("0x08c379a0")),
            SendAnswer::Reverted(Some(bytes!("08c379a0")))
        );
        assert_eq!(said(3, "execution reverted", None), SendAnswer::Reverted(None));
    }

    #[test]
    fn the_answer_that_says_more_counts() {
        let answers = [SendAnswer::Unknown, SendAnswer::NonceTooLow, SendAnswer::Accepted];
        let folded = answers.into_iter().reduce(SendAnswer::or);
        assert_eq!(folded, Some(SendAnswer::Accepted));
        assert_eq!(
            SendAnswer::Underpriced.or(SendAnswer::Unknown),
            SendAnswer::Underpriced
        );
    }
}
