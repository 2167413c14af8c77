//! Why a value is refused.

use alloy_primitives::U256;

use crate::network::NetworkId;

/// A value that no canonical encoding has, or JSON that would lose something if it were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypesError {
    /// L1 is no rollup.
    #[error("network 0 is L1 and has no rollup index")]
    MainnetIsNoRollup,
    /// A rollup index whose network id would not fit 32 bits.
    #[error("rollup index {rollup_index} has no network")]
    NoSuchNetwork {
        /// The rollup index.
        rollup_index: u32,
    },
    /// A global index with a bit above the mainnet flag.
    #[error("global index {value} has bits above bit 64")]
    GlobalIndexTooLarge {
        /// The whole word.
        value: U256,
    },
    /// A global index with the mainnet flag and a rollup index.
    #[error("global index has the mainnet flag and rollup index {rollup_index}, which must be 0")]
    MainnetWithRollupIndex {
        /// The rollup index beside the flag.
        rollup_index: u32,
    },
    /// A leaf type that is neither transfer nor message.
    #[error("leaf type {got} is neither 0 (transfer) nor 1 (message)")]
    UnknownLeafType {
        /// The byte.
        got: u8,
    },
    /// A word of a digest is not below p = 2^64 - 2^32 + 1.
    #[error("word {index} of a digest is {word}, not below 2^64 - 2^32 + 1")]
    WordNotCanonical {
        /// Which word.
        index: usize,
        /// Its value.
        word: u64,
    },
    /// An amount written as a JSON number, which readers round to 53 bits.
    #[error("an amount is a JSON number; it must be a string, decimal or 0x-hexadecimal")]
    AmountIsNumber,
    /// An amount that is neither decimal nor 0x-hexadecimal, or above 2^256 - 1.
    #[error("an amount is neither a decimal nor a 0x-hexadecimal number below 2^256")]
    AmountMalformed,
    /// A metadata hash that is not 32 bytes of hexadecimal.
    #[error("a metadata hash is not 32 bytes of hexadecimal")]
    MetadataHashMalformed,
    /// A word of a signature that is not 32 bytes of hexadecimal.
    #[error("a word of a signature is not a 0x-hexadecimal number below 2^256")]
    SignatureWordMalformed,
    /// A signature from which no key can be recovered.
    #[error("no public key can be recovered from the signature")]
    SignatureUnrecoverable,
    /// An authority with the address or the key zero.
    #[error("an authority's address or key is zero")]
    ZeroAuthorityKey,
    /// An authority of no known kind.
    #[error("authority kind {kind} is none of 1 (signer), 2 (validity), 3 (both)")]
    UnknownAuthorityKind {
        /// The byte.
        kind: u8,
    },
    /// An authority with a key that its kind has not.
    #[error("an authority of kind {kind} carries a key of the other kind")]
    SurplusAuthorityKey {
        /// The kind.
        kind: u8,
    },
    /// `proof` beside `signature`: LxLy readers keep the signature and lose the proof.
    #[error("`proof` and `signature` together: readers of this JSON lose the proof")]
    ProofBesideSignature,
    /// `aggchain_proof` beside `multisig`: LxLy readers keep the signatures and lose the proof.
    #[error("`aggchain_proof` and `multisig` together: readers of this JSON lose the proof")]
    ProofBesideMultisig,
    /// `signature` beside `multisig`: LxLy readers keep one of them.
    #[error("`signature` and `multisig` together: readers of this JSON keep one of them")]
    SignatureBesideMultisig,
    /// A certificate with an aggchain proof, which JSON cannot carry and Causeway does not verify.
    #[error("an aggchain proof is not accepted")]
    ProofUnsupported,
    /// An import without claim data or history.
    #[error("import {import} has neither `claim_data` nor `history`")]
    ImportUnbacked {
        /// Its position in the certificate.
        import: usize,
    },
    /// An import with both kinds of backing.
    #[error("import {import} has both `claim_data` and `history`")]
    ImportBackedTwice {
        /// Its position in the certificate.
        import: usize,
    },
    /// A history entry of a network without its height or state root, or one of L1 with them.
    #[error("a history entry of network {} does not have the fields of its kind", network.get())]
    HistoryFieldsMismatch {
        /// The network of the entry.
        network: NetworkId,
    },
}
