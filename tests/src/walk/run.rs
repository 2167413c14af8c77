//! One walk.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolError;
use causeway_bindings::{GlobalExitRootL2, SharedBridge};
use causeway_types::{GlobalIndex, LeafType, NetworkId, TokenId};

use super::step::{Forgery, Step};
use crate::evm::EvmError;
use crate::world::{A, B, Claim, L1, Party, World, WorldError};

/// Why a walk ended.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// Something failed that should not, or a promise is broken.
    #[error("{0}")]
    Failed(#[from] WorldError),
    /// A call was refused with another error than expected.
    #[error("expected the error {expected}, got {got}")]
    WrongError {
        /// The expected error, in Solidity.
        expected: &'static str,
        /// What came instead.
        got: WorldError,
    },
    /// A call went through that should have been refused.
    #[error("went through, where {expected} was expected")]
    NotRefused {
        /// The expected error, in Solidity.
        expected: &'static str,
    },
}

/// A world and what has been tried in it.
#[derive(Debug)]
pub struct Walk {
    world: World,
    refused: usize,
}

/// An error that a call has to be refused with.
struct Expected {
    signature: &'static str,
    data: Bytes,
}

impl Expected {
    fn error<E: SolError>(error: &E) -> Option<Self> {
        Some(Self {
            signature: E::SIGNATURE,
            data: error.abi_encode().into(),
        })
    }
}

impl Walk {
    /// At the beginning.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn new() -> Result<Self, WorldError> {
        Ok(Self {
            world: World::new()?,
            refused: 0,
        })
    }

    /// The world as it is now.
    pub const fn world(&mut self) -> &mut World {
        &mut self.world
    }

    /// How many calls were refused, each with the error that it should have been.
    pub const fn refused(&self) -> usize {
        self.refused
    }

    /// Tries a step. What cannot even be tried is left.
    ///
    /// # Errors
    /// If the contracts do something else than they should.
    pub fn step(&mut self, step: Step) -> Result<(), WalkError> {
        match step {
            Step::Asset {
                from,
                who,
                to,
                whom,
                token,
                amount,
                publish,
            } => self.asset((from, who), (to, whom), token, amount, publish),
            Step::Message {
                from,
                who,
                to,
                whom,
                value,
            } => self.message((from, who), (to, whom), value),
            Step::Publish(network) => {
                let result = self.world.publish(network);
                self.judge(result, None)
            }
            Step::Settle(bits) => {
                let l2s: Vec<_> = self.world.networks().skip(1).collect();
                let chosen = l2s
                    .into_iter()
                    .filter(|network| bits >> (network.get() - 1) & 1 == 1);
                let chosen: Vec<_> = chosen.collect();
                self.world.settle(&chosen)?;
                Ok(())
            }
            Step::Inform(network) if network == L1 => Ok(()),
            Step::Inform(network) => {
                let expected = (!self.world.is_behind(network))
                    .then(|| Expected::error(&GlobalExitRootL2::GlobalExitRootAlreadySet {}));
                // Before Ethereum knows any root there is nothing to tell.
                let result = self.world.inform(network);
                match result {
                    Ok(()) => Ok(()),
                    result => self.judge(result, expected.flatten()),
                }
            }
            Step::InformAhead(network) if network == L1 => Ok(()),
            Step::InformAhead(network) => match self.world.inform_ahead(network) {
                Ok(()) => Ok(()),
                // Nothing is new.
                result => self.judge(
                    result,
                    Expected::error(&GlobalExitRootL2::GlobalExitRootAlreadySet {}),
                ),
            },
            Step::Claim(pick) => self.claim(pick),
            Step::ClaimMany(network) => self.claim_many(network),
            Step::ClaimAgain(pick) => self.claim_again(pick),
            Step::Forge(pick, forgery) => self.forge(pick, forgery),
            Step::ClaimEarly(pick) => self.claim_early(pick),
            Step::Stop(network) => {
                let expected = self.refusal_of_stop(network);
                let result = self.world.stop(network);
                self.judge(result, expected)
            }
            Step::Resume(network) => {
                let expected = if self.world.chain(network).is_stopped() {
                    None
                } else {
                    Expected::error(&SharedBridge::OnlyEmergencyState {})
                };
                let result = self.world.resume(network);
                self.judge(result, expected)
            }
            Step::Wait(hours) => {
                self.world.wait(u64::from(hours) * 60 * 60);
                Ok(())
            }
            Step::Donate { who, token, amount } => self.donate(who, token, amount),
        }
    }

    fn pick_token(&self, pick: u8) -> TokenId {
        let tokens = self.world.tokens();
        tokens[usize::from(pick) % tokens.len()].id
    }

    fn refusal_of_exit(&mut self, from: NetworkId, to: NetworkId) -> Option<Expected> {
        if self.world.chain(from).is_stopped() {
            Expected::error(&SharedBridge::OnlyNotEmergencyState {})
        } else if from == to {
            Expected::error(&SharedBridge::DestinationNetworkInvalid {})
        } else {
            None
        }
    }

    fn asset(
        &mut self,
        (from, who): (NetworkId, Party),
        (to, whom): (NetworkId, Party),
        token: u8,
        amount: u32,
        publish: bool,
    ) -> Result<(), WalkError> {
        let token = self.pick_token(token);
        if self.world.chain(from).local(token)?.is_none() {
            return Ok(());
        }
        let amount = U256::from(amount).min(self.world.balance(from, token, who)?);
        let expected = self.refusal_of_exit(from, to);
        let result = self
            .world
            .bridge_asset((from, who), (to, whom), token, amount, publish);
        self.judge(result, expected)
    }

    fn message(
        &mut self,
        (from, who): (NetworkId, Party),
        (to, whom): (NetworkId, Party),
        value: u32,
    ) -> Result<(), WalkError> {
        let value = U256::from(value).min(self.world.balance(from, TokenId::ETH, who)?);
        let expected = self.refusal_of_exit(from, to);
        let result = self
            .world
            .bridge_message((from, who), (to, whom), value, b"a message");
        self.judge(result, expected)
    }

    fn donate(&mut self, who: Party, token: u8, amount: u32) -> Result<(), WalkError> {
        let token = self.pick_token(token);
        // Nobody can give ether to a bridge.
        if token == TokenId::ETH {
            return Ok(());
        }
        let amount = U256::from(amount).min(self.world.balance(token.network, token, who)?);
        Ok(self.world.donate(who, token, amount)?)
    }

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
        let to_contract = Party::ALL.into_iter().any(|party| party.is_contract() && to(party));
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

    fn claim(&mut self, pick: u16) -> Result<(), WalkError> {
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

    fn claim_many(&mut self, network: NetworkId) -> Result<(), WalkError> {
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

    fn claim_again(&mut self, pick: u16) -> Result<(), WalkError> {
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

    fn claim_early(&mut self, pick: u16) -> Result<(), WalkError> {
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

    fn forge(&mut self, pick: u16, forgery: Forgery) -> Result<(), WalkError> {
        let Some(index) = self.pick_exit(pick, false) else {
            return Ok(());
        };
        if !self.world.is_covered(index) {
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

    fn refusal_of_stop(&mut self, network: NetworkId) -> Option<Expected> {
        let chain = self.world.chain(network);
        let (began, ends) = chain.stop();
        if chain.is_stopped() {
            return Expected::error(&SharedBridge::OnlyNotEmergencyState {});
        }
        let not_before = U256::from(2 * ends - began);
        if chain.evm().timestamp() < not_before {
            return Expected::error(&SharedBridge::EmergencyTooSoon {
                notBefore: not_before,
            });
        }
        None
    }

    fn judge<T>(&mut self, result: Result<T, WorldError>, expected: Option<Expected>) -> Result<(), WalkError> {
        let Some(Expected { signature, data }) = expected else {
            result?;
            return Ok(());
        };
        match result {
            Ok(_) => Err(WalkError::NotRefused { expected: signature }),
            Err(WorldError::Evm(EvmError::Reverted { output, .. })) if output == data => {
                self.refused += 1;
                self.world.tell_refusal(signature);
                Ok(())
            }
            Err(got) => Err(WalkError::WrongError {
                expected: signature,
                got,
            }),
        }
    }
}
