//! Where users' proofs come from.

use causeway_circuits::proofs::UserProof;
use plonky2::field::types::PrimeField64;

use crate::store::StageId;

/// Users' proofs in the order of their leaves. They are read one by one, some more than once.
pub trait UserProofs {
    /// Why one cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Reads the proof of this index, which is below the plan's count.
    ///
    /// # Errors
    /// If it cannot be read.
    fn load(&self, index: u32) -> Result<UserProof, Self::Error>;

    /// A digest of it: equal ones are the same proof.
    ///
    /// # Errors
    /// If it cannot be read.
    fn digest(&self, index: u32) -> Result<[u8; 32], Self::Error>;
}

/// [`UserProofs::digest`] of a proof: two proofs of one statement are worth the same.
pub fn proof_digest(user: &UserProof) -> [u8; 32] {
    let (_, commitment) = user.entries();
    let exposed: Vec<u8> = user
        .proof
        .public_inputs()
        .iter()
        .flat_map(|input| input.to_canonical_u64().to_le_bytes())
        .collect();
    *StageId::of(&[&commitment, &exposed]).bytes()
}

/// Proofs that are held in memory.
#[derive(Clone, Copy, Debug)]
pub struct InMemory<'a>(pub &'a [UserProof]);

/// There are fewer proofs than the plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are {count} proofs, none has index {index}: the plan was made for more")]
pub struct NoProof {
    /// The index asked for.
    pub index: u32,
    /// Proofs there are.
    pub count: usize,
}

impl InMemory<'_> {
    fn get(&self, index: u32) -> Result<&UserProof, NoProof> {
        let count = self.0.len();
        let at = usize::try_from(index).ok();
        at.and_then(|at| self.0.get(at)).ok_or(NoProof { index, count })
    }
}

impl UserProofs for InMemory<'_> {
    type Error = NoProof;

    fn load(&self, index: u32) -> Result<UserProof, NoProof> {
        self.get(index).cloned()
    }

    fn digest(&self, index: u32) -> Result<[u8; 32], NoProof> {
        self.get(index).map(proof_digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregation::Lists;
    use crate::plan::Plan;

    #[test]
    fn a_plan_for_more_proofs_than_there_are_is_refused() {
        let none = InMemory(&[]);
        let missing = NoProof { index: 3, count: 0 };
        assert_eq!(none.load(3), Err(missing));
        assert_eq!(none.digest(3), Err(missing));
        let error = Plan::new(&[4], 7).map(|plan| Lists::new(&plan, &none, [0; 32]));
        assert!(
            matches!(error, Ok(Err(crate::AggregationError::Source { index: 0, .. }))),
            "{error:?}"
        );
    }
}
