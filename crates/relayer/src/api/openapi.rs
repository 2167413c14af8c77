//! The description of the interface: `docs/openapi.json`.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use super::{admin, certificates, claims, epochs, events, health, jobs, networks, rpc};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Causeway relayer",
        description = "From a network's certificate to finality on L1. Everything under /v1/admin is on a listener of its own. Times are milliseconds since 1970, amounts of wei decimal text, hashes and addresses 0x and hexadecimal digits.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        certificates::submit,
        certificates::list,
        certificates::one,
        certificates::explain,
        certificates::own_proof,
        networks::list,
        networks::one,
        epochs::list,
        epochs::plan,
        epochs::one,
        jobs::list,
        jobs::one,
        claims::list,
        claims::one,
        claims::calldata,
        events::follow,
        health::status,
        health::alive,
        health::ready,
        health::version,
        rpc::handle,
        admin::pause,
        admin::resume,
        admin::retry,
        admin::abort,
        admin::reject,
        admin::audit
    )
)]
struct Described;

/// The description.
pub fn openapi() -> Document {
    Described::openapi()
}

/// The description, as `docs/openapi.json` has it.
///
/// # Errors
/// If it has no JSON.
pub fn text() -> Result<String, serde_json::Error> {
    Ok(openapi().to_pretty_json()? + "\n")
}

pub(super) async fn document() -> Json<Document> {
    Json(openapi())
}
