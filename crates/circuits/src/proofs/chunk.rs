//! The chunk circuit: closes a subtree's list before the whole is known, so that no list grows with the number of proofs.
//!
//! It does not hold the node key, for the node circuit holds the chunk's: it takes a child under any key that the child itself
//! carries, and exposes that key. Whoever takes a chunk compares it with the node key he knows.

use causeway_aggregation::{D, F, Shape, ShapedProof};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{ProgramError, Stage};
use super::state::{State, StateTarget};
use super::subtree::{Subtree, SubtreeTargets};
use crate::keccak::{List, ListTarget};
use crate::recursion::{Circuit, InnerTargets, KeccakKeys, TakeIn, connect};

/// Targets of the chunk circuit.
#[derive(Clone, Debug)]
pub struct ChunkTargets {
    /// The subtree whose list is closed.
    pub child: SubtreeTargets,
    /// The proof that closes it.
    pub keccak: InnerTargets,
    /// What the chunk states: as its child, but for the list.
    pub state: StateTarget,
}

/// The chunk circuit.
pub type Chunk = Circuit<ChunkTargets>;

impl Circuit<ChunkTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`ProgramError::Circuit`] if it does not fit.
    pub fn new(keccak_keys: &KeccakKeys) -> Result<Self, ProgramError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, keccak_keys);
        Self::build(builder, targets).map_err(Stage::Chunk.unfit())
    }

    /// The state of a chunk over a subtree: it appends nothing to any list.
    pub const fn plan(child: &State) -> State {
        State {
            list_in: List::EMPTY,
            list_out: List::EMPTY,
            ..*child
        }
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape.
    pub fn witness(&self, child: &Subtree, keccak: &ShapedProof) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        self.targets().child.set(&mut witness, child)?;
        self.targets().keccak.set(&mut witness, keccak)?;
        Some(witness)
    }
}

/// The constraints of a chunk.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    keccak_keys: &KeccakKeys,
) -> ChunkTargets {
    let child = SubtreeTargets::verify(builder, take_in);
    let node_key = child.inner.digest;
    connect(builder, node_key.elements, child.node_key());
    let keccak = keccak_keys.verify(builder, take_in, child.state.list_out);
    let closed = ListTarget::new(builder.constant_hash(List::EMPTY.elements().into()));
    let state = StateTarget {
        list_in: closed,
        list_out: closed,
        ..child.state
    };
    state.register(builder, node_key);
    ChunkTargets { child, keccak, state }
}
