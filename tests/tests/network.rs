//! What a network's own side makes of logs alone, beside what the world's books say: certificates, claims and exit roots. All networks
//! are EVMs with the real bridge; see `causeway_tests::world`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolEvent};
use causeway_bindings::{GlobalExitRoot, GlobalExitRootL2, SharedBridge, SharedBridgeL2};
use causeway_chain::SignerSource;
use causeway_ledger::LedgerError;
use causeway_relayer::claims::{ClaimsError, calldata};
use causeway_relayer::known::Deployment;
use causeway_relayer::network::{
    BridgeLog, ClaimDetails, Ethereum, GlobalRoot, Key, NetworkError, NetworkExits, Past, Prefer, Settled,
    Sources, Terms, authorise, build, insertion, roots_known, sign_lxly,
};
use causeway_relayer::state::{LogJson, StateError};
use causeway_tests::world::{A, B, Claim, G, L1, Party, World, secret};
use causeway_types::{
    Backing, Certificate, Contingency, ExitRoot, Expiry, GlobalIndex, LeafType, NetworkId, Prehash,
    StateRoot, TokenId,
};

use Party::{Alice, Bob, Receiver};

const L2S: [NetworkId; 3] = [A, B, G];

fn u(value: u64) -> U256 {
    U256::from(value)
}

/// Every network's certificates, as their operators keep them.
type Folders = BTreeMap<NetworkId, Vec<Certificate>>;

fn deployment(world: &World) -> Deployment {
    let (source, domain) = (world.source(), world.domain());
    Deployment {
        chain_id: domain.chain_id,
        settlement: source.settlement,
        bridge: source.bridge,
        global_exit_root: world.l1_manager(),
    }
}

fn ethereum(world: &World) -> Ethereum {
    Ethereum::of(deployment(world), &world.logs()).unwrap()
}

fn bridge(world: &mut World, network: NetworkId) -> Address {
    world.chain(network).bridge()
}

/// A network's bridge by its logs alone.
fn logged(world: &mut World, network: NetworkId) -> BridgeLog {
    let address = bridge(world, network);
    BridgeLog::of(network, address, &world.logs_of(network)).unwrap()
}

/// The same with what claims were called with, which logs do not have of messages.
fn told(world: &mut World, network: NetworkId) -> BridgeLog {
    let mut log = logged(world, network);
    for call in world.claims_of(network) {
        log.take_call(call).unwrap();
    }
    log
}

fn sources<'e>(world: &mut World, ethereum: &'e Ethereum, but: NetworkId) -> Sources<'e> {
    let mut sources = Sources::new(ethereum).unwrap();
    for network in L2S.into_iter().filter(|&network| network != but) {
        sources.add(logged(world, network)).unwrap();
    }
    sources
}

fn past(world: &World, ethereum: &Ethereum, network: NetworkId, folders: &Folders) -> Past {
    try_past(
        world,
        ethereum,
        network,
        folders.get(&network).into_iter().flatten(),
    )
    .unwrap()
}

fn try_past<'c>(
    world: &World,
    ethereum: &Ethereum,
    network: NetworkId,
    certificates: impl IntoIterator<Item = &'c Certificate>,
) -> Result<Past, NetworkError> {
    let settled = ethereum.network(network).unwrap();
    Past::of(
        *world.domain(),
        network,
        certificates.into_iter().cloned(),
        Settled::L1(&settled),
    )
}

/// As the world makes them: its state roots are those of its exits.
fn terms(log: &BridgeLog, prefer: Prefer) -> Terms {
    Terms {
        state_root: Some(StateRoot::new(log.tree().root().get())),
        contingencies: Vec::new(),
        expiry: Expiry::NEVER,
        prefer,
        even_if_empty: true,
    }
}

fn key(network: NetworkId) -> Box<Key> {
    let key = B256::from_slice(&secret(network).to_bytes());
    SignerSource::Plain { key }.open().unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// Builds and signs each network's certificate from logs alone; certificates of the others settle with it.
fn from_logs(
    world: &mut World,
    folders: &Folders,
    networks: &[NetworkId],
    beside: &[Certificate],
    prefer: Prefer,
) -> Vec<Certificate> {
    let ethereum = ethereum(world);
    let mut certificates = Vec::new();
    for &network in networks {
        let mut sources = sources(world, &ethereum, network);
        for other in beside.iter().filter(|other| other.network != network) {
            sources.ahead(other).unwrap();
        }
        let log = told(world, network);
        let past = past(world, &ethereum, network, folders);
        let built = build(&log, &past, &sources, terms(&log, prefer)).unwrap();
        let mut certificate = built.certificate().clone();
        let authority = ethereum.network(network).unwrap().authority;
        block_on(authorise(&mut certificate, &past, &authority, &*key(network))).unwrap();
        certificates.push(certificate);
    }
    certificates
}

fn keep(folders: &mut Folders, certificates: &[Certificate]) {
    for certificate in certificates {
        folders
            .entry(certificate.network)
            .or_default()
            .push(certificate.clone());
    }
}

fn settle(world: &mut World, networks: &[NetworkId], certificates: &[Certificate]) {
    let epoch = world.judge(certificates);
    let proof = world.deployed().mock_proof(&epoch.public_values());
    let settled = world.record(networks, &epoch, &proof).unwrap();
    assert_eq!(settled.networks, networks, "{:?}", settled.left_out);
}

/// The world's certificates and those from logs are the same ones; they settle.
fn settle_alike(world: &mut World, folders: &mut Folders, networks: &[NetworkId]) -> Vec<Certificate> {
    let expected = world.certificates(networks).unwrap();
    let got = from_logs(world, folders, networks, &expected, Prefer::Claim);
    for (got, expected) in got.iter().zip(&expected) {
        assert_eq!(got, expected);
    }
    settle(world, networks, &got);
    keep(folders, &got);
    got
}

fn world() -> World {
    World::signing(causeway_tests::world::Verifier::Mock).unwrap()
}

/// Deposits of a token, of ether and of a message to A, claimed there; and one to G.
fn deposits(world: &mut World) {
    let usdc = world.token("USDC");
    for (token, to, amount) in [(usdc, A, 90), (TokenId::ETH, A, 50), (TokenId::ETH, G, 7)] {
        let sent = world
            .bridge_asset((L1, Alice), (to, Bob), token, u(amount), true)
            .unwrap();
        world.inform(to).unwrap();
        world.claim(sent).unwrap();
    }
    let message = world
        .bridge_message((L1, Alice), (A, Receiver), u(3), b"hello")
        .unwrap();
    world.publish(L1).unwrap();
    world.inform(A).unwrap();
    world.claim(message).unwrap();
}

/// Exits of A to B, G and L1, claimed where they go under a root that L1 does not know.
fn onwards(world: &mut World) -> [GlobalIndex; 3] {
    let (usdc, cat) = (world.token("USDC"), world.token("CAT"));
    let to_b = world
        .bridge_asset((A, Bob), (B, Alice), usdc, u(20), false)
        .unwrap();
    let to_g = world
        .bridge_asset((A, Alice), (G, Bob), cat, u(11), false)
        .unwrap();
    let home = world
        .bridge_asset((A, Bob), (L1, Bob), usdc, u(5), false)
        .unwrap();
    for (network, sent) in [(B, to_b), (G, to_g)] {
        world.inform_ahead(network).unwrap();
        world.claim(sent).unwrap();
    }
    [to_b, to_g, home]
}

#[test]
fn certificates_from_logs_are_those_of_the_world_s_books() {
    let (mut world, mut folders) = (world(), Folders::new());
    deposits(&mut world);
    settle_alike(&mut world, &mut folders, &[A]);
    onwards(&mut world);
    let epoch = settle_alike(&mut world, &mut folders, &[A, B, G]);
    // G's deposit was claimed under a root that L1 has, A's exit under one that it has not.
    let backings: Vec<_> = epoch[2].imports.iter().map(|import| &import.backing).collect();
    assert!(
        matches!(backings[..], [Backing::Claim(_), Backing::History(_)]),
        "{backings:?}"
    );

    // B and A take in each other's exits, of which neither is settled; messages and several claims in one call among them.
    let usdc = world.token("USDC");
    let back = world
        .bridge_asset((B, Alice), (A, Alice), usdc, u(6), false)
        .unwrap();
    let again = world
        .bridge_asset((B, Alice), (A, Bob), usdc, u(1), false)
        .unwrap();
    let message = world
        .bridge_message((A, Bob), (B, Receiver), u(2), b"ether")
        .unwrap();
    world.inform_ahead(A).unwrap();
    world.inform_ahead(B).unwrap();
    world.claim_many(&[back, again]).unwrap();
    world.claim(message).unwrap();
    settle_alike(&mut world, &mut folders, &[A, B]);

    // What is settled is claimed under L1's own root.
    let sent = world.bridge_asset((A, Bob), (G, Bob), usdc, u(4), false).unwrap();
    settle_alike(&mut world, &mut folders, &[A]);
    let message = world.bridge_message((B, Bob), (G, Receiver), u(0), b"").unwrap();
    settle_alike(&mut world, &mut folders, &[B]);
    world.inform(G).unwrap();
    world.claim_many(&[sent, message]).unwrap();
    let epoch = settle_alike(&mut world, &mut folders, &[G]);
    assert!(
        epoch[0]
            .imports
            .iter()
            .all(|import| matches!(import.backing, Backing::Claim(_)))
    );
    world.check_claims().unwrap();
}

/// Every import is shown by its source's history, messages included, and no calldata are needed for any.
#[test]
fn certificates_shown_by_histories_settle() {
    let (mut world, mut folders) = (world(), Folders::new());
    deposits(&mut world);
    for networks in [&[A, G][..], &[B, A, G]] {
        let beside = world.certificates(networks).unwrap();
        let ethereum = ethereum(&world);
        let mut epoch = Vec::new();
        for &network in networks {
            let mut sources = sources(&mut world, &ethereum, network);
            for other in beside.iter().filter(|other| other.network != network) {
                sources.ahead(other).unwrap();
            }
            let log = logged(&mut world, network);
            let past = past(&world, &ethereum, network, &folders);
            let built = build(&log, &past, &sources, terms(&log, Prefer::History)).unwrap();
            assert_eq!(world.digest(built.certificate()).unwrap(), built.digest());
            let mut certificate = built.certificate().clone();
            let shown = |import: &causeway_types::ImportedExit| matches!(import.backing, Backing::History(_));
            assert!(certificate.imports.iter().all(shown));
            world.authorise(&mut certificate);
            epoch.push(certificate);
        }
        settle(&mut world, networks, &epoch);
        keep(&mut folders, &epoch);
        onwards(&mut world);
    }
    assert_eq!(folders[&A][0].imports.len(), 3);
}

#[test]
fn terms_are_what_the_operator_says() {
    let mut world = world();
    deposits(&mut world);
    world.certificates(&[]).unwrap();
    let ethereum = ethereum(&world);
    let sources = sources(&mut world, &ethereum, A);
    let (log, past) = (told(&mut world, A), past(&world, &ethereum, A, &Folders::new()));
    let on = Contingency {
        network: B,
        height: 4,
        state_root: StateRoot::new(B256::repeat_byte(9)),
    };
    let asked = |contingencies| Terms {
        state_root: None,
        contingencies,
        expiry: Expiry::new(77),
        ..terms(&log, Prefer::Claim)
    };
    let built = build(&log, &past, &sources, asked(vec![on])).unwrap();
    let certificate = built.certificate();
    assert_eq!(
        (certificate.state_root, certificate.expiry),
        (None, Expiry::new(77))
    );
    assert_eq!(certificate.contingencies, [on]);
    // What breaks a rule is not written down.
    let error = build(&log, &past, &sources, asked(vec![on, on])).unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::Refused(LedgerError::DuplicateContingency {
                contingency: 1,
                network: B,
                height: 4
            })
        ),
        "{error}"
    );
}

fn without(logs: &[LogJson], topics: &[B256], number: usize) -> Vec<LogJson> {
    let mut seen = vec![0; topics.len()];
    let kept = logs.iter().filter(|log| {
        let Some(at) = topics.iter().position(|topic| log.topics.first() == Some(topic)) else {
            return true;
        };
        seen[at] += 1;
        seen[at] != number + 1
    });
    kept.cloned().collect()
}

#[test]
fn a_gap_in_logs_is_named() {
    let mut world = world();
    deposits(&mut world);
    onwards(&mut world);
    let (logs, address) = (world.logs_of(A), bridge(&mut world, A));
    let of = |logs: &[LogJson]| BridgeLog::of(A, address, logs);

    let exit = SharedBridge::BridgeEvent::SIGNATURE_HASH;
    let error = of(&without(&logs, &[exit], 1)).unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::ExitGap {
                network: A,
                got: 2,
                expected: 1,
                ..
            }
        ),
        "{error}"
    );
    let announced = SharedBridge::UpdatedClaimedGlobalIndexHashChain::SIGNATURE_HASH;
    let error = of(&without(&logs, &[announced], 1)).unwrap_err();
    assert!(
        matches!(error, NetworkError::ClaimUnlinked { index: 0, .. }),
        "{error}"
    );

    // Without the first claim the second does not follow.
    let claim = [
        announced,
        SharedBridge::ClaimEvent::SIGNATURE_HASH,
        SharedBridgeL2::DetailedClaimEvent::SIGNATURE_HASH,
    ];
    let log = of(&without(&logs, &claim, 0)).unwrap();
    world.certificates(&[]).unwrap();
    let ethereum = ethereum(&world);
    let (sources, past) = (
        sources(&mut world, &ethereum, A),
        past(&world, &ethereum, A, &Folders::new()),
    );
    let error = build(&log, &past, &sources, terms(&log, Prefer::Claim)).unwrap_err();
    let second = GlobalIndex::new(L1, 1);
    assert!(
        matches!(error, NetworkError::ClaimChain { index, .. } if index == second),
        "{error}"
    );

    // Nor does a leaf of the L1 info tree without the one before it.
    let leaf = [
        GlobalExitRoot::UpdateL1InfoTree::SIGNATURE_HASH,
        GlobalExitRoot::UpdateL1InfoTreeV2::SIGNATURE_HASH,
    ];
    for (topics, number) in [(&leaf[..], 1), (&leaf[..1], 2)] {
        let error = Ethereum::of(deployment(&world), &without(&world.logs(), topics, number)).unwrap_err();
        assert!(matches!(error, NetworkError::InfoGap { leaf: 2, .. }), "{error}");
    }

    let mut removed = logs.clone();
    let at = removed.iter().position(|log| log.address == address).unwrap();
    removed[at].removed = true;
    let error = of(&removed).unwrap_err();
    assert!(
        matches!(error, NetworkError::Log(StateError::Removed { index: 0, block }) if block == at as u64 + 1),
        "{error}"
    );
    let mut late = of(&logs).unwrap();
    assert!(matches!(
        late.take(&logs[at]).unwrap_err(),
        NetworkError::OutOfOrder { index: 0, .. }
    ));
}

#[test]
fn calls_tell_what_logs_do_not_and_nothing_else() {
    let mut world = world();
    deposits(&mut world);
    let mut log = logged(&mut world, A);
    let message = GlobalIndex::new(L1, 3);
    let undetailed: Vec<_> = log.undetailed().map(|claim| claim.index).collect();
    assert_eq!(undetailed, [message]);
    let call = world.claims_of(A).last().unwrap().clone();
    let right = SharedBridge::claimMessageCall::abi_decode(&call).unwrap();
    let changes: [fn(&mut SharedBridge::claimMessageCall); 5] = [
        |call| call.amount += u(1),
        |call| call.metadata = Bytes::from_static(b"bye"),
        |call| call.globalIndex += u(1),
        |call| call.smtProofLocalExitRoot[3] = B256::ZERO,
        |call| call.mainnetExitRoot = B256::ZERO,
    ];
    for change in changes {
        let mut changed = right.clone();
        change(&mut changed);
        assert_eq!(log.take_call(&changed.abi_encode()).unwrap(), 0);
    }
    // Nor another message under a root that would have it.
    let mut other = right.clone();
    other.metadata = Bytes::from_static(b"bye");
    let (index, details) = ClaimDetails::of_call(A, &other.abi_encode()).unwrap().remove(0);
    let leaf = details.exit.leaf();
    other.mainnetExitRoot = details.local.root(leaf, index.leaf_index());
    assert_eq!(log.take_call(&other.abi_encode()).unwrap(), 0);
    assert_eq!(log.take_call(b"no call").unwrap(), 0);
    assert_eq!(log.undetailed().count(), 1);
    assert_eq!(log.take_call(&call).unwrap(), 1);
    assert_eq!(log.undetailed().count(), 0);
    // What logs said is not replaced.
    assert_eq!(log.take_call(&world.claims_of(A)[0]).unwrap(), 0);
}

#[test]
fn claims_that_nothing_here_shows_are_named() {
    let mut world = world();
    deposits(&mut world);
    let [to_b, ..] = onwards(&mut world);
    world.certificates(&[]).unwrap();
    let ethereum = ethereum(&world);
    let nobody = Sources::new(&ethereum).unwrap();
    let past = past(&world, &ethereum, B, &Folders::new());

    // A's exit is known by its claim alone, and nothing shows it.
    let log = logged(&mut world, B);
    let error = build(&log, &past, &nobody, terms(&log, Prefer::Claim)).unwrap_err();
    assert!(
        matches!(error, NetworkError::Unbacked { index } if index == to_b),
        "{error}"
    );
    // The same with A's exits here: it has to settle with B, or before.
    let mut with_a = nobody.clone();
    with_a.add(logged(&mut world, A)).unwrap();
    let error = build(&log, &past, &with_a, terms(&log, Prefer::History)).unwrap_err();
    assert!(
        matches!(error, NetworkError::Unbacked { index } if index == to_b),
        "{error}"
    );
    // What cannot be built on is told.
    let of_a = world.certificates(&[A]).unwrap().remove(0);
    let refused = |change: fn(&mut Certificate)| {
        let mut certificate = of_a.clone();
        change(&mut certificate);
        with_a.clone().ahead(&certificate).unwrap_err()
    };
    let error = refused(|of_a| of_a.exits.push(of_a.exits[0]));
    assert!(
        matches!(error, NetworkError::NotToBuildOn { network: A }),
        "{error}"
    );
    let error = refused(|of_a| of_a.height = 1);
    assert!(
        matches!(
            error,
            NetworkError::PastMissing {
                network: A,
                height: 0
            }
        ),
        "{error}"
    );
    let error = refused(|of_a| of_a.new_local_exit_root = ExitRoot::EMPTY);
    assert!(
        matches!(error, NetworkError::OtherSource { network: A, count: 3 }),
        "{error}"
    );
    let error = nobody.clone().ahead(&of_a).unwrap_err();
    assert!(
        matches!(error, NetworkError::NotToBuildOn { network: A }),
        "{error}"
    );
    let mut beside_a = with_a.clone();
    beside_a.ahead(&of_a).unwrap();
    build(&log, &past, &beside_a, terms(&log, Prefer::History)).unwrap();
    // Neither its claim nor its source says what it is.
    let details = SharedBridgeL2::DetailedClaimEvent::SIGNATURE_HASH;
    let (bare, address) = (without(&world.logs_of(B), &[details], 0), bridge(&mut world, B));
    let bare = BridgeLog::of(B, address, &bare).unwrap();
    assert_eq!(bare.undetailed().count(), 1);
    let error = build(&bare, &past, &nobody, terms(&bare, Prefer::Claim)).unwrap_err();
    assert!(
        matches!(error, NetworkError::UnknownExit { index } if index == to_b),
        "{error}"
    );

    // A log that claims another amount than A sent.
    let mut changed = world.logs_of(A);
    let address = bridge(&mut world, A);
    let exit = changed
        .iter_mut()
        .find(|log| log.topics.first() == Some(&SharedBridge::BridgeEvent::SIGNATURE_HASH))
        .unwrap();
    let mut data = exit.data.to_vec();
    data[5 * 32 + 31] ^= 1;
    exit.data = data.into();
    let mut lied = nobody.clone();
    lied.add(BridgeLog::of(A, address, &changed).unwrap()).unwrap();
    let error = build(&log, &past, &lied, terms(&log, Prefer::Claim)).unwrap_err();
    assert!(
        matches!(error, NetworkError::OtherExit { index } if index == to_b),
        "{error}"
    );
    // Once A has settled, such logs are none of A's.
    world.settle(&[A]).unwrap();
    let ethereum = self::ethereum(&world);
    let mut lied = Sources::new(&ethereum).unwrap();
    let error = lied
        .add(BridgeLog::of(A, address, &changed).unwrap())
        .unwrap_err();
    assert!(
        matches!(error, NetworkError::OtherSource { network: A, count: 3 }),
        "{error}"
    );
}

#[test]
fn only_the_network_s_signer_signs_its_next_certificate() {
    let (mut world, mut folders) = (World::new().unwrap(), Folders::new());
    deposits(&mut world);
    let expected = world.certificates(&[A, B, G]).unwrap();
    let ethereum = ethereum(&world);
    let authority = |network| ethereum.network(network).unwrap().authority;
    let of_a = past(&world, &ethereum, A, &folders);
    let mut certificate = Certificate {
        authority: None,
        ..expected[0].clone()
    };
    let error = block_on(authorise(&mut certificate, &of_a, &authority(A), &*key(B))).unwrap_err();
    let wrong = |error: &NetworkError| {
        matches!(
            error,
            NetworkError::WrongKey { network: A, expected, got }
                if *expected == key(A).address() && *got == key(B).address()
        )
    };
    assert!(wrong(&error), "{error}");
    assert_eq!(certificate.authority, None);
    let version = Prehash::V3;
    let error = block_on(sign_lxly(&mut certificate, version, &authority(A), &*key(B))).unwrap_err();
    assert!(wrong(&error), "{error}");
    block_on(sign_lxly(&mut certificate, version, &authority(A), &*key(A))).unwrap();
    assert_eq!(certificate.recover_signer(version), Ok(key(A).address()));
    block_on(authorise(&mut certificate, &of_a, &authority(A), &*key(A))).unwrap();
    assert_eq!(certificate.authority, expected[0].authority);

    // B proves and does not sign, G does both.
    let of_b = past(&world, &ethereum, B, &folders);
    let log = told(&mut world, B);
    let alone = Sources::new(&ethereum).unwrap();
    let built = build(&log, &of_b, &alone, terms(&log, Prefer::Claim)).unwrap();
    assert_eq!(built.unsigned(&authority(B)), expected[1]);
    let mut other = expected[1].clone();
    let error = block_on(authorise(&mut other, &of_b, &authority(B), &*key(B))).unwrap_err();
    assert!(matches!(error, NetworkError::NoSigner { network: B }), "{error}");
    let of_g = past(&world, &ethereum, G, &folders);
    let mut both = Certificate {
        authority: None,
        ..expected[2].clone()
    };
    block_on(authorise(&mut both, &of_g, &authority(G), &*key(G))).unwrap();
    assert_eq!(both, expected[2]);

    // A certificate that was handed in is not signed again.
    keep(&mut folders, &expected);
    let of_a = past(&world, &ethereum, A, &folders);
    let error = block_on(authorise(&mut certificate, &of_a, &authority(A), &*key(A))).unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::Refused(LedgerError::MismatchHeight {
                declared: 0,
                expected: 1
            })
        ),
        "{error}"
    );
    let log = told(&mut world, A);
    let sources = sources(&mut world, &ethereum, A);
    let nothing = Terms {
        even_if_empty: false,
        ..terms(&log, Prefer::Claim)
    };
    let error = build(&log, &of_a, &sources, nothing).unwrap_err();
    assert!(matches!(error, NetworkError::NothingNew), "{error}");
}

#[test]
fn earlier_certificates_are_held_to_l1() {
    let (mut world, mut folders) = (world(), Folders::new());
    deposits(&mut world);
    settle_alike(&mut world, &mut folders, &[A]);
    onwards(&mut world);
    settle_alike(&mut world, &mut folders, &[A, B, G]);
    let ethereum = ethereum(&world);
    let of_a = &folders[&A];
    let all = try_past(&world, &ethereum, A, of_a).unwrap();
    assert_eq!((all.state().height(), all.settled()), (2, 2));
    // In any order, and one of them twice.
    let twice = [&of_a[1], &of_a[0], &of_a[1]];
    assert_eq!(
        try_past(&world, &ethereum, A, twice).unwrap().state(),
        all.state()
    );

    for (missing, height) in [(&of_a[..1], 1), (&of_a[1..], 0), (&[], 0)] {
        let error = try_past(&world, &ethereum, A, missing).unwrap_err();
        assert!(
            matches!(error, NetworkError::PastMissing { network: A, height: h } if h == height),
            "{error}"
        );
    }
    for (changed, height) in [(0, 0), (1, 1)] {
        let mut certificates = of_a.clone();
        certificates[changed].state_root = Some(StateRoot::new(B256::repeat_byte(1)));
        let error = try_past(&world, &ethereum, A, &certificates).unwrap_err();
        assert!(
            matches!(error, NetworkError::PastOther { height: h } if h == height),
            "{error}"
        );
        // Beside the right one it is for a person to say which will settle.
        certificates.push(of_a[changed].clone());
        let error = try_past(&world, &ethereum, A, &certificates).unwrap_err();
        assert!(
            matches!(error, NetworkError::PastTwice { height: h } if h == height),
            "{error}"
        );
    }
    let mut certificates = of_a.clone();
    certificates[1].exits.pop();
    let error = try_past(&world, &ethereum, A, &certificates).unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::Past {
                height: 1,
                source: LedgerError::MismatchNewLocalExitRoot { .. }
            }
        ),
        "{error}"
    );

    // The bridge went back behind what was certified.
    let exit = SharedBridge::BridgeEvent::SIGNATURE_HASH;
    let (fewer, address) = (without(&world.logs_of(A), &[exit], 2), bridge(&mut world, A));
    let log = BridgeLog::of(A, address, &fewer).unwrap();
    let sources = sources(&mut world, &ethereum, A);
    let error = build(&log, &all, &sources, terms(&log, Prefer::Claim)).unwrap_err();
    let certified = all.state().exits().root();
    assert!(
        matches!(error, NetworkError::ExitsDiffer { count: 3, certified: c, .. } if c == certified),
        "{error}"
    );
    // A relayer tells less, and a wrong folder is noticed all the same.
    let settled = |height| Settled::Relayer {
        height,
        exit_count: 3,
        exit_root: certified,
        state_root: all.state().state_root(),
    };
    let of =
        |certificates: Vec<Certificate>, height| Past::of(*world.domain(), A, certificates, settled(height));
    assert_eq!(of(of_a.clone(), 2).unwrap().state(), all.state());
    let error = of(of_a.clone(), 1).unwrap_err();
    assert!(matches!(error, NetworkError::PastOther { height: 0 }), "{error}");
}

/// As anybody would send it.
fn encoded(claim: &Claim) -> Bytes {
    let call = SharedBridge::claimAssetCall {
        smtProofLocalExitRoot: *claim.local.siblings(),
        smtProofRollupExitRoot: *claim.rollup.siblings(),
        globalIndex: claim.global_index,
        mainnetExitRoot: claim.mainnet_exit_root,
        rollupExitRoot: claim.rollup_exit_root,
        originNetwork: claim.origin_network.get(),
        originTokenAddress: claim.origin_address,
        destinationNetwork: claim.destination_network.get(),
        destinationAddress: claim.destination_address,
        amount: claim.amount,
        metadata: claim.metadata.clone(),
    };
    let mut bytes = call.abi_encode();
    if claim.leaf_type == LeafType::Message {
        bytes[..4].copy_from_slice(&SharedBridge::claimMessageCall::SELECTOR);
    }
    bytes.into()
}

#[test]
fn claims_from_logs_are_taken_by_the_bridges() {
    let mut world = world();
    deposits(&mut world);
    let sent = onwards(&mut world);
    let message = world
        .bridge_message((A, Bob), (L1, Receiver), u(4), b"out")
        .unwrap();
    let to_a = world
        .bridge_asset((L1, Alice), (A, Bob), TokenId::ETH, u(9), true)
        .unwrap();
    let ahead = ethereum(&world);
    let sources_before = sources(&mut world, &ahead, L1);
    // Nobody has settled: L1 knows no root that covers A's exits.
    assert!(ahead.roots_covering(sent[2]).next().is_none());
    let newest = ahead.newest_root().unwrap();
    let home = sources_before.sent(sent[2]).unwrap();
    let error = calldata(home, sources_before.log(A).unwrap().tree(), &newest).unwrap_err();
    assert!(
        matches!(error, ClaimsError::NotCovered { index, covered: 0, .. } if index == sent[2]),
        "{error}"
    );

    world.settle(&L2S).unwrap();
    world.inform(A).unwrap();
    let ethereum = ethereum(&world);
    let sources = sources(&mut world, &ethereum, L1);
    for index in [sent[2], message, to_a] {
        let sent = sources.sent(index).unwrap();
        let network = sent.exit.destination_network;
        let manager = world.chain(network).manager();
        let known = roots_known(manager, &world.logs_of(network)).unwrap();
        let knows = |root| network == L1 || known.contains(&root);
        let root = ethereum.covering(index, knows).unwrap();
        let call = calldata(sent, sources.log(index.source()).unwrap().tree(), &root).unwrap();
        assert_eq!((call.destination, call.root), (network, root.global()));
        assert_eq!(call.calldata, encoded(&world.claim_of(index).unwrap()));
        world.claim(index).unwrap();
    }
    // L1 has no chain of claims, and calls are held to what it logged.
    let mut on_l1 = logged(&mut world, L1);
    let call = world.claims_of(L1)[0].clone();
    let mut other = SharedBridge::claimAssetCall::abi_decode(&call).unwrap();
    other.amount += u(1);
    let (index, details) = ClaimDetails::of_call(L1, &other.abi_encode()).unwrap().remove(0);
    let root = details.local.root(details.exit.leaf(), index.leaf_index());
    let rollup = index.rollup_index().unwrap().get();
    other.rollupExitRoot = details.rollup.root(root, rollup);
    assert_eq!(on_l1.take_call(&other.abi_encode()).unwrap(), 0);
    assert_eq!(on_l1.take_call(&call).unwrap(), 1);
    // Other exits than those that settled lead nowhere.
    let short = BridgeLog::new(A, bridge(&mut world, A));
    let root = ethereum.newest_root().unwrap();
    let home = sources.sent(sent[2]).unwrap();
    let error = calldata(home, short.tree(), &root).unwrap_err();
    assert!(
        matches!(error, ClaimsError::OtherExits { index, expected, .. }
            if index == sent[2] && expected == sources.log(A).unwrap().tree().root_at(4)),
        "{error}"
    );
    world.check_claims().unwrap();
}

#[test]
fn a_root_ahead_of_l1_is_what_l1_will_have() {
    let mut world = world();
    deposits(&mut world);
    let cat = world.token("CAT");
    let sent = world
        .bridge_asset((A, Alice), (B, Bob), cat, u(8), false)
        .unwrap();
    let (l1, of_a) = (ethereum(&world), logged(&mut world, A));
    let exits = NetworkExits {
        network: A,
        exit_count: of_a.tree().count(),
        exit_root: of_a.tree().root(),
    };
    let deposits = l1.bridge().tree();
    let root = GlobalRoot::of(deposits.root(), deposits.count(), [exits]).unwrap();

    // The world comes to the same root, and B's contract takes the call.
    world.inform_ahead(B).unwrap();
    let manager = world.chain(B).manager();
    let call = GlobalExitRootL2::globalExitRootMapCall {
        globalExitRoot: root.global().get(),
    };
    assert!(!world.chain(B).evm().view(manager, &call).unwrap().is_zero());
    assert!(
        roots_known(manager, &world.logs_of(B))
            .unwrap()
            .contains(&root.global())
    );
    let insert = GlobalExitRootL2::insertGlobalExitRootCall::abi_decode(&insertion(root.global())).unwrap();
    assert_eq!(insert.newRoot, root.global().get());
    let claim = calldata(&of_a.exits()[0], of_a.tree(), &root).unwrap();
    assert_eq!(claim.calldata, encoded(&world.claim_of(sent).unwrap()));
    world.claim(sent).unwrap();

    // A settles, and L1 has that root.
    world.settle(&[A]).unwrap();
    let newest = ethereum(&world).newest_root().unwrap();
    assert_eq!(newest.global(), root.global());
    assert_eq!(newest.count(A), 1);
}
