//! What a network is in roots and counts, and what it says of a certificate.

use causeway_aggregation::{D, F};
use causeway_ledger::NetworkState;
use causeway_ledger::poseidon::{CERTIFICATE, HISTORY, NETWORK};
use causeway_types::NetworkId;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::message::MessageTarget;
use super::word::{Bytes32Target, DigestTarget, U32Target, U64Target, constant, set_digest, set_u32};

/// `causeway_ledger::NetworkState` in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkStateTarget {
    /// The network.
    pub network: U32Target,
    /// How many certificates it has settled.
    pub height: U64Target,
    /// How many exits it has made.
    pub exit_count: U32Target,
    /// Its exit root.
    pub exit_root: Bytes32Target,
    /// Its shadow exit root.
    pub shadow_root: DigestTarget,
    /// Its balance root.
    pub balance_root: DigestTarget,
    /// Its nullifier root.
    pub nullifier_root: DigestTarget,
    /// Its history root.
    pub history_root: DigestTarget,
    /// Its own state root.
    pub state_root: Bytes32Target,
    /// Digest of its exit tree's frontier.
    pub frontier: DigestTarget,
}

impl NetworkStateTarget {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            network: U32Target::new(builder),
            height: U64Target::new(builder),
            exit_count: U32Target::new(builder),
            exit_root: Bytes32Target::new(builder),
            shadow_root: builder.add_virtual_hash(),
            balance_root: builder.add_virtual_hash(),
            nullifier_root: builder.add_virtual_hash(),
            history_root: builder.add_virtual_hash(),
            state_root: Bytes32Target::new(builder),
            frontier: builder.add_virtual_hash(),
        }
    }

    /// A witness whose words somebody else has constrained: whoever calls this says who.
    pub(crate) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            network: U32Target::new_unchecked(builder.add_virtual_target()),
            height: U64Target::new_unchecked(builder),
            exit_count: U32Target::new_unchecked(builder.add_virtual_target()),
            exit_root: Bytes32Target::new_unchecked(builder),
            shadow_root: builder.add_virtual_hash(),
            balance_root: builder.add_virtual_hash(),
            nullifier_root: builder.add_virtual_hash(),
            history_root: builder.add_virtual_hash(),
            state_root: Bytes32Target::new_unchecked(builder),
            frontier: builder.add_virtual_hash(),
        }
    }

    /// What a network is that has done nothing: `NetworkState::genesis`.
    pub fn genesis(builder: &mut CircuitBuilder<F, D>, network: U32Target) -> Self {
        let genesis = NetworkState::genesis(NetworkId::MAINNET);
        Self {
            network,
            height: U64Target::constant(builder, &genesis.height.to_be_bytes()),
            exit_count: U32Target::constant(builder, genesis.exit_count),
            exit_root: Bytes32Target::constant(builder, genesis.exit_root.get().as_slice()),
            shadow_root: constant(builder, genesis.shadow_root),
            balance_root: constant(builder, genesis.balance_root),
            nullifier_root: constant(builder, genesis.nullifier_root),
            history_root: constant(builder, genesis.history_root),
            state_root: Bytes32Target::constant(builder, genesis.state_root.get().as_slice()),
            frontier: constant(builder, genesis.frontier),
        }
    }

    /// The digest: five rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, NETWORK)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .u32(self.network)
            .words(&self.height)
            .u32(self.exit_count)
            .words(&self.exit_root)
            .digest(self.shadow_root)
            .digest(self.balance_root)
            .digest(self.nullifier_root)
            .digest(self.history_root)
            .words(&self.state_root)
            .digest(self.frontier)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, state: &NetworkState) -> Option<()> {
        set_u32(witness, self.network, state.network.get())?;
        self.height.set(witness, &state.height.to_be_bytes())?;
        set_u32(witness, self.exit_count, state.exit_count)?;
        self.exit_root.set(witness, state.exit_root.get().as_slice())?;
        set_digest(witness, self.shadow_root, state.shadow_root)?;
        set_digest(witness, self.balance_root, state.balance_root)?;
        set_digest(witness, self.nullifier_root, state.nullifier_root)?;
        set_digest(witness, self.history_root, state.history_root)?;
        self.state_root.set(witness, state.state_root.get().as_slice())?;
        set_digest(witness, self.frontier, state.frontier)
    }
}

/// `causeway_types::HistoryEntry` in a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryEntryTarget {
    /// The height of the certificate.
    pub height: U64Target,
    /// The network's state root after it.
    pub state_root: Bytes32Target,
    /// Its shadow exit root after it.
    pub shadow_root: DigestTarget,
    /// Its exits after it.
    pub exit_count: U32Target,
}

impl HistoryEntryTarget {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            height: U64Target::new(builder),
            state_root: Bytes32Target::new(builder),
            shadow_root: builder.add_virtual_hash(),
            exit_count: U32Target::new(builder),
        }
    }

    /// A witness whose words somebody else has constrained: whoever calls this says who.
    pub(crate) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            height: U64Target::new_unchecked(builder),
            state_root: Bytes32Target::new_unchecked(builder),
            shadow_root: builder.add_virtual_hash(),
            exit_count: U32Target::new_unchecked(builder.add_virtual_target()),
        }
    }

    /// The digest: two rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, HISTORY)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .words(&self.height)
            .words(&self.state_root)
            .digest(self.shadow_root)
            .u32(self.exit_count)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }
}

/// `causeway_ledger::CertificateStatement` in a circuit: what a network authorises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateStatementTarget {
    /// Digest of the deployment.
    pub domain: Bytes32Target,
    /// The network.
    pub network: U32Target,
    /// Height of the certificate.
    pub height: U64Target,
    /// Until when it can settle.
    pub expiry: U64Target,
    /// State root before.
    pub old_state_root: Bytes32Target,
    /// State root after.
    pub new_state_root: Bytes32Target,
    /// Exits after.
    pub exit_count: U32Target,
    /// Shadow exit root after.
    pub shadow_root: DigestTarget,
    /// The chain of imports.
    pub imports: DigestTarget,
    /// The chain of contingencies.
    pub contingencies: DigestTarget,
}

impl CertificateStatementTarget {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            domain: Bytes32Target::new(builder),
            network: U32Target::new(builder),
            height: U64Target::new(builder),
            expiry: U64Target::new(builder),
            old_state_root: Bytes32Target::new(builder),
            new_state_root: Bytes32Target::new(builder),
            exit_count: U32Target::new(builder),
            shadow_root: builder.add_virtual_hash(),
            imports: builder.add_virtual_hash(),
            contingencies: builder.add_virtual_hash(),
        }
    }

    /// The certificate digest: six rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, CERTIFICATE)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .words(&self.domain)
            .u32(self.network)
            .words(&self.height)
            .words(&self.expiry)
            .words(&self.old_state_root)
            .words(&self.new_state_root)
            .u32(self.exit_count)
            .digest(self.shadow_root)
            .digest(self.imports)
            .digest(self.contingencies)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_ledger::{CertificateStatement, history_entry};
    use causeway_types::{ExitRoot, Expiry, HistoryEntry, StateRoot};

    use super::*;
    use crate::targets::testing::{Gadget, digest, word, words};

    fn upper_first(number: u64) -> [u64; 2] {
        [number >> 32, number & 0xffff_ffff]
    }

    #[test]
    fn a_networks_state_has_the_ledgers_digest() {
        let (exit_root, exit_words) = word(0xe1);
        let (state_root, state_words) = word(0x57);
        let state = NetworkState {
            network: NetworkId::new(9),
            height: 3 << 32 | 4,
            exit_count: u32::MAX,
            exit_root: ExitRoot::new(exit_root),
            shadow_root: digest(1),
            balance_root: digest(2),
            nullifier_root: digest(3),
            history_root: digest(4),
            state_root: StateRoot::new(state_root),
            frontier: digest(5),
        };
        let gadget = Gadget::new(|builder| {
            let state = NetworkStateTarget::new(builder);
            [state.targets(), state.hash(builder).elements.to_vec()].concat()
        });
        let fields = [
            &[9][..],
            &upper_first(state.height),
            &[u32::MAX.into()],
            &exit_words,
            &words(digest(1)),
            &words(digest(2)),
            &words(digest(3)),
            &words(digest(4)),
            &state_words,
            &words(digest(5)),
            &words(state.hash()),
        ];
        gadget.holds_alone(&fields.concat());
    }

    #[test]
    fn a_networks_state_is_filled_and_a_new_network_has_done_nothing() {
        for network in [1, u32::MAX].map(NetworkId::new) {
            let genesis = NetworkState::genesis(network);
            let mut target = None;
            let gadget = Gadget::new(|builder| {
                let state = NetworkStateTarget::new_unchecked(builder);
                target = Some(state);
                let genesis = NetworkStateTarget::genesis(builder, state.network);
                [state.targets(), genesis.targets()].concat()
            });
            let mut witness = PartialWitness::new();
            target.unwrap().set(&mut witness, &genesis).unwrap();
            let all = gadget.read(&witness, 80);
            assert_eq!(all[..40], all[40..]);
            let gadget = Gadget::new(|builder| {
                let network = U32Target::new(builder);
                let genesis = NetworkStateTarget::genesis(builder, network).hash(builder);
                [&[network.target()], &genesis.elements[..]].concat()
            });
            gadget.holds_alone(&[&[network.get().into()], &words(genesis.hash())[..]].concat());
        }
    }

    #[test]
    fn a_history_entry_has_the_ledgers_digest() {
        let (state_root, state_words) = word(0x57);
        let entry = HistoryEntry {
            height: 5 << 32 | 6,
            state_root: StateRoot::new(state_root),
            shadow_root: digest(1),
            exit_count: 11,
        };
        let gadget = Gadget::new(|builder| {
            let entry = HistoryEntryTarget::new(builder);
            [entry.targets(), entry.hash(builder).elements.to_vec()].concat()
        });
        let fields = [
            &upper_first(entry.height)[..],
            &state_words,
            &words(digest(1)),
            &[11],
            &words(history_entry(&entry)),
        ];
        gadget.holds_alone(&fields.concat());
    }

    #[test]
    fn a_certificate_has_the_ledgers_digest() {
        let (domain, domain_words) = word(0xd0);
        let (old, old_words) = word(0x01);
        let (new, new_words) = word(0x02);
        let statement = CertificateStatement {
            domain,
            network: NetworkId::new(2),
            height: 7,
            expiry: Expiry::new(1 << 33 | 5),
            old_state_root: StateRoot::new(old),
            new_state_root: StateRoot::new(new),
            exit_count: 12,
            shadow_root: digest(1),
            imports: digest(2),
            contingencies: digest(3),
        };
        let gadget = Gadget::new(|builder| {
            let statement = CertificateStatementTarget::new(builder);
            [statement.targets(), statement.hash(builder).elements.to_vec()].concat()
        });
        let fields = [
            &domain_words[..],
            &[2],
            &upper_first(7),
            &upper_first(1 << 33 | 5),
            &old_words,
            &new_words,
            &[12],
            &words(digest(1)),
            &words(digest(2)),
            &words(digest(3)),
            &words(statement.hash()),
        ];
        gadget.holds_alone(&fields.concat());
    }
}
