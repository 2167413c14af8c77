//! Who takes part.

use std::fmt;

use alloy_primitives::Address;

/// Who takes part. Everybody has the same address on every network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A person.
    Alice,
    /// Another.
    Bob,
    /// A contract that takes messages, and nothing else.
    Receiver,
    /// A contract that sends the value of a message back where it came from.
    Forwarder,
    /// A contract that takes neither ether nor messages.
    Refuser,
}

impl Party {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Alice,
        Self::Bob,
        Self::Receiver,
        Self::Forwarder,
        Self::Refuser,
    ];

    pub(super) const fn address(self, contracts: &[Address; 3]) -> Address {
        match self {
            Self::Alice => Address::with_last_byte(0xa1),
            Self::Bob => Address::with_last_byte(0xb0),
            Self::Receiver => contracts[0],
            Self::Forwarder => contracts[1],
            Self::Refuser => contracts[2],
        }
    }

    /// Whether it is a contract: none of them takes ether that comes without a message.
    pub const fn is_contract(self) -> bool {
        !matches!(self, Self::Alice | Self::Bob)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Alice => "Alice",
            Self::Bob => "Bob",
            Self::Receiver => "the receiver",
            Self::Forwarder => "the forwarder",
            Self::Refuser => "the refuser",
        };
        f.write_str(name)
    }
}
