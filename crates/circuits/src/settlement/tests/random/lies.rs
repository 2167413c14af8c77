//! Provers who say something else than what happened, each in one place.

use causeway_ledger::{ShadowTree, Sources, shadow_leaf};
use causeway_types::{BackingEntry, Expiry};

use super::case::{Case, Fate, one, rebalance, reopen, state};
use super::circuits::circuits;
use super::follow::{made, own};
use super::*;
use crate::targets::digest_of;

/// What comes of a lie; none if there is nothing to lie about.
pub(super) type Lie = fn(&Case<'_>) -> Option<Fate>;

/// Every lie with its name, and what has to come of it.
pub(super) const LIES: [(&str, Fate, Lie); 28] = [
    ("an import of more", Fate::Unprovable, |case| {
        case.transition(|case, inputs| {
            one(&mut inputs.imports, case.pick)?.exit.amount += U256::ONE;
            rebalance(case.before(), inputs)
        })
    }),
    ("an import of another leaf", Fate::Unprovable, |case| {
        case.transition(|case, inputs| {
            let import = one(&mut inputs.imports, case.pick)?;
            import.leaf_index ^= 1 << (case.pick / 7 % 32);
            // Where that is the same exit once more, it is no lie.
            let tree: &ShadowTree = case.settled.outcome.world.shadow(import.source)?;
            (tree.leaf(import.leaf_index) != Some(shadow_leaf(&import.exit))).then_some(())
        })
    }),
    ("an import of what goes elsewhere", Fate::Unprovable, |case| {
        case.transition(|case, inputs| {
            one(&mut inputs.imports, case.pick)?.exit.destination_network = NetworkId::new(3);
            Some(())
        })
    }),
    ("an import left out, its amount kept", Fate::Unprovable, |case| {
        case.transition(|_, inputs| {
            let exit = inputs.imports.pop()?.exit;
            inputs.steps[0].imports.end -= 1;
            inputs.steps[0].import_slots.pop();
            let tracked = exit.balance_token().network != inputs.old.network;
            (tracked && !exit.amount.is_zero()).then_some(())
        })
    }),
    ("an import twice", Fate::Unprovable, |case| {
        case.transition(|case, inputs| {
            let slots = &mut inputs.steps[0].import_slots;
            let first = case.pick.checked_rem(slots.len().checked_sub(1)?)?;
            slots[first + 1] = slots[first];
            inputs.imports[first + 1] = inputs.imports[first].clone();
            rebalance(case.before(), inputs)
        })
    }),
    ("a balance of more", Fate::Unprovable, |case| {
        case.transition(|case, inputs| {
            one(&mut inputs.balances, case.pick)?.balance += U256::ONE;
            reopen(case.before(), inputs);
            Some(())
        })
    }),
    ("an exit that no balance pays", Fate::Unprovable, |case| {
        case.transition(|case, inputs| {
            let exit = one(&mut inputs.exits, case.pick)?;
            exit.amount += U256::ONE;
            (exit.balance_token().network != inputs.old.network).then_some(())
        })
    }),
    (
        "an exit of more of what is one's own",
        Fate::Unauthorised,
        |case| {
            case.transition(|case, inputs| {
                let exit = one(&mut inputs.exits, case.pick)?;
                exit.amount += U256::ONE;
                (exit.balance_token().network == inputs.old.network).then_some(())
            })
        },
    ),
    ("a height that is taken", Fate::Unprovable, |case| {
        case.transition(|_, inputs| {
            inputs.old.height = inputs.old.height.checked_sub(1)?;
            Some(())
        })
    }),
    ("another past", Fate::Unprovable, |case| {
        case.transition(|_, inputs| {
            inputs.old.history_root = some(0);
            Some(())
        })
    }),
    ("other balances before", Fate::Unprovable, |case| {
        case.transition(|_, inputs| {
            inputs.balance_tree = some(0);
            Some(())
        })
    }),
    ("another expiry", Fate::Unauthorised, |case| {
        case.transition(|case, inputs| {
            inputs.expiry = Expiry::new(case.pick as u64 % 1000);
            Some(())
        })
    }),
    ("another state root", Fate::Unauthorised, |case| {
        case.transition(|_, inputs| {
            inputs.new.state_root = StateRoot::new(B256::from(some(0)));
            Some(())
        })
    }),
    ("another deployment", Fate::Unauthorised, |case| {
        case.transition(|_, inputs| {
            inputs.domain.0[7] ^= 1;
            Some(())
        })
    }),
    ("a contingency dropped", Fate::Unauthorised, |case| {
        case.transition(|_, inputs| {
            inputs.contingencies.pop()?;
            inputs.steps[0].contingencies.end -= 1;
            inputs.steps[0].contingency_slots.pop().map(drop)
        })
    }),
    ("an entry that nobody has", Fate::Unmet, |case| {
        case.transition(|_, inputs| {
            let step = &mut inputs.steps[0];
            let named = |at: usize| step.contingency_slots.contains(&at);
            let entries = step.dependencies.iter_mut().enumerate();
            // Of one that is named the certificate says more.
            let entry = entries
                .filter(|(at, _)| !named(*at))
                .find_map(|(_, entry)| match entry {
                    BackingEntry::Network { entry, .. } => Some(entry),
                    BackingEntry::L1(_) => None,
                })?;
            entry.state_root = StateRoot::new(B256::from(some(0)));
            Some(())
        })
    }),
    (
        "a network's proof of another certificate",
        Fate::Unprovable,
        |case| {
            let (arrived, _) = case.arrived();
            arrived.authority.validity_key()?;
            let own = own(arrived.inputs.old.network, some(case.pick as u64));
            let circuit = &circuits().attest;
            let proof = made(circuit, circuit.witness(&arrived.transition, &own));
            Some(proof.map_or(Fate::Unprovable, |_| Fate::Believed))
        },
    ),
    ("another authority", Fate::Unprovable, |case| {
        case.place(|case, place, _| {
            let other = authority(case.pick as u8 % 100);
            (other != place.opening.authority).then(|| place.opening.authority = other)
        })
    }),
    ("another network's program", Fate::Unprovable, |case| {
        case.place(|_, _, whole| {
            whole.statement.validity = digest_of(key_of(99).elements());
            state(whole);
            Some(())
        })
    }),
    ("an expiry that is put off", Fate::Unprovable, |case| {
        case.place(|_, _, whole| {
            whole.statement.expiry = Expiry::new(whole.statement.expiry.get().checked_add(1)?);
            Some(())
        })
    }),
    ("a dependency that is not opened", Fate::Unprovable, |case| {
        case.place(|_, place, _| place.dependencies.pop().map(drop))
    }),
    ("a dependency under the root before", Fate::Unprovable, |case| {
        case.place(|case, place, _| {
            let opening = one(&mut place.dependencies, case.pick)?;
            *opening = case.settled.before.global().open(&opening.dependency).ok()?;
            Some(())
        })
    }),
    ("a certificate at another's place", Fate::Unprovable, |case| {
        case.place(|case, _, whole| {
            let all = &case.followed.arrived;
            let other = &all[(case.pick + 1) % all.len()].0.whole;
            let differs = other != whole;
            *whole = other.clone();
            differs.then_some(())
        })
    }),
    ("items in another order", Fate::Unprovable, |case| {
        let items = &case.followed.items;
        let [left, right] = items.get(case.pick % items.len()..)?.first_chunk()?;
        case.fold(right, left)
    }),
    ("an item twice", Fate::Unprovable, |case| {
        let item = case.followed.items.last()?;
        case.fold(item, item)
    }),
    ("a part of an epoch's items", Fate::Unprovable, |case| {
        let (circuit, followed) = (&circuits().epoch, case.followed);
        let (item, _) = followed.items.split_last().filter(|(_, rest)| !rest.is_empty())?;
        let proof = made(circuit, circuit.witness(item, &followed.opening, &followed.end));
        Some(proof.map_or(Fate::Unprovable, |_| Fate::Believed))
    }),
    ("an entry that Ethereum did not write", Fate::Denied, |case| {
        let (opening, circuit) = (&case.followed.opening, &circuits().registry);
        let mut entries = case.followed.registry.clone();
        entries.last_mut()?.new = authority(case.pick as u8 % 100 + 100);
        let (context, first) = (opening.shared().hash(), &case.followed.items[0]);
        let witness = circuit.witness(context, &opening.before, &entries, first.span.list_in);
        // It leads to another chain, and to another root.
        case.denied(made(circuit, witness), first)
    }),
    ("a deposit of more", Fate::Denied, |case| {
        let deposited = case.followed.deposited.as_ref()?;
        let mut run = deposited.run.clone();
        one(&mut run.exits, case.pick)?.amount += U256::ONE;
        let circuit = &circuits().deposit;
        // It leads to another root of L1's exits.
        case.denied(
            made(circuit, circuit.witness(&run, deposited.list_in)),
            &deposited.single,
        )
    }),
];
