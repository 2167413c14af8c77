//! Worlds: Ethereum and L2s, each an EVM of its own with the real bridge, and what passes between them.
//!
//! Everything is driven through the bindings. Every operation ends with a look at all balances: what the bridges hold is
//! read from the EVMs and has to be what they owe (promise 1 of the protocol). The ledger judges certificates made of what
//! the bridges' logs say; `MockSettlement` tells Ethereum the roots of those that it admits.

mod certify;
mod chain;
mod claim;
mod error;
mod observe;
mod operations;
mod promise;
mod token;

use std::collections::BTreeMap;
use std::fmt;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolConstructor, SolValue};
use causeway_bindings::{
    GlobalExitRoot, SharedBridge,
    mocks::{MockFeeToken, MockForwarder, MockReceiver, MockRefuser, MockSettlement, MockToken},
};
use causeway_ledger::{ExitFrontier, ExitTree, L1InfoTree, RollupExitTree};
use causeway_types::{
    Authority, Exit, GlobalIndex, GoldilocksDigest, NetworkId, RollupExitRoot, SettlementDomain, TokenId,
};

pub use certify::Settled;
pub use chain::{Chain, Local, role};
pub use claim::Claim;
pub use error::{Broken, WorldError};
pub use operations::MAX_STOP;
pub use token::Token;

use crate::evm::{Evm, SENDER};

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

/// Seconds: 14 November 2023.
const START: u64 = 1_700_000_000;

/// Who takes part. Everybody has the same address on every network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A person.
    Alice,
    /// Another.
    Bob,
    /// A contract that takes messages, and nothing else.
    Receiver,
    /// A contract that sends the value of a message back where it came from.
    Forwarder,
    /// A contract that takes neither ether nor messages.
    Refuser,
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
    settlement: Address,
    ledger: causeway_ledger::World,
    /// By source network, then leaf index.
    sent: Vec<Vec<Sent>>,
    trees: Vec<ExitTree>,
    frontiers: Vec<ExitFrontier>,
    /// What exits that nobody claimed carry.
    in_flight: BTreeMap<TokenId, U256>,
    /// What people gave to bridges for nothing.
    donated: BTreeMap<TokenId, U256>,
    roots: Vec<KnownRoot>,
    info_tree: L1InfoTree,
    info_leaves: Vec<causeway_types::L1InfoLeaf>,
    /// How many exits of each network settlement knows.
    settled: Vec<u32>,
    rollups: RollupExitTree,
    story: Vec<String>,
}

/// Key of the validity proofs that nobody makes here: the ledger compares it and verifies nothing.
fn key() -> GoldilocksDigest {
    const KEY: [u64; 4] = [1, 2, 3, 4];
    GoldilocksDigest::new(KEY).unwrap_or_else(|_| unreachable!("small words are canonical"))
}

fn deploy_token(evm: &mut Evm, name: &str, symbol: &str, decimals: u8) -> Result<Address, WorldError> {
    let arguments = MockToken::constructorCall {
        name: name.into(),
        symbol: symbol.into(),
        decimals_: decimals,
    };
    Ok(evm
        .deploy(&MockToken::BYTECODE, &arguments.abi_encode())?
        .output)
}

impl World {
    /// Ethereum, the L2s A and B with ether, and G with a token of Ethereum's; people with money at the tokens' homes.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn new() -> Result<Self, WorldError> {
        let names = ["L1", "A", "B", "G"];
        let mut evms: Vec<Evm> = (1..=names.len() as u64).map(Evm::new).collect();
        // The same account deploys the same things first on every network: bridges and parties have one address each.
        let mut bridge = Address::ZERO;
        let mut contracts = [Address::ZERO; 3];
        for evm in &mut evms {
            evm.set_timestamp(U256::from(START));
            bridge = evm.deploy(&SharedBridge::BYTECODE, &SENDER.abi_encode())?.output;
            let codes = [
                &MockReceiver::BYTECODE,
                &MockForwarder::BYTECODE,
                &MockRefuser::BYTECODE,
            ];
            for (contract, code) in contracts.iter_mut().zip(codes) {
                *contract = evm.deploy(code, &[])?.output;
            }
        }

        let usdc = deploy_token(&mut evms[0], "USD coin", "USDC", 6)?;
        let gas = deploy_token(&mut evms[0], "GAS coin", "GAS", 18)?;
        let fee = evms[0].deploy(&MockFeeToken::BYTECODE, &[])?.output;
        let settlement = evms[0].deploy(&MockSettlement::BYTECODE, &[])?.output;
        let cat = deploy_token(&mut evms[1], "Cat coin", "CAT", 0)?;
        let dog = deploy_token(&mut evms[3], "Dog coin", "DOG", 0)?;
        let token = |symbol, network, address| Token {
            symbol,
            id: TokenId { network, address },
        };
        let tokens = vec![
            token("ETH", L1, Address::ZERO),
            token("USDC", L1, usdc),
            token("GAS", L1, gas),
            token("FEE", L1, fee),
            token("CAT", A, cat),
            token("DOG", G, dog),
        ];

        let mut chains = Vec::new();
        for (network, (evm, name)) in evms.into_iter().zip(names).enumerate() {
            let network = NetworkId::new(network as u32);
            chains.push(match network {
                L1 => Chain::l1(name, evm, bridge, settlement)?,
                G => Chain::l2(name, evm, bridge, network, tokens[2].id, "GAS coin", "GAS")?,
                _ => Chain::l2(name, evm, bridge, network, TokenId::ETH, "", "")?,
            });
        }
        for chain in &mut chains {
            for token in &tokens {
                chain.endow(token.id, [Party::Alice, Party::Bob].map(|party| party.address(&contracts)))?;
            }
        }

        let domain = SettlementDomain {
            chain_id: 1,
            settlement,
        };
        let mut ledger = causeway_ledger::World::new(domain);
        let authority = Authority::validity(key())?;
        for chain in &chains[1..] {
            ledger.register(chain.network(), authority)?;
        }
        let networks = chains.len();
        let mut world = Self {
            chains,
            tokens,
            contracts,
            settlement,
            ledger,
            sent: vec![Vec::new(); networks],
            trees: vec![ExitTree::new(); networks],
            frontiers: vec![ExitFrontier::new(); networks],
            donated: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            roots: Vec::new(),
            info_tree: L1InfoTree::new(),
            info_leaves: Vec::new(),
            settled: vec![0; networks],
            rollups: RollupExitTree::new(),
            story: Vec::new(),
        };
        world.check()?;
        Ok(world)
    }

    /// All networks, Ethereum first.
    pub fn networks(&self) -> impl Iterator<Item = NetworkId> + use<> {
        (0..self.chains.len() as u32).map(NetworkId::new)
    }

    /// A network.
    pub fn chain(&mut self, network: NetworkId) -> &mut Chain {
        &mut self.chains[place(network)]
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

    /// The ledger's side of the world: what is settled.
    pub const fn ledger(&self) -> &causeway_ledger::World {
        &self.ledger
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
        Ok(self.chains[0].evm.view(manager, &GlobalExitRoot::getRootCall {})?)
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
        self.chains[place(network)].name()
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

impl Party {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Alice,
        Self::Bob,
        Self::Receiver,
        Self::Forwarder,
        Self::Refuser,
    ];

    const fn address(self, contracts: &[Address; 3]) -> Address {
        match self {
            Self::Alice => Address::with_last_byte(0xa1),
            Self::Bob => Address::with_last_byte(0xb0),
            Self::Receiver => contracts[0],
            Self::Forwarder => contracts[1],
            Self::Refuser => contracts[2],
        }
    }

    /// Whether it is a contract: none of them takes ether that comes without a message.
    pub const fn is_contract(self) -> bool {
        !matches!(self, Self::Alice | Self::Bob)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Alice => "Alice",
            Self::Bob => "Bob",
            Self::Receiver => "the receiver",
            Self::Forwarder => "the forwarder",
            Self::Refuser => "the refuser",
        };
        f.write_str(name)
    }
}

/// Where a network's things are in a list.
pub(crate) const fn place(network: NetworkId) -> usize {
    network.get() as usize
}
