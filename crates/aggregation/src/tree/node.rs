//! The one circuit of a tree's nodes: it verifies two proofs of the standard shape, each under a witnessed key.
//!
//! The circuit is its own child. Its key digest cannot be a constant of itself, so every node carries it in its public
//! inputs: a child whose key digest is the carried one *is* a node, and must carry the same; any other child is a
//! leaf. The role is thus computed and not chosen, and a proof cannot pose as what it is not. What the root
//! carries is compared with the true digest by whoever verifies the root: [`crate::closing`] in a circuit.

use plonky2::field::types::PrimeField64;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData};
use plonky2::plonk::proof::ProofWithPublicInputsTarget;

use super::TreeError;
use crate::commitment::Commitment;
use crate::config::{C, D, F};
use crate::key::{KeyDigest, key_digest, key_digest_target};
use crate::prove::{ProveError, prove};
use crate::shape::Shape;
use crate::shaped_proof::ShapedProof;

/// Bits of a leaf count.
const COUNT_BITS: usize = 32;

/// A node's public inputs: its own key digest, the number of leaves below it, their value; zeros follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeInputs {
    /// The digest of the node circuit's key, as the prover claims it.
    pub node_key: KeyDigest,
    /// Leaves below.
    pub count: u32,
    /// Value of the leaves below.
    pub value: Vec<F>,
}

impl NodeInputs {
    const COUNT: usize = 4;
    const VALUE: usize = 5;
    /// The widest value that leaves room for digest and count.
    pub const MAX_WIDTH: usize = 16 - Self::VALUE;

    /// Reads a node's public inputs; `None` if they cannot be a node's of this width.
    pub fn from_slice(public_inputs: &[F], width: usize) -> Option<Self> {
        let (key, _) = public_inputs.split_first_chunk::<4>()?;
        Some(Self {
            node_key: KeyDigest::from_elements(*key),
            count: u32::try_from(public_inputs.get(Self::COUNT)?.to_canonical_u64()).ok()?,
            value: public_inputs.get(Self::VALUE..Self::VALUE + width)?.to_vec(),
        })
    }
}

/// [`NodeInputs`] in a circuit.
#[derive(Clone, Debug)]
pub(crate) struct NodeInputsTarget {
    pub(crate) node_key: HashOutTarget,
    pub(crate) count: Target,
    pub(crate) value: Vec<Target>,
}

impl NodeInputsTarget {
    /// Names the parts of a node proof's public inputs, 16 of them.
    pub(crate) fn from_slice(public_inputs: &[Target], width: usize) -> Self {
        Self {
            node_key: HashOutTarget::from_vec(public_inputs[..4].to_vec()),
            count: public_inputs[NodeInputs::COUNT],
            value: public_inputs[NodeInputs::VALUE..NodeInputs::VALUE + width].to_vec(),
        }
    }

    fn register(&self, builder: &mut CircuitBuilder<F, D>) {
        builder.register_public_inputs(&self.node_key.elements);
        builder.register_public_input(self.count);
        builder.register_public_inputs(&self.value);
    }
}

/// Targets of one child.
#[derive(Clone, Debug)]
pub struct ChildTargets {
    /// The child's proof.
    pub proof: ProofWithPublicInputsTarget<D>,
    /// The key it is verified under.
    pub key: VerifierCircuitTarget,
    /// Whether it is a node: computed from the keys, not chosen.
    pub is_node: BoolTarget,
}

/// Targets of a node circuit, for those who fill or forge its witness.
#[derive(Clone, Debug)]
pub struct NodeTargets {
    /// The carried digest of the circuit's own key.
    pub node_key: HashOutTarget,
    /// Left and right child.
    pub children: [ChildTargets; 2],
    /// Whether the right child contributes nothing.
    pub single: BoolTarget,
    /// The number of leaves below.
    pub count: Target,
}

/// The node circuit for one commitment.
#[derive(Debug)]
pub struct Node {
    data: CircuitData<F, C, D>,
    targets: NodeTargets,
    rows: usize,
    digest: KeyDigest,
}

impl Node {
    /// Builds the node circuit.
    ///
    /// # Errors
    /// [`TreeError::Width`] if values are too wide or a half of the commitment disagrees with the other about it,
    /// [`TreeError::Node`] if the commitment takes more rows than two proofs leave.
    pub fn new<M: Commitment>(commitment: &M) -> Result<Self, TreeError> {
        let width = commitment.width();
        if width > NodeInputs::MAX_WIDTH {
            return Err(TreeError::Width {
                got: width,
                expected: NodeInputs::MAX_WIDTH,
            });
        }
        let mut builder = Shape::Standard.builder();
        let node_key = builder.add_virtual_hash();
        let (left, left_inputs) = child(&mut builder, commitment, node_key)?;
        let (right, right_inputs) = child(&mut builder, commitment, node_key)?;

        let single = builder.add_virtual_bool_target_safe();
        let pair = builder.not(single);
        let joined = commitment.join_target(&mut builder, &left_inputs.value, &right_inputs.value, pair);
        check_width(&joined, width)?;
        let value = left_inputs
            .value
            .iter()
            .zip(joined)
            .map(|(&left, both)| builder.select(single, left, both))
            .collect();
        let count = builder.mul_add(pair.target, right_inputs.count, left_inputs.count);
        builder.range_check(count, COUNT_BITS);
        NodeInputsTarget {
            node_key,
            count,
            value,
        }
        .register(&mut builder);

        let shaped = Shape::Standard.build(builder)?;
        let digest = key_digest(&shaped.data.verifier_only);
        let targets = NodeTargets {
            node_key,
            children: [left, right],
            single,
            count,
        };
        Ok(Self {
            data: shaped.data,
            targets,
            rows: shaped.rows,
            digest,
        })
    }

    /// The node circuit's key.
    pub const fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        &self.data.verifier_only
    }

    /// Digest of [`Self::key`].
    pub const fn key_digest(&self) -> KeyDigest {
        self.digest
    }

    /// Rows that the circuit takes before padding.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The circuit, for the constraint checker.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// The circuit's targets.
    pub const fn targets(&self) -> &NodeTargets {
        &self.targets
    }

    /// A prover's inputs for two children, or for a left one alone; `None` if a proof is not of the standard shape.
    pub fn witness(&self, left: &ShapedProof, right: Option<&ShapedProof>) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        witness
            .set_target_arr(&self.targets.node_key.elements, &self.digest.elements())
            .ok()?;
        witness
            .set_bool_target(self.targets.single, right.is_none())
            .ok()?;
        for (targets, proof) in self.targets.children.iter().zip([left, right.unwrap_or(left)]) {
            // Setting targets zips lists and panics where their lengths differ.
            if proof.shape != Shape::Standard || proof.check_shape().is_err() {
                return None;
            }
            witness
                .set_proof_with_pis_target(&targets.proof, &proof.proof)
                .ok()?;
            witness.set_verifier_data_target(&targets.key, &proof.key).ok()?;
        }
        Some(witness)
    }

    /// Proves a node over children, which need not be valid: what the circuit refuses of them is the error.
    ///
    /// # Errors
    /// [`ProveError::Assignment`] if a proof is not of the standard shape, [`ProveError::Unsatisfied`] if it does not verify or
    /// is no child of this node, or [`ProveError::Prover`].
    pub fn prove(&self, left: &ShapedProof, right: Option<&ShapedProof>) -> Result<ShapedProof, ProveError> {
        let witness = self.witness(left, right).ok_or(ProveError::Assignment)?;
        let proof = prove(&self.data, &witness)?;
        Ok(ShapedProof {
            shape: Shape::Standard,
            proof,
            key: self.key().clone(),
        })
    }
}

/// Verifies one child and says what it contributes.
fn child<M: Commitment>(
    builder: &mut CircuitBuilder<F, D>,
    commitment: &M,
    node_key: HashOutTarget,
) -> Result<(ChildTargets, NodeInputsTarget), TreeError> {
    let common = Shape::Standard.common();
    let proof = builder.add_virtual_proof_with_pis(common);
    let key = builder.add_virtual_verifier_data(common.config.fri_config.cap_height);
    builder.verify_proof::<C>(&proof, &key, common);

    let digest = key_digest_target(builder, &key);
    let is_node = is_equal(builder, digest, node_key);
    let inputs = NodeInputsTarget::from_slice(&proof.public_inputs, commitment.width());
    for (carried, own) in inputs.node_key.elements.into_iter().zip(node_key.elements) {
        builder.conditional_assert_eq(is_node.target, carried, own);
    }

    let is_leaf = builder.not(is_node);
    let leaf = commitment.leaf_target(builder, digest, &proof.public_inputs, is_leaf);
    check_width(&leaf, commitment.width())?;
    let one = builder.one();
    let count = builder.select(is_node, inputs.count, one);
    let value = inputs
        .value
        .iter()
        .zip(leaf)
        .map(|(&node, leaf)| builder.select(is_node, node, leaf))
        .collect();
    Ok((
        ChildTargets { proof, key, is_node },
        NodeInputsTarget {
            node_key,
            count,
            value,
        },
    ))
}

fn is_equal(builder: &mut CircuitBuilder<F, D>, left: HashOutTarget, right: HashOutTarget) -> BoolTarget {
    let mut equal = builder.constant_bool(true);
    for (left, right) in left.elements.into_iter().zip(right.elements) {
        let same = builder.is_equal(left, right);
        equal = builder.and(equal, same);
    }
    equal
}

fn check_width(value: &[Target], expected: usize) -> Result<(), TreeError> {
    if value.len() == expected {
        Ok(())
    } else {
        Err(TreeError::Width {
            got: value.len(),
            expected,
        })
    }
}
