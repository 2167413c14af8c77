//! What a configuration is worth, in bits, by one function for every layer.
//!
//! Sources of the formulas; rho is the rate, n = degree / rho the size of the FRI domain, q the size of the extension
//! field, s the number of queries, g the bits of grinding:
//!
//! - **old conjecture** (ethSTARK, eprint 2021/582): s log2(1/rho) + g. Refuted as a general statement in 2025 (eprint
//!   2025/2046, 2025/2010, 2025/2055); no attack at such parameters is known. It is printed for comparison.
//! - **post-2025**: s b + g with b = -log2(rho + rho log2(e/rho) / log2 q), the distance of a random word from the code
//!   (Diamond and Gruen, eprint 2025/2010, section 1.5). Conjectured.
//! - **Johnson**: proven. Proximity parameter 1 - sqrt(rho) (1 + 1/m); queries count -log2(sqrt(rho) (1 + 1/m)) each,
//!   commitments and batching err by theorem 4.2 of eprint 2025/2055; the better of all m is taken.
//! - **unique decoding**: proven. Queries count -log2((1 + rho) / 2) each.
//! - **permutation argument**: its challenges come from the base field, one pair per `num_challenges`; a product over
//!   all routed cells gives (rows x routed / p)^challenges by Schwartz-Zippel. The combination of gate constraints
//!   draws from the same field, has fewer terms and never binds.
//! - **field**: batching all polynomials by powers of one element of the extension field errs by (polynomials - 1) n / q
//!   even below the unique decoding radius (BCIKS20, eprint 2020/654); no number of queries helps.
//! - **hash**: collisions in Merkle trees and transcript, half of the digest.

use std::fmt;

use plonky2::fri::FriConfig;
use plonky2::plonk::circuit_data::{CircuitConfig, CommonCircuitData};
use serde::{Deserialize, Serialize};

use crate::config::{D, F};
use crate::shape::Shape;

/// More selector polynomials than any gate list here needs; counted as opened constants.
const SELECTORS: usize = 8;

/// The fields and hash of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fields {
    /// log2 of the base field's size, whence permutation challenges are drawn.
    pub base_bits: f64,
    /// Degree of the extension field.
    pub extension_degree: usize,
    /// log2 of the work of a collision in the layer's hash.
    pub hash_bits: f64,
}

impl Fields {
    /// Goldilocks with its quadratic extension and Poseidon digests of four elements.
    pub const GOLDILOCKS: Self = Self {
        base_bits: 64.0,
        extension_degree: 2,
        hash_bits: 128.0,
    };
    /// The same arithmetic under hashes of one element of BN254's scalar field (2^253.6, half of it lost to birthday).
    pub const GOLDILOCKS_OVER_BN254: Self = Self {
        base_bits: 64.0,
        extension_degree: 2,
        hash_bits: 126.8,
    };
}

/// What the bits of an argument depend on.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// FRI's parameters.
    pub fri: &'a FriConfig,
    /// Binary logarithm of the number of rows.
    pub degree_bits: usize,
    /// Polynomials that one FRI argument batches.
    pub polynomials: usize,
    /// Bits of the argument that binds cells or tables together, whose challenges come from the base field.
    pub permutation: f64,
    /// The fields and hash.
    pub fields: Fields,
}

/// Bits of security of one layer, by what they rest on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Security {
    /// FRI's queries and grinding under the conjecture of 2021.
    pub old_conjecture: f64,
    /// FRI's queries and grinding under what is still conjectured.
    pub post_2025: f64,
    /// FRI as proven up to the Johnson bound.
    pub johnson: f64,
    /// FRI as proven up to the unique decoding radius.
    pub unique_decoding: f64,
    /// The permutation argument.
    pub permutation: f64,
    /// What the extension field allows, whatever the queries.
    pub field: f64,
    /// Collision resistance of the hash.
    pub hash: f64,
}

impl Security {
    /// Computes the bits of a plonky2 circuit with 2^`degree_bits` rows.
    pub fn of(config: &CircuitConfig, degree_bits: usize, fields: Fields) -> Self {
        let cells_bits = degree_bits as f64 + (config.num_routed_wires as f64).log2();
        Self::of_argument(&Argument {
            fri: &config.fri_config,
            degree_bits,
            polynomials: polynomials(config),
            permutation: config.num_challenges as f64 * (fields.base_bits - cells_bits),
            fields,
        })
    }

    /// Computes the bits of any argument that ends in FRI.
    pub fn of_argument(argument: &Argument<'_>) -> Self {
        let Argument { fri, fields, .. } = argument;
        let extension_bits = fields.base_bits * fields.extension_degree as f64;
        let log_inv_rate = fri.rate_bits as f64;
        let rate = (-log_inv_rate).exp2();
        let domain_bits = argument.degree_bits as f64 + log_inv_rate;
        let (queries, grinding) = (fri.num_query_rounds as f64, f64::from(fri.proof_of_work_bits));
        let phase = |bits_per_query: f64| queries * bits_per_query + grinding;

        let batching = (argument.polynomials as f64 - 1.0).max(1.0).log2();
        let field = extension_bits - domain_bits - batching;

        let johnson = (3..=200)
            .map(|m| {
                let commit = johnson_commit_bits(rate, domain_bits, extension_bits, f64::from(m)) - batching;
                phase(johnson_bits_per_query(rate, f64::from(m))).min(commit)
            })
            .fold(0.0, f64::max);

        Self {
            old_conjecture: phase(log_inv_rate).min(extension_bits),
            post_2025: phase(post_2025_bits_per_query(rate, extension_bits)).min(field),
            johnson,
            unique_decoding: phase(-(f64::midpoint(1.0, rate)).log2()).min(field),
            permutation: argument.permutation,
            field,
            hash: fields.hash_bits,
        }
    }

    /// [`Self::of`] a plonky2 circuit over Goldilocks.
    pub fn of_circuit(common: &CommonCircuitData<F, D>) -> Self {
        Self::of(&common.config, common.degree_bits(), Fields::GOLDILOCKS)
    }

    /// [`Self::of`] one of this crate's shapes.
    pub fn of_shape(shape: Shape) -> Self {
        Self::of(&shape.config(), shape.degree_bits(), Fields::GOLDILOCKS)
    }

    /// What the layer is worth: the least of what is conjectured after 2025 and of every other term that has to hold.
    pub fn bits(&self) -> f64 {
        self.post_2025
            .min(self.permutation)
            .min(self.field)
            .min(self.hash)
    }

    /// Head of the Markdown table whose rows [`fmt::Display`] prints; the reader puts a layer's name in front.
    pub const TABLE_HEAD: &str = "\
| layer | bits | old conjecture | post-2025 | Johnson (proven) | unique decoding (proven) | permutation | field | hash |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |";
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "| {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
            self.bits(),
            self.old_conjecture,
            self.post_2025,
            self.johnson,
            self.unique_decoding,
            self.permutation,
            self.field,
            self.hash
        )
    }
}

/// Polynomials that one FRI argument batches, counted from above.
fn polynomials(config: &CircuitConfig) -> usize {
    let partial_products = config
        .num_routed_wires
        .div_ceil(config.max_quotient_degree_factor.max(1));
    SELECTORS
        + config.num_constants
        + config.num_routed_wires
        + config.num_wires
        + config.num_challenges * (partial_products + config.max_quotient_degree_factor)
}

/// Bits per query after 2025.
fn post_2025_bits_per_query(rate: f64, extension_bits: f64) -> f64 {
    -(rate + rate * (std::f64::consts::E / rate).log2() / extension_bits).log2()
}

/// Bits per query at proximity parameter 1 - sqrt(rate) (1 + 1/m).
fn johnson_bits_per_query(rate: f64, m: f64) -> f64 {
    -(rate.sqrt() * (1.0 + 1.0 / m)).log2()
}

/// Bits of one linear combination at that parameter: q over the number of exceptions.
fn johnson_commit_bits(rate: f64, domain_bits: f64, extension_bits: f64, m: f64) -> f64 {
    let half = m + 0.5;
    let radius = 1.0 - rate.sqrt() * (1.0 + 1.0 / m);
    let exceptions = (2.0 * half.powi(5) + 3.0 * half * radius * rate) / (3.0 * rate.powf(1.5))
        * domain_bits.exp2()
        + half / rate.sqrt();
    extension_bits - exceptions.log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance, "{got} is not {want}");
    }

    #[test]
    fn bits_per_query_are_the_published_ones() {
        for (rate_bits, post, johnson, unique) in [
            (3, 2.951, 1.43, 0.83),
            (6, 5.918, 2.93, 0.978),
            (7, 6.908, 3.43, 0.989),
            (8, 7.897, 3.93, 0.994),
        ] {
            let rate = f64::from(-rate_bits).exp2();
            close(post_2025_bits_per_query(rate, 128.0), post, 5e-4);
            close(johnson_bits_per_query(rate, 20.0), johnson, 5e-3);
            close(-(f64::midpoint(1.0, rate)).log2(), unique, 5e-3);
        }
    }

    #[test]
    fn standard_recursion_has_98_bits_in_its_queries_and_89_in_its_permutation() {
        let security = Security::of(
            &CircuitConfig::standard_recursion_config(),
            13,
            Fields::GOLDILOCKS,
        );
        close(security.old_conjecture, 100.0, 1e-9);
        close(security.post_2025, 98.6, 0.05);
        close(security.permutation, 89.4, 0.05);
        close(security.bits(), 89.4, 0.05);
    }

    #[test]
    fn every_shape_reaches_100_bits() {
        for shape in Shape::ALL {
            let security = Security::of_shape(shape);
            assert!(security.bits() >= 100.0, "{shape:?}: {security}");
        }
    }

    #[test]
    fn a_single_challenge_halves_the_permutation_argument() {
        let mut config = Shape::Standard.config();
        config.num_challenges = 1;
        close(
            Security::of(&config, 13, Fields::GOLDILOCKS).permutation,
            44.7,
            0.05,
        );
    }

    #[test]
    fn the_johnson_column_never_exceeds_what_the_field_allows() {
        let mut config = Shape::Closing.config();
        config.fri_config.num_query_rounds = 1000;
        let security = Security::of(&config, 12, Fields::GOLDILOCKS);
        assert!(
            security.johnson < 90.0 && security.post_2025 <= security.field,
            "{security}"
        );
    }
}
