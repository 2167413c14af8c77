//! The inputs of a transition, followed natively.
#![allow(clippy::unwrap_used)]

use causeway_types::GlobalIndex;

use super::*;
use crate::balances::balance_root;
use crate::digest::{CertificateStatement, ImportId, contingencies_digest, imports_digest};
use crate::history::{History, history_entry};
use crate::nullifiers::nullify;
use crate::shadow::shadow_leaf;
use crate::tree::path_root;

/// Follows the inputs as a circuit does, from the old state to the new one and to what the network authorised.
pub(crate) fn follow(inputs: &TransitionInputs, digest: GoldilocksDigest) {
    let TransitionInputs { old, new, .. } = inputs;
    follow_exits(inputs);
    let ids = follow_imports(inputs);

    let (mut count, mut tree) = (inputs.balance_count, inputs.balance_tree);
    assert_eq!(balance_root(count, tree), old.balance_root);
    for opening in &inputs.balances {
        let next = opening.access.follow(opening.token, opening.balance, count, tree);
        (count, tree) = next.unwrap();
    }
    assert_eq!(balance_root(count, tree), new.balance_root);

    let named: Vec<_> = inputs.contingencies.iter().map(|on| on.contingency).collect();
    for on in &inputs.contingencies {
        let (entry, named) = (on.entry, on.contingency);
        assert_eq!((entry.height, entry.state_root), (named.height, named.state_root));
    }

    let entry = HistoryEntry {
        height: old.height,
        state_root: new.state_root,
        shadow_root: new.shadow_root,
        exit_count: new.exit_count,
    };
    let up = |leaf| path_root::<History>(leaf, old.height, &inputs.history);
    assert_eq!(up(GoldilocksDigest::ZERO), old.history_root);
    assert_eq!(up(history_entry(&entry)), new.history_root);
    assert_eq!((old.network, old.height + 1), (new.network, new.height));

    let statement = CertificateStatement {
        domain: inputs.domain,
        network: old.network,
        height: old.height,
        expiry: inputs.expiry,
        old_state_root: old.state_root,
        new_state_root: new.state_root,
        exit_count: new.exit_count,
        shadow_root: new.shadow_root,
        imports: imports_digest(&ids),
        contingencies: contingencies_digest(&named),
    };
    assert_eq!(statement.hash(), digest);
    follow_steps(inputs);
}

fn follow_exits(inputs: &TransitionInputs) {
    let TransitionInputs { old, new, .. } = inputs;
    let (mut exits, mut shadow) = (inputs.exit_frontier.clone(), inputs.shadow_frontier.clone());
    let state = |exits: &ExitFrontier, shadow: &Frontier<Shadow>| {
        assert_eq!(exits.count(), shadow.count());
        (exits.count(), exits.root(), exits.digest(), shadow.root())
    };
    let said = |state: &NetworkState| {
        (
            state.exit_count,
            state.exit_root,
            state.frontier,
            state.shadow_root,
        )
    };
    assert_eq!(state(&exits, &shadow), said(old));
    for exit in &inputs.exits {
        exits.append(exit.leaf()).unwrap();
        shadow.append(shadow_leaf(exit)).unwrap();
    }
    assert_eq!(state(&exits, &shadow), said(new));
}

fn follow_imports(inputs: &TransitionInputs) -> Vec<ImportId> {
    let mut nullifiers = inputs.old.nullifier_root;
    let mut ids = Vec::new();
    for import in &inputs.imports {
        let leaf = shadow_leaf(&import.exit);
        assert_eq!(import.entry.network(), import.source);
        assert!(import.leaf_index < import.entry.exit_count());
        assert_eq!(
            shadow_root(leaf, import.leaf_index, &import.shadow),
            import.entry.shadow_root()
        );
        let place = GlobalIndex::new(import.source, import.leaf_index);
        nullifiers = nullify(place, &import.nullifier, nullifiers).unwrap();
        ids.push(ImportId {
            source: import.source,
            leaf_index: import.leaf_index,
            shadow_leaf: leaf,
        });
    }
    assert_eq!(nullifiers, inputs.new.nullifier_root);
    ids
}

/// Each step is within its size and goes on where the one before it ended; together they take everything.
fn follow_steps(inputs: &TransitionInputs) {
    let mut ends = (0, 0, 0, 0);
    for step in &inputs.steps {
        let starts = (
            step.exits.start,
            step.imports.start,
            step.tokens.start,
            step.contingencies.start,
        );
        assert_eq!(starts, ends);
        ends = (
            step.exits.end,
            step.imports.end,
            step.tokens.end,
            step.contingencies.end,
        );
        assert!(step.exits.len() <= Step::EXITS && step.imports.len() <= Step::IMPORTS);
        assert!(step.tokens.len() <= Step::TOKENS && step.contingencies.len() <= Step::CONTINGENCIES);
        assert!(step.dependencies.len() <= Step::DEPENDENCIES);
        let places: Vec<_> = step
            .dependency_entries()
            .map(|entry| (entry.network, entry.index))
            .collect();
        assert!(places.is_sorted_by(|one, next| one < next));
        let mut used = vec![false; step.dependencies.len()];
        assert_eq!(step.import_slots.len(), step.imports.len());
        for (import, &slot) in inputs.imports[step.imports.clone()]
            .iter()
            .zip(&step.import_slots)
        {
            assert_eq!(step.dependencies[slot], import.entry);
            used[slot] = true;
        }
        assert_eq!(step.contingency_slots.len(), step.contingencies.len());
        let contingencies = &inputs.contingencies[step.contingencies.clone()];
        for (on, &slot) in contingencies.iter().zip(&step.contingency_slots) {
            let (network, entry) = (on.contingency.network, on.entry);
            assert_eq!(step.dependencies[slot], BackingEntry::Network { network, entry });
            used[slot] = true;
        }
        assert!(used.iter().all(|&used| used));
    }
    let all = (
        inputs.exits.len(),
        inputs.imports.len(),
        inputs.balances.len(),
        inputs.contingencies.len(),
    );
    assert_eq!(ends, all);
}
