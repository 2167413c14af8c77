//! Real proofs through the whole of aggregation, and dishonest ones that must fail.
#![allow(clippy::unwrap_used)]

mod closing;
mod envelope;
mod fixtures;
mod normalize;
mod snapshot;
mod tree;
