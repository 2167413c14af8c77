//! End-to-end stories.

pub mod aggregation;
pub mod artifact;
pub mod causeway;
pub mod evm;
pub mod faults;
pub mod gas;
pub mod proving;
pub mod settler;
pub mod stage;
pub mod stories;
pub mod story;
pub mod vector;
pub mod walk;
pub mod world;
