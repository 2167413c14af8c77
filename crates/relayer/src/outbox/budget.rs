//! What one transaction and all of a day may cost.

/// What may be paid, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// By one transaction; as much as by all if nothing is said.
    pub each: Option<u128>,
    /// In a day.
    pub day: u128,
}

/// What is paid or may still be, in wei.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// By receipts, within a day.
    pub paid: u128,
    /// The most that others which are out may cost.
    pub reserved: u128,
}

/// Why a transaction is not paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverBudget {
    /// It alone may cost too much.
    #[error("it may cost {most} wei, and no more than {each} is paid for one")]
    Each {
        /// It.
        most: u128,
        /// What one may.
        each: u128,
    },
    /// With all others of the day it may.
    #[error("{} wei are paid within a day, {} more are out, with this it could be more than {day}", spent.paid, spent.reserved)]
    Day {
        /// Without it.
        spent: Spent,
        /// What all may.
        day: u128,
    },
}

impl Budget {
    /// Whether a transaction that may cost so much is within it.
    ///
    /// # Errors
    /// [`OverBudget`].
    pub fn affords(&self, most: u128, spent: Spent) -> Result<(), OverBudget> {
        if let Some(each) = self.each.filter(|&each| most > each) {
            return Err(OverBudget::Each { most, each });
        }
        let all = spent.paid.saturating_add(spent.reserved).saturating_add(most);
        if all > self.day {
            return Err(OverBudget::Day { spent, day: self.day });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_counts_as_what_is_paid() {
        let budget = Budget {
            each: Some(40),
            day: 100,
        };
        let none = Spent::default();
        assert_eq!(budget.affords(40, none), Ok(()));
        assert_eq!(
            budget.affords(41, none),
            Err(OverBudget::Each { most: 41, each: 40 })
        );
        let spent = Spent {
            paid: 50,
            reserved: 20,
        };
        assert_eq!(budget.affords(30, spent), Ok(()));
        assert_eq!(
            budget.affords(31, spent),
            Err(OverBudget::Day { spent, day: 100 })
        );
        let reserved = Spent {
            paid: 0,
            reserved: u128::MAX,
        };
        assert_eq!(
            budget.affords(1, reserved),
            Err(OverBudget::Day {
                spent: reserved,
                day: 100
            })
        );
        let open = Budget { each: None, day: 100 };
        assert_eq!(open.affords(100, none), Ok(()));
        assert_eq!(
            open.affords(101, none),
            Err(OverBudget::Day {
                spent: none,
                day: 100
            })
        );
    }
}
