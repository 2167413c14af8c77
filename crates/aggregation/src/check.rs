//! A constraint checker: fills a circuit's witness, lets a test forge any part of it, and says which gate and copy
//! constraints the result breaks.
//!
//! plonky2's generators check nothing, and an error of theirs is no rejection: a dishonest prover writes his own.
//! Here a forged value wins over whatever a generator would have written, later generators see it, and every row is
//! then held to its gate's own constraints.

use std::collections::HashMap;

use plonky2::field::extension::{Extendable, FieldExtension};
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::HashOut;
use plonky2::iop::generator::GeneratedValues;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, PartitionWitness, Witness};
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::config::{GenericConfig, Hasher};
use plonky2::plonk::vars::EvaluationVars;

use crate::config::{D, F};

/// The selector value of rows that belong to another group of gates.
const UNUSED_SELECTOR: u64 = u32::MAX as u64;

/// A constraint that a witness breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A gate's own constraint.
    Gate {
        /// The row.
        row: usize,
        /// plonky2's id of the row's gate.
        gate: String,
        /// Index of the constraint within the gate.
        constraint: usize,
    },
    /// A wire that differs from the others it is connected with.
    Copy {
        /// The row.
        row: usize,
        /// The wire's column.
        column: usize,
    },
}

/// A filled witness of one circuit: the whole matrix of wires.
#[derive(Debug)]
pub struct Trace<'a, InC: GenericConfig<D, F = F>> {
    data: &'a CircuitData<F, InC, D>,
    partition: PartitionWitness<'a, F>,
    wires: Vec<Vec<F>>,
}

impl<'a, InC: GenericConfig<D, F = F>> Trace<'a, InC> {
    /// Fills the witness from a prover's inputs with plonky2's own generators.
    ///
    /// Where two writers disagree the first one wins: whether that is a violation is for the constraints to say.
    pub fn honest(data: &'a CircuitData<F, InC, D>, inputs: &PartialWitness<F>) -> Self {
        Self::forged(data, inputs, &[])
    }

    /// [`Self::honest`] by a prover who writes `forged` first and lets everything else follow from it.
    pub fn forged(
        data: &'a CircuitData<F, InC, D>,
        inputs: &PartialWitness<F>,
        forged: &[(Target, F)],
    ) -> Self {
        let mut partition = PartitionWitness::new(
            data.common.config.num_wires,
            data.common.degree(),
            &data.prover_only.representative_map,
        );
        let mut pending: Vec<usize> = (0..data.prover_only.generators.len()).collect();
        let mut done = vec![false; pending.len()];
        for &(target, value) in forged {
            write(&mut partition, target, value);
        }
        for (&target, &value) in &inputs.target_values {
            write(&mut partition, target, value);
        }
        let mut buffer = GeneratedValues::empty();
        while !pending.is_empty() {
            let mut next = Vec::new();
            for index in pending {
                if done[index] {
                    continue;
                }
                done[index] = data.prover_only.generators[index].0.run(&partition, &mut buffer);
                for (target, value) in buffer.target_values.drain(..) {
                    if let Some(class) = write(&mut partition, target, value) {
                        next.extend(
                            data.prover_only
                                .generator_indices_by_watches
                                .get(&class)
                                .into_iter()
                                .flatten(),
                        );
                    }
                }
            }
            pending = next;
        }
        let (rows, columns) = (data.common.degree(), data.common.config.num_wires);
        let wires = (0..rows)
            .map(|row| {
                let value = |column| {
                    partition
                        .try_get_target(Target::wire(row, column))
                        .unwrap_or(F::ZERO)
                };
                (0..columns).map(value).collect()
            })
            .collect();
        Self {
            data,
            partition,
            wires,
        }
    }

    /// The value of a target, if anything wrote it.
    pub fn get(&self, target: Target) -> Option<F> {
        self.partition.try_get_target(target)
    }

    /// Overwrites one wire alone, against its copy constraints and whatever was computed from it.
    ///
    /// # Panics
    /// If the circuit has no such wire.
    pub fn overwrite_wire(&mut self, row: usize, column: usize, value: F) {
        self.wires[row][column] = value;
    }

    /// The public inputs that this witness proves.
    pub fn public_inputs(&self) -> Vec<F> {
        let value = |&target| self.get(target).unwrap_or(F::ZERO);
        self.data.prover_only.public_inputs.iter().map(value).collect()
    }

    /// Every constraint that the witness breaks, in the order of rows; empty for a witness that can be proven.
    pub fn violations(&self) -> Vec<Violation> {
        let common = &self.data.common;
        let constants: Vec<Vec<F>> = self.data.prover_only.constants_sigmas_commitment.polynomials
            [common.constants_range()]
        .iter()
        .map(|polynomial| polynomial.clone().fft().values)
        .collect();
        let public_inputs_hash = InC::InnerHasher::hash_no_pad(&self.public_inputs());
        let mut found = Vec::new();
        for row in 0..common.degree() {
            let local: Vec<F> = constants.iter().map(|column| column[row]).collect();
            self.check_gate(row, &local, &public_inputs_hash, &mut found);
        }
        self.check_copies(&mut found);
        found
    }

    fn check_gate(
        &self,
        row: usize,
        constants: &[F],
        public_inputs_hash: &HashOut<F>,
        found: &mut Vec<Violation>,
    ) {
        type Extension = <F as Extendable<D>>::Extension;
        let common = &self.data.common;
        let selectors = common.selectors_info.num_selectors();
        let Some(gate) = constants[..selectors]
            .iter()
            .map(PrimeField64::to_canonical_u64)
            .find(|&selector| selector != UNUSED_SELECTOR)
            .and_then(|selector| common.gates.get(usize::try_from(selector).ok()?))
        else {
            return;
        };
        let lift = |values: &[F]| {
            values
                .iter()
                .map(|&value| <Extension as FieldExtension<D>>::from_basefield(value))
                .collect::<Vec<_>>()
        };
        let vars = EvaluationVars {
            local_constants: &lift(&constants[selectors + common.num_lookup_selectors..]),
            local_wires: &lift(&self.wires[row]),
            public_inputs_hash,
        };
        for (constraint, value) in gate.0.eval_unfiltered(vars).into_iter().enumerate() {
            if value != Extension::ZERO {
                found.push(Violation::Gate {
                    row,
                    gate: gate.0.id(),
                    constraint,
                });
            }
        }
    }

    fn check_copies(&self, found: &mut Vec<Violation>) {
        let config = &self.data.common.config;
        let mut classes: HashMap<usize, F> = HashMap::new();
        for (row, wires) in self.wires.iter().enumerate() {
            for (column, &value) in wires[..config.num_routed_wires].iter().enumerate() {
                let class = self.partition.representative_map[row * config.num_wires + column];
                if *classes.entry(class).or_insert(value) != value {
                    found.push(Violation::Copy { row, column });
                }
            }
        }
    }
}

/// Writes a target unless its class is written already; the class, if this wrote it.
fn write(partition: &mut PartitionWitness<'_, F>, target: Target, value: F) -> Option<usize> {
    let class = partition.representative_map[target.index(partition.num_wires, partition.degree)];
    let cell = &mut partition.values[class];
    cell.is_none().then(|| {
        *cell = Some(value);
        class
    })
}
