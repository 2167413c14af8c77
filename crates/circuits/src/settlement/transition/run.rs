//! What a certificate has done so far.

use causeway_aggregation::{D, F};
use causeway_ledger::frontier::Frontier;
use causeway_ledger::inputs::{ImportInputs, Step, TransitionInputs};
use causeway_ledger::poseidon::{Domain, Message};
use causeway_ledger::shadow::Shadow;
use causeway_ledger::{
    BalanceAccess, ExitFrontier, ImportId, contingencies_digest, dependencies_digest, imports_digest,
    nullifiers, shadow_leaf,
};
use causeway_types::{Exit, GlobalIndex, GoldilocksDigest, NetworkId, TokenId};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::moves::{Challenge, MovesTarget, amount_words};
use super::tokens::TokenSum;
use crate::targets::{
    BalanceTreeTarget, DigestTarget, MessageTarget, TokenTarget, U32Target, set_digest, set_u32,
};

/// Digests of runs.
pub const RUN: Domain = Domain::new("cw.run");

/// The network's roots, the certificate's chains and the sum of what moves, between two of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRun {
    /// The exit tree.
    pub exits: ExitFrontier,
    /// The shadow tree.
    pub shadow: Frontier<Shadow>,
    /// Nullifier root.
    pub nullifier_root: GoldilocksDigest,
    /// Leaves of the balance tree.
    pub balance_count: u32,
    /// Its root, without the count.
    pub balance_tree: GoldilocksDigest,
    /// Chain of imports.
    pub imports: GoldilocksDigest,
    /// Chain of contingencies.
    pub contingencies: GoldilocksDigest,
    /// Chain of dependencies.
    pub dependencies: GoldilocksDigest,
    /// Chain of the tokens' sums.
    pub sums: GoldilocksDigest,
    /// The token of the newest of these, [`TokenId::ETH`] if there is none.
    pub last_token: TokenId,
    /// What moves, less what tokens come to.
    pub sum: QuadraticExtension<F>,
    /// How many moves of tracked tokens there were.
    pub moves: u32,
}

impl CertificateRun {
    /// Of a certificate that has done nothing yet.
    pub fn begin(inputs: &TransitionInputs) -> Self {
        Self {
            exits: inputs.exit_frontier.clone(),
            shadow: inputs.shadow_frontier.clone(),
            nullifier_root: inputs.old.nullifier_root,
            balance_count: inputs.balance_count,
            balance_tree: inputs.balance_tree,
            imports: GoldilocksDigest::ZERO,
            contingencies: GoldilocksDigest::ZERO,
            dependencies: GoldilocksDigest::ZERO,
            sums: GoldilocksDigest::ZERO,
            last_token: TokenId::ETH,
            sum: QuadraticExtension::ZERO,
            moves: 0,
        }
    }

    /// With one step more; `None` if an opening does not begin where the run stands.
    #[must_use]
    pub fn follow(
        &self,
        inputs: &TransitionInputs,
        step: &Step,
        (challenge, sums): (&Challenge, &[TokenSum]),
    ) -> Option<Self> {
        let mut after = self.clone();
        let network = inputs.old.network;
        for import in inputs.imports.get(step.imports.clone())? {
            let index = GlobalIndex::new(import.source, import.leaf_index);
            after.nullifier_root = nullifiers::nullify(index, &import.nullifier, after.nullifier_root)?;
            after.add_move(challenge, network, &import.exit, F::ONE);
        }
        for exit in inputs.exits.get(step.exits.clone())? {
            after.exits.append(exit.leaf()).ok()?;
            after.shadow.append(shadow_leaf(exit)).ok()?;
            after.add_move(challenge, network, exit, F::NEG_ONE);
        }
        let openings = inputs.balances.get(step.tokens.clone())?;
        for (opening, sum) in openings.iter().zip(sums.get(step.tokens.clone())?) {
            let access: &BalanceAccess = &opening.access;
            (after.balance_count, after.balance_tree) = access.follow(
                opening.token,
                opening.balance,
                after.balance_count,
                after.balance_tree,
            )?;
            after.sum -= challenge.fraction(sum.elements(), sum.number(), &sum.token);
            after.sums = sum.link(after.sums);
            after.last_token = sum.token;
        }
        let so_far = |end: usize| inputs.imports[..end].iter().map(import_id).collect::<Vec<_>>();
        after.imports = imports_digest(&so_far(step.imports.end));
        let named = inputs.contingencies.get(..step.contingencies.end)?;
        after.contingencies =
            contingencies_digest(&named.iter().map(|on| on.contingency).collect::<Vec<_>>());
        let steps = inputs.steps.iter().take_while(|earlier| *earlier != step);
        let dependencies = steps.chain([step]).flat_map(Step::dependency_entries);
        after.dependencies = dependencies_digest(&dependencies.collect::<Vec<_>>());
        Some(after)
    }

    fn add_move(&mut self, challenge: &Challenge, network: NetworkId, exit: &Exit, sign: F) {
        let token = exit.balance_token();
        if token.network != network {
            let words = amount_words(exit.amount).map(|word| sign * F::from_canonical_u32(word));
            self.sum += challenge.fraction(words, F::ONE, &token);
            self.moves += 1;
        }
    }

    /// The digest: 43 elements.
    pub fn hash(&self) -> GoldilocksDigest {
        let QuadraticExtension(sum) = self.sum;
        Message::new()
            .u32(self.exits.count())
            .digest(self.exits.digest())
            .digest(self.shadow.root())
            .digest(self.nullifier_root)
            .u32(self.balance_count)
            .digest(self.balance_tree)
            .digest(self.imports)
            .digest(self.contingencies)
            .digest(self.dependencies)
            .digest(self.sums)
            .token(self.last_token)
            .element(sum[0])
            .element(sum[1])
            .u32(self.moves)
            .hash(RUN)
    }
}

/// An import as its certificate names it.
pub(super) fn import_id(import: &ImportInputs) -> ImportId {
    ImportId {
        source: import.source,
        leaf_index: import.leaf_index,
        shadow_leaf: shadow_leaf(&import.exit),
    }
}

/// [`CertificateRun`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct RunTarget {
    /// Exits.
    pub exit_count: U32Target,
    /// Digest of the exit tree's frontier.
    pub frontier: DigestTarget,
    /// Shadow exit root.
    pub shadow_root: DigestTarget,
    /// Nullifier root.
    pub nullifier_root: DigestTarget,
    /// Balance tree.
    pub balances: BalanceTreeTarget,
    /// Chain of imports.
    pub imports: DigestTarget,
    /// Chain of contingencies.
    pub contingencies: DigestTarget,
    /// Chain of dependencies.
    pub dependencies: DigestTarget,
    /// Chain of the tokens' sums.
    pub sums: DigestTarget,
    /// The token of the newest of these; zero if there is none.
    pub last_token: TokenTarget,
    /// What moves.
    pub moves: MovesTarget,
}

impl RunTarget {
    /// A run that is the prover's word until its digest is compared: words included, which whoever began the run or took it a step
    /// further has constrained.
    pub(super) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            exit_count: U32Target::new_unchecked(builder.add_virtual_target()),
            frontier: builder.add_virtual_hash(),
            shadow_root: builder.add_virtual_hash(),
            nullifier_root: builder.add_virtual_hash(),
            balances: BalanceTreeTarget {
                count: U32Target::new_unchecked(builder.add_virtual_target()),
                root: builder.add_virtual_hash(),
            },
            imports: builder.add_virtual_hash(),
            contingencies: builder.add_virtual_hash(),
            dependencies: builder.add_virtual_hash(),
            sums: builder.add_virtual_hash(),
            last_token: TokenTarget::new_unchecked(builder),
            moves: MovesTarget {
                sum: builder.add_virtual_extension_target(),
                count: builder.add_virtual_target(),
            },
        }
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .u32(self.exit_count)
            .digest(self.frontier)
            .digest(self.shadow_root)
            .digest(self.nullifier_root)
            .u32(self.balances.count)
            .digest(self.balances.root)
            .digest(self.imports)
            .digest(self.contingencies)
            .digest(self.dependencies)
            .digest(self.sums)
            .token(&self.last_token)
            .elements_of(&self.moves.sum.0)
            .element(self.moves.count)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// The digest: six rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, RUN)
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, run: &CertificateRun) -> Option<()> {
        set_u32(witness, self.exit_count, run.exits.count())?;
        set_u32(witness, self.balances.count, run.balance_count)?;
        for (target, digest) in [
            (self.frontier, run.exits.digest()),
            (self.shadow_root, run.shadow.root()),
            (self.nullifier_root, run.nullifier_root),
            (self.balances.root, run.balance_tree),
            (self.imports, run.imports),
            (self.contingencies, run.contingencies),
            (self.dependencies, run.dependencies),
            (self.sums, run.sums),
        ] {
            set_digest(witness, target, digest)?;
        }
        self.last_token.set(witness, &run.last_token)?;
        let QuadraticExtension(sum) = run.sum;
        witness.set_target_arr(&self.moves.sum.0, &sum).ok()?;
        let moves = F::from_canonical_u32(run.moves);
        witness.set_target(self.moves.count, moves).ok()
    }
}
