use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use anyhow::Result;
use causeway_console::files::write_text;
use causeway_console::{Console, Report};
use causeway_ledger::apply;
use causeway_relayer::network::{Past, Settled, authorise, sign_lxly};
use causeway_types::{Certificate, CertificateJson, NetworkId, Prehash};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::folder::certificates;
use crate::Answer;
use crate::chains::{KeyOption, L1Option, json, wait};

/// Sign a certificate with its network's key
///
/// The digest is made anew from the network's own earlier certificates, which are held to L1: what somebody else says it is counts for
/// nothing. A key that is not the network's signer is refused.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: network, height, signer, digest, lxly_id, out.")]
pub(super) struct Sign {
    /// The certificate
    #[arg(value_name = "FILE")]
    certificate: PathBuf,
    /// Folder with all certificates of the network that were handed in, a file each
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    #[command(flatten)]
    l1: L1Option,
    #[command(flatten)]
    key: KeyOption,
    /// Add LxLy's own signature too, over this payload
    #[arg(long, value_name = "PAYLOAD")]
    lxly: Option<Payload>,
    /// Write it here instead of where it was
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Payload {
    V2,
    V3,
    V5,
}

impl From<Payload> for Prehash {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::V2 => Self::V2,
            Payload::V3 => Self::V3,
            Payload::V5 => Self::V5,
        }
    }
}

#[derive(Serialize)]
struct Fields {
    network: NetworkId,
    height: u64,
    signer: Address,
    digest: B256,
    lxly_id: B256,
    out: PathBuf,
}

impl Sign {
    pub(super) fn run(&self, console: &Console) -> Result<Answer> {
        let key = self.key.open()?;
        let mut certificate: Certificate = json(&self.certificate)?;
        let network = certificate.network;
        let past = console.work("reading L1", || {
            wait(async {
                let l1 = self.l1.read().await?;
                let settled = l1.ethereum.network(network)?;
                let past = certificates(&self.state)?;
                let past = Past::of(l1.domain, network, past, Settled::L1(&settled))?;
                authorise(&mut certificate, &past, &settled.authority, &*key).await?;
                if let Some(payload) = self.lxly {
                    sign_lxly(&mut certificate, payload.into(), &settled.authority, &*key).await?;
                }
                Ok(past)
            })
        })?;
        let digest = apply(past.state(), &certificate)?.digest();
        let out = self.out.as_ref().unwrap_or(&self.certificate);
        let fields = Fields {
            network,
            height: certificate.height,
            signer: key.address(),
            digest: digest.into(),
            lxly_id: certificate.id(),
            out: out.clone(),
        };
        let json = CertificateJson::from(certificate);
        write_text(out, &serde_json::to_string_pretty(&json)?)?;
        let text = format!(
            "wrote {}: certificate {} of network {}, signed by {}",
            out.display(),
            fields.height,
            network.get(),
            fields.signer,
        );
        Ok(Answer {
            report: Report::new("cert sign", text, &fields)?,
            left_out: false,
        })
    }
}
