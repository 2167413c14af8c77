//! The tree: shapes of it, roles of children, identities of leaves.

use causeway_aggregation::check::Trace;
use causeway_aggregation::{
    Commitment, F, NodeInputs, PoseidonCommitment, Progress, ProofError, ProveError, Shape, ShapedProof,
    TreeError, key_digest, tree_value,
};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;

use crate::fixtures::{aggregator, estranged_root, leaf, other_leaf, root, standard, three_leaves};

fn value_of(leaves: &[ShapedProof]) -> Vec<F> {
    let leaves: Vec<_> = leaves
        .iter()
        .map(|leaf| (leaf.key_digest(), leaf.public_inputs().to_vec()))
        .collect();
    tree_value(&PoseidonCommitment, &leaves).unwrap()
}

fn check_tree(leaves: &[ShapedProof]) {
    let mut nodes = 0;
    let root = aggregator()
        .aggregate(leaves.iter().cloned(), |event| {
            if let Progress::NodeProven { done, total } = event {
                nodes += 1;
                assert_eq!((done, total), (nodes, (leaves.len() - 1).max(1)));
            }
        })
        .unwrap();
    assert_eq!(nodes, (leaves.len() - 1).max(1));
    assert_eq!(root.inputs.count as usize, leaves.len());
    assert_eq!(root.inputs.value, value_of(leaves));
}

#[test]
fn one_proof_is_a_tree() {
    check_tree(&[leaf().clone()]);
}

#[test]
fn three_proofs_of_two_programs() {
    let inputs = &root().inputs;
    assert_eq!((inputs.count, &inputs.value), (3, &value_of(&three_leaves())));
    assert_eq!(inputs.node_key, aggregator().node().key_digest());
    assert_eq!(aggregator().check_root(root().proof.clone()).as_ref(), Ok(root()));
}

#[test]
#[ignore = "five node proofs and nothing that smaller trees leave open: run before a release"]
fn two_and_five_proofs() {
    check_tree(&three_leaves()[..2]);
    check_tree(&[three_leaves(), three_leaves()[..2].to_vec()].concat());
}

#[test]
fn nothing_is_not_a_tree() {
    assert_eq!(aggregator().aggregate([], |_| ()), Err(TreeError::Empty));
}

#[test]
fn a_bad_leaf_is_named_by_its_index() {
    let mut bad = leaf().clone();
    bad.proof.public_inputs[3] += F::ONE;
    let refused = TreeError::Leaf {
        index: 0,
        source: ProofError::Invalid,
    };
    assert_eq!(aggregator().aggregate([bad], |_| ()), Err(refused));
    let mut closing = leaf().clone();
    closing.shape = Shape::Closing;
    let source = ProofError::OtherShape {
        got: Shape::Closing,
        expected: Shape::Standard,
    };
    assert_eq!(
        aggregator().aggregate([closing], |_| ()),
        Err(TreeError::Leaf { index: 0, source })
    );
    let node = root().proof.clone();
    assert_eq!(
        aggregator().aggregate([node], |_| ()),
        Err(TreeError::LeafIsNode { index: 0 })
    );
}

#[test]
fn a_root_that_carries_another_key_is_foreign() {
    estranged_root().verify().unwrap();
    assert_eq!(
        aggregator().check_root(estranged_root().clone()),
        Err(TreeError::ForeignRoot)
    );
    assert_eq!(
        aggregator().check_root(leaf().clone()),
        Err(TreeError::ForeignRoot)
    );
}

/// plonky2 ties the circuit digest to nothing, so that a free circuit proves anything under a pinned one's digest.
/// The key digest tells them apart, and the node circuit takes no other key than the one it hashed.
#[test]
fn a_borrowed_circuit_digest_is_another_key() {
    let (pinned, mut free) = (standard(true), standard(false));
    assert_eq!(pinned.data.common, free.data.common);
    let honest = pinned.data.verifier_only.clone();
    free.data.prover_only.circuit_digest = honest.circuit_digest;
    free.data.verifier_only.circuit_digest = honest.circuit_digest;
    let forgery = ShapedProof {
        shape: Shape::Standard,
        proof: free.prove(777),
        key: free.data.verifier_only.clone(),
    };
    forgery
        .verify()
        .expect("the attack works against whoever looks at the circuit digest alone");
    assert_ne!(forgery.key_digest(), key_digest(&honest));

    let under_honest_key = ShapedProof {
        key: honest,
        ..forgery
    };
    assert_eq!(under_honest_key.verify(), Err(ProofError::Invalid));
    let node = aggregator().node();
    let witness = node.witness(&under_honest_key, None).unwrap();
    assert_ne!(Trace::honest(node.data(), &witness).violations(), vec![]);
}

/// Honest witness of a node over a node and a leaf.
fn mixed() -> PartialWitness<F> {
    aggregator().node().witness(&root().proof, Some(leaf())).unwrap()
}

fn assert_rejected(witness: &PartialWitness<F>, forged: &[(Target, F)]) {
    assert_ne!(
        Trace::forged(aggregator().node().data(), witness, forged).violations(),
        vec![]
    );
}

#[test]
fn roles_and_counts_are_computed() {
    let node = aggregator().node();
    let witness = mixed();
    let trace = Trace::honest(node.data(), &witness);
    assert_eq!(trace.violations(), vec![]);
    let inputs = NodeInputs::from_slice(&trace.public_inputs(), 4).unwrap();
    let leaf_value = PoseidonCommitment.leaf(leaf().key_digest(), leaf().public_inputs());
    assert_eq!(inputs.count, 4);
    assert_eq!(
        inputs.value,
        PoseidonCommitment.join(&root().inputs.value, &leaf_value)
    );

    let targets = node.targets();
    let [left, right] = &targets.children;
    // A node posing as a leaf, a leaf posing as a node.
    assert_rejected(&witness, &[(left.is_node.target, F::ZERO)]);
    assert_rejected(&witness, &[(right.is_node.target, F::ONE)]);
    // A count that does not follow, and a flag that is neither.
    assert_rejected(&witness, &[(targets.count, F::from_canonical_u64(5))]);
    assert_rejected(&witness, &[(targets.single.target, F::TWO)]);
    // A child's public inputs and key other than those verified.
    assert_rejected(&witness, &[(right.proof.public_inputs[9], F::ONE)]);
    assert_rejected(&witness, &[(right.key.circuit_digest.elements[0], F::ONE)]);
    // Every entry of the cap: queries may happen to open none below a single one, and a key that differs there alone
    // is another key, under which the proof does verify.
    let cap = &right.key.constants_sigmas_cap.0;
    let forged: Vec<(Target, F)> = cap.iter().map(|entry| (entry.elements[2], F::ONE)).collect();
    assert_rejected(&witness, &forged);
    assert_rejected(&witness, &[(left.proof.proof.openings.wires[3].0[1], F::ONE)]);
}

#[test]
fn a_node_that_carries_another_key_is_no_child() {
    let witness = aggregator()
        .node()
        .witness(estranged_root(), Some(leaf()))
        .unwrap();
    assert_rejected(&witness, &[]);
}

#[test]
fn a_child_that_does_not_verify_is_an_error_and_no_panic() {
    let node = aggregator().node();
    let mut tampered = leaf().clone();
    tampered.proof.public_inputs[0] += F::ONE;
    for refused in [tampered, estranged_root().clone()] {
        let error = node.prove(&refused, None).unwrap_err();
        assert!(matches!(error, ProveError::Unsatisfied { .. }), "{error}");
    }
    let closed = ShapedProof {
        shape: Shape::Closing,
        ..leaf().clone()
    };
    assert_eq!(node.prove(&closed, None), Err(ProveError::Assignment));
}

#[test]
fn counts_stay_below_2_to_32() {
    // A sum that is false breaks one constraint wherever it is, one too large the range check besides. Nothing that is
    // verified depends on it.
    let node = aggregator().node();
    let witness = mixed();
    let violations = |value: u64| {
        let forged = [(node.targets().count, F::from_canonical_u64(value))];
        Trace::forged(node.data(), &witness, &forged).check().total()
    };
    assert!(
        violations(1 << 32) > violations((1 << 32) - 1),
        "2^32 leaves break one constraint more"
    );
}

#[test]
fn leaves_are_bound_to_key_and_inputs() {
    let value = |leaf: &ShapedProof| PoseidonCommitment.leaf(leaf.key_digest(), leaf.public_inputs());
    let mut other = leaf().clone();
    other.proof.public_inputs[15] += F::ONE;
    assert_ne!(value(leaf()), value(&other));
    let mut other = leaf().clone();
    other.key = other_leaf().key.clone();
    assert_ne!(value(leaf()), value(&other));
}
