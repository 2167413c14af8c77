//! Where users' proofs come from.

use std::convert::Infallible;

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

/// Proofs that are held in memory.
#[derive(Clone, Copy, Debug)]
pub struct InMemory<'a>(pub &'a [UserProof]);

impl UserProofs for InMemory<'_> {
    type Error = Infallible;

    fn load(&self, index: u32) -> Result<UserProof, Infallible> {
        Ok(self.0[index as usize].clone())
    }

    fn digest(&self, index: u32) -> Result<[u8; 32], Infallible> {
        let user = &self.0[index as usize];
        let (_, commitment) = user.entries();
        let exposed: Vec<u8> = user
            .proof
            .public_inputs()
            .iter()
            .flat_map(|input| input.to_canonical_u64().to_le_bytes())
            .collect();
        // Two proofs of one statement are worth the same.
        Ok(*StageId::of(&[&commitment, &exposed]).bytes())
    }
}
