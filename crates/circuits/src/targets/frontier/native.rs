//! What appending tells a list, natively: in the order of the circuit.

use alloy_primitives::B256;
use causeway_ledger::ExitFrontier;
use causeway_ledger::exit_tree::Keccak;
use causeway_ledger::tree::TreeKind;

use crate::keccak::Entry;

/// The blocks of the nodes above the leaves of new exits, level by level from the lowest.
pub fn append_entries(frontier: &ExitFrontier, leaves: &[B256]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut nodes = leaves.to_vec();
    for (height, &slot) in frontier.branch().iter().enumerate() {
        if frontier.count() >> height & 1 == 1 {
            nodes.insert(0, slot);
        }
        let pairs = nodes.as_chunks::<2>().0.iter();
        nodes = pairs
            .map(|[left, right]| hash(&mut entries, *left, *right))
            .collect();
    }
    entries
}

/// The blocks of the nodes from the lowest to an exit root.
pub fn root_entries(frontier: &ExitFrontier) -> Vec<Entry> {
    let mut entries = Vec::new();
    let levels = frontier.branch().iter().zip(Keccak::empty()).enumerate();
    levels.fold(B256::ZERO, |below, (height, (&slot, &empty))| {
        match frontier.count() >> height & 1 {
            1 => hash(&mut entries, slot, below),
            _ => hash(&mut entries, below, empty),
        }
    });
    entries
}

fn hash(entries: &mut Vec<Entry>, left: B256, right: B256) -> B256 {
    let (entry, node) = Entry::of_message(&[left, right].concat());
    entries.extend(entry);
    node.into()
}
