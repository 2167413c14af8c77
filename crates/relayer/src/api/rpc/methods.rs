//! The methods.

use std::net::IpAddr;

use alloy_primitives::B256;
use causeway_journal::{JournalError, Standing, View};
use causeway_types::NetworkId;
use serde_json::{Value, json};

use super::error::RpcFailure;
use super::frame::Request;
use super::header::{Header, NetworkInfo, pending, settled};
use crate::api::certificates::take_in;
use crate::api::{Api, Failure};
use crate::desk::{Code, Refusal};

/// Does what is called for.
pub(super) async fn call(api: &Api, request: &Request<'_>, sender: IpAddr) -> Result<Value, RpcFailure> {
    match request.method.as_str() {
        "interop_sendCertificate" => {
            let certificate = request.only("certificate")?;
            let submitted = take_in(api, certificate.get().as_bytes(), sender, "json-rpc").await?;
            Ok(json!(submitted.lxly_id))
        }
        "interop_getCertificateHeader" => {
            let id: B256 = request.read_only("certificate_id")?;
            let header = read(api, |view| {
                // LxLy's first; ours too, for who has that one.
                let record = match view.certificate_by_lxly_id(id)? {
                    Some(record) => Some(record),
                    None => view.certificate(id)?,
                };
                record.map(|record| Header::of(view, &record)).transpose()
            })?;
            match header {
                Some(header) => Ok(json!(header)),
                None => Err(RpcFailure::not_found(&format!("Certificate({id})"))),
            }
        }
        "interop_getEpochConfiguration" => {
            request.none()?;
            Ok(json!(api.settings.epochs))
        }
        "interop_getLatestKnownCertificateHeader" => {
            let network = network(request)?;
            header(api, |view| view.highest_certificate(network, KNOWN))
        }
        "interop_getLatestSettledCertificateHeader" => {
            let network = network(request)?;
            header(api, |view| settled(view, network))
        }
        "interop_getLatestPendingCertificateHeader" => {
            let network = network(request)?;
            header(api, |view| pending(view, network))
        }
        "interop_getNetworkInfo" => {
            let network = network(request)?;
            let Some(status) = api.desk.network(network) else {
                let message = format!("Rollup {} not registered", network.get());
                return Err(Refusal::new(Code::UnknownNetwork, message).into());
            };
            let info = read(api, |view| NetworkInfo::of(view, &status))?;
            Ok(json!(info))
        }
        "interop_sendTx" | "interop_getTxStatus" => Err(RpcFailure::disabled(
            request.method.trim_start_matches("interop_"),
        )),
        other => Err(RpcFailure::no_method(other)),
    }
}

/// What AggLayer knows of: all but what its network itself replaced.
const KNOWN: &[Standing] = &[
    Standing::Waiting,
    Standing::Accepted,
    Standing::Proven,
    Standing::Confirmed,
    Standing::Assigned,
    Standing::Settled,
    Standing::Finalized,
    Standing::Rejected,
    Standing::Expired,
];

fn network(request: &Request<'_>) -> Result<NetworkId, RpcFailure> {
    request.read_only("network_id").map(NetworkId::new)
}

fn header(
    api: &Api,
    find: impl FnOnce(&View<'_>) -> Result<Option<causeway_journal::CertificateRecord>, JournalError>,
) -> Result<Value, RpcFailure> {
    let header = read(api, |view| {
        find(view)?.map(|record| Header::of(view, &record)).transpose()
    })?;
    Ok(json!(header))
}

fn read<T>(api: &Api, read: impl FnOnce(&View<'_>) -> Result<T, JournalError>) -> Result<T, RpcFailure> {
    api.read(read).map_err(|failure: Failure| failure.into())
}
