//! Who speaks for a network, and who does not.

use alloy_primitives::U256;
use anyhow::{Context, Result, bail, ensure};
use causeway_aggregation::{F, KeyDigest};
use causeway_bindings::Settlement;
use causeway_circuits::settlement::{SettlementError, Stage};
use causeway_ledger::{Because, CertificateRef, LedgerError, TransitionInputs};
use causeway_prover::settlement::{ArrivalPlan, EpochContents, EpochError, EpochPlan};
use causeway_types::{Authorisation, Authority, GoldilocksDigest, NetworkId};
use plonky2::field::types::Field;

use super::refusals::{holds, lacks_only_proof, left_out, not_what_was_signed, refused, unproven};
use super::together::{send, settles};
use super::{Payments, Prover, nobodys, of};
use crate::world::{A, Epoch, L1, Party, World, WorldError, secret, secret_after, signer, signer_after};

/// Seconds for which an entry of the registry that is superseded still counts.
const GRACE: u64 = 60 * 60;

/// A payments chain's batch that its sequencer did not make, proven rightly by an outsider, with an epoch proof that is right too: the
/// contract refuses it until the sequencer signs, and then takes the very same proof.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn outsider(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let mut payments = Payments::join_signed(world)?;
    let (network, key) = (payments.network(), payments.key());
    let sequencer = signer(network);
    let advance = payments.withdraw(world.address(Party::Bob), 9)?;
    let unsigned = payments.certificate(&advance);
    let stranger = secret(NetworkId::new(u32::MAX));
    let by = |world: &World, secret: &_| -> Result<_> {
        let signature = world.sign(secret, &unsigned)?;
        Ok(advance.certificate(Authorisation::Both { signature, key }))
    };
    let [by_stranger, by_sequencer] = [by(world, &stranger)?, by(world, &secret(network))?];

    // By name at the ledger: no signature, another's, no proof, a proof of another program.
    let missing = LedgerError::MissingSignature { signer: sequencer };
    left_out(
        &world.judge(std::slice::from_ref(&unsigned)),
        0,
        &Because::Refused(missing),
    )?;
    let other = not_what_was_signed(world, &by_stranger)?;
    left_out(
        &world.judge(std::slice::from_ref(&by_stranger)),
        0,
        &Because::Refused(other),
    )?;
    let signature = world.sign(&secret(network), &unsigned)?;
    let unproven = advance.certificate(Authorisation::Signer { signature });
    let missing = LedgerError::MissingValidityProof;
    left_out(&world.judge(&[unproven]), 0, &Because::Refused(missing))?;
    let got = GoldilocksDigest::reduced([5, 6, 7, 8]);
    let of_another = advance.certificate(Authorisation::Both { signature, key: got });
    let other = LedgerError::InvalidValidityKey { expected: key, got };
    left_out(&world.judge(&[of_another]), 0, &Because::Refused(other))?;
    proven_by_another(&world.judge(std::slice::from_ref(&by_sequencer)), key)?;

    // By name at the contract: the outsider's epoch is proven, and lacks only what cannot be proven.
    let outsiders = world.judge_unsigned(std::slice::from_ref(&unsigned))?;
    let proof = prover.prove(world, &outsiders, &mut payments.own(&advance))?;
    prover.tell("An outsider proved a batch of the payments chain, and the epoch that settles it.");
    let selector = world.deployed().selector;
    let call = outsiders.call(selector, &proof);
    let not_approved = Settlement::NotApproved {
        index: U256::ZERO,
        signer: sequencer,
        digest: world.digest(&unsigned)?.into(),
    };
    refused(world.ask(&call), &not_approved)?;
    let strangers = world.judge_unsigned(std::slice::from_ref(&by_stranger))?;
    let invalid = Settlement::SignatureInvalid {
        index: U256::ZERO,
        signer: sequencer,
        recovered: signer(NetworkId::new(u32::MAX)),
    };
    refused(world.ask(&strangers.call(selector, &proof)), &invalid)?;
    let mut unnamed = call;
    (unnamed.authorisations, unnamed.signatures) = Default::default();
    let mismatch = Settlement::AuthorisationsMismatch {
        declared: outsiders.public_values().authorisations_chain,
        computed: Default::default(),
    };
    refused(world.ask(&unnamed), &mismatch)?;
    prover.tell("The contract refuses it: the sequencer did not sign.");

    let withdrawn = world.exported(network, &by_sequencer.exits)?;
    let epoch = world.judge(&[by_sequencer]);
    ensure!(
        epoch.public_values() == outsiders.public_values(),
        "a signature is no part of the statement"
    );
    let settled = world.record(&[network], &epoch, &proof)?;
    ensure!(settled.networks == [network], "{:?}", settled.left_out);
    payments.follow(advance);
    world.claim(withdrawn)?;
    holds(world, L1, payments.token(), Party::Bob, 9)?;
    prover.tell("Once he signed, it takes the same proof.");
    Ok(())
}

/// A certificate whose own proof is of another program than the authority's fits no epoch, whatever it says of its key.
fn proven_by_another(epoch: &Epoch, key: GoldilocksDigest) -> Result<()> {
    let admitted = epoch.outcome.admitted.first().context("it is admitted")?;
    let inputs = TransitionInputs::new(&admitted.transition, &epoch.outcome.world)?;
    let plan = |key: KeyDigest| -> Result<_> {
        let certified = ArrivalPlan::new(&inputs, Some(key))?.certified();
        let contents = EpochContents {
            domain: epoch.domain,
            registry: &epoch.registered,
            deposits: &epoch.deposits,
            certificates: vec![&certified],
        };
        Ok(EpochPlan::new(&epoch.old, &contents).map(|_| ()))
    };
    let digest = |words: [u64; 4]| KeyDigest::from_elements(words.map(F::from_canonical_u64));
    let refusal = plan(digest([5, 6, 7, 8]))?;
    let certificate = CertificateRef {
        network: admitted.certificate.network,
        height: admitted.certificate.height,
        position: 0,
    };
    let stage = Stage::Anchor;
    let source = SettlementError::OtherStatement { stage };
    let expected = Err(EpochError::Certificate { certificate, source });
    ensure!(refusal == expected, "{refusal:?}");
    plan(digest(key.words()))?.context("the right key fits")
}

/// A replaces its key while an epoch that the old one signed is on its way: that one settles within the grace, and not after; from then
/// on the old key speaks for nobody.
///
/// # Errors
/// Whatever goes wrong, and whatever settles that should not.
pub fn rotation(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    send(world, 2)?;
    let of_a = of(world, A)?;
    let epoch = world.judge(std::slice::from_ref(&of_a));
    let proof = prover.prove(world, &epoch, &mut nobodys)?;

    let now = |world: &mut World| -> u64 { world.chain(L1).evm().timestamp().saturating_to() };
    let rotated = Authority::signer(signer_after(A, 1))?;
    let entered = now(world);
    let too_soon = Settlement::RotationTooSoon {
        network: A.get(),
        notBefore: U256::from(entered + GRACE),
    };
    match world.rotate(A, rotated) {
        Err(WorldError::Evm(error)) => refused::<(), _>(Err(error), &too_soon)?,
        other => bail!("{other:?}, not {too_soon:?}"),
    }
    world.wait(GRACE);
    world.rotate(A, rotated)?;
    prover.tell("A has another key, and the epoch that is on its way was signed with the old one.");
    // Any certificate that is judged from now on is another key's.
    let old_key = Because::Refused(LedgerError::InvalidSignature {
        expected: signer_after(A, 1),
        recovered: signer(A),
    });
    left_out(&world.judge(std::slice::from_ref(&of_a)), 0, &old_key)?;

    let superseded = now(world);
    let call = epoch.call(world.deployed().selector, &proof);
    let late = Settlement::RegistrySuperseded {
        count: epoch.public_values().registry_entries,
        supersededAt: U256::from(superseded),
    };
    refused(world.ask_at(&call, superseded + GRACE), &late)?;
    world.ask_at(&call, superseded + GRACE - 1)?;
    world.wait(GRACE - 1);
    let settled = world.record(&[A], &epoch, &proof)?;
    ensure!(settled.networks == [A], "{:?}", settled.left_out);
    prover.tell("It settled within the grace.");

    send(world, 3)?;
    let next = of(world, A)?;
    let mut by_old = next.clone();
    let signature = world.sign(&secret(A), &next)?;
    by_old.authority = Some(Authorisation::Signer { signature });
    left_out(&world.judge(std::slice::from_ref(&by_old)), 0, &old_key)?;
    // Whoever does not ask is told by the contract.
    let thiefs = world.judge_unsigned(&[by_old])?;
    let invalid = Settlement::SignatureInvalid {
        index: U256::ZERO,
        signer: signer_after(A, 1),
        recovered: signer(A),
    };
    refused(world.ask(&unproven(world, &thiefs)), &invalid)?;
    let signature = world.sign(&secret_after(A, 1), &next)?;
    let mut honest = next;
    honest.authority = Some(Authorisation::Signer { signature });
    let call = unproven(world, &world.judge(std::slice::from_ref(&honest)));
    lacks_only_proof(world.ask(&call))?;
    settles(world, &[A], &[honest], prover)?;
    prover.tell("The new key signs, and the old one speaks for nobody.");
    Ok(())
}
