#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use plonky2::field::extension::{Extendable, FieldExtension};
use plonky2::field::types::{Field, PrimeField64, Sample};
use plonky2::hash::hash_types::HashOut;
use plonky2::iop::witness::WitnessWrite;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitConfig;
use plonky2::plonk::vars::{EvaluationVars, EvaluationVarsBaseBatch};

use super::*;
use crate::config::C;
use crate::forged::pinned_and_free;
use crate::shape::Shape;

type Extension = <F as Extendable<D>>::Extension;

fn lift(values: &[F]) -> Vec<Extension> {
    let lift = |&value| <Extension as FieldExtension<D>>::from_basefield(value);
    values.iter().map(lift).collect()
}

/// A circuit that uses every gate of the standard shape, with a witness of it: it verifies a proof.
fn verifier() -> &'static (CircuitData<F, C, D>, PartialWitness<F>) {
    static CELL: OnceLock<(CircuitData<F, C, D>, PartialWitness<F>)> = OnceLock::new();
    CELL.get_or_init(|| {
        let [inner, _] = pinned_and_free(
            || Shape::Standard.builder(),
            |builder| Shape::Standard.build(builder).unwrap().data,
        );
        let mut builder = Shape::Standard.builder();
        let common = Shape::Standard.common();
        let proof = builder.add_virtual_proof_with_pis(common);
        let key = builder.constant_verifier_data::<C>(inner.key());
        builder.verify_proof::<C>(&proof, &key, common);
        builder.register_public_inputs(&proof.public_inputs);
        let data = Shape::Standard.build(builder).unwrap().data;
        let mut witness = PartialWitness::new();
        witness
            .set_proof_with_pis_target(&proof, &inner.prove(5))
            .unwrap();
        (data, witness)
    })
}

/// The check as a reader of plonky2's paper would write it: row by row, in the extension, with a map of classes.
struct Plain<'a> {
    data: &'a CircuitData<F, C, D>,
    constants: Vec<Vec<F>>,
    public_inputs_hash: HashOut<F>,
}

impl<'a> Plain<'a> {
    fn new(trace: &Trace<'a, C>) -> Self {
        let data = trace.data;
        let polynomials =
            &data.prover_only.constants_sigmas_commitment.polynomials[data.common.constants_range()];
        Self {
            data,
            constants: polynomials.iter().map(|p| p.clone().fft().values).collect(),
            public_inputs_hash: <<C as GenericConfig<D>>::InnerHasher as Hasher<F>>::hash_no_pad(
                &trace.public_inputs(),
            ),
        }
    }

    /// Index of a row's gate.
    fn gate(&self, row: usize) -> usize {
        let selectors = self.data.common.selectors_info.num_selectors();
        let gate = self.constants[..selectors]
            .iter()
            .map(|column| column[row].to_canonical_u64())
            .find(|&selector| selector != u64::from(u32::MAX));
        usize::try_from(gate.unwrap()).unwrap()
    }

    fn gate_violations(&self, trace: &Trace<'a, C>, row: usize) -> Vec<Violation> {
        let common = &self.data.common;
        let gate = &common.gates[self.gate(row)].0;
        let constants: Vec<F> = self.constants[common.selectors_info.num_selectors()..]
            .iter()
            .map(|column| column[row])
            .collect();
        let wires: Vec<F> = (0..common.config.num_wires)
            .map(|column| trace.wire(row, column))
            .collect();
        let values = gate.eval_unfiltered(EvaluationVars {
            local_constants: &lift(&constants),
            local_wires: &lift(&wires),
            public_inputs_hash: &self.public_inputs_hash,
        });
        values
            .into_iter()
            .enumerate()
            .filter(|(_, value)| *value != Extension::ZERO)
            .map(|(constraint, _)| Violation::Gate {
                row,
                gate: gate.id(),
                constraint,
            })
            .collect()
    }

    /// Whether all routed wires of each class are equal, whatever was overwritten.
    fn copies_hold(&self, trace: &Trace<'a, C>) -> bool {
        let config = &self.data.common.config;
        let mut classes = vec![None; self.data.prover_only.representative_map.len()];
        (0..self.data.common.degree())
            .flat_map(|row| (0..config.num_routed_wires).map(move |column| (row, column)))
            .all(|(row, column)| {
                let class = self.data.prover_only.representative_map[row * config.num_wires + column];
                let value = trace.wire(row, column);
                *classes[class].get_or_insert(value) == value
            })
    }
}

#[test]
fn base_and_extension_evaluation_agree() {
    let common = Shape::Standard.common();
    for gate in &common.gates {
        // Full batches of every packing's width, and a rest.
        for rows in [1, 13, 32] {
            let wires = F::rand_vec(common.config.num_wires * rows);
            let constants = F::rand_vec(common.config.num_constants * rows);
            let public_inputs_hash = HashOut::rand();
            let vars = EvaluationVarsBaseBatch::new(rows, &constants, &wires, &public_inputs_hash);
            let base = gate.0.eval_unfiltered_base_batch(vars);
            assert_eq!(base.len(), gate.0.num_constraints() * rows);
            for row in 0..rows {
                let of_row = |values: &[F]| {
                    let values: Vec<F> = values.iter().copied().skip(row).step_by(rows).collect();
                    values
                };
                let extension = gate.0.eval_unfiltered(EvaluationVars {
                    local_constants: &lift(&of_row(&constants)),
                    local_wires: &lift(&of_row(&wires)),
                    public_inputs_hash: &public_inputs_hash,
                });
                assert_eq!(lift(&of_row(&base)), extension, "{}", gate.0.id());
            }
        }
    }
}

/// What rows above hold by chance, zero factors and items that are not accessed among them: no gate has a wire that
/// it does not read, and none that it does not have.
#[test]
fn a_gate_reads_each_of_its_wires() {
    let common = Shape::Standard.common();
    for gate in &common.gates {
        let wires = F::rand_vec(common.config.num_wires);
        let constants = F::rand_vec(common.config.num_constants);
        let public_inputs_hash = HashOut::rand();
        let values = |wires: &[F]| {
            let vars = EvaluationVarsBaseBatch::new(1, &constants, wires, &public_inputs_hash);
            gate.0.eval_unfiltered_base_batch(vars)
        };
        for column in 0..common.config.num_wires {
            let mut changed = wires.clone();
            changed[column] += F::ONE;
            let read = values(&changed) != values(&wires);
            assert_eq!(
                read,
                column < gate.0.num_wires(),
                "{}, wire {column}",
                gate.0.id()
            );
        }
    }
}

#[test]
fn an_overwritten_wire_is_found_where_it_is() {
    let (data, witness) = verifier();
    let mut trace = Trace::honest(data, witness);
    assert_eq!(trace.check(), Violations::default());
    let plain = Plain::new(&trace);
    assert!(plain.copies_hold(&trace));

    // Two rows of each gate: the first, and one whose packing differs.
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in 0..data.common.degree() {
        rows.entry(plain.gate(row)).or_default().push(row);
    }
    assert_eq!(
        rows.len(),
        data.common.gates.len(),
        "every gate of the shape is used"
    );
    let class =
        |row, column| data.prover_only.representative_map[row * data.common.config.num_wires + column];
    let mut sizes = vec![0; data.prover_only.representative_map.len()];
    for row in 0..data.common.degree() {
        for column in 0..data.common.config.num_routed_wires {
            sizes[class(row, column)] += 1;
        }
    }
    let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
    for sample in 0..2 {
        for column in 0..data.common.config.num_wires {
            let mut classes = BTreeSet::new();
            let mut written = Vec::new();
            for (&gate, rows) in &rows {
                let row = rows[(rows.len() - 1) * sample];
                // One wire of a class at a time, so that what differs is known.
                if classes.insert(class(row, column)) {
                    written.push((gate, row));
                }
            }
            let before: Vec<F> = written.iter().map(|&(_, row)| trace.wire(row, column)).collect();
            for (&(_, row), &value) in written.iter().zip(&before) {
                trace.overwrite_wire(row, column, value + F::ONE);
            }
            let mut expected = Vec::new();
            for &(gate, row) in &written {
                let found = plain.gate_violations(&trace, row);
                if !found.is_empty() {
                    seen.insert((gate, column));
                }
                expected.extend(found);
            }
            expected.sort_by_key(|violation| match violation {
                Violation::Gate { row, constraint, .. } => (*row, *constraint),
                other => panic!("{other}"),
            });
            let copies = written.iter().map(|&(_, row)| row);
            let copies: BTreeSet<usize> = copies
                .filter(|&row| column < data.common.config.num_routed_wires && sizes[class(row, column)] > 1)
                .collect();
            assert_eq!(plain.copies_hold(&trace), copies.is_empty());
            expected.extend(copies.into_iter().map(|row| Violation::Copy { row, column }));

            let found = trace.check();
            assert_eq!(found.total(), expected.len(), "column {column}");
            assert_eq!(found.first(), &expected[..expected.len().min(KEPT)]);
            for (&(_, row), &value) in written.iter().zip(&before) {
                trace.overwrite_wire(row, column, value);
            }
        }
    }
    assert_eq!(trace.check(), Violations::default());
    for (index, gate) in data.common.gates.iter().enumerate() {
        let held = seen.iter().filter(|(gate, _)| *gate == index).count();
        assert_eq!(held > 0, gate.0.num_constraints() > 0, "{}", gate.0.id());
    }
}

struct Sum {
    data: CircuitData<F, C, D>,
    parts: [Target; 2],
    sum: Target,
}

/// "The public input is the sum of two numbers."
fn sum() -> Sum {
    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    let parts = builder.add_virtual_target_arr();
    let sum = builder.add(parts[0], parts[1]);
    builder.register_public_input(sum);
    Sum {
        data: builder.build::<C>(),
        parts,
        sum,
    }
}

impl Sum {
    fn witness(&self) -> PartialWitness<F> {
        let mut witness = PartialWitness::new();
        witness.set_target_arr(&self.parts, &[F::TWO, F::ONE]).unwrap();
        witness
    }
}

fn names(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
}

#[test]
fn a_forged_sum_names_row_gate_and_constraint() {
    let circuit = sum();
    let trace = Trace::forged(&circuit.data, &circuit.witness(), &[(circuit.sum, F::TWO)]);
    let Target::Wire(wire) = circuit.sum else {
        panic!("a sum is a wire")
    };
    let found = trace.check();
    assert_eq!(found.total(), 1);
    assert_eq!(
        found.to_string(),
        format!("row {}, ArithmeticGate, constraint 0", wire.row)
    );
    assert!(trace.conflicts().is_empty(), "what is forged is no conflict");

    // The same by a prover who says so openly: his input and the gate's generator disagree.
    let mut witness = circuit.witness();
    witness.set_target(circuit.sum, F::TWO).unwrap();
    let trace = Trace::honest(&circuit.data, &witness);
    assert_eq!(trace.check(), found);
    assert_eq!(trace.conflicts().total(), 1);
    let conflict = &trace.conflicts().first()[0];
    assert_eq!(
        (conflict.target, conflict.got, conflict.first),
        (circuit.sum, F::from_canonical_u64(3), F::TWO)
    );
}

#[test]
fn a_forged_public_input_is_not_the_one_that_was_hashed() {
    let circuit = sum();
    let mut trace = Trace::honest(&circuit.data, &circuit.witness());
    assert_eq!(trace.public_inputs(), [F::from_canonical_u64(3)]);
    // The hash's own row, and the row that holds it to the public inputs.
    let row = (0..circuit.data.common.degree())
        .find(|&row| circuit.data.common.gates[Plain::new(&trace).gate(row)].0.id() == "PublicInputGate")
        .unwrap();
    let value = trace.wire(row, 2);
    trace.overwrite_wire(row, 2, value + F::ONE);
    let gate = format!("row {row}, PublicInputGate, constraint 2");
    let copy = format!("row {row}, wire 2, differs from its copies");
    assert_eq!(names(&trace.violations()), [gate, copy]);
}

#[test]
fn a_class_that_is_overwritten_as_a_whole_holds() {
    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    let wires = [0, 1].map(|_| {
        let row = builder.add_gate(plonky2::gates::noop::NoopGate, vec![]);
        Target::wire(row, 7)
    });
    builder.connect(wires[0], wires[1]);
    let data = builder.build::<C>();
    let [first, second] = wires.map(|target| match target {
        Target::Wire(wire) => (wire.row, wire.column),
        Target::VirtualTarget { .. } => unreachable!("both are wires"),
    });
    let mut trace = Trace::honest(&data, &PartialWitness::new());
    trace.overwrite_wire(second.0, second.1, F::ONE);
    let differs = Violation::Copy {
        row: second.0,
        column: second.1,
    };
    assert_eq!(trace.violations(), [differs]);
    trace.overwrite_wire(first.0, first.1, F::ONE);
    assert_eq!(trace.violations(), []);
    // Wires that are not routed have no copies.
    trace.overwrite_wire(first.0, data.common.config.num_routed_wires, F::ONE);
    assert_eq!(trace.violations(), []);
}

#[test]
fn inputs_that_disagree_are_a_violation() {
    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    let [left, right] = builder.add_virtual_target_arr();
    builder.connect(left, right);
    let data = builder.build::<C>();
    let mut witness = PartialWitness::new();
    witness.set_target_arr(&[left, right], &[F::ONE, F::TWO]).unwrap();
    let conflict = Violation::Conflict {
        target: right,
        got: F::TWO,
        first: F::ONE,
    };
    assert_eq!(Trace::honest(&data, &witness).violations(), [conflict]);
    // A forger's value wins over both, and is no mistake of his.
    let forged = Trace::forged(&data, &witness, &[(left, F::ZERO)]);
    assert_eq!(forged.violations(), []);
    assert_eq!(forged.get(right), Some(F::ZERO));
}

#[test]
fn what_the_circuit_has_not_is_named() {
    let circuit = sum();
    let config = &circuit.data.common.config;
    let index = circuit.data.prover_only.representative_map.len();
    for target in [
        Target::wire(circuit.data.common.degree(), 0),
        Target::wire(0, config.num_wires),
        Target::VirtualTarget { index },
    ] {
        let mut witness = circuit.witness();
        witness.set_target(target, F::ONE).unwrap();
        let trace = Trace::honest(&circuit.data, &witness);
        assert_eq!(trace.violations(), [Violation::UnknownTarget { target }]);
        assert_eq!(trace.get(target), None);
    }
}

#[test]
fn what_cannot_be_checked_is_never_clean() {
    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    let table = builder.add_lookup_table_from_pairs(std::sync::Arc::new(vec![(0, 5), (1, 6)]));
    let input = builder.add_virtual_target();
    builder.add_lookup_from_index(input, table);
    let data = builder.build::<C>();
    let mut witness = PartialWitness::new();
    witness.set_target(input, F::ONE).unwrap();
    assert_eq!(
        Trace::honest(&data, &witness).violations(),
        [Violation::Unchecked(Unchecked::Lookups)]
    );

    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    builder.add_virtual_public_input();
    let data = builder.build_with_options::<C>(false);
    assert_eq!(
        Trace::honest(&data, &PartialWitness::new()).violations(),
        [Violation::Unchecked(Unchecked::Constants)]
    );
}

#[test]
fn a_witness_of_nothing_breaks_more_than_is_kept() {
    let (data, _) = verifier();
    let trace = Trace::honest(data, &PartialWitness::new());
    let found = trace.check();
    assert!(found.total() > 1000, "{}", found.total());
    assert_eq!(found.first().len(), KEPT);
    let rows: Vec<usize> = found
        .first()
        .iter()
        .map(|violation| match violation {
            Violation::Gate { row, .. } => *row,
            other => panic!("{other}"),
        })
        .collect();
    assert!(rows.is_sorted());
    let plain = Plain::new(&trace);
    let first = (0..data.common.degree()).flat_map(|row| plain.gate_violations(&trace, row));
    assert_eq!(found.first(), first.take(KEPT).collect::<Vec<_>>());
}
