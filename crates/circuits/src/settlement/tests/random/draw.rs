//! What is drawn, and the epochs that it gives: whatever is drawn, the ledger admits all of it.

use std::collections::{BTreeMap, BTreeSet};

use causeway_ledger::{
    EpochOutcome, HistoryTree, ShadowTree, World, apply, draft, settle_epoch, shadow_leaf,
};
use causeway_types::{
    Authorisation, Backing, BackingEntry, Certificate, Contingency, EMPTY_METADATA_HASH, Expiry, GlobalIndex,
    HistoryBacking, HistoryEntry, ImportedExit, L1Entry,
};
use proptest::prelude::*;

use super::*;
use crate::targets::digest_of;

/// The networks: the places of the first two are below one node of the rollup exit tree, the last one is farther away.
pub(super) const NETWORKS: [NetworkId; 3] = [NetworkId::new(1), NetworkId::new(2), NetworkId::new(6)];
const L1: NetworkId = NetworkId::MAINNET;

/// So many deposits all go to one network: each under another root of L1, they are more than an anchor opens.
const MANY: usize = 17;

/// What, to whom, how much: each of it whatever the number means where it is taken.
type ExitDraw = (u8, u8, u8);

/// A certificate.
#[derive(Clone, Debug)]
pub(super) struct CertificateDraw {
    network: usize,
    exits: Vec<ExitDraw>,
    /// Which of the exits to it that are there it imports, bit by bit.
    imports: u32,
    /// Under which of the entries that have them.
    under: u8,
    /// Which entries of others it is contingent on.
    contingencies: Vec<u8>,
    expiry: Option<u8>,
    state_root: u8,
    /// Whether its list is closed on arrival.
    closed: bool,
}

/// An epoch.
#[derive(Clone, Debug)]
pub(super) struct EpochDraw {
    /// Whose authority becomes which.
    rotations: Vec<(usize, u8)>,
    deposits: Vec<ExitDraw>,
    certificates: Vec<CertificateDraw>,
    /// Whether the list of its deposits is closed apart.
    closed: bool,
    /// Whom lies are about.
    pub(super) whom: u32,
}

/// The epochs of one world, the first of which registers its networks.
pub(super) fn epochs() -> impl Strategy<Value = Vec<EpochDraw>> {
    prop::collection::vec(epoch(), 2)
}

fn epoch() -> impl Strategy<Value = EpochDraw> {
    let deposits = prop_oneof![6 => 0..5_usize, 1 => MANY..20];
    let parts = (
        prop::collection::vec((0..NETWORKS.len(), any::<u8>()), 0..3),
        deposits.prop_flat_map(|count| prop::collection::vec(any::<ExitDraw>(), count)),
        prop::collection::vec(certificate(), 1..5),
        any::<bool>(),
        any::<u32>(),
    );
    parts.prop_map(|(rotations, deposits, certificates, closed, whom)| EpochDraw {
        rotations,
        deposits,
        certificates,
        closed,
        whom,
    })
}

fn certificate() -> impl Strategy<Value = CertificateDraw> {
    let exits = prop_oneof![6 => 0..6_usize, 1 => 17..20_usize];
    let contingencies = prop_oneof![6 => 0..4_usize, 1 => 5..8_usize];
    let parts = (
        0..NETWORKS.len(),
        exits.prop_flat_map(|count| prop::collection::vec(any::<ExitDraw>(), count)),
        any::<u32>(),
        any::<u8>(),
        contingencies.prop_flat_map(|count| prop::collection::vec(any::<u8>(), count)),
        prop::option::of(any::<u8>()),
        any::<u8>(),
        any::<bool>(),
    );
    parts.prop_map(
        |(network, exits, imports, under, contingencies, expiry, state_root, closed)| CertificateDraw {
            network,
            exits,
            imports,
            under,
            contingencies,
            expiry,
            state_root,
            closed,
        },
    )
}

/// An epoch that the ledger has settled.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) before: World,
    pub(super) registry: Vec<(NetworkId, Authority)>,
    pub(super) deposits: Vec<Exit>,
    pub(super) outcome: EpochOutcome,
    /// Of each certificate, by its position.
    pub(super) closed: Vec<bool>,
    pub(super) deposits_closed: bool,
}

/// A world of drawn epochs, and who sent what, in the order of their exits, and whether it was taken in.
#[derive(Debug)]
pub(super) struct Walk {
    world: World,
    book: BTreeMap<NetworkId, Vec<(Exit, bool)>>,
}

impl Walk {
    pub(super) fn new() -> Self {
        Self {
            world: World::new(domain()),
            book: BTreeMap::new(),
        }
    }

    /// Settles the next epoch.
    pub(super) fn step(&mut self, draw: &EpochDraw) -> Settled {
        let before = self.world.clone();
        let first = self.world.networks().next().is_none();
        let all = (0..NETWORKS.len())
            .filter(|_| first)
            .map(|network| (network, network as u8));
        let entries = all.chain(draw.rotations.iter().copied());
        let registry: Vec<_> = entries
            .map(|(network, kind)| (NETWORKS[network], authority_of(network, kind)))
            .collect();
        for (network, authority) in &registry {
            self.world.register(*network, *authority).unwrap();
        }
        let deposits = deposits(draw, first);
        self.world.deposit(&deposits).unwrap();
        let sent = deposits.iter().map(|&exit| (exit, false));
        self.book.entry(L1).or_default().extend(sent);

        let certificates = Offers::new(self, draw).certificates(self, draw);
        let outcome = settle_epoch(&self.world, &certificates);
        assert_eq!(outcome.left_out, [], "whatever is drawn is admitted");
        self.world = outcome.world.clone();
        Settled {
            before,
            registry,
            deposits,
            outcome,
            closed: draw.certificates.iter().map(|draw| draw.closed).collect(),
            deposits_closed: draw.closed,
        }
    }
}

/// An authority of some kind, of a network's own key.
fn authority_of(network: usize, kind: u8) -> Authority {
    let signer = Address::repeat_byte(kind | 1);
    let key = digest_of(key_of(own_key(network)).elements());
    match kind % 3 {
        0 => Authority::signer(signer),
        1 => Authority::validity(key),
        _ => Authority::both(signer, key),
    }
    .unwrap()
}

/// The number of the key of the program with which a network proves its certificates.
pub(super) const fn own_key(network: usize) -> u64 {
    70 + network as u64
}

fn token(network: NetworkId, byte: u8) -> TokenId {
    TokenId {
        network,
        address: Address::repeat_byte(byte),
    }
}

/// Everybody gets something to spend in the first epoch.
fn deposits(draw: &EpochDraw, first: bool) -> Vec<Exit> {
    let make = |to: usize, what: u8, amount: u64| {
        let token = if what.is_multiple_of(2) {
            TokenId::ETH
        } else {
            token(L1, 0x70)
        };
        made(LeafType::Transfer, token, NETWORKS[to], amount)
    };
    let everybody = (0..2 * NETWORKS.len()).filter(|_| first);
    let everybody = everybody.map(|at| make(at % NETWORKS.len(), (at / NETWORKS.len()) as u8, 10_000));
    let drawn = draw.deposits.iter().map(|&(what, to, amount)| {
        let to = if draw.deposits.len() < MANY {
            to
        } else {
            draw.deposits[0].1
        };
        make(usize::from(to) % NETWORKS.len(), what, amount.into())
    });
    everybody.chain(drawn).collect()
}

fn made(leaf_type: LeafType, token: TokenId, to: NetworkId, amount: u64) -> Exit {
    Exit {
        leaf_type,
        token,
        destination_network: to,
        destination_address: Address::repeat_byte(0xaa),
        amount: U256::from(amount),
        metadata_hash: EMPTY_METADATA_HASH,
    }
}

/// What certificates of an epoch offer each other: what each sends and the entry that it leaves, which do not depend on imports.
struct Offers {
    sent: Vec<Vec<Exit>>,
    shadows: BTreeMap<NetworkId, ShadowTree>,
    /// All entries of each network, settled or offered.
    entries: BTreeMap<NetworkId, Vec<HistoryEntry>>,
}

impl Offers {
    fn new(walk: &Walk, draw: &EpochDraw) -> Self {
        let state = |network| walk.world.network(network).unwrap().state;
        let mut offers = Self {
            sent: Vec::new(),
            shadows: BTreeMap::new(),
            entries: BTreeMap::new(),
        };
        let mut held = BTreeMap::new();
        for network in NETWORKS {
            offers.shadows.insert(network, state(network).shadow().clone());
            let past: &HistoryTree = state(network).history();
            let entries = (0..past.height()).map(|height| *past.get(height).unwrap());
            offers.entries.insert(network, entries.collect());
            for leaf in state(network).balances().iter() {
                held.insert((network, leaf.token), leaf.balance);
            }
        }
        // Whoever has a certificate imports what L1 sent him.
        for (exit, _) in walk.book[&L1].iter().filter(|(_, taken)| !taken) {
            *held.entry((exit.destination_network, exit.token)).or_default() += exit.amount;
        }
        for draw in &draw.certificates {
            offers.offer(&mut held, draw);
        }
        offers
    }

    fn offer(&mut self, held: &mut BTreeMap<(NetworkId, TokenId), U256>, draw: &CertificateDraw) {
        let from = NETWORKS[draw.network];
        let mut exits = Vec::new();
        for &(what, to, amount) in &draw.exits {
            let others = [1, 2].map(|next| NETWORKS[(draw.network + next) % NETWORKS.len()]);
            let to = [L1, others[0], others[1]][usize::from(to) % 3];
            let exit = match what % 6 {
                0 => made(LeafType::Transfer, TokenId::ETH, to, amount.into()),
                1 => made(LeafType::Transfer, token(L1, 0x70), to, amount.into()),
                2 => made(LeafType::Message, token(from, 0x72), to, amount.into()),
                3 => made(LeafType::Transfer, token(others[0], 0x71), to, amount.into()),
                _ => made(LeafType::Transfer, token(from, 0x71), to, amount.into()),
            };
            // Of what it does not hold it sends its own instead.
            let moved = exit.balance_token();
            let enough = moved.network == from || {
                let held = held.entry((from, moved)).or_default();
                let rest = held.checked_sub(exit.amount);
                *held = rest.unwrap_or(*held);
                rest.is_some()
            };
            let token = if enough { exit.token } else { token(from, 0x71) };
            let leaf_type = if enough {
                exit.leaf_type
            } else {
                LeafType::Transfer
            };
            exits.push(Exit {
                token,
                leaf_type,
                ..exit
            });
        }
        let leaves: Vec<_> = exits.iter().map(shadow_leaf).collect();
        let shadow = self.shadows.get_mut(&from).unwrap();
        shadow.extend(&leaves).unwrap();
        let entries = self.entries.get_mut(&from).unwrap();
        entries.push(HistoryEntry {
            height: entries.len() as u64,
            state_root: StateRoot::new(B256::repeat_byte(draw.state_root)),
            shadow_root: shadow.root(),
            exit_count: shadow.count(),
        });
        self.sent.push(exits);
    }

    /// The certificates, which import what is there already or offered; whoever has to agree does.
    fn certificates(&self, walk: &mut Walk, draw: &EpochDraw) -> Vec<Certificate> {
        for (draw, sent) in draw.certificates.iter().zip(&self.sent) {
            let sent = sent.iter().map(|&exit| (exit, false));
            walk.book.entry(NETWORKS[draw.network]).or_default().extend(sent);
        }
        let mut states = BTreeMap::new();
        let all = draw.certificates.iter().zip(&self.sent);
        all.map(|(draw, sent)| {
            let network = NETWORKS[draw.network];
            let known = walk.world.network(network).unwrap();
            let (authority, settled) = (known.authority, known.state.clone());
            let state = states.entry(network).or_insert(settled);
            let imports = self.imports(walk, draw);
            let mut certificate = draft(state, sent.clone(), imports).unwrap();
            certificate.state_root = Some(StateRoot::new(B256::repeat_byte(draw.state_root)));
            certificate.contingencies = self.contingencies(draw);
            certificate.expiry = draw
                .expiry
                .map_or(Expiry::NEVER, |at| Expiry::new(1 << 33 | u64::from(at)));
            certificate.authority = authority
                .validity_key()
                .map(|key| Authorisation::Validity { key });
            let transition = apply(state, &certificate).unwrap();
            if let Some(signer) = authority.signer_address() {
                walk.world.approve(signer, transition.digest());
            }
            *state = transition.after().clone();
            certificate
        })
        .collect()
    }

    fn imports(&self, walk: &mut Walk, draw: &CertificateDraw) -> Vec<ImportedExit> {
        let network = NETWORKS[draw.network];
        let l1 = walk.world.l1_shadow().clone();
        let mut imports = Vec::new();
        for (&source, exits) in &mut walk.book {
            let ours = exits.iter_mut().zip(0..).filter(|((exit, taken), leaf)| {
                let picked = source == L1 || draw.imports >> (leaf % 32) & 1 == 1;
                exit.destination_network == network && !taken && picked
            });
            for ((exit, taken), leaf) in ours {
                *taken = true;
                let global_index = GlobalIndex::new(source, leaf);
                let backing = Backing::History(match source {
                    L1 => under_l1(&l1, leaf, draw.under),
                    _ => self.under(source, leaf, draw.under),
                });
                imports.push(ImportedExit {
                    exit: *exit,
                    global_index,
                    backing,
                });
            }
        }
        imports
    }

    /// An exit of a network under one of the entries that have it.
    fn under(&self, network: NetworkId, leaf: u32, which: u8) -> HistoryBacking {
        let entries = self.entries[&network].iter();
        let having: Vec<_> = entries.filter(|entry| entry.exit_count > leaf).collect();
        let entry = *having[usize::from(which) % having.len()];
        HistoryBacking {
            entry: BackingEntry::Network { network, entry },
            path: self.shadows[&network].path_at(leaf, entry.exit_count),
        }
    }

    fn contingencies(&self, draw: &CertificateDraw) -> Vec<Contingency> {
        let others = NETWORKS
            .iter()
            .filter(|&&network| network != NETWORKS[draw.network]);
        let entries =
            others.flat_map(|&network| self.entries[&network].iter().map(move |entry| (network, entry)));
        let entries: Vec<_> = entries.collect();
        let mut named = BTreeSet::new();
        let picks = draw.contingencies.iter().filter(|_| !entries.is_empty());
        let picks = picks.map(|&pick| usize::from(pick) % entries.len());
        picks
            .filter(|&pick| named.insert(pick))
            .map(|pick| Contingency {
                network: entries[pick].0,
                height: entries[pick].1.height,
                state_root: entries[pick].1.state_root,
            })
            .collect()
    }
}

/// An exit of L1 under one of the counts of exits that have it.
fn under_l1(shadow: &ShadowTree, leaf: u32, which: u8) -> HistoryBacking {
    let exit_count = leaf + 1 + u32::from(which) % (shadow.count() - leaf);
    HistoryBacking {
        entry: BackingEntry::L1(L1Entry {
            exit_count,
            shadow_root: shadow.root_at(exit_count),
        }),
        path: shadow.path_at(leaf, exit_count),
    }
}
