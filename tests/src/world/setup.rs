//! A world at its beginning.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolConstructor, SolValue};
use causeway_bindings::{
    SharedBridge,
    mocks::{MockFeeToken, MockForwarder, MockReceiver, MockRefuser, MockToken},
};
use causeway_ledger::{ExitFrontier, ExitTree, L1InfoTree, RollupExitTree};
use causeway_types::{Authority, GoldilocksDigest, NetworkId, SettlementDomain, TokenId};

use super::settlement::{CREATOR, Deployed, Verifier};
use super::sign::signer;
use super::{A, B, Chain, G, L1, Party, Token, World, WorldError};
use crate::evm::{Evm, LOCAL_CHAIN_ID, SENDER};

/// Seconds: 14 November 2023.
const START: u64 = 1_700_000_000;

/// Key of the validity proofs that nobody makes here: the ledger compares it and verifies nothing.
pub(super) fn key() -> GoldilocksDigest {
    const KEY: [u64; 4] = [1, 2, 3, 4];
    GoldilocksDigest::new(KEY).unwrap_or_else(|_| unreachable!("small words are canonical"))
}

/// What a world begins with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What checks proofs.
    pub verifier: Verifier,
    /// Who speaks for A, B and G.
    pub authorities: [Authority; 3],
}

impl World {
    /// Ethereum, the L2s A and B with ether, and G with a token of Ethereum's; people with money at the tokens' homes. A signs its
    /// certificates, B proves them, G does both, and nobody checks proofs.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn new() -> Result<Self, WorldError> {
        Self::of(&Setup {
            verifier: Verifier::Mock,
            authorities: [
                Authority::signer(signer(A))?,
                Authority::validity(key())?,
                Authority::both(signer(G), key())?,
            ],
        })
    }

    /// The same where all three sign, and what checks proofs is a choice.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn signing(verifier: Verifier) -> Result<Self, WorldError> {
        let signs = |network| Authority::signer(signer(network));
        Self::of(&Setup {
            verifier,
            authorities: [signs(A)?, signs(B)?, signs(G)?],
        })
    }

    /// The same with other authorities and another verifier.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn of(setup: &Setup) -> Result<Self, WorldError> {
        let names = ["L1", "A", "B", "G"];
        let mut evms: Vec<Evm> = (LOCAL_CHAIN_ID..).take(names.len()).map(Evm::new).collect();
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
        let gateway = Deployed::gateway(&mut evms[0], setup.verifier)?;
        // Exit roots come first, and are told where settlement will be.
        let settlement = CREATOR.create(0);
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
        let manager = chains[0].manager();
        let deployed = Deployed::deploy(&mut chains[0].evm, setup.verifier, gateway, manager)?;
        for chain in &mut chains {
            for token in &tokens {
                chain.endow(
                    token.id,
                    [Party::Alice, Party::Bob].map(|party| party.address(&contracts)),
                )?;
            }
        }

        let domain = SettlementDomain {
            chain_id: LOCAL_CHAIN_ID,
            settlement,
        };
        let mut ledger = causeway_ledger::World::new(domain);
        let (state, mut registered, mut logs) = (ledger.global().clone(), Vec::new(), Vec::new());
        for authority in setup.authorities {
            let added = deployed.add(&mut chains[0].evm, &authority)?;
            logs.extend(added.logs);
            ledger.register(added.output, authority)?;
            registered.push((added.output, authority));
        }
        let networks = chains.len();
        let mut world = Self {
            chains,
            tokens,
            contracts,
            settlement: deployed,
            ledger,
            state,
            registered,
            sent: vec![Vec::new(); networks],
            trees: vec![ExitTree::new(); networks],
            frontiers: vec![ExitFrontier::new(); networks],
            donated: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            outside: BTreeMap::new(),
            roots: Vec::new(),
            info_tree: L1InfoTree::new(),
            info_leaves: Vec::new(),
            settled: vec![0; networks],
            rollups: RollupExitTree::new(),
            logs,
            story: Vec::new(),
        };
        world.check()?;
        Ok(world)
    }
}

fn deploy_token(evm: &mut Evm, name: &str, symbol: &str, decimals: u8) -> Result<Address, WorldError> {
    let arguments = MockToken::constructorCall {
        name: name.into(),
        symbol: symbol.into(),
        decimals_: decimals,
    };
    Ok(evm.deploy(&MockToken::BYTECODE, &arguments.abi_encode())?.output)
}
