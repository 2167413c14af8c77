//! What tests of certificates and epochs share.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, U256};
use causeway_types::{
    Authorisation, Authority, Backing, Certificate, ClaimData, ClaimProof, Exit, ExitRoot, GlobalExitRoot,
    GlobalIndex, GoldilocksDigest, HistoryBacking, ImportedExit, L1InfoLeaf, L1InfoLeafInner, LeafType,
    NetworkId, RollupExitRoot, SettlementDomain, StateRoot, TokenId,
};

use crate::exit_tree::{ExitFrontier, ExitTree};
use crate::l1_info_tree::L1InfoTree;
use crate::rollup_exit_tree::RollupExitTree;
use crate::state::State;
use crate::world::World;

pub(crate) const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 1,
    settlement: Address::repeat_byte(0x5e),
};

pub(crate) const A: NetworkId = NetworkId::new(1);
pub(crate) const B: NetworkId = NetworkId::new(2);
pub(crate) const C: NetworkId = NetworkId::new(3);
pub(crate) const L1: NetworkId = NetworkId::MAINNET;

/// A token of L1.
pub(crate) const TOKEN: TokenId = TokenId {
    network: L1,
    address: Address::repeat_byte(0x70),
};

pub(crate) fn own(network: NetworkId) -> TokenId {
    TokenId {
        network,
        address: Address::repeat_byte(0x71),
    }
}

pub(crate) fn exit(token: TokenId, to: NetworkId, amount: impl TryInto<U256>) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token,
        destination_network: to,
        destination_address: Address::repeat_byte(0xaa),
        amount: amount.try_into().ok().unwrap(),
        metadata_hash: causeway_types::EMPTY_METADATA_HASH,
    }
}

pub(crate) fn message(from: NetworkId, to: NetworkId, amount: u64) -> Exit {
    Exit {
        leaf_type: LeafType::Message,
        ..exit(own(from), to, U256::from(amount))
    }
}

pub(crate) fn import(
    exit: Exit,
    source: NetworkId,
    leaf_index: u32,
    history: HistoryBacking,
) -> ImportedExit {
    ImportedExit {
        exit,
        global_index: GlobalIndex::new(source, leaf_index),
        backing: Backing::History(history),
    }
}

/// An import of an exit that the world has settled.
pub(crate) fn settled_import(world: &World, exit: Exit, source: NetworkId, leaf_index: u32) -> ImportedExit {
    let index = GlobalIndex::new(source, leaf_index);
    import(exit, source, leaf_index, world.backing(index).unwrap())
}

pub(crate) fn key() -> GoldilocksDigest {
    GoldilocksDigest::new([1, 2, 3, 4]).unwrap()
}

/// A world of three networks, each with the same validity key.
pub(crate) fn world() -> World {
    let mut world = World::new(DOMAIN);
    for network in [A, B, C] {
        world
            .register(network, Authority::validity(key()).unwrap())
            .unwrap();
    }
    world
}

pub(crate) fn state(world: &World, network: NetworkId) -> State {
    world.network(network).unwrap().state.clone()
}

/// A draft with its authorisation.
pub(crate) fn certificate(state: &State, exits: Vec<Exit>, imports: Vec<ImportedExit>) -> Certificate {
    Certificate {
        authority: Some(Authorisation::Validity { key: key() }),
        ..crate::draft(state, exits, imports).unwrap()
    }
}

pub(crate) fn root(byte: u8) -> StateRoot {
    StateRoot::new(B256::repeat_byte(byte))
}

/// An exit of L1 claimed by LxLy's paths.
pub(crate) fn claimed(exit: Exit, leaf_index: u32, exits: &ExitTree) -> ImportedExit {
    let rer = RollupExitRoot::EMPTY;
    let inner = L1InfoLeafInner {
        global_exit_root: GlobalExitRoot::of(exits.root(), rer),
        block_hash: root(1).get(),
        timestamp: 1,
    };
    let mut info = L1InfoTree::new();
    info.append(&inner).unwrap();
    ImportedExit {
        exit,
        global_index: GlobalIndex::new(L1, leaf_index),
        backing: Backing::Claim(ClaimData::Mainnet {
            proof_leaf_mer: ClaimProof {
                root: exits.root(),
                proof: exits.proof(leaf_index),
            },
            proof_ger_l1root: ClaimProof {
                root: info.root(),
                proof: info.proof(0),
            },
            l1_leaf: L1InfoLeaf {
                l1_info_tree_index: 0,
                rer,
                mer: exits.root(),
                inner,
            },
        }),
    }
}

/// An exit of another network claimed by LxLy's paths.
pub(crate) fn claimed_from(made: &[Exit], source: NetworkId, leaf_index: u32) -> ImportedExit {
    let (mut exits, mut frontier) = (ExitTree::new(), ExitFrontier::new());
    for exit in made {
        exits.append(exit.leaf()).unwrap();
        frontier.append(exit.leaf()).unwrap();
    }
    let mut rollups = RollupExitTree::new();
    let index = source.try_into().unwrap();
    rollups.set(index, &frontier);
    let inner = L1InfoLeafInner {
        global_exit_root: GlobalExitRoot::of(ExitRoot::EMPTY, rollups.root()),
        block_hash: root(1).get(),
        timestamp: 1,
    };
    let mut info = L1InfoTree::new();
    info.append(&inner).unwrap();
    ImportedExit {
        exit: made[leaf_index as usize],
        global_index: GlobalIndex::new(source, leaf_index),
        backing: Backing::Claim(ClaimData::Rollup {
            proof_leaf_ler: ClaimProof {
                root: exits.root(),
                proof: exits.proof(leaf_index),
            },
            proof_ler_rer: ClaimProof {
                root: rollups.root(),
                proof: rollups.proof(index),
            },
            proof_ger_l1root: ClaimProof {
                root: info.root(),
                proof: info.proof(0),
            },
            l1_leaf: L1InfoLeaf {
                l1_info_tree_index: 0,
                rer: rollups.root(),
                mer: ExitRoot::EMPTY,
                inner,
            },
        }),
    }
}
