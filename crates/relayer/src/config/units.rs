//! Amounts as people write them: times, wei, bytes. Each reads back what it writes.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text that is no amount of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {kind}: write it like {example}")]
pub struct UnitError {
    /// What was written.
    pub text: String,
    /// What it should be.
    pub kind: &'static str,
    /// How it is written.
    pub example: &'static str,
}

/// A time: `250ms`, `10s`, `2m`, `1h`, `90d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "10s")]
pub struct Time(pub Duration);

const TIMES: &[(&str, u64)] = &[
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl TryFrom<String> for Time {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        let split = text.find(|letter: char| !letter.is_ascii_digit());
        let millis = split.and_then(|split| {
            let (number, unit) = text.split_at(split);
            let (_, millis) = TIMES.iter().find(|(name, _)| *name == unit.trim())?;
            number.parse::<u64>().ok()?.checked_mul(*millis)
        });
        millis
            .map(|millis| Self(Duration::from_millis(millis)))
            .ok_or(UnitError {
                text,
                kind: "time",
                example: "\"10s\", \"2m\" or \"1h\"",
            })
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let whole = TIMES
            .iter()
            .find(|(_, unit)| millis != 0 && millis.is_multiple_of(*unit));
        match whole {
            Some((name, unit)) => write!(f, "{}{name}", millis / unit),
            None => f.write_str("0s"),
        }
    }
}

/// An amount of wei: `150 gwei`, `0.2 ether`, `7 wei`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "0.2 ether")]
pub struct Wei(pub u128);

const WEI: &[(&str, u32)] = &[("ether", 18), ("gwei", 9), ("wei", 0)];

impl TryFrom<String> for Wei {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        let wei = || {
            let (number, unit) = text.trim().split_once(' ')?;
            let (_, digits) = WEI.iter().find(|(name, _)| *name == unit.trim())?;
            let (whole, part) = number.split_once('.').unwrap_or((number, ""));
            if part.len() > *digits as usize || !part.bytes().all(|digit| digit.is_ascii_digit()) {
                return None;
            }
            let scale = 10_u128.pow(*digits);
            let whole = whole.parse::<u128>().ok()?.checked_mul(scale)?;
            let part_scale = 10_u128.pow(digits - u32::try_from(part.len()).ok()?);
            let part = if part.is_empty() {
                0
            } else {
                part.parse::<u128>().ok()? * part_scale
            };
            whole.checked_add(part)
        };
        wei().map(Self).ok_or(UnitError {
            text,
            kind: "amount",
            example: "\"150 gwei\" or \"0.2 ether\"",
        })
    }
}

impl From<Wei> for String {
    fn from(wei: Wei) -> Self {
        wei.to_string()
    }
}

impl fmt::Display for Wei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The greatest unit of which it is at least a thousandth.
        let unit = WEI
            .iter()
            .find(|(_, digits)| self.0 >= 10_u128.pow(digits.saturating_sub(3)));
        let (name, digits) = unit.copied().unwrap_or(("wei", 0));
        let scale = 10_u128.pow(digits);
        let (whole, part) = (self.0 / scale, self.0 % scale);
        if part == 0 {
            return write!(f, "{whole} {name}");
        }
        let part = format!("{part:0width$}", width = digits as usize);
        write!(f, "{whole}.{} {name}", part.trim_end_matches('0'))
    }
}

/// A number of bytes: `512 B`, `64 KiB`, `10 MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "10 MiB")]
pub struct Bytes(pub usize);

const BYTES: &[(&str, usize)] = &[("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl TryFrom<String> for Bytes {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        let bytes = || {
            let (number, unit) = text.trim().split_once(' ')?;
            let (_, scale) = BYTES.iter().find(|(name, _)| *name == unit.trim())?;
            number.parse::<usize>().ok()?.checked_mul(*scale)
        };
        bytes().map(Self).ok_or(UnitError {
            text,
            kind: "size",
            example: "\"10 MiB\"",
        })
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> Self {
        bytes.to_string()
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = BYTES
            .iter()
            .find(|(_, scale)| self.0 != 0 && self.0.is_multiple_of(*scale));
        let (name, scale) = whole.copied().unwrap_or(("B", 1));
        write!(f, "{} {name}", self.0 / scale)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Result<Time, UnitError> {
        Time::try_from(text.to_owned())
    }

    fn wei(text: &str) -> Result<Wei, UnitError> {
        Wei::try_from(text.to_owned())
    }

    #[test]
    fn people_s_amounts_are_read() {
        assert_eq!(time("250ms"), Ok(Time(Duration::from_millis(250))));
        assert_eq!(time("90d"), Ok(Time(Duration::from_secs(90 * 86_400))));
        assert_eq!(wei("0.01 gwei"), Ok(Wei(10_000_000)));
        assert_eq!(wei("1 ether"), Ok(Wei(1_000_000_000_000_000_000)));
        assert_eq!(Bytes::try_from("10 MiB".to_owned()), Ok(Bytes(10 * 1_048_576)));
        for text in ["10", "s", "-1s", "1.5h", "10 parsecs", "99999999999999999999d"] {
            assert!(time(text).is_err(), "{text}");
        }
        for text in [
            "1",
            "1ether",
            "1.0000000001 gwei",
            "1.x gwei",
            "-1 gwei",
            "1e9 wei",
        ] {
            assert!(wei(text).is_err(), "{text}");
        }
        let error = time("10 parsecs").expect_err("no time");
        assert_eq!(
            error.to_string(),
            "`10 parsecs` is no time: write it like \"10s\", \"2m\" or \"1h\""
        );
    }

    proptest! {
        #[test]
        fn each_reads_what_it_writes(millis in any::<u32>(), amount in any::<u64>(), bytes in any::<u32>()) {
            let written = Time(Duration::from_millis(millis.into()));
            prop_assert_eq!(time(&written.to_string()), Ok(written));
            let written = Wei(amount.into());
            prop_assert_eq!(wei(&written.to_string()), Ok(written));
            let written = Bytes(bytes as usize);
            prop_assert_eq!(Bytes::try_from(written.to_string()), Ok(written));
        }
    }
}
