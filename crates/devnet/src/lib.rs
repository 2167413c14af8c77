//! Chains of developers on this machine.
