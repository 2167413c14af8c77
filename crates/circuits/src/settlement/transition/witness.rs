//! What a prover of a transition fills in, and what its proof then states.

use alloy_primitives::{B256, U256};
use causeway_aggregation::F;
use causeway_ledger::inputs::{ImportInputs, Step, TransitionInputs};
use causeway_ledger::{
    BalanceAccess, BalanceLeaf, BalanceOpening, CertificateStatement, contingencies_digest,
    dependencies_digest, imports_digest,
};
use causeway_types::{BackingEntry, GoldilocksDigest, HistoryEntry, NetworkId, StateRoot, TokenId};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};

use super::body::BodyTargets;
use super::run::{CertificateRun, import_id};
use super::tokens::TokenSum;
use super::{DependencyTarget, ImportTarget, TokenSumTarget};
use crate::keccak::{Entry, List};
use crate::settlement::TransitionStatement;
use crate::settlement::exits::{NO_EXIT, exit_entries};
use crate::targets::{root_entries, set_digest, set_u32};

/// The keccak blocks of a certificate: those of its steps in turn, then the exit root; none if there is no exit.
pub fn entries(inputs: &TransitionInputs) -> Vec<Entry> {
    let mut exits = inputs.exit_frontier.clone();
    let mut entries = Vec::new();
    for step in &inputs.steps {
        let taken = inputs.exits.get(step.exits.clone()).unwrap_or_default();
        entries.extend(exit_entries(taken, &exits));
        for exit in taken {
            // The ledger found room.
            let _ = exits.append(exit.leaf());
        }
    }
    if !inputs.exits.is_empty() {
        entries.extend(root_entries(&exits));
    }
    entries
}

/// What the proof of a certificate states that begins behind a list.
pub fn statement(inputs: &TransitionInputs, list_in: List) -> TransitionStatement {
    let imports: Vec<_> = inputs.imports.iter().map(import_id).collect();
    let contingencies: Vec<_> = inputs.contingencies.iter().map(|on| on.contingency).collect();
    let steps = inputs.steps.iter();
    let dependencies: Vec<_> = steps.flat_map(Step::dependency_entries).collect();
    let certificate = CertificateStatement {
        domain: inputs.domain,
        network: inputs.old.network,
        height: inputs.old.height,
        expiry: inputs.expiry,
        old_state_root: inputs.old.state_root,
        new_state_root: inputs.new.state_root,
        exit_count: inputs.new.exit_count,
        shadow_root: inputs.new.shadow_root,
        imports: imports_digest(&imports),
        contingencies: contingencies_digest(&contingencies),
    };
    TransitionStatement {
        old: inputs.old.hash(),
        new: inputs.new.hash(),
        certificate: certificate.hash(),
        domain: inputs.domain,
        expiry: inputs.expiry,
        validity: GoldilocksDigest::ZERO,
        dependencies: dependencies_digest(&dependencies),
        list_in,
        list_out: list_in.extend(&entries(inputs)),
    }
}

impl BodyTargets {
    /// Fills a step's witness, given the run before it and the sums of the whole certificate; `None` if there is more than a step
    /// takes.
    pub(super) fn set(
        &self,
        witness: &mut PartialWitness<F>,
        inputs: &TransitionInputs,
        step: &Step,
        before: &CertificateRun,
        sums: &[TokenSum],
    ) -> Option<()> {
        self.set_dependencies(witness, step)?;
        self.set_imports(witness, inputs.imports.get(step.imports.clone())?, step)?;
        let exits = inputs.exits.get(step.exits.clone())?;
        self.exits
            .set(witness, exits, &before.exits, before.shadow.branch())?;
        let (openings, sums) = (
            inputs.balances.get(step.tokens.clone())?,
            sums.get(step.tokens.clone())?,
        );
        self.set_tokens(witness, openings, sums)
    }

    fn set_dependencies(&self, witness: &mut PartialWitness<F>, step: &Step) -> Option<()> {
        let entries = padded(&step.dependencies, self.dependencies.slots.len())?;
        for (slot, entry) in self.dependencies.slots.iter().zip(entries) {
            slot.set(witness, entry)?;
        }
        let slots = padded(&step.contingency_slots, self.contingencies.len())?;
        for (contingency, slot) in self.contingencies.iter().zip(slots) {
            witness.set_bool_target(contingency.active, slot.is_some()).ok()?;
            set_usize(witness, contingency.dependency, slot.copied().unwrap_or_default())?;
        }
        Some(())
    }

    fn set_imports(
        &self,
        witness: &mut PartialWitness<F>,
        imports: &[ImportInputs],
        step: &Step,
    ) -> Option<()> {
        let imports: Vec<_> = imports.iter().zip(&step.import_slots).collect();
        for (slot, import) in self.imports.iter().zip(padded(&imports, self.imports.len())?) {
            slot.set(witness, import.copied())?;
        }
        Some(())
    }

    fn set_tokens(
        &self,
        witness: &mut PartialWitness<F>,
        openings: &[BalanceOpening],
        sums: &[TokenSum],
    ) -> Option<()> {
        let tokens: Vec<_> = openings.iter().zip(sums).collect();
        for (slot, token) in self.tokens.iter().zip(padded(&tokens, self.tokens.len())?) {
            let Some((opening, sum)) = token else {
                slot.set_nothing(witness)?;
                continue;
            };
            witness.set_bool_target(slot.active, true).ok()?;
            slot.token.set(witness, &opening.token)?;
            slot.balance.set(witness, &opening.balance.to_be_bytes::<32>())?;
            slot.access.set(witness, &opening.access)?;
            witness.set_target_arr(&slot.words, &sum.elements()).ok()?;
            witness.set_target(slot.moves, sum.number()).ok()?;
            let carries = sum.carries(opening.access.initial());
            witness.set_target_arr(&slot.carries, &carries).ok()?;
        }
        Some(())
    }
}

impl DependencyTarget {
    fn set(&self, witness: &mut PartialWitness<F>, entry: Option<&BackingEntry>) -> Option<()> {
        witness.set_bool_target(self.active, entry.is_some()).ok()?;
        let nothing = (
            NetworkId::MAINNET,
            HistoryEntry {
                height: 0,
                state_root: StateRoot::EMPTY,
                shadow_root: GoldilocksDigest::ZERO,
                exit_count: 0,
            },
        );
        let (network, entry) = entry.map_or(nothing, |entry| match entry {
            BackingEntry::Network { network, entry } => (*network, *entry),
            BackingEntry::L1(l1) => (
                NetworkId::MAINNET,
                HistoryEntry {
                    height: l1.exit_count.into(),
                    state_root: StateRoot::EMPTY,
                    shadow_root: l1.shadow_root,
                    exit_count: l1.exit_count,
                },
            ),
        });
        set_u32(witness, self.network, network.get())?;
        self.entry.height.set(witness, &entry.height.to_be_bytes())?;
        self.entry
            .state_root
            .set(witness, B256::from(entry.state_root).as_slice())?;
        set_digest(witness, self.entry.shadow_root, entry.shadow_root)?;
        set_u32(witness, self.entry.exit_count, entry.exit_count)
    }
}

impl ImportTarget {
    fn set(&self, witness: &mut PartialWitness<F>, import: Option<(&ImportInputs, &usize)>) -> Option<()> {
        witness.set_bool_target(self.active, import.is_some()).ok()?;
        let Some((import, &slot)) = import else {
            self.exit.set(witness, &NO_EXIT)?;
            set_u32(witness, self.leaf_index, 0)?;
            set_usize(witness, self.dependency, 0)?;
            self.shadow_path.set(witness, &[GoldilocksDigest::ZERO; 32])?;
            return self.nullifier_path.set(witness, &[GoldilocksDigest::ZERO; 64]);
        };
        self.exit.set(witness, &import.exit)?;
        set_u32(witness, self.leaf_index, import.leaf_index)?;
        set_usize(witness, self.dependency, slot)?;
        self.shadow_path.set(witness, import.shadow.siblings())?;
        self.nullifier_path.set(witness, &import.nullifier)
    }
}

impl TokenSumTarget {
    fn set_nothing(&self, witness: &mut PartialWitness<F>) -> Option<()> {
        witness.set_bool_target(self.active, false).ok()?;
        self.token.set(witness, &TokenId::ETH)?;
        self.balance.set(witness, &[0; 32])?;
        self.access.set(
            witness,
            &BalanceAccess::Present {
                index: 0,
                leaf: BalanceLeaf {
                    token: TokenId::ETH,
                    balance: U256::ZERO,
                    next: TokenId::ETH,
                },
                path: vec![GoldilocksDigest::ZERO; 32],
            },
        )?;
        let zeros = self.words.iter().chain(&self.carries).chain([&self.moves]);
        for &target in zeros {
            witness.set_target(target, F::ZERO).ok()?;
        }
        Some(())
    }
}

/// The items, then nothing; `None` if there are more than slots.
fn padded<T>(items: &[T], slots: usize) -> Option<impl Iterator<Item = Option<&T>>> {
    (items.len() <= slots).then(|| items.iter().map(Some).chain(std::iter::repeat(None)))
}

fn set_usize(witness: &mut PartialWitness<F>, target: Target, number: usize) -> Option<()> {
    witness.set_target(target, F::from_canonical_usize(number)).ok()
}
