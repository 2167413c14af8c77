//! Networks that sign whatever a test wants: certificates with exits and imports, chains, diamonds, cycles and poison.
//!
//! A [`Maker`] keeps the world as it is once everything that it made is settled, and makes the next certificates on top of that.

mod shapes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use anyhow::{Context, Result, ensure};
use causeway_journal::certificate_id;
use causeway_ledger::{World, apply, draft, settle_epoch};
use causeway_types::{
    Authorisation, Authority, Backing, Certificate, CertificateJson, Contingency, EMPTY_METADATA_HASH, Exit,
    Expiry, GlobalIndex, GoldilocksDigest, ImportedExit, LeafType, NetworkId, SettlementDomain, StateRoot,
    TokenId,
};

use crate::faults::prover::{own_key, own_proof};
use crate::world::{secret, sign, signer};

/// What a certificate is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Exits of the network's own token: where to, and how much.
    pub exits: Vec<(NetworkId, u64)>,
    /// Exits that were made on its own bridge, as they are.
    pub made: Vec<Exit>,
    /// Exits of others that it takes in.
    pub imports: Vec<GlobalIndex>,
    /// With whom it settles: networks, at the height that they have next.
    pub contingent_on: Vec<NetworkId>,
    /// Until when it can settle, if not for ever, in seconds.
    pub expiry: Option<u64>,
}

impl Draft {
    /// One that sends something to a network.
    pub fn to(network: NetworkId, amount: u64) -> Self {
        Self {
            exits: vec![(network, amount)],
            ..Self::default()
        }
    }

    /// The same with an import.
    #[must_use]
    pub fn taking(mut self, index: GlobalIndex) -> Self {
        self.imports.push(index);
        self
    }

    /// The same, settling only with the next certificate of another network.
    #[must_use]
    pub fn with(mut self, network: NetworkId) -> Self {
        self.contingent_on.push(network);
        self
    }
}

/// A certificate that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// It.
    pub certificate: Certificate,
    /// Its id.
    pub id: B256,
    /// Its network's own proof of it, if its network proves.
    pub own_proof: Option<Vec<u8>>,
}

impl Made {
    /// The certificate alone.
    pub fn json(&self) -> CertificateJson {
        self.certificate.clone().into()
    }

    /// As it is handed in, with its network's own proof beside it.
    ///
    /// # Errors
    /// None: it always has a JSON.
    pub fn handed_in(&self) -> Result<Vec<u8>> {
        let mut fields = serde_json::to_value(self.json())?;
        if let Some(proof) = &self.own_proof {
            fields["own_proof"] = serde_json::to_value(Bytes::copy_from_slice(proof))?;
        }
        Ok(serde_json::to_vec(&fields)?)
    }

    /// Its network.
    pub const fn network(&self) -> NetworkId {
        self.certificate.network
    }

    /// Where its exits stand among its network's: the first one's place.
    pub fn index(&self, maker: &Maker, exit: u32) -> GlobalIndex {
        let count = maker.counts.get(&self.id).copied().unwrap_or_default();
        GlobalIndex::new(self.network(), count + exit)
    }
}

/// Networks, each with a signer or a prover of its own, and what they did.
#[derive(Clone, Debug)]
pub struct Maker {
    world: World,
    /// Exits by network, in their order, L1's among them.
    sent: BTreeMap<NetworkId, Vec<Exit>>,
    /// How many exits a network had before a certificate.
    counts: BTreeMap<B256, u32>,
    seed: u64,
}

/// Who speaks for a network: of so many, the last ones prove and sign nothing.
///
/// # Errors
/// None: there is a key for each.
pub fn authority(id: u32, networks: u32, proving: u32) -> Result<Authority> {
    let network = NetworkId::new(id);
    Ok(if id + proving > networks {
        Authority::validity(own_key(network))?
    } else {
        Authority::signer(signer(network))?
    })
}

/// The token that a network issues.
pub fn token_of(network: NetworkId) -> TokenId {
    TokenId {
        network,
        address: Address::with_last_byte(0x70_u8.wrapping_add(network.get() as u8)),
    }
}

impl Maker {
    /// Networks 1 to `networks` of a deployment, whose signers are [`signer`]s; the last `proving` of them prove instead.
    ///
    /// # Errors
    /// The ledger's.
    pub fn new(domain: SettlementDomain, networks: u32, proving: u32, seed: u64) -> Result<Self> {
        let mut world = World::new(domain);
        for id in 1..=networks {
            world.register(NetworkId::new(id), authority(id, networks, proving)?)?;
        }
        Ok(Self {
            world,
            sent: BTreeMap::new(),
            counts: BTreeMap::new(),
            seed,
        })
    }

    /// The world once all that was made is settled.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Exits of L1, which certificates may take in from now on.
    ///
    /// # Errors
    /// The ledger's.
    pub fn deposit(&mut self, exits: &[Exit]) -> Result<()> {
        self.world.deposit(exits)?;
        self.sent.entry(NetworkId::MAINNET).or_default().extend(exits);
        Ok(())
    }

    /// A network's next certificate.
    ///
    /// # Errors
    /// If the ledger refuses it.
    pub fn make(&mut self, network: NetworkId, wanted: &Draft) -> Result<Made> {
        let mut made = self.make_together(&[(network, wanted.clone())])?;
        made.pop().context("one was made")
    }

    /// The next certificates of several networks, which may be contingent on each other.
    ///
    /// # Errors
    /// If the ledger refuses any of them.
    pub fn make_together(&mut self, wanted: &[(NetworkId, Draft)]) -> Result<Vec<Made>> {
        let mut made = Vec::new();
        for (network, draft) in wanted {
            made.push(self.build(*network, draft)?);
        }
        self.settle(&made)?;
        Ok(made)
    }

    /// A certificate as [`Self::make`] makes it, which does not count: the next one has the same height.
    ///
    /// # Errors
    /// If it does not apply.
    pub fn propose(&self, network: NetworkId, wanted: &Draft) -> Result<Made> {
        self.build(network, wanted)
    }

    /// A certificate that breaks a rule and is signed all the same: it sends away what its network does not hold.
    ///
    /// # Errors
    /// If there is no such network.
    pub fn poison(&self, network: NetworkId, to: NetworkId) -> Result<Made> {
        let known = self.world.network(network).context("no such network")?;
        let exit = Exit {
            token: TokenId::ETH,
            ..exit_of(network, to, U256::MAX >> 1)
        };
        let mut certificate = draft(known.state, vec![exit], Vec::new())?;
        let state_root = self.state_root(network, known.state.height());
        certificate.state_root = Some(state_root);
        // What it breaks is found by applying it, and so is its digest: the signature is over that of one without the exit.
        let innocent = Certificate {
            state_root: Some(state_root),
            ..draft(known.state, Vec::new(), Vec::new())?
        };
        certificate.authority = Some(self.authorise(&innocent)?);
        let id = certificate_id(&certificate);
        Ok(Made {
            certificate,
            id,
            own_proof: None,
        })
    }

    /// Takes note that certificates settle.
    fn settle(&mut self, made: &[Made]) -> Result<()> {
        let certificates: Vec<_> = made.iter().map(|made| made.certificate.clone()).collect();
        let outcome = settle_epoch(&self.world, &certificates);
        ensure!(
            outcome.left_out.is_empty(),
            "the ledger leaves out {:?}",
            outcome.left_out
        );
        self.world = outcome.world;
        for made in made {
            let sent = self.sent.entry(made.network()).or_default();
            self.counts.insert(made.id, u32::try_from(sent.len())?);
            sent.extend(&made.certificate.exits);
        }
        Ok(())
    }

    fn build(&self, network: NetworkId, wanted: &Draft) -> Result<Made> {
        let known = self.world.network(network).context("no such network")?;
        let exits = wanted
            .exits
            .iter()
            .map(|&(to, amount)| exit_of(network, to, U256::from(amount)))
            .chain(wanted.made.iter().copied())
            .collect();
        let mut imports = Vec::new();
        for &index in &wanted.imports {
            imports.push(self.import(index)?);
        }
        let contingencies = wanted.contingent_on.iter().map(|&on| {
            let height = self.world.network(on).context("no such network")?.state.height();
            Ok(Contingency {
                network: on,
                height,
                state_root: self.state_root(on, height),
            })
        });
        let mut certificate = Certificate {
            state_root: Some(self.state_root(network, known.state.height())),
            contingencies: contingencies.collect::<Result<_>>()?,
            expiry: wanted.expiry.map_or(Expiry::NEVER, Expiry::new),
            ..draft(known.state, exits, imports)?
        };
        certificate.authority = Some(self.authorise(&certificate)?);
        let own_proof = match certificate.authority {
            Some(Authorisation::Validity { .. }) => Some(own_proof(network, self.digest(&certificate)?)),
            _ => None,
        };
        let id = certificate_id(&certificate);
        Ok(Made {
            certificate,
            id,
            own_proof,
        })
    }

    fn digest(&self, certificate: &Certificate) -> Result<GoldilocksDigest> {
        let known = self
            .world
            .network(certificate.network)
            .context("no such network")?;
        Ok(apply(known.state, certificate)?.digest())
    }

    fn authorise(&self, certificate: &Certificate) -> Result<Authorisation> {
        let network = certificate.network;
        let known = self.world.network(network).context("no such network")?;
        if let Some(key) = known.authority.validity_key() {
            return Ok(Authorisation::Validity { key });
        }
        let digest = self.digest(certificate)?;
        let hash = self.world.domain().signing_hash(network, digest);
        Ok(Authorisation::Signer {
            signature: sign(&secret(network), hash.as_slice()),
        })
    }

    fn import(&self, index: GlobalIndex) -> Result<ImportedExit> {
        let sent = self.sent.get(&index.source());
        let exit = sent.and_then(|sent| sent.get(index.leaf_index() as usize));
        let backing = self.world.backing(index);
        Ok(ImportedExit {
            exit: *exit.with_context(|| format!("nobody made {index:?}"))?,
            global_index: index,
            backing: Backing::History(backing.with_context(|| format!("nothing backs {index:?}"))?),
        })
    }

    /// A network's state root after the certificate of a height: nobody looks into it, and two runs with one seed have the same.
    fn state_root(&self, network: NetworkId, height: u64) -> StateRoot {
        let words = [self.seed, u64::from(network.get()), height].map(u64::to_be_bytes);
        StateRoot::new(keccak256(words.concat()))
    }
}

fn exit_of(from: NetworkId, to: NetworkId, amount: U256) -> Exit {
    Exit {
        leaf_type: LeafType::Transfer,
        token: token_of(from),
        destination_network: to,
        destination_address: Address::with_last_byte(0xee),
        amount,
        metadata_hash: EMPTY_METADATA_HASH,
    }
}
