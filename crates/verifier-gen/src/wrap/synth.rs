use std::collections::BTreeMap;

use ark_bn254::Fr;
use ark_ff::One;

use super::lc::Lc;
use crate::r1cs::{R1cs, Unsatisfied};

/// Builds constraints and the assignment side by side.
///
/// The constraints never depend on values: every hint is total, so that a blank proof gives the very circuit of a
/// real one.
#[derive(Debug)]
pub struct Synth {
    r1cs: R1cs,
    values: Vec<Fr>,
    section: &'static str,
    sections: BTreeMap<&'static str, usize>,
    starts: Vec<(usize, &'static str)>,
    #[cfg(test)]
    forged: Option<(usize, Fr)>,
}

/// A finished circuit with its assignment.
#[derive(Debug)]
pub struct Synthesis {
    /// The constraints.
    pub r1cs: R1cs,
    /// One value per column, the constant one first.
    pub assignment: Vec<Fr>,
    /// Constraints by part of the verifier.
    pub sections: BTreeMap<&'static str, usize>,
    starts: Vec<(usize, &'static str)>,
}

/// The first constraint that an assignment breaks, and the part of the verifier that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{section}: constraint {row} is not satisfied")]
pub struct UnsatisfiedSection {
    /// Part of the verifier.
    pub section: &'static str,
    /// Row of the matrices.
    pub row: usize,
}

impl Synthesis {
    /// Evaluates every constraint.
    pub fn check(&self) -> Result<(), UnsatisfiedSection> {
        self.check_assignment(&self.assignment)
    }

    /// Evaluates every constraint under another assignment of the same length.
    pub fn check_assignment(&self, assignment: &[Fr]) -> Result<(), UnsatisfiedSection> {
        self.r1cs.check(assignment).map_err(|Unsatisfied { row }| {
            let after = self.starts.partition_point(|&(start, _)| start <= row);
            UnsatisfiedSection {
                section: self.starts[after - 1].1,
                row,
            }
        })
    }

    /// The public inputs in order.
    pub fn public_inputs(&self) -> &[Fr] {
        &self.assignment[1..=self.r1cs.num_public()]
    }
}

impl Synth {
    /// Starts a circuit with these public inputs and returns them.
    pub fn new(public: &[Fr]) -> (Self, Vec<Lc>) {
        let mut values = vec![Fr::one()];
        values.extend_from_slice(public);
        let inputs = public
            .iter()
            .zip(1..)
            .map(|(&value, column)| Lc::variable(crate::r1cs::Var(column), value))
            .collect();
        let r1cs = R1cs::new(public.len());
        let synth = Self {
            r1cs,
            values,
            section: "start",
            sections: BTreeMap::new(),
            starts: vec![(0, "start")],
            #[cfg(test)]
            forged: None,
        };
        (synth, inputs)
    }

    /// Makes the column with this number hold another value than the hint gives. All that is computed from it
    /// afterwards follows it, as a cheating prover would have it.
    #[cfg(test)]
    pub(super) fn forge(&mut self, column: usize, value: Fr) {
        self.forged = Some((column, value));
    }

    /// Counts what follows as part of `section`, until the next call.
    pub fn section(&mut self, section: &'static str) {
        self.section = section;
        self.starts.push((self.r1cs.num_constraints(), section));
    }

    /// The section that is being counted.
    pub fn current_section(&self) -> &'static str {
        self.section
    }

    /// A new column without any constraint: the caller must constrain it.
    pub fn alloc_unchecked(&mut self, value: Fr) -> Lc {
        #[cfg(test)]
        let value = match self.forged {
            Some((column, forged)) if column == self.values.len() => forged,
            _ => value,
        };
        self.values.push(value);
        Lc::variable(self.r1cs.new_variable(), value)
    }

    /// Constrains `a * b = c`.
    pub fn enforce(&mut self, a: &Lc, b: &Lc, c: &Lc) {
        self.r1cs.push(a.terms(), b.terms(), c.terms());
        *self.sections.entry(self.section).or_default() += 1;
    }

    /// Constrains `a = b`.
    pub fn enforce_equal(&mut self, a: &Lc, b: &Lc) {
        self.enforce(&(a - b), &Lc::constant(Fr::one()), &Lc::zero());
    }

    /// A new column that holds `a * b`.
    pub fn mul(&mut self, a: &Lc, b: &Lc) -> Lc {
        let product = self.alloc_unchecked(a.value() * b.value());
        self.enforce(a, b, &product);
        product
    }

    /// Number of constraints so far.
    pub fn num_constraints(&self) -> usize {
        self.r1cs.num_constraints()
    }

    /// Ends the circuit.
    pub fn finish(self) -> Synthesis {
        Synthesis {
            r1cs: self.r1cs,
            assignment: self.values,
            sections: self.sections,
            starts: self.starts,
        }
    }
}
