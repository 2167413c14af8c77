//! What stages say, known before they are proven.
//!
//! Two proofs of one statement under one key are worth the same, so this and the key is what a stage is known by, and all that its
//! proof is held to.

use causeway_aggregation::{F, KeyDigest, Shape, ShapedProof};
use causeway_circuits::keccak::{List, Size};
use causeway_circuits::settlement::span::Family;
use causeway_circuits::settlement::{
    Item, Part, PartProof, SettlementProgram, Span, TransitionProof, TransitionStatement,
};
use causeway_types::GoldilocksDigest;
use plonky2::field::types::{Field, PrimeField64};

use super::error::StageError;
use super::kind::SettlementKind;
use crate::graph::{Graph, Kind};
use crate::store::StageId;

/// What the proof of a stage says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// What a certificate does.
    Transition(TransitionStatement),
    /// What neighbours of a family do, or one alone.
    Span(Family, Span),
    /// How far an anchor came, and the item that it becomes.
    Part(Part, Span),
    /// That this list is right.
    Closes(List),
    /// The limbs of an epoch's statement, if the list is right.
    Epoch([u64; 4], List),
    /// The limbs of an epoch's statement.
    Statement([u64; 4]),
}

impl Says {
    /// What a proof exposes behind the key that it carries, or in its place.
    fn exposed(&self) -> Vec<F> {
        let limbs = |limbs: &[u64; 4]| limbs.map(F::from_canonical_u64);
        match self {
            Self::Transition(statement) => elements(statement.hash()).to_vec(),
            Self::Span(family, span) => elements(span.hash(family.domain())).to_vec(),
            Self::Part(part, _) => elements(part.hash()).to_vec(),
            Self::Closes(list) => list.elements().to_vec(),
            Self::Epoch(statement, list) => [limbs(statement), list.elements()].concat(),
            Self::Statement(statement) => limbs(statement).to_vec(),
        }
    }
}

/// Stages of which it is known what each will say.
pub trait Stated: Graph<Kind = SettlementKind> {
    /// What a stage says.
    fn says(&self, stage: usize) -> &Says;
}

/// What stages are made with.
pub trait Programs {
    /// Digest of all that outcomes of a kind depend on beside what they say: keys, sizes, versions.
    fn program(&self, kind: SettlementKind) -> [u8; 32];
}

/// The digests of all stages, by which the store knows them.
pub fn identities(programs: &impl Programs, graph: &impl Stated) -> Vec<StageId> {
    let id = |stage| {
        let kind: SettlementKind = graph.kind(stage);
        let exposed = bytes(&graph.says(stage).exposed());
        StageId::of(&[kind.name().as_bytes(), &programs.program(kind), &exposed])
    };
    (0..graph.stages()).map(id).collect()
}

/// The circuits' keys.
impl Programs for SettlementProgram {
    fn program(&self, kind: SettlementKind) -> [u8; 32] {
        let keys = match key(self, kind) {
            Some(key) => vec![key],
            None => Size::ALL.map(Size::key_digest).to_vec(),
        };
        let keys: Vec<Vec<u8>> = keys.iter().map(|key| bytes(&key.elements())).collect();
        let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        *StageId::of(&keys).bytes()
    }
}

/// The key of a kind's circuit, the closing circuit's for what wraps its proofs; none if there are several.
fn key(program: &SettlementProgram, kind: SettlementKind) -> Option<KeyDigest> {
    Some(match kind {
        SettlementKind::Transition => program.transition().key_digest(),
        SettlementKind::Segment => program.segment().key_digest(),
        SettlementKind::Segments => program.segments().key_digest(),
        SettlementKind::Close => program.close_circuit().key_digest(),
        SettlementKind::Attest => program.attest().key_digest(),
        SettlementKind::Keccak => return None,
        SettlementKind::Shut => program.shut().key_digest(),
        SettlementKind::Deposit => program.deposit().key_digest(),
        SettlementKind::Deposits => program.deposits().key_digest(),
        SettlementKind::DepositShut => program.deposit_shut().key_digest(),
        SettlementKind::L1 => program.l1().key_digest(),
        SettlementKind::Registry => program.registry().key_digest(),
        SettlementKind::Anchor => program.anchor().key_digest(),
        SettlementKind::AnchorPart => program.anchor_part().key_digest(),
        SettlementKind::More => program.more().key_digest(),
        SettlementKind::Open => program.open().key_digest(),
        SettlementKind::Fold => program.fold().key_digest(),
        SettlementKind::Epoch => program.epoch().key_digest(),
        SettlementKind::Seal => program.seal().key_digest(),
        SettlementKind::Closing | SettlementKind::Wrap => program.closing().key_digest(),
    })
}

/// Verifies the proof of a stage and holds it to the circuit of its kind and to what it has to say.
pub(super) fn check(
    program: &SettlementProgram,
    graph: &impl Stated,
    stage: usize,
    proof: &ShapedProof,
) -> Result<(), StageError> {
    let kind = graph.kind(stage);
    let says = graph.says(stage);
    if let Says::Closes(list) = says {
        return Ok(program.check_keccak(proof, *list)?);
    }
    let shape = match kind {
        SettlementKind::Closing => Shape::Closing,
        _ => Shape::Standard,
    };
    proof.verify_as(shape)?;
    let key = key(program, kind);
    let carried = match kind {
        // Its own key, since it is its own child.
        SettlementKind::Segments | SettlementKind::Deposits | SettlementKind::Fold | SettlementKind::More => {
            key
        }
        // What it closes may be joined.
        SettlementKind::DepositShut => Some(program.deposits().key_digest()),
        SettlementKind::Epoch | SettlementKind::Seal | SettlementKind::Closing => None,
        _ => Some(KeyDigest::from_elements([F::ZERO; 4])),
    };
    let carried = carried.map_or(Vec::new(), |key| key.elements().to_vec());
    let expected = [carried, says.exposed()].concat();
    if Some(proof.key_digest()) == key && proof.public_inputs().starts_with(&expected) {
        Ok(())
    } else {
        Err(StageError::Outcome { stage })
    }
}

/// The proofs that a stage builds on, in order, each with what it says.
pub(super) struct Given<'a, G> {
    graph: &'a G,
    stage: usize,
    proofs: std::vec::IntoIter<(usize, ShapedProof)>,
}

impl<'a, G: Stated> Given<'a, G> {
    pub(super) fn new(graph: &'a G, stage: usize, proofs: Vec<ShapedProof>) -> Self {
        let proofs: Vec<_> = graph.inputs(stage).into_iter().zip(proofs).collect();
        Self {
            graph,
            stage,
            proofs: proofs.into_iter(),
        }
    }

    fn next(&mut self) -> Result<(&'a Says, ShapedProof), StageError> {
        let (input, proof) = self
            .proofs
            .next()
            .ok_or(StageError::Outcome { stage: self.stage })?;
        Ok((self.graph.says(input), proof))
    }

    pub(super) fn proof(&mut self) -> Result<ShapedProof, StageError> {
        Ok(self.next()?.1)
    }

    pub(super) fn transition(&mut self) -> Result<TransitionProof, StageError> {
        match self.next()? {
            (&Says::Transition(statement), proof) => Ok(TransitionProof { proof, statement }),
            _ => Err(StageError::Outcome { stage: self.stage }),
        }
    }

    pub(super) fn part(&mut self) -> Result<PartProof, StageError> {
        match self.next()? {
            (&Says::Part(part, span), proof) => Ok(PartProof { proof, part, span }),
            _ => Err(StageError::Outcome { stage: self.stage }),
        }
    }

    pub(super) fn item(&mut self) -> Result<Item, StageError> {
        match self.next()? {
            (&Says::Span(_, span), proof) => Ok(Item { proof, span }),
            _ => Err(StageError::Outcome { stage: self.stage }),
        }
    }
}

fn elements(digest: GoldilocksDigest) -> [F; 4] {
    digest.words().map(F::from_canonical_u64)
}

fn bytes(elements: &[F]) -> Vec<u8> {
    elements
        .iter()
        .flat_map(|element| element.to_canonical_u64().to_le_bytes())
        .collect()
}
