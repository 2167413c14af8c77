//! Every gate's own constraints.

use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::HashOut;
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::config::GenericConfig;
use plonky2::plonk::vars::EvaluationVarsBaseBatch;
use rayon::prelude::*;

use super::first::KEPT;
use super::{Unchecked, Violation, Violations};
use crate::config::{D, F};

/// The selector value of rows that belong to another group of gates.
const UNUSED_SELECTOR: u64 = u32::MAX as u64;
/// Rows that are evaluated at once: a multiple of what fits a vector register.
const BATCH: usize = 32;

/// Evaluates the gate of every row, `wire` by row and column.
pub(super) fn check<InC: GenericConfig<D, F = F>>(
    data: &CircuitData<F, InC, D>,
    public_inputs_hash: &HashOut<F>,
    wire: impl Fn(usize, usize) -> F + Sync,
) -> Result<Violations, Unchecked> {
    let constants = constants(data)?;
    let selectors = data.common.selectors_info.num_selectors();
    let rows = rows_by_gate(&constants[..selectors], data.common.gates.len());
    let constants = &constants[selectors + data.common.num_lookup_selectors..];
    let batches: Vec<(usize, &[usize])> = rows
        .iter()
        .enumerate()
        .filter(|(gate, _)| data.common.gates[*gate].0.num_constraints() > 0)
        .flat_map(|(gate, rows)| rows.chunks(BATCH).map(move |batch| (gate, batch)))
        .collect();
    let found: Vec<Broken> = batches
        .into_par_iter()
        .filter_map(|(gate, batch)| {
            let gathered = Gathered {
                constants: gather(batch, constants.len(), |row, column| constants[column][row]),
                wires: gather(batch, data.common.config.num_wires, &wire),
            };
            let vars = EvaluationVarsBaseBatch::new(
                batch.len(),
                &gathered.constants,
                &gathered.wires,
                public_inputs_hash,
            );
            let values = data.common.gates[gate].0.eval_unfiltered_base_batch(vars);
            Broken::of(gate, batch, &values)
        })
        .collect();
    let total = found.iter().map(|broken| broken.total).sum();
    let mut first: Vec<(usize, usize, usize)> = found.into_iter().flat_map(|broken| broken.first).collect();
    first.sort_unstable();
    first.truncate(KEPT);
    let first = first
        .into_iter()
        .map(|(row, constraint, gate)| Violation::Gate {
            row,
            gate: data.common.gates[gate].0.id(),
            constraint,
        })
        .collect();
    Ok(Violations::truncated(first, total))
}

/// Constants and wires of a batch of rows, column by column, as gates take them.
struct Gathered {
    constants: Vec<F>,
    wires: Vec<F>,
}

fn gather(rows: &[usize], columns: usize, value: impl Fn(usize, usize) -> F) -> Vec<F> {
    // Row by row, for that is how a witness lies in memory.
    let mut gathered = vec![F::ZERO; rows.len() * columns];
    for (index, &row) in rows.iter().enumerate() {
        for column in 0..columns {
            gathered[column * rows.len() + index] = value(row, column);
        }
    }
    gathered
}

/// What a batch breaks: row, constraint and gate.
struct Broken {
    total: usize,
    first: Vec<(usize, usize, usize)>,
}

impl Broken {
    /// `None` for a batch that breaks nothing, as nearly all do.
    fn of(gate: usize, rows: &[usize], values: &[F]) -> Option<Self> {
        let mut first: Vec<(usize, usize, usize)> = values
            .iter()
            .enumerate()
            .filter(|(_, value)| **value != F::ZERO)
            .map(|(index, _)| (rows[index % rows.len()], index / rows.len(), gate))
            .collect();
        let total = first.len();
        first.sort_unstable();
        first.truncate(KEPT);
        (total > 0).then_some(Self { total, first })
    }
}

/// The columns of constants: selectors, those of lookups, and what gates call their constants.
///
/// A circuit holds them as polynomials, of which one FFT each gives the values: a few for a whole circuit, where proving
/// does hundreds of eight times the length.
fn constants<InC: GenericConfig<D, F = F>>(data: &CircuitData<F, InC, D>) -> Result<Vec<Vec<F>>, Unchecked> {
    let polynomials = &data.prover_only.constants_sigmas_commitment.polynomials;
    let polynomials = polynomials
        .get(data.common.constants_range())
        .ok_or(Unchecked::Constants)?;
    Ok(polynomials
        .par_iter()
        .map(|polynomial| polynomial.clone().fft().values)
        .collect())
}

/// Every row under its gate; plonky2 writes the gate's index into the one selector of its group.
fn rows_by_gate(selectors: &[Vec<F>], gates: usize) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); gates];
    for row in 0..selectors.first().map_or(0, Vec::len) {
        let gate = selectors
            .iter()
            .map(|column| column[row].to_canonical_u64())
            .find(|&selector| selector != UNUSED_SELECTOR)
            .and_then(|selector| rows.get_mut(usize::try_from(selector).ok()?));
        if let Some(gate) = gate {
            gate.push(row);
        }
    }
    rows
}
