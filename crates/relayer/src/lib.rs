//! Between provers and Ethereum. It judges nothing: what it hands on is checked by whoever takes it.

pub mod aggregation;
pub mod claims;
pub mod config;
pub mod desk;
pub mod network;
pub mod prove;
pub mod state;
