mod certificates;
mod file;
mod model;
mod proofs;
mod transactions;

use std::path::Path;

use alloy_primitives::{Address, B256, U256, address, b256};
use causeway_types::{
    Certificate, Exit, ExitRoot, Expiry, GoldilocksDigest, LeafType, LxlyAuthorisation, NetworkId, TokenId,
};
use tempfile::TempDir;

use crate::{
    Fingerprint, Intake, Journal, JournalError, NewCertificate, Standing, Timestamp, certificate_id,
};

pub(super) const FINGERPRINT: Fingerprint = Fingerprint {
    chain_id: 1,
    genesis: Some(b256!(
        "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
    )),
    settlement: address!("1111111111111111111111111111111111111111"),
    bridge: address!("2222222222222222222222222222222222222222"),
};

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

pub(super) fn open(folder: &TempDir) -> Journal {
    Journal::open(&path(folder), &FINGERPRINT).expect("a journal")
}

pub(super) fn path(folder: &TempDir) -> std::path::PathBuf {
    Path::join(folder.path(), "relayer.db")
}

/// A certificate with one exit; the salt tells those of one height apart.
pub(super) fn certificate(network: u32, height: u64, salt: u64) -> Certificate {
    let exit = Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: NetworkId::MAINNET,
            address: Address::ZERO,
        },
        destination_network: NetworkId::MAINNET,
        destination_address: Address::with_last_byte(7),
        amount: U256::from(salt),
        metadata_hash: causeway_types::EMPTY_METADATA_HASH,
    };
    Certificate {
        network: NetworkId::new(network),
        height,
        prev_local_exit_root: ExitRoot::EMPTY,
        new_local_exit_root: ExitRoot::new(B256::from(U256::from(salt))),
        exits: vec![exit],
        imports: Vec::new(),
        metadata: B256::ZERO,
        lxly: LxlyAuthorisation::None,
        custom_chain_data: Vec::new(),
        l1_info_tree_leaf_count: None,
        state_root: None,
        contingencies: Vec::new(),
        expiry: Expiry::NEVER,
        authority: None,
    }
}

pub(super) fn take(journal: &Journal, certificate: &Certificate) -> Result<Intake, JournalError> {
    journal.change(NOW, |change| {
        change.take_certificate(&NewCertificate {
            certificate,
            digest: Some(GoldilocksDigest::ZERO),
            source: "test",
            standing: Standing::Accepted,
            reason: None,
            deadline: None,
        })
    })
}

/// A certificate that stands somewhere.
pub(super) fn at(journal: &Journal, certificate: &Certificate, standing: Standing) -> B256 {
    take(journal, certificate).expect("taken in");
    let id = certificate_id(certificate);
    let path: &[Standing] = match standing {
        Standing::Accepted => &[],
        Standing::Proven => &[Standing::Proven],
        Standing::Confirmed => &[Standing::Proven, Standing::Confirmed],
        _ => panic!("no way to {standing:?} here"),
    };
    for &step in path {
        journal
            .change(NOW, |change| change.move_certificate(id, step, None))
            .expect("a move");
    }
    id
}

pub(super) fn no_findings(journal: &Journal) {
    assert_eq!(journal.check().expect("a check"), []);
}
