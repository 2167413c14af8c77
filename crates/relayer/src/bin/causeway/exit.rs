//! Exit codes: one for each thing that a script does differently.

use causeway_chain::CallError;
use causeway_journal::JournalError;
use causeway_relayer::claims::ClaimsError;
use causeway_relayer::config::ConfigError;
use causeway_relayer::network::NetworkError;
use causeway_relayer::service::ServiceError;

/// Something unexpected, or a refusal that has no code of its own.
pub(crate) const UNEXPECTED: u8 = 1;
/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// The configuration is not valid.
pub(crate) const CONFIG: u8 = 3;
/// Nothing that was asked can be reached.
pub(crate) const UNREACHABLE: u8 = 4;
/// The journal refuses.
pub(crate) const JOURNAL: u8 = 5;
/// Something else is there, or is not as it has to be.
pub(crate) const CONFLICT: u8 = 6;
/// There is no such thing.
pub(crate) const NOT_FOUND: u8 = 7;
/// Something is not well, or some of the input was left out.
pub(crate) const UNHEALTHY: u8 = 8;

/// A failure that has a code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// The exit code of an error: that of the outermost cause that has one.
pub(crate) fn code_of(error: &anyhow::Error) -> u8 {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.code;
    }
    let known = error.chain().find_map(|cause| {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            Some(failure.code)
        } else if cause.is::<ConfigError>() {
            Some(CONFIG)
        } else if let Some(error) = cause.downcast_ref::<ServiceError>() {
            of_service(error)
        } else if cause.is::<JournalError>() {
            Some(JOURNAL)
        } else if cause.is::<CallError>() {
            Some(UNREACHABLE)
        } else if matches!(cause.downcast_ref(), Some(ClaimsError::NoSuchExit { .. }))
            || matches!(cause.downcast_ref(), Some(NetworkError::UnknownNetwork { .. }))
        {
            Some(NOT_FOUND)
        } else {
            None
        }
    });
    known.unwrap_or(UNEXPECTED)
}

/// Why a relayer does not run.
const fn of_service(error: &ServiceError) -> Option<u8> {
    match error {
        ServiceError::Journal(_) => Some(JOURNAL),
        ServiceError::Listen(_) => Some(CONFLICT),
        ServiceError::Config { .. }
        | ServiceError::Endpoints(_)
        | ServiceError::Signer(_)
        | ServiceError::Signing(_)
        | ServiceError::Secret { .. }
        | ServiceError::Key { .. }
        | ServiceError::Url { .. }
        | ServiceError::NoSigner { .. }
        | ServiceError::SameWallet { .. }
        | ServiceError::Filter { .. } => Some(CONFIG),
        ServiceError::Thread(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn the_outermost_cause_decides() {
        let absent = || JournalError::Absent { path: "x".into() };
        assert_eq!(code_of(&absent().into()), JOURNAL);
        let told = Err::<(), _>(absent())
            .context("while looking")
            .expect_err("an error");
        assert_eq!(code_of(&told), JOURNAL);
        let other = Err::<(), _>(absent())
            .context(Failure::new(CONFLICT, "taken"))
            .expect_err("an error");
        assert_eq!(code_of(&other), CONFLICT);
        assert_eq!(code_of(&anyhow::anyhow!("odd")), UNEXPECTED);
        // An error that says no more than its cause hides it from the chain.
        assert_eq!(code_of(&ServiceError::from(absent()).into()), JOURNAL);
        let problems = "bad".to_owned();
        assert_eq!(code_of(&ServiceError::Config { problems }.into()), CONFIG);
    }
}
