//! Imports of one exit: each forgery breaks one check and nothing else.

use super::*;

/// L1 made the same exit for A and for B.
fn imported() -> (World, TransitionInputs) {
    let mut world = World::new(DOMAIN);
    world.register(A, Authority::validity(key()).unwrap()).unwrap();
    let deposits = [A, B].map(|to| exit(TOKEN, to, U256::from(5)));
    world.deposit(&deposits).unwrap();
    let imports = vec![import(&world, deposits[0], L1, 0)];
    let inputs = inputs(&world, &certificate(&state(&world, A), vec![], imports));
    assert!(holds(&inputs, &[]));
    (world, inputs)
}

#[test]
fn its_path_leads_to_the_root_of_its_entry() {
    let (_, inputs) = imported();
    let sibling = circuit().targets().body.imports[0].shadow_path.siblings()[3];
    let honest = Trace::honest(
        circuit().data(),
        &circuit().witness(&inputs, List::EMPTY).unwrap(),
    )
    .get(sibling.elements[0])
    .unwrap();
    assert!(!holds(&inputs, &[(sibling.elements[0], honest + F::ONE)]));
}

#[test]
fn what_is_addressed_elsewhere_is_not_taken() {
    let (world, mut inputs) = imported();
    let import = &mut inputs.imports[0];
    import.exit.destination_network = B;
    import.leaf_index = 1;
    import.shadow = world.l1_shadow().path(1);
    import.nullifier = state(&world, A).nullifiers().path(GlobalIndex::new(L1, 1));
    assert!(!holds(&inputs, &[]));
}

/// L1 made one exit twice: which of the two is imported makes no difference but to their places.
fn twins() -> World {
    let mut world = World::new(DOMAIN);
    world.register(A, Authority::validity(key()).unwrap()).unwrap();
    world.deposit(&[exit(TOKEN, A, U256::from(5)); 2]).unwrap();
    world
}

/// A's certificate that imports these of the two.
fn importing(world: &World, places: &[u32]) -> Certificate {
    let imports = places.iter();
    let imports = imports.map(|&at| import(world, exit(TOKEN, A, U256::from(5)), L1, at));
    certificate(&state(world, A), vec![], imports.collect())
}

#[test]
fn it_is_taken_once_in_a_certificate() {
    let world = twins();
    let honest = inputs(&world, &importing(&world, &[0, 1]));
    assert!(holds(&honest, &[]));
    // Its place as it was before, or with the other one's path.
    let mut twice = honest.clone();
    twice.imports[1] = twice.imports[0].clone();
    assert!(!holds(&twice, &[]));
    twice.imports[1].nullifier = honest.imports[1].nullifier.clone();
    assert!(!holds(&twice, &[]));
}

#[test]
fn it_is_not_taken_again_in_a_later_certificate() {
    let world = twins();
    let first = importing(&world, &[0]);
    let settled = settle(&world, authorised(first.clone()));
    let honest = inputs(&settled, &importing(&settled, &[1]));
    assert!(holds(&honest, &[]));
    let mut again = honest;
    again.imports[0] = causeway_ledger::ImportInputs {
        nullifier: state(&settled, A).nullifiers().path(GlobalIndex::new(L1, 0)),
        ..inputs(&world, &first).imports[0].clone()
    };
    assert!(!holds(&again, &[]));
}

#[test]
fn nothing_is_found_where_there_is_no_entry() {
    let (_, inputs) = imported();
    let slot = &circuit().targets().body.dependencies.slots[0];
    assert!(!holds(&inputs, &[(slot.active.target, F::ZERO)]));
}
