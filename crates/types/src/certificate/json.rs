//! A certificate as JSON holds it: LxLy's fields, and Causeway's beside them.

use alloy_primitives::B256;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::history::HistoryJson;
use super::{Backing, Certificate, Contingency, Expiry, HistoryBacking, ImportedExit, LxlyAuthorisation};
use crate::authority::Authorisation;
use crate::claim::ClaimData;
use crate::error::TypesError;
use crate::exit::{Exit, ExitJson};
use crate::global_index::{GlobalIndex, GlobalIndexJson};
use crate::network::NetworkId;
use crate::roots::{ExitRoot, StateRoot};
use crate::signature::{Signature, SignatureJson};

/// The JSON of a certificate. It is read first and judged after, so that a refusal is a [`TypesError`]; an unknown field
/// is refused by name while reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateJson {
    network_id: NetworkId,
    height: u64,
    prev_local_exit_root: ExitRoot,
    new_local_exit_root: ExitRoot,
    bridge_exits: Vec<ExitJson>,
    imported_bridge_exits: Vec<ImportedExitJson>,
    metadata: B256,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<SignatureJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multisig: Option<Vec<Option<SignatureJson>>>,
    // Present or not is all that is asked of these.
    #[serde(default, skip_serializing)]
    proof: Option<IgnoredAny>,
    #[serde(default, skip_serializing)]
    aggchain_params: Option<IgnoredAny>,
    #[serde(default, skip_serializing)]
    public_values: Option<IgnoredAny>,
    #[serde(default, skip_serializing)]
    aggchain_proof: Option<IgnoredAny>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    custom_chain_data: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l1_info_tree_leaf_count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state_root: Option<StateRoot>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contingencies: Vec<Contingency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry: Option<Expiry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authority: Option<Authorisation>,
}

/// An import as JSON holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportedExitJson {
    bridge_exit: ExitJson,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claim_data: Option<ClaimData>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    history: Option<HistoryJson>,
    global_index: GlobalIndexJson,
}

impl ImportedExitJson {
    fn parse(self, import: usize) -> Result<ImportedExit, TypesError> {
        let backing = match (self.claim_data, self.history) {
            (Some(claim), None) => Backing::Claim(claim),
            (None, Some(history)) => Backing::History(HistoryBacking::try_from(history)?),
            (None, None) => return Err(TypesError::ImportUnbacked { import }),
            (Some(_), Some(_)) => return Err(TypesError::ImportBackedTwice { import }),
        };
        Ok(ImportedExit {
            exit: Exit::try_from(&self.bridge_exit)?,
            global_index: GlobalIndex::try_from(self.global_index)?,
            backing,
        })
    }
}

impl From<ImportedExit> for ImportedExitJson {
    fn from(import: ImportedExit) -> Self {
        let (claim_data, history) = match import.backing {
            Backing::Claim(claim) => (Some(claim), None),
            Backing::History(history) => (None, Some(history.into())),
        };
        Self {
            bridge_exit: import.exit.into(),
            claim_data,
            history,
            global_index: import.global_index.into(),
        }
    }
}

impl CertificateJson {
    /// LxLy's readers try four forms in turn and drop what the first match has not; here that is an error.
    fn lxly_authorisation(&mut self) -> Result<LxlyAuthorisation, TypesError> {
        let has_proof =
            self.proof.is_some() || self.aggchain_params.is_some() || self.public_values.is_some();
        match (self.signature.take(), self.multisig.take()) {
            (Some(_), Some(_)) => Err(TypesError::SignatureBesideMultisig),
            (Some(_), None) if has_proof || self.aggchain_proof.is_some() => {
                Err(TypesError::ProofBesideSignature)
            }
            (None, Some(_)) if has_proof || self.aggchain_proof.is_some() => {
                Err(TypesError::ProofBesideMultisig)
            }
            (None, None) if has_proof || self.aggchain_proof.is_some() => Err(TypesError::ProofUnsupported),
            (Some(signature), None) => Ok(LxlyAuthorisation::Signature(signature.try_into()?)),
            (None, Some(signatures)) => {
                let parse = |signature: Option<SignatureJson>| signature.map(Signature::try_from).transpose();
                let signatures = signatures.into_iter().map(parse).collect::<Result<_, _>>()?;
                Ok(LxlyAuthorisation::Multisig(signatures))
            }
            (None, None) => Ok(LxlyAuthorisation::None),
        }
    }
}

impl TryFrom<CertificateJson> for Certificate {
    type Error = TypesError;

    fn try_from(mut json: CertificateJson) -> Result<Self, TypesError> {
        let lxly = json.lxly_authorisation()?;
        let imports = json.imported_bridge_exits.into_iter().enumerate();
        Ok(Self {
            network: json.network_id,
            height: json.height,
            prev_local_exit_root: json.prev_local_exit_root,
            new_local_exit_root: json.new_local_exit_root,
            exits: json
                .bridge_exits
                .iter()
                .map(Exit::try_from)
                .collect::<Result<_, _>>()?,
            imports: imports
                .map(|(position, import)| import.parse(position))
                .collect::<Result<_, _>>()?,
            metadata: json.metadata,
            lxly,
            custom_chain_data: json.custom_chain_data,
            l1_info_tree_leaf_count: json.l1_info_tree_leaf_count,
            state_root: json.state_root,
            contingencies: json.contingencies,
            expiry: json.expiry.unwrap_or(Expiry::NEVER),
            authority: json.authority,
        })
    }
}

impl From<Certificate> for CertificateJson {
    fn from(certificate: Certificate) -> Self {
        let (signature, multisig) = match certificate.lxly {
            LxlyAuthorisation::None => (None, None),
            LxlyAuthorisation::Signature(signature) => (Some(signature.into()), None),
            LxlyAuthorisation::Multisig(signatures) => {
                let signatures = signatures.into_iter().map(|signature| signature.map(Into::into));
                (None, Some(signatures.collect()))
            }
        };
        Self {
            network_id: certificate.network,
            height: certificate.height,
            prev_local_exit_root: certificate.prev_local_exit_root,
            new_local_exit_root: certificate.new_local_exit_root,
            bridge_exits: certificate.exits.into_iter().map(Into::into).collect(),
            imported_bridge_exits: certificate.imports.into_iter().map(Into::into).collect(),
            metadata: certificate.metadata,
            signature,
            multisig,
            proof: None,
            aggchain_params: None,
            public_values: None,
            aggchain_proof: None,
            custom_chain_data: certificate.custom_chain_data,
            l1_info_tree_leaf_count: certificate.l1_info_tree_leaf_count,
            state_root: certificate.state_root,
            contingencies: certificate.contingencies,
            expiry: (certificate.expiry != Expiry::NEVER).then_some(certificate.expiry),
            authority: certificate.authority,
        }
    }
}
