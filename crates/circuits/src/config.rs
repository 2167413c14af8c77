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
    #![allow(clippy::unwrap_used)]

    use std::fmt::Write;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_size_reaches_100_bits() {
        for size in Size::ALL {
            let security = keccak_security(size);
            assert!(security.bits() >= 100.0, "{size:?}: {security}");
        }
    }

    #[test]
    fn two_challenges_would_not_link_the_largest_table() {
        assert!(keccak_security(Size::Large).permutation / 3.0 * 2.0 < 90.0);
    }

    /// What stands between the two comments of the document.
    fn table() -> String {
        let config = keccak_config();
        let fri = &config.fri_config;
        let mut text = format!(
            "Rate 1/{}, {} queries, {} bits of grinding, {} challenges. *permutation* is the link between list and table;\n\
             [security.md](security.md) tells what the other columns mean.\n\n\
             | size | entries | rows of the table |{}\n| --- | ---: | ---: |{}\n",
            1 << fri.rate_bits,
            fri.num_query_rounds,
            fri.proof_of_work_bits,
            config.num_challenges,
            Security::TABLE_HEAD
                .lines()
                .next()
                .unwrap()
                .trim_start_matches("| layer |"),
            Security::TABLE_HEAD
                .lines()
                .nth(1)
                .unwrap()
                .trim_start_matches("| --- |"),
        );
        for size in Size::ALL {
            let (entries, rows) = (size.entries(), size.degree_bits());
            writeln!(
                text,
                "| {size:?} | {entries} | 2^{rows} {}",
                keccak_security(size)
            )
            .unwrap();
        }
        text
    }

    #[test]
    fn committed_document_has_the_bits_of_every_size() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/keccak.md");
        let committed = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = committed.split_once("<!-- printed by `make gen` -->\n").unwrap();
        let (_, tail) = rest.split_once("<!-- end -->").unwrap();
        let text = format!(
            "{head}<!-- printed by `make gen` -->\n{}<!-- end -->{tail}",
            table()
        );
        if std::env::var_os("CAUSEWAY_REGENERATE").is_some() {
            std::fs::write(&path, text).unwrap();
        } else {
            assert_eq!(text, committed, "run make gen");
        }
    }
}
