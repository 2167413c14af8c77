//! The one place of every parameter that carries soundness in this crate.

use causeway_aggregation::Security;
use causeway_aggregation::security::{Argument, Fields};
use plonky2::fri::FriConfig;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use starky::config::StarkConfig;
use starky::cross_table_lookup::CrossTableLookup;

use crate::keccak::Size;
use crate::keccak::list::ENTRY_LEN;
use crate::keccak::table::columns::COLUMNS;
use crate::keccak::table::{CONSTRAINT_DEGREE, lookups};

/// Configuration of the table of Keccak-f.
///
/// Constraints of degree 5 allow no rate above 1/4. Three challenges, because the lookup argument draws from the base field:
/// two leave it with 86 bits in the largest table.
pub const fn keccak_config() -> StarkConfig {
    StarkConfig::new(
        100,
        3,
        FriConfig {
            rate_bits: 2,
            cap_height: 4,
            proof_of_work_bits: 18,
            reduction_strategy: FriReductionStrategy::ConstantArityBits(4, 5),
            num_query_rounds: 42,
        },
    )
}

/// What the proof of a table of this size is worth.
pub fn keccak_security(size: Size) -> Security {
    let config = keccak_config();
    let (_, sums, _) = CrossTableLookup::<causeway_aggregation::F>::num_ctl_helpers_zs_all(
        &lookups(),
        0,
        config.num_challenges,
        CONSTRAINT_DEGREE,
    );
    let quotients = (CONSTRAINT_DEGREE - 1) * config.num_challenges;
    // Two sides of fractions, each denominator a polynomial in one challenge: an identity of this degree in it.
    let fractions = (size.rows() + size.entries()) as f64;
    let degree_bits = (fractions * (ENTRY_LEN + 1) as f64).log2();
    let fields = Fields::GOLDILOCKS;
    Security::of_argument(&Argument {
        fri: &config.fri_config,
        degree_bits: size.degree_bits(),
        polynomials: COLUMNS + sums + quotients,
        permutation: config.num_challenges as f64 * (fields.base_bits - degree_bits),
        fields,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_reaches_100_bits() {
        for size in Size::ALL {
            let security = keccak_security(size);
            assert!(security.bits() >= 100.0, "{size:?}: {security}");
        }
    }
}
