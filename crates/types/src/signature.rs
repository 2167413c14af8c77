//! ECDSA signatures over secp256k1, as LxLy writes them.

use alloy_primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};

use crate::amount::AmountJson;
use crate::error::TypesError;

/// A signature. Any two words are one; whether a key can be recovered shows when it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "SignatureJson", into = "SignatureJson")]
pub struct Signature {
    /// The x coordinate.
    pub r: U256,
    /// The other word. As in the EVM, both halves of its range are accepted.
    pub s: U256,
    /// Whether the y coordinate is odd.
    pub odd_y_parity: bool,
}

impl Signature {
    /// Length of the encoding.
    pub const ENCODED_LEN: usize = 65;

    /// In place of a signature, where the signer approved the digest on L1 beforehand.
    pub const APPROVED: [u8; Self::ENCODED_LEN] = [0; Self::ENCODED_LEN];

    /// As settlement reads it: v, which is 27 or 28, then r and s.
    pub fn encode(&self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [0; Self::ENCODED_LEN];
        bytes[0] = 27 + u8::from(self.odd_y_parity);
        bytes[1..33].copy_from_slice(&self.r.to_be_bytes::<32>());
        bytes[33..].copy_from_slice(&self.s.to_be_bytes::<32>());
        bytes
    }

    /// Whose signature over a hash this is.
    ///
    /// # Errors
    /// [`TypesError::SignatureUnrecoverable`].
    pub fn recover(&self, prehash: B256) -> Result<Address, TypesError> {
        alloy_primitives::Signature::new(self.r, self.s, self.odd_y_parity)
            .recover_address_from_prehash(&prehash)
            .map_err(|_| TypesError::SignatureUnrecoverable)
    }
}

/// A signature as JSON holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureJson {
    r: Box<str>,
    s: Box<str>,
    odd_y_parity: bool,
}

impl TryFrom<SignatureJson> for Signature {
    type Error = TypesError;

    fn try_from(json: SignatureJson) -> Result<Self, TypesError> {
        let word = |text: Box<str>| {
            if text.starts_with("0x") {
                U256::try_from(&AmountJson::Text(text)).map_err(|_| TypesError::SignatureWordMalformed)
            } else {
                Err(TypesError::SignatureWordMalformed)
            }
        };
        Ok(Self {
            r: word(json.r)?,
            s: word(json.s)?,
            odd_y_parity: json.odd_y_parity,
        })
    }
}

impl From<Signature> for SignatureJson {
    fn from(signature: Signature) -> Self {
        let word = |word: U256| B256::from(word).to_string().into();
        Self {
            r: word(signature.r),
            s: word(signature.s),
            odd_y_parity: signature.odd_y_parity,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_encoding_is_v_r_s() {
        let signature = Signature {
            r: U256::from(1) << 255,
            s: U256::from(2),
            odd_y_parity: true,
        };
        let mut bytes = [0; 65];
        (bytes[0], bytes[1], bytes[64]) = (28, 0x80, 2);
        assert_eq!(signature.encode(), bytes);
        bytes[0] = 27;
        let even = Signature {
            odd_y_parity: false,
            ..signature
        };
        assert_eq!(even.encode(), bytes);
        assert_ne!(even.encode(), Signature::APPROVED);
    }

    #[test]
    fn words_are_hexadecimal() {
        let json = |r: &str| format!(r#"{{"r":"{r}","s":"0x02","odd_y_parity":true}}"#);
        let read = |r: &str| Signature::try_from(serde_json::from_str::<SignatureJson>(&json(r)).unwrap());
        let signature = read("0x1").unwrap();
        assert_eq!((signature.r, signature.s), (U256::from(1), U256::from(2)));
        let written = serde_json::to_string(&signature).unwrap();
        assert_eq!(serde_json::from_str::<Signature>(&written).unwrap(), signature);
        for text in ["1", "0x", "0xg", ""] {
            assert_eq!(read(text), Err(TypesError::SignatureWordMalformed), "{text}");
        }
        let nobody = Signature {
            r: U256::ZERO,
            ..signature
        };
        assert_eq!(
            nobody.recover(B256::ZERO),
            Err(TypesError::SignatureUnrecoverable)
        );
    }
}
