//! Questions that are read, and answers of those that fail: a [`Refusal`] as HTTP has it.

use std::net::IpAddr;
use std::str::FromStr;

use alloy_primitives::B256;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_journal::{JournalError, ReasonClass};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::shares::Share;
use super::{Api, sender};
use crate::desk::{Code, Refusal};

/// A question that fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// As HTTP has it.
    pub status: StatusCode,
    /// Why.
    pub refusal: Box<Refusal>,
}

impl Failure {
    pub(super) fn not_found(what: impl std::fmt::Display) -> Self {
        Refusal::new(Code::NotFound, format!("there is no {what}")).into()
    }

    pub(super) fn malformed(detail: impl std::fmt::Display) -> Self {
        Refusal::new(Code::Malformed, detail.to_string()).into()
    }
}

/// The status of each code, and what it means to whoever reads the documentation.
const fn told(code: Code) -> (StatusCode, &'static str) {
    match code {
        Code::Malformed => (
            StatusCode::BAD_REQUEST,
            "It cannot be read. Send it as the API describes it.",
        ),
        Code::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "It is longer than `api.max_body`, or has more than settles at once. Split it.",
        ),
        Code::UnknownNetwork => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "No such network is registered on L1. Register it, or mend `network_id`.",
        ),
        Code::NotFound => (
            StatusCode::NOT_FOUND,
            "No such certificate, epoch, job or claim is here. Mend the id.",
        ),
        Code::HeightConflict => (
            StatusCode::CONFLICT,
            "Another live certificate has the height; `details.live` is its id. Build on that one.",
        ),
        Code::Unauthorised => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The network's signer or prover did not make it. See that the right key signs.",
        ),
        Code::Unsigned => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "It has no authorisation of Causeway's. Sign `details.to_sign.signing_hash`, or prove `details.to_prove.digest`, and send it again.",
        ),
        Code::Refused => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "It breaks a rule; `details.rule` names it. Build another one.",
        ),
        Code::ExpiresTooSoon => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "It expires before it could settle. Build it with a later expiry.",
        ),
        Code::Blocked => (
            StatusCode::FORBIDDEN,
            "Its network sent what it should not, too often, and is blocked for a while. Ask the operator.",
        ),
        Code::Paused => (
            StatusCode::SERVICE_UNAVAILABLE,
            "An operator paused intake or the network. Keep it and send it later.",
        ),
        Code::TooMany => (
            StatusCode::TOO_MANY_REQUESTS,
            "Its sender or its network sends more than it may in so short a time. Send it again after `retry_after_s`.",
        ),
        Code::HistoryMissing => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "L1 has certificates of the network that are not here. Hand those in first.",
        ),
        Code::NotReady => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The relayer has not read L1 yet, or cannot. Send it again later; `/readyz` says what is missing.",
        ),
        Code::Storage => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The journal cannot be written: nothing was taken in. Send it again later.",
        ),
        Code::NotFollowed => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The relayer does not read the chain that the exit comes from or goes to. Ask another one, or its operator.",
        ),
        Code::NotSettled => (
            StatusCode::CONFLICT,
            "L1 knows no global exit root that covers the exit yet. Ask again once it is settled.",
        ),
        Code::NotPushed => (
            StatusCode::CONFLICT,
            "It is settled, and its destination was told no global exit root that covers it yet. Ask again later.",
        ),
        Code::AlreadyClaimed => (
            StatusCode::CONFLICT,
            "Its destination shows the exit claimed. There is nothing to be done.",
        ),
        Code::OtherExits => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "The exits that the relayer reads of the source are not those that it settled. Ask the operator.",
        ),
    }
}

/// The table of codes for `docs/api.md`: name, status, class, code of JSON-RPC, meaning.
pub fn codes() -> String {
    let mut table = String::from(
        "| code | HTTP | JSON-RPC | class | what it means, and what to do |\n| --- | ---: | ---: | --- | --- |\n",
    );
    for code in Code::ALL {
        let (status, meaning) = told(code);
        table += &format!(
            "| `{}` | {} | {} | {} | {meaning} |\n",
            name(code),
            status.as_u16(),
            super::rpc::number(code),
            code.class().name(),
        );
    }
    table
}

/// A code as JSON has it.
pub(super) fn name(code: Code) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: told(refusal.code).0,
            refusal: Box::new(refusal),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let class = if error.is_transient() {
            ReasonClass::Retry
        } else {
            ReasonClass::Operator
        };
        Refusal::new(Code::Storage, error.to_string())
            .of_class(class)
            .into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let after = self.refusal.retry_after_s.or(match self.status {
            StatusCode::TOO_MANY_REQUESTS => Some(1),
            StatusCode::SERVICE_UNAVAILABLE => Some(10),
            _ => None,
        });
        let body = Refusal {
            retry_after_s: after,
            ..*self.refusal
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(after) = after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(after));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The bytes of a body, refused as everything else is if there are too many.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Bytes,
    /// Whose it is.
    pub(super) sender: IpAddr,
    /// Memory for it.
    _room: Share,
}

impl FromRequest<Api> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Failure> {
        let most = api.settings.max_body;
        let (parts, body) = request.into_parts();
        let sender = sender::of(&parts, api);
        let mut room = api.room.of(sender);
        let mut stream = body.into_data_stream();
        let (mut body, mut length) = (Vec::new(), 0_usize);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| {
                Failure::malformed(format_args!("the request did not arrive whole: {error}"))
            })?;
            length = length.saturating_add(chunk.len());
            if length <= most {
                if !room.grow(chunk.len()) {
                    let message = "more is being read than there is room for: send it again soon";
                    return Err(Refusal::new(Code::TooMany, message).after(1).into());
                }
                body.extend_from_slice(&chunk);
            } else if length / 4 > most {
                break;
            }
            // What is a little too long is read to its end, or its sender would not hear the answer.
        }
        if length > most {
            let message = format!("the request is longer than the {most} bytes that are taken");
            return Err(Refusal::new(Code::TooLarge, message).into());
        }
        Ok(Self {
            bytes: body.into(),
            sender,
            _room: room,
        })
    }
}

impl Body {
    /// What it holds, as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let place = json!({ "line": error.line(), "column": error.column() });
            Refusal::new(Code::Malformed, error.to_string())
                .with(place)
                .into()
        })
    }
}

/// What stands behind the question mark.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Failure::malformed(error.body_text())),
        }
    }
}

/// An id in a path.
pub(super) fn hash(text: &str) -> Result<B256, Failure> {
    B256::from_str(text)
        .map_err(|_| Failure::malformed(format_args!("`{text}` is no id: 0x and 64 hexadecimal digits")))
}

/// A number in a path.
pub(super) fn number<T: FromStr>(text: &str) -> Result<T, Failure> {
    text.parse()
        .map_err(|_| Failure::malformed(format_args!("`{text}` is no number of an epoch, job or network")))
}

/// A name among those of a list.
pub(super) fn named<T>(
    text: Option<&str>,
    what: &str,
    all: &[T],
    of_name: impl Fn(&str) -> Option<T>,
    name: impl Fn(&T) -> &'static str,
) -> Result<Option<T>, Failure> {
    let Some(text) = text else {
        return Ok(None);
    };
    of_name(text).map(Some).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(name).collect();
        Failure::malformed(format_args!("`{text}` is no {what}: {}", names.join(", ")))
    })
}

/// How many of a list are answered at once.
pub(super) fn page(limit: Option<u32>) -> u32 {
    limit.unwrap_or(50).clamp(1, 500)
}
