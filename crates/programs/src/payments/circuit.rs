//! The same transition as a circuit.

use causeway_aggregation::{C, D, F, prove};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;

use super::operation::{OperationTarget, batch_digest};
use super::state::Step;
use super::tree::{Path, PathTarget, root_target};
use super::{AMOUNT_BITS, BATCH_SIZE, Batch, DEPTH, PaymentsError, PaymentsState, Transition};

/// Targets of one slot, and what it opens.
#[derive(Clone, Debug)]
pub(super) struct SlotTarget {
    pub(super) operation: OperationTarget,
    pub(super) payer_balance: Target,
    pub(super) payer_path: PathTarget,
    pub(super) receiver_balance: Target,
    pub(super) receiver_path: PathTarget,
}

/// The circuit of a batch.
#[derive(Debug)]
pub struct PaymentsProgram {
    data: CircuitData<F, C, D>,
    pub(super) network: Target,
    pub(super) old_root: HashOutTarget,
    pub(super) slots: Vec<SlotTarget>,
}

impl PaymentsProgram {
    /// Builds the circuit, under plonky2's own standard configuration.
    pub fn build() -> Self {
        let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
        let network = builder.add_virtual_target();
        builder.range_check(network, 32);
        let old_root = builder.add_virtual_hash();
        let slots: Vec<SlotTarget> = (0..BATCH_SIZE).map(|_| SlotTarget::new(&mut builder)).collect();

        let mut root = old_root;
        let mut exited = builder.zero();
        for slot in &slots {
            root = slot.apply(&mut builder, root);
            let operation = &slot.operation;
            operation.check_destination(&mut builder, network);
            // Four amounts of 60 bits do not reach p.
            exited = builder.mul_add(operation.exit.target, operation.amount, exited);
        }
        let operations = slots.iter().map(|slot| &slot.operation);
        let digest = batch_digest(&mut builder, network, operations);

        builder.register_public_input(network);
        for hash in [old_root, root, digest] {
            builder.register_public_inputs(&hash.elements);
        }
        builder.register_public_input(exited);
        Self {
            data: builder.build::<C>(),
            network,
            old_root,
            slots,
        }
    }

    /// The circuit.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// A prover's inputs for a transition.
    pub fn witness(&self, transition: &Transition) -> PartialWitness<F> {
        let mut witness = PartialWitness::new();
        let values = &mut witness.target_values;
        values.insert(self.network, F::from_canonical_u32(transition.inputs.network));
        values.extend(
            self.old_root
                .elements
                .into_iter()
                .zip(transition.inputs.old_root.elements),
        );
        for (slot, step) in self.slots.iter().zip(&transition.steps) {
            values.extend(slot.assignment(step));
        }
        witness
    }

    /// Applies a batch and proves it.
    ///
    /// # Errors
    /// Those of [`PaymentsState::apply`], or [`PaymentsError::Prover`].
    pub fn prove(
        &self,
        state: &PaymentsState,
        batch: &Batch,
    ) -> Result<(Transition, ProofWithPublicInputs<F, C, D>), PaymentsError> {
        let transition = state.apply(batch)?;
        let proof = prove(&self.data, &self.witness(&transition))?;
        Ok((transition, proof))
    }
}

impl SlotTarget {
    fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            operation: OperationTarget::new(builder),
            payer_balance: builder.add_virtual_target(),
            payer_path: std::array::from_fn(|_| builder.add_virtual_hash()),
            receiver_balance: builder.add_virtual_target(),
            receiver_path: std::array::from_fn(|_| builder.add_virtual_hash()),
        }
    }

    /// Debits the payer, credits the receiver, and returns the new root.
    fn apply(&self, builder: &mut CircuitBuilder<F, D>, root: HashOutTarget) -> HashOutTarget {
        let operation = &self.operation;
        operation.check_form(builder);
        let from = builder.split_le(operation.from, DEPTH);
        let to = builder.split_le(operation.to, DEPTH);

        let opened = root_target(builder, &from, self.payer_balance, &self.payer_path);
        builder.connect_hashes(opened, root);
        // With both below 2^60, a difference below zero is above 2^63 and fails this check.
        builder.range_check(self.payer_balance, AMOUNT_BITS);
        let rest = builder.sub(self.payer_balance, operation.amount);
        builder.range_check(rest, AMOUNT_BITS);
        let debited = root_target(builder, &from, rest, &self.payer_path);

        let opened = root_target(builder, &to, self.receiver_balance, &self.receiver_path);
        builder.connect_hashes(opened, debited);
        let balance = builder.mul_add(operation.transfer.target, operation.amount, self.receiver_balance);
        builder.range_check(self.receiver_balance, AMOUNT_BITS);
        builder.range_check(balance, AMOUNT_BITS);
        root_target(builder, &to, balance, &self.receiver_path)
    }

    fn assignment(&self, step: &Step) -> Vec<(Target, F)> {
        let mut values: Vec<_> = self.operation.assignment(&step.slot).collect();
        values.push((self.payer_balance, F::from_canonical_u64(step.payer_balance)));
        values.push((
            self.receiver_balance,
            F::from_canonical_u64(step.receiver_balance),
        ));
        values.extend(path_assignment(&self.payer_path, &step.payer_path));
        values.extend(path_assignment(&self.receiver_path, &step.receiver_path));
        values
    }
}

fn path_assignment(targets: &PathTarget, path: &Path) -> impl Iterator<Item = (Target, F)> {
    targets
        .iter()
        .zip(path)
        .flat_map(|(target, hash)| target.elements.into_iter().zip(hash.elements))
}
