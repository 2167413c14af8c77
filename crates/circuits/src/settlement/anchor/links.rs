//! What an epoch tells Ethereum of a certificate: an entry of the payload, and one of the authorisations if somebody has to sign.

use alloy_primitives::B256;
use causeway_aggregation::{D, F};
use causeway_ledger::{AuthorisationEntry, PayloadEntry};
use causeway_types::Authority;
use causeway_types::GoldilocksDigest;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::keccak::{DigestTarget as KeccakTarget, Entry, ListTarget, hash_blocks};
use crate::recursion::select;
use crate::targets::{AuthorityTarget, BytesTarget, DigestTarget, NetworkStateTarget, U64Target};

/// The payload chain with an entry.
pub(super) fn payload(chain: B256, entry: &PayloadEntry) -> (Vec<Entry>, B256) {
    link(chain, &entry.encode())
}

/// The authorisations chain with a certificate, if somebody has to sign.
pub(super) fn authorisation(
    chain: B256,
    entry: &PayloadEntry,
    certificate: GoldilocksDigest,
    authority: &Authority,
) -> (Vec<Entry>, B256) {
    let Some(signer) = authority.signer_address() else {
        return (Vec::new(), chain);
    };
    let entry = AuthorisationEntry {
        network: entry.network,
        digest: certificate,
        signer,
    };
    link(chain, &entry.encode())
}

fn link(chain: B256, entry: &[u8]) -> (Vec<Entry>, B256) {
    let (entries, link) = Entry::of_message(&[chain.as_slice(), entry].concat());
    (entries, link.into())
}

/// [`payload`] in a circuit. The bits that the bytes are made of are the range checks of the state after.
pub(super) fn payload_target(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    chain: &KeccakTarget,
    height: &U64Target,
    after: &NetworkStateTarget,
    exit_root: &KeccakTarget,
) -> KeccakTarget {
    let blocks = BytesTarget::new()
        .keccak(builder, chain)
        .word(builder, after.network)
        .words(builder, height)
        .word(builder, after.exit_count)
        .keccak(builder, exit_root)
        .words(builder, &after.state_root)
        .digest(builder, after.shadow_root)
        .digest(builder, after.balance_root)
        .digest(builder, after.nullifier_root)
        .digest(builder, after.frontier)
        .blocks(builder);
    let always = vec![builder._true(); blocks.len()];
    hash_blocks(builder, list, &blocks, &always)
}

/// [`authorisation`] in a circuit.
pub(super) fn authorisation_target(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    chain: &KeccakTarget,
    after: &NetworkStateTarget,
    certificate: DigestTarget,
    authority: &AuthorityTarget,
) -> KeccakTarget {
    let signs = authority.signs(builder);
    let blocks = BytesTarget::new()
        .keccak(builder, chain)
        .word(builder, after.network)
        .digest(builder, certificate)
        .words(builder, &authority.signer)
        .blocks(builder);
    let link = hash_blocks(builder, list, &blocks, &[signs]);
    select(builder, signs, link, *chain)
}
