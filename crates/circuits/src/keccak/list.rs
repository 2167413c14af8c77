//! The deferred list: a Poseidon chain over the blocks that circuits have hashed.
//!
//! An entry is one block of a message: its place in the message, its 34 limbs, and the first 8 limbs of the sponge's state
//! after it, which after the last block are the digest. The blocks of a message follow one another in the list. Entry e with
//! place above zero continues the message of entry e - 1.
//!
//! A list is threaded through circuits as (digest before, digest after). What stands before the first entry is the prover's
//! choice: the proof that closes a list walks from the constant [`List::EMPTY`] to the last digest, and chains that end in the
//! same digest agree backwards entry by entry. So dummies are put *in front*, and no circuit needs to know how many.

use causeway_aggregation::{D, F};
use causeway_types::GoldilocksDigest;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::{HashOut, HashOutTarget};
use plonky2::hash::hashing::PlonkyPermutation;
use plonky2::hash::poseidon::{PoseidonHash, PoseidonPermutation};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::block::{Block, DIGEST_LIMBS, RATE_LIMBS, absorb, blocks, limbs_digest, output_limbs};

/// What the capacity of the chain's sponge begins with: "cw.kecc", as a domain's tag is read. In front of the message it would
/// cost one permutation in seven.
pub(crate) const TAG: u64 = u64::from_be_bytes(*b"\0cw.kecc");

/// Rate of the sponge.
const RATE: usize = 8;

/// Elements that an entry adds to the chain.
pub const ENTRY_LEN: usize = 1 + RATE_LIMBS + DIGEST_LIMBS;

/// A block of a message and what the sponge gives after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The block's place in its message, from zero.
    pub place: u32,
    /// The block.
    pub block: Block,
    /// The first limbs of the state after it: the digest if the message ends here.
    pub output: [u32; DIGEST_LIMBS],
}

impl Entry {
    /// The entries of a message and its digest.
    pub fn of_message(message: &[u8]) -> (Vec<Self>, [u8; 32]) {
        let mut state = [0; 25];
        let entries: Vec<Self> = (0..)
            .zip(blocks(message))
            .map(|(place, block)| {
                state = absorb(&state, &block);
                Self {
                    place,
                    block,
                    output: output_limbs(&state),
                }
            })
            .collect();
        (entries, limbs_digest(output_limbs(&state)))
    }

    /// The entry that fills what is left of a list: the empty message.
    pub fn dummy() -> Self {
        let block = std::array::from_fn(|limb| match limb {
            0 => 0x01,
            limb if limb == RATE_LIMBS - 1 => 0x8000_0000,
            _ => 0,
        });
        Self {
            place: 0,
            block,
            output: output_limbs(&absorb(&[0; 25], &block)),
        }
    }

    /// Place, block and output, in this order, as field elements.
    pub fn elements(&self) -> [F; ENTRY_LEN] {
        std::array::from_fn(|i| {
            F::from_canonical_u32(match i {
                0 => self.place,
                i if i <= RATE_LIMBS => self.block[i - 1],
                i => self.output[i - 1 - RATE_LIMBS],
            })
        })
    }
}

/// The digest of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List(HashOut<F>);

impl List {
    /// The digest of the list without entries: no hash, but a constant that nobody knows a chain to.
    pub const EMPTY: Self = Self(HashOut {
        elements: [F::ZERO; 4],
    });

    /// A digest that a circuit exposed.
    pub const fn from_elements(elements: [F; 4]) -> Self {
        Self(HashOut { elements })
    }

    /// The four field elements of the digest.
    pub const fn elements(&self) -> [F; 4] {
        self.0.elements
    }

    /// The list with one entry more: plonky2's Poseidon sponge over (digest, entry), 47 elements, with a tag in the capacity.
    #[must_use]
    pub fn append(&self, entry: &Entry) -> Self {
        self.append_elements(&entry.elements())
    }

    /// [`Self::append`] for whatever stands in a circuit where an entry should.
    pub(crate) fn append_elements(&self, entry: &[F; ENTRY_LEN]) -> Self {
        let message = [&self.0.elements[..], entry].concat();
        let mut sponge = PoseidonPermutation::new(std::iter::repeat(F::ZERO));
        sponge.set_elt(F::from_canonical_u64(TAG), RATE);
        for chunk in message.chunks(RATE) {
            sponge.set_from_slice(chunk, 0);
            sponge.permute();
        }
        let mut digest = HashOut::ZERO;
        digest.elements.copy_from_slice(&sponge.squeeze()[..4]);
        Self(digest)
    }

    /// The list with these entries more.
    #[must_use]
    pub fn extend<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        entries.into_iter().fold(*self, |list, entry| list.append(entry))
    }
}

impl From<List> for GoldilocksDigest {
    fn from(list: List) -> Self {
        Self::reduced(list.elements().map(|element| element.to_canonical_u64()))
    }
}

/// [`Entry`] in a circuit.
///
/// Nothing here constrains limbs to 32 bits or the output to the block: the proof that closes the list does both, as
/// it finds no permutation for anything else.
#[derive(Clone, Copy, Debug)]
pub struct EntryTarget {
    /// The block's place in its message.
    pub place: Target,
    /// The block.
    pub block: [Target; RATE_LIMBS],
    /// The first limbs of the state after it.
    pub output: [Target; DIGEST_LIMBS],
}

impl EntryTarget {
    /// Place, block and output, in this order.
    pub fn to_targets(&self) -> Vec<Target> {
        [&[self.place], &self.block[..], &self.output].concat()
    }
}

/// [`List`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct ListTarget(HashOutTarget);

impl ListTarget {
    /// A list of a given digest.
    pub const fn new(digest: HashOutTarget) -> Self {
        Self(digest)
    }

    /// The digest.
    pub const fn digest(&self) -> HashOutTarget {
        self.0
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, list: List) -> Option<()> {
        witness.set_target_arr(&self.0.elements, &list.elements()).ok()
    }

    /// Appends an entry.
    pub fn append(&mut self, builder: &mut CircuitBuilder<F, D>, entry: &EntryTarget) {
        let message = [&self.0.elements[..], &entry.to_targets()].concat();
        let (zero, tag) = (builder.zero(), builder.constant(F::from_canonical_u64(TAG)));
        let mut sponge = PoseidonPermutation::new(std::iter::repeat(zero));
        sponge.set_elt(tag, RATE);
        for chunk in message.chunks(RATE) {
            sponge.set_from_slice(chunk, 0);
            sponge = builder.permute::<PoseidonHash>(sponge);
        }
        self.0.elements.copy_from_slice(&sponge.squeeze()[..4]);
    }

    /// Appends an entry where `active`, and nothing elsewhere.
    pub fn append_if(&mut self, builder: &mut CircuitBuilder<F, D>, active: BoolTarget, entry: &EntryTarget) {
        let before = *self;
        self.append(builder, entry);
        for (after, before) in self.0.elements.iter_mut().zip(before.0.elements) {
            *after = builder.select(active, *after, before);
        }
    }
}
