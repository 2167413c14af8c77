//! End-to-end stories.

pub mod aggregation;
pub mod artifact;
pub mod causeway;
pub mod epochs;
pub mod evm;
pub mod gas;
pub mod settler;
pub mod stage;
pub mod story;
pub mod vector;
pub mod walk;
pub mod world;
