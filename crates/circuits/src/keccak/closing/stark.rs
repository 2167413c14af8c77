//! The proof of the table, its transcript bound to one list.

use causeway_aggregation::{C, D, F};
use plonky2::fri::oracle::PolynomialBatch;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::challenger::Challenger;
use plonky2::util::timing::TimingTree;
use starky::cross_table_lookup::get_ctl_data;
use starky::proof::StarkProof;
use starky::prover::prove_with_commitment;

use crate::config::keccak_config;
use crate::keccak::list::List;
use crate::keccak::table::{CONSTRAINT_DEGREE, KeccakStark, Trace, lookups};

/// Proves a filled table for whoever looks up the entries of one list; `None` if starky fails.
///
/// The challenges of the lookup are drawn when both the table's commitment and the list's digest stand in the transcript: were
/// either absent, its entries could be chosen to fit the challenges.
pub(super) fn prove(trace: Trace<F>, list: &List) -> Option<StarkProof<F, C, D>> {
    let config = keccak_config();
    let mut timing = TimingTree::default();
    let commitment = PolynomialBatch::<F, C, D>::from_values(
        trace.columns.clone(),
        config.fri_config.rate_bits,
        false,
        config.fri_config.cap_height,
        &mut timing,
        None,
    );
    let mut challenger = Challenger::<F, PoseidonHash>::new();
    challenger.observe_cap(&commitment.merkle_tree.cap);
    challenger.observe_elements(&list.elements());
    let traces = [trace.columns];
    let lookups = lookups();
    let (challenges, data) =
        get_ctl_data::<F, C, D, 1>(&config, &traces, &lookups, &mut challenger, CONSTRAINT_DEGREE);
    // As `get_challenges` does in the circuit: the configuration comes after the challenges of the lookup.
    config.observe(&mut challenger);
    let [trace] = &traces;
    let [data] = &data;
    prove_with_commitment::<F, C, _, D>(
        &KeccakStark,
        &config,
        trace,
        &commitment,
        Some(data),
        Some(&challenges),
        &mut challenger,
        &[],
        None,
        None,
        &mut timing,
    )
    .ok()
    .map(|proof| proof.proof)
}
