//! One small world, every encoding in it: what circuits and contracts are held to.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use alloy_primitives::{Address, B256, U256, hex};
use causeway_types::goldilocks::GOLDILOCKS_ORDER;
use causeway_types::{
    AggregationBlob, AggregationDomain, AggregationStatement, AggregationTree, Authorisation, Authority,
    Contingency, Expiry, GoldilocksDigest, NetworkId, ProofCommitment, PublicInputs, TokenId,
};
use plonky2::field::types::Field;
use plonky2::hash::hashing::PlonkyPermutation;
use plonky2::hash::poseidon::PoseidonPermutation;
use serde_json::{Value, json};

use crate::poseidon::{CERTIFICATE, F};
use crate::testing::{
    A, B, C, DOMAIN, L1, TOKEN, certificate, exit, message, own, root, settled_import, state,
};
use crate::{
    RegistryChain, World, apply, contingencies_digest, dependencies_digest, history_entry, imports_digest,
    payload_chain, settle_epoch, shadow_leaf,
};

fn document() -> Value {
    let keys = [[1, 2, 3, 4], [5, 6, 7, 8]].map(|words| GoldilocksDigest::new(words).unwrap());
    let signer = Address::repeat_byte(0x51);
    let authorities = [
        (A, Authority::validity(keys[0]).unwrap()),
        (B, Authority::signer(signer).unwrap()),
        (C, Authority::both(signer, keys[1]).unwrap()),
        (B, Authority::validity(keys[1]).unwrap()),
    ];
    let (mut world, mut chain, mut registry) = (World::new(DOMAIN), RegistryChain::new(), Vec::new());
    for (network, authority) in authorities {
        world.register(network, authority).unwrap();
        chain.append(network, &authority).unwrap();
        registry.push(json!({
            "network": network,
            "kind": authority.kind(),
            "signer": authority.signer_address().unwrap_or(Address::ZERO),
            "validityKey": authority.validity_key().unwrap_or(GoldilocksDigest::ZERO),
            "entry": hex::encode_prefixed(authority.encode_entry(network)),
            "count": chain.count(),
            "hash": chain.hash(),
        }));
    }
    let deposits = [exit(TOKEN, A, U256::from(1000)), exit(TokenId::ETH, A, U256::MAX)];
    world.deposit(&deposits).unwrap();
    let genesis = world.commitment();

    let a = state(&world, A);
    let exits = vec![
        exit(TOKEN, B, U256::from(300)),
        message(A, L1, 7),
        exit(own(A), C, U256::from(5)),
    ];
    let imports = [0, 1].map(|leaf| settled_import(&world, deposits[leaf as usize], L1, leaf));
    let mut first = certificate(&a, exits, imports.to_vec());
    first.state_root = Some(root(0xa1));
    first.expiry = Expiry::new(1_800_000_000);
    let mut second = certificate(&state(&world, B), vec![], vec![]);
    second.state_root = Some(root(0xb1));
    second.authority = Some(Authorisation::Validity { key: keys[1] });
    let on = |network, byte| Contingency {
        network,
        height: 0,
        state_root: root(byte),
    };
    first.contingencies = vec![on(B, 0xb1)];
    second.contingencies = vec![on(A, 0xa1)];
    let outcome = settle_epoch(&world, &[first, second]);
    assert_eq!(outcome.admitted.len(), 2, "{:?}", outcome.left_out);

    let exits = deposits
        .iter()
        .chain(&outcome.admitted[0].transition.certificate().exits);
    let exits: Vec<_> = exits
        .map(|exit| {
            json!({
                "leafType": exit.leaf_type as u8,
                "originNetwork": exit.token.network,
                "originAddress": exit.token.address,
                "destinationNetwork": exit.destination_network,
                "destinationAddress": exit.destination_address,
                "amount": B256::from(exit.amount),
                "metadataHash": exit.metadata_hash,
                "leaf": exit.leaf(),
                "shadowLeaf": shadow_leaf(exit),
            })
        })
        .collect();
    let certificates: Vec<_> = outcome
        .admitted
        .iter()
        .map(|admitted| {
            let transition = &admitted.transition;
            let (after, payload) = (transition.after().summary(), transition.payload());
            let dependencies = transition.dependency_entries(&outcome.world).unwrap();
            let authority = outcome.world.network(after.network).unwrap().authority;
            json!({
                "certificate": transition.certificate(),
                "importsDigest": imports_digest(transition.imports()),
                "contingenciesDigest": contingencies_digest(&transition.certificate().contingencies),
                "dependenciesDigest": dependencies_digest(&dependencies),
                "digest": transition.digest(),
                "signingHash": DOMAIN.signing_hash(after.network, transition.digest()),
                "historyEntry": history_entry(transition.entry()),
                "exitCount": after.exit_count,
                "exitRoot": after.exit_root,
                "shadowRoot": after.shadow_root,
                "balanceRoot": after.balance_root,
                "nullifierRoot": after.nullifier_root,
                "historyRoot": after.history_root,
                "stateRoot": after.state_root,
                "frontier": after.frontier,
                "networkState": after.hash(),
                "leaf": after.leaf(&authority),
                "payloadEntry": hex::encode_prefixed(payload.encode()),
            })
        })
        .collect();
    let commitment = outcome.world.commitment();
    json!({
        "aggregation": aggregation(),
        "domain": {
            "chainId": DOMAIN.chain_id,
            "settlement": DOMAIN.settlement,
            "digest": DOMAIN.digest(),
            "separator": DOMAIN.separator(),
        },
        "registry": registry,
        "exits": exits,
        "l1": { "exitCount": world.l1().exit_count, "exitRoot": world.l1().exit_root,
            "shadowRoot": world.l1().shadow_root, "frontier": world.l1().frontier, "leaf": world.l1().leaf() },
        "genesis": World::new(DOMAIN).commitment().hash(),
        "oldCommitment": genesis.hash(),
        "certificates": certificates,
        "payloadChain": payload_chain(&outcome.payload()),
        "globalRoot": commitment.global_root,
        "rollupExitRoot": commitment.rollup_exit_root,
        "newCommitment": commitment.hash(),
    })
}

/// Aggregated proofs: of no, one, two, ... public inputs, the last of them the greatest that there are.
fn aggregation() -> Value {
    let domain = AggregationDomain {
        chain_id: 31337,
        contract: Address::repeat_byte(0xa9),
    };
    let key = GoldilocksDigest::new([1, 2, 3, GOLDILOCKS_ORDER - 1]).unwrap();
    let inputs = [
        vec![],
        vec![1],
        vec![1, 2],
        vec![1, 2, 3],
        vec![GOLDILOCKS_ORDER - 1; 4],
    ]
    .map(|inputs| PublicInputs::new(inputs).unwrap());
    let commitments = inputs.each_ref().map(|inputs| ProofCommitment::of(key, inputs));
    let proofs: Vec<_> = std::iter::zip(&inputs, commitments)
        .map(|(inputs, commitment)| json!({ "publicInputs": inputs, "commitment": commitment }))
        .collect();
    let trees: Vec<_> = [(1, 0), (2, 1), (3, 2), (3, 4), (5, 3)]
        .map(|(count, depth)| {
            let tree = AggregationTree::with_depth(commitments[..count].to_vec(), depth).unwrap();
            let record = tree.record();
            let last = tree.inclusion(record.count() - 1).unwrap();
            json!({
                "count": count,
                "depth": depth,
                "root": tree.root(),
                "siblingsOfLast": last.siblings,
                "statementDigest": AggregationStatement { domain, record }.digest(),
            })
        })
        .into();
    let blob = &AggregationBlob::encode(&commitments)[0];
    json!({
        "domain": { "chainId": domain.chain_id, "contract": domain.contract, "digest": domain.digest() },
        "key": key,
        "proofs": proofs,
        "trees": trees,
        "blobHead": hex::encode_prefixed(&blob.bytes()[..192]),
    })
}

/// The same text whether serde_json keeps the order of keys or not: other crates of a build may turn that on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        Value::Object(map) => {
            let map: BTreeMap<_, _> = map.into_iter().collect();
            map.into_iter().map(|(key, value)| (key, sorted(value))).collect()
        }
        other => other,
    }
}

/// CAUSEWAY_REGENERATE=1 writes the file.
#[test]
fn committed_encodings_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/encodings.json");
    let text = format!("{:#}\n", sorted(document()));
    if env::var_os("CAUSEWAY_REGENERATE").is_some() {
        fs::write(&path, text).unwrap();
    } else {
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            text,
            "vectors/encodings.json is stale: make gen"
        );
    }
}

/// The sponge once more, by plonky2's own interface: what a circuit does with `permute`.
#[test]
fn the_hash_is_a_sponge_over_plonky2s_permutation() {
    for length in [0, 1, 7, 8, 9, 16, 42] {
        let message: Vec<_> = (1..=length).map(F::from_canonical_u64).collect();
        let mut sponge = PoseidonPermutation::<F>::new(std::iter::repeat(F::ZERO));
        sponge.set_elt(F::from_canonical_u64(CERTIFICATE.tag()), 8);
        sponge.set_elt(F::from_canonical_u64(length), 9);
        for block in 0..message.len().div_ceil(8).max(1) {
            sponge.set_from_slice(&message[8 * block..message.len().min(8 * block + 8)], 0);
            sponge.permute();
        }
        let squeezed: Vec<_> = sponge.squeeze()[..4].to_vec();
        let digest = CERTIFICATE.hash(&message).words().map(F::from_canonical_u64);
        assert_eq!(squeezed, digest);
    }
    assert_eq!(CERTIFICATE.tag(), 0x63772e63657274, "cw.cert");
}

#[test]
fn a_genesis_is_nothing_but_l1() {
    let world = World::new(DOMAIN);
    assert_eq!(world.networks().count(), 0);
    assert_eq!(world.global().tree().get(0), Some(&world.l1().leaf()));
    assert_eq!(world.rollups().root(), causeway_types::RollupExitRoot::EMPTY);
    let state = crate::State::new(DOMAIN, NetworkId::new(1)).unwrap();
    let transition = apply(&state, &certificate(&state, vec![], vec![])).unwrap();
    assert_eq!(
        transition.payload().encode().len(),
        crate::PayloadEntry::ENCODED_LEN
    );
}
