//! The circuit that walks a list, verifies a table and looks every entry up in it.

use causeway_aggregation::config::standard_config;
use causeway_aggregation::{C, D, F};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::challenger::RecursiveChallenger;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::util::reducing::ReducingFactorTarget;
use starky::cross_table_lookup::{CrossTableLookup, CtlCheckVarsTarget, verify_cross_table_lookups_circuit};
use starky::lookup::{GrandProductChallenge, get_grand_product_challenge_set_target};
use starky::proof::{StarkProof, StarkProofTarget};
use starky::recursive_verifier::{
    add_virtual_stark_proof, set_stark_proof_target, verify_stark_proof_with_challenges_circuit,
};

use super::size::Size;
use super::stark::Order;
use crate::config::keccak_config;
use crate::keccak::block::{DIGEST_LIMBS, RATE_LIMBS};
use crate::keccak::list::{ENTRY_LEN, EntryTarget, List, ListTarget};
use crate::keccak::table::{CONSTRAINT_DEGREE, KeccakStark, lookups};

/// Targets of the circuit, for those who fill or forge its witness.
#[derive(Clone, Debug)]
pub struct ClosingTargets {
    /// The table's proof.
    pub proof: StarkProofTarget<D>,
    /// The entries of the list, dummies in front included.
    pub entries: Vec<EntryTarget>,
    /// The number of each entry's message in the table.
    pub messages: Vec<Target>,
    /// The digest of the list.
    pub list: HashOutTarget,
    /// The constant that the proof's number of rows is connected with.
    pub degree_bits: Target,
    zero: Target,
}

/// The circuit of one size and its targets.
pub(super) fn build(size: Size) -> (CircuitData<F, C, D>, ClosingTargets, usize) {
    let mut builder = CircuitBuilder::<F, D>::new(standard_config());
    let targets = circuit(&mut builder, size, Order::TableAndList);
    builder.register_public_inputs(&targets.list.elements);
    let rows = builder.num_gates();
    (builder.build::<C>(), targets, rows)
}

/// The constraints.
pub(super) fn circuit(builder: &mut CircuitBuilder<F, D>, size: Size, order: Order) -> ClosingTargets {
    let config = keccak_config();
    let degree_bits = size.degree_bits();
    let lookups = lookups::<F>();
    let (_, sums, helpers) =
        CrossTableLookup::num_ctl_helpers_zs_all(&lookups, 0, config.num_challenges, CONSTRAINT_DEGREE);
    let proof = add_virtual_stark_proof(builder, &KeccakStark, &config, degree_bits, sums, sums);
    // starky leaves it to the prover how many rows there are.
    let degree_bits_target = builder.constant(F::from_canonical_usize(degree_bits));
    builder.connect(proof.degree_bits, degree_bits_target);

    let entries: Vec<EntryTarget> = (0..size.entries()).map(|_| virtual_entry(builder)).collect();
    let mut list = ListTarget::new(HashOutTarget {
        elements: List::EMPTY.elements().map(|element| builder.constant(element)),
    });
    for entry in &entries {
        list.append(builder, entry);
    }
    let messages = builder.add_virtual_targets(size.entries());
    connect_messages(builder, &entries, &messages);

    let mut challenger = RecursiveChallenger::<F, PoseidonHash, D>::new(builder);
    let observe_table = |challenger: &mut RecursiveChallenger<F, PoseidonHash, D>| {
        challenger.observe_cap(&proof.trace_cap);
    };
    let observe_list = |challenger: &mut RecursiveChallenger<F, PoseidonHash, D>| {
        challenger.observe_elements(&list.digest().elements);
    };
    let draw = |builder: &mut CircuitBuilder<F, D>, challenger: &mut _| {
        get_grand_product_challenge_set_target(builder, challenger, config.num_challenges)
    };
    let challenge_set = match order {
        Order::TableAndList => {
            observe_table(&mut challenger);
            observe_list(&mut challenger);
            draw(builder, &mut challenger)
        }
        #[cfg(test)]
        Order::TableFirst => {
            observe_table(&mut challenger);
            let drawn = draw(builder, &mut challenger);
            observe_list(&mut challenger);
            drawn
        }
        #[cfg(test)]
        Order::ListFirst => {
            observe_list(&mut challenger);
            let drawn = draw(builder, &mut challenger);
            observe_table(&mut challenger);
            drawn
        }
    };
    let looked = CtlCheckVarsTarget::from_proof(0, &proof, &lookups, &challenge_set, 0, 0, &helpers);
    let challenges = proof.get_challenges::<F, C, KeccakStark>(
        builder,
        &KeccakStark,
        &[],
        &mut challenger,
        Some(&challenge_set),
        Some(&looked),
        degree_bits,
        true,
        &config,
    );
    verify_stark_proof_with_challenges_circuit::<F, C, _, D>(
        builder,
        &KeccakStark,
        &proof,
        &[],
        challenges,
        Some(&looked),
        &config,
        degree_bits,
        None,
    );

    let looking: Vec<Target> = challenge_set
        .challenges
        .iter()
        .map(|challenge| sum_of_fractions(builder, challenge, &entries, &messages))
        .collect();
    // A lookup without a sum here would be compared with plonky2's first virtual target, which is the prover's.
    let looking_sums = (0..lookups.len()).map(|index| (index, looking.clone())).collect();
    let looked_sums = proof.openings.ctl_zs_first.clone().unwrap_or_default();
    verify_cross_table_lookups_circuit::<F, D, 1>(builder, lookups, [looked_sums], &looking_sums, &config);

    ClosingTargets {
        degree_bits: degree_bits_target,
        zero: builder.zero(),
        proof,
        entries,
        messages,
        list: list.digest(),
    }
}

fn virtual_entry(builder: &mut CircuitBuilder<F, D>) -> EntryTarget {
    EntryTarget {
        place: builder.add_virtual_target(),
        block: builder.add_virtual_target_arr::<RATE_LIMBS>(),
        output: builder.add_virtual_target_arr::<DIGEST_LIMBS>(),
    }
}

/// An entry with a place above zero belongs to the message of the entry before it; the first entry begins one.
fn connect_messages(builder: &mut CircuitBuilder<F, D>, entries: &[EntryTarget], messages: &[Target]) {
    if let Some(first) = entries.first() {
        builder.assert_zero(first.place);
    }
    for (pair, entry) in messages.windows(2).zip(&entries[1..]) {
        let change = builder.sub(pair[1], pair[0]);
        let change = builder.mul(entry.place, change);
        builder.assert_zero(change);
    }
}

/// The sum of 1 / (gamma + place + beta block\[0\] + ... + beta^43 message) over all entries.
fn sum_of_fractions(
    builder: &mut CircuitBuilder<F, D>,
    challenge: &GrandProductChallenge<Target>,
    entries: &[EntryTarget],
    messages: &[Target],
) -> Target {
    let zero = builder.zero();
    let beta = ExtensionTarget([challenge.beta, zero]);
    let power = builder.exp_u64(challenge.beta, ENTRY_LEN as u64);
    let fractions: Vec<Target> = entries
        .iter()
        .zip(messages)
        .map(|(entry, &message)| {
            // One gate for all 43; the second coordinate of the result is zero, as all it is made of.
            let reduced = ReducingFactorTarget::new(beta).reduce_base(&entry.to_targets(), builder);
            let rest = builder.mul_add(power, message, challenge.gamma);
            let denominator = builder.add(reduced.0[0], rest);
            builder.inverse(denominator)
        })
        .collect();
    builder.add_many(fractions)
}

impl ClosingTargets {
    /// A prover's inputs: the elements of every entry, dummies in front included, and the number of its message in the table;
    /// `None` if the proof has another shape than the circuit's.
    pub fn witness(
        &self,
        proof: &StarkProof<F, C, D>,
        entries: &[[F; ENTRY_LEN]],
        messages: &[F],
    ) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let degree_bits = proof.recover_degree_bits(&keccak_config());
        set_stark_proof_target(&mut witness, &self.proof, proof, degree_bits, self.zero).ok()?;
        for (targets, entry) in self.entries.iter().zip(entries) {
            witness.set_target_arr(&targets.to_targets(), entry).ok()?;
        }
        witness.set_target_arr(&self.messages, messages).ok()?;
        Some(witness)
    }
}
