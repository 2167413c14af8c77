//! What the network tries, one thing at a time.

use alloy_primitives::aliases::U512;
use alloy_primitives::{Address, B256, U256};
use anyhow::{Context, Result};
use causeway_ledger::shadow::{ShadowTree, shadow_leaf, shadow_root};
use causeway_ledger::{Because, CertificateRef, Dependency, LedgerError, Sums, apply};
use causeway_types::{
    Backing, BackingEntry, Certificate, Contingency, Exit, ExitRoot, GlobalIndex, HistoryBacking,
    HistoryEntry, ImportedExit, L1Entry, LeafType, StateRoot, TokenId,
};

use super::{Crook, exit};
use crate::stories::imports::settled_import;
use crate::stories::refusals::{admitted, left_out, not_what_was_signed, rule};
use crate::stories::{authorised, on};
use crate::world::{A, B, L1, Party, World};

/// What the network has to work with.
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) crook: &'a Crook,
    /// A's certificate, with which none of this interferes.
    pub(super) honest: &'a Certificate,
    /// A deposit of 100 USDC that it took in.
    pub(super) taken: GlobalIndex,
    /// One of 7 that it did not.
    pub(super) waiting: GlobalIndex,
    /// Its own exit.
    pub(super) sent: GlobalIndex,
}

/// An attack.
pub(super) type Attack = fn(&Scene<'_>) -> Result<()>;

/// All attacks for which one network is enough.
pub(super) const ALL: [(&str, Attack); 7] = [
    ("exports more than it holds", exports_more_than_it_holds),
    ("imports twice", imports_twice),
    ("imports what was never exported", imports_what_was_never_exported),
    ("forges a leaf", forges_a_leaf),
    (
        "claims another's token as its own",
        claims_anothers_token_as_its_own,
    ),
    ("rewrites its exit tree", rewrites_its_exit_tree),
    ("lies about its state root", lies_about_its_state_root),
];

impl Scene<'_> {
    fn usdc(&self) -> TokenId {
        self.world.token("USDC")
    }

    /// An exit to Ethereum.
    fn out(&self, token: TokenId, amount: u64) -> Exit {
        exit(token, (L1, self.world.address(Party::Alice)), U256::from(amount))
    }

    fn exports(&self, exit: Exit) -> Result<Certificate> {
        self.crook.certificate(self.world, &[exit], Vec::new())
    }

    fn imports(&self, imports: Vec<ImportedExit>) -> Result<Certificate> {
        self.crook.certificate(self.world, &[], imports)
    }

    /// The ledger refuses by this name, and A settles.
    fn refused(&self, certificate: Certificate, expected: LedgerError) -> Result<()> {
        rule(self.world, self.honest, certificate, expected)
    }

    /// Nobody has what the certificate depends on, and A settles.
    fn missing(&self, certificate: Certificate, dependency: Dependency) -> Result<()> {
        let epoch = self.world.judge(&[self.honest.clone(), certificate]);
        left_out(&epoch, 1, &Because::Missing(dependency))?;
        admitted(&epoch, &[A])
    }

    /// The deposit that waits.
    fn waiting(&self) -> Result<ImportedExit> {
        settled_import(self.world, self.waiting)
    }
}

fn underflow(token: TokenId, initial: u64, exported: u64) -> LedgerError {
    LedgerError::BalanceUnderflow {
        token,
        sums: Box::new(Sums {
            initial: U256::from(initial),
            imported: U512::ZERO,
            exported: U512::from(exported),
        }),
    }
}

/// The history that backs an import.
fn history(import: &mut ImportedExit) -> Result<&mut HistoryBacking> {
    match &mut import.backing {
        Backing::History(history) => Ok(history),
        Backing::Claim(_) => Err(anyhow::anyhow!("it is backed by LxLy's paths")),
    }
}

fn exports_more_than_it_holds(scene: &Scene<'_>) -> Result<()> {
    let usdc = scene.usdc();
    scene.refused(scene.exports(scene.out(usdc, 101))?, underflow(usdc, 100, 101))?;
    // In two halves, of which either would do.
    let halves = [scene.out(usdc, 60), scene.out(usdc, 41)];
    let certificate = scene.crook.certificate(scene.world, &halves, Vec::new())?;
    scene.refused(certificate, underflow(usdc, 100, 101))?;
    // As the value of a message, which is Ethereum's ether.
    let message = Exit {
        leaf_type: LeafType::Message,
        token: TokenId {
            network: scene.crook.network,
            address: Address::repeat_byte(1),
        },
        ..scene.out(usdc, 1)
    };
    scene.refused(scene.exports(message)?, underflow(TokenId::ETH, 0, 1))
}

fn imports_twice(scene: &Scene<'_>) -> Result<()> {
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

fn imports_what_was_never_exported(scene: &Scene<'_>) -> Result<()> {
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

fn forges_a_leaf(scene: &Scene<'_>) -> Result<()> {
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

fn claims_anothers_token_as_its_own(scene: &Scene<'_>) -> Result<()> {
    let (world, network) = (scene.world, scene.crook.network);
    // A's token, of which nothing came here.
    let cat = world.token("CAT");
    scene.refused(scene.exports(scene.out(cat, 5))?, underflow(cat, 0, 5))?;
    // Something in A's name.
    let message = Exit {
        leaf_type: LeafType::Message,
        token: TokenId {
            network: A,
            address: world.address(Party::Alice),
        },
        ..scene.out(cat, 0)
    };
    let error = LedgerError::InvalidMessageOriginNetwork { exit: 0, origin: A };
    scene.refused(scene.exports(message)?, error)?;
    // Ether that it says is its own.
    let ether = TokenId {
        network,
        address: Address::ZERO,
    };
    let error = LedgerError::InvalidL1TokenInfo {
        exit: 0,
        leaf_type: LeafType::Transfer,
        origin: network,
    };
    scene.refused(scene.exports(scene.out(ether, 5))?, error)
}

fn rewrites_its_exit_tree(scene: &Scene<'_>) -> Result<()> {
    let expected = scene.crook.state(scene.world)?.exits().root();
    let own = TokenId {
        network: scene.crook.network,
        address: Address::repeat_byte(2),
    };
    let honest = scene.exports(scene.out(own, 1))?;
    // From the beginning, as if it had not sent anything.
    let mut rewritten = honest.clone();
    rewritten.prev_local_exit_root = ExitRoot::EMPTY;
    let error = LedgerError::MismatchPrevLocalExitRoot {
        declared: ExitRoot::EMPTY,
        expected,
    };
    scene.refused(rewritten, error)?;
    // To where its exits do not lead.
    let declared = ExitRoot::new(B256::repeat_byte(3));
    let mut rewritten = honest.clone();
    rewritten.new_local_exit_root = declared;
    let computed = honest.new_local_exit_root;
    scene.refused(
        rewritten,
        LedgerError::MismatchNewLocalExitRoot { declared, computed },
    )?;
    // A height that is settled, once more.
    let mut rewritten = honest;
    rewritten.height -= 1;
    let error = LedgerError::MismatchHeight {
        declared: 0,
        expected: 1,
    };
    scene.refused(rewritten, error)
}

fn lies_about_its_state_root(scene: &Scene<'_>) -> Result<()> {
    let world = scene.world;
    let honest = scene.imports(Vec::new())?;
    let other_root = StateRoot::new(B256::repeat_byte(0x5c));
    // Another than what it signed.
    let mut changed = honest.clone();
    changed.state_root = Some(other_root);
    let error = not_what_was_signed(world, &changed)?;
    scene.refused(changed.clone(), error)?;
    // It tells A one, and settles with the other: A does not settle with that.
    let promised = Contingency {
        state_root: other_root,
        ..on(&honest)?
    };
    let waits = Certificate {
        contingencies: vec![promised],
        ..scene.honest.clone()
    };
    let waits = authorised(world, waits);
    let epoch = world.judge(&[waits.clone(), honest.clone()]);
    let missing = Because::Missing(Dependency::Contingency(promised));
    left_out(&epoch, 0, &missing)?;
    admitted(&epoch, &[scene.crook.network])?;
    // It signs both: one of them is no certificate, and A settles with the one it waits for or not at all.
    let changed = authorised(world, changed);
    let both = [waits, honest.clone(), changed];
    let epoch = world.judge(&both);
    let first = CertificateRef {
        network: scene.crook.network,
        height: honest.height,
        position: 1,
    };
    left_out(&epoch, 2, &Because::Displaced(first))?;
    left_out(&epoch, 0, &missing)?;
    let [waits, honest, changed] = both;
    let epoch = world.judge(&[waits, changed, honest]);
    left_out(&epoch, 2, &Because::Displaced(first))?;
    admitted(&epoch, &[A, scene.crook.network])
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
