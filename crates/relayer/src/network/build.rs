//! A certificate from what a bridge did.

use causeway_ledger::{Transition, apply, draft};
use causeway_types::{
    Authorisation, Authority, Certificate, Contingency, ExitRoot, Expiry, GoldilocksDigest, ImportedExit,
    StateRoot,
};

use super::bridge::BridgeLog;
use super::error::NetworkError;
use super::past::Past;
use super::sources::Sources;

/// What shows imports, where there is a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefer {
    /// Entries of their sources' histories: they cost a circuit no keccak.
    #[default]
    History,
    /// LxLy's paths: they need nothing of the sources but what was claimed.
    Claim,
}

/// What no log says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The network's own state root after it; unchanged if none is given.
    pub state_root: Option<StateRoot>,
    /// What has to be settled with it or before it.
    pub contingencies: Vec<Contingency>,
    /// Until when it can settle.
    pub expiry: Expiry,
    /// What shows imports.
    pub prefer: Prefer,
    /// Whether there is to be a certificate although nothing was exported or imported.
    pub even_if_empty: bool,
}

/// A certificate that its network has yet to authorise.
#[derive(Clone, Debug)]
pub struct Built {
    transition: Transition,
}

impl Built {
    /// The certificate.
    pub const fn certificate(&self) -> &Certificate {
        self.transition.certificate()
    }

    /// The certificate as it is before anybody signs. Where nobody does, because its network's proof is all that is asked for, it names
    /// that proof's key.
    pub fn unsigned(&self, authority: &Authority) -> Certificate {
        let key = authority
            .validity_key()
            .filter(|_| authority.signer_address().is_none());
        Certificate {
            authority: key.map(|key| Authorisation::Validity { key }),
            ..self.certificate().clone()
        }
    }

    /// Its digest: what its network authorises.
    pub fn digest(&self) -> GoldilocksDigest {
        self.transition.digest()
    }

    /// What it does.
    pub const fn transition(&self) -> &Transition {
        &self.transition
    }
}

/// The network's next certificate: every exit and every claim of its bridge that none of its certificates has yet. It applies: a rule
/// that it would break is the error.
///
/// # Errors
/// [`NetworkError::ExitsDiffer`], [`NetworkError::NothingNew`], [`NetworkError::Refused`], or what is wrong with a claim.
pub fn build(
    log: &BridgeLog,
    past: &Past,
    sources: &Sources<'_>,
    terms: Terms,
) -> Result<Built, NetworkError> {
    let state = past.state();
    let count = state.exits().count();
    let logged = match log.exits().len() {
        fewer if fewer < count as usize => log.tree().root(),
        _ => log.tree().root_at(count),
    };
    let certified: ExitRoot = state.exits().root();
    if logged != certified || log.exits().len() < count as usize {
        return Err(NetworkError::ExitsDiffer {
            count,
            logged,
            certified,
        });
    }
    let exits: Vec<_> = log.exits()[count as usize..]
        .iter()
        .map(|sent| sent.exit)
        .collect();
    let mut imports = Vec::new();
    for claim in log.claims() {
        if state.nullifiers().contains(claim.index) {
            continue;
        }
        let exit = sources.exit(claim)?;
        imports.push(ImportedExit {
            exit,
            global_index: claim.index,
            backing: sources.backing(claim, &exit, terms.prefer)?,
        });
    }
    if exits.is_empty() && imports.is_empty() && !terms.even_if_empty {
        return Err(NetworkError::NothingNew);
    }
    let certificate = Certificate {
        state_root: terms.state_root,
        contingencies: terms.contingencies,
        expiry: terms.expiry,
        ..draft(state, exits, imports).map_err(NetworkError::Refused)?
    };
    let transition = apply(state, &certificate).map_err(NetworkError::Refused)?;
    Ok(Built { transition })
}
