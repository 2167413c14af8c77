//! Roots, each a type of its own.

use alloy_primitives::{B256, b256, keccak256};
use serde::{Deserialize, Serialize};

/// Root of a keccak tree of depth 32 without leaves.
const EMPTY_TREE: B256 = b256!("27ae5ba08d7291c96c8cbddcc148bf48a6d68c7974b94356f53754ef6171d757");

macro_rules! roots {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(B256);

        impl $name {
            /// The root with these bytes.
            pub const fn new(root: B256) -> Self {
                Self(root)
            }

            /// The bytes.
            pub const fn get(self) -> B256 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

roots! {
    /// Root of a network's exit tree. It does not tell the number of exits.
    ExitRoot;
    /// Root of the tree of the rollups' exit roots: leaf i is the root of network i + 1, 32 zero bytes while it has no exits.
    RollupExitRoot;
    /// keccak256 of Ethereum's exit root and the rollups'.
    GlobalExitRoot;
    /// Root of the L1 info tree.
    L1InfoRoot;
    /// A network's own state, opaque here.
    StateRoot;
}

impl ExitRoot {
    /// That of a network without exits.
    pub const EMPTY: Self = Self(EMPTY_TREE);
}

impl L1InfoRoot {
    /// That of the tree without leaves.
    pub const EMPTY: Self = Self(EMPTY_TREE);
}

impl GlobalExitRoot {
    /// The global exit root of two halves. Ethereum's is 32 zero bytes before its first, the rollups' before any settled.
    pub fn of(mainnet: ExitRoot, rollups: RollupExitRoot) -> Self {
        Self(keccak256([mainnet.0, rollups.0].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_that_of_zeros() {
        let root = (0..32).fold(B256::ZERO, |node, _| keccak256([node, node].concat()));
        assert_eq!(ExitRoot::EMPTY.get(), root);
        assert_eq!(L1InfoRoot::EMPTY.get(), root);
    }
}
