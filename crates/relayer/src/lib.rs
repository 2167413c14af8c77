//! Between provers and Ethereum. It judges nothing: what it hands on is checked by whoever takes it.

pub mod aggregation;
pub mod api;
pub mod config;
pub mod desk;
pub mod metrics;
pub mod prove;
pub mod state;
