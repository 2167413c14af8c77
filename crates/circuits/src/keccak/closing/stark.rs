//! The proof of the table, its transcript bound to one list.

use causeway_aggregation::{C, D, F};
use plonky2::field::polynomial::PolynomialValues;
use plonky2::fri::oracle::PolynomialBatch;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::challenger::Challenger;
use plonky2::util::timing::TimingTree;
use starky::cross_table_lookup::get_ctl_data;
use starky::proof::StarkProof;
use starky::prover::prove_with_commitment;

use crate::config::keccak_config;
use crate::keccak::list::List;
use crate::keccak::table::columns::is_looked_up;
use crate::keccak::table::{CONSTRAINT_DEGREE, KeccakStark, lookups};

/// When the challenges of the lookup are drawn. Any but the first is unsound, and exists to show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// After the table's commitment and the list.
    TableAndList,
    /// After the table's commitment, before the list.
    #[cfg(test)]
    TableFirst,
    /// After the list, before the table's commitment.
    #[cfg(test)]
    ListFirst,
}

/// The commitment of a table, and what else its proof takes of it.
pub(super) struct Committed {
    pub(super) batch: PolynomialBatch<F, C, D>,
    /// The columns that are looked up; the others are empty, for half a gigabyte is not held twice.
    pub(super) columns: Vec<PolynomialValues<F>>,
}

impl Committed {
    pub(super) fn new(columns: Vec<PolynomialValues<F>>) -> Self {
        let config = keccak_config();
        let kept = columns
            .iter()
            .enumerate()
            // starky asks column 0 for its length.
            .map(|(index, column)| match index {
                0 => column.clone(),
                _ if is_looked_up(index) => column.clone(),
                _ => PolynomialValues { values: Vec::new() },
            })
            .collect();
        let batch = PolynomialBatch::from_values(
            columns,
            config.fri_config.rate_bits,
            false,
            config.fri_config.cap_height,
            &mut TimingTree::default(),
            None,
        );
        Self { batch, columns: kept }
    }

    /// Proves the table for whoever looks up the entries of one list; `None` if starky fails.
    ///
    /// The challenges of the lookup are drawn when both the table's commitment and the list's digest stand in the transcript:
    /// what is not there yet can be chosen to fit the challenges.
    pub(super) fn prove(self, list: &List) -> Option<StarkProof<F, C, D>> {
        self.prove_in(Order::TableAndList, list)
    }

    pub(super) fn prove_in(self, order: Order, list: &List) -> Option<StarkProof<F, C, D>> {
        let config = keccak_config();
        let lookups = lookups();
        let mut challenger = Challenger::<F, PoseidonHash>::new();
        let cap = &self.batch.merkle_tree.cap;
        match order {
            Order::TableAndList => {
                challenger.observe_cap(cap);
                challenger.observe_elements(&list.elements());
            }
            #[cfg(test)]
            Order::TableFirst => challenger.observe_cap(cap),
            #[cfg(test)]
            Order::ListFirst => challenger.observe_elements(&list.elements()),
        }
        let traces = [self.columns];
        let (challenges, data) =
            get_ctl_data::<F, C, D, 1>(&config, &traces, &lookups, &mut challenger, CONSTRAINT_DEGREE);
        match order {
            Order::TableAndList => {}
            #[cfg(test)]
            Order::TableFirst => challenger.observe_elements(&list.elements()),
            #[cfg(test)]
            Order::ListFirst => challenger.observe_cap(cap),
        }
        // The configuration comes after the challenges of the lookup, as `get_challenges` has it in the circuit.
        config.observe(&mut challenger);
        let [trace] = &traces;
        let [data] = &data;
        prove_with_commitment::<F, C, _, D>(
            &KeccakStark,
            &config,
            trace,
            &self.batch,
            Some(data),
            Some(&challenges),
            &mut challenger,
            &[],
            None,
            None,
            &mut TimingTree::default(),
        )
        .ok()
        .map(|proof| proof.proof)
    }
}
