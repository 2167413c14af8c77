//! Worlds: Ethereum and L2s, each an EVM of its own with the real bridge, and what passes between them.
//!
//! Everything is driven through the bindings. Every operation ends with a look at all balances: what the bridges hold is
//! read from the EVMs and has to be what they owe (promise 1 of the protocol). The ledger judges certificates made of what
//! the bridges' logs say, and settlement takes the epochs of those that it admits.

mod certify;
mod chain;
mod claim;
mod emergency;
mod error;
mod judge;
mod observe;
mod operations;
mod outsider;
mod party;
mod promise;
mod rotate;
mod settlement;
mod setup;
mod sign;

use std::collections::BTreeMap;
use std::fmt;

use alloy_primitives::{Address, B256, Bytes, Log, U256};
use causeway_bindings::GlobalExitRoot;
use causeway_ledger::{ExitFrontier, ExitTree, GlobalState, L1InfoTree, RollupExitTree};
use causeway_relayer::state::{LogJson, Source};
use causeway_types::{
    Authority, Exit, GlobalIndex, L1InfoLeaf, NetworkId, RollupExitRoot, SettlementDomain, TokenId,
};

pub use chain::{Chain, Local, role};
pub use claim::Claim;
pub use emergency::{MAX_STOP, MIN_REST};
pub use error::{Broken, WorldError};
pub use judge::Settled;
pub use party::Party;
pub use settlement::{Deployed, Epoch, MOCK_PROGRAM, Verifier};
pub use setup::Setup;
pub use sign::{secret, secret_after, sign, signer, signer_after};

/// Ethereum.
pub const L1: NetworkId = NetworkId::MAINNET;
/// An L2 whose native token is ether.
pub const A: NetworkId = NetworkId::new(1);
/// Another.
pub const B: NetworkId = NetworkId::new(2);
/// An L2 whose native token is a token of Ethereum's.
pub const G: NetworkId = NetworkId::new(3);

/// What each person has of each token at its home, in its smallest units.
pub const FORTUNE: u64 = 1_000_000;

/// A token, or ether.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What people call it.
    pub symbol: &'static str,
    /// Its home and its address there.
    pub id: TokenId,
}

/// An exit that some bridge made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where it stands.
    pub index: GlobalIndex,
    /// What its leaf hashes.
    pub exit: Exit,
    /// What the leaf's metadata hash is of.
    pub metadata: Bytes,
    /// Whether it was claimed.
    pub claimed: bool,
}

/// A global exit root that some network knows, with what it covers.
#[derive(Clone, Debug)]
pub struct KnownRoot {
    /// Root of Ethereum's exits.
    pub mainnet: B256,
    /// Root of the L2s' exit roots.
    pub rollup: RollupExitRoot,
    /// How many exits of each network it covers.
    counts: Vec<u32>,
    rollups: RollupExitTree,
    /// Its leaf of the L1 info tree, once Ethereum knows it.
    info_index: Option<u32>,
}

/// A claim that an L2 has yet to certify.
#[derive(Clone, Copy, Debug)]
struct Uncertified {
    index: GlobalIndex,
    root: usize,
}

/// Ethereum and L2s.
pub struct World {
    chains: Vec<Chain>,
    tokens: Vec<Token>,
    contracts: [Address; 3],
    settlement: Deployed,
    ledger: causeway_ledger::World,
    /// What Ethereum has settled.
    state: GlobalState,
    /// Entries of the registry that no epoch has consumed.
    registered: Vec<(NetworkId, Authority)>,
    /// By source network, then leaf index.
    sent: Vec<Vec<Sent>>,
    trees: Vec<ExitTree>,
    frontiers: Vec<ExitFrontier>,
    /// What exits that nobody claimed carry.
    in_flight: BTreeMap<TokenId, U256>,
    /// What networks that are no EVMs have of others' tokens.
    outside: BTreeMap<(NetworkId, TokenId), U256>,
    /// What people gave to bridges for nothing.
    donated: BTreeMap<TokenId, U256>,
    roots: Vec<KnownRoot>,
    info_tree: L1InfoTree,
    info_leaves: Vec<L1InfoLeaf>,
    /// How many exits of each network settlement knows.
    settled: Vec<u32>,
    rollups: RollupExitTree,
    /// What Ethereum's contracts logged.
    logs: Vec<Log>,
    story: Vec<String>,
}

impl World {
    /// All networks, Ethereum first.
    pub fn networks(&self) -> impl Iterator<Item = NetworkId> + use<> {
        (0..self.chains.len() as u32).map(NetworkId::new)
    }

    /// A network.
    pub fn chain(&mut self, network: NetworkId) -> &mut Chain {
        &mut self.chains[place(network)]
    }

    /// The deployment for which certificates are made.
    pub const fn domain(&self) -> &SettlementDomain {
        self.ledger.domain()
    }

    /// What the ledger knows.
    pub const fn ledger(&self) -> &causeway_ledger::World {
        &self.ledger
    }

    /// Settlement, where it is deployed.
    pub const fn deployed(&self) -> &Deployed {
        &self.settlement
    }

    /// The tokens that there are.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The token with this symbol.
    ///
    /// # Panics
    /// If there is none.
    pub fn token(&self, symbol: &str) -> TokenId {
        let token = self.tokens.iter().find(|token| token.symbol == symbol);
        token.map_or_else(|| panic!("there is no token {symbol}"), |token| token.id)
    }

    /// A party's address.
    pub const fn address(&self, party: Party) -> Address {
        party.address(&self.contracts)
    }

    /// What a party has of a token on a network, in the token's smallest units.
    ///
    /// # Errors
    /// Whatever goes wrong with the token.
    pub fn balance(&mut self, network: NetworkId, token: TokenId, party: Party) -> Result<U256, WorldError> {
        let address = self.address(party);
        self.chain(network).balance(token, address)
    }

    /// All exits, by source and in order.
    pub fn sent(&self) -> impl Iterator<Item = &Sent> {
        self.sent.iter().flatten()
    }

    /// An exit.
    ///
    /// # Errors
    /// [`WorldError::NoSuchExit`].
    pub fn exit(&self, index: GlobalIndex) -> Result<&Sent, WorldError> {
        self.sent[place(index.source())]
            .get(index.leaf_index() as usize)
            .ok_or(WorldError::NoSuchExit { index })
    }

    /// Ethereum's contract of global exit roots.
    pub fn l1_manager(&self) -> Address {
        self.chains[0].manager()
    }

    /// The root that Ethereum's contract has for its L1 info tree.
    ///
    /// # Errors
    /// Whatever goes wrong with the contract.
    pub fn l1_info_root(&mut self) -> Result<B256, WorldError> {
        let manager = self.l1_manager();
        Ok(self.chains[0]
            .evm
            .view(manager, &GlobalExitRoot::getRootCall {})?)
    }

    /// What Ethereum's contracts logged, as nodes tell it: a block for each log.
    pub fn logs(&self) -> Vec<LogJson> {
        as_nodes_tell(&self.logs)
    }

    /// What a network's contracts logged, in the same way.
    pub fn logs_of(&self, network: NetworkId) -> Vec<LogJson> {
        match network {
            L1 => self.logs(),
            _ => as_nodes_tell(&self.chains[place(network)].logs),
        }
    }

    /// What a network's bridge was called with by those who claimed, whether or not it took it.
    pub fn claims_of(&self, network: NetworkId) -> &[Bytes] {
        &self.chains[place(network)].claims
    }

    /// Whose logs tell the state.
    pub fn source(&self) -> Source {
        Source {
            settlement: self.settlement.contract,
            bridge: self.chains[0].bridge(),
        }
    }

    /// The state that Ethereum has settled.
    pub const fn state(&self) -> &GlobalState {
        &self.state
    }

    /// What has happened, a line for each thing.
    pub fn story(&self) -> &[String] {
        &self.story
    }

    pub(crate) fn tell(&mut self, line: impl Into<String>) {
        self.story.push(line.into());
    }

    pub(crate) fn tell_refusal(&mut self, error: &str) {
        self.tell(format!("somebody is refused: {error}"));
    }

    /// A network's name.
    pub fn name(&self, network: NetworkId) -> &'static str {
        let chain = self.chains.get(place(network));
        chain.map_or("a network that is no EVM", Chain::name)
    }

    /// A token's symbol.
    pub fn symbol(&self, id: TokenId) -> &'static str {
        let token = self.tokens.iter().find(|token| token.id == id);
        token.map_or("unknown tokens", |token| token.symbol)
    }

    /// An exit's place in words.
    pub fn place_of(&self, index: GlobalIndex) -> String {
        format!("exit {} of {}", index.leaf_index(), self.name(index.source()))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("story", &self.story)
            .finish_non_exhaustive()
    }
}

/// Logs, each in a block of its own.
fn as_nodes_tell(logs: &[Log]) -> Vec<LogJson> {
    (1..)
        .zip(logs)
        .map(|(block_number, log)| LogJson {
            address: log.address,
            topics: log.topics().to_vec(),
            data: log.data.data.clone(),
            block_number,
            block_hash: None,
            transaction_hash: None,
            log_index: 0,
            removed: false,
        })
        .collect()
}

/// Where a network's things are in a list.
pub(crate) const fn place(network: NetworkId) -> usize {
    network.get() as usize
}
