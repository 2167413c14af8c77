//! A certificate as it is handed in: its own fields, and its network's own proof of it beside them.

use std::fmt;

use alloy_primitives::Bytes;
use causeway_types::CertificateJson;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The field of the proof, in hexadecimal digits.
const OWN_PROOF: &str = "own_proof";

/// What is handed in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Handed {
    /// The certificate. Its id is the hash of it alone.
    pub(super) certificate: CertificateJson,
    /// The proof that its network made of it.
    pub(super) own_proof: Option<Vec<u8>>,
}

impl<'de> Deserialize<'de> for Handed {
    /// Without a copy of everything, which `serde(flatten)` would make, and with the certificate's own refusal of unknown fields.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Handed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a certificate")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Handed, A::Error> {
        let mut own_proof = None;
        let others = Others {
            map,
            own_proof: &mut own_proof,
        };
        let certificate = CertificateJson::deserialize(MapAccessDeserializer::new(others))?;
        let own_proof = own_proof.flatten().map(|proof| Vec::from(proof.0));
        if own_proof.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::custom("`own_proof` is empty"));
        }
        Ok(Handed {
            certificate,
            own_proof,
        })
    }
}

/// All fields but the proof's, which is put aside.
struct Others<'p, A> {
    map: A,
    own_proof: &'p mut Option<Option<Bytes>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Others<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.map.next_key::<String>()? {
            if name != OWN_PROOF {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            if self.own_proof.is_some() {
                return Err(Error::duplicate_field(OWN_PROOF));
            }
            *self.own_proof = Some(self.map.next_value()?);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::tests::mock::{body, certificate};

    fn read(fields: &str) -> Result<Handed, String> {
        let whole = body(&certificate(7, 0, 1));
        let text = format!("{{{fields}{}", &whole[1..]);
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_proof_stands_beside_the_certificate() {
        let alone = read("").expect("a certificate");
        assert_eq!(alone.own_proof, None);
        assert_eq!(alone.certificate, certificate(7, 0, 1).into());
        assert_eq!(read("\"own_proof\": null,"), Ok(alone.clone()));
        let with = read("\"own_proof\": \"0x0102\",").expect("both");
        assert_eq!(with.certificate, alone.certificate);
        assert_eq!(with.own_proof.as_deref(), Some(&[1, 2][..]));
    }

    #[test]
    fn what_is_no_proof_and_no_field_is_refused_by_name() {
        for (fields, refused) in [
            ("\"own_proof\": \"0x\",", "`own_proof` is empty"),
            (
                "\"own_proof\": \"0x01\", \"own_proof\": \"0x01\",",
                "duplicate field `own_proof`",
            ),
            (
                "\"own_proof\": \"0x0g\",",
                "invalid value: string \"0x0g\", expected a valid hex string",
            ),
            ("\"own_prof\": \"0x01\",", "unknown field `own_prof`"),
        ] {
            let error = read(fields).expect_err("refused");
            assert!(error.starts_with(refused), "{error}");
        }
    }
}
