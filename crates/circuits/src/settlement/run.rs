//! The state that is threaded through an epoch's items, and what they share.

use alloy_primitives::B256;
use causeway_aggregation::{D, F};
use causeway_ledger::poseidon::{Domain, Message};
use causeway_types::{Expiry, GoldilocksDigest};
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::keccak::{DigestTarget as KeccakTarget, digest_limbs};
use crate::targets::{Bytes32Target, DigestTarget, MessageTarget, U32Target, U64Target, set_digest, set_u32};

/// Digests of the state that an epoch threads.
pub const EPOCH: Domain = Domain::new("cw.epoc");
/// Digests of what an epoch's items share.
pub const SHARED: Domain = Domain::new("cw.shar");

/// What an epoch has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochRun {
    /// Root of the global tree.
    pub global_root: GoldilocksDigest,
    /// Leftmost node of the rollup exit tree at the epoch's height, below which all that changes is.
    pub rollup_node: B256,
    /// The payload chain.
    pub payload: B256,
    /// The authorisations chain.
    pub authorisations: B256,
    /// How many registry entries are consumed.
    pub registry_count: u32,
    /// The registry chain up to there.
    pub registry_hash: B256,
    /// The least expiry of the certificates.
    pub expiry: Expiry,
    /// Whether there was a certificate: then there is no registry entry any more, or an old authority might speak beside the new
    /// one.
    pub certificates: bool,
}

impl EpochRun {
    /// The digest.
    pub fn hash(&self) -> GoldilocksDigest {
        let message = Message::new().digest(self.global_root);
        let chains = [self.rollup_node, self.payload, self.authorisations];
        let message = chains.into_iter().fold(message, limbs);
        limbs(message.u32(self.registry_count), self.registry_hash)
            .u64(self.expiry.get())
            .u32(self.certificates.into())
            .hash(EPOCH)
    }
}

/// Appends 32 bytes as Keccak reads them.
fn limbs(message: Message, bytes: B256) -> Message {
    digest_limbs(bytes.0).into_iter().fold(message, Message::u32)
}

/// [`EpochRun`] in a circuit.
///
/// That limbs are below 2^32 is shown by the proof that closes the list in which they are an input or an output of Keccak.
#[derive(Clone, Copy, Debug)]
pub struct EpochRunTarget {
    /// Root of the global tree.
    pub global_root: DigestTarget,
    /// Leftmost node of the rollup exit tree at the epoch's height.
    pub rollup_node: KeccakTarget,
    /// The payload chain.
    pub payload: KeccakTarget,
    /// The authorisations chain.
    pub authorisations: KeccakTarget,
    /// How many registry entries are consumed.
    pub registry_count: U32Target,
    /// The registry chain up to there.
    pub registry_hash: KeccakTarget,
    /// The least expiry of the certificates.
    pub expiry: U64Target,
    /// Whether there was a certificate.
    pub certificates: BoolTarget,
}

impl EpochRunTarget {
    /// A witness: words and flag constrained, and limbs the prover's.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            global_root: builder.add_virtual_hash(),
            rollup_node: builder.add_virtual_target_arr(),
            payload: builder.add_virtual_target_arr(),
            authorisations: builder.add_virtual_target_arr(),
            registry_count: U32Target::new(builder),
            registry_hash: builder.add_virtual_target_arr(),
            expiry: U64Target::new(builder),
            certificates: builder.add_virtual_bool_target_safe(),
        }
    }

    /// The digest: five rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, EPOCH)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .digest(self.global_root)
            .keccak_digest(&self.rollup_node)
            .keccak_digest(&self.payload)
            .keccak_digest(&self.authorisations)
            .u32(self.registry_count)
            .keccak_digest(&self.registry_hash)
            .words(&self.expiry)
            .element(self.certificates.target)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, run: &EpochRun) -> Option<()> {
        set_digest(witness, self.global_root, run.global_root)?;
        for (target, bytes) in [
            (&self.rollup_node, run.rollup_node),
            (&self.payload, run.payload),
            (&self.authorisations, run.authorisations),
            (&self.registry_hash, run.registry_hash),
        ] {
            set_limbs(witness, target, bytes)?;
        }
        set_u32(witness, self.registry_count, run.registry_count)?;
        self.expiry.set(witness, &run.expiry.get().to_be_bytes())?;
        witness.set_bool_target(self.certificates, run.certificates).ok()
    }
}

/// Fills the limbs of 32 bytes; `None` if they have other values.
pub(crate) fn set_limbs(witness: &mut PartialWitness<F>, limbs: &KeccakTarget, bytes: B256) -> Option<()> {
    let values = digest_limbs(bytes.0).map(F::from_canonical_u32);
    witness.set_target_arr(limbs, &values).ok()
}

/// What all items of an epoch share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedContext {
    /// Root of the global tree after the epoch: what certificates depend on is opened under it.
    pub global_root: GoldilocksDigest,
    /// Digest of the deployment.
    pub domain: B256,
    /// Height of the threaded node of the rollup exit tree: networks 1 to 2^height have their places below it.
    pub rollup_height: u8,
}

impl SharedContext {
    /// The digest.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .digest(self.global_root)
            .bytes32(self.domain)
            .u32(self.rollup_height.into())
            .hash(SHARED)
    }
}

/// [`SharedContext`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct SharedContextTarget {
    /// Root of the global tree after the epoch.
    pub global_root: DigestTarget,
    /// Digest of the deployment.
    pub domain: Bytes32Target,
    /// Height of the threaded node of the rollup exit tree.
    pub rollup_height: Target,
}

impl SharedContextTarget {
    /// A witness. Domain and height are the prover's word until whoever takes the last span holds their words and bits.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            global_root: builder.add_virtual_hash(),
            domain: Bytes32Target::new_unchecked(builder),
            rollup_height: builder.add_virtual_target(),
        }
    }

    /// The digest: two rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, SHARED)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .digest(self.global_root)
            .words(&self.domain)
            .element(self.rollup_height)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, shared: &SharedContext) -> Option<()> {
        set_digest(witness, self.global_root, shared.global_root)?;
        self.domain.set(witness, shared.domain.as_slice())?;
        let height = F::from_canonical_u8(shared.rollup_height);
        witness.set_target(self.rollup_height, height).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::targets::testing::{Gadget, digest, word, words};

    /// A byte is the same read from either end.
    fn limbs(byte: u8) -> Vec<u64> {
        word(byte).1
    }

    #[test]
    fn a_run_has_its_digest_and_every_field_is_in_it() {
        let run = EpochRun {
            global_root: digest(1),
            rollup_node: B256::with_last_byte(7),
            payload: word(0xa1).0,
            authorisations: word(0xa2).0,
            registry_count: u32::MAX,
            registry_hash: word(0xa3).0,
            expiry: Expiry::new(3 << 32 | 4),
            certificates: true,
        };
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let run = EpochRunTarget::new(builder);
            target = Some(run);
            [run.targets(), run.hash(builder).elements.to_vec()].concat()
        });
        let node = [vec![0; 7], vec![7 << 24]].concat();
        let fields = [
            &words(digest(1))[..],
            &node,
            &limbs(0xa1),
            &limbs(0xa2),
            &[u32::MAX.into()],
            &limbs(0xa3),
            &[3, 4, 1],
            &words(run.hash()),
        ]
        .concat();
        gadget.holds_alone(&fields);
        let mut witness = PartialWitness::new();
        target.unwrap().set(&mut witness, &run).unwrap();
        assert_eq!(gadget.read(&witness, fields.len()), fields);
        // Of words and flag, not of limbs, the range is held here.
        for (at, value) in [(28, 1 << 32), (37, 1 << 32), (38, 1 << 32), (39, 2)] {
            let mut other = fields[..40].to_vec();
            other[at] = value;
            assert!(!gadget.takes(&other), "{at}");
        }
    }

    #[test]
    fn what_is_shared_has_its_digest_and_every_field_is_in_it() {
        let shared = SharedContext {
            global_root: digest(1),
            domain: word(0xd0).0,
            rollup_height: 32,
        };
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let shared = SharedContextTarget::new_unchecked(builder);
            target = Some(shared);
            [shared.targets(), shared.hash(builder).elements.to_vec()].concat()
        });
        let fields = [&words(digest(1))[..], &word(0xd0).1, &[32], &words(shared.hash())].concat();
        gadget.holds_alone(&fields);
        let mut witness = PartialWitness::new();
        target.unwrap().set(&mut witness, &shared).unwrap();
        assert_eq!(gadget.read(&witness, fields.len()), fields);
    }
}
