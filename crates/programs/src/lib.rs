//! Sample plonky2 programs: a payments chain and another of a different shape.
//!
//! Both are built the way any user of plonky2 builds his own, under configurations that are not ours, and are real
//! input to aggregation. The payments chain is a network besides: [`PaymentsCertifier`] proves its certificates.

pub mod hash_chain;
pub mod payments;

pub use hash_chain::{HashChainError, HashChainInputs, HashChainProgram};
pub use payments::{
    Batch, CertifyError, Operation, PaymentsCertifier, PaymentsError, PaymentsGenesis, PaymentsInputs,
    PaymentsNetwork, PaymentsProgram, PaymentsState,
};
