//! One slot of a batch in a circuit, and the digest of all of them.

use causeway_aggregation::{D, F};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::{AMOUNT_BITS, BATCH, Slot};

/// [`Slot`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperationTarget {
    pub(super) transfer: BoolTarget,
    pub(super) exit: BoolTarget,
    pub(super) from: Target,
    pub(super) to: Target,
    pub(super) amount: Target,
    pub(super) destination: Target,
    pub(super) recipient: [Target; 5],
}

impl OperationTarget {
    /// A witness, of which [`Self::check_form`] constrains what is not constrained here.
    pub(super) fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            transfer: builder.add_virtual_bool_target_safe(),
            exit: builder.add_virtual_bool_target_safe(),
            from: builder.add_virtual_target(),
            to: builder.add_virtual_target(),
            amount: builder.add_virtual_target(),
            destination: builder.add_virtual_target(),
            recipient: builder.add_virtual_target_arr(),
        }
    }

    /// In the order of the batch digest.
    pub(super) fn fields(&self) -> Vec<Target> {
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

    /// An operation is one of the two or neither, and what its kind has not is zero: one operation has one digest.
    pub(super) fn check_form(&self, builder: &mut CircuitBuilder<F, D>) {
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
        builder.range_check(self.amount, AMOUNT_BITS);
        builder.range_check(self.destination, 32);
        for word in self.recipient {
            builder.range_check(word, 32);
        }
    }

    /// An exit goes to another network.
    pub(super) fn check_destination(&self, builder: &mut CircuitBuilder<F, D>, network: Target) {
        let same = builder.is_equal(self.destination, network);
        let product = builder.mul(self.exit.target, same.target);
        builder.assert_zero(product);
    }

    /// Values of the targets.
    pub(super) fn assignment(&self, slot: &Slot) -> impl Iterator<Item = (Target, F)> {
        self.fields().into_iter().zip(slot.fields())
    }
}

/// `Batch::digest` in a circuit.
pub(super) fn batch_digest<'a>(
    builder: &mut CircuitBuilder<F, D>,
    network: Target,
    operations: impl IntoIterator<Item = &'a OperationTarget>,
) -> HashOutTarget {
    let head = BATCH.hash_target(builder, &[network]);
    operations.into_iter().fold(head, |digest, operation| {
        let message = [&digest.elements[..], &operation.fields()].concat();
        BATCH.hash_target(builder, &message)
    })
}
