//! Filling a witness: plonky2's generators, run to the end whatever they do.

use std::collections::BTreeSet;
use std::fmt;

use plonky2::iop::generator::GeneratedValues;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, PartitionWitness};
use plonky2::plonk::circuit_data::{CircuitData, ProverOnlyCircuitData};
use plonky2::plonk::config::GenericConfig;

use super::quiet::quietly;
use super::violation::{Place, name};
use super::{First, Violation, Violations};
use crate::config::{D, F};

/// A generator that computed another value than there is already, given by the prover or computed by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// plonky2's id of the generator.
    pub generator: String,
    /// The target that it would have written.
    pub target: Target,
    /// The value that it would have written.
    pub got: F,
    /// The value that there is.
    pub first: F,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            generator,
            target,
            got,
            first,
        } = self;
        write!(
            f,
            "{}, for which {} computes {got}, is {first} already",
            Place(*target),
            name(generator)
        )
    }
}

/// A generator that did not finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// plonky2's id of the generator.
    pub generator: String,
    /// The row it works for, if it reads from one.
    pub row: Option<usize>,
    /// Why it did not.
    pub reason: Reason,
}

/// Why a generator did not finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It waits for a value that nothing gives.
    Waits {
        /// The first target it waits for.
        target: Target,
    },
    /// It has all values that it asked for and returned an error.
    Refused,
    /// It panicked.
    Panicked,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name(&self.generator))?;
        if let Some(row) = self.row {
            write!(f, " of row {row}")?;
        }
        match self.reason {
            Reason::Waits { target } => write!(f, " waits for {}", Place(target)),
            Reason::Refused => f.write_str(" refused its inputs"),
            Reason::Panicked => f.write_str(" panicked on its inputs"),
        }
    }
}

/// A witness that generators filled as far as they could.
#[derive(Debug)]
pub(crate) struct Filled<'a> {
    pub(crate) partition: PartitionWitness<'a, F>,
    /// What is wrong with the prover's inputs by themselves.
    pub(crate) inputs: Violations,
    /// What generators would have written otherwise.
    pub(crate) conflicts: First<Conflict>,
    /// Generators that have not the values that they ask for.
    pub(crate) waiting: First<Unfinished>,
    /// Generators that failed on the values that they asked for.
    pub(crate) failed: First<Unfinished>,
    /// Classes that a forger wrote.
    forged: BTreeSet<usize>,
}

/// Fills a witness from `forged` and a prover's inputs. Whoever writes a class first, wins.
pub(crate) fn fill<'a, InC: GenericConfig<D, F = F>>(
    data: &'a CircuitData<F, InC, D>,
    inputs: &PartialWitness<F>,
    forged: &[(Target, F)],
) -> Filled<'a> {
    let mut filled = Filled {
        partition: PartitionWitness::new(
            data.common.config.num_wires,
            data.common.degree(),
            &data.prover_only.representative_map,
        ),
        inputs: Violations::default(),
        conflicts: First::default(),
        waiting: First::default(),
        failed: First::default(),
        forged: BTreeSet::new(),
    };
    for &(target, value) in forged {
        match filled.class(target) {
            Some(class) => {
                filled.forged.insert(class);
                filled.partition.values[class].get_or_insert(value);
            }
            None => filled.inputs.push(Violation::UnknownTarget { target }),
        }
    }
    filled.take(inputs);
    let outcome = filled.generate(&data.prover_only);
    filled.blame(&data.prover_only, &outcome);
    filled
}

/// What became of each generator.
struct Outcome {
    done: Vec<bool>,
    panicked: Vec<bool>,
}

impl Filled<'_> {
    /// The class of a target, if the circuit has it.
    pub(super) fn class(&self, target: Target) -> Option<usize> {
        let PartitionWitness {
            num_wires, degree, ..
        } = self.partition;
        if let Target::Wire(wire) = target
            && (wire.row >= degree || wire.column >= num_wires)
        {
            return None;
        }
        let index = target.index(num_wires, degree);
        self.partition.representative_map.get(index).copied()
    }

    /// The value of a target, if anything wrote it.
    pub(super) fn get(&self, target: Target) -> Option<F> {
        self.partition.values[self.class(target)?]
    }

    /// Takes a prover's inputs, in the order of targets: plonky2 keeps them in none.
    fn take(&mut self, inputs: &PartialWitness<F>) {
        let (wires, degree) = (self.partition.num_wires, self.partition.degree);
        let mut inputs: Vec<(Target, F)> = inputs
            .target_values
            .iter()
            .map(|(&target, &value)| (target, value))
            .collect();
        inputs.sort_unstable_by_key(|(target, _)| target.index(wires, degree));
        for (target, got) in inputs {
            let Some(class) = self.class(target) else {
                self.inputs.push(Violation::UnknownTarget { target });
                continue;
            };
            let first = *self.partition.values[class].get_or_insert(got);
            if first != got && !self.forged.contains(&class) {
                self.inputs.push(Violation::Conflict { target, got, first });
            }
        }
    }

    /// Runs generators until none of them writes anything new, in the order in which plonky2 does.
    fn generate<InC: GenericConfig<D, F = F>>(
        &mut self,
        prover: &ProverOnlyCircuitData<F, InC, D>,
    ) -> Outcome {
        let count = prover.generators.len();
        let mut outcome = Outcome {
            done: vec![false; count],
            panicked: vec![false; count],
        };
        let mut pending: Vec<usize> = (0..count).collect();
        let mut buffer = GeneratedValues::empty();
        while !pending.is_empty() {
            let mut next = Vec::new();
            for index in pending {
                if outcome.done[index] || outcome.panicked[index] {
                    continue;
                }
                let generator = &prover.generators[index].0;
                match quietly(|| generator.run(&self.partition, &mut buffer)) {
                    Some(done) => outcome.done[index] = done,
                    None => {
                        outcome.panicked[index] = true;
                        buffer.target_values.clear();
                    }
                }
                for (target, got) in buffer.target_values.drain(..) {
                    let Some(class) = self.class(target) else { continue };
                    match self.partition.values[class] {
                        None => {
                            self.partition.values[class] = Some(got);
                            let watchers = prover.generator_indices_by_watches.get(&class);
                            next.extend(watchers.into_iter().flatten());
                        }
                        Some(first) if first != got && !self.forged.contains(&class) => {
                            self.conflicts.push(Conflict {
                                generator: generator.id(),
                                target,
                                got,
                                first,
                            });
                        }
                        Some(_) => {}
                    }
                }
            }
            pending = next;
        }
        outcome
    }

    /// Says why generators did not finish.
    fn blame<InC: GenericConfig<D, F = F>>(
        &mut self,
        prover: &ProverOnlyCircuitData<F, InC, D>,
        outcome: &Outcome,
    ) {
        for (index, generator) in prover.generators.iter().enumerate() {
            if outcome.done[index] {
                continue;
            }
            let watches = generator.0.watch_list();
            let row = watches.iter().find_map(|target| match target {
                Target::Wire(wire) => Some(wire.row),
                Target::VirtualTarget { .. } => None,
            });
            let missing = watches.iter().find(|target| self.get(**target).is_none());
            let reason = match missing {
                _ if outcome.panicked[index] => Reason::Panicked,
                Some(&target) => Reason::Waits { target },
                None => Reason::Refused,
            };
            let list = match reason {
                Reason::Waits { .. } => &mut self.waiting,
                Reason::Refused | Reason::Panicked => &mut self.failed,
            };
            list.push(Unfinished {
                generator: generator.0.id(),
                row,
                reason,
            });
        }
    }
}
