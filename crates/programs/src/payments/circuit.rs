//! The same transition as a circuit.

use causeway_aggregation::{C, D, F, prove};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;

use super::state::Step;
use super::tree::{Path, PathTarget, root_target};
use super::{AMOUNT_BITS, BATCH, BATCH_SIZE, Batch, DEPTH, PaymentsError, PaymentsState, Transition};

/// Targets of one slot, in the order of the native one, and what it opens.
#[derive(Clone, Debug)]
pub(super) struct SlotTarget {
    pub(super) transfer: BoolTarget,
    pub(super) exit: BoolTarget,
    pub(super) from: Target,
    pub(super) to: Target,
    pub(super) amount: Target,
    pub(super) destination: Target,
    pub(super) recipient: [Target; 5],
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
        let mut digest = BATCH.hash_target(&mut builder, &[network]);
        let mut exited = builder.zero();
        for slot in &slots {
            root = slot.apply(&mut builder, root);
            slot.check_destination(&mut builder, network);
            let message = [&digest.elements[..], &slot.fields()].concat();
            digest = BATCH.hash_target(&mut builder, &message);
            // Four amounts of 60 bits do not reach p.
            exited = builder.mul_add(slot.exit.target, slot.amount, exited);
        }

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
            transfer: builder.add_virtual_bool_target_safe(),
            exit: builder.add_virtual_bool_target_safe(),
            from: builder.add_virtual_target(),
            to: builder.add_virtual_target(),
            amount: builder.add_virtual_target(),
            destination: builder.add_virtual_target(),
            recipient: builder.add_virtual_target_arr(),
            payer_balance: builder.add_virtual_target(),
            payer_path: std::array::from_fn(|_| builder.add_virtual_hash()),
            receiver_balance: builder.add_virtual_target(),
            receiver_path: std::array::from_fn(|_| builder.add_virtual_hash()),
        }
    }

    fn fields(&self) -> Vec<Target> {
        let mut fields = vec![
            self.transfer.target,
            self.exit.target,
            self.from,
            self.to,
            self.amount,
            self.destination,
        ];
        fields.extend(self.recipient);
        fields
    }

    /// Debits the payer, credits the receiver, and returns the new root.
    fn apply(&self, builder: &mut CircuitBuilder<F, D>, root: HashOutTarget) -> HashOutTarget {
        self.check_form(builder);
        let from = builder.split_le(self.from, DEPTH);
        let to = builder.split_le(self.to, DEPTH);
        builder.range_check(self.amount, AMOUNT_BITS);

        let opened = root_target(builder, &from, self.payer_balance, &self.payer_path);
        builder.connect_hashes(opened, root);
        // With both below 2^60, a difference below zero is above 2^63 and fails this check.
        builder.range_check(self.payer_balance, AMOUNT_BITS);
        let rest = builder.sub(self.payer_balance, self.amount);
        builder.range_check(rest, AMOUNT_BITS);
        let debited = root_target(builder, &from, rest, &self.payer_path);

        let opened = root_target(builder, &to, self.receiver_balance, &self.receiver_path);
        builder.connect_hashes(opened, debited);
        let balance = builder.mul_add(self.transfer.target, self.amount, self.receiver_balance);
        builder.range_check(self.receiver_balance, AMOUNT_BITS);
        builder.range_check(balance, AMOUNT_BITS);
        root_target(builder, &to, balance, &self.receiver_path)
    }

    /// An operation is one of the two or neither, and what its kind has not is zero: one operation has one digest.
    fn check_form(&self, builder: &mut CircuitBuilder<F, D>) {
        let used = builder.add(self.transfer.target, self.exit.target);
        builder.assert_bool(BoolTarget::new_unsafe(used));
        let unused = builder.not(BoolTarget::new_unsafe(used));
        let no_transfer = builder.not(self.transfer);
        let no_exit = builder.not(self.exit);
        let zero_where = [
            (unused, self.from),
            (unused, self.amount),
            (no_transfer, self.to),
            (no_exit, self.destination),
        ];
        let recipient = self.recipient.map(|word| (no_exit, word));
        for (condition, target) in zero_where.into_iter().chain(recipient) {
            let product = builder.mul(condition.target, target);
            builder.assert_zero(product);
        }
        for word in self.recipient {
            builder.range_check(word, 32);
        }
        builder.range_check(self.destination, 32);
    }

    /// An exit goes to another network.
    fn check_destination(&self, builder: &mut CircuitBuilder<F, D>, network: Target) {
        let same = builder.is_equal(self.destination, network);
        let product = builder.mul(self.exit.target, same.target);
        builder.assert_zero(product);
    }

    fn assignment(&self, step: &Step) -> Vec<(Target, F)> {
        let mut values: Vec<_> = self.fields().into_iter().zip(step.slot.fields()).collect();
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
