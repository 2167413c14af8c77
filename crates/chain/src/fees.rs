//! What to pay for a transaction: first, and when it is not taken.

use serde::{Deserialize, Serialize};

/// Fields of a dynamic-fee transaction, in wei per gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fees {
    /// `maxFeePerGas`.
    pub max_fee: u128,
    /// `maxPriorityFeePerGas`.
    pub tip: u128,
}

/// What a chain asks for at the moment, in wei per gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Market {
    /// The next block's base fee.
    pub base_fee: u128,
    /// What others add.
    pub tip: u128,
}

/// What an operator is ready to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeePolicy {
    /// The least tip, in wei per gas.
    pub tip_floor: u128,
    /// The most that `maxFeePerGas` may be, in wei per gas.
    pub ceiling: u128,
    /// By how many thousandths both fields grow when a transaction is replaced; nodes refuse less than [`LEAST_BUMP`].
    pub bump_permille: u32,
}

/// What nodes ask of a replacement, in thousandths of growth.
pub const LEAST_BUMP: u32 = 100;

/// What to do about a transaction that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bump {
    /// Replace it by one that pays this.
    To(Fees),
    /// Send it again as it is: a replacement would have to pay more than the ceiling.
    AtCeiling,
}

impl FeePolicy {
    /// What a first transaction pays: twice the base fee, so that it stays good for six full blocks, and a tip; or nothing, if the base
    /// fee with the least tip is above the ceiling already.
    pub fn first(&self, market: &Market) -> Option<Fees> {
        let tip = market.tip.max(self.tip_floor);
        if market.base_fee.saturating_add(self.tip_floor) > self.ceiling {
            return None;
        }
        let max_fee = market
            .base_fee
            .saturating_mul(2)
            .saturating_add(tip)
            .min(self.ceiling);
        Some(Fees {
            max_fee,
            tip: tip.min(max_fee),
        })
    }

    /// What a replacement pays: both fields grow by the policy's part, rounded up, and by one wei at least, and are not below what a
    /// first transaction would pay now.
    pub fn bump(&self, old: &Fees, market: &Market) -> Bump {
        let grown = |field: u128| {
            let bump = self.bump_permille.max(LEAST_BUMP);
            let grown = field.saturating_mul(1_000 + u128::from(bump)).div_ceil(1_000);
            grown.max(field.saturating_add(1))
        };
        let least = Fees {
            max_fee: grown(old.max_fee),
            tip: grown(old.tip),
        };
        if least.max_fee > self.ceiling {
            return Bump::AtCeiling;
        }
        let now = self.first(market).unwrap_or(least);
        let max_fee = least.max_fee.max(now.max_fee);
        Bump::To(Fees {
            max_fee,
            tip: least.tip.max(now.tip).min(max_fee),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GWEI: u128 = 1_000_000_000;
    const POLICY: FeePolicy = FeePolicy {
        tip_floor: GWEI / 100,
        ceiling: 150 * GWEI,
        bump_permille: 125,
    };

    /// geth, core/txpool/legacypool/list.go: both fields greater, and at least old * (100 + priceBump) / 100.
    fn geth_takes(old: &Fees, new: &Fees) -> bool {
        let field = |old: u128, new: u128| new > old && new >= old * 110 / 100;
        field(old.max_fee, new.max_fee) && field(old.tip, new.tip)
    }

    #[test]
    fn a_first_transaction_outlives_six_full_blocks() {
        let market = Market {
            base_fee: 30 * GWEI,
            tip: GWEI,
        };
        let fees = POLICY.first(&market).expect("below the ceiling");
        assert_eq!(
            fees,
            Fees {
                max_fee: 61 * GWEI,
                tip: GWEI
            }
        );
        // A base fee grows by an eighth a block at most.
        let mut base_fee = market.base_fee;
        for _ in 0..5 {
            base_fee += base_fee / 8;
        }
        assert!(base_fee < fees.max_fee);
    }

    #[test]
    fn nothing_is_paid_above_the_ceiling() {
        let spike = Market {
            base_fee: 212 * GWEI,
            tip: GWEI,
        };
        assert_eq!(POLICY.first(&spike), None);
        let high = Market {
            base_fee: 120 * GWEI,
            tip: 200 * GWEI,
        };
        assert_eq!(
            POLICY.first(&high),
            Some(Fees {
                max_fee: 150 * GWEI,
                tip: 150 * GWEI
            })
        );
        let old = Fees {
            max_fee: 140 * GWEI,
            tip: GWEI,
        };
        assert_eq!(POLICY.bump(&old, &spike), Bump::AtCeiling);
    }

    #[test]
    fn a_tip_of_one_wei_grows() {
        let old = Fees { max_fee: 9, tip: 1 };
        let market = Market { base_fee: 0, tip: 0 };
        let policy = FeePolicy {
            tip_floor: 0,
            ..POLICY
        };
        assert_eq!(policy.bump(&old, &market), Bump::To(Fees { max_fee: 11, tip: 2 }));
    }

    proptest! {
        #[test]
        fn geth_takes_every_bump(
            max_fee in 1_u128..200 * GWEI,
            tip in 0_u128..200 * GWEI,
            base_fee in 0_u128..300 * GWEI,
            market_tip in 0_u128..10 * GWEI,
            bump_permille in 0_u32..400,
        ) {
            let old = Fees { max_fee, tip: tip.min(max_fee) };
            let policy = FeePolicy { bump_permille, ..POLICY };
            match policy.bump(&old, &Market { base_fee, tip: market_tip }) {
                Bump::To(new) => {
                    prop_assert!(geth_takes(&old, &new), "{old:?} {new:?}");
                    prop_assert!(new.max_fee <= policy.ceiling);
                    prop_assert!(new.tip <= new.max_fee);
                }
                Bump::AtCeiling => prop_assert!(old.max_fee * 1_100 / 1_000 + 1 >= policy.ceiling * 2 / 3),
            }
        }
    }
}
