//! `docs/security.md`, printed from the configurations themselves.

use std::fmt::Write;

use causeway_aggregation::security::Fields;
use causeway_aggregation::{Security, Shape};
use plonky2::plonk::circuit_data::CircuitConfig;

use crate::last::{DEGREE_BITS, Profile};
use crate::wrapper;

/// A layer of plonky2 between a program and Groth16.
#[derive(Clone, Debug)]
pub struct Layer {
    /// What it is.
    pub name: String,
    /// Whether the configuration is one of ours; else it is shown for comparison.
    pub ours: bool,
    /// The configuration.
    pub config: CircuitConfig,
    /// Binary logarithm of the rows.
    pub degree_bits: usize,
    /// What it is worth.
    pub security: Security,
}

/// Every layer of ours, in the order of proving, then plonky2's own recursion configuration.
pub fn layers() -> Vec<Layer> {
    let shape = |name: &str, shape: Shape| Layer {
        name: name.to_owned(),
        ours: true,
        config: shape.config(),
        degree_bits: shape.degree_bits(),
        security: Security::of_shape(shape),
    };
    let mut layers = vec![
        shape("normalised proofs and tree nodes", Shape::Standard),
        shape("closing proof", Shape::Closing),
    ];
    layers.extend(Profile::ALL.map(|profile| Layer {
        name: format!("last layer, {profile} profile"),
        ours: true,
        config: profile.config(),
        degree_bits: DEGREE_BITS,
        security: wrapper::security(profile),
    }));
    let (config, degree_bits) = (
        CircuitConfig::standard_recursion_config(),
        Shape::Standard.degree_bits(),
    );
    layers.push(Layer {
        name: "not ours: plonky2's `standard_recursion_config`".to_owned(),
        ours: false,
        security: Security::of(&config, degree_bits, Fields::GOLDILOCKS),
        config,
        degree_bits,
    });
    layers
}

/// The least of a term over our layers.
fn least(layers: &[Layer], term: impl Fn(&Security) -> f64) -> f64 {
    let ours = layers.iter().filter(|layer| layer.ours);
    ours.map(|layer| term(&layer.security))
        .fold(f64::INFINITY, f64::min)
}

/// The greatest of a term over our layers.
fn greatest(layers: &[Layer], term: impl Fn(&Security) -> f64) -> f64 {
    -least(layers, |security| -term(security))
}

/// The whole of `docs/security.md`.
pub fn security_doc() -> String {
    let layers = layers();
    let mut text = String::from(HEAD);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n## Bits by layer\n\n{}", Security::TABLE_HEAD);
    for layer in &layers {
        let _ = writeln!(text, "| {} {}", layer.name, layer.security);
    }
    let _ = writeln!(
        text,
        "\nThe weakest of our layers has {:.1} bits, and a chain of proofs is worth no more than its weakest layer. \
         The last row is what\na program that uses plonky2's defaults brings along, at 2^{} rows: its proofs are \
         worth that much before ours begin. Whoever\nnormalises a proof is told its bits, and below 90 he has to \
         allow it.",
        least(&layers, Security::bits),
        Shape::Standard.degree_bits()
    );

    text += "\n## Parameters\n\n| layer | rows | rate | queries | grinding | routed wires | challenges |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n";
    for Layer {
        name,
        config,
        degree_bits,
        ..
    } in &layers
    {
        let fri = &config.fri_config;
        let _ = writeln!(
            text,
            "| {name} | 2^{degree_bits} | 1/{} | {} | {} | {} | {} |",
            1u64 << fri.rate_bits,
            fri.num_query_rounds,
            fri.proof_of_work_bits,
            config.num_routed_wires,
            config.num_challenges
        );
    }
    text += TERMS;
    text += &conservative();
    let _ = write!(
        text,
        "\n## What is not proven\n\n\
         No layer of ours has 100 proven bits. By what is proven about FRI, the layers lie between {:.1} and {:.1} bits up to \
         the Johnson\nbound and between {:.1} and {:.1} up to unique decoding, and neither column exceeds what the field \
         allows. In the Johnson\nregime the exceptions of one linear combination, divided by the size of a field extension \
         of degree 2 (2^128), leave less than\n100 bits at these domains whatever the number of queries. The column *bits* \
         rests on a conjecture.\n",
        least(&layers, |security| security.johnson),
        greatest(&layers, |security| security.johnson),
        least(&layers, |security| security.unique_decoding),
        greatest(&layers, |security| security.unique_decoding),
    );
    text += TAIL;
    text
}

/// What the conservative profile has that the default has not.
fn conservative() -> String {
    let (default, conservative) = (Profile::Default, Profile::Conservative);
    let (before, after) = (wrapper::security(default), wrapper::security(conservative));
    let (fri, conservative_fri) = (default.config().fri_config, conservative.config().fri_config);
    format!(
        "\n## The conservative profile\n\n\
         It makes {} queries at rate 1/{} with {} bits of grinding in the last layer where the default makes {} at 1/{} \
         with {}. By what is proven,\nthat layer then has {:.1} bits instead of {:.1} up to the Johnson bound, and {:.1} instead of {:.1} up \
         to unique decoding; by what is\nconjectured, {:.1} instead of {:.1}, no more than the {:.1} that the field \
         allows. It is for whoever wants a margin against a better\nattack on FRI's queries, and costs time and \
         constraints. It changes the last layer alone: the layers before it are the same in\nevery profile and keep \
         their bits.\n",
        conservative_fri.num_query_rounds,
        1u64 << conservative_fri.rate_bits,
        conservative_fri.proof_of_work_bits,
        fri.num_query_rounds,
        1u64 << fri.rate_bits,
        fri.proof_of_work_bits,
        after.johnson,
        before.johnson,
        after.unique_decoding,
        before.unique_decoding,
        after.post_2025,
        before.post_2025,
        after.field,
    )
}

const HEAD: &str = "\
# Security

Printed by `verifier-gen info --security-doc` from the configurations themselves; `make gen` writes this file.

A proof of a program passes through plonky2 layers (normalised, aggregated in a tree, closed, proven once more over
BN254) and ends in Groth16. A number of bits b means that, by the reasoning named, forging a proof takes work of about
2^b hashes or has a chance of 2^-b an attempt. Every layer of ours has 100 bits or more in the column *bits*, a unit
test holds them to it, and there is no weaker configuration outside tests.

All layers in the tables are plonky2's own PLONK with FRI. Programs of ours that need Keccak verify a STARK of it besides:
[keccak.md](keccak.md) has its bits, 100 or more too.
";

const TERMS: &str = "
Rows are those of the circuit; FRI's domain has rows / rate points. Routed wires and challenges are those of the
permutation argument. All layers draw from Goldilocks (p = 2^64 - 2^32 + 1) and its extension of degree 2.

## What the columns mean

- **bits**: the least of post-2025, permutation, field and hash. What we claim.
- **old conjecture**: queries x log2(1/rate) + grinding, as plonky2 counts it (ethSTARK, eprint 2021/582). As a general
  statement it was refuted in 2025 (eprint 2025/2046, 2025/2010, 2025/2055); no attack at such parameters is known. For
  comparison only.
- **post-2025**: each query counts -log2(rate + rate log2(e/rate) / log2 q), the distance of a random word from the code
  in a field of q elements (Diamond and Gruen, eprint 2025/2010, section 1.5), plus grinding; never more than *field*. What
  is still conjectured, not proven.
- **Johnson**: proven. Queries up to the Johnson bound, with the error of commitments and batching by eprint 2025/2055,
  theorem 4.2.
- **unique decoding**: proven. Each query counts -log2((1 + rate) / 2), plus grinding; never more than *field*.
- **permutation**: the permutation argument draws its challenges from the base field: (rows x routed wires / p) to the
  power of *challenges*, by Schwartz and Zippel. plonky2's own count leaves it out, and two challenges do not reach 100
  bits at our sizes: hence three.
- **field**: batching all polynomials by powers of one element of the extension field errs by (polynomials - 1) x domain / q
  even below unique decoding (eprint 2020/654). More queries do not help.
- **hash**: collisions in Merkle trees and transcript, half of the digest: four Goldilocks elements of Poseidon, or one
  element of BN254's scalar field of Poseidon2 in the last layer (width 8 for leaves, 2 for nodes, 3 for the transcript).

Grinding counts as work: each of its bits doubles the cost of an attempt.
";

const TAIL: &str = "
Not computed here, and part of what a user trusts:

- **Groth16 over BN254.** The literature puts discrete logarithms on BN254 at about 100 to 110 bits, since the number field
  sieve for extension fields improved. Pairing-based soundness holds in the generic or algebraic group model.
- **The key.** A development key has no security at all. A ceremony's key is sound if one participant forgot his secret.
- **Poseidon and Poseidon2** are young hash functions; the bits above take them for random.
- **Fiat-Shamir**: interaction is replaced by hashing, and the bits are per attempt of whoever grinds the transcript.
- **The circuits themselves.** Tests hold them to plonky2's verifier and to forged witnesses; nobody outside has audited them.
";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;
    use std::{env, fs};

    use super::*;

    #[test]
    fn every_layer_of_ours_reaches_100_bits() {
        for layer in layers().into_iter().filter(|layer| layer.ours) {
            let security = layer.security;
            assert!(security.bits() >= 100.0, "{}: {security}", layer.name);
            assert!(security.post_2025 >= 100.0 && security.permutation >= 100.0);
        }
    }

    /// What the document says in words.
    #[test]
    fn no_layer_has_100_proven_bits_nor_would_more_queries_give_them_up_to_johnson() {
        for layer in layers() {
            let proven = layer.security.johnson.max(layer.security.unique_decoding);
            assert!(proven < 100.0, "{}: {}", layer.name, layer.security);
            let mut config = layer.config;
            config.fri_config.num_query_rounds = 1_000;
            let security = Security::of(&config, layer.degree_bits, Fields::GOLDILOCKS);
            assert!(security.johnson < 100.0, "{}: {security}", layer.name);
        }
    }

    #[test]
    fn the_conservative_profile_has_more_proven_bits_than_the_others() {
        let conservative = wrapper::security(Profile::Conservative);
        for profile in [Profile::Default, Profile::Small] {
            let other = wrapper::security(profile);
            assert!(conservative.johnson > other.johnson, "{profile}: {other}");
            assert!(
                conservative.unique_decoding > other.unique_decoding,
                "{profile}: {other}"
            );
        }
    }

    /// CAUSEWAY_REGENERATE=1 writes the file.
    #[test]
    fn committed_document_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
        if env::var_os("CAUSEWAY_REGENERATE").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, security_doc()).unwrap();
        } else {
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(text, security_doc(), "docs/security.md is stale: make gen");
        }
    }
}
