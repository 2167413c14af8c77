//! Roots, each its own type.

use alloy_primitives::{B256, b256};
use serde::{Deserialize, Serialize};

use crate::proof::hash_pair;

macro_rules! root {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(B256);

        impl $name {
            /// The root with these bytes.
            pub const fn new(bytes: B256) -> Self {
                Self(bytes)
            }

            /// The bytes.
            pub const fn get(self) -> B256 {
                self.0
            }
        }

        impl From<$name> for B256 {
            fn from(root: $name) -> Self {
                root.0
            }
        }
    };
}

/// Root of a tree of 32 levels whose leaves are all zero.
const EMPTY_TREE: B256 = b256!("27ae5ba08d7291c96c8cbddcc148bf48a6d68c7974b94356f53754ef6171d757");

root!(
    /// Root of an exit tree: L1's (the mainnet exit root) or a network's (its local exit root).
    ExitRoot
);
root!(
    /// Root of the tree of all networks' exit roots.
    RollupExitRoot
);
root!(
    /// Keccak of a mainnet exit root and a rollup exit root.
    GlobalExitRoot
);
root!(
    /// Root of the L1 info tree.
    L1InfoRoot
);
root!(
    /// A network's own state root: 32 bytes that only the network can read.
    StateRoot
);

impl ExitRoot {
    /// The tree without exits.
    pub const EMPTY: Self = Self(EMPTY_TREE);
}

impl RollupExitRoot {
    /// The tree in which no network has exits: all leaves are zero.
    pub const EMPTY: Self = Self(EMPTY_TREE);
}

impl L1InfoRoot {
    /// The tree without entries.
    pub const EMPTY: Self = Self(EMPTY_TREE);
}

impl GlobalExitRoot {
    /// Of two empty trees.
    pub const EMPTY: Self = Self(b256!(
        "bf558bebd2ceec7f3c5dce04a4782f88c2c6036ae78ee206d0bc5289d20461a2"
    ));

    /// The global exit root of two roots.
    pub fn of(mainnet: ExitRoot, rollup: RollupExitRoot) -> Self {
        Self(hash_pair(mainnet.0, rollup.0))
    }
}

impl StateRoot {
    /// The state root of a network that has not yet named one.
    pub const EMPTY: Self = Self(B256::ZERO);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::TREE_DEPTH;

    #[test]
    fn empty_roots_are_derived() {
        let empty = (0..TREE_DEPTH).fold(B256::ZERO, |node, _| hash_pair(node, node));
        assert_eq!(ExitRoot::EMPTY.get(), empty);
        assert_eq!(RollupExitRoot::EMPTY.get(), empty);
        assert_eq!(L1InfoRoot::EMPTY.get(), empty);
        assert_eq!(
            GlobalExitRoot::EMPTY,
            GlobalExitRoot::of(ExitRoot::EMPTY, RollupExitRoot::EMPTY)
        );
        assert_eq!(StateRoot::EMPTY.get(), B256::ZERO);
    }
}
