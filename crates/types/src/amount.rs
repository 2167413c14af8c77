//! Amounts as JSON strings.
//!
//! LxLy writes amounts as strings because most readers of JSON round a number to 53 bits. A number is refused even where
//! it would be exact: whoever wrote it may have rounded already.

use std::fmt;

use alloy_primitives::U256;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Serialize, Serializer};

use crate::error::TypesError;

/// An amount as JSON holds it, before it is known to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountJson {
    /// A string.
    Text(Box<str>),
    /// A number, whatever its value.
    Number,
}

impl TryFrom<&AmountJson> for U256 {
    type Error = TypesError;

    fn try_from(json: &AmountJson) -> Result<Self, TypesError> {
        let AmountJson::Text(text) = json else {
            return Err(TypesError::AmountIsNumber);
        };
        let (digits, radix) = match text.strip_prefix("0x") {
            Some(digits) => (digits, 16),
            None => (&**text, 10),
        };
        // `from_str_radix` skips underscores and takes the empty string for zero.
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            return Err(TypesError::AmountMalformed);
        }
        Self::from_str_radix(digits, u64::from(radix)).map_err(|_| TypesError::AmountMalformed)
    }
}

impl From<U256> for AmountJson {
    fn from(amount: U256) -> Self {
        Self::Text(amount.to_string().into())
    }
}

impl Serialize for AmountJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number => Err(serde::ser::Error::custom(TypesError::AmountIsNumber)),
        }
    }
}

impl<'de> Deserialize<'de> for AmountJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = AmountJson;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount, as a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<AmountJson, E> {
                Ok(AmountJson::Text(text.into()))
            }

            fn visit_u64<E>(self, _: u64) -> Result<AmountJson, E> {
                Ok(AmountJson::Number)
            }

            fn visit_i64<E>(self, _: i64) -> Result<AmountJson, E> {
                Ok(AmountJson::Number)
            }

            fn visit_f64<E>(self, _: f64) -> Result<AmountJson, E> {
                Ok(AmountJson::Number)
            }

            /// With its feature `arbitrary_precision`, which any crate of a build may turn on, serde_json hands numbers
            /// over as a map of one key.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AmountJson, A::Error> {
                let key: Option<String> = map.next_key()?;
                if key.as_deref() != Some("$serde_json::private::Number") {
                    return Err(serde::de::Error::invalid_type(Unexpected::Map, &self));
                }
                map.next_value::<IgnoredAny>()?;
                Ok(AmountJson::Number)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parse(json: &str) -> Result<U256, TypesError> {
        U256::try_from(&serde_json::from_str::<AmountJson>(json).unwrap())
    }

    #[test]
    fn other_values_are_no_amounts() {
        let number = r#"{"$serde_json::private::Number":"1"}"#;
        assert_eq!(parse(number), Err(TypesError::AmountIsNumber));
        for (json, got) in [
            (r#"{"amount":"1"}"#, "map"),
            ("{}", "map"),
            ("[1]", "sequence"),
            ("true", "boolean `true`"),
            ("null", "null"),
        ] {
            let error = serde_json::from_str::<AmountJson>(json).unwrap_err().to_string();
            let expected = format!("invalid type: {got}, expected an amount, as a string");
            assert!(error.starts_with(&expected), "{error}");
        }
        let twice = r#"{"$serde_json::private::Number":"1","amount":"1"}"#;
        assert!(serde_json::from_str::<AmountJson>(twice).is_err());
        // Zeros in front and capitals are other spellings of the same number.
        assert_eq!(parse("\"007\""), Ok(U256::from(7)));
        assert_eq!(
            parse(&format!("\"0x{}fF\"", "0".repeat(100))),
            Ok(U256::from(255))
        );
    }

    #[test]
    fn strings_are_exact_and_numbers_refused() {
        assert_eq!(
            parse(r#""9007199254740993""#),
            Ok(U256::from(9007199254740993_u64))
        );
        assert_eq!(parse(r#""0x8ac7230489e80000""#), Ok(U256::from(10_u64.pow(19))));
        let max = format!("\"{}\"", U256::MAX);
        assert_eq!(parse(&max), Ok(U256::MAX));
        for number in ["1", "-1", "1.5", "123456789012345678901234567890"] {
            assert_eq!(parse(number), Err(TypesError::AmountIsNumber), "{number}");
        }
        let above = format!("\"{}0\"", U256::MAX);
        for text in [
            r#""""#,
            r#""0x""#,
            r#""-1""#,
            r#""1e3""#,
            r#""1_000""#,
            r#""+1""#,
            r#""ff""#,
            &above,
        ] {
            assert_eq!(parse(text), Err(TypesError::AmountMalformed), "{text}");
        }
    }
}
