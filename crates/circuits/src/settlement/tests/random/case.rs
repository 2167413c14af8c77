//! What becomes of a lie.

use causeway_aggregation::ShapedProof;
use causeway_aggregation::check::Trace;
use causeway_ledger::State;
use causeway_ledger::inputs::TransitionInputs;
use plonky2::hash::hash_types::HashOutTarget;

use super::circuits::circuits;
use super::draw::Settled;
use super::follow::{Arrived, Followed, Place, made};
use super::*;
use crate::settlement::TransitionProof;
use crate::targets::digest_of;

/// What comes of a lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is taken for the truth.
    Believed,
    /// No witness holds.
    Unprovable,
    /// What is proven is another certificate than its network authorised.
    Unauthorised,
    /// What is proven depends on what nobody can open.
    Unmet,
    /// What is proven is not what Ethereum keeps.
    Denied,
}

/// An epoch, and whom a lie is about, by a number that is any.
pub(super) struct Case<'a> {
    pub(super) settled: &'a Settled,
    pub(super) followed: &'a Followed,
    pub(super) pick: usize,
}

/// One of these, if there are any.
pub(super) fn one<T>(all: &mut [T], pick: usize) -> Option<&mut T> {
    let count = all.len();
    all.get_mut(pick.checked_rem(count)?)
}

/// Balances as a prover opens them who says that they became these.
pub(super) fn reopen(before: &State, inputs: &mut TransitionInputs) {
    let mut tree = before.balances().clone();
    for opening in &mut inputs.balances {
        opening.access = tree.set(opening.token, opening.balance).unwrap();
    }
}

/// Balances as they follow from what the inputs move; none if that is more than there is.
pub(super) fn rebalance(before: &State, inputs: &mut TransitionInputs) -> Option<()> {
    let imports = inputs.imports.iter().map(|import| (import.exit, true));
    let exits = inputs.exits.iter().map(|exit| (*exit, false));
    let moves: Vec<_> = imports.chain(exits).collect();
    inputs.balances.retain_mut(|opening| {
        opening.balance = before.balances().get(opening.token);
        moves
            .iter()
            .any(|(exit, _)| exit.balance_token() == opening.token)
    });
    // In before out: only what is left in the end counts.
    for (exit, comes) in moves {
        let mut openings = inputs.balances.iter_mut();
        let Some(opening) = openings.find(|opening| opening.token == exit.balance_token()) else {
            continue;
        };
        let (balance, amount) = (opening.balance, exit.amount);
        opening.balance = if comes {
            balance.checked_add(amount)
        } else {
            balance.checked_sub(amount)
        }?;
    }
    inputs.steps[0].tokens = 0..inputs.balances.len();
    reopen(before, inputs);
    Some(())
}

impl Case<'_> {
    /// The certificate that the lie is about.
    pub(super) fn arrived(&self) -> &(Arrived, Place) {
        let all = &self.followed.arrived;
        &all[self.pick % all.len()]
    }

    /// The state before it.
    pub(super) fn before(&self) -> &State {
        let at = self.pick % self.followed.arrived.len();
        self.settled.outcome.admitted[at].transition.before()
    }

    /// Of who says something else of a certificate of one step.
    pub(super) fn transition(
        &self,
        lie: impl FnOnce(&Self, &mut TransitionInputs) -> Option<()>,
    ) -> Option<Fate> {
        let (arrived, place) = self.arrived();
        let mut inputs = arrived.inputs.clone();
        let circuit = &circuits().transition;
        circuit.witness(&inputs, arrived.list_in)?;
        lie(self, &mut inputs)?;
        let trace = Trace::honest(
            circuit.data(),
            &circuit.witness(&inputs, arrived.list_in).unwrap(),
        );
        if !trace.violations().is_empty() || !trace.waiting().is_empty() {
            return Some(Fate::Unprovable);
        }
        let said =
            |target: HashOutTarget| digest_of(target.elements.map(|element| trace.get(element).unwrap()));
        let targets = circuit.targets().end.statement;
        if said(targets.certificate) != arrived.digest {
            return Some(Fate::Unauthorised);
        }
        let mut whole = arrived.whole.clone();
        if said(targets.dependencies) == whole.statement.dependencies {
            return Some(Fate::Believed);
        }
        whole.statement.dependencies = said(targets.dependencies);
        state(&mut whole);
        let honest = inputs_hold(place, &arrived.whole)?;
        assert!(honest && !inputs_hold(place, &whole)?);
        Some(Fate::Unmet)
    }

    /// Of who puts something else at a certificate's place.
    pub(super) fn place(
        &self,
        lie: impl FnOnce(&Self, &mut Place, &mut TransitionProof) -> Option<()>,
    ) -> Option<Fate> {
        let (arrived, place) = self.arrived();
        let (mut place, mut whole) = (place.clone(), arrived.whole.clone());
        inputs_hold(&place, &whole)?;
        lie(self, &mut place, &mut whole)?;
        Some(match inputs_hold(&place, &whole)? {
            true => Fate::Believed,
            false => Fate::Unprovable,
        })
    }

    /// Of who joins what does not go together.
    pub(super) fn fold(&self, left: &Item, right: &Item) -> Option<Fate> {
        let circuit = &circuits().fold;
        Some(match made(circuit, circuit.witness(left, right)) {
            Some(_) => Fate::Believed,
            None => Fate::Unprovable,
        })
    }

    /// Of who tells of Ethereum what is not so: it holds, and is not what Ethereum compares.
    pub(super) fn denied(&self, told: Option<ShapedProof>, honest: &Item) -> Option<Fate> {
        Some(match told {
            None => Fate::Unprovable,
            Some(told) if told.public_inputs() == honest.proof.public_inputs() => Fate::Believed,
            Some(_) => Fate::Denied,
        })
    }
}

/// Whether a certificate stands at a place; none if it depends on more than is opened there.
fn inputs_hold(place: &Place, whole: &TransitionProof) -> Option<bool> {
    let circuit = &circuits().anchor;
    let witness = circuit.witness(whole, &place.inputs(), place.dependencies.len())?;
    Some(made(circuit, Some(witness)).is_some())
}

/// A proof that says the statement that is said to be its own.
pub(super) fn state(transition: &mut TransitionProof) {
    let said: [F; 4] = elements(transition.statement.hash());
    transition.proof.proof.public_inputs[4..8].copy_from_slice(&said);
}
