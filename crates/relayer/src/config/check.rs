//! What can be read and must not be run.

use std::collections::BTreeSet;

use serde::Serialize;

use super::schema::{Config, Role, SettledAt, SignerSettings};
use super::secret::Secret;

/// The most gas that a chain takes in one transaction (EIP-7825).
const GAS_CAP: u64 = 1 << 24;

/// What the settlement of a single certificate may take.
const GAS_LEAST: u64 = 500_000;

/// A setting that must not be run with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its name.
    pub setting: String,
    /// What is wrong with it, and what would be right.
    pub detail: String,
}

/// Whether a chain is one that developers run for themselves.
pub const fn is_developers_chain(chain_id: u64) -> bool {
    matches!(chain_id, 31_337 | 1_337)
}

/// Everything that is wrong, not the first alone.
pub fn problems(config: &Config) -> Vec<Problem> {
    let mut found = Problems(Vec::new());
    endpoints(config, &mut found);
    let developers = is_developers_chain(config.l1.chain_id);
    if !developers {
        public_chain(config, &mut found);
    }
    let fees = &config.fees;
    if !(fees.bump_percent >= 10.0 && fees.bump_percent <= 1_000.0) {
        found.add(
            "fees.bump_percent",
            format!(
                "{} is below the 10 in a hundred that nodes ask of a replacement, or no percentage",
                fees.bump_percent
            ),
        );
    }
    if fees.gas_max > GAS_CAP {
        found.add(
            "fees.gas_max",
            format!(
                "{} is above the {GAS_CAP} that a chain takes in one transaction (EIP-7825)",
                fees.gas_max
            ),
        );
    }
    if fees.gas_max < GAS_LEAST {
        found.add(
            "fees.gas_max",
            format!(
                "{} is below the {GAS_LEAST} that an epoch of one certificate may take",
                fees.gas_max
            ),
        );
    }
    if fees.tip_floor > fees.max_fee {
        found.add(
            "fees.tip_floor",
            format!("{} is above fees.max_fee, {}", fees.tip_floor, fees.max_fee),
        );
    }
    if config.epochs.max_certificates == 0 {
        found.add(
            "epochs.max_certificates",
            "an epoch has one certificate at least".to_owned(),
        );
    }
    if config.l1.log_range == 0 {
        found.add("l1.log_range", "nothing can be read of no blocks".to_owned());
    }
    if config.prover.lease.0.is_zero() || config.prover.max_tries == 0 {
        found.add("prover", "lease and max_tries are above zero".to_owned());
    }
    if config.api.admin_token.is_none() && !config.api.admin.ip().is_loopback() {
        found.add(
            "api.admin_token",
            format!("{} can be reached from elsewhere: set a token", config.api.admin),
        );
    }
    if config.api.max_pending.0 < config.api.max_body.0 {
        found.add(
            "api.max_pending",
            format!(
                "{} bytes have no room for one request of api.max_body, {}",
                config.api.max_pending.0, config.api.max_body.0
            ),
        );
    }
    claims(config, &mut found);
    networks(config, &mut found);
    found.0
}

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, setting: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Problem {
            setting: setting.into(),
            detail: detail.into(),
        });
    }
}

fn endpoints(config: &Config, found: &mut Problems) {
    let endpoints = &config.l1.endpoint;
    for role in [Role::Read, Role::Submit] {
        let has = |roles: &Option<Vec<Role>>| roles.as_ref().is_none_or(|roles| roles.contains(&role));
        if !endpoints.iter().any(|endpoint| has(&endpoint.roles)) {
            found.add(
                "l1.endpoint",
                format!("none of them is there to {role:?}").to_lowercase(),
            );
        }
    }
    let mut names = BTreeSet::new();
    for (place, endpoint) in endpoints.iter().enumerate() {
        if !names.insert(&endpoint.name) {
            found.add(
                format!("l1.endpoint.{place}.name"),
                format!("two endpoints are called {}", endpoint.name),
            );
        }
        let same = endpoints[..place].iter().find(|other| other.url == endpoint.url);
        if let Some(other) = same {
            found.add(
                format!("l1.endpoint.{place}.url"),
                format!("it is the one of {}: two names do not make two nodes", other.name),
            );
        }
    }
}

fn public_chain(config: &Config, found: &mut Problems) {
    let chain = config.l1.chain_id;
    for (setting, secret) in secrets(config) {
        if secret.is_plain() {
            found.add(
                setting,
                format!("on chain {chain} a secret stands in a variable or a file: {{ env = \"NAME\" }} or {{ file = \"PATH\" }}"),
            );
        }
    }
    for (setting, signer) in signers(config) {
        if let SignerSettings::Key { .. } = signer {
            found.add(
                setting,
                format!("on chain {chain} a key is in a keystore or with a service, not in plain"),
            );
        }
    }
    if config.l1.settled_at == SettledAt::Latest {
        found.add(
            "l1.settled_at",
            format!("on chain {chain} the newest block is no settlement: use \"safe\" or \"finalized\""),
        );
    }
    if config.prover.development_key {
        found.add(
            "prover.development_key",
            format!("whoever made the key can prove anything: not on chain {chain}"),
        );
    }
}

/// Every secret but keys in plain, which are refused as such.
fn secrets(config: &Config) -> Vec<(String, &Secret)> {
    let mut secrets = Vec::new();
    for (place, endpoint) in config.l1.endpoint.iter().enumerate() {
        secrets.push((format!("l1.endpoint.{place}.url"), &endpoint.url));
    }
    for (place, network) in config.networks.iter().enumerate() {
        if let Some(rpc) = &network.rpc {
            secrets.push((format!("network.{place}.rpc"), rpc));
        }
    }
    if let Some(token) = &config.api.admin_token {
        secrets.push(("api.admin_token".to_owned(), token));
    }
    for (setting, signer) in signers(config) {
        match signer {
            SignerSettings::Keystore { password, .. } => {
                secrets.push((format!("{setting}.password"), password));
            }
            SignerSettings::Remote { url, .. } => secrets.push((format!("{setting}.url"), url)),
            SignerSettings::Key { .. } => {}
        }
    }
    secrets
}

fn signers(config: &Config) -> Vec<(String, &SignerSettings)> {
    let mut signers = vec![("signer.settlement".to_owned(), &config.signer.settlement)];
    for (name, signer) in &config.signer.claims {
        signers.push((format!("signer.claims.{name}"), signer));
    }
    signers
}

fn claims(config: &Config, found: &mut Problems) {
    let destinations = &config.claims.destination;
    if config.claims.enabled && destinations.is_empty() {
        found.add(
            "claims.destination",
            "claims are enabled, and no [[claims.destination]] says where and by whom",
        );
    }
    if config.claims.enabled
        && !config
            .networks
            .iter()
            .any(super::schema::NetworkSettings::is_followed)
    {
        found.add(
            "claims.enabled",
            "no [[network]] has rpc, bridge and chain_id: no exits are seen that could be paid for",
        );
    }
    for (place, destination) in destinations.iter().enumerate() {
        let setting = |name: &str| format!("claims.destination.{place}.{name}");
        let network = destination.network;
        match config.signer.claims.get(&destination.signer) {
            None => found.add(
                setting("signer"),
                format!("there is no signer.claims.{}", destination.signer),
            ),
            Some(signer) if network == 0 && *signer == config.signer.settlement => found.add(
                setting("signer"),
                "on L1 claims have a wallet of their own: settlement must not wait for them",
            ),
            Some(_) => {}
        }
        let known = network == 0
            || config
                .networks
                .iter()
                .any(|known| known.id == network && known.is_followed());
        if !known {
            found.add(
                setting("network"),
                format!("network {network} needs a [[network]] with rpc, bridge and chain_id"),
            );
        }
        if destinations[..place].iter().any(|other| other.network == network) {
            found.add(
                setting("network"),
                format!("claims on network {network} have two destinations: one wallet pays for them"),
            );
        }
        let nothing = destination.tokens.is_empty() && !destination.other_tokens && !destination.messages;
        if config.claims.enabled && nothing {
            found.add(
                setting("token"),
                "nothing would be paid for: name tokens, or allow other_tokens or messages",
            );
        }
        if destination.max_fee_per_claim > destination.budget_day {
            found.add(
                setting("max_fee_per_claim"),
                format!(
                    "{} is above the day's budget, {}",
                    destination.max_fee_per_claim, destination.budget_day
                ),
            );
        }
        if destination.max_gas > GAS_CAP {
            found.add(
                setting("max_gas"),
                format!(
                    "{} is above the {GAS_CAP} that a chain takes in one transaction (EIP-7825)",
                    destination.max_gas
                ),
            );
        }
        if destination.at_once == 0 || destination.max_tries == 0 || destination.retry_after.0.is_zero() {
            found.add(
                setting("at_once"),
                "at_once, max_tries and retry_after are above zero",
            );
        }
    }
}

fn networks(config: &Config, found: &mut Problems) {
    let (mut ids, mut chains) = (BTreeSet::new(), BTreeSet::from([config.l1.chain_id]));
    for (place, network) in config.networks.iter().enumerate() {
        let is_begun = network.rpc.is_some() || network.bridge.is_some() || network.chain_id.is_some();
        if is_begun && !network.is_followed() {
            found.add(
                format!("network.{place}"),
                "rpc, bridge and chain_id belong together: whoever reads its chain needs all of them",
            );
        }
        if let Some(chain) = network.chain_id.filter(|chain| !chains.insert(*chain)) {
            found.add(
                format!("network.{place}.chain_id"),
                format!("{chain} is the chain of L1 or of another network"),
            );
        }
        if network.id == 0 {
            found.add(
                format!("network.{place}.id"),
                "0 is L1, which has no certificates",
            );
        }
        if !ids.insert(network.id) {
            found.add(
                format!("network.{place}.id"),
                format!("network {} is there twice", network.id),
            );
        }
    }
}
