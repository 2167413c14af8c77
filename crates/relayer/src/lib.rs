//! Between provers and Ethereum. It judges nothing: what it hands on is checked by whoever takes it.

pub mod aggregation;
pub mod api;
pub mod claims;
pub mod clock;
pub mod config;
pub mod coordinator;
pub mod desk;
pub mod judge;
pub mod known;
pub mod metrics;
pub mod network;
pub mod outbox;
pub mod prove;
pub mod service;
pub mod settle;
pub mod state;
pub mod watch;
pub mod worker;
