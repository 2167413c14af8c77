//! The signer that a configuration names.

use causeway_chain::{EndpointConfig, HeldKey, RemoteSigner, SignerSource, Timeouts, TransactionSigner};

use super::ServiceError;
use crate::config::Secret;
use crate::config::schema::SignerSettings;

/// The signer that a configuration names. A service is not asked yet.
///
/// # Errors
/// A [`ServiceError`].
pub fn signer(name: &str, settings: &SignerSettings) -> Result<Box<dyn TransactionSigner>, ServiceError> {
    let setting = format!("signer.{name}");
    let read = |secret: &Secret| {
        let text = secret.read().map_err(|source| ServiceError::Secret {
            setting: setting.clone(),
            source,
        })?;
        Ok::<_, ServiceError>(text.trim().to_owned())
    };
    let source = match settings {
        SignerSettings::Keystore { path, password } => SignerSource::Keystore {
            path: path.clone(),
            password: password.read().map_err(|source| ServiceError::Secret {
                setting: setting.clone(),
                source,
            })?,
        },
        SignerSettings::Key { key } => {
            let key = read(key)?.parse().map_err(|_| ServiceError::Key {
                setting: setting.clone(),
            })?;
            SignerSource::Plain { key }
        }
        SignerSettings::Remote {
            url,
            address,
            timeout,
        } => {
            let url = read(url)?.parse().map_err(|_| ServiceError::Url {
                setting: setting.clone(),
            })?;
            let config = EndpointConfig { name: setting, url };
            let timeouts = Timeouts {
                connect: timeout.0,
                call: timeout.0,
            };
            return Ok(Box::new(RemoteSigner::new(config, timeouts, *address)?));
        }
    };
    Ok(Box::new(HeldKey::new(setting, source.open()?)))
}
