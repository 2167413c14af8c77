//! One walk.

use std::collections::BTreeMap;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolError;
use causeway_bindings::{GlobalExitRootL2, SharedBridge};
use causeway_types::{NetworkId, TokenId};

use super::step::Step;
use crate::evm::EvmError;
use crate::world::{L1, MIN_REST, Party, World, WorldError};

/// Why a walk ended.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// Something failed that should not, or a promise is broken.
    #[error("{0}")]
    Failed(Box<WorldError>),
    /// A call was refused with another error than expected.
    #[error("expected the error {expected}, got {got}")]
    WrongError {
        /// The expected error, in Solidity.
        expected: &'static str,
        /// What came instead.
        got: Box<WorldError>,
    },
    /// A call went through that should have been refused.
    #[error("went through, where {expected} was expected")]
    NotRefused {
        /// The expected error, in Solidity.
        expected: &'static str,
    },
}

impl From<WorldError> for WalkError {
    fn from(error: WorldError) -> Self {
        Self::Failed(error.into())
    }
}

/// A world and what has been tried in it.
#[derive(Debug)]
pub struct Walk {
    pub(super) world: World,
    refused: BTreeMap<&'static str, usize>,
}

/// An error that a call has to be refused with.
pub(super) struct Expected {
    signature: &'static str,
    data: Bytes,
}

impl Expected {
    pub(super) fn error<E: SolError>(error: &E) -> Option<Self> {
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
            refused: BTreeMap::new(),
        })
    }

    /// The world as it is now.
    pub const fn world(&mut self) -> &mut World {
        &mut self.world
    }

    /// How many calls were refused, each with the error that it should have been, by error.
    pub const fn refused(&self) -> &BTreeMap<&'static str, usize> {
        &self.refused
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
            // Before Ethereum knows any root there is nothing to tell.
            Step::Inform(_) if !self.world.has_root() => Ok(()),
            Step::Inform(network) => {
                let expected = if self.world.is_behind(network) {
                    None
                } else {
                    Expected::error(&GlobalExitRootL2::GlobalExitRootAlreadySet {})
                };
                let result = self.world.inform(network);
                self.judge(result, expected)
            }
            Step::InformAhead(network) if network == L1 => Ok(()),
            Step::InformAhead(network) => {
                let expected = if self.world.is_ahead(network)? {
                    Expected::error(&GlobalExitRootL2::GlobalExitRootAlreadySet {})
                } else {
                    None
                };
                let result = self.world.inform_ahead(network);
                self.judge(result, expected)
            }
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

    fn refusal_of_stop(&mut self, network: NetworkId) -> Option<Expected> {
        let chain = self.world.chain(network);
        let (began, ends) = chain.stop();
        if chain.is_stopped() {
            return Expected::error(&SharedBridge::OnlyNotEmergencyState {});
        }
        let not_before = U256::from(ends + MIN_REST.max(ends - began));
        if chain.evm().timestamp() < not_before {
            return Expected::error(&SharedBridge::EmergencyTooSoon {
                notBefore: not_before,
            });
        }
        None
    }

    pub(super) fn judge<T>(
        &mut self,
        result: Result<T, WorldError>,
        expected: Option<Expected>,
    ) -> Result<(), WalkError> {
        let Some(Expected { signature, data }) = expected else {
            result?;
            return Ok(());
        };
        match result {
            Ok(_) => Err(WalkError::NotRefused { expected: signature }),
            Err(WorldError::Evm(EvmError::Reverted { output, .. })) if output == data => {
                *self.refused.entry(signature).or_default() += 1;
                self.world.tell_refusal(signature);
                Ok(())
            }
            Err(got) => Err(WalkError::WrongError {
                expected: signature,
                got: got.into(),
            }),
        }
    }
}
