//! What a certificate's digest is made of, given what the proof of its batch says.

use causeway_aggregation::limbs::canonical_bits;
use causeway_aggregation::{D, F};
use causeway_circuits::targets::{
    AddressTarget, AmountTarget, AppendingTarget, Bytes32Target, CertificateStatementTarget, DigestTarget,
    ExitTarget, ShadowFrontierTarget, TokenTarget, U32Target, U64Target, shadow_leaf,
};
use causeway_types::EMPTY_METADATA_HASH;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::payments::network::{Advance, PaymentsGenesis, STATE};
use crate::payments::operation::{OperationTarget, batch_digest};
use crate::payments::{AMOUNT_BITS, BATCH_SIZE, PaymentsInputs};

/// What a prover fills beside the proof of the batch, and the digest.
#[derive(Clone, Debug)]
pub(super) struct CertificateTargets {
    /// The batch, slot by slot.
    pub(super) operations: Vec<OperationTarget>,
    /// Exits before.
    pub(super) exit_count: U32Target,
    /// The frontier of their shadow tree.
    pub(super) frontier: ShadowFrontierTarget,
    /// What the digest is of.
    pub(super) statement: CertificateStatementTarget,
    /// The certificate digest.
    pub(super) digest: DigestTarget,
}

impl CertificateTargets {
    /// Fills the witness; `None` if it has other values.
    pub(super) fn set(&self, witness: &mut PartialWitness<F>, advance: &Advance) -> Option<()> {
        for (operation, slot) in self.operations.iter().zip(advance.batch.slots()) {
            for (target, value) in operation.assignment(&slot) {
                witness.set_target(target, value).ok()?;
            }
        }
        let before = advance.settlement.before().shadow().frontier();
        let count = F::from_canonical_u32(before.count());
        witness.set_target(self.exit_count.target(), count).ok()?;
        self.frontier.set(witness, before.branch())?;
        let statement = advance.settlement.statement();
        let targets = &self.statement;
        targets.domain.set(witness, statement.domain.as_slice())?;
        targets.height.set(witness, &statement.height.to_be_bytes())?;
        targets.expiry.set(witness, &statement.expiry.get().to_be_bytes())
    }
}

/// [`PaymentsInputs`] in a circuit.
struct InputsTarget {
    network: Target,
    old_root: HashOutTarget,
    new_root: HashOutTarget,
    batch: HashOutTarget,
}

impl InputsTarget {
    /// # Panics
    /// While a circuit is built, if there are not [`PaymentsInputs::LEN`].
    fn from_slice(inputs: &[Target]) -> Self {
        assert_eq!(inputs.len(), PaymentsInputs::LEN, "a payments proof's");
        let hash = |at: usize| HashOutTarget {
            elements: std::array::from_fn(|element| inputs[at + element]),
        };
        Self {
            network: inputs[0],
            old_root: hash(1),
            new_root: hash(5),
            batch: hash(9),
        }
    }
}

/// The constraints, given the public inputs of a payments proof.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    genesis: &PaymentsGenesis,
    inputs: &[Target],
) -> CertificateTargets {
    let inputs = InputsTarget::from_slice(inputs);
    let network = U32Target::range_checked(builder, inputs.network);
    // What opens the digest is what the payments circuit hashed: amounts and kinds are as it constrained them.
    let operations: Vec<_> = (0..BATCH_SIZE).map(|_| OperationTarget::new(builder)).collect();
    let batch = batch_digest(builder, inputs.network, &operations);
    builder.connect_hashes(batch, inputs.batch);

    let (exit_count, count) = U32Target::with_bits(builder);
    let height = U64Target::new(builder);
    let old_state_root = old_state_root(builder, genesis, &height, inputs.old_root, exit_count);

    let frontier = ShadowFrontierTarget::new(builder);
    let token = TokenTarget {
        network,
        address: AddressTarget::constant(builder, genesis.token.as_slice()),
    };
    let (mut after, mut count) = (frontier.clone(), count);
    // Exits stand anywhere among transfers, so they are appended one by one.
    for operation in &operations {
        let exit = exit(builder, token, operation);
        let leaf = shadow_leaf(builder, &exit);
        let appending = AppendingTarget::new(builder, &count, &[operation.exit]);
        after = after.append(builder, &appending, &[leaf]);
        count = appending.count(builder);
    }
    let sum = builder.le_sum(count.iter());
    let exits = U32Target::range_checked(builder, sum);

    let nothing = HashOutTarget {
        elements: [builder.zero(); 4],
    };
    let statement = CertificateStatementTarget {
        domain: Bytes32Target::new(builder),
        network,
        height,
        expiry: U64Target::new(builder),
        old_state_root,
        new_state_root: state_root(builder, inputs.new_root, exits),
        exit_count: exits,
        shadow_root: after.root(builder, &count),
        imports: nothing,
        contingencies: nothing,
    };
    CertificateTargets {
        operations,
        exit_count,
        frontier,
        digest: statement.hash(builder),
        statement,
    }
}

/// The state root before: at height 0 that of a network which has named none, and then the chain is at its genesis.
fn old_state_root(
    builder: &mut CircuitBuilder<F, D>,
    genesis: &PaymentsGenesis,
    height: &U64Target,
    accounts: HashOutTarget,
    exits: U32Target,
) -> Bytes32Target {
    // Two words do not wrap.
    let sum = builder.add_many(height.targets());
    let zero = builder.zero();
    let first = builder.is_equal(sum, zero);
    let expected = builder.constant_hash(genesis.accounts);
    for (element, expected) in accounts.elements.into_iter().zip(expected.elements) {
        same_where(builder, first, element, expected);
    }
    same_where(builder, first, exits.target(), zero);
    let opened = state_root(builder, accounts, exits);
    let unnamed = Bytes32Target::constant(builder, &[]);
    Bytes32Target::select(builder, first, &unnamed, &opened)
}

/// Two are the same where a condition holds.
fn same_where(builder: &mut CircuitBuilder<F, D>, condition: BoolTarget, got: Target, expected: Target) {
    let difference = builder.sub(got, expected);
    let product = builder.mul(condition.target, difference);
    builder.assert_zero(product);
}

/// `state_root` of a network in a circuit.
fn state_root(
    builder: &mut CircuitBuilder<F, D>,
    accounts: HashOutTarget,
    exits: U32Target,
) -> Bytes32Target {
    let message = [&accounts.elements[..], &[exits.target()]].concat();
    let digest = STATE.hash_target(builder, &message);
    // As they are below p: another reading would be another state root.
    let bits = digest.elements.map(|element| canonical_bits(builder, element));
    let halves = bits.as_flattened().as_chunks::<32>().0;
    // Of an element the upper half comes first.
    Bytes32Target::from_words(std::array::from_fn(|at| word(builder, &halves[at ^ 1])))
}

/// An operation as an exit, for those that are one.
fn exit(builder: &mut CircuitBuilder<F, D>, token: TokenTarget, operation: &OperationTarget) -> ExitTarget {
    let zero = U32Target::constant(builder, 0);
    let amount = builder.split_le(operation.amount, AMOUNT_BITS);
    let mut words = [zero; 8];
    words[6] = word(builder, &amount[32..]);
    words[7] = word(builder, &amount[..32]);
    ExitTarget {
        leaf_type: zero,
        token,
        destination_network: U32Target::range_checked(builder, operation.destination),
        destination_address: AddressTarget::from_words(
            operation
                .recipient
                .map(|word| U32Target::range_checked(builder, word)),
        ),
        amount: AmountTarget::from_words(words),
        metadata_hash: Bytes32Target::constant(builder, EMPTY_METADATA_HASH.as_slice()),
    }
}

/// The word of at most 32 bits, the lowest first.
fn word(builder: &mut CircuitBuilder<F, D>, bits: &[BoolTarget]) -> U32Target {
    let sum = builder.le_sum(bits.iter());
    U32Target::range_checked(builder, sum)
}
