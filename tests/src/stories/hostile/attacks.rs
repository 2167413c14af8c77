//! What the network tries, one thing at a time.

use alloy_primitives::aliases::U512;
use alloy_primitives::{Address, B256, U256};
use anyhow::Result;
use causeway_ledger::{Because, CertificateRef, Dependency, LedgerError, Sums};
use causeway_types::{
    Certificate, Contingency, Exit, ExitRoot, GlobalIndex, ImportedExit, LeafType, StateRoot, TokenId,
};

use super::imports::{forges_a_leaf, imports_twice, imports_what_was_never_exported};
use super::{Crook, exit};
use crate::stories::imports::settled_import;
use crate::stories::refusals::{admitted, left_out, not_what_was_signed, rule};
use crate::stories::{authorised, on};
use crate::world::{A, L1, Party, World};

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
    pub(super) fn usdc(&self) -> TokenId {
        self.world.token("USDC")
    }

    /// An exit to Ethereum.
    fn out(&self, token: TokenId, amount: u64) -> Exit {
        exit(token, (L1, self.world.address(Party::Alice)), U256::from(amount))
    }

    fn exports(&self, exit: Exit) -> Result<Certificate> {
        self.crook.certificate(self.world, &[exit], Vec::new())
    }

    pub(super) fn imports(&self, imports: Vec<ImportedExit>) -> Result<Certificate> {
        self.crook.certificate(self.world, &[], imports)
    }

    /// The ledger refuses by this name, and A settles.
    pub(super) fn refused(&self, certificate: Certificate, expected: LedgerError) -> Result<()> {
        rule(self.world, self.honest, certificate, expected)
    }

    /// Nobody has what the certificate depends on, and A settles.
    pub(super) fn missing(&self, certificate: Certificate, dependency: Dependency) -> Result<()> {
        let epoch = self.world.judge(&[self.honest.clone(), certificate]);
        left_out(&epoch, 1, &Because::Missing(dependency))?;
        admitted(&epoch, &[A])
    }

    /// The deposit that waits.
    pub(super) fn waiting(&self) -> Result<ImportedExit> {
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
