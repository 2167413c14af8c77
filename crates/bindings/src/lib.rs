//! Bindings of Causeway's contracts, generated from their source by `bindings-gen`: calls, events, errors and creation code.
//!
//! A module of alloy's types per contract lies at the root. Features:
//!
//! | feature | adds |
//! | --- | --- |
//! | `rpc`, on by default | calls and deployments over alloy's providers, and [`alloy`] itself |
//! | `ethers` | the same contracts for ethers 2, in `ethers`: calls, events, errors, ABI and bytecode |
//! | `mocks` | contracts that stand in for others in tests, in `mocks` |
//!
//! ```
//! use alloy_sol_types::SolCall;
//! use causeway_bindings::VerifierGateway;
//!
//! let call = VerifierGateway::freezeRouteCall { selector: [0x12, 0x34, 0x56, 0x78].into() };
//! assert_eq!(call.abi_encode().len(), 4 + 32);
//! ```

#[macro_use]
mod contract;
mod generated;

#[cfg(feature = "rpc")]
pub use alloy;

pub use generated::*;
