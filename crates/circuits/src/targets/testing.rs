//! Gadgets under test: some targets of a circuit, and whether values for them satisfy it.
#![allow(clippy::unwrap_used)]

use alloy_primitives::B256;
use causeway_aggregation::check::Trace;
use causeway_aggregation::config::standard_config;
use causeway_aggregation::{C, D, F};
use causeway_ledger::poseidon::EXIT;
use causeway_types::GoldilocksDigest;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitData;

/// A circuit and the targets that a test writes: inputs, then outputs.
pub(crate) struct Gadget {
    data: CircuitData<F, C, D>,
    targets: Vec<Target>,
}

impl Gadget {
    pub(crate) fn new(build: impl FnOnce(&mut CircuitBuilder<F, D>) -> Vec<Target>) -> Self {
        let mut builder = CircuitBuilder::new(standard_config());
        let targets = build(&mut builder);
        Self {
            data: builder.build(),
            targets,
        }
    }

    /// Whether these values of the targets satisfy the circuit, everything else following from them.
    pub(crate) fn holds(&self, values: &[u64]) -> bool {
        assert_eq!(values.len(), self.targets.len());
        self.takes(values)
    }

    /// Whether these values of the first targets do, the others following from them too. A target that stands in two places has but
    /// one value.
    pub(crate) fn takes(&self, values: &[u64]) -> bool {
        let values = values.iter().map(|&value| F::from_canonical_u64(value));
        let forged: Vec<(Target, F)> = self.targets.iter().copied().zip(values).collect();
        let trace = Trace::forged(&self.data, &PartialWitness::new(), &forged);
        trace.violations().is_empty()
            && forged
                .iter()
                .all(|&(target, value)| trace.get(target) == Some(value))
    }

    /// These values satisfy the circuit, and none of them can be another.
    pub(crate) fn holds_alone(&self, values: &[u64]) {
        assert!(self.holds(values));
        for at in 0..values.len() {
            let mut other = values.to_vec();
            other[at] ^= 1;
            assert!(!self.holds(&other), "{at}");
        }
    }

    /// The targets.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The first values, as a witness has them.
    pub(crate) fn read(&self, witness: &PartialWitness<F>, count: usize) -> Vec<u64> {
        let trace = Trace::honest(&self.data, witness);
        let targets = self.targets[..count].iter();
        targets
            .map(|&target| trace.get(target).unwrap().to_canonical_u64())
            .collect()
    }
}

pub(crate) fn words(digest: GoldilocksDigest) -> [u64; 4] {
    digest.words()
}

/// A digest for each number.
pub(crate) fn digest(number: u64) -> GoldilocksDigest {
    EXIT.hash(&[F::from_canonical_u64(number)])
}

/// A byte 32 times, and as words.
pub(crate) fn word(byte: u8) -> (B256, Vec<u64>) {
    let words = vec![u64::from(u32::from_be_bytes([byte; 4])); 8];
    (B256::repeat_byte(byte), words)
}
