//! Networks that prove their certificates themselves: nothing that they did not prove counts, occupies a height or is an offence of theirs.

use causeway_ledger::{apply, draft};
use causeway_relayer::desk::ToProve;
use serde_json::json;

use super::*;

/// Keeps nothing from being taken in but a second offence.
const STRICT: &str = "[[network]]\nid = 2\npolicy = { most_offences = 1 }\n";

/// A certificate, and what its network proves of it.
struct Made {
    certificate: Certificate,
    wanted: ToProve,
}

impl Made {
    fn proof(&self) -> Vec<u8> {
        mock_own_proof(self.wanted.key, self.wanted.digest)
    }
}

/// What is to be said in a certificate.
type Wish<'a> = &'a dyn Fn(&mut Certificate);

/// Certificates of B, which signs nothing, one on top of the other.
fn chain_of_b(world: &World, wishes: &[Wish<'_>]) -> Vec<Made> {
    let known = world.ledger().network(B).unwrap();
    let key = known.authority.validity_key().unwrap();
    assert_eq!(known.authority.signer_address(), None);
    let mut state = known.state.clone();
    let made = wishes.iter().map(|wish| {
        let mut certificate = draft(&state, Vec::new(), Vec::new()).unwrap();
        certificate.authority = Some(Authorisation::Validity { key });
        wish(&mut certificate);
        let transition = apply(&state, &certificate).unwrap();
        state = transition.after().clone();
        let wanted = ToProve {
            digest: transition.digest(),
            key,
        };
        Made { certificate, wanted }
    });
    made.collect()
}

fn one_of_b(world: &World) -> Made {
    chain_of_b(world, &[&|_| {}]).remove(0)
}

/// Another certificate of the same height.
fn rival_of_b(world: &World) -> Made {
    let expiry = Expiry::new(NOW.seconds() + 100_000);
    chain_of_b(world, &[&|certificate| certificate.expiry = expiry]).remove(0)
}

/// Of a network that signs and proves.
fn one_of_g(world: &mut World) -> Made {
    let dog = world.token("DOG");
    world
        .bridge_asset((G, Party::Alice), (L1, Party::Bob), dog, U256::from(5), false)
        .unwrap();
    let certificate = world.certificates(&[G]).unwrap().remove(0);
    let digest = world.digest(&certificate).unwrap();
    let key = certificate
        .authority
        .and_then(|named| named.validity_key())
        .unwrap();
    Made {
        certificate,
        wanted: ToProve { digest, key },
    }
}

impl Desk {
    fn submit_with(&self, certificate: &Certificate, proof: &[u8]) -> Result<Submitted, Refusal> {
        let json = CertificateJson::from(certificate.clone());
        self.coordinator
            .submit_with_proof(json, Some(proof), "test", self.clock)
    }

    fn own_proof(&self, submitted: &Submitted) -> Option<Vec<u8>> {
        let journal = self.coordinator.journal();
        journal.read(|view| view.own_proof(submitted.id)).unwrap()
    }

    /// The kinds of what was written down: nothing, if nothing was kept.
    fn is_empty(&self) -> bool {
        let journal = self.coordinator.journal();
        let counts = journal.read(|view| view.count_certificates()).unwrap();
        counts.is_empty()
    }

    fn verified(&self) -> usize {
        *self.own_proofs.verified.lock().unwrap()
    }

    fn offences(&self) -> u64 {
        let since = Timestamp::from_millis(0);
        let journal = self.coordinator.journal();
        journal.read(|view| view.count_offences(B, since)).unwrap()
    }
}

#[test]
fn a_network_that_signs_nothing_settles_what_it_proves() {
    let mut world = World::new().unwrap();
    let made = one_of_b(&world);
    let mut desk = Desk::of(&world, "");
    let ours = desk.submit_with(&made.certificate, &made.proof()).unwrap();
    assert_eq!((ours.standing, ours.reason.clone()), (Standing::Accepted, None));
    assert_eq!(desk.own_proof(&ours), Some(made.proof()));
    let (job, work) = desk.coordinator.lease("mock", desk.clock).unwrap().unwrap();
    let Work::Transition(_, own) = work else {
        panic!("a transition is asked for");
    };
    assert_eq!(own, Some(made.proof()), "its prover has it");
    desk.coordinator
        .proved_transition(&job, b"transition", desk.clock)
        .unwrap();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
    desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    assert_eq!(desk.prove(), 1);
    let judged = world.judge(std::slice::from_ref(&made.certificate));
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[B], &judged, &proof).unwrap();
    desk.follow(&world);
    assert_eq!(desk.standing(&ours), Standing::Settled);
}

#[test]
fn nothing_is_kept_of_what_a_network_did_not_prove() {
    let world = World::new().unwrap();
    let (made, rival) = (one_of_b(&world), rival_of_b(&world));
    let desk = Desk::of(&world, "");
    let to_prove = json!({ "to_prove": made.wanted });

    let refusal = desk.submit(&made.certificate).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.class, refusal.details),
        (Code::Unsigned, ReasonClass::Rebuild, to_prove.clone())
    );
    let mut unnamed = made.certificate.clone();
    unnamed.authority = None;
    let refusal = desk.submit_with(&unnamed, &made.proof()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.details),
        (Code::Unsigned, to_prove.clone())
    );
    let mut stolen = made.certificate.clone();
    let key = GoldilocksDigest::ZERO;
    stolen.authority = Some(Authorisation::Validity { key });
    let refusal = desk
        .submit_with(&stolen, &mock_own_proof(key, made.wanted.digest))
        .unwrap_err();
    assert_eq!(
        (refusal.code, refusal.details),
        (Code::Unauthorised, json!({ "rule": "invalid_validity_key" }))
    );
    assert_eq!(desk.verified(), 0, "cheap questions come first");

    for (what, proof) in [
        ("another key's", mock_own_proof(key, made.wanted.digest)),
        ("another certificate's", rival.proof()),
        ("rubbish", b"rubbish".to_vec()),
    ] {
        let refusal = desk.submit_with(&made.certificate, &proof).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.class, refusal.details),
            (Code::Unauthorised, ReasonClass::Operator, to_prove.clone()),
            "{what}"
        );
        assert!(refusal.message.ends_with(": no proof"), "{}", refusal.message);
    }
    assert!(desk.is_empty());
    assert_eq!(desk.offences(), 0);
    // The height is free.
    let ours = desk.submit_with(&rival.certificate, &rival.proof()).unwrap();
    assert_eq!(ours.standing, Standing::Accepted);
}

#[test]
fn a_network_that_signs_alone_is_asked_for_no_proof() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, _] = burn_and_mint_certificates(&mut world);
    let desk = Desk::of(&world, "");
    let refusal = desk.submit_with(&of_a, b"proof").unwrap_err();
    assert_eq!(
        (refusal.code, refusal.class, refusal.message.as_str()),
        (
            Code::Refused,
            ReasonClass::Rebuild,
            "its network signs its certificates: no proof of its own is asked for"
        )
    );
    assert!(desk.is_empty());
    let ours = desk.submit(&of_a).unwrap();
    let refusal = desk.submit_with(&of_a, b"proof").unwrap_err();
    assert_eq!(refusal.code, Code::Refused, "the same of one that is here");
    assert_eq!((desk.own_proof(&ours), desk.verified()), (None, 0));
}

#[test]
fn a_network_that_signs_and_proves_sends_its_proof_with_it_or_after_it() {
    let mut world = World::new().unwrap();
    let made = one_of_g(&mut world);
    let desk = Desk::of(&world, "");
    let refusal = desk.submit_with(&made.certificate, b"rubbish").unwrap_err();
    assert_eq!(refusal.code, Code::Unauthorised);
    assert!(desk.is_empty());
    let mut unsigned = made.certificate.clone();
    unsigned.authority = None;
    let refusal = desk.submit_with(&unsigned, &made.proof()).unwrap_err();
    assert_eq!(refusal.code, Code::Unsigned, "a proof is no signature");
    assert!(refusal.details["to_sign"].is_object());

    let ours = desk.submit_with(&made.certificate, &made.proof()).unwrap();
    assert_eq!((ours.standing, ours.reason.clone()), (Standing::Accepted, None));
    assert_eq!(desk.own_proof(&ours), Some(made.proof()));
    assert_eq!(desk.prove(), 1);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
}

#[test]
fn bytes_that_are_no_proof_do_not_stand_in_its_way() {
    let mut world = World::new().unwrap();
    let made = one_of_g(&mut world);
    let desk = Desk::of(&world, "");
    let ours = desk.submit(&made.certificate).unwrap();
    assert_eq!(ours.standing, Standing::Accepted);
    assert_eq!(desk.code(&ours).as_deref(), Some("own_proof_missing"));
    assert_eq!(desk.prove(), 0);
    let put = |bytes: &[u8]| desk.coordinator.submit_own_proof(ours.id, bytes, desk.clock);
    assert_eq!(put(b"rubbish").unwrap_err().code, Code::Unauthorised);
    assert_eq!(
        desk.submit_with(&made.certificate, b"rubbish").unwrap_err().code,
        Code::Unauthorised
    );
    assert_eq!(desk.own_proof(&ours), None);
    let answer = put(&made.proof()).unwrap();
    assert_eq!((answer.standing, answer.reason), (Standing::Accepted, None));
    assert_eq!(desk.own_proof(&ours), Some(made.proof()));
    assert_eq!(desk.prove(), 1);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
}

/// The same again, with or without a proof, changes nothing once a proof is here.
#[test]
fn the_same_again_is_answered_as_it_stands() {
    let mut world = World::new().unwrap();
    let (of_b, of_g) = (one_of_b(&world), one_of_g(&mut world));
    let desk = Desk::of(&world, "");
    let first = desk.submit_with(&of_b.certificate, &of_b.proof()).unwrap();
    let verified = desk.verified();
    for again in [
        desk.submit(&of_b.certificate),
        desk.submit_with(&of_b.certificate, &of_b.proof()),
        desk.submit_with(&of_b.certificate, b"another one"),
    ] {
        let known = true;
        assert_eq!(
            again.unwrap(),
            Submitted {
                known,
                ..first.clone()
            }
        );
    }
    assert_eq!(desk.verified(), verified);
    assert_eq!(desk.own_proof(&first), Some(of_b.proof()));

    // Known without one: it is kept, in the certificate's own request too.
    let other = desk.submit(&of_g.certificate).unwrap();
    assert_eq!(desk.own_proof(&other), None);
    let again = desk.submit_with(&of_g.certificate, &of_g.proof()).unwrap();
    assert_eq!((again.known, again.reason), (true, None));
    assert_eq!(desk.own_proof(&other), Some(of_g.proof()));
    assert_eq!(desk.prove(), 2);
    // It is proven: nothing more is asked of it.
    let again = desk.submit_with(&of_g.certificate, b"late").unwrap();
    assert_eq!((again.known, again.standing), (true, Standing::Confirmed));
}

#[test]
fn only_what_a_network_proved_is_an_offence_of_it() {
    let world = World::new().unwrap();
    let (made, rival) = (one_of_b(&world), rival_of_b(&world));
    let desk = Desk::of(&world, STRICT);
    let first = desk.submit_with(&made.certificate, &made.proof()).unwrap();
    let details = |equivocation: bool| json!({ "live": first.id, "equivocation": equivocation });

    let refusal = desk.submit(&rival.certificate).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.details),
        (Code::HeightConflict, details(false))
    );
    let refusal = desk.submit_with(&rival.certificate, b"rubbish").unwrap_err();
    assert_eq!(refusal.code, Code::Unauthorised);
    let refusal = desk.submit_with(&rival.certificate, &made.proof()).unwrap_err();
    assert_eq!(refusal.code, Code::Unauthorised);
    assert_eq!(desk.offences(), 0);

    let refusal = desk.submit_with(&rival.certificate, &rival.proof()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.details),
        (Code::HeightConflict, details(true))
    );
    assert_eq!(desk.offences(), 1);
    let refusal = desk.submit_with(&rival.certificate, &rival.proof()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.class),
        (Code::Blocked, ReasonClass::Operator)
    );
    assert_eq!(desk.standing(&first), Standing::Accepted);
}

/// Others are served while a proof is verified, and what they did counts.
#[test]
fn the_lock_is_not_held_while_a_proof_is_verified() {
    let world = World::new().unwrap();
    let (made, rival) = (one_of_b(&world), rival_of_b(&world));
    let desk = Desk::of(&world, "");
    let coordinator = desk.coordinator.clone();
    let (json, proof, clock) = (
        CertificateJson::from(rival.certificate.clone()),
        rival.proof(),
        desk.clock,
    );
    *desk.own_proofs.meanwhile.lock().unwrap() = Some(Box::new(move || {
        let taken = coordinator.submit_with_proof(json, Some(&proof), "test", clock);
        assert_eq!(taken.unwrap().standing, Standing::Accepted);
    }));
    let refusal = desk.submit_with(&made.certificate, &made.proof()).unwrap_err();
    assert_eq!(refusal.code, Code::HeightConflict);
    assert_eq!(refusal.details["equivocation"], true);
}

/// Two certificates of B of which the first waits for what never comes, and two of which the first is another one: the second is the same,
/// and what is proven of it is not.
fn two_pasts(world: &World) -> [[Made; 2]; 2] {
    let missing = |certificate: &mut Certificate| {
        certificate.contingencies = vec![Contingency {
            network: A,
            height: 7,
            state_root: StateRoot::EMPTY,
        }];
    };
    let other = |certificate: &mut Certificate| {
        certificate.state_root = Some(StateRoot::new(B256::repeat_byte(9)));
    };
    let root = Some(StateRoot::new(B256::repeat_byte(5)));
    let second = |certificate: &mut Certificate| certificate.state_root = root;
    let pasts: [[Wish<'_>; 2]; 2] = [[&missing, &second], [&other, &second]];
    let pasts = pasts.map(|past| <[Made; 2]>::try_from(chain_of_b(world, &past)).ok().unwrap());
    assert_eq!(pasts[0][1].certificate, pasts[1][1].certificate);
    assert_ne!(pasts[0][1].wanted, pasts[1][1].wanted);
    pasts
}

/// A proof is of one state before its certificate: on another one it says nothing, and another proof has to come.
#[test]
fn a_proof_counts_no_more_when_the_predecessor_is_another_one() {
    let world = World::new().unwrap();
    let [[first, mut next], [instead, again]] = two_pasts(&world);
    let mut desk = Desk::of(&world, "");
    let waiting = desk.submit_with(&first.certificate, &first.proof()).unwrap();
    assert_eq!(waiting.standing, Standing::Waiting);
    // It comes half an hour later, so that it is still there when the first one is given up.
    desk.clock = NOW.after(std::time::Duration::from_secs(1_800));
    desk.look(desk.read as u64, desk.read as u64, 0);
    let ours = desk.submit_with(&next.certificate, &next.proof()).unwrap();
    assert_eq!(ours.standing, Standing::Waiting);
    assert_eq!(desk.own_proof(&ours), Some(next.proof()));
    desk.clock = NOW.after(std::time::Duration::from_secs(3_700));
    desk.look(desk.read as u64, desk.read as u64, 0);
    desk.coordinator.forget();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&waiting), Standing::Expired);
    assert_eq!(desk.standing(&ours), Standing::Waiting);

    let better = desk.submit_with(&instead.certificate, &instead.proof()).unwrap();
    assert_eq!(better.standing, Standing::Accepted);
    assert_eq!(desk.standing(&ours), Standing::Waiting);
    assert_eq!(desk.code(&ours).as_deref(), Some("own_proof_missing"));
    assert_eq!(desk.prove(), 1, "only the first of them is proven");
    let put = |bytes: &[u8]| desk.coordinator.submit_own_proof(ours.id, bytes, desk.clock);
    assert_eq!(put(&next.proof()).unwrap_err().code, Code::Unauthorised);
    next.wanted = again.wanted;
    assert_eq!(put(&next.proof()).unwrap().standing, Standing::Accepted);
    assert_eq!(desk.own_proof(&ours), Some(again.proof()));
    assert_eq!(desk.prove(), 1);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
}

/// What a proof has to be of may become something else while it is verified.
#[test]
fn a_proof_is_of_what_is_wanted_when_it_is_kept() {
    let world = World::new().unwrap();
    let [[first, next], [instead, again]] = two_pasts(&world);
    let desk = Desk::of(&world, "");
    let waiting = desk.submit_with(&first.certificate, &first.proof()).unwrap();
    let coordinator = desk.coordinator.clone();
    let (json, proof, clock) = (
        CertificateJson::from(instead.certificate.clone()),
        instead.proof(),
        desk.clock,
    );
    *desk.own_proofs.meanwhile.lock().unwrap() = Some(Box::new(move || {
        give_up(&coordinator, waiting.id, clock);
        let taken = coordinator.submit_with_proof(json, Some(&proof), "test", clock);
        assert_eq!(taken.unwrap().standing, Standing::Accepted);
    }));
    let refusal = desk.submit_with(&next.certificate, &next.proof()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.details),
        (Code::Unauthorised, json!({ "to_prove": again.wanted }))
    );
    let ours = desk.submit_with(&again.certificate, &again.proof()).unwrap();
    assert_eq!(ours.standing, Standing::Accepted);
}

/// As an operator rejects it.
fn give_up(coordinator: &Coordinator, id: B256, now: Timestamp) {
    coordinator
        .journal()
        .change(now, |change| {
            change.move_certificate(id, Standing::Rejected, None)
        })
        .unwrap();
    coordinator.forget();
    coordinator.renew(now).unwrap();
}

/// Two certificates, one that takes the place of the first, and the proof of the second after that one.
fn another_first(world: &World) -> ([Made; 3], Vec<u8>) {
    let [_, [first, next]] = two_pasts(world);
    let root = Some(StateRoot::new(B256::repeat_byte(4)));
    let instead = chain_of_b(world, &[&|certificate| certificate.state_root = root]).remove(0);
    let state = apply(world.ledger().network(B).unwrap().state, &instead.certificate).unwrap();
    let digest = apply(state.after(), &next.certificate).unwrap().digest();
    let again = mock_own_proof(next.wanted.key, digest);
    ([first, next, instead], again)
}

#[test]
fn what_was_proven_on_another_state_is_proven_again() {
    let world = World::new().unwrap();
    let ([first, next, instead], again) = another_first(&world);
    let desk = Desk::of(&world, "");
    let before = desk.submit_with(&first.certificate, &first.proof()).unwrap();
    let ours = desk.submit_with(&next.certificate, &next.proof()).unwrap();
    assert_eq!(desk.prove(), 2);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);

    give_up(&desk.coordinator, before.id, desk.clock);
    desk.submit_with(&instead.certificate, &instead.proof()).unwrap();
    assert_eq!(desk.standing(&ours), Standing::Waiting);
    let known = desk.submit_with(&next.certificate, &again).unwrap();
    assert_eq!((known.known, known.standing), (true, Standing::Accepted));
    assert_eq!(desk.prove(), 2);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
}

/// A prover that was at the old state when the certificate got another one comes too late: what it brings counts for nothing.
#[test]
fn a_late_proof_of_another_state_counts_for_nothing() {
    let world = World::new().unwrap();
    let ([first, next, instead], again) = another_first(&world);
    let desk = Desk::of(&world, "");
    let before = desk.submit_with(&first.certificate, &first.proof()).unwrap();
    let ours = desk.submit_with(&next.certificate, &next.proof()).unwrap();
    let lease = || desk.coordinator.lease("mock", desk.clock).unwrap().unwrap().0;
    let (_, late) = (lease(), lease());
    assert_eq!(late.subject, ours.id.to_string());

    give_up(&desk.coordinator, before.id, desk.clock);
    desk.submit_with(&instead.certificate, &instead.proof()).unwrap();
    desk.submit_with(&next.certificate, &again).unwrap();
    desk.coordinator
        .proved_transition(&late, b"of the old state", desk.clock)
        .unwrap();
    assert_eq!(desk.standing(&ours), Standing::Accepted);
    desk.coordinator.forget();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&ours), Standing::Accepted);
    assert_eq!(desk.prove(), 2);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
}

/// A proof that its prover finds to be none after all goes; its certificate counts for nobody until another comes.
#[test]
fn what_the_prover_refuses_makes_room_for_another_proof() {
    let world = World::new().unwrap();
    let made = one_of_b(&world);
    let desk = Desk::of(&world, "");
    let ours = desk.submit_with(&made.certificate, &made.proof()).unwrap();
    let (job, _) = desk.coordinator.lease("mock", desk.clock).unwrap().unwrap();
    let error = ProverError::OwnProof("none".to_owned());
    desk.coordinator
        .not_proved(&job, "mock", &error, desk.clock)
        .unwrap();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&ours), Standing::Waiting);
    assert_eq!(desk.code(&ours).as_deref(), Some("own_proof_missing"));
    let again = desk.submit_with(&made.certificate, &made.proof()).unwrap();
    assert_eq!((again.known, again.standing), (true, Standing::Accepted));
    assert_eq!(desk.prove(), 1);
    assert_eq!(desk.standing(&ours), Standing::Confirmed);
}
