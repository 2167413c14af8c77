//! Which claims are paid for.

use alloy_primitives::U256;
use causeway_types::{Exit, LeafType, NetworkId, TokenId};

use crate::config::schema::ClaimDestination;

/// Why a claim is not paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPaidFor {
    /// It is a message.
    #[error("messages are not paid for")]
    Message,
    /// It comes from a network that is not listed.
    #[error("exits of network {} are not paid for", origin.get())]
    Origin {
        /// The network.
        origin: NetworkId,
    },
    /// Its token is not listed.
    #[error("token {} of network {} is not paid for", token.address, token.network.get())]
    Token {
        /// It.
        token: TokenId,
    },
    /// It is too little of its token.
    #[error("{amount} is less than the {least} of this token that are paid for")]
    TooLittle {
        /// What it is.
        amount: U256,
        /// What it should be.
        least: U256,
    },
}

impl NotPaidFor {
    /// A code that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Origin { .. } => "origin",
            Self::Token { .. } => "token",
            Self::TooLittle { .. } => "too_little",
        }
    }
}

/// Whether the claim of an exit of a network is paid for on these terms.
///
/// # Errors
/// [`NotPaidFor`].
pub fn judge(terms: &ClaimDestination, origin: NetworkId, exit: &Exit) -> Result<(), NotPaidFor> {
    let origins = terms.origins.as_ref();
    if origins.is_some_and(|origins| !origins.contains(&origin.get())) {
        return Err(NotPaidFor::Origin { origin });
    }
    // What a message names as its token is its sender.
    if exit.leaf_type == LeafType::Message {
        return terms.messages.then_some(()).ok_or(NotPaidFor::Message);
    }
    let token = exit.token;
    let listed = terms
        .tokens
        .iter()
        .find(|listed| (listed.network, listed.address) == (token.network.get(), token.address));
    match listed {
        Some(listed) if exit.amount < listed.least => Err(NotPaidFor::TooLittle {
            amount: exit.amount,
            least: listed.least,
        }),
        None if !terms.other_tokens => Err(NotPaidFor::Token { token }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;
    use causeway_types::EMPTY_METADATA_HASH;

    use super::*;
    use crate::config::schema::ClaimToken;
    use crate::config::units::{Time, Wei};

    const ORIGIN: NetworkId = NetworkId::new(3);

    fn terms() -> ClaimDestination {
        ClaimDestination {
            network: 0,
            signer: "payer".to_owned(),
            origins: Some(vec![0, 3]),
            tokens: vec![ClaimToken {
                network: 3,
                address: Address::with_last_byte(9),
                least: U256::from(100),
            }],
            other_tokens: false,
            messages: false,
            max_gas: 1,
            max_fee_per_claim: Wei(1),
            budget_day: Wei(1),
            low_balance: Wei(1),
            at_once: 1,
            retry_after: Time(std::time::Duration::from_secs(1)),
            max_tries: 1,
        }
    }

    fn exit(token: u8, amount: u64) -> Exit {
        Exit {
            leaf_type: LeafType::Transfer,
            token: TokenId {
                network: ORIGIN,
                address: Address::with_last_byte(token),
            },
            destination_network: NetworkId::MAINNET,
            destination_address: Address::with_last_byte(1),
            amount: U256::from(amount),
            metadata_hash: EMPTY_METADATA_HASH,
        }
    }

    #[test]
    fn each_term_refuses_what_it_should_and_nothing_else() {
        let terms = terms();
        assert_eq!(judge(&terms, ORIGIN, &exit(9, 100)), Ok(()));
        assert_eq!(
            judge(&terms, ORIGIN, &exit(9, 99)),
            Err(NotPaidFor::TooLittle {
                amount: U256::from(99),
                least: U256::from(100)
            })
        );
        assert_eq!(
            judge(&terms, ORIGIN, &exit(8, 100)),
            Err(NotPaidFor::Token {
                token: exit(8, 0).token
            })
        );
        let origin = NetworkId::new(4);
        assert_eq!(
            judge(&terms, origin, &exit(9, 100)),
            Err(NotPaidFor::Origin { origin })
        );
        let message = Exit {
            leaf_type: LeafType::Message,
            ..exit(9, 100)
        };
        assert_eq!(judge(&terms, ORIGIN, &message), Err(NotPaidFor::Message));
    }

    #[test]
    fn each_term_can_be_widened() {
        let others = ClaimDestination {
            other_tokens: true,
            ..terms()
        };
        assert_eq!(judge(&others, ORIGIN, &exit(8, 1)), Ok(()));
        // One that is listed has its least all the same.
        assert_eq!(
            judge(&others, ORIGIN, &exit(9, 1)),
            Err(NotPaidFor::TooLittle {
                amount: U256::from(1),
                least: U256::from(100)
            })
        );
        let messages = ClaimDestination {
            messages: true,
            ..terms()
        };
        let message = Exit {
            leaf_type: LeafType::Message,
            ..exit(8, 0)
        };
        assert_eq!(judge(&messages, ORIGIN, &message), Ok(()));
        let anywhere = ClaimDestination {
            origins: None,
            ..terms()
        };
        assert_eq!(judge(&anywhere, NetworkId::new(4), &exit(9, 100)), Ok(()));
    }
}
