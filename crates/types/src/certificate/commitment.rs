//! What LxLy's clients hash of a certificate: its id, the commitments to its imports, and what they sign.

use alloy_primitives::{Address, B256, keccak256};

use super::{Backing, Certificate, ImportedExit, LxlyAuthorisation};
use crate::error::TypesError;

/// Which of LxLy's payloads is signed. None carries the network or the chain; V5 carries them through the certificate id
/// in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prehash {
    /// New exit root and the global indices of the imports.
    V2,
    /// The same with the leaves of the imports, and the height.
    V3,
    /// The same with the parameters of an aggchain proof, zero for none, and the certificate id.
    V5,
}

impl ImportedExit {
    /// The import's part of a certificate id.
    pub fn hash(&self) -> B256 {
        let backing = match &self.backing {
            Backing::Claim(claim) => claim.hash(),
            Backing::History(history) => history.hash(),
        };
        let index = keccak256(self.global_index.to_le_bytes());
        keccak256([self.exit.leaf(), backing, index].concat())
    }
}

impl Certificate {
    /// LxLy's id of the certificate. It excludes Causeway's fields and every authorisation.
    pub fn id(&self) -> B256 {
        let exits: Vec<_> = self.exits.iter().map(|exit| exit.leaf()).collect();
        let imports: Vec<_> = self.imports.iter().map(ImportedExit::hash).collect();
        let mut bytes = self.network.get().to_be_bytes().to_vec();
        bytes.extend(self.height.to_be_bytes());
        for word in [
            self.prev_local_exit_root.get(),
            self.new_local_exit_root.get(),
            keccak256(exits.concat()),
            keccak256(imports.concat()),
            self.metadata,
        ] {
            bytes.extend(word);
        }
        keccak256(bytes)
    }

    /// cV2: keccak of the hashes of the imports' global indices.
    pub fn imports_commitment_v2(&self) -> B256 {
        let hashes = self.imports.iter();
        let hashes: Vec<_> = hashes
            .map(|import| keccak256(import.global_index.to_le_bytes()))
            .collect();
        keccak256(hashes.concat())
    }

    /// cV3: keccak of the imports' global indices and leaves.
    pub fn imports_commitment_v3(&self) -> B256 {
        let mut bytes = Vec::new();
        for import in &self.imports {
            bytes.extend(import.global_index.to_le_bytes());
            bytes.extend(import.exit.leaf());
        }
        keccak256(bytes)
    }

    /// The hash that LxLy's clients sign, without a prefix.
    pub fn prehash(&self, version: Prehash) -> B256 {
        let mut bytes = self.new_local_exit_root.get().to_vec();
        match version {
            Prehash::V2 => bytes.extend(self.imports_commitment_v2()),
            Prehash::V3 | Prehash::V5 => {
                bytes.extend(self.imports_commitment_v3());
                bytes.extend(self.height.to_le_bytes());
            }
        }
        if version == Prehash::V5 {
            bytes.extend(B256::ZERO);
            bytes.extend(self.id());
        }
        keccak256(bytes)
    }

    /// Whose LxLy signature the certificate carries, read as one over this payload.
    ///
    /// # Errors
    /// [`TypesError::SignatureUnrecoverable`]: no signature counts as one that nobody made.
    pub fn recover_signer(&self, version: Prehash) -> Result<Address, TypesError> {
        match &self.lxly {
            LxlyAuthorisation::Signature(signature) => signature.recover(self.prehash(version)),
            _ => Err(TypesError::SignatureUnrecoverable),
        }
    }
}
