//! Errors with AggLayer's numbers and words. `data` has AggLayer's form, and Causeway's `code`, `class` and details beside it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api::Failure;
use crate::desk::{Code, Refusal};

/// AggLayer's numbers.
const NOT_REGISTERED: i32 = -10_001;
const SIGNATURE: i32 = -10_002;
const VALIDATION: i32 = -10_003;
const SEND_CERTIFICATE: i32 = -10_006;
const RATE_LIMITED: i32 = -10_007;
const NOT_FOUND: i32 = -10_008;
const METHOD_DISABLED: i32 = -10_009;
const UNAVAILABLE: i32 = -10_014;

/// JSON-RPC's own.
const PARSE: i32 = -32_700;
const INVALID: i32 = -32_600;
const NO_METHOD: i32 = -32_601;
const PARAMS: i32 = -32_602;

/// An error of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct RpcFailure {
    code: i32,
    message: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    data: Value,
}

/// The number of a code.
pub(in crate::api) const fn number(code: Code) -> i32 {
    match code {
        Code::Malformed => PARAMS,
        Code::UnknownNetwork => NOT_REGISTERED,
        Code::Unauthorised | Code::Unsigned => SIGNATURE,
        Code::Refused | Code::TooLarge | Code::AlreadyClaimed | Code::OtherExits => VALIDATION,
        Code::HeightConflict | Code::ExpiresTooSoon | Code::Blocked | Code::Paused | Code::HistoryMissing => {
            SEND_CERTIFICATE
        }
        Code::TooMany => RATE_LIMITED,
        Code::NotFound | Code::NotFollowed => NOT_FOUND,
        Code::NotReady | Code::Storage | Code::NotSettled | Code::NotPushed => UNAVAILABLE,
    }
}

impl RpcFailure {
    fn plain(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: Value::Null,
        }
    }

    pub(super) fn parse(detail: impl std::fmt::Display) -> Self {
        Self::plain(PARSE, format!("Parse error: {detail}"))
    }

    pub(super) fn invalid(detail: impl std::fmt::Display) -> Self {
        Self::plain(INVALID, format!("Invalid request: {detail}"))
    }

    pub(super) fn no_method(method: &str) -> Self {
        Self::plain(NO_METHOD, format!("Method not found: {method}"))
    }

    pub(super) fn params(detail: impl std::fmt::Display) -> Self {
        Self::plain(PARAMS, format!("Invalid params: {detail}"))
    }

    /// A method that AggLayer had once.
    pub(super) fn disabled(method: &str) -> Self {
        Self {
            code: METHOD_DISABLED,
            message: format!("The {method} method is disabled"),
            data: json!({ "method-disabled": { "method": method } }),
        }
    }

    pub(super) fn not_found(what: &str) -> Self {
        Refusal::new(Code::NotFound, what).into()
    }
}

impl From<Failure> for RpcFailure {
    fn from(failure: Failure) -> Self {
        (*failure.refusal).into()
    }
}

impl From<Refusal> for RpcFailure {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.message.clone();
        let (message, tag, inner) = match number(refusal.code) {
            NOT_REGISTERED => (
                detail.clone(),
                "rollup-not-registered",
                json!({ "detail": detail }),
            ),
            SIGNATURE => (
                format!("Rollup signature verification failed: {detail}"),
                "signature-mismatch",
                json!({ "detail": detail }),
            ),
            VALIDATION => (
                format!("Validation failed: {detail}"),
                "validation",
                json!({ "detail": detail }),
            ),
            RATE_LIMITED => (
                "Rate limited".to_owned(),
                "rate-limited",
                json!({ "detail": detail, "until-next": refusal.retry_after_s }),
            ),
            NOT_FOUND => (
                format!("Resource not found: {detail}"),
                "resource-not-found",
                Value::from(detail),
            ),
            UNAVAILABLE => (
                format!("Unavailable: {detail}"),
                "unavailable",
                json!({ "detail": detail }),
            ),
            PARAMS => (
                format!("Invalid params: {detail}"),
                "invalid-argument",
                Value::from(detail),
            ),
            _ => (
                format!("Cannot send certificate: {detail}"),
                "send-certificate",
                json!({ "detail": detail }),
            ),
        };
        let mut data = Map::new();
        data.insert(tag.to_owned(), inner);
        data.insert("code".to_owned(), json!(refusal.code));
        data.insert("class".to_owned(), json!(refusal.class));
        if let Some(after) = refusal.retry_after_s {
            data.insert("retry_after_s".to_owned(), Value::from(after));
        }
        if !refusal.details.is_null() {
            data.insert("details".to_owned(), refusal.details);
        }
        Self {
            code: number(refusal.code),
            message,
            data: Value::Object(data),
        }
    }
}
