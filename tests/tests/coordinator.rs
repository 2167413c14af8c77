//! The relayer's coordinator beside the worlds of revm: what it closes is what the world's own books say, and Ethereum takes it.

#![allow(clippy::unwrap_used)]

#[path = "coordinator/own_proofs.rs"]
mod own_proofs;

use std::path::Path;
use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::Settlement;
use causeway_journal::{
    Fingerprint, Header, JobKind, JobStanding, Journal, JournalError, NewJob, ReasonClass, Standing, Tier,
    Timestamp, Wallet,
};
use causeway_relayer::config::{EXAMPLE, Loaded};
use causeway_relayer::coordinator::{Coordinator, EpochPlan, Heights, Submission, Work};
use causeway_relayer::desk::{Code, Refusal, Submitted};
use causeway_relayer::known::Deployment;
use causeway_relayer::prove::{EpochProof, OwnProofs, ProverError};
use causeway_relayer::settle::Settler;
use causeway_tests::stories::{Mock, burn_and_mint};
use causeway_tests::world::{A, B, G, L1, Party, Verifier, World};
use causeway_types::{
    Authorisation, Certificate, CertificateJson, Contingency, Expiry, GoldilocksDigest, NetworkId, StateRoot,
};
use tempfile::TempDir;

/// Seconds: the worlds begin on 14 November 2023.
const NOW: Timestamp = Timestamp::from_millis(1_700_000_100_000);
/// What the worlds' mock takes for the program.
const PROGRAM: u64 = 0xca05e;

/// A coordinator that reads a world's Ethereum.
struct Desk {
    coordinator: Arc<Coordinator>,
    own_proofs: Arc<MockOwnProofs>,
    deployment: Deployment,
    selector: FixedBytes<4>,
    read: usize,
    clock: Timestamp,
    folder: TempDir,
    settings: String,
    /// The block after which it had everything when it began.
    began: Option<u64>,
}

impl Desk {
    fn of(world: &World, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = world.source();
        let deployment = Deployment {
            chain_id: causeway_tests::evm::LOCAL_CHAIN_ID,
            settlement: source.settlement,
            bridge: source.bridge,
            global_exit_root: world.l1_manager(),
        };
        let own_proofs = Arc::new(MockOwnProofs::default());
        let coordinator = open(folder.path(), &deployment, settings, &own_proofs);
        let began = coordinator.begin(deployment).unwrap();
        let mut desk = Self {
            coordinator,
            own_proofs,
            deployment,
            selector: world.deployed().selector,
            read: 0,
            clock: NOW,
            folder,
            settings: settings.to_owned(),
            began,
        };
        desk.follow(world);
        desk
    }

    /// The same after its process died.
    fn reopened(self) -> Self {
        let Self {
            coordinator,
            own_proofs,
            deployment,
            folder,
            ..
        } = self;
        drop(coordinator);
        let coordinator = open(folder.path(), &deployment, &self.settings, &own_proofs);
        let began = coordinator.begin(deployment).unwrap();
        let desk = Self {
            coordinator,
            own_proofs,
            deployment,
            selector: self.selector,
            read: self.read,
            clock: self.clock,
            folder,
            settings: self.settings,
            began,
        };
        desk.look(desk.read as u64, desk.read as u64, 0);
        desk
    }

    /// Reads on; every block counts as settled, and none is final.
    fn follow(&mut self, world: &World) {
        let logs = world.logs();
        let new = &logs[self.read..];
        self.read = logs.len();
        let header = Header {
            number: self.read as u64,
            hash: B256::with_last_byte(1),
            parent: B256::ZERO,
        };
        self.coordinator.extend(header, new, self.clock).unwrap();
        self.look(self.read as u64, self.read as u64, 0);
    }

    fn look(&self, head: u64, settled: u64, finalized: u64) {
        let heights = Heights {
            head: Some((head, self.clock.seconds())),
            settled,
            finalized,
            ..Heights::default()
        };
        let program = Some((U256::from(PROGRAM), self.selector));
        self.coordinator
            .note_heights(heights, program, self.clock)
            .unwrap();
        self.coordinator.renew(self.clock).unwrap();
    }

    fn submit(&self, certificate: &Certificate) -> Result<Submitted, Refusal> {
        let json = CertificateJson::from(certificate.clone());
        self.coordinator.submit(json, "test", self.clock)
    }

    fn standing(&self, submitted: &Submitted) -> Standing {
        let record = self
            .coordinator
            .journal()
            .read(|view| view.certificate(submitted.id));
        record.unwrap().unwrap().standing
    }

    fn code(&self, submitted: &Submitted) -> Option<String> {
        let record = self
            .coordinator
            .journal()
            .read(|view| view.certificate(submitted.id));
        record.unwrap().unwrap().reason.map(|reason| reason.code)
    }

    /// Proves all that is asked for, as a mock does.
    fn prove(&self) -> usize {
        let mut proven = 0;
        while let Some((job, work)) = self.coordinator.lease("mock", self.clock).unwrap() {
            match work {
                Work::Transition(..) => self
                    .coordinator
                    .proved_transition(&job, b"transition", self.clock)
                    .unwrap(),
                Work::Epoch(_, statement) => {
                    let proof = mock_proof(statement);
                    self.coordinator
                        .proved_epoch(&job, statement, &EpochProof { statement, proof }, self.clock)
                        .unwrap();
                }
            }
            proven += 1;
            self.coordinator.renew(self.clock).unwrap();
        }
        proven
    }
}

/// Takes the key and what it says for a proof.
#[derive(Default)]
struct MockOwnProofs {
    /// What happens while the next one is verified.
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// How many were verified.
    verified: Mutex<usize>,
}

impl std::fmt::Debug for MockOwnProofs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockOwnProofs").finish_non_exhaustive()
    }
}

impl OwnProofs for MockOwnProofs {
    fn check(&self, key: GoldilocksDigest, digest: GoldilocksDigest, proof: &[u8]) -> Result<(), String> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        *self.verified.lock().unwrap() += 1;
        (proof == mock_own_proof(key, digest))
            .then_some(())
            .ok_or_else(|| "no proof".to_owned())
    }
}

fn mock_own_proof(key: GoldilocksDigest, digest: GoldilocksDigest) -> Vec<u8> {
    [key, digest].map(|part| B256::from(part).0).concat()
}

fn mock_proof(statement: B256) -> Bytes {
    [U256::from(PROGRAM).to_be_bytes::<32>(), statement.0]
        .concat()
        .into()
}

fn open(
    folder: &Path,
    deployment: &Deployment,
    settings: &str,
    own_proofs: &Arc<MockOwnProofs>,
) -> Arc<Coordinator> {
    let text = EXAMPLE
        .replace("chain_id = 1\n", &format!("chain_id = {}\n", deployment.chain_id))
        .replace("max_wait = \"10m\"", "max_wait = \"0s\"")
        .replace("proving_margin = \"30m\"", "proving_margin = \"1m\"");
    let text = format!("{text}\n{settings}");
    let loaded = Loaded::parse(Path::new("test.toml"), &text, []).unwrap();
    let fingerprint = Fingerprint {
        chain_id: deployment.chain_id,
        genesis: None,
        settlement: deployment.settlement,
        bridge: deployment.bridge,
    };
    let journal = Journal::open(&folder.join("relayer.db"), &fingerprint).unwrap();
    let journal = Arc::new(journal);
    Arc::new(Coordinator::new(
        Arc::new(loaded.config),
        journal,
        own_proofs.clone(),
    ))
}

/// A and B with a burn on A that is minted on B before anything is final.
fn burn_and_mint_certificates(world: &mut World) -> [Certificate; 2] {
    let cat = world.token("CAT");
    let sent = world
        .bridge_asset((A, Party::Alice), (B, Party::Bob), cat, U256::from(60), false)
        .unwrap();
    world.inform_ahead(B).unwrap();
    world.claim(sent).unwrap();
    world.certificates(&[A, B]).unwrap().try_into().unwrap()
}

#[test]
fn a_burn_and_its_mint_settle_by_one_call_that_ethereum_takes() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    // B's comes first: what it imports is not here yet.
    let second = desk.submit(&of_b).unwrap();
    assert_eq!(second.standing, Standing::Waiting);
    assert_eq!(desk.code(&second).as_deref(), Some("dependency_missing"));
    let first = desk.submit(&of_a).unwrap();
    assert_eq!(first.standing, Standing::Accepted);
    assert_eq!(desk.standing(&second), Standing::Accepted, "A's makes B's good");
    assert_eq!(desk.standing(&second).tier(), Tier::PreConfirmed);
    // The same again is answered as it stands.
    let again = desk.submit(&of_a).unwrap();
    assert_eq!((again.id, again.known), (first.id, true));

    assert_eq!(desk.prove(), 2);
    assert_eq!(desk.standing(&first), Standing::Confirmed);
    assert_eq!(desk.standing(&second), Standing::Confirmed);
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    assert_eq!(
        desk.coordinator.close_epoch(desk.clock).unwrap(),
        None,
        "one is open"
    );
    assert_eq!(desk.standing(&first), Standing::Assigned);
    assert_eq!(desk.prove(), 1);

    // What is sent is what the world's own books make of the certificates.
    let judged = world.judge(&[of_a, of_b]);
    let record = desk
        .coordinator
        .journal()
        .read(|view| view.epoch(epoch))
        .unwrap()
        .unwrap();
    let plan = EpochPlan::of(&record).unwrap();
    assert_eq!(plan.statement, judged.public_values().statement());
    let submission = Submission::of(&record).unwrap().unwrap();
    let proof = world.deployed().mock_proof(&judged.public_values());
    let call = judged.call(desk.selector, &proof);
    assert_eq!(submission.calldata, Bytes::from(call.abi_encode()));

    world.record(&[A, B], &judged, &proof).unwrap();
    desk.follow(&world);
    assert_eq!(desk.standing(&first), Standing::Settled);
    assert_eq!(desk.coordinator.commitment(), Some(record.after));
    desk.look(desk.read as u64, desk.read as u64, desk.read as u64);
    assert_eq!(desk.standing(&first), Standing::Finalized);
    assert_eq!(desk.standing(&second).tier(), Tier::Finalized);

    // Another process finds all of it.
    let desk = desk.reopened();
    assert_eq!(desk.coordinator.commitment(), Some(record.after));
    assert_eq!(desk.standing(&second), Standing::Finalized);
    let networks = desk.coordinator.networks(desk.clock);
    let heights: Vec<_> = networks.iter().map(|network| network.settled_height).collect();
    assert_eq!(heights, [1, 1, 0]);
    assert!(networks.iter().all(|network| network.history_complete));
}

#[test]
fn what_is_refused_says_what_to_do() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let desk = Desk::of(&world, "");
    let refused = |certificate: &Certificate| {
        let refusal = desk.submit(certificate).unwrap_err();
        (refusal.code, refusal.class)
    };
    let mut unsigned = of_a.clone();
    unsigned.authority = None;
    let refusal = desk.submit(&unsigned).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.class),
        (Code::Unsigned, ReasonClass::Rebuild)
    );
    let digest = world.digest(&of_a).unwrap();
    assert_eq!(
        refusal.details["to_sign"]["digest"],
        B256::from(digest).to_string()
    );

    let mut stolen = of_a.clone();
    stolen.authority = of_b.authority;
    assert_eq!(refused(&stolen), (Code::Unauthorised, ReasonClass::Operator));
    let mut stranger = of_a.clone();
    stranger.network = NetworkId::new(77);
    assert_eq!(refused(&stranger), (Code::UnknownNetwork, ReasonClass::Operator));
    let mut late = of_a.clone();
    late.expiry = Expiry::new(NOW.seconds() + 30);
    assert_eq!(refused(&late), (Code::ExpiresTooSoon, ReasonClass::Rebuild));
    let mut early = of_a.clone();
    early.height = 3;
    let refusal = desk.submit(&early).unwrap_err();
    assert_eq!((refusal.code, refusal.class), (Code::Refused, ReasonClass::Wait));
    assert_eq!(refusal.details["rule"], "mismatch_height");
    // Nothing is kept of what is refused.
    let counts = desk
        .coordinator
        .journal()
        .read(|view| view.count_certificates())
        .unwrap();
    assert_eq!(counts, []);
}

#[test]
fn two_that_a_network_signed_for_one_height_are_an_offence() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, _] = burn_and_mint_certificates(&mut world);
    let desk = Desk::of(&world, "[[network]]\nid = 1\npolicy = { most_offences = 2 }\n");
    let first = desk.submit(&of_a).unwrap();
    let mut other = of_a.clone();
    other.expiry = Expiry::new(NOW.seconds() + 100_000);
    // Not signed: no offence of the network's.
    let refusal = desk.submit(&other).unwrap_err();
    assert_eq!(refusal.code, Code::HeightConflict);
    assert_eq!(refusal.details["equivocation"], false);
    world.authorise(&mut other);
    let refusal = desk.submit(&other).unwrap_err();
    assert_eq!(refusal.code, Code::HeightConflict);
    assert_eq!(refusal.details["live"], first.id.to_string());
    assert_eq!(refusal.details["equivocation"], true);
    // The same again is the same offence, in another form too.
    let mut again = other.clone();
    again.metadata = B256::repeat_byte(9);
    for rival in [&other, &again] {
        assert_eq!(desk.submit(rival).unwrap_err().code, Code::HeightConflict);
    }
    other.expiry = Expiry::new(NOW.seconds() + 200_000);
    world.authorise(&mut other);
    assert_eq!(desk.submit(&other).unwrap_err().code, Code::HeightConflict);
    // Now nothing of it is taken in.
    let refusal = desk.submit(&other).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.class),
        (Code::Blocked, ReasonClass::Operator)
    );
}

#[test]
fn what_waits_in_vain_expires_and_names_what_is_missing() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [_, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let waiting = desk.submit(&of_b).unwrap();
    assert_eq!(waiting.standing, Standing::Waiting);
    // L1's clock counts: where it stands still nobody is late.
    desk.clock = Timestamp::from_millis(NOW.millis() + 7_200_000);
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&waiting), Standing::Waiting);
    desk.look(desk.read as u64, desk.read as u64, 0);
    desk.coordinator.forget();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&waiting), Standing::Expired);
    let record = desk
        .coordinator
        .journal()
        .read(|view| view.certificate(waiting.id))
        .unwrap()
        .unwrap();
    let detail = record.reason.unwrap().detail;
    assert!(detail.contains("network 1 at height 0"), "{detail}");
}

#[test]
fn networks_that_accept_only_what_is_final_wait_for_it() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let policy = "[[network]]\nid = 2\npolicy = { accept_others = \"finalized\" }\n";
    let mut desk = Desk::of(&world, policy);
    let (first, second) = (desk.submit(&of_a).unwrap(), desk.submit(&of_b).unwrap());
    assert_eq!(second.standing, Standing::Waiting);
    assert_eq!(desk.code(&second).as_deref(), Some("policy"));
    assert_eq!(desk.prove(), 1);
    assert_eq!(desk.standing(&first), Standing::Confirmed);
    desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    desk.prove();
    let judged = world.judge(&[of_a]);
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[A], &judged, &proof).unwrap();
    desk.follow(&world);
    desk.coordinator.forget();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&second), Standing::Waiting, "settled is not final");
    desk.look(desk.read as u64, desk.read as u64, desk.read as u64);
    assert_eq!(desk.standing(&second), Standing::Accepted);
}

/// Certificates that hold only with each other are confirmed together, and not before both are proven.
#[test]
fn a_cycle_is_confirmed_together() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [mut of_a, mut of_b] = burn_and_mint_certificates(&mut world);
    let on = |certificate: &Certificate| Contingency {
        network: certificate.network,
        height: certificate.height,
        state_root: certificate.state_root.unwrap_or(StateRoot::EMPTY),
    };
    (of_a.contingencies, of_b.contingencies) = (vec![on(&of_b)], vec![on(&of_a)]);
    world.authorise(&mut of_a);
    world.authorise(&mut of_b);
    let desk = Desk::of(&world, "");
    let first = desk.submit(&of_a).unwrap();
    assert_eq!(first.standing, Standing::Waiting);
    let second = desk.submit(&of_b).unwrap();
    assert_eq!(
        (second.standing, desk.standing(&first)),
        (Standing::Accepted, Standing::Accepted)
    );
    let (job, _) = desk.coordinator.lease("mock", desk.clock).unwrap().unwrap();
    desk.coordinator
        .proved_transition(&job, b"one", desk.clock)
        .unwrap();
    desk.coordinator.renew(desk.clock).unwrap();
    let standings = [desk.standing(&first), desk.standing(&second)];
    assert!(
        standings.contains(&Standing::Proven) && standings.contains(&Standing::Accepted),
        "{standings:?}"
    );
    assert_eq!(desk.coordinator.close_epoch(desk.clock).unwrap(), None);
    assert_eq!(desk.prove(), 1);
    assert_eq!(
        [desk.standing(&first), desk.standing(&second)],
        [Standing::Confirmed; 2]
    );
}

/// Whatever comes in whatever order, where all stand is where they would stand if everything was judged at once.
#[test]
fn going_on_ends_where_judging_everything_would() {
    for (policy, together, mint_first, always) in [
        ("pre_confirmed", false, false),
        ("pre_confirmed", false, true),
        ("pre_confirmed", true, true),
        ("confirmed", false, false),
        ("confirmed", false, true),
        ("confirmed", true, false),
        ("finalized", false, true),
        ("finalized", true, true),
    ]
    .into_iter()
    .flat_map(|case| [(case, true), (case, false)])
    .map(|((policy, together, mint_first), always)| (policy, together, mint_first, always))
    {
        let mut world = World::signing(Verifier::Mock).unwrap();
        let [mut of_a, of_b] = burn_and_mint_certificates(&mut world);
        if together {
            of_a.contingencies = vec![Contingency {
                network: B,
                height: of_b.height,
                state_root: of_b.state_root.unwrap_or(StateRoot::EMPTY),
            }];
            world.authorise(&mut of_a);
        }
        let settings = format!("[[network]]\nid = 2\npolicy = {{ accept_others = \"{policy}\" }}\n");
        let desk = Desk::of(&world, &settings);
        let mut order = [of_a, of_b];
        if mint_first {
            order.reverse();
        }
        let mut submitted: Vec<Submitted> = Vec::new();
        let assert_whole = |submitted: &[Submitted]| {
            let stand = || -> Vec<_> {
                let one = |it: &Submitted| (desk.standing(it), desk.code(it));
                submitted.iter().map(one).collect()
            };
            let gone_on = stand();
            desk.coordinator.forget();
            desk.coordinator.renew(desk.clock).unwrap();
            assert_eq!(gone_on, stand(), "{policy}, {together}, {mint_first}");
        };
        for certificate in &order {
            submitted.push(desk.submit(certificate).unwrap());
            if always {
                assert_whole(&submitted);
            }
        }
        while let Some((job, work)) = desk.coordinator.lease("mock", desk.clock).unwrap() {
            assert!(matches!(work, Work::Transition(..)));
            desk.coordinator
                .proved_transition(&job, b"transition", desk.clock)
                .unwrap();
            if always {
                assert_whole(&submitted);
            }
        }
        assert_whole(&submitted);
        let confirmed = submitted
            .iter()
            .filter(|it| desk.standing(it) == Standing::Confirmed);
        let expected = if policy == "finalized" && !together { 1 } else { 2 };
        assert_eq!(confirmed.count(), expected, "{policy}, {together}, {mint_first}");
    }
}

#[test]
fn a_proof_that_says_something_else_is_never_kept() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let desk = Desk::of(&world, "");
    desk.submit(&of_a).unwrap();
    desk.submit(&of_b).unwrap();
    desk.prove();
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    let (job, work) = desk.coordinator.lease("mock", desk.clock).unwrap().unwrap();
    let Work::Epoch(_, statement) = work else {
        panic!("an epoch is asked for");
    };
    let other = B256::repeat_byte(7);
    let lie = EpochProof {
        statement: other,
        proof: mock_proof(other),
    };
    let refused = desk
        .coordinator
        .proved_epoch(&job, statement, &lie, desk.clock)
        .unwrap_err();
    assert!(refused.to_string().contains(&statement.to_string()), "{refused}");
    let record = desk
        .coordinator
        .journal()
        .read(|view| view.epoch(epoch))
        .unwrap()
        .unwrap();
    assert_eq!(record.submission, None);
    // One that cannot be proven at all gives its certificates back.
    let impossible = ProverError::Impossible("no".to_owned());
    desk.coordinator
        .not_proved(&job, "mock", &impossible, desk.clock)
        .unwrap();
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(
        desk.coordinator.journal().read(|view| view.open_epoch()).unwrap(),
        None
    );
}

/// What its network is says whether a proof is asked for, not what somebody wrote into its certificate on the way.
#[test]
fn a_signer_s_certificate_waits_for_no_proof() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [mut of_a, _] = burn_and_mint_certificates(&mut world);
    let signature = of_a
        .authority
        .and_then(|authority| authority.signature())
        .unwrap();
    let key = GoldilocksDigest::ZERO;
    of_a.authority = Some(Authorisation::Both { signature, key });
    let desk = Desk::of(&world, "");
    let ours = desk.submit(&of_a).unwrap();
    assert_eq!((ours.standing, desk.code(&ours)), (Standing::Accepted, None));
}

/// A row that does not read is set aside; the others go on.
#[test]
fn a_damaged_certificate_stops_no_other() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [mut of_a, _] = burn_and_mint_certificates(&mut world);
    let dog = world.token("DOG");
    world
        .bridge_asset((G, Party::Alice), (L1, Party::Bob), dog, U256::from(5), false)
        .unwrap();
    let of_g = world.certificates(&[G]).unwrap().remove(0);
    of_a.metadata = B256::repeat_byte(0xab);
    let desk = Desk::of(&world, "");
    let (bad, good) = (desk.submit(&of_a).unwrap(), desk.submit(&of_g).unwrap());
    desk.coordinator.journal().fold_log().unwrap();
    let path = desk.coordinator.journal().path().to_owned();
    let mut bytes = std::fs::read(&path).unwrap();
    let (old, new) = ("ab".repeat(32), "cd".repeat(32));
    let at = bytes
        .windows(64)
        .position(|window| window == old.as_bytes())
        .unwrap();
    bytes[at..at + 64].copy_from_slice(new.as_bytes());
    std::fs::write(&path, bytes).unwrap();

    let desk = desk.reopened();
    assert_eq!(desk.standing(&good), Standing::Accepted);
    let journal = desk.coordinator.journal();
    let set_aside = journal.read(|view| view.count_quarantined()).unwrap();
    assert_eq!(set_aside, [("certificates".to_owned(), 1)]);
    assert!(journal.read(|view| view.certificate(bad.id)).is_err());
    desk.prove();
    assert_eq!(desk.standing(&good), Standing::Confirmed);
}

/// One job for an epoch. What an operator gave up is not made again behind his back; what L1 went on without is, but not at once; and
/// only what was reverted counts against the epoch.
#[test]
fn an_epoch_s_job_is_made_again_when_that_is_worth_it() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, _] = burn_and_mint_certificates(&mut world);
    let desk = Desk::of(&world, "");
    let ours = desk.submit(&of_a).unwrap();
    desk.prove();
    let epoch = desk
        .coordinator
        .close_epoch(desk.clock)
        .unwrap()
        .unwrap()
        .to_string();
    desk.prove();
    let wallet = Wallet {
        chain: desk.deployment.chain_id,
        address: Address::repeat_byte(7),
    };
    let settler = Settler::new(desk.coordinator.clone(), wallet);
    let journal = desk.coordinator.journal();
    let job = || {
        journal
            .read(|view| view.job_of(JobKind::Settle, &epoch))
            .unwrap()
            .unwrap()
    };
    let end = |standing, code: &str, now| {
        let id = job().id;
        journal
            .change(now, |change| change.move_job(id, standing, Some(code), None))
            .unwrap();
    };
    assert!(settler.arrange(desk.clock).unwrap());
    assert!(!settler.arrange(desk.clock).unwrap(), "nothing new is to be sent");
    assert_eq!(job().id, 1);

    let mut now = desk.clock;
    // Somebody had settled it, and L1 does not have that any more.
    end(JobStanding::Adopted, "external", now);
    assert!(!settler.arrange(now).unwrap());
    assert_eq!(job().standing, JobStanding::Adopted, "not at once");
    now = now.after(std::time::Duration::from_secs(31));
    assert!(settler.arrange(now).unwrap());
    assert_eq!((job().id, job().standing), (1, JobStanding::Queued));
    for id in 1..=3 {
        end(JobStanding::Abandoned, "stale", now);
        settler.arrange(now).unwrap();
        assert_eq!(job().id, id, "not at once");
        now = now.after(std::time::Duration::from_secs(31));
        settler.arrange(now).unwrap();
        assert_eq!(job().id, id + 1);
    }
    // Three were stale, and one is reverted: that is no reason to give the epoch up.
    end(JobStanding::Failed, "reverted", now);
    settler.arrange(now).unwrap();
    assert_eq!((job().id, desk.standing(&ours)), (5, Standing::Assigned));

    end(JobStanding::Abandoned, "operator", now);
    now = now.after(std::time::Duration::from_secs(3_600));
    settler.arrange(now).unwrap();
    assert_eq!(job().id, 5);
    assert_eq!(desk.standing(&ours), Standing::Assigned);
}

/// A bond is asked for once the settlement of its turn is final, and once.
#[test]
fn a_turn_s_bond_is_asked_back_when_its_settlement_is_final() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    desk.submit(&of_a).unwrap();
    desk.submit(&of_b).unwrap();
    desk.prove();
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    let wallet = Wallet {
        chain: desk.deployment.chain_id,
        address: Address::repeat_byte(7),
    };
    let settler = Settler::new(desk.coordinator.clone(), wallet);
    let journal = desk.coordinator.journal().clone();
    let subject = epoch.to_string();
    let job = |kind| journal.read(|view| view.job_of(kind, &subject)).unwrap();
    let turn = NewJob {
        kind: JobKind::Reserve,
        subject: &subject,
        wallet,
        target: desk.deployment.settlement,
        calldata: &[],
        value: U256::ZERO,
    };
    journal
        .change(desk.clock, |change| {
            let turn = change.make_job(&turn)?;
            change.move_job(turn, JobStanding::Adopted, None, None)?;
            Ok::<_, JournalError>(())
        })
        .unwrap();
    desk.prove();
    let judged = world.judge(&[of_a, of_b]);
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[A, B], &judged, &proof).unwrap();
    desk.follow(&world);
    settler.arrange(desk.clock).unwrap();
    assert_eq!(
        job(JobKind::Withdraw),
        None,
        "a reorg may take the settlement back"
    );
    desk.look(desk.read as u64, desk.read as u64, desk.read as u64);
    settler.arrange(desk.clock).unwrap();
    settler.arrange(desk.clock).unwrap();
    let asked = job(JobKind::Withdraw).expect("it is asked for");
    assert_eq!(asked.calldata, Settlement::withdrawCall {}.abi_encode());
    assert_eq!(
        (asked.target, asked.wallet, asked.value),
        (desk.deployment.settlement, wallet, U256::ZERO)
    );
    // What came to nothing is an operator's to ask for again.
    journal
        .change(desk.clock, |change| {
            change.move_job(asked.id, JobStanding::Abandoned, Some("stale"), None)
        })
        .unwrap();
    settler.arrange(desk.clock).unwrap();
    assert_eq!(job(JobKind::Withdraw).expect("it").id, asked.id);
}

/// Whoever asks is told what would settle, what is in its way, and what each network's exits are at each tier.
#[test]
fn the_next_epoch_and_the_exits_of_each_tier_are_told() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let program = U256::from(PROGRAM);
    let next = |desk: &Desk| desk.coordinator.next_epoch(program, desk.clock).unwrap();
    let codes = |next: &causeway_relayer::desk::NextEpoch| -> Vec<String> {
        next.holds.iter().map(|hold| hold.code.clone()).collect()
    };
    let exits = |desk: &Desk| {
        let of_a = desk.coordinator.network(A, desk.clock).unwrap().exits;
        [of_a.pre_confirmed, of_a.confirmed, of_a.settled, of_a.finalized].map(|exits| exits.exit_count)
    };
    assert_eq!(
        (codes(&next(&desk)), exits(&desk)),
        (vec!["none_confirmed".to_owned()], [0; 4])
    );

    let first = desk.submit(&of_a).unwrap();
    let second = desk.submit(&of_b).unwrap();
    let told = next(&desk);
    let waits: Vec<_> = told
        .waiting
        .iter()
        .map(|one| (one.id, one.because.code.as_str()))
        .collect();
    assert_eq!(waits, [(first.id, "unproven"), (second.id, "unproven")]);
    assert_eq!((told.gas, told.expiry, told.waiting_count), (None, None, 2));
    assert_eq!(exits(&desk), [1, 0, 0, 0]);

    desk.prove();
    let told = next(&desk);
    let planned: Vec<_> = told.certificates.iter().map(|one| one.id).collect();
    assert_eq!((codes(&told), planned), (vec![], vec![first.id, second.id]));
    assert_eq!(
        (told.missing, told.most, told.closes_at),
        (62, 64, Some(desk.clock))
    );
    assert_eq!(told.gas, Some(338_500 + 2 * 11_000));
    assert_eq!(told.registry_entries, 3);
    let other = desk.coordinator.next_epoch(U256::from(1), desk.clock).unwrap();
    assert_eq!(codes(&other), ["program"]);
    assert_eq!(exits(&desk), [1, 1, 0, 0]);
    let root = desk
        .coordinator
        .network(A, desk.clock)
        .unwrap()
        .exits
        .confirmed
        .exit_root;
    assert_eq!(root, of_a.new_local_exit_root.get());

    // What was told is what is closed; what comes after it stands on it, and consumes nothing twice.
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    let record = desk
        .coordinator
        .journal()
        .read(|view| view.epoch(epoch))
        .unwrap()
        .unwrap();
    assert_eq!(record.certificates, [first.id, second.id]);
    let told = next(&desk);
    assert_eq!(codes(&told), ["epoch_open", "none_confirmed"]);
    assert_eq!((told.registry_entries, told.certificates.len()), (0, 0));
    assert_eq!(exits(&desk), [1, 1, 0, 0]);

    desk.prove();
    let judged = world.judge(&[of_a, of_b]);
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[A, B], &judged, &proof).unwrap();
    let before = desk.read as u64;
    desk.follow(&world);
    assert_eq!(exits(&desk), [1, 1, 1, 0]);
    desk.look(desk.read as u64, before, 0);
    assert_eq!(exits(&desk), [1, 1, 0, 0], "not deep enough to count");
    desk.look(desk.read as u64, desk.read as u64, desk.read as u64);
    assert_eq!(exits(&desk), [1; 4]);
}

/// A full disk is asked again for ever; a prover that is wrong again and again is not.
#[test]
fn a_certificate_is_not_given_up_for_the_machine() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, _] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let ours = desk.submit(&of_a).unwrap();
    let fail = |desk: &mut Desk, error: &ProverError| {
        desk.clock = desk.clock.after(std::time::Duration::from_secs(600));
        let (job, _) = desk.coordinator.lease("mock", desk.clock).unwrap().unwrap();
        desk.coordinator
            .not_proved(&job, "mock", error, desk.clock)
            .unwrap();
        desk.coordinator.renew(desk.clock).unwrap();
    };
    for _ in 0..20 {
        fail(&mut desk, &ProverError::Machine("the disk is full".to_owned()));
        assert_eq!(desk.standing(&ours), Standing::Accepted);
    }
    fail(&mut desk, &ProverError::Wrong("it fell".to_owned()));
    assert_eq!(desk.standing(&ours), Standing::Rejected);
    assert_eq!(desk.code(&ours).as_deref(), Some("not_provable"));
}

/// Settles what was handed in, and L1 finalizes it.
fn settle(desk: &mut Desk, world: &mut World, certificates: &[Certificate; 2]) -> B256 {
    for certificate in certificates {
        desk.submit(certificate).unwrap();
    }
    desk.prove();
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    desk.prove();
    let journal = desk.coordinator.journal().clone();
    let record = journal.read(|view| view.epoch(epoch)).unwrap().unwrap();
    let judged = world.judge(certificates);
    let proof = world.deployed().mock_proof(&judged.public_values());
    let call = judged.call(desk.selector, &proof);
    let submission = Submission::of(&record).unwrap().unwrap();
    assert_eq!(submission.calldata, Bytes::from(call.abi_encode()));
    world.record(&[A, B], &judged, &proof).unwrap();
    desk.follow(world);
    let head = desk.read as u64;
    desk.look(head, head, head);
    record.after
}

/// What is known after a final block is kept: a start reads only what came after it, and goes on as if it had read all.
#[test]
fn a_start_goes_on_from_what_was_kept() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let certificates = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    settle(&mut desk, &mut world, &certificates);
    let now = desk.clock;
    assert_eq!(
        desk.coordinator.keep_snapshot(1_000, now).unwrap(),
        None,
        "not worth it"
    );
    let block = desk.coordinator.keep_snapshot(1, now).unwrap().unwrap();
    assert_eq!(block, desk.read as u64);
    assert_eq!(
        desk.coordinator.keep_snapshot(1, now).unwrap(),
        None,
        "it is kept"
    );

    // Balances, imports and pasts are there: the next epoch is what the world makes of it.
    let mut desk = desk.reopened();
    assert_eq!(desk.began, Some(block));
    let more = burn_and_mint_certificates(&mut world);
    desk.follow(&world);
    let after = settle(&mut desk, &mut world, &more);

    // And logs that came after are read on top.
    let desk = desk.reopened();
    assert_eq!(
        (desk.began, desk.coordinator.commitment()),
        (Some(block), Some(after))
    );
    let networks = desk.coordinator.networks(desk.clock);
    assert!(networks.iter().all(|network| network.history_complete));
    assert_eq!(networks[0].settled_height, 2);

    // A damaged one costs only the time to read all logs.
    let journal = desk.coordinator.journal();
    journal.fold_log().unwrap();
    let path = journal.path().to_owned();
    let mut bytes = std::fs::read(&path).unwrap();
    let kept = [desk.deployment.settlement, desk.deployment.bridge].map(|address| address.0.0);
    let at = bytes
        .windows(40)
        .position(|window| window == kept.concat().as_slice())
        .unwrap();
    bytes[at + 100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let desk = desk.reopened();
    assert_eq!((desk.began, desk.coordinator.commitment()), (None, Some(after)));
    let kept = desk
        .coordinator
        .journal()
        .read(|view| view.newest_snapshot(causeway_tests::evm::LOCAL_CHAIN_ID));
    assert_eq!(kept.unwrap(), None, "it is not tried again");
}

/// What was kept of blocks that L1 took back is gone with them.
#[test]
fn nothing_is_kept_of_blocks_that_are_gone() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let certificates = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let before = (desk.read as u64, desk.coordinator.commitment());
    settle(&mut desk, &mut world, &certificates);
    desk.coordinator.keep_snapshot(1, desk.clock).unwrap().unwrap();
    // A header of another fork at its number: what was kept under the old one is not read.
    let header = Header {
        number: desk.read as u64,
        hash: B256::with_last_byte(2),
        parent: B256::ZERO,
    };
    let chain = desk.deployment.chain_id;
    let journal = desk.coordinator.journal().clone();
    let newest = || journal.read(|view| view.newest_snapshot(chain)).unwrap();
    assert!(newest().is_some());
    journal
        .change(desk.clock, |change| change.extend_chain(chain, &header, &[]))
        .unwrap();
    assert_eq!(newest(), None);
    desk.coordinator.shorten(before.0, desk.clock).unwrap();
    assert_eq!(desk.coordinator.commitment(), before.1);
    drop(journal);
    let desk = desk.reopened();
    assert_eq!((desk.began, desk.coordinator.commitment()), (None, before.1));
}

/// A relayer that begins when others have settled much: networks go on once their certificates are handed in, in order.
#[test]
fn a_newcomer_is_handed_what_l1_has() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    burn_and_mint(&mut world, &mut Mock).unwrap();
    let mut twin = World::signing(Verifier::Mock).unwrap();
    let settled = burn_and_mint_certificates(&mut twin);
    let desk = Desk::of(&world, "");
    let networks = desk.coordinator.networks(desk.clock);
    let missing: Vec<_> = networks.iter().map(|network| !network.history_complete).collect();
    assert_eq!(missing, [true, true, false]);
    // Another certificate than the settled one, of the same height.
    let refusal = desk.submit(&settled[1]).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.class),
        (Code::HistoryMissing, ReasonClass::Wait)
    );
    assert_eq!(refusal.details["height"], 0);
    let first = desk.submit(&settled[0]).unwrap();
    assert_eq!(first.standing, Standing::Settled);
    let networks = desk.coordinator.networks(desk.clock);
    assert!(networks[0].history_complete);
}

/// A reorg takes a settlement away: the epoch is to be settled again, with the proof that it has.
#[test]
fn a_reorg_takes_a_settlement_back() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let first = desk.submit(&of_a).unwrap();
    desk.submit(&of_b).unwrap();
    desk.prove();
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    desk.prove();
    let before = desk.read;
    let judged = world.judge(&[of_a, of_b]);
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[A, B], &judged, &proof).unwrap();
    desk.follow(&world);
    assert_eq!(desk.standing(&first), Standing::Settled);
    desk.coordinator.shorten(before as u64, desk.clock).unwrap();
    desk.look(before as u64, before as u64, 0);
    assert_eq!(desk.standing(&first), Standing::Assigned);
    let record = desk
        .coordinator
        .journal()
        .read(|view| view.epoch(epoch))
        .unwrap()
        .unwrap();
    assert_eq!(record.standing, causeway_journal::EpochStanding::Proven);
    assert!(record.submission.is_some());
    // And it comes again.
    desk.read = before;
    desk.follow(&world);
    assert_eq!(desk.standing(&first), Standing::Settled);
    assert_eq!(desk.coordinator.journal().check().unwrap(), []);
}

/// Somebody else settles ours: as long as that is not deep enough to count, they are neither settled nor rejected.
#[test]
fn what_l1_has_is_not_given_up_while_it_is_shallow() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let ours = [desk.submit(&of_a).unwrap(), desk.submit(&of_b).unwrap()];
    desk.prove();
    let before = desk.read as u64;
    let judged = world.judge(&[of_a, of_b]);
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[A, B], &judged, &proof).unwrap();
    let logs = world.logs();
    let header = Header {
        number: logs.len() as u64,
        hash: B256::with_last_byte(1),
        parent: B256::ZERO,
    };
    desk.coordinator
        .extend(header, &logs[desk.read..], desk.clock)
        .unwrap();
    desk.read = logs.len();
    desk.look(desk.read as u64, before, 0);
    assert_eq!(
        [0, 1].map(|place| desk.standing(&ours[place])),
        [Standing::Confirmed; 2]
    );
    assert_eq!(
        desk.coordinator.close_epoch(desk.clock).unwrap(),
        None,
        "L1 has them"
    );
    desk.look(desk.read as u64, desk.read as u64, 0);
    assert_eq!(
        [0, 1].map(|place| desk.standing(&ours[place])),
        [Standing::Settled; 2]
    );
}

/// Somebody else settles other certificates first: ours go into another epoch, and what L1 has is not ours to choose.
#[test]
fn an_overtaken_epoch_gives_its_certificates_back() {
    let mut world = World::signing(Verifier::Mock).unwrap();
    let [of_a, of_b] = burn_and_mint_certificates(&mut world);
    let mut desk = Desk::of(&world, "");
    let first = desk.submit(&of_a).unwrap();
    let second = desk.submit(&of_b).unwrap();
    desk.prove();
    let epoch = desk.coordinator.close_epoch(desk.clock).unwrap().unwrap();
    // The rival settles A's alone.
    let judged = world.judge(&[of_a]);
    let proof = world.deployed().mock_proof(&judged.public_values());
    world.record(&[A], &judged, &proof).unwrap();
    desk.follow(&world);
    desk.coordinator.review_epoch(desk.clock).unwrap();
    let record = desk
        .coordinator
        .journal()
        .read(|view| view.epoch(epoch))
        .unwrap()
        .unwrap();
    assert_eq!(record.standing, causeway_journal::EpochStanding::Abandoned);
    desk.coordinator.renew(desk.clock).unwrap();
    assert_eq!(desk.standing(&first), Standing::Settled);
    assert_eq!(
        desk.standing(&second),
        Standing::Confirmed,
        "with the proof it has"
    );
    assert!(desk.coordinator.close_epoch(desk.clock).unwrap().is_some());
    assert_eq!(desk.coordinator.journal().check().unwrap(), []);
}
