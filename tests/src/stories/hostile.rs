//! A network whose operators do as they please, and sign it.
//!
//! Every attack is refused by name at the ledger, in an epoch in which an honest network settles; that a prover who does without the
//! ledger gets no further is shown where the circuits are (`crates/circuits/src/settlement/transition/tests`):
//!
//! | the network | the circuit |
//! | --- | --- |
//! | exports more than it holds | `sums::more_than_there_is_does_not_go_out`, `sums::the_balance_is_what_was_there_and_came_less_what_went` |
//! | imports twice, in two certificates or in one | `attacks::an_exit_is_imported_once` |
//! | imports what was never exported | `attacks::an_import_was_exported_is_addressed_here_and_comes_from_elsewhere`, `attacks::a_forged_tree_is_a_dependency_that_nobody_can_open` |
//! | forges a leaf, or takes another's | the same, `attacks::one_import::its_path_leads_to_the_root_of_its_entry`, `attacks::one_import::what_is_addressed_elsewhere_is_not_taken` |
//! | claims another's token as its own, or speaks in another's name | `attacks::anothers_token_is_not_ones_own`, `attacks::an_exit_that_the_bridge_refuses_is_no_exit` |
//! | rewrites its exit tree | `attacks::exits_are_appended_to_what_there_is` |
//! | overflows a sum | `sums::a_sum_above_what_a_balance_holds_is_refused_and_one_in_between_is_not`, `sums::carries_have_one_reading` |
//! | lies about its state root | `attacks::a_transition_states_the_digest_of_all_it_did`, `attacks::balances_and_history_are_those_of_the_old_state`; where its program proves it, `attest::the_proof_is_of_this_certificate` |
//! | keeps its payload to itself | `anchor::transitions_are_put_at_their_places_as_in_the_ledger`, `epoch::what_is_told_cannot_be_chosen` (both in `settlement/tests`) |

mod attacks;
mod imports;

use alloy_primitives::{Address, B256, Bytes, U256};
use anyhow::{Result, ensure};
use causeway_bindings::Settlement;
use causeway_ledger::{PayloadEntry, State, draft, payload_chain};
use causeway_types::{
    Authority, Certificate, EMPTY_METADATA_HASH, Exit, GlobalIndex, GoldilocksDigest, ImportedExit, LeafType,
    NetworkId, StateRoot, TokenId,
};

use super::imports::settled_import;
use super::refusals::{holds, lacks_only_proof, refused};
use super::together::send;
use super::{Prover, authorised, nobodys, of};
use crate::world::{A, Epoch, FORTUNE, L1, Party, World, signer};

/// A network joins, takes in a deposit and a token of its own that has the address of A's CAT, settles that beside A, and then tries
/// everything. In the end it takes its deposit out again, and no more.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn hostile(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let crook = Crook::join(world)?;
    let network = crook.network;
    let (usdc, cat) = (world.token("USDC"), world.token("CAT"));
    let deposit = |world: &mut World, amount: u64| {
        let amount = U256::from(amount);
        world.bridge_asset((L1, Party::Alice), (network, Party::Alice), usdc, amount, true)
    };
    let taken = deposit(world, 100)?;
    let waiting = deposit(world, 7)?;
    send(world, 5)?;
    let of_a = of(world, A)?;
    // Its own token may have any address: it is another token.
    let own = TokenId {
        network,
        address: cat.address,
    };
    let exits = [exit(own, (L1, world.address(Party::Bob)), U256::from(77))];
    let imports = vec![settled_import(world, taken)?];
    let certificate = crook.certificate(world, &exits, imports)?;
    let sent = crook.settles(world, &of_a, certificate, Some(taken), prover)?;
    world.claim(sent)?;
    holds(world, L1, own, Party::Bob, 77)?;
    holds(world, L1, cat, Party::Bob, 0)?;
    prover.tell("A network took in 100 USDC, and paid out 77 of a token of its own, which has CAT's address and is not CAT.");

    send(world, 5)?;
    let honest = of(world, A)?;
    let scene = attacks::Scene {
        world: &*world,
        crook: &crook,
        honest: &honest,
        taken,
        waiting,
        sent,
    };
    for (name, attack) in attacks::ALL {
        attack(&scene)?;
        prover.tell(&format!("It {name}: refused by name, and A would settle."));
    }
    let second = Crook::join(world)?;
    imports::overflows_a_sum(world, &crook, &second, &honest)?;
    prover.tell("It overflows a sum: refused by name, and A would settle.");

    let home = [exit(usdc, (L1, world.address(Party::Bob)), U256::from(100))];
    let certificate = crook.certificate(world, &home, Vec::new())?;
    let back = crook.settles(world, &honest, certificate, None, prover)?;
    world.claim(back)?;
    holds(world, L1, usdc, Party::Bob, FORTUNE + 100)?;
    world.check_claims()?;
    prover.tell("It takes out its 100 USDC, and no more.");
    Ok(())
}

/// The network.
#[derive(Debug)]
pub(super) struct Crook {
    network: NetworkId,
}

impl Crook {
    fn join(world: &mut World) -> Result<Self> {
        let network = world.join(Authority::signer(signer(world.next_network()))?)?;
        Ok(Self { network })
    }

    fn state<'a>(&self, world: &'a World) -> Result<&'a State> {
        let known = world.ledger().network(self.network);
        known
            .map(|known| known.state)
            .ok_or_else(|| anyhow::anyhow!("it joined"))
    }

    /// Its next certificate, signed.
    fn certificate(&self, world: &World, exits: &[Exit], imports: Vec<ImportedExit>) -> Result<Certificate> {
        let mut certificate = draft(self.state(world)?, exits.to_vec(), imports)?;
        certificate.state_root = Some(StateRoot::new(B256::repeat_byte(0x5a)));
        Ok(authorised(world, certificate))
    }

    /// Settles its certificate beside A's, though somebody tries to keep what is published; the place of its first exit.
    fn settles(
        &self,
        world: &mut World,
        of_a: &Certificate,
        certificate: Certificate,
        taken: Option<GlobalIndex>,
        prover: &mut dyn Prover,
    ) -> Result<GlobalIndex> {
        let epoch = world.judge(&[of_a.clone(), certificate.clone()]);
        let proof = prover.prove(world, &epoch, &mut nobodys)?;
        says_something_else(world, &epoch, &proof)?;
        keeps_its_payload(world, &epoch, &proof)?;
        if let Some(taken) = taken {
            world.imported(self.network, taken)?;
        }
        let first = world.exported(self.network, &certificate.exits)?;
        let settled = world.record(&[A, self.network], &epoch, &proof)?;
        ensure!(settled.networks == [A, self.network], "{:?}", settled.left_out);
        // With what was published, anybody has all leaves.
        let replay = world.source().rebuild(&world.logs())?;
        ensure!(*replay.state() == *world.state(), "a leaf is missing");
        Ok(first)
    }
}

/// An exit without metadata.
fn exit(token: TokenId, (network, whom): (NetworkId, Address), amount: U256) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token,
        destination_network: network,
        destination_address: whom,
        amount,
        metadata_hash: EMPTY_METADATA_HASH,
    }
}

/// A right proof is none of anything else that could be told.
fn says_something_else(world: &mut World, epoch: &Epoch, proof: &Bytes) -> Result<()> {
    let call = epoch.call(world.deployed().selector, proof);
    world.ask(&call)?;
    let changes: [fn(&mut Settlement::EpochInputs); 5] = [
        |inputs| inputs.newCommitment = GoldilocksDigest::reduced([9; 4]).into(),
        |inputs| inputs.rollupExitRoot = B256::repeat_byte(9),
        |inputs| inputs.deposits -= 1,
        |inputs| inputs.registryEntries -= 1,
        |inputs| inputs.expiry -= 1,
    ];
    for change in changes {
        let mut other = call.clone();
        change(&mut other.inputs);
        lacks_only_proof(world.ask(&other))?;
    }
    Ok(())
}

/// With a right proof: no payload, one without the last entry, one with another state root, one that ends within an entry.
fn keeps_its_payload(world: &mut World, epoch: &Epoch, proof: &Bytes) -> Result<()> {
    let call = epoch.call(world.deployed().selector, proof);
    world.ask(&call)?;
    let mut entries = epoch.outcome.payload();
    let withheld = |entries: &[PayloadEntry]| {
        let mut call = call.clone();
        call.payload = entries.iter().flat_map(PayloadEntry::encode).collect();
        let mismatch = Settlement::PayloadMismatch {
            declared: epoch.public_values().payload_chain,
            computed: payload_chain(entries),
        };
        (call, mismatch)
    };
    let count = entries.len();
    for kept in [&entries[..0], &entries[..count - 1]] {
        let (call, mismatch) = withheld(kept);
        refused(world.ask(&call), &mismatch)?;
    }
    entries[count - 1].state_root = StateRoot::new(B256::repeat_byte(0x5b));
    let (other, mismatch) = withheld(&entries);
    refused(world.ask(&other), &mismatch)?;
    let mut cut = call.clone();
    cut.payload = cut.payload.slice(1..);
    let length = U256::from(cut.payload.len());
    refused(world.ask(&cut), &Settlement::PayloadNotWhole { length })
}
