//! What the settlement contract takes from Rust: generated Solidity, and vectors of what it has to refuse and to accept.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use alloy_primitives::{Address, B256, U256, hex};
use causeway_types::goldilocks::GOLDILOCKS_ORDER;
use causeway_types::{Authority, GoldilocksDigest, NetworkId, PublicValues, Signature, TypesError};
use k256::ecdsa::SigningKey;
use serde::Serialize;

use crate::chains::{AuthorisationEntry, PayloadEntry, authorisations_chain};
use crate::testing::DOMAIN;
use crate::world::World;

/// CAUSEWAY_REGENERATE=1 writes the file.
fn hold(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if env::var_os("CAUSEWAY_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    } else {
        let stale = format!("{} is stale: make gen", path.display());
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{stale}");
    }
}

#[test]
fn committed_public_values_of_solidity_are_current() {
    let mut fields = String::new();
    for (kind, name) in PublicValues::FIELDS {
        writeln!(fields, "    {kind} {name};").unwrap();
    }
    let genesis = B256::from(World::new(DOMAIN).commitment().hash());
    let (payload, authorisation) = (PayloadEntry::ENCODED_LEN, AuthorisationEntry::ENCODED_LEN);
    let text = format!(
        "\
// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated from what Rust hashes, by a test of causeway-ledger; do not edit.
pragma solidity ^0.8.30;

/// @notice What an epoch's proof says: its statement digest is the low 248 bits of keccak256 over `abi.encode` of these.
struct PublicValues {{
{fields}}}

// The state commitment of a world without networks.
bytes32 constant GENESIS_COMMITMENT = {genesis};

// Bytes of an entry of the payload.
uint256 constant PAYLOAD_ENTRY_BYTES = {payload};

// Bytes of an entry of the authorisations.
uint256 constant AUTHORISATION_BYTES = {authorisation};
"
    );
    hold("contracts/src/generated/PublicValues.sol", &text);
}

/// As forge reads them. Types of their own: the order of a JSON map depends on features of other crates.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    chain_id: u64,
    settlement: Address,
    domain: B256,
    separator: B256,
    authorities: Vec<AuthorityVector>,
    authorisations: Vec<AuthorisationVector>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorityVector {
    kind: u8,
    signer: Address,
    key: B256,
    /// Solidity's error; empty where it is taken.
    refusal: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorisationVector {
    network: NetworkId,
    digest: B256,
    signer: Address,
    signing_hash: B256,
    /// v, r, s.
    signature: String,
    entry: String,
    /// The chain that ends with this entry.
    chain: B256,
}

/// Every kind with every key that is nothing, something or no key.
fn authorities() -> Vec<AuthorityVector> {
    let key = |words: [u64; 4]| B256::from_slice(&words.map(u64::to_be_bytes).concat());
    let greatest = GOLDILOCKS_ORDER - 1;
    let mut vectors = Vec::new();
    for kind in [0, 1, 2, 3, 4, 255] {
        for signer in [Address::ZERO, Address::repeat_byte(0x51)] {
            for key in [
                B256::ZERO,
                key([1, 2, 3, 4]),
                key([greatest; 4]),
                key([greatest, greatest, greatest, GOLDILOCKS_ORDER]),
                key([u64::MAX, 0, 0, 0]),
            ] {
                let read = GoldilocksDigest::try_from(key);
                let refusal = match read.and_then(|key| Authority::from_parts(kind, signer, key)) {
                    Ok(_) => "",
                    Err(TypesError::UnknownAuthorityKind { .. }) => "UnknownAuthorityKind",
                    Err(TypesError::ZeroAuthorityKey) => "AuthorityKeyZero",
                    Err(TypesError::SurplusAuthorityKey { .. }) => "AuthorityKeySurplus",
                    Err(TypesError::WordNotCanonical { .. }) => "AuthorityKeyNotCanonical",
                    Err(other) => panic!("{other}"),
                };
                vectors.push(AuthorityVector {
                    kind,
                    signer,
                    key,
                    refusal,
                });
            }
        }
    }
    vectors
}

fn authorisations() -> Vec<AuthorisationVector> {
    let mut entries = Vec::new();
    let parts = [
        (1, [1, 2, 3, 4]),
        (u32::MAX, [GOLDILOCKS_ORDER - 1; 4]),
        (7, [0; 4]),
    ];
    let sign = |(at, (network, words)): (usize, (u32, [u64; 4]))| {
        let secret = SigningKey::from_slice(&[at as u8 + 1; 32]).unwrap();
        let entry = AuthorisationEntry {
            network: NetworkId::new(network),
            digest: GoldilocksDigest::new(words).unwrap(),
            signer: Address::from_private_key(&secret),
        };
        entries.push(entry);
        let hash = DOMAIN.signing_hash(entry.network, entry.digest);
        let (signature, parity) = secret.sign_prehash_recoverable(hash.as_slice()).unwrap();
        let signature = Signature {
            r: U256::from_be_slice(&signature.r().to_bytes()),
            s: U256::from_be_slice(&signature.s().to_bytes()),
            odd_y_parity: parity.is_y_odd(),
        };
        AuthorisationVector {
            network: entry.network,
            digest: entry.digest.into(),
            signer: entry.signer,
            signing_hash: hash,
            signature: hex::encode_prefixed(signature.encode()),
            entry: hex::encode_prefixed(entry.encode()),
            chain: authorisations_chain(&entries),
        }
    };
    parts.into_iter().enumerate().map(sign).collect()
}

#[test]
fn committed_settlement_vectors_are_current() {
    let vectors = Vectors {
        chain_id: DOMAIN.chain_id,
        settlement: DOMAIN.settlement,
        domain: DOMAIN.digest(),
        separator: DOMAIN.separator(),
        authorities: authorities(),
        authorisations: authorisations(),
    };
    let text = format!("{}\n", serde_json::to_string_pretty(&vectors).unwrap());
    hold("vectors/settlement.json", &text);
}
