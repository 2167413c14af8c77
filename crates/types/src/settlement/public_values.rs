//! The public values of an epoch: what the settlement contract holds a proof to.

use alloy_primitives::{B256, U256};

use crate::authority::SettlementDomain;
use crate::certificate::Expiry;
use crate::goldilocks::GoldilocksDigest;
use crate::roots::{ExitRoot, RollupExitRoot};
use crate::statement::statement_digest;

/// All that an epoch claims. The contract takes the old commitment, the registry and the deposits from L1, computes both chains from
/// what is published with the proof, and is told the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicValues {
    /// For whom.
    pub domain: SettlementDomain,
    /// State commitment before.
    pub old_commitment: GoldilocksDigest,
    /// State commitment after.
    pub new_commitment: GoldilocksDigest,
    /// Rollup exit root after.
    pub rollup_exit_root: RollupExitRoot,
    /// How many of L1's exits are consumed after.
    pub deposits: u32,
    /// L1's exit root when it had so many.
    pub deposit_root: ExitRoot,
    /// How many registry entries are consumed after.
    pub registry_entries: u32,
    /// The registry's chain when it had so many.
    pub registry_hash: B256,
    /// The least expiry of the certificates.
    pub expiry: Expiry,
    /// Chain of what was signed.
    pub authorisations_chain: B256,
    /// Chain of what is published.
    pub payload_chain: B256,
}

impl PublicValues {
    /// Words of the encoding.
    pub const WORDS: usize = 11;

    /// Length of the encoding: Solidity's `abi.encode` of the fields.
    pub const ENCODED_LEN: usize = 32 * Self::WORDS;

    /// Solidity's type and name of every word, in order.
    pub const FIELDS: [(&'static str, &'static str); Self::WORDS] = [
        ("bytes32", "domain"),
        ("bytes32", "oldCommitment"),
        ("bytes32", "newCommitment"),
        ("bytes32", "rollupExitRoot"),
        ("uint32", "deposits"),
        ("bytes32", "depositRoot"),
        ("uint32", "registryEntries"),
        ("bytes32", "registryHash"),
        ("uint64", "expiry"),
        ("bytes32", "authorisationsChain"),
        ("bytes32", "payloadChain"),
    ];

    /// The fields in order, each in a word of 32 bytes.
    pub fn words(&self) -> [B256; Self::WORDS] {
        [
            self.domain.digest(),
            self.old_commitment.into(),
            self.new_commitment.into(),
            self.rollup_exit_root.into(),
            U256::from(self.deposits).into(),
            self.deposit_root.into(),
            U256::from(self.registry_entries).into(),
            self.registry_hash,
            U256::from(self.expiry.get()).into(),
            self.authorisations_chain,
            self.payload_chain,
        ]
    }

    /// The words, one after the other.
    pub fn encode(&self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [0; Self::ENCODED_LEN];
        for (chunk, word) in bytes.chunks_exact_mut(32).zip(self.words()) {
            chunk.copy_from_slice(word.as_slice());
        }
        bytes
    }

    /// The statement digest: the low 248 bits of keccak over [`Self::encode`], so that it fits a public input.
    pub fn statement(&self) -> B256 {
        statement_digest(&self.encode())
    }
}
