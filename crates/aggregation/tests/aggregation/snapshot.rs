//! Sizes and digests of every circuit: changing one is a deliberate act.

use causeway_aggregation::{F, Shape};
use plonky2::field::types::PrimeField64;

use crate::fixtures::{aggregator, closing_circuit, pinned};

fn hex(elements: [F; 4]) -> String {
    elements
        .map(|element| format!("{:016x}", element.to_canonical_u64()))
        .join(" ")
}

#[test]
fn circuits_are_what_they_were() {
    let node = aggregator().node();
    let (_, normalizer) = pinned();
    let got = [
        format!("standard {}", hex(Shape::Standard.digest())),
        format!("closing {}", hex(Shape::Closing.digest())),
        format!("node {} rows {}", node.rows(), hex(node.key_digest().elements())),
        format!(
            "tree closing {} rows {}",
            closing_circuit().rows(),
            hex(closing_circuit().key_digest().elements())
        ),
        format!(
            "normaliser {:?} {}",
            normalizer.wraps(),
            hex(normalizer.key_digest().elements())
        ),
    ];
    assert_eq!(got.join("\n"), include_str!("snapshot.txt").trim_end());
}
