//! Accounting: per token over the whole certificate, so that the order of imports and exits does not matter.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use alloy_primitives::aliases::U512;
use causeway_types::{Certificate, Exit, NetworkId, TokenId};

use crate::balances::BalanceAccess;
use crate::error::{LedgerError, Sums};
use crate::state::State;

/// What a certificate does to the balance of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceOpening {
    /// The token.
    pub token: TokenId,
    /// Sum of its imports. Sums are wide: two imports of 2^256 - 1 are legal if an exit takes one of them out again.
    pub imported: U512,
    /// Sum of its exits.
    pub exported: U512,
    /// The balance after.
    pub balance: U256,
    /// The balance before and how it was replaced.
    pub access: BalanceAccess,
}

/// Settles each token that the certificate moves, in order. The network's own tokens are not tracked on it.
pub(super) fn settle_balances(
    new: &mut State,
    certificate: &Certificate,
) -> Result<Vec<BalanceOpening>, LedgerError> {
    let mut sums = BTreeMap::<TokenId, (U512, U512)>::new();
    for import in &certificate.imports {
        if let Some(token) = tracked(new.network(), &import.exit) {
            sums.entry(token).or_default().0 += U512::from(import.exit.amount);
        }
    }
    for exit in &certificate.exits {
        if let Some(token) = tracked(new.network(), exit) {
            sums.entry(token).or_default().1 += U512::from(exit.amount);
        }
    }
    let mut openings = Vec::with_capacity(sums.len());
    for (token, (imported, exported)) in sums {
        let balance = settle(token, new.balances.get(token), imported, exported)?;
        openings.push(BalanceOpening {
            token,
            imported,
            exported,
            balance,
            access: new.balances.set(token, balance)?,
        });
    }
    Ok(openings)
}

fn tracked(network: NetworkId, exit: &Exit) -> Option<TokenId> {
    let token = exit.balance_token();
    (token.network != network).then_some(token)
}

fn settle(token: TokenId, initial: U256, imported: U512, exported: U512) -> Result<U256, LedgerError> {
    let sums = || {
        Box::new(Sums {
            initial,
            imported,
            exported,
        })
    };
    // A certificate holds fewer than 2^64 amounts of 256 bits: the sum does not wrap.
    let left = (U512::from(initial) + imported)
        .checked_sub(exported)
        .ok_or_else(|| LedgerError::BalanceUnderflow { token, sums: sums() })?;
    if left >> 256 != U512::ZERO {
        return Err(LedgerError::BalanceOverflow { token, sums: sums() });
    }
    Ok(left.wrapping_to())
}
