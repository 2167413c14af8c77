//! What the network says it took in.

use alloy_primitives::aliases::U512;
use alloy_primitives::{Address, U256};
use anyhow::{Context, Result, bail};
use causeway_ledger::shadow::{ShadowTree, shadow_leaf, shadow_root};
use causeway_ledger::{Because, Dependency, LedgerError, Sums, apply};
use causeway_types::{
    Backing, BackingEntry, Certificate, GlobalIndex, HistoryBacking, HistoryEntry, ImportedExit, L1Entry,
    TokenId,
};

use super::attacks::Scene;
use super::{Crook, exit};
use crate::stories::imports::settled_import;
use crate::stories::refusals::{admitted, left_out};
use crate::world::{A, B, L1, Party, World};

/// The history that backs an import.
fn history(import: &mut ImportedExit) -> Result<&mut HistoryBacking> {
    match &mut import.backing {
        Backing::History(history) => Ok(history),
        Backing::Claim(_) => bail!("it is backed by LxLy's paths"),
    }
}

pub(super) fn imports_twice(scene: &Scene<'_>) -> Result<()> {
    let again = scene.imports(vec![settled_import(scene.world, scene.taken)?])?;
    let global_index = scene.taken;
    scene.refused(
        again,
        LedgerError::AlreadyImported {
            import: 0,
            global_index,
        },
    )?;
    let twice = scene.imports(vec![scene.waiting()?, scene.waiting()?])?;
    let global_index = scene.waiting;
    scene.refused(
        twice,
        LedgerError::AlreadyImported {
            import: 1,
            global_index,
        },
    )
}

pub(super) fn imports_what_was_never_exported(scene: &Scene<'_>) -> Result<()> {
    let to = (scene.crook.network, scene.world.address(Party::Alice));
    let invented = exit(scene.usdc(), to, U256::from(1_000));
    // Behind the last exit of Ethereum's.
    let exit_count = scene.world.ledger().l1().exit_count;
    let mut beyond = scene.waiting()?;
    beyond.exit = invented;
    beyond.global_index = GlobalIndex::new(L1, exit_count);
    let error = LedgerError::ImportBeyondExitCount {
        import: 0,
        leaf_index: exit_count,
        exit_count,
    };
    scene.refused(scene.imports(vec![beyond])?, error)?;

    // In a tree of its own making, which it says is Ethereum's, A's, or A's after this epoch.
    let mut tree = ShadowTree::new();
    tree.extend(&[shadow_leaf(&invented); 2])?;
    let import = |index, entry| ImportedExit {
        exit: invented,
        global_index: index,
        backing: Backing::History(HistoryBacking {
            entry,
            path: tree.path(1),
        }),
    };
    let entry = L1Entry {
        exit_count: tree.count(),
        shadow_root: tree.root(),
    };
    let of_l1 = import(GlobalIndex::new(L1, 1), BackingEntry::L1(entry));
    scene.missing(scene.imports(vec![of_l1])?, Dependency::L1(entry))?;
    for height in [scene.honest.height - 1, scene.honest.height] {
        let network = A;
        let entry = HistoryEntry {
            height,
            state_root: scene.honest.state_root.context("it has a state root")?,
            shadow_root: tree.root(),
            exit_count: tree.count(),
        };
        let of_a = import(GlobalIndex::new(A, 1), BackingEntry::Network { network, entry });
        scene.missing(scene.imports(vec![of_a])?, Dependency::Entry { network, entry })?;
    }
    Ok(())
}

pub(super) fn forges_a_leaf(scene: &Scene<'_>) -> Result<()> {
    // More than was sent.
    let mut forged = scene.waiting()?;
    forged.exit.amount += U256::ONE;
    let (leaf, index) = (shadow_leaf(&forged.exit), forged.global_index.leaf_index());
    let backing = history(&mut forged)?;
    let error = LedgerError::InvalidShadowPath {
        import: 0,
        declared: backing.entry.shadow_root(),
        computed: shadow_root(leaf, index, &backing.path),
    };
    scene.refused(scene.imports(vec![forged])?, error)?;
    // Another's.
    let to_b = send_index(scene)?;
    let others = settled_import(scene.world, to_b)?;
    let error = LedgerError::InvalidExitNetwork {
        import: 0,
        destination: B,
    };
    scene.refused(scene.imports(vec![others])?, error)?;
    // Its own.
    let own = settled_import(scene.world, scene.sent)?;
    let error = LedgerError::ImportFromSameNetwork { import: 0 };
    scene.refused(scene.imports(vec![own])?, error)?;
    // One network's as if it were another's.
    let mut moved = scene.waiting()?;
    moved.global_index = GlobalIndex::new(A, moved.global_index.leaf_index());
    let error = LedgerError::MismatchHistoryNetwork {
        import: 0,
        source_network: A,
        entry: L1,
    };
    scene.refused(scene.imports(vec![moved])?, error)
}

/// The place of what A sent to B and settled.
fn send_index(scene: &Scene<'_>) -> Result<GlobalIndex> {
    let mut sent = scene.world.sent();
    let found = sent.find(|sent| sent.index.source() == A && sent.exit.destination_network == B);
    Ok(found.context("A sent something to B")?.index)
}

/// A second network sends it all that a word holds, twice: it cannot take both in, but it can if one goes on.
pub(super) fn overflows_a_sum(
    world: &World,
    crook: &Crook,
    second: &Crook,
    honest: &Certificate,
) -> Result<()> {
    let token = TokenId {
        network: second.network,
        address: Address::repeat_byte(4),
    };
    let whom = world.address(Party::Alice);
    let exits = [exit(token, (crook.network, whom), U256::MAX); 2];
    let of_second = second.certificate(world, &exits, Vec::new())?;
    let transition = apply(second.state(world)?, &of_second)?;
    let imports: Vec<_> = (0..2)
        .map(|index| ImportedExit {
            exit: exits[index as usize],
            global_index: GlobalIndex::new(second.network, index),
            backing: Backing::History(HistoryBacking {
                entry: BackingEntry::Network {
                    network: second.network,
                    entry: *transition.entry(),
                },
                path: transition.after().shadow().path(index),
            }),
        })
        .collect();
    let hoards = crook.certificate(world, &[], imports.clone())?;
    let epoch = world.judge(&[honest.clone(), of_second.clone(), hoards]);
    let overflow = LedgerError::BalanceOverflow {
        token,
        sums: Box::new(Sums {
            initial: U256::ZERO,
            imported: U512::from(U256::MAX) + U512::from(U256::MAX),
            exported: U512::ZERO,
        }),
    };
    left_out(&epoch, 2, &Because::Refused(overflow))?;
    admitted(&epoch, &[A, second.network])?;
    let passes_on = crook.certificate(world, &[exit(token, (L1, whom), U256::MAX)], imports)?;
    let epoch = world.judge(&[honest.clone(), of_second, passes_on]);
    admitted(&epoch, &[A, crook.network, second.network])
}
