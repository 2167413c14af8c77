//! What the contracts' logs say.

use alloy_primitives::{B256, Log};
use alloy_sol_types::SolEvent;
use causeway_bindings::{GlobalExitRoot, SharedBridge};
use causeway_relayer::state::exit_of;
use causeway_types::{
    ExitRoot, GlobalExitRoot as Root, GlobalIndex, L1InfoLeaf, L1InfoLeafInner, NetworkId, RollupExitRoot,
};

use super::{Broken, KnownRoot, L1, Sent, World, WorldError, place};

impl World {
    /// Takes in the logs of a transaction.
    pub(super) fn observe(&mut self, network: NetworkId, logs: &[Log]) -> Result<(), WorldError> {
        if network == L1 {
            self.logs.extend(logs.iter().cloned());
        } else {
            self.chain(network).logs.extend(logs.iter().cloned());
        }
        let chain = &self.chains[place(network)];
        let (bridge, manager) = (chain.bridge(), chain.manager());
        for log in logs {
            if log.address == bridge {
                if let Ok(event) = SharedBridge::BridgeEvent::decode_log(log) {
                    self.observe_exit(network, event.data)?;
                } else if let Ok(event) = SharedBridge::ClaimEvent::decode_log(log) {
                    self.observe_claim(GlobalIndex::try_from(event.globalIndex)?)?;
                }
            } else if log.address == manager
                && network == L1
                && let Ok(event) = GlobalExitRoot::UpdateL1InfoTree::decode_log(log)
            {
                self.observe_root(event.mainnetExitRoot, event.rollupExitRoot)?;
            }
        }
        Ok(())
    }

    fn observe_exit(
        &mut self,
        source: NetworkId,
        event: SharedBridge::BridgeEvent,
    ) -> Result<(), WorldError> {
        let exit = exit_of(&event)?;
        self.frontiers[place(source)].append(exit.leaf())?;
        let index = self.trees[place(source)].append(exit.leaf())?;
        let expected = GlobalIndex::new(source, event.depositCount);
        let index = GlobalIndex::new(source, index);
        if index != expected {
            let log = format!("{event:?}");
            return Err(Broken::WrongExit { log }.into());
        }
        *self.in_flight.entry(exit.balance_token()).or_default() += exit.amount;
        self.sent[place(source)].push(Sent {
            index,
            exit,
            metadata: event.metadata,
            claimed: false,
        });
        Ok(())
    }

    pub(super) fn observe_claim(&mut self, index: GlobalIndex) -> Result<(), WorldError> {
        self.exit(index)?;
        let sent = &mut self.sent[place(index.source())][index.leaf_index() as usize];
        let claimed_again = sent.claimed;
        sent.claimed = true;
        let exit = sent.exit;
        if claimed_again {
            let exit = self.place_of(index);
            return Err(Broken::WrongClaimed { exit, actual: false }.into());
        }
        let in_flight = self.in_flight.entry(exit.balance_token()).or_default();
        // A claim of more than is on its way shows in the next look at the balances.
        *in_flight = in_flight.wrapping_sub(exit.amount);
        Ok(())
    }

    /// A new leaf of the L1 info tree.
    fn observe_root(&mut self, mainnet: B256, rollup: B256) -> Result<(), WorldError> {
        self.chains[0].published = published(self, L1)?;
        let (mer, rer) = (ExitRoot::new(mainnet), RollupExitRoot::new(rollup));
        let global_exit_root = Root::of(mer, rer);
        let call = GlobalExitRoot::globalExitRootMapCall {
            globalExitRoot: global_exit_root.get(),
        };
        let manager = self.l1_manager();
        let block_hash = self.chains[0].evm.view(manager, &call)?.into();
        let timestamp = self.chains[0].evm.timestamp().saturating_to();
        let inner = L1InfoLeafInner {
            global_exit_root,
            block_hash,
            timestamp,
        };
        let info_index = self.info_tree.append(&inner)?;
        self.info_leaves.push(L1InfoLeaf {
            l1_info_tree_index: info_index,
            rer,
            mer,
            inner,
        });
        let mut counts = self.settled.clone();
        counts[0] = self.chains[0].published;
        let known = KnownRoot {
            mainnet,
            rollup: rer,
            counts,
            rollups: self.rollups.clone(),
            info_index: Some(info_index),
        };
        let root = self.learn(known);
        self.chains[0].known.push(root);
        self.check_rollups(rollup)
    }

    /// Until somebody has settled, Ethereum has no root of the L2s' exit roots: zero stands for it.
    pub(super) fn check_rollups(&self, actual: B256) -> Result<(), WorldError> {
        if actual.is_zero() && self.settled.iter().all(|&count| count == 0) {
            return Ok(());
        }
        self.agree(L1, "rollup exit root", actual, self.rollups.root().get())
    }

    /// The number of a root among those that somebody knows.
    pub(super) fn learn(&mut self, root: KnownRoot) -> usize {
        match self.roots.iter().position(|known| known.is_same(&root)) {
            Some(number) => {
                let known = &mut self.roots[number];
                known.info_index = known.info_index.or(root.info_index);
                number
            }
            None => {
                self.roots.push(root);
                self.roots.len() - 1
            }
        }
    }

    pub(super) fn agree(
        &self,
        network: NetworkId,
        what: &'static str,
        actual: B256,
        expected: B256,
    ) -> Result<(), WorldError> {
        if actual == expected {
            return Ok(());
        }
        let network = self.name(network);
        Err(Broken::WrongRoot {
            network,
            what,
            actual,
            expected,
        }
        .into())
    }
}

fn published(world: &mut World, network: NetworkId) -> Result<u32, WorldError> {
    Ok(world
        .chain(network)
        .ask(&SharedBridge::lastUpdatedDepositCountCall {})?)
}
