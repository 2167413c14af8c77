//! Tokens.

use causeway_types::TokenId;

/// A token, or ether.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What people call it.
    pub symbol: &'static str,
    /// Its home and its address there.
    pub id: TokenId,
}
