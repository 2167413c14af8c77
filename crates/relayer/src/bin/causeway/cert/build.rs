use std::path::PathBuf;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use alloy_primitives::B256;
use anyhow::{Context, Result, bail};
use causeway_console::files::write_text;
use causeway_console::{Console, Report};
use causeway_relayer::config::units::Time;
use causeway_relayer::network::{Built, Past, Prefer, Settled, Terms, build};
use causeway_types::{Authority, Certificate, CertificateJson, Contingency, Expiry, NetworkId, StateRoot};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::folder::certificates;
use crate::Answer;
use crate::chains::{ChainOption, L1Option, SourcesOption, json, wait};

/// Build a network's next certificate from logs alone
///
/// It has every exit and every claim of the network's bridge that no earlier certificate has. It is written only if it applies to the
/// network's state; the rule that it would break is told otherwise. It is not signed: see `causeway cert sign`. Of a network that proves and does not sign it names the
/// key of its proof.
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: network, height, exits, imports, expiry, digest, signing_hash, lxly_id, out, certificate if there is no --out.")]
pub(super) struct Build {
    /// The network's id
    #[arg(long, value_name = "N")]
    network: u32,
    /// Folder with all certificates of the network that were handed in, a file each
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    #[command(flatten)]
    chain: ChainOption,
    #[command(flatten)]
    l1: L1Option,
    #[command(flatten)]
    sources: SourcesOption,
    /// Certificate of another network that settles with this one or before it; imports may come from it
    #[arg(long, value_name = "FILE")]
    ahead: Vec<PathBuf>,
    /// What has to be settled with it or before it
    #[arg(long, value_name = "NETWORK:HEIGHT:STATE_ROOT")]
    contingent: Vec<ContingencyArgument>,
    /// After how long it can no longer settle: a certificate that is not wanted any more dies then
    #[arg(long, value_name = "TIME", default_value = "6h", value_parser = time)]
    expires_in: Time,
    /// The network's own state root after it; unchanged if it is not given
    #[arg(long, value_name = "ROOT")]
    state_root: Option<B256>,
    /// What shows imports where there is a choice
    #[arg(long, value_name = "WHAT", default_value = "history")]
    prefer: PreferArgument,
    /// Make one although nothing was exported or imported
    #[arg(long)]
    even_if_empty: bool,
    /// Write the certificate here instead of to stdout
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PreferArgument {
    /// Histories of their sources, which have to be here
    History,
    /// LxLy's paths
    Claim,
}

#[derive(Clone, Copy, Debug)]
struct ContingencyArgument(Contingency);

impl FromStr for ContingencyArgument {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<_> = text.split(':').collect();
        let [network, height, state_root] = parts[..] else {
            bail!("it is written NETWORK:HEIGHT:STATE_ROOT");
        };
        Ok(Self(Contingency {
            network: NetworkId::new(network.parse().context("the network is a number")?),
            height: height.parse().context("the height is a number")?,
            state_root: StateRoot::new(state_root.parse().context("the state root has 32 bytes")?),
        }))
    }
}

fn time(text: &str) -> Result<Time> {
    Ok(Time::try_from(text.to_owned())?)
}

#[derive(Serialize)]
struct Fields {
    network: NetworkId,
    height: u64,
    exits: usize,
    imports: usize,
    expiry: u64,
    digest: B256,
    signing_hash: B256,
    lxly_id: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateJson>,
}

impl Build {
    pub(super) fn run(&self, console: &Console) -> Result<Answer> {
        let (built, authority) = console.work("reading chains", || wait(self.build()))?;
        let certificate = built.unsigned(&authority);
        let json = CertificateJson::from(certificate.clone());
        let text = serde_json::to_string_pretty(&json)?;
        let domain = built.transition().before().domain();
        let digest = built.digest();
        let fields = Fields {
            network: certificate.network,
            height: certificate.height,
            exits: certificate.exits.len(),
            imports: certificate.imports.len(),
            expiry: certificate.expiry.get(),
            digest: digest.into(),
            signing_hash: domain.signing_hash(certificate.network, digest),
            lxly_id: certificate.id(),
            out: self.out.clone(),
            certificate: self.out.is_none().then_some(json),
        };
        let text = match &self.out {
            None => text,
            Some(path) => {
                write_text(path, &text)?;
                format!(
                    "wrote {}: certificate {} of network {} with {} exits and {} imports, to be authorised",
                    path.display(),
                    fields.height,
                    self.network,
                    fields.exits,
                    fields.imports,
                )
            }
        };
        Ok(Answer {
            report: Report::new("cert build", text, &fields)?,
            left_out: false,
        })
    }

    async fn build(&self) -> Result<(Built, Authority)> {
        let network = NetworkId::new(self.network);
        let l1 = self.l1.read().await?;
        let mut sources = self.sources.read(&l1.ethereum).await?;
        for path in &self.ahead {
            let certificate: Certificate = json(path)?;
            let cannot = || format!("{} is not built on", path.display());
            sources.ahead(&certificate).with_context(cannot)?;
        }
        let settled = l1.ethereum.network(network)?;
        let past = certificates(&self.state)?;
        let past = Past::of(l1.domain, network, past, Settled::L1(&settled))?;
        let log = self.chain.read(network).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let terms = Terms {
            state_root: self.state_root.map(StateRoot::new),
            contingencies: self.contingent.iter().map(|argument| argument.0).collect(),
            expiry: Expiry::new(now.as_secs().saturating_add(self.expires_in.0.as_secs())),
            prefer: match self.prefer {
                PreferArgument::History => Prefer::History,
                PreferArgument::Claim => Prefer::Claim,
            },
            even_if_empty: self.even_if_empty,
        };
        Ok((build(&log, &past, &sources, terms)?, settled.authority))
    }
}
