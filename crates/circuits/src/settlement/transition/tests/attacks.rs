//! What no certificate does, whoever proves it.

use causeway_ledger::exit_tree::ExitFrontier;

use super::*;
use crate::recursion::testing::{forged, proven};
use crate::targets::elements;

fn told() -> TransitionInputs {
    let world = world();
    inputs(&world, &story(&world))
}

/// Changes the story's inputs and asks whether a prover gets through.
fn refused(change: impl FnOnce(&mut TransitionInputs)) {
    let mut inputs = told();
    change(&mut inputs);
    assert!(!holds(&inputs, &[]));
}

#[test]
fn an_exit_that_the_bridge_refuses_is_no_exit() {
    // To its own network; another's message; a token of another network without address.
    refused(|inputs| inputs.exits[2].destination_network = A);
    refused(|inputs| inputs.exits[1].token.network = B);
    refused(|inputs| inputs.exits[2].token.address = Address::ZERO);
}

/// Only what a network issues itself is not tracked on it.
#[test]
fn anothers_token_is_not_ones_own() {
    let world = world();
    // Imported without a sum that answers for it.
    let imports = vec![import(&world, deposits()[0], L1, 0)];
    let honest = inputs(&world, &certificate(&state(&world, A), vec![], imports));
    assert!(holds(&honest, &[]));
    let mut unlisted = honest;
    unlisted.balances.clear();
    unlisted.steps[0].tokens = 0..0;
    assert!(!holds(&unlisted, &[]));
    let inputs = inputs(&world, &story(&world));
    // As a token of A under the same address it needs none, and then it is another exit with another leaf.
    let mut renamed = inputs.clone();
    renamed.exits[0].token.network = A;
    let of_token = |inputs: &TransitionInputs| statement(inputs, List::EMPTY).list_out;
    assert_ne!(of_token(&renamed), of_token(&inputs));
}

#[test]
fn an_import_was_exported_is_addressed_here_and_comes_from_elsewhere() {
    refused(|inputs| inputs.imports[0].exit.amount += U256::ONE);
    refused(|inputs| inputs.imports[0].exit.token = TokenId::ETH);
    refused(|inputs| inputs.imports[0].exit.destination_network = B);
    refused(|inputs| inputs.imports[0].leaf_index = 2);
    // Beyond what the entry has.
    refused(|inputs| inputs.imports[0].leaf_index = 4);
    // From another entry than the one it is under.
    refused(|inputs| inputs.steps[0].import_slots[0] = 1);
    refused(|inputs| inputs.steps[0].import_slots[4] = 0);
    // From a dependency that is not there.
    refused(|inputs| inputs.steps[0].import_slots[0] = 2);
}

/// A leaf forged under its own root: what it depends on is then no entry that anybody has, and the statement says so.
#[test]
fn a_forged_tree_is_a_dependency_that_nobody_can_open() {
    let mut inputs = told();
    let honest = statement(&inputs, List::EMPTY);
    inputs.imports[0].exit.amount += U256::ONE;
    let leaf = causeway_ledger::shadow_leaf(&inputs.imports[0].exit);
    let forged = causeway_ledger::shadow::shadow_root(leaf, 0, &inputs.imports[0].shadow);
    let causeway_types::BackingEntry::L1(entry) = &mut inputs.steps[0].dependencies[0] else {
        panic!("L1 is the least network")
    };
    entry.shadow_root = forged;
    assert_ne!(statement(&inputs, List::EMPTY).dependencies, honest.dependencies);
    assert_ne!(statement(&inputs, List::EMPTY).certificate, honest.certificate);
}

#[test]
fn a_contingency_names_an_entry_of_another_network() {
    // Of L1, whose entries have no state root.
    refused(|inputs| inputs.steps[0].contingency_slots[0] = 0);
    // Of none.
    refused(|inputs| inputs.steps[0].contingency_slots[0] = 2);
}

/// A contingency left out, added or changed, another expiry, state root or domain: each is another certificate, which its network has
/// not authorised.
#[test]
fn a_transition_states_the_digest_of_all_it_did() {
    let honest = statement(&told(), List::EMPTY).certificate;
    let world = world();
    let mut changed: Vec<Certificate> = Vec::new();
    let mut change = |change: &dyn Fn(&mut Certificate)| {
        let mut certificate = story(&world);
        change(&mut certificate);
        changed.push(certificate);
    };
    change(&|certificate| certificate.contingencies.clear());
    change(&|certificate| certificate.expiry = causeway_types::Expiry::new(7));
    change(&|certificate| certificate.state_root = Some(root(0xa2)));
    change(&|certificate| {
        certificate.imports.pop();
        certificate.exits.pop();
        *certificate = Certificate {
            contingencies: certificate.contingencies.clone(),
            state_root: certificate.state_root,
            ..super::certificate(
                &state(&super::world(), A),
                certificate.exits.clone(),
                certificate.imports.clone(),
            )
        };
    });
    for certificate in changed {
        let inputs = inputs(&world, &certificate);
        assert!(holds(&inputs, &[]), "it is a certificate");
        assert_ne!(statement(&inputs, List::EMPTY).certificate, honest);
    }
}

/// Old roots are those of the old state: a tree that is not the network's does not begin a transition.
#[test]
fn exits_are_appended_to_what_there_is() {
    // Another exit tree, longer or shorter; a shadow tree of another.
    refused(|inputs| inputs.old.exit_count = 1);
    refused(|inputs| {
        let mut other = ExitFrontier::new();
        other.append(B256::repeat_byte(1)).unwrap();
        inputs.exit_frontier = other;
    });
    let world = world();
    let settled = settle(&world, authorised(story(&world)));
    let later = certificate(&state(&settled, A), vec![exit(own(A), B, U256::ONE)], vec![]);
    let honest = inputs(&settled, &later);
    assert!(holds(&honest, &[]));
    let mut rewritten = honest.clone();
    rewritten.exit_frontier = ExitFrontier::new();
    assert!(!holds(&rewritten, &[]));
    let mut rewritten = honest.clone();
    rewritten.shadow_frontier = Default::default();
    assert!(!holds(&rewritten, &[]));
    let mut other = honest.clone();
    other.old.exit_count -= 1;
    assert!(!holds(&other, &[]));
}

/// Without exits nobody proves what the tree's nodes hash to, and the exit root is what it was.
#[test]
fn without_exits_the_exit_root_stays() {
    let settled = settle(&world(), authorised(story(&world())));
    let root = circuit().targets().end.root;
    for world in [world(), settled] {
        let inputs = inputs(&world, &certificate(&state(&world, A), vec![], vec![]));
        let witness = circuit().witness(&inputs, List::EMPTY).unwrap();
        let honest = proven(circuit(), &witness);
        assert!(honest.is_some());
        for limb in root {
            let value = Trace::honest(circuit().data(), &witness).get(limb).unwrap();
            assert_eq!(forged(circuit(), &witness, &[(limb, value - F::ONE)]), honest);
        }
    }
}

#[test]
fn balances_and_history_are_those_of_the_old_state() {
    refused(|inputs| inputs.balance_count = 2);
    refused(|inputs| inputs.balance_tree = inputs.old.shadow_root);
    refused(|inputs| inputs.history[3] = inputs.old.shadow_root);
    refused(|inputs| inputs.old.nullifier_root = inputs.old.shadow_root);
    refused(|inputs| inputs.old.height = 1 << 32);
    // The place of an entry is its height: one that is taken, and one beyond the next.
    let settled = settle(&world(), authorised(story(&world())));
    let later = inputs(&settled, &certificate(&state(&settled, A), vec![], vec![]));
    for (height, stands) in [(0, false), (1, true), (2, false)] {
        let mut inputs = later.clone();
        inputs.old.height = height;
        assert_eq!(holds(&inputs, &[]), stands, "{height}");
    }
    // Nor does a certificate that moves nothing put other balances in the place of those that there are.
    let mut other = later.clone();
    other.balance_count += 1;
    assert!(!holds(&other, &[]));
    other = later.clone();
    other.balance_tree = other.old.shadow_root;
    assert!(!holds(&other, &[]));
    // Of an empty tree all paths are the same: the last place but one is taken, and behind the last there is no height.
    for (height, stands) in [(u32::MAX - 1, true), (u32::MAX, false)] {
        let mut inputs = told();
        inputs.old.height = height.into();
        assert_eq!(holds(&inputs, &[]), stands, "{height}");
    }
}

/// Whatever else a prover writes into the statement, its digest is that of what was done.
#[test]
fn the_statement_is_no_provers_choice() {
    let inputs = told();
    let stated = circuit().targets().end.statement;
    let honest = statement(&inputs, List::EMPTY);
    for (digest, value) in [
        (stated.old, honest.old),
        (stated.new, honest.new),
        (stated.certificate, honest.certificate),
        (stated.dependencies, honest.dependencies),
        (stated.validity, honest.validity),
        (stated.list_out.digest(), honest.list_out.into()),
    ] {
        // All four are written, so that whatever hashes them goes on from there.
        for at in 0..4 {
            let mut other = elements(value);
            other[at] += F::ONE;
            let mut forged: Vec<_> = digest.elements.into_iter().zip(other).collect();
            // Of a target that is there four times the first value counts.
            forged.swap(0, at);
            assert!(!holds(&inputs, &forged), "{at}");
        }
    }
}
