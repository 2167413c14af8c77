//! The whole program: its circuits, and each stage with its checks.

use causeway_aggregation::{ClosedProof, Closing, LimbTarget, ShapedProof};

use super::chunk::Chunk;
use super::error::{ProgramError, Stage};
use super::leaf::Leaf;
use super::node::Node;
use super::seal::Seal;
use super::subtree::Subtree;
use super::user::{Beside, UserProof};
use crate::keccak::List;
use crate::recursion::KeccakKeys;

/// What a subtree is, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A leaf.
    Leaf,
    /// A node.
    Node,
    /// A chunk, whose list is closed.
    Chunk,
}

/// The circuits of the aggregation program. Built once, in seconds.
#[derive(Debug)]
pub struct AggregationProgram {
    keccak_keys: KeccakKeys,
    leaf: Leaf,
    node: Node,
    chunk: Chunk,
    seal: Seal,
    closing: Closing,
}

impl AggregationProgram {
    /// Builds the circuits of the program that contracts pin: lists are closed in every [`crate::keccak::Size`].
    ///
    /// # Errors
    /// [`ProgramError::Circuit`] or [`ProgramError::Closing`].
    pub fn pinned() -> Result<Self, ProgramError> {
        Self::new(KeccakKeys::pinned())
    }

    /// Builds the circuits, given the keys of the circuits that close lists.
    ///
    /// # Errors
    /// [`ProgramError::Circuit`] or [`ProgramError::Closing`].
    pub fn new(keccak_keys: KeccakKeys) -> Result<Self, ProgramError> {
        let leaf = Leaf::new()?;
        let chunk = Chunk::new(&keccak_keys)?;
        let node = Node::new(leaf.key_digest(), chunk.key_digest())?;
        let seal = Seal::new(
            leaf.key_digest(),
            node.key_digest(),
            chunk.key_digest(),
            &keccak_keys,
        )?;
        let closing = Closing::new(seal.key(), |builder, limbs| {
            std::array::from_fn(|limb| LimbTarget::range_checked(builder, limbs[limb]))
        })?;
        Ok(Self {
            keccak_keys,
            leaf,
            node,
            chunk,
            seal,
            closing,
        })
    }

    /// The leaf circuit.
    pub const fn leaf(&self) -> &Leaf {
        &self.leaf
    }

    /// The node circuit.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// The chunk circuit.
    pub const fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// The seal circuit.
    pub const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The closing circuit: its public inputs are the statement's limbs.
    pub const fn closing(&self) -> &Closing {
        &self.closing
    }

    /// Verifies a subtree and says what it is. One that carries another node key, or is of no circuit of this program, is refused.
    ///
    /// # Errors
    /// Those of [`Subtree::verify`], [`ProgramError::ForeignKey`] or [`ProgramError::OtherNode`].
    pub fn check(&self, subtree: &Subtree) -> Result<Role, ProgramError> {
        subtree.verify()?;
        let got = subtree.proof.key_digest();
        let role = match got {
            got if got == self.leaf.key_digest() => return Ok(Role::Leaf),
            got if got == self.node.key_digest() => Role::Node,
            got if got == self.chunk.key_digest() => Role::Chunk,
            got => return Err(ProgramError::ForeignKey { got }),
        };
        let (expected, carried) = (self.node.key_digest(), subtree.node_key());
        match carried {
            Some(carried) if carried == expected => Ok(role),
            Some(got) => Err(ProgramError::OtherNode { expected, got }),
            None => Err(ProgramError::ForeignKey { got }),
        }
    }

    /// Verifies a proof that closes a list.
    ///
    /// # Errors
    /// Those of [`KeccakKeys::check`].
    pub fn check_keccak(&self, proof: &ShapedProof, list: List) -> Result<(), ProgramError> {
        Ok(self.keccak_keys.check(proof, list)?)
    }

    /// Proves a leaf; it appends what [`Leaf::plan`] says.
    ///
    /// # Errors
    /// Those of [`Leaf::prove_leaf`].
    pub fn prove_leaf(
        &self,
        left: &UserProof,
        right: Beside<'_>,
        list_in: List,
    ) -> Result<Subtree, ProgramError> {
        self.leaf.prove_leaf(left, right, list_in)
    }

    /// Proves a node over two subtrees, or over one and an empty place; it appends what [`Node::plan`] says.
    ///
    /// `list_in` is what stands before the left child. One that is not a chunk says so itself, and must agree.
    ///
    /// # Errors
    /// Those of [`Self::check`], what does not go together, or [`ProgramError::Prove`].
    pub fn prove_node(
        &self,
        left: &Subtree,
        right: Option<&Subtree>,
        list_in: List,
    ) -> Result<Subtree, ProgramError> {
        let mut list = list_in;
        for child in [Some(left), right].into_iter().flatten() {
            if self.check(child)? != Role::Chunk {
                if child.state.list_in != list {
                    return Err(ProgramError::NotThreaded);
                }
                list = child.state.list_out;
            }
        }
        let right_state = right.map(|right| &right.state);
        let (_, state) = Node::plan(&left.state, right_state, list_in, list)?;
        let proof = self
            .node
            .prove(self.node.witness(left, right, list_in))
            .map_err(Stage::Node.unproven())?;
        Ok(Subtree { proof, state })
    }

    /// Proves a chunk: the node's list is closed by `keccak`.
    ///
    /// # Errors
    /// Those of [`Self::check`], [`ProgramError::ForeignKey`] of what is not a node, those of [`KeccakKeys::check`],
    /// or [`ProgramError::Prove`].
    pub fn prove_chunk(&self, child: &Subtree, keccak: &ShapedProof) -> Result<Subtree, ProgramError> {
        if self.check(child)? != Role::Node {
            return Err(ProgramError::ForeignKey {
                got: child.proof.key_digest(),
            });
        }
        self.keccak_keys.check(keccak, child.state.list_out)?;
        let proof = self
            .chunk
            .prove(self.chunk.witness(child, keccak))
            .map_err(Stage::Chunk.unproven())?;
        Ok(Subtree {
            proof,
            state: Chunk::plan(&child.state),
        })
    }

    /// The list that a seal's keccak proof closes. `list_in` is read if the child is a chunk.
    ///
    /// # Errors
    /// Those of [`Self::check`].
    pub fn sealed_list(
        &self,
        child: &Subtree,
        domain: [u8; 32],
        list_in: List,
    ) -> Result<List, ProgramError> {
        let before = match self.check(child)? {
            Role::Chunk => list_in,
            Role::Leaf | Role::Node => child.state.list_out,
        };
        Ok(before.extend(&Seal::plan(domain, &child.state)))
    }

    /// Proves the seal of a whole tree: `keccak` closes [`Self::sealed_list`].
    ///
    /// # Errors
    /// Those of [`Self::check`] and [`KeccakKeys::check`], or [`ProgramError::Prove`].
    pub fn prove_seal(
        &self,
        child: &Subtree,
        keccak: &ShapedProof,
        domain: [u8; 32],
        list_in: List,
    ) -> Result<ShapedProof, ProgramError> {
        let list = self.sealed_list(child, domain, list_in)?;
        self.keccak_keys.check(keccak, list)?;
        self.seal
            .prove(self.seal.witness(child, keccak, domain, list_in))
            .map_err(Stage::Seal.unproven())
    }

    /// Closes a seal: four public inputs, the statement.
    ///
    /// # Errors
    /// [`ProgramError::Closing`].
    pub fn close(&self, seal: &ShapedProof) -> Result<ClosedProof, ProgramError> {
        Ok(self.closing.prove(seal)?)
    }
}
