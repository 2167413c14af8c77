//! What the ledger applies, the circuit proves, and states the same of it.

use super::*;
use crate::targets::elements;

/// The circuit holds, and its public inputs are zeros, the statement's digest, and nothing more.
fn follow(world: &World, certificate: &Certificate) {
    let inputs = inputs(world, certificate);
    let list_in = List::EMPTY.append(&crate::keccak::Entry::dummy());
    let witness = circuit().witness(&inputs, list_in).unwrap();
    let trace = Trace::honest(circuit().data(), &witness);
    assert_eq!(trace.violations(), []);
    let stated = statement(&inputs, list_in);
    let exposed = [[F::ZERO; 4], elements(stated.hash())].concat();
    assert_eq!(trace.public_inputs(), exposed);
}

#[test]
fn a_transition_is_a_standard_proof() {
    let rows = Transition::new().unwrap().rows();
    println!("a transition has {rows} rows of 8192");
}

#[test]
fn certificates_of_each_kind_are_followed() {
    let world = world();
    // Nothing at all; exports alone, of its own; the whole story.
    follow(&world, &certificate(&state(&world, A), vec![], vec![]));
    let exports = vec![exit(own(A), B, U256::MAX); 3];
    follow(&world, &certificate(&state(&world, A), exports, vec![]));
    let whole = story(&world);
    follow(&world, &whole);

    // The next one of the same network: balances are there, the trees are not empty.
    let world = settle(&world, authorised(whole));
    let exits = vec![exit(TOKEN, L1, U256::from(724)), exit(own(B), C, U256::from(5))];
    follow(&world, &certificate(&state(&world, A), exits, vec![]));
    // What A sent, imported by B: its own token comes home.
    let imports = vec![
        import(&world, exit(TOKEN, B, U256::from(300)), A, 0),
        import(&world, exit(own(B), B, U256::from(4)), A, 4),
    ];
    follow(&world, &certificate(&state(&world, B), vec![], imports));
}

/// Sixteen of each, eight tokens.
#[test]
fn a_certificate_fills_a_step() {
    let token = |at: u8| TokenId {
        network: L1,
        address: Address::repeat_byte(at),
    };
    let mut world = World::new(DOMAIN);
    for network in [A, B] {
        world
            .register(network, Authority::validity(key()).unwrap())
            .unwrap();
    }
    let deposits: Vec<_> = (0..16)
        .map(|at| exit(token(at % 8 + 1), A, U256::from(at) + U256::ONE))
        .collect();
    world.deposit(&deposits).unwrap();
    let imports = (0..)
        .zip(&deposits)
        .map(|(at, &exit)| import(&world, exit, L1, at))
        .collect();
    let exits = deposits
        .iter()
        .map(|&deposit| Exit {
            destination_network: B,
            ..deposit
        })
        .collect();
    follow(&world, &certificate(&state(&world, A), exits, imports));
}

/// A certificate that depends on what is only offered with it: the entries are those of the world after.
#[test]
fn a_cycle_is_proven_on_arrival() {
    let world = world();
    let on = |network, height, byte| Contingency {
        network,
        height,
        state_root: root(byte),
    };
    let mut of_a = authorised(certificate(&state(&world, A), vec![], vec![]));
    of_a.state_root = Some(root(0xa1));
    of_a.contingencies = vec![on(B, 1, 0xb2), on(B, 0, 0xb1)];
    let mut of_b = authorised(certificate(&state(&world, B), vec![], vec![]));
    of_b.state_root = Some(root(0xb2));
    of_b.contingencies = vec![on(A, 0, 0xa1)];
    let outcome = causeway_ledger::settle_epoch(&world, &[of_a, of_b]);
    assert_eq!(outcome.admitted.len(), 2);
    for admitted in &outcome.admitted {
        let inputs = TransitionInputs::new(&admitted.transition, &outcome.world).unwrap();
        assert!(holds(&inputs, &[]));
    }
}
