//! Claims, honest and other.

use alloy_primitives::{Address, U256};
use causeway_bindings::SharedBridge;
use causeway_types::{GlobalIndex, LeafType, NetworkId};

use super::run::{Expected, Walk, WalkError};
use super::step::Forgery;
use crate::world::{A, B, Claim, L1, Party, WorldError};

impl Walk {
    /// One of the exits that were or were not claimed.
    fn pick_exit(&self, pick: u16, claimed: bool) -> Option<GlobalIndex> {
        let exits = self.world.sent().filter(|sent| sent.claimed == claimed);
        let exits: Vec<_> = exits.map(|sent| sent.index).collect();
        (!exits.is_empty()).then(|| exits[usize::from(pick) % exits.len()])
    }

    /// With which error an honest claim of an exit that nobody claimed has to be refused.
    fn refusal_of_claim(&mut self, index: GlobalIndex) -> Result<Option<Expected>, WalkError> {
        let exit = self.world.exit(index)?.exit;
        let network = exit.destination_network;
        let to = |party| self.world.address(party) == exit.destination_address;
        let to_refuser = to(Party::Refuser);
        let to_contract = Party::ALL
            .into_iter()
            .any(|party| party.is_contract() && to(party));
        let chain = self.world.chain(network);
        Ok(if chain.is_stopped() {
            Expected::error(&SharedBridge::OnlyNotEmergencyState {})
        } else if exit.leaf_type == LeafType::Message && to_refuser {
            Expected::error(&SharedBridge::MessageFailed {})
        } else if exit.leaf_type == LeafType::Transfer && exit.token == chain.native() && to_contract {
            Expected::error(&SharedBridge::EtherTransferFailed {})
        } else {
            None
        })
    }

    pub(super) fn claim(&mut self, pick: u16) -> Result<(), WalkError> {
        let Some(index) = self.pick_exit(pick, false) else {
            return Ok(());
        };
        if !self.world.is_covered(index) {
            return Ok(());
        }
        let expected = self.refusal_of_claim(index)?;
        let result = self.world.claim(index);
        self.judge(result, expected)
    }

    pub(super) fn claim_many(&mut self, network: NetworkId) -> Result<(), WalkError> {
        let exits = self.world.sent().filter(|sent| {
            !sent.claimed && sent.exit.destination_network == network && self.world.is_covered(sent.index)
        });
        // Under one root: the one of the first.
        let candidates: Vec<_> = exits.map(|sent| sent.index).collect();
        let mut chosen = Vec::new();
        for index in candidates {
            let refused = self.refusal_of_claim(index)?;
            let stopped = self.world.chain(network).is_stopped();
            if refused.is_some() && !stopped {
                continue;
            }
            let together = self.world.share_a_root(chosen.first().copied(), index);
            if chosen.len() < 4 && together {
                chosen.push(index);
            }
        }
        let Some(&first) = chosen.first() else {
            return Ok(());
        };
        let expected = self.refusal_of_claim(first)?;
        let result = self.world.claim_many(&chosen);
        self.judge(result, expected)
    }

    pub(super) fn claim_again(&mut self, pick: u16) -> Result<(), WalkError> {
        let Some(index) = self.pick_exit(pick, true) else {
            return Ok(());
        };
        let claim = self.world.claim_of(index)?;
        let expected = if self.world.chain(claim.at).is_stopped() {
            Expected::error(&SharedBridge::OnlyNotEmergencyState {})
        } else {
            Expected::error(&SharedBridge::AlreadyClaimed {})
        };
        let result = self.world.submit(&claim);
        self.judge(result, expected)
    }

    pub(super) fn claim_early(&mut self, pick: u16) -> Result<(), WalkError> {
        let Some(index) = self.pick_exit(pick, false) else {
            return Ok(());
        };
        if self.world.is_covered(index) {
            return Ok(());
        }
        let claim = match self.world.claim_under_newest(index) {
            Ok(claim) => claim,
            Err(WorldError::NotCovered { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let expected = if self.world.chain(claim.at).is_stopped() {
            Expected::error(&SharedBridge::OnlyNotEmergencyState {})
        } else {
            Expected::error(&SharedBridge::GlobalExitRootInvalid {})
        };
        let result = self.world.submit(&claim);
        self.judge(result, expected)
    }

    pub(super) fn forge(&mut self, pick: u16, forgery: Forgery) -> Result<(), WalkError> {
        let Some(index) = self.pick_exit(pick, false) else {
            return Ok(());
        };
        if !self.world.is_covered(index) {
            return Ok(());
        }
        // Of two like exits side by side, either one's claim is the other's.
        let neighbour = GlobalIndex::new(index.source(), index.leaf_index() ^ 1);
        let exit = self.world.exit(index)?.exit;
        let alike = self.world.exit(neighbour).is_ok_and(|sent| sent.exit == exit);
        if alike && forgery == Forgery::LeafIndex {
            return Ok(());
        }
        let mut claim = self.world.claim_of(index)?;
        let expected = self.falsify(&mut claim, forgery);
        let expected = if self.world.chain(claim.at).is_stopped() {
            Expected::error(&SharedBridge::OnlyNotEmergencyState {})
        } else {
            expected
        };
        let result = self.world.submit(&claim);
        self.judge(result, expected)
    }

    /// Changes a claim, and says how the bridge has to refuse it.
    fn falsify(&self, claim: &mut Claim, forgery: Forgery) -> Option<Expected> {
        let unproven = Expected::error(&SharedBridge::InvalidSmtProof {});
        let source_bit = U256::from(1) << 32;
        match forgery {
            Forgery::Amount => claim.amount += U256::ONE,
            Forgery::Recipient => claim.destination_address = Address::with_last_byte(0x7f),
            Forgery::Token => claim.origin_address = Address::with_last_byte(0x7f),
            Forgery::TokenNetwork => claim.origin_network = NetworkId::new(claim.origin_network.get() + 1),
            Forgery::Metadata => claim.metadata = [&claim.metadata[..], b"!"].concat().into(),
            Forgery::LeafIndex => claim.global_index ^= U256::ONE,
            Forgery::Source => {
                // An L2 of Ethereum's exits, Ethereum of an L2's.
                if claim.global_index >> 64 == U256::ONE {
                    claim.global_index &= U256::from(u32::MAX);
                } else {
                    claim.global_index = U256::from(1) << 64 | claim.global_index & U256::from(u32::MAX);
                }
            }
            Forgery::LooseIndex => {
                if claim.global_index >> 64 == U256::ONE {
                    claim.global_index |= source_bit;
                } else {
                    claim.global_index |= U256::from(1) << 65;
                }
                return Expected::error(&SharedBridge::InvalidGlobalIndex {});
            }
            Forgery::Elsewhere => {
                let mut networks = self.world.networks();
                let other = networks.find(|&network| network != claim.at && network != L1);
                claim.at = other.unwrap_or(A);
                return Expected::error(&SharedBridge::DestinationNetworkInvalid {});
            }
            Forgery::Destination => {
                claim.destination_network = if claim.destination_network == A { B } else { A };
                return Expected::error(&SharedBridge::DestinationNetworkInvalid {});
            }
            Forgery::LeafType => {
                claim.leaf_type = match claim.leaf_type {
                    LeafType::Transfer => LeafType::Message,
                    LeafType::Message => LeafType::Transfer,
                };
            }
        }
        unproven
    }
}
