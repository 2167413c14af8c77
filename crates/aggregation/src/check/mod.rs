//! A constraint checker: fills a circuit's witness, lets a test forge any part of it, and says which gate and copy
//! constraints the result breaks.
//!
//! plonky2's generators check nothing, and an error of theirs is no rejection: a dishonest prover writes his own.
//! Here a forged value wins over whatever a generator would have written, later generators see it, and every row is
//! then held to its gate's own constraints. [`crate::prove`] is for the honest: it checks a witness as this does, is as strict
//! with generators as plonky2, and proves what was checked.
//!
//! What is checked is the whole of what a proof says of a circuit without lookup tables: every constraint of the gate of every
//! row, in the base field, and every copy constraint. A circuit with lookup tables is never found clean, see [`Unchecked`].
//! A circuit of zero knowledge is like any other: its random rows are filled by generators, belong to gates that
//! constrain nothing, and the copies among them hold.

mod copies;
mod fill;
mod first;
mod gates;
mod quiet;
#[cfg(test)]
mod tests;
mod violation;

use std::collections::BTreeMap;

use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::config::{GenericConfig, Hasher};

use crate::config::{D, F};

pub(crate) use fill::{Filled, fill};
pub(crate) use quiet::quietly;

pub use fill::{Conflict, Reason, Unfinished};
pub use first::{First, KEPT};
pub use violation::{Unchecked, Violation, Violations};

/// A filled witness of one circuit: the whole matrix of wires.
#[derive(Debug)]
pub struct Trace<'a, InC: GenericConfig<D, F = F>> {
    data: &'a CircuitData<F, InC, D>,
    filled: Filled<'a>,
    /// Wires that differ from what their class is.
    overwritten: BTreeMap<(usize, usize), F>,
}

impl<'a, InC: GenericConfig<D, F = F>> Trace<'a, InC> {
    /// Fills the witness from a prover's inputs with plonky2's own generators.
    ///
    /// Where two writers disagree the first one wins. Between two inputs that is a [`Violation::Conflict`]; where a
    /// generator disagrees, whether that is a violation is for the constraints to say.
    pub fn honest(data: &'a CircuitData<F, InC, D>, inputs: &PartialWitness<F>) -> Self {
        Self::forged(data, inputs, &[])
    }

    /// [`Self::honest`] by a prover who writes `forged` first and lets everything else follow from it.
    ///
    /// A generator that fails on what was forged leaves its targets empty. They are zero then, as all that nobody writes.
    pub fn forged(
        data: &'a CircuitData<F, InC, D>,
        inputs: &PartialWitness<F>,
        forged: &[(Target, F)],
    ) -> Self {
        Self {
            data,
            filled: fill(data, inputs, forged),
            overwritten: BTreeMap::new(),
        }
    }

    /// The value of a target, if anything wrote it.
    pub fn get(&self, target: Target) -> Option<F> {
        self.filled.get(target)
    }

    /// The value of one wire; zero if nothing wrote it.
    ///
    /// # Panics
    /// If the circuit has no such wire.
    pub fn wire(&self, row: usize, column: usize) -> F {
        assert!(self.has_wire(row, column), "the circuit has this wire");
        if !self.overwritten.is_empty()
            && let Some(&value) = self.overwritten.get(&(row, column))
        {
            return value;
        }
        self.copied(row, column)
    }

    /// What a wire is that is equal to its copies.
    fn copied(&self, row: usize, column: usize) -> F {
        let partition = &self.filled.partition;
        let class = partition.representative_map[row * partition.num_wires + column];
        partition.values[class].unwrap_or_default()
    }

    /// Overwrites one wire alone, against its copy constraints and whatever was computed from it.
    ///
    /// # Panics
    /// If the circuit has no such wire.
    pub fn overwrite_wire(&mut self, row: usize, column: usize, value: F) {
        assert!(self.has_wire(row, column), "the circuit has this wire");
        if value == self.copied(row, column) {
            self.overwritten.remove(&(row, column));
        } else {
            self.overwritten.insert((row, column), value);
        }
    }

    fn has_wire(&self, row: usize, column: usize) -> bool {
        row < self.filled.partition.degree && column < self.filled.partition.num_wires
    }

    /// The public inputs that this witness proves.
    pub fn public_inputs(&self) -> Vec<F> {
        let value = |&target| self.get(target).unwrap_or_default();
        self.data.prover_only.public_inputs.iter().map(value).collect()
    }

    /// Generators that would have written something else than there is. That is no violation by itself.
    pub const fn conflicts(&self) -> &First<Conflict> {
        &self.filled.conflicts
    }

    /// Generators that wait for values that nothing gives.
    pub const fn waiting(&self) -> &First<Unfinished> {
        &self.filled.waiting
    }

    /// Generators that refused the values they asked for or panicked.
    pub const fn failed(&self) -> &First<Unfinished> {
        &self.filled.failed
    }

    /// The first [`KEPT`] constraints that the witness breaks, see [`Self::check`]; empty for a witness that can be proven.
    pub fn violations(&self) -> Vec<Violation> {
        self.check().into_first()
    }

    /// Every constraint that the witness breaks: what is wrong with the prover's inputs, then gates in the order of
    /// rows, then copies.
    pub fn check(&self) -> Violations {
        if !self.data.common.luts.is_empty() {
            return Violations::of([Violation::Unchecked(Unchecked::Lookups)]);
        }
        let public_inputs_hash = InC::InnerHasher::hash_no_pad(&self.public_inputs());
        let gates = gates::check(self.data, &public_inputs_hash, |row, column| {
            self.wire(row, column)
        });
        let gates = gates.unwrap_or_else(|why| Violations::of([Violation::Unchecked(why)]));
        let routed = self.data.common.config.num_routed_wires;
        let copies = copies::check(&self.filled.partition, routed, &self.overwritten);
        self.filled.inputs.clone().chain(gates).chain(copies)
    }

    /// The filled witness, for the prover.
    pub(crate) fn into_filled(self) -> Filled<'a> {
        self.filled
    }
}
