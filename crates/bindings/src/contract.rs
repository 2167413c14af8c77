//! How a generated file becomes Rust: `sol!`, with calls over alloy's providers if feature `rpc` is on.

#[cfg(feature = "rpc")]
macro_rules! contract {
    ($($solidity:tt)*) => { alloy::sol! { #![sol(rpc)] $($solidity)* } };
}

#[cfg(not(feature = "rpc"))]
macro_rules! contract {
    ($($solidity:tt)*) => { alloy_sol_types::sol! { $($solidity)* } };
}
