//! The leaves of the global tree, and the one word that settlement keeps.

use causeway_aggregation::{D, F};
use causeway_ledger::L1State;
use causeway_ledger::poseidon::{COMMITMENT, GLOBAL, L1};
use causeway_types::{Authority, GoldilocksDigest};
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::message::MessageTarget;
use super::word::{AddressTarget, Bytes32Target, DigestTarget, U32Target, set_digest, set_u32};

/// [`Authority`] in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityTarget {
    /// Its kind.
    pub kind: U32Target,
    /// Who has to sign, zero if nobody.
    pub signer: AddressTarget,
    /// Digest of the key under which a proof has to verify, zeros if none has.
    pub validity: DigestTarget,
}

impl AuthorityTarget {
    /// The prover's word, until a leaf that it is in is compared: one in the global tree was constrained when it was put there.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            kind: U32Target::new_unchecked(builder.add_virtual_target()),
            signer: AddressTarget::new_unchecked(builder),
            validity: builder.add_virtual_hash(),
        }
    }

    /// Holds an authority to what [`Authority::from_parts`] takes, given that the signer's words are below 2^32.
    pub fn check(&self, builder: &mut CircuitBuilder<F, D>) {
        let [signs, proves, both] = [Authority::SIGNER, Authority::VALIDITY, Authority::BOTH].map(|kind| {
            let kind = builder.constant(F::from_canonical_u8(kind));
            builder.is_equal(self.kind.target(), kind)
        });
        let known = builder.add_many([signs, proves, both].map(|kind| kind.target));
        builder.assert_one(known);
        let zero = builder.zero();
        // Five words do not wrap.
        let signer = builder.add_many(self.signer.targets());
        let nobody = builder.is_equal(signer, zero);
        builder.connect(nobody.target, proves.target);
        let mut no_key = builder._true();
        for element in self.validity.elements {
            let none = builder.is_equal(element, zero);
            no_key = builder.and(no_key, none);
        }
        builder.connect(no_key.target, signs.target);
    }

    /// Whether somebody has to sign.
    pub fn signs(&self, builder: &mut CircuitBuilder<F, D>) -> BoolTarget {
        let validity = builder.constant(F::from_canonical_u8(Authority::VALIDITY));
        let proves = builder.is_equal(self.kind.target(), validity);
        builder.not(proves)
    }

    /// The network's leaf in the global tree, given the digest of its state: two rows.
    pub fn leaf(&self, builder: &mut CircuitBuilder<F, D>, state: DigestTarget) -> DigestTarget {
        MessageTarget::new()
            .digest(state)
            .u32(self.kind)
            .words(&self.signer)
            .digest(self.validity)
            .hash(builder, GLOBAL)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        [
            &[self.kind.target()],
            &self.signer.targets()[..],
            &self.validity.elements,
        ]
        .concat()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, authority: &Authority) -> Option<()> {
        set_u32(witness, self.kind, authority.kind().into())?;
        let signer = authority.signer_address().unwrap_or_default();
        self.signer.set(witness, signer.as_slice())?;
        let key = authority.validity_key().unwrap_or(GoldilocksDigest::ZERO);
        set_digest(witness, self.validity, key)
    }
}

/// [`L1State`] in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct L1StateTarget {
    /// How many of its exits are consumed.
    pub exit_count: U32Target,
    /// The exit root of these.
    pub exit_root: Bytes32Target,
    /// Their shadow exit root.
    pub shadow_root: DigestTarget,
    /// Digest of their exit tree's frontier.
    pub frontier: DigestTarget,
}

impl L1StateTarget {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            exit_count: U32Target::new(builder),
            exit_root: Bytes32Target::new(builder),
            shadow_root: builder.add_virtual_hash(),
            frontier: builder.add_virtual_hash(),
        }
    }

    /// The prover's word, until its leaf is compared: one in the global tree was constrained when it was put there.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            exit_count: U32Target::new_unchecked(builder.add_virtual_target()),
            exit_root: Bytes32Target::new_unchecked(builder),
            shadow_root: builder.add_virtual_hash(),
            frontier: builder.add_virtual_hash(),
        }
    }

    /// L1's leaf in the global tree: three rows.
    pub fn leaf(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, L1)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .u32(self.exit_count)
            .words(&self.exit_root)
            .digest(self.shadow_root)
            .digest(self.frontier)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, state: &L1State) -> Option<()> {
        set_u32(witness, self.exit_count, state.exit_count)?;
        self.exit_root.set(witness, state.exit_root.get().as_slice())?;
        set_digest(witness, self.shadow_root, state.shadow_root)?;
        set_digest(witness, self.frontier, state.frontier)
    }
}

/// `causeway_ledger::StateCommitment` in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCommitmentTarget {
    /// Root of the global tree.
    pub global_root: DigestTarget,
    /// Rollup exit root.
    pub rollup_exit_root: Bytes32Target,
    /// How many of L1's exits are consumed.
    pub deposits: U32Target,
    /// How many registry entries are consumed.
    pub registry_entries: U32Target,
}

impl StateCommitmentTarget {
    /// The word: two rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        MessageTarget::new()
            .digest(self.global_root)
            .words(&self.rollup_exit_root)
            .u32(self.deposits)
            .u32(self.registry_entries)
            .hash(builder, COMMITMENT)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::Address;
    use causeway_ledger::{NetworkState, StateCommitment};
    use causeway_types::{ExitRoot, NetworkId, RollupExitRoot, StateRoot};

    use super::*;
    use crate::targets::testing::{Gadget, digest, word, words};

    fn authorities() -> [Authority; 3] {
        let signer = Address::repeat_byte(0x51);
        [
            Authority::signer(signer).unwrap(),
            Authority::validity(digest(9)).unwrap(),
            Authority::both(signer, digest(9)).unwrap(),
        ]
    }

    fn authority_words(authority: &Authority) -> Vec<u64> {
        let signer = if authority.signer_address().is_some() {
            0x5151_5151
        } else {
            0
        };
        let key = authority.validity_key().map_or([0; 4], words);
        [&[authority.kind().into()], &[signer; 5][..], &key].concat()
    }

    #[test]
    fn a_networks_leaf_is_the_ledgers() {
        let state = NetworkState {
            network: NetworkId::new(9),
            height: 3,
            exit_count: 4,
            exit_root: ExitRoot::new(word(0xe1).0),
            shadow_root: digest(1),
            balance_root: digest(2),
            nullifier_root: digest(3),
            history_root: digest(4),
            state_root: StateRoot::new(word(0x57).0),
            frontier: digest(5),
        };
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let state = builder.add_virtual_hash();
            let authority = AuthorityTarget::new_unchecked(builder);
            target = Some(authority);
            let leaf = authority.leaf(builder, state);
            let signs = authority.signs(builder);
            [
                authority.targets(),
                state.elements.to_vec(),
                leaf.elements.to_vec(),
                vec![signs.target],
            ]
            .concat()
        });
        for authority in authorities() {
            let signs = u64::from(authority.signer_address().is_some());
            let fields = [
                &authority_words(&authority)[..],
                &words(state.hash()),
                &words(state.leaf(&authority)),
                &[signs],
            ]
            .concat();
            gadget.holds_alone(&fields);
            let mut witness = PartialWitness::new();
            target.unwrap().set(&mut witness, &authority).unwrap();
            set_digest(
                &mut witness,
                DigestTarget::from_vec(gadget.targets()[10..14].to_vec()),
                state.hash(),
            )
            .unwrap();
            assert_eq!(gadget.read(&witness, fields.len()), fields);
        }
    }

    #[test]
    fn an_authority_is_what_the_ledger_takes() {
        let gadget = Gadget::new(|builder| {
            let authority = AuthorityTarget::new_unchecked(builder);
            authority.check(builder);
            authority.targets()
        });
        let signers = [
            Address::ZERO,
            Address::with_last_byte(1),
            Address::repeat_byte(0x51),
        ];
        let keys = [[0; 4], [0, 0, 1, 0], [7, 0, 0, u64::from(u32::MAX) << 32]];
        let mut taken = 0;
        for kind in 0..=5 {
            for signer in signers {
                for key in keys {
                    let digest = GoldilocksDigest::new(key).unwrap();
                    let native = Authority::from_parts(kind, signer, digest).is_ok();
                    let signer = signer.0.0.as_chunks::<4>().0.iter();
                    let signer: Vec<u64> = signer.map(|word| u32::from_be_bytes(*word).into()).collect();
                    let values = [&[kind.into()], &signer[..], &key].concat();
                    assert_eq!(gadget.holds(&values), native, "{values:?}");
                    taken += u32::from(native);
                }
            }
        }
        assert_eq!(taken, 2 + 2 + 4);
    }

    #[test]
    fn the_leaf_of_l1_is_the_ledgers() {
        let state = L1State {
            exit_count: u32::MAX,
            exit_root: ExitRoot::new(word(0xe1).0),
            shadow_root: digest(1),
            frontier: digest(2),
        };
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let state = L1StateTarget::new(builder);
            target = Some(state);
            [state.targets(), state.leaf(builder).elements.to_vec()].concat()
        });
        let fields = [
            &[u32::MAX.into()],
            &word(0xe1).1[..],
            &words(digest(1)),
            &words(digest(2)),
            &words(state.leaf()),
        ]
        .concat();
        gadget.holds_alone(&fields);
        let mut witness = PartialWitness::new();
        target.unwrap().set(&mut witness, &state).unwrap();
        assert_eq!(gadget.read(&witness, fields.len()), fields);
        let mut wide = fields[..17].to_vec();
        wide[3] = 1 << 32;
        assert!(!gadget.takes(&wide));
    }

    #[test]
    fn a_commitment_is_the_ledgers() {
        let commitment = StateCommitment {
            global_root: digest(1),
            rollup_exit_root: RollupExitRoot::new(word(0xe2).0),
            deposits: 5,
            registry_entries: u32::MAX,
        };
        let gadget = Gadget::new(|builder| {
            let commitment = StateCommitmentTarget {
                global_root: builder.add_virtual_hash(),
                rollup_exit_root: Bytes32Target::new(builder),
                deposits: U32Target::new(builder),
                registry_entries: U32Target::new(builder),
            };
            [
                &commitment.global_root.elements[..],
                &commitment.rollup_exit_root.targets(),
                &[commitment.deposits.target(), commitment.registry_entries.target()],
                &commitment.hash(builder).elements,
            ]
            .concat()
        });
        let fields = [
            &words(digest(1))[..],
            &word(0xe2).1,
            &[5, u32::MAX.into()],
            &words(commitment.hash()),
        ];
        gadget.holds_alone(&fields.concat());
    }
}
