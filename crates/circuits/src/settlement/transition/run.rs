//! What a certificate has done so far.

use super::moves::MovesTarget;
use crate::targets::{BalanceTreeTarget, DigestTarget, TokenTarget, U32Target};

/// The network's roots, the certificate's chains and the sum of what moves, between two of its steps.
#[derive(Clone, Copy, Debug)]
pub struct RunTarget {
    /// Exits.
    pub exit_count: U32Target,
    /// Digest of the exit tree's frontier.
    pub frontier: DigestTarget,
    /// Shadow exit root.
    pub shadow_root: DigestTarget,
    /// Nullifier root.
    pub nullifier_root: DigestTarget,
    /// Balance tree.
    pub balances: BalanceTreeTarget,
    /// Chain of imports.
    pub imports: DigestTarget,
    /// Chain of contingencies.
    pub contingencies: DigestTarget,
    /// Chain of dependencies.
    pub dependencies: DigestTarget,
    /// Chain of the tokens' sums.
    pub sums: DigestTarget,
    /// The token of the newest of these; zero if there is none.
    pub last_token: TokenTarget,
    /// What moves.
    pub moves: MovesTarget,
}
