//! A binary tree over normalised proofs of different programs: one proof for all of them.
//!
//! Neighbours are paired level by level, an odd one goes up unchanged. The same tree arises leaf by leaf if finished
//! subtrees wait on a stack, so that proofs of any number of leaves need memory for their logarithm.

mod node;
mod stack;

use crate::commitment::Commitment;
use crate::config::F;
use crate::key::KeyDigest;
use crate::prove::ProveError;
use crate::shape::{Shape, ShapeError};
use crate::shaped_proof::{ProofError, ShapedProof};

pub(crate) use node::NodeInputsTarget;
use stack::Stack;

pub use node::{ChildTargets, Node, NodeInputs, NodeTargets};

/// The widest value a [`Commitment`] may have.
pub const MAX_WIDTH: usize = NodeInputs::MAX_WIDTH;

/// Why a tree cannot be built or proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The commitment's values have another width than there is room for, or than it declares.
    #[error("a value of {got} elements where {expected} are declared or fit")]
    Width {
        /// Elements there are.
        got: usize,
        /// Elements there may be.
        expected: usize,
    },
    /// The node circuit does not fit the standard shape.
    #[error("the node circuit does not fit: {0}")]
    Node(#[from] ShapeError),
    /// There is nothing to aggregate.
    #[error("there are no proofs to aggregate")]
    Empty,
    /// More leaves than a count holds.
    #[error("{count} proofs are more than a count of 32 bits holds")]
    TooMany {
        /// Leaves given.
        count: usize,
    },
    /// A leaf is refused.
    #[error("proof {index}: {source}")]
    Leaf {
        /// Its index.
        index: usize,
        /// Why.
        source: ProofError,
    },
    /// A leaf is itself a node of this tree; its leaves, not itself, belong here.
    #[error("proof {index} is a node of an aggregation, not a normalised proof")]
    LeafIsNode {
        /// Its index.
        index: usize,
    },
    /// A root is refused.
    #[error("root: {0}")]
    Root(ProofError),
    /// A root was made by another node circuit than ours.
    #[error("the root's key is not that of this node circuit, or it carries another one")]
    ForeignRoot,
    /// A node over valid children was not proven.
    #[error("node {node}: {source}")]
    Prover {
        /// Index of the node in the order of proving.
        node: usize,
        /// Why.
        source: ProveError,
    },
}

/// What an aggregation has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A leaf was verified.
    LeafVerified {
        /// Leaves verified.
        done: usize,
        /// Leaves in all.
        total: usize,
    },
    /// A node was proven.
    NodeProven {
        /// Nodes proven.
        done: usize,
        /// Nodes in all.
        total: usize,
    },
}

/// The proof of a whole tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The root node's proof.
    pub proof: ShapedProof,
    /// What it says.
    pub inputs: NodeInputs,
}

/// Aggregates normalised proofs under one commitment.
#[derive(Debug)]
pub struct Aggregator<M> {
    commitment: M,
    node: Node,
}

impl<M: Commitment> Aggregator<M> {
    /// Builds the node circuit, in seconds.
    ///
    /// # Errors
    /// Those of [`Node::new`].
    pub fn new(commitment: M) -> Result<Self, TreeError> {
        let node = Node::new(&commitment)?;
        Ok(Self { commitment, node })
    }

    /// The node circuit.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// What nodes commit to.
    pub const fn commitment(&self) -> &M {
        &self.commitment
    }

    /// Proves all leaves at once, verifying each of them first.
    ///
    /// Leaves are taken one by one; besides the current one, one proof per level of the tree is held.
    ///
    /// # Errors
    /// [`TreeError::Empty`], [`TreeError::TooMany`], a refused leaf by its index, or [`TreeError::Prover`].
    pub fn aggregate<I>(&self, leaves: I, mut progress: impl FnMut(Progress)) -> Result<Root, TreeError>
    where
        I: IntoIterator<Item = ShapedProof>,
        I::IntoIter: ExactSizeIterator,
    {
        let leaves = leaves.into_iter();
        let count = leaves.len();
        if count == 0 {
            return Err(TreeError::Empty);
        }
        if u32::try_from(count).is_err() {
            return Err(TreeError::TooMany { count });
        }
        let mut nodes = Nodes {
            node: &self.node,
            done: 0,
            total: (count - 1).max(1),
        };
        let mut stack = Stack::default();
        for (index, leaf) in leaves.enumerate() {
            self.check_leaf(index, &leaf)?;
            progress(Progress::LeafVerified {
                done: index + 1,
                total: count,
            });
            stack.push(leaf, |left, right| {
                nodes.prove(&left, Some(&right), &mut progress)
            })?;
        }
        let mut root = stack
            .finish(|left, right| nodes.prove(&left, Some(&right), &mut progress))?
            .ok_or(TreeError::Empty)?;
        if count == 1 {
            root = nodes.prove(&root, None, &mut progress)?;
        }
        self.check_root(root)
    }

    /// Verifies a root from outside.
    ///
    /// # Errors
    /// [`TreeError::Root`] if the proof is refused, [`TreeError::ForeignRoot`] if it is not of this node circuit.
    pub fn check_root(&self, proof: ShapedProof) -> Result<Root, TreeError> {
        proof.verify_as(Shape::Standard).map_err(TreeError::Root)?;
        let inputs = NodeInputs::from_slice(proof.public_inputs(), self.commitment.width());
        match inputs {
            Some(inputs) if proof.key == *self.node.key() && inputs.node_key == self.node.key_digest() => {
                Ok(Root { proof, inputs })
            }
            _ => Err(TreeError::ForeignRoot),
        }
    }

    fn check_leaf(&self, index: usize, leaf: &ShapedProof) -> Result<(), TreeError> {
        leaf.verify_as(Shape::Standard)
            .map_err(|source| TreeError::Leaf { index, source })?;
        if leaf.key_digest() == self.node.key_digest() {
            return Err(TreeError::LeafIsNode { index });
        }
        Ok(())
    }
}

/// The value of a tree over these leaves, each a normalised key digest and its 16 public inputs: what anyone compares
/// a root with. `None` without leaves.
pub fn tree_value<M: Commitment>(commitment: &M, leaves: &[(KeyDigest, Vec<F>)]) -> Option<Vec<F>> {
    let mut level: Vec<Vec<F>> = leaves
        .iter()
        .map(|(key, inputs)| commitment.leaf(*key, inputs))
        .collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => commitment.join(left, right),
                odd => odd.concat(),
            })
            .collect();
    }
    level.pop()
}

/// The node circuit with a count of what it has proven.
struct Nodes<'a> {
    node: &'a Node,
    done: usize,
    total: usize,
}

impl Nodes<'_> {
    fn prove(
        &mut self,
        left: &ShapedProof,
        right: Option<&ShapedProof>,
        progress: &mut impl FnMut(Progress),
    ) -> Result<ShapedProof, TreeError> {
        let proof = self.node.prove(left, right).map_err(|source| TreeError::Prover {
            node: self.done,
            source,
        })?;
        self.done += 1;
        progress(Progress::NodeProven {
            done: self.done,
            total: self.total,
        });
        Ok(proof)
    }
}
